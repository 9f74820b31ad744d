using System.Globalization;
using Isocenter.Codecs.Jpeg2000.HighThroughput;

namespace Isocenter.Codecs.Tests.Jpeg2000.HighThroughput;

public sealed class HtBlockFuzzTests
{
    /// <summary>ISOCENTER_FUZZ says how many blocks; a few thousand are tried without it.</summary>
    [Fact]
    public void Damage_is_told_or_decoded_but_never_thrown()
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "5000", CultureInfo.InvariantCulture);
        var random = new Random(rounds);
        var workspace = new HtWorkspace();
        var output = new int[4096];
        byte[] segment = [];
        int width = 0, height = 0;
        for (int round = 0; round < rounds; round++)
        {
            if (round % 50 == 0)
            {
                (width, height) = random.Next(5) switch
                {
                    0 => (64, 64),
                    1 => (1 + random.Next(64), 1 + random.Next(64)),
                    2 => (4, 1024),
                    3 => (1024, 4),
                    _ => (32, 32),
                };
                segment = HtBlockTests.Encode(
                    HtBlockTests.Make(random, width, height, 1 + random.Next(24), (HtBlockTests.Kind)random.Next(3)), width, height);
            }

            var damaged = segment.ToArray();
            for (int n = random.Next(8); n > 0 && damaged.Length > 0; n--)
            {
                // Mostly at the end, where lengths and code words are.
                int at = random.Next(2) == 0
                    ? random.Next(damaged.Length) : damaged.Length - 1 - random.Next(Math.Min(damaged.Length, 40));
                damaged[at] = random.Next(3) switch
                {
                    0 => (byte)(damaged[at] ^ 1 << random.Next(8)),
                    1 => 0xFF,
                    _ => (byte)random.Next(256),
                };
            }

            int length = random.Next(10) == 0 ? random.Next(damaged.Length + 1) : damaged.Length;
            var refinement = new byte[random.Next(3) == 0 ? random.Next(3000) : 0];
            random.NextBytes(refinement);
            HtBlockDecoder.TryDecode(
                damaged.AsSpan(0, length), refinement, random.Next(5), random.Next(32), random.Next(2) == 0,
                random.Next(2) == 0, output, width, width, height, workspace);
        }
    }
}
