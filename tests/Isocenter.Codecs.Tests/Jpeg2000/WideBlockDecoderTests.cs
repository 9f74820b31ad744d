using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs.Tests.Jpeg2000;

public sealed class WideBlockDecoderTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(64, 64, 12)]
    [InlineData(5, 33, 20)]
    [InlineData(16, 7, 25)]
    public void Every_width_of_magnitudes_gives_what_was_encoded(int width, int height, int bits)
    {
        int[] samples = Samples(width, height, bits);
        var (bytes, passes, planes) = Encode(samples, width, height);
        var block = Block(bytes, passes, planes, width, height);
        long[] wide = new long[samples.Length], wider = new long[samples.Length];
        int[] narrow = new int[samples.Length];

        WideBlockDecoder<long>.Decode(block, wide, roiShift: 0);
        WideBlockDecoder<Int128>.Decode(block, wider, roiShift: 0);
        new BlockDecoder().Decode(block, narrow);

        Assert.Equal(wide, wider);
        Assert.Equal(samples, Array.ConvertAll(wide, Value));
        Assert.Equal(samples, Array.ConvertAll(narrow, c => c < 0 ? -((c & int.MaxValue) >> 1) : c >> 1));
    }

    // A region of interest puts its bit planes above all of the background: the same bytes, more bit planes.
    [Theory]
    [InlineData(20)]
    [InlineData(37)]
    [InlineData(60)]
    [InlineData(88)]
    public void A_region_of_interest_may_be_shifted_beyond_64_bit_planes(int shift)
    {
        int[] samples = Samples(32, 32, bits: 25);
        var (bytes, passes, planes) = Encode(samples, 32, 32);
        var coefficients = new long[samples.Length];

        WideBlockDecoder.Decode(Block(bytes, passes, planes + shift, 32, 32), coefficients, shift);

        Assert.Equal(samples, Array.ConvertAll(coefficients, Value));
    }

    private static int Value(long coefficient)
    {
        int magnitude = (int)((coefficient & long.MaxValue) >> 1);
        return coefficient < 0 ? -magnitude : magnitude;
    }

    private static int[] Samples(int width, int height, int bits)
    {
        var random = new Random(width * height + bits);
        return [.. Enumerable.Range(0, width * height).Select(_ => random.Next(-1 << (bits - 1), 1 << (bits - 1)) >> random.Next(bits))];
    }

    private static (byte[] Bytes, int Passes, int Planes) Encode(int[] samples, int width, int height)
    {
        var encoder = new BlockEncoder();
        int planes = encoder.Encode((int[])samples.Clone(), width, width, height, Orientation.LL, CodeBlockStyle.None, fraction: 0, isExact: true);
        return ([.. encoder.Passes.Bytes, .. Enumerable.Repeat((byte)0xFF, CodedBlock.Padding)], encoder.Passes.Count, planes);
    }

    private static CodedBlock Block(byte[] bytes, int passes, int planes, int width, int height) => new()
    {
        Width = width,
        Height = height,
        Orientation = Orientation.LL,
        Style = CodeBlockStyle.None,
        BitPlanes = planes,
        ZeroBitPlanes = 0,
        Bytes = bytes,
        Segments = new[] { new CodewordSegment(0, bytes.Length - CodedBlock.Padding, passes) },
        IsCut = false,
    };
}
