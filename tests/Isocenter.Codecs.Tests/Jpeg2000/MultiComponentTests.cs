using System.Buffers.Binary;
using System.Globalization;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs.Tests.Jpeg2000;

/// <summary>Multiple component transforms of part 2: marker segments put into code streams of ours, the components computed from
/// those that come out without. No other program here decodes them: OpenJPEG 2.5 refuses COD with them.</summary>
public sealed class MultiComponentTests
{
    private static readonly FrameLayout _layout = Frames.Layout(41, 53, 3, 12, isSigned: true, isPlanar: true);

    private static readonly float[] _matrix = [0.5f, 0.7f, -0.2f, 0.3f, -0.4f, 0.8f, -0.6f, 0.25f, 0.5f];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_matrix_makes_each_component_of_all(bool isReversible)
    {
        byte[] plain = Encode(isReversible);
        byte[] stream = With(plain, Matrix(1, _matrix), Stage(1, type: 1, [0, 1, 2], [0, 1, 2], array: 1, offset: 0), Order(1));

        byte[] samples = Frames.Decode(stream, _layout);

        double[][] inputs = Components(Frames.Decode(plain, _layout));
        AssertClose(Enumerable.Range(0, 3).Select(i => Weighted(inputs, _matrix.AsSpan(i * 3, 3))), samples, isReversible ? 0 : 1);
        Assert.False(Jpeg2000Decoder.ReadInfo(stream).IsReversible);
    }

    [Fact]
    public void An_offset_takes_the_place_of_the_level_shift_and_CBD_names_the_depth()
    {
        byte[] plain = Encode(isReversible: true);
        byte[] stream = With(plain, Depths(13), Matrix(2, _matrix), Offset(1, [4096, 100, 2000]),
            Stage(9, type: 1, [0, 1, 2], [2, 0, 1], array: 2, offset: 1), Order(9));
        var layout = _layout with { BitsStored = 13, IsSigned = false };

        byte[] samples = Frames.Decode(stream, layout);

        double[][] inputs = Components(Frames.Decode(plain, _layout));
        double[][] made = [.. Enumerable.Range(0, 3).Select(i => Weighted(inputs, _matrix.AsSpan(i * 3, 3)))];
        IEnumerable<double[]> expected = [made[1].Select(v => v + 100).ToArray(), made[2].Select(v => v + 2000).ToArray(), made[0].Select(v => v + 4096).ToArray()];
        AssertClose(expected, samples, 0, least: 0, most: 8191);
        Assert.Equal(13, Jpeg2000Decoder.ReadInfo(stream).BitsPerSample);
    }

    [Fact]
    public void Dependencies_add_of_the_components_before()
    {
        byte[] plain = Encode(isReversible: true);
        byte[] stream = With(plain, Array(3, kind: 0, [0.5f, -0.25f, 0.125f]), Stage(1, type: 0, [0, 1, 2], [0, 1, 2], array: 3, offset: 0), Order(1));

        byte[] samples = Frames.Decode(stream, _layout);

        double[][] c = Components(Frames.Decode(plain, _layout));
        var second = c[1].Select((v, i) => v + 0.5 * c[0][i]).ToArray();
        var third = c[2].Select((v, i) => v - 0.25 * c[0][i] + 0.125 * second[i]).ToArray();
        AssertClose([c[0], second, third], samples, 0);
    }

    [Fact]
    public void Stages_follow_each_other_and_components_of_no_collection_pass_through()
    {
        byte[] plain = Encode(isReversible: true);
        byte[] stream = With(plain, Matrix(1, [2, 0, 0, 0.5f]), Matrix(2, [1, 1, 1, -1]),
            Stage(1, type: 1, [0, 1], [0, 1], array: 1, offset: 0), Stage(2, type: 1, [1, 2], [1, 2], array: 2, offset: 0), Order(1, 2));

        byte[] samples = Frames.Decode(stream, _layout);

        double[][] c = Components(Frames.Decode(plain, _layout));
        AssertClose([
            c[0].Select(v => 2 * v).ToArray(),
            c[1].Select((v, i) => 0.5 * v + c[2][i]).ToArray(),
            c[1].Select((v, i) => 0.5 * v - c[2][i]).ToArray(),
        ], samples, 0);
    }

