using System.Buffers.Binary;

namespace Isocenter.Dicom;

/// <summary>Tags as eight hexadecimal digits, all at once: the eight nibbles lie in the eight bytes of one number.</summary>
internal static class TagDigits
{
    public const int Length = 8;

    private const ulong Ones = 0x0101_0101_0101_0101;

    /// <summary>Writes capitals.</summary>
    public static void Write(uint tag, Span<byte> place)
    {
        ulong x = tag;
        x = (x & 0xFFFF_0000) << 16 | x & 0xFFFF;
        x = (x & 0x0000_FF00_0000_FF00) << 8 | x & 0x0000_00FF_0000_00FF;
        x = (x & 0x00F0_00F0_00F0_00F0) << 4 | x & 0x000F_000F_000F_000F;
        BinaryPrimitives.WriteUInt64BigEndian(place, Characters(x));
    }

    /// <summary>Reads eight digits, capitals or not.</summary>
    /// <param name="digits">At least eight bytes.</param>
    /// <param name="tag">What they say.</param>
    /// <returns>False when one of the eight is no digit.</returns>
    public static bool TryRead(ReadOnlySpan<byte> digits, out uint tag)
    {
        ulong x = BinaryPrimitives.ReadUInt64BigEndian(digits);
        ulong letters = x >> 6 & Ones;
        ulong nibbles = (x & 0x0F * Ones) + letters * 9;
        ulong n = (nibbles | nibbles >> 4) & 0x00FF_00FF_00FF_00FF;
        n = (n | n >> 8) & 0x0000_FFFF_0000_FFFF;
        tag = (uint)(n | n >> 16);
        // Right if they are what we would write, but for the case of letters.
        return (nibbles & 0xF0 * Ones) == 0 && Characters(nibbles) == (x & ~(letters << 5));
    }

    private static ulong Characters(ulong nibbles)
    {
        ulong letters = (nibbles + 6 * Ones) >> 4 & Ones;
        return nibbles + 0x30 * Ones + letters * 7;
    }
}
