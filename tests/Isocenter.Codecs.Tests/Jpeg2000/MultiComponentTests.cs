using System.Buffers.Binary;
using System.Globalization;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs.Tests.Jpeg2000;

/// <summary>Multiple component transforms of part 2: marker segments put into code streams of ours, the components computed from
/// those that come out without, or undone by <see cref="ComponentsForward"/>. No other program here decodes them: OpenJPEG 2.5 refuses COD with
/// them.</summary>
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
    [InlineData(1, 0x10001, "numbers")]
    [InlineData(2, 1, "kind 2")]
    [InlineData(3, 2, "kernel 2")]
    [InlineData(3, 0x210001, "33 decomposition levels")]
    [InlineData(1, 7, "array 7")]
    public void What_is_not_supported_or_not_there_is_named(int type, int arrays, string word)
    {
        byte[] stage = [0, 0, 1, 0, 0, 0, 1, (byte)type, 0, 3, 0, 1, 2, 0, 3, 0, 1, 2, (byte)(arrays >> 16), (byte)(arrays >> 8), (byte)arrays, 0, 0, 0, 0];
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

    [Theory]
    [MemberData(nameof(Wavelets))]
    public void A_wavelet_transform_between_components_is_undone(int components, int levels, uint origin, bool isReversible)
    {
        var layout = Frames.Layout(9, 14, components, 16, isSigned: true, isPlanar: true);
        long[][] pixels = Pixels(layout, components * 100 + levels);
        byte[] coded = Samples(layout, pixels, pixel => [.. ComponentsForward.Analyze([.. pixel.Select(v => (double)v)], levels, origin, isReversible)
            .Select(v => (long)Math.Floor(v + 0.5))]);
        byte[] stream = With(EncodeExactly(coded, layout), Stage(1, 3, components, levels << 16 | (isReversible ? 1 : 0), origin), Order(1));

        byte[] samples = Frames.Decode(stream, layout);

        byte[] expected = Samples(layout, pixels, pixel => pixel);
        if (isReversible) Assert.Equal(expected, samples);
        int most = 0;   // of 9-7 the coefficients were rounded to be coded
        for (int i = 0; i < samples.Length / 2; i++) most = Math.Max(most, Math.Abs(Frames.Value(expected, layout, i) - Frames.Value(samples, layout, i)));
        Assert.InRange(most, 0, 3);
        Assert.Equal(isReversible, Jpeg2000Decoder.ReadInfo(stream).IsReversible);
    }

    public static TheoryData<int, int, uint, bool> Wavelets()
    {
        var data = new TheoryData<int, int, uint, bool>();
        foreach (int components in (int[])[1, 2, 3, 5, 8, 13])
            foreach (int levels in (int[])[0, 1, 2, 5])
                foreach (uint origin in (uint[])[0, 1, 6, 4294967295])
                {
                    data.Add(components, levels, origin, true);
                    data.Add(components, levels, origin, false);
                }
        return data;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Reversible_arrays_give_back_each_integer(int components)
    {
        var random = new Random(components);
        var layout = Frames.Layout(9, 14, components, 16, isSigned: true, isPlanar: true);
        long[][] pixels = Pixels(layout, components);
        int[,] matrix = new int[components, components + 1];
        for (int step = 0; step <= components; step++)
        {
            for (int m = 0; m < components; m++) matrix[m, step] = random.Next(-9, 10);
            int changed = components - 1 - step % components;
            matrix[changed, step] = (1 << random.Next(4, 6)) * (step == components ? -1 : 1);
        }
        int[][] rows = [.. Enumerable.Range(1, components - 1).Select(i => (int[])[.. Enumerable.Range(0, i).Select(_ => random.Next(-9, 10)), 1 << random.Next(5)])];
        byte[] coded = Samples(layout, pixels, pixel => ComponentsForward.Depend(ComponentsForward.Decorrelate(pixel, matrix), rows));
        byte[] stream = With(EncodeExactly(coded, layout), Integers(1, 1, [.. matrix.Cast<int>()]), Integers(5, 0, [.. rows.SelectMany(r => r)]),
            Stage(1, 1, components, 0x10001), Stage(2, 0, components, 0x10005), Order(2, 1));

        Assert.Equal(Samples(layout, pixels, pixel => pixel), Frames.Decode(stream, layout));
        Assert.True(Jpeg2000Decoder.ReadInfo(stream).IsReversible);
    }

    [Fact]
    public void A_reversible_matrix_of_two_components_computed_by_hand()
    {
        var layout = Frames.Layout(1, 1, 2, 16, isSigned: true, isPlanar: true);
        byte[] coded = Samples(layout, [[100, 7]], pixel => pixel);
        // Step 0 changes the second by 3/4 of the first, step 1 the first by −1/2 of the second, step 2 negates the second.
        int[] matrix = [3, 2, 0, 4, -1, -1];
        byte[] stream = With(EncodeExactly(coded, layout), Integers(1, 1, matrix), Stage(1, 1, 2, 0x10001), Order(1));

        byte[] samples = Frames.Decode(stream, layout);

        // 7 − ⌊300/4 + ½⌋ = −68; 100 − ⌊68/2 + ½⌋ = 66; −(−68 − 0) = 68
        Assert.Equal((66, 68), (Frames.Value(samples, layout, 0), Frames.Value(samples, layout, 1)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-4)]
    [InlineData(0)]
    public void A_reversible_array_divides_by_powers_of_two_only(int divisor)
    {
        var layout = Frames.Layout(1, 1, 2, 16, isSigned: true, isPlanar: true);
        byte[] plain = EncodeExactly(Samples(layout, [[100, 7]], pixel => pixel), layout);

        Assert.Throws<CodecException>(() => Frames.Decode(With(plain, Integers(1, 1, [3, 2, 0, divisor, -1, -1]), Stage(1, 1, 2, 0x10001), Order(1)), layout));
        Assert.Throws<CodecException>(() => Frames.Decode(With(plain, Integers(1, 0, [3, divisor]), Stage(1, 0, 2, 0x10001), Order(1)), layout));
    }

    [Fact]
    public void Arrays_and_collections_go_on_in_the_segments_of_their_series()
    {
        byte[] plain = Encode(isReversible: true);
        byte[] numbers = Matrix(1, _matrix)[10..];
        byte[] stage = [0, 1, 1, 0, 3, 0, 1, 2, 0, 3, 0, 1, 2, 0, 0, 1];
        byte[] whole = With(plain, Matrix(1, _matrix), Stage(1, 1, [0, 1, 2], [0, 1, 2], 1, 0), Order(1));
        byte[] cut = With(plain,
            Frames.Segment(Marker.Mct, [0, 0, 9, 1, 0, 2, .. numbers[..10]]), Frames.Segment(Marker.Mcc, [0, 0, 1, 0, 1, .. stage[..5]]),
            Frames.Segment(Marker.Mct, [0, 1, 9, 1, .. numbers[10..33]]), Frames.Segment(Marker.Mct, [0, 2, 9, 1, .. numbers[33..]]),
            Frames.Segment(Marker.Mcc, [0, 1, 1, .. stage[5..]]), Order(1));

        Assert.Equal(Frames.Decode(whole, _layout), Frames.Decode(cut, _layout));
        Assert.Throws<CodecException>(() => Frames.Decode(With(plain, Frames.Segment(Marker.Mct, [0, 1, 9, 1, .. numbers])), _layout));
    }

    private static long[][] Pixels(in FrameLayout layout, int seed)
    {
        var random = new Random(seed);
        int components = layout.SamplesPerPixel;
        return [.. Enumerable.Range(0, layout.Rows * layout.Columns).Select(_ =>
        {
            long level = random.Next(-1500, 1500);
            return Enumerable.Range(0, components).Select(_ => level + random.Next(-200, 200)).ToArray();
        })];
    }

    private static byte[] Samples(in FrameLayout layout, long[][] pixels, Func<long[], long[]> transform)
    {
        byte[] samples = new byte[layout.FrameLength];
        for (int i = 0; i < pixels.Length; i++)
        {
            long[] pixel = transform(pixels[i]);
            for (int c = 0; c < pixel.Length; c++)
                BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(2 * (c * pixels.Length + i)), checked((short)pixel[c]));
        }
        return samples;
    }

    private static byte[] EncodeExactly(byte[] samples, in FrameLayout layout) =>
        Frames.Encode(samples, layout, new Jpeg2000EncodeOptions { IsReversible = true, UsesComponentTransform = false });

    private static byte[] Integers(int index, int kind, int[] values)
    {
        byte[] numbers = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt32BigEndian(numbers.AsSpan(4 * i), values[i]);
        return Frames.Segment(Marker.Mct, [0, 0, (byte)(1 << 2 | kind), (byte)index, 0, 0, .. numbers]);
    }

    // One collection of all components, in order; of a wavelet transform with the place of the first.
    private static byte[] Stage(int index, int kind, int components, int what, uint? origin = null)
    {
        byte[] all = [.. Enumerable.Range(0, components).Select(i => (byte)i)], place = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(place, origin ?? 0);
        return Frames.Segment(Marker.Mcc, [0, 0, (byte)index, 0, 0, 0, 1, (byte)kind, 0, (byte)components, .. all, 0, (byte)components, .. all,
            (byte)(what >> 16), (byte)(what >> 8), (byte)what, .. origin is null ? [] : place]);
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
