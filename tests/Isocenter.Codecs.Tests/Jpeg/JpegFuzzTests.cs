using System.Globalization;
using Isocenter.Codecs.Jpeg;

namespace Isocenter.Codecs.Tests.Jpeg;

/// <summary>Mutated streams. ISOCENTER_FUZZ is how many.</summary>
public sealed class JpegFuzzTests
{
    [Fact]
    public void Mutated_streams_end_in_samples_or_a_clear_error()
    {
        var seeds = Seeds().ToArray();
        int rounds = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "20000", CultureInfo.InvariantCulture);
        int seed = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ_SEED") ?? "20260101", CultureInfo.InvariantCulture);
        var random = new Random(seed);
        for (int round = 0; round < rounds; round++)
        {
            var (stream, layout) = seeds[random.Next(seeds.Length)];
            byte[] bytes = Mutate(stream, seeds[random.Next(seeds.Length)].Stream, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var info = JpegDecoder.ReadInfo(bytes);
                // What the stream says, where that is small; else it contradicts the layout and must be refused.
                if ((long)info.Rows * info.Columns * info.Components <= 1 << 14)
                    layout = new FrameLayout(info.Rows, info.Columns, info.Components, info.BitsPerSample > 8 ? 16 : 8, info.BitsPerSample);
                JpegDecoder.Decode(bytes, new byte[layout.FrameLength], layout);
            }
            catch (CodecException)
            {
                // A clear refusal is one of the two right answers.
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        }
    }

    private static IEnumerable<(byte[] Stream, FrameLayout Layout)> Seeds()
    {
        foreach (var stream in ForeignStream.All) yield return (stream.Bytes, stream.Layout);
        var colour = new FrameLayout(21, 26, 3, 8, 8);
        var words = new FrameLayout(21, 26, 1, 16, 16);
        var twelve = new FrameLayout(21, 26, 1, 16, 12);
        yield return (TestImage.Encode(TestImage.Waves(colour), colour, new JpegEncodeOptions { Process = JpegProcess.Lossless, RestartRows = 3 }), colour);
        yield return (TestImage.Encode(TestImage.Noise(words), words, new JpegEncodeOptions { Process = JpegProcess.Lossless, SelectionValue = 6 }), words);
        yield return (TestImage.Encode(TestImage.Waves(twelve), twelve, new JpegEncodeOptions { Process = JpegProcess.Extended, RestartRows = 1 }), twelve);
    }

    /// <summary>Bytes changed, bits turned, pieces cut out, doubled, or taken from another stream.</summary>
    private static byte[] Mutate(byte[] stream, byte[] other, Random random)
    {
        var bytes = new List<byte>(stream);
        for (int n = random.Next(1, 6); n > 0; n--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(12))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(length, bytes.Count - 8));
                    break;
                case 1:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 2:
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
                    break;
                case 3:
                    bytes[at] = 0xFF;
                    break;
                case 4 or 5 or 6:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    // Headers are short: most changes would miss them.
                    bytes[random.Next(Math.Min(bytes.Count, random.Next(2) == 0 ? 60 : 700))] = (byte)random.Next(256);
                    break;
            }
        }
        if (random.Next(10) == 0) bytes.RemoveRange(bytes.Count / 2, random.Next(bytes.Count / 2));
        return [.. bytes];
    }
}
