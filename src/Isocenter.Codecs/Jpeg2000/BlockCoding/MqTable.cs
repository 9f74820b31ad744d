namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The probability estimation of the MQ coder (ISO/IEC 15444-1 Table C.2) and the contexts of the bit plane coder
/// (Table D.7).</summary>
internal static class MqTable
{
    /// <summary>States of Table C.2.</summary>
    public const int States = 47;

    /// <summary>Contexts 0 to 8: zero coding; 9 to 13: sign; 14 to 16: magnitude refinement.</summary>
    public const int Contexts = 19;

    public const int SignContext = 9;
    public const int RefinementContext = 14;
    public const int RunContext = 17;
    public const int UniformContext = 18;

    /// <summary>Qe by state.</summary>
    public static ReadOnlySpan<ushort> Qe =>
    [
        0x5601, 0x3401, 0x1801, 0x0AC1, 0x0521, 0x0221, 0x5601, 0x5401, 0x4801, 0x3801, 0x3001, 0x2401, 0x1C01, 0x1601, 0x5601, 0x5401,
        0x5101, 0x4801, 0x3801, 0x3401, 0x3001, 0x2801, 0x2401, 0x2201, 0x1C01, 0x1801, 0x1601, 0x1401, 0x1201, 0x1101, 0x0AC1, 0x09C1,
        0x08A1, 0x0521, 0x0441, 0x02A1, 0x0221, 0x0141, 0x0111, 0x0085, 0x0049, 0x0025, 0x0015, 0x0009, 0x0005, 0x0001, 0x5601,
    ];

    /// <summary>The state after a more probable symbol with renormalization.</summary>
    public static ReadOnlySpan<byte> NextMps =>
    [
        1, 2, 3, 4, 5, 38, 7, 8, 9, 10, 11, 12, 13, 29, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
        33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 45, 46,
    ];

    /// <summary>The state after a less probable symbol.</summary>
    public static ReadOnlySpan<byte> NextLps =>
    [
        1, 6, 9, 12, 29, 33, 6, 14, 14, 14, 17, 18, 20, 21, 14, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
        30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 46,
    ];

    /// <summary>True where the less probable symbol changes which symbol is the more probable.</summary>
    public static bool Switches(int state) => state is 0 or 6 or 14;

    /// <summary>The state a context begins with; the more probable symbol is 0.</summary>
    public static int InitialState(int context) => context switch
    {
        0 => 4,
        RunContext => 3,
        UniformContext => 46,
        _ => 0,
    };
}
