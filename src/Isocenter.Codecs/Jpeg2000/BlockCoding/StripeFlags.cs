using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What the bit plane coders know of the four coefficients of one column of a stripe, and of their neighbours, in one
/// word of 32 bits.</summary>
/// <remarks>
/// <para>Three bits further for each row, so that one shift brings the neighbourhood of any row to the same place:</para>
/// <list type="bullet">
/// <item>bits 0 to 17: significance of six rows (one above, one below), each west, own, east</item>
/// <item>bit 18: sign of the coefficient above, bit 31 of that below the stripe</item>
/// <item>bits 19, 20, 21 (+ 3 per row): own sign; was refined; was coded in this bit plane</item>
/// </list>
/// <para>The words have a border of one all around.</para>
/// </remarks>
internal static class StripeFlags
{
    /// <summary>(width + 2) × (stripes + 2) of any block of at most 4096 coefficients is less.</summary>
    public const int MaxWords = 3200;

    /// <summary>Bit 0 of each of four rows.</summary>
    public const uint Rows = 0x249;

    /// <summary>Own significance.</summary>
    public const int Self = 4;

    /// <summary>Own sign.</summary>
    public const int Sign = 19;

    /// <summary>Was refined before.</summary>
    public const int Refined = 20;

    /// <summary>Was coded in the significance propagation pass of this bit plane.</summary>
    public const int Visited = 21;

    /// <summary>What <see cref="ContextTables.Sign"/> is asked with: significance of north, west, east, south at bits 1, 3,
    /// 5, 7, their signs below each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignIndex(uint f, uint west, uint east, int at)
    {
        uint vertical = f >> (16 + at);   // sign of south at bit 6, of north at bit 0 except in the first row
        uint northSign = at == 0 ? f >> 18 : vertical;
        return (f >> at & 0xAA) | (northSign & 1) | (vertical & 64) | (west >> (17 + at) & 4) | (east >> (15 + at) & 16);
    }

    /// <summary>The rows of a stripe that are in the block, of as many as are left.</summary>
    public static uint RowsOf(int left) => left >= 4 ? Rows : Rows & ((1u << (3 * left)) - 1);

    /// <summary>Tells the neighbours which of the four became significant, and with which sign.</summary>
    /// <param name="flags">The word of the four.</param>
    /// <param name="stride">Words from one stripe to the next.</param>
    /// <param name="fresh">Those that became significant, three bits apart.</param>
    /// <param name="signs">Their signs.</param>
    /// <param name="north">0 when the stripe above may not know (vertically causal), else all ones.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(ref uint flags, int stride, uint fresh, uint signs, uint north)
    {
        Unsafe.Add(ref flags, -1) |= fresh << 5;
        Unsafe.Add(ref flags, 1) |= fresh << 3;
        if ((fresh & 1 & north) != 0)
        {
            ref uint above = ref Unsafe.Add(ref flags, -stride);
            Unsafe.Add(ref above, -1) |= 1u << 17;
            above |= 1u << 16 | signs << 31;
            Unsafe.Add(ref above, 1) |= 1u << 15;
        }
        if ((fresh & 0x200) != 0)
        {
            ref uint below = ref Unsafe.Add(ref flags, stride);
            Unsafe.Add(ref below, -1) |= 1u << 2;
            below |= 1u << 1 | (signs >> 9 & 1) << 18;
            Unsafe.Add(ref below, 1) |= 1u;
        }
    }
}
