using System.Globalization;
using Isocenter.Codecs.JpegLs;

namespace Isocenter.Codecs.Tests.JpegLs;

public sealed class JpegLsFuzzTests
{
    /// <summary>Damaged streams of every kind decode to something or are refused; nothing else, in time and memory that the
    /// layout bounds.</summary>
    [Fact]
    public void A_damaged_code_stream_is_decoded_or_refused()
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "6000", CultureInfo.InvariantCulture);
        int firstSeed = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ_SEED") ?? "20260101", CultureInfo.InvariantCulture);
        var seeds = Seeds();
        var random = new Random(firstSeed);
        byte[] buffer = new byte[seeds.Max(seed => seed.Layout.FrameLength)];
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            var (stream, layout) = seeds[random.Next(seeds.Count)];
            byte[] bytes = Mutate(stream, seeds[random.Next(seeds.Count)].Stream, random);
            var samples = buffer.AsSpan(0, (int)layout.FrameLength);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                JpegLsDecoder.Decode(bytes, samples, layout);
                _ = JpegLsDecoder.ReadHeader(bytes);
            }
            catch (CodecException)
            {
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
        Assert.InRange(refused, rounds / 4, rounds);
    }

    private static byte[] Mutate(byte[] stream, byte[] other, Random random)
    {
        byte[] bytes = [.. stream];
        int header = Math.Min(60, bytes.Length);
        for (int n = random.Next(1, 6); n > 0; n--)
        {
            // Half of the damage goes to the header, where little of it already matters.
            int at = random.Next(2) == 0 ? random.Next(header) : random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[at] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                    break;
                default:
                    if (at + 1 < bytes.Length) (bytes[at], bytes[at + 1]) = (0xFF, (byte)random.Next(0xC0, 0x100));
                    break;
            }
        }
        return random.Next(12) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes[..random.Next(bytes.Length)], .. other[random.Next(other.Length)..]],
            2 => [.. bytes[..random.Next(2, header)], .. bytes[random.Next(2, header)..]],
            _ => bytes,
        };
    }

    private static List<(byte[] Stream, FrameLayout Layout)> Seeds()
    {
        var seeds = new List<(byte[], FrameLayout)>();
        var random = new Random(5);
        foreach (var interleave in Enum.GetValues<JpegLsInterleave>())
        {
            foreach (int bits in new[] { 2, 8, 12, 16 })
            {
                foreach (int near in new[] { 0, 1 })
                {
                    var layout = new FrameLayout(random.Next(4, 24), random.Next(4, 40), interleave == 0 ? 1 : 3, bits > 8 ? 16 : 8, bits);
                    var options = new JpegLsEncodeOptions
                    {
                        Near = near,
                        Interleave = interleave,
                        RestartInterval = random.Next(2) * 5,
                        WriteSpiffHeader = random.Next(3) == 0,
                    };
                    seeds.Add((TestImages.Encode(TestImages.Make(layout, bits), layout, options), layout));
                }
            }
        }
        var small = new FrameLayout(6, 6, 1, 8, 8);
        byte[] plain = TestImages.Encode(TestImages.Make(small, 1), small);
        byte[] table = TestImages.Segment(0xF8, [2, 1, 1, .. Enumerable.Range(0, 256).Select(i => (byte)(255 - i))]);
        byte[] large = TestImages.Segment(0xF8, 4, 2, 0, 6, 0, 6);
        byte[] colours = TestImages.Segment(0xE8, [.. "mrfx"u8, 1]);
        seeds.Add(([.. plain[..2], .. table, .. large, .. TestImages.Segment(0xDD, 0, 0, 2), .. plain[2..]], small));
        var pixels = new FrameLayout(6, 6, 3, 8, 8);
        byte[] rgb = TestImages.Encode(TestImages.Make(pixels, 1), pixels, new JpegLsEncodeOptions { Interleave = JpegLsInterleave.None });
        seeds.Add(([.. rgb[..2], .. colours, .. rgb[2..]], pixels));
        return seeds;
    }
}
