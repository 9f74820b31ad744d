namespace Isocenter.Codecs.Jpeg;

/// <summary>Where the coefficients of an 8 × 8 block lie in memory here.</summary>
/// <remarks>Not row by row, but as the inverse DCT wants to load them: four groups of 16 words for the rows (0, 4),
/// (2, 6), (1, 3) and (5, 7). In a group the two rows alternate, column by column, the columns in the order 0 4 2 6 1 3 5
/// 7. A multiplication of neighbours then does half a butterfly, and after the first pass the same pairs come out for the
/// second.</remarks>
internal static class BlockOrder
{
    /// <summary>Words of a block with room behind it, where what must not be written goes.</summary>
    public const int Room = 80;

    /// <summary>What a step in the zig-zag sequence is when the block ends.</summary>
    public const int EndOfBlock = 127;

    /// <summary>Position of coefficient k of the zig-zag sequence (T.81 Figure A.6). Beyond 63 it is that of the room
    /// behind the block: a run that leaves the block writes there.</summary>
    public static ReadOnlySpan<byte> FromZigZag =>
    [
        0, 8, 32, 16, 40, 4, 10, 36, 24, 33, 1, 41, 20, 42, 2, 12,
        34, 26, 37, 9, 48, 17, 56, 5, 43, 18, 44, 6, 14, 38, 28, 35,
        11, 52, 25, 49, 57, 21, 58, 3, 45, 22, 46, 30, 39, 13, 50, 27,
        53, 59, 19, 60, 7, 47, 15, 54, 29, 51, 61, 23, 62, 31, 55, 63,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    ];

    /// <summary>Position of the coefficient in row n / 8 and column n % 8.</summary>
    public static ReadOnlySpan<byte> FromNatural =>
    [
        0, 8, 4, 10, 2, 12, 6, 14, 32, 40, 36, 42, 34, 44, 38, 46,
        16, 24, 20, 26, 18, 28, 22, 30, 33, 41, 37, 43, 35, 45, 39, 47,
        1, 9, 5, 11, 3, 13, 7, 15, 48, 56, 52, 58, 50, 60, 54, 62,
        17, 25, 21, 27, 19, 29, 23, 31, 49, 57, 53, 59, 51, 61, 55, 63,
    ];
}
