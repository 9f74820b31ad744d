using Isocenter.Codecs.Jpeg2000.HighThroughput;

namespace Isocenter.Codecs.Tests.Jpeg2000.HighThroughput;

public sealed class HtBlockTests
{
    public static TheoryData<int, int> Sizes => new()
    {
        { 64, 64 }, { 32, 32 }, { 4, 4 }, { 4, 1024 }, { 1024, 4 }, { 128, 32 }, { 1, 1 }, { 1, 1024 }, { 3, 1024 },
        { 1023, 3 }, { 5, 7 }, { 63, 61 }, { 2, 1 }, { 17, 30 }, { 62, 3 }, { 8, 512 }, { 7, 9 }, { 1021, 1 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void Blocks_of_every_size_and_depth_come_back(int width, int height)
    {
        var random = new Random(width * 2000 + height);
        for (int bits = 1; bits <= 29; bits += bits is 13 or 14 ? 1 : 2)
        {
            foreach (var kind in Enum.GetValues<Kind>())
            {
                var samples = Make(random, width, height, bits, kind);
                var (whole, segment) = RoundTrip(samples, width, height);
                Assert.True(samples.AsSpan().SequenceEqual(whole), $"{width} x {height}, {bits} bits, {kind}");
                if (segment.Length == 0 || bits % 3 != 0) continue;
                var slow = new ReferenceHtBlockDecoder(width, height).Decode(segment, [], 1, 0, false, false);
                Assert.True(samples.AsSpan().SequenceEqual(slow), $"slow twin: {width} x {height}, {bits} bits, {kind}");
            }
        }
    }

    [Fact]
    public void Half_units_have_the_half_of_every_significant_sample()
    {
        var random = new Random(5);
        foreach (int bits in new[] { 3, 9, 13, 14, 15, 20 })
        {
            var samples = Make(random, 64, 64, bits, Kind.Noise);
            var segment = Encode(samples, 64, 64);
            var halves = new int[4096];
            Assert.True(HtBlockDecoder.TryDecode(segment, default, 1, 0, false, true, halves, 64, 64, 64, new HtWorkspace()));
            for (int i = 0; i < halves.Length; i++)
                Assert.Equal(samples[i] == 0 ? 0 : 2 * samples[i] + Math.Sign(samples[i]), halves[i]);
        }
    }

    [Fact]
    public void A_block_of_nothing_needs_no_bytes() =>
        Assert.Empty(Encode(new int[32 * 32], 32, 32));

    [Fact]
    public void Samples_outside_the_block_stay_as_they_are()
    {
        var samples = Make(new Random(1), 13, 11, 9, Kind.Noise);
        var segment = Encode(samples, 13, 11);
        var output = new int[20 * 11];
        Array.Fill(output, -77);
        Assert.True(HtBlockDecoder.TryDecode(segment, default, 1, 0, false, false, output, 20, 13, 11, new HtWorkspace()));
        for (int i = 0; i < output.Length; i++)
            Assert.Equal(i % 20 < 13 ? samples[i / 20 * 13 + i % 20] : -77, output[i]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Refinement_agrees_with_the_slow_twin_whatever_the_bits_say(bool causal)
    {
        var random = new Random(7);
        var workspace = new HtWorkspace();
        foreach (var (width, height) in new[] { (64, 64), (13, 11), (4, 4), (1, 9), (1024, 4), (4, 1024), (62, 6) })
        {
            for (int round = 0; round < 8; round++)
            {
                var samples = Make(random, width, height, 1 + round % 12, (Kind)(round % 3));
                var segment = Encode(samples, width, height);
                if (segment.Length == 0) continue;
                var refinement = new byte[1 + random.Next(width * height)];
                random.NextBytes(refinement);
                for (int i = 1; i < refinement.Length; i++)
                {
                    if (refinement[i - 1] == 0xFF) refinement[i] &= 0x7F;
                }

                for (int passes = 2; passes <= 3; passes++)
                {
                    foreach (bool halves in new[] { false, true })
                    {
                        var output = new int[width * height];
                        Assert.True(HtBlockDecoder.TryDecode(
                            segment, refinement, passes, 2, causal, halves, output, width, width, height, workspace));
                        var slow = new ReferenceHtBlockDecoder(width, height)
                            .Decode(segment, refinement, passes, 2, causal, halves);
                        Assert.True(output.AsSpan().SequenceEqual(slow), $"{width} x {height}, {passes} passes, round {round}");
                    }
                }
            }
        }
    }

    internal enum Kind
    {
        Noise,
        Peaked,
        Sparse,
    }

    internal static int[] Make(Random random, int width, int height, int bits, Kind kind)
    {
        var samples = new int[width * height];
        for (int i = 0; i < samples.Length; i++)
        {
            int limit = kind == Kind.Noise ? bits : kind == Kind.Peaked ? random.Next(bits + 1) : random.Next(12) == 0 ? bits : 0;
            int value = (int)(random.NextInt64() & (1L << limit) - 1);
            samples[i] = random.Next(2) == 0 ? value : -value;
        }

        return samples;
    }

    internal static byte[] Encode(int[] samples, int width, int height)
    {
        var segment = new byte[HtBlockEncoder.MaxLength(width, height)];
        int length = HtBlockEncoder.Encode(samples, width, width, height, segment, new HtEncoderWorkspace());
        return segment[..length];
    }

    private static (int[] Samples, byte[] Segment) RoundTrip(int[] samples, int width, int height)
    {
        var segment = Encode(samples, width, height);
        var output = new int[samples.Length];
        if (segment.Length > 0)
        {
            Assert.True(HtBlockDecoder.TryDecode(
                segment, default, 1, 0, false, false, output, width, width, height, new HtWorkspace()));
        }

        return (output, segment);
    }
}
