using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Where the coefficients of a block lie in memory while encoding: as the forward DCT leaves them.</summary>
/// <remarks>Two rows of frequencies in 16 words: columns 0 2 1 3 of the first, of the second, then 4 6 5 7 of both.</remarks>
internal static class ForwardOrder
{
    /// <summary>Position of coefficient k of the zig-zag sequence.</summary>
    public static ReadOnlySpan<byte> FromZigZag =>
    [
        0, 2, 4, 16, 6, 1, 3, 5, 18, 20, 32, 22, 17, 7, 8, 10,
        12, 19, 21, 34, 36, 48, 38, 33, 23, 24, 14, 9, 11, 13, 26, 28,
        35, 37, 50, 52, 54, 49, 39, 40, 30, 25, 15, 27, 29, 42, 44, 51,
        53, 55, 56, 46, 41, 31, 43, 45, 58, 60, 62, 57, 47, 59, 61, 63,
    ];

    // For each group of 8 positions and each pattern of them, where these are in the zig-zag sequence.
    private static readonly ulong[] ZigZagBits = MakeZigZagBits();

    /// <summary>Which coefficients are not 0: bit k for the one at k in the zig-zag sequence.</summary>
    public static ulong NonZero(ReadOnlySpan<short> block)
    {
        uint low = ~Zeros(block, 0), high = ~Zeros(block, 32);
        ReadOnlySpan<ulong> bits = ZigZagBits.AsSpan(0, 8 * 256);
        return bits[(int)(low & 0xFF)] | bits[0x100 | (int)(low >> 8 & 0xFF)]
            | bits[0x200 | (int)(low >> 16 & 0xFF)] | bits[0x300 | (int)(low >> 24)]
            | bits[0x400 | (int)(high & 0xFF)] | bits[0x500 | (int)(high >> 8 & 0xFF)]
            | bits[0x600 | (int)(high >> 16 & 0xFF)] | bits[0x700 | (int)(high >> 24)];
    }

    /// <summary>A bit for each of 32 coefficients that is 0.</summary>
    private static uint Zeros(ReadOnlySpan<short> block, int start)
    {
        var first = Vector256.Equals(Vector256.Create(block[start..]), Vector256<short>.Zero);
        var second = Vector256.Equals(Vector256.Create(block[(start + 16)..]), Vector256<short>.Zero);
        if (!Avx2.IsSupported) return Vector256.Narrow(first, second).ExtractMostSignificantBits();
        return Avx2.Permute4x64(Avx2.PackSignedSaturate(first, second).AsInt64(), 0xD8).AsByte().ExtractMostSignificantBits();
    }

    private static ulong[] MakeZigZagBits()
    {
        var bits = new ulong[8 * 256];
        for (int k = 0; k < 64; k++)
        {
            int position = FromZigZag[k];
            for (int pattern = 0; pattern < 256; pattern++)
                if ((pattern >> (position & 7) & 1) != 0) bits[position >> 3 << 8 | pattern] |= 1UL << k;
        }
        return bits;
    }
}