    [Theory]
    [InlineData(1, 0x10001, "reversible")]
    [InlineData(3, 1, "wavelet")]
    [InlineData(1, 7, "array 7")]
    public void What_is_not_supported_or_not_there_is_named(int type, int arrays, string word)
    {
        byte[] stage = [0, 0, 1, 0, 0, 0, 1, (byte)type, 0, 3, 0, 1, 2, 0, 3, 0, 1, 2, (byte)(arrays >> 16), (byte)(arrays >> 8), (byte)arrays];
        byte[] stream = With(Encode(isReversible: true), Matrix(1, _matrix), Frames.Segment(Marker.Mcc, stage), Order(1));

        var problem = Assert.Throws<CodecException>(() => Frames.Decode(stream, _layout));

        Assert.Contains(word, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xFF5A, "precinct")]
    [InlineData(0xFF5B, "precinct")]
    [InlineData(0xFF70, "DC offset")]
    [InlineData(0xFF71, "masking")]
    [InlineData(0xFF72, "decomposition")]
    [InlineData(0xFF73, "decomposition")]
    [InlineData(0xFF76, "nonlinearity")]
    [InlineData(0xFF79, "kernels")]
    public void Extensions_that_would_change_samples_are_refused_by_name(int marker, string word)
    {
        var problem = Assert.Throws<CodecException>(() => Frames.Decode(With(Encode(isReversible: true), Frames.Segment((ushort)marker, [0, 0, 0, 0])), _layout));

        Assert.Contains(word, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_too_short_and_components_that_do_not_exist_are_damage()
    {
        byte[] plain = Encode(isReversible: true);

        Assert.Throws<CodecException>(() => Frames.Decode(
            With(plain, Matrix(1, [1, 2, 3]), Stage(1, 1, [0, 1, 2], [0, 1, 2], 1, 0), Order(1)), _layout));
        Assert.Throws<CodecException>(() => Frames.Decode(
            With(plain, Matrix(1, [1, 2, 3, 4]), Stage(1, 1, [0, 9], [0, 1], 1, 0), Order(1)), _layout));
        Assert.Throws<CodecException>(() => Frames.Decode(With(plain, Matrix(1, _matrix), Order(4)), _layout));
    }

    private static byte[] Encode(bool isReversible) =>
        Frames.Encode(Frames.Make(_layout, new Random(11)), _layout, new Jpeg2000EncodeOptions { IsReversible = isReversible, UsesComponentTransform = false });

    // Behind SIZ, with Rsiz and COD saying that a transform of part 2 is used.
    private static byte[] With(byte[] stream, params byte[][] segments)
    {
        int end = 4 + BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(4));
        byte[] result = [.. stream.AsSpan(0, end), .. segments.SelectMany(s => s), .. stream.AsSpan(end)];
        BinaryPrimitives.WriteUInt16BigEndian(result.AsSpan(6), 0x8100);
        int cod = end + segments.Sum(s => s.Length);
        while (BinaryPrimitives.ReadUInt16BigEndian(result.AsSpan(cod)) != Marker.Cod)
            cod += 2 + BinaryPrimitives.ReadUInt16BigEndian(result.AsSpan(cod + 2));
        result[cod + 8] = 2;
        return result;
    }

    private static byte[] Matrix(int index, float[] values) => Array(index, kind: 1, values);

    private static byte[] Offset(int index, float[] values) => Array(index, kind: 2, values);

    private static byte[] Array(int index, int kind, float[] values)
    {
        byte[] numbers = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleBigEndian(numbers.AsSpan(4 * i), values[i]);
        return Frames.Segment(Marker.Mct, [0, 0, (byte)(2 << 2 | kind), (byte)index, 0, 0, .. numbers]);
    }

    private static byte[] Stage(int index, int type, byte[] inputs, byte[] outputs, int array, int offset) => Frames.Segment(Marker.Mcc,
        [0, 0, (byte)index, 0, 0, 0, 1, (byte)type, 0, (byte)inputs.Length, .. inputs, 0, (byte)outputs.Length, .. outputs, 0, (byte)offset, (byte)array]);

    private static byte[] Order(params byte[] stages) => Frames.Segment(Marker.Mco, [(byte)stages.Length, .. stages]);

    private static byte[] Depths(int depth) => Frames.Segment(Marker.Cbd, [0x80, 3, (byte)(depth - 1)]);

    private static double[][] Components(byte[] samples)
    {
        int pixels = _layout.Rows * _layout.Columns;
        return [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, pixels)
            .Select(i => (double)BinaryPrimitives.ReadInt16LittleEndian(samples.AsSpan(2 * (c * pixels + i)))).ToArray())];
    }

    private static double[] Weighted(double[][] inputs, ReadOnlySpan<float> weights)
    {
        double[] sums = new double[inputs[0].Length];
        for (int j = 0; j < inputs.Length; j++)
            for (int i = 0; i < sums.Length; i++) sums[i] += inputs[j][i] * weights[j];
        return sums;
    }

    // Inputs that were rounded to samples are off by as much as a half each.
    private static void AssertClose(IEnumerable<double[]> expected, byte[] samples, int tolerance, int least = -2048, int most = 2047)
    {
        double[][] actual = Components(samples);
        int c = 0;
        foreach (double[] component in expected)
        {
            for (int i = 0; i < component.Length; i++)
            {
                double wanted = Math.Clamp(Math.Floor(component[i] + 0.5), least, most);
                Assert.True(Math.Abs(wanted - actual[c][i]) <= tolerance,
                    string.Create(CultureInfo.InvariantCulture, $"component {c}, sample {i} is {actual[c][i]}, not {wanted}"));
            }
            c++;
        }
    }
}
