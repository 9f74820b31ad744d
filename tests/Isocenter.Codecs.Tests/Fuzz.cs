using System.Globalization;

namespace Isocenter.Codecs.Tests;

/// <summary>Mutations for tests that feed decoders with damaged streams. ISOCENTER_FUZZ says how many rounds.</summary>
internal static class Fuzz
{
    public static int Rounds { get; } = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "20000", CultureInfo.InvariantCulture);

    /// <summary>A copy with some bytes changed, sometimes cut off, sometimes with a piece repeated.</summary>
    public static byte[] Mutate(byte[] seed, Random random)
    {
        byte[] bytes = [.. seed];
        for (int n = random.Next(1, 6); n > 0; n--)
        {
            int at = random.Next(4) == 0 ? random.Next(Math.Min(bytes.Length, 80)) : random.Next(bytes.Length);
            bytes[at] = random.Next(3) switch
            {
                0 => (byte)(bytes[at] ^ 1 << random.Next(8)),
                1 => (byte)random.Next(256),
                _ => (byte)(random.Next(2) * 255),
            };
        }
        return random.Next(12) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes[..random.Next(bytes.Length)], .. bytes[random.Next(bytes.Length)..]],
            _ => bytes,
        };
    }
}
