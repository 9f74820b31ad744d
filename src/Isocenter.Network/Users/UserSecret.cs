using System.Globalization;
using System.Security.Cryptography;

namespace Isocenter.Network;

/// <summary>What is kept of a pass code: PBKDF2 with HMAC-SHA-256 (RFC 8018) over a salt of its own. It tells whether a pass
/// code is right, and not what it is.</summary>
internal sealed record UserSecret(int Iterations, byte[] Salt, byte[] Hash)
{
    private const string Scheme = "pbkdf2-sha256";

    /// <summary>Some 30 ms of a core for each try; one who has stolen the file pays it too.</summary>
    private const int NewIterations = 100_000;

    /// <summary>A line that asks for more would be a way to keep the server busy.</summary>
    private const int MostIterations = 10_000_000;

    public static UserSecret Of(ReadOnlySpan<byte> passcode)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(16);
        return new UserSecret(NewIterations, salt, Derive(passcode, salt, NewIterations));
    }

    public bool Is(ReadOnlySpan<byte> passcode) => CryptographicOperations.FixedTimeEquals(Derive(passcode, Salt, Iterations), Hash);

    public static bool TryParse(string text, out UserSecret? secret)
    {
        secret = null;
        if (text.Split(':') is not [Scheme, var count, var salt64, var hash64]) return false;
        Span<byte> salt = stackalloc byte[64], hash = stackalloc byte[32];
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int iterations) || iterations is < 1 or > MostIterations
            || !Convert.TryFromBase64String(salt64, salt, out int saltLength)
            || !Convert.TryFromBase64String(hash64, hash, out int hashLength) || hashLength != hash.Length) return false;
        secret = new UserSecret(iterations, salt[..saltLength].ToArray(), hash.ToArray());
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}:{Iterations}:{Convert.ToBase64String(Salt)}:{Convert.ToBase64String(Hash)}");

    private static byte[] Derive(ReadOnlySpan<byte> passcode, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(passcode, salt, iterations, HashAlgorithmName.SHA256, 32);
}
