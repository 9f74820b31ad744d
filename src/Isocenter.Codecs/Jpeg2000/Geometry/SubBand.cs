namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Which filters made a sub-band: bit 0 high-pass across columns, bit 1 high-pass across rows.</summary>
internal enum Orientation : byte
{
    LL = 0,
    HL = 1,
    LH = 2,
    HH = 3,
}

/// <summary>One sub-band of a tile-component (ISO/IEC 15444-1 §B.5).</summary>
internal sealed class SubBand
{
    public required Orientation Orientation { get; init; }

    /// <summary>In its own coordinates (equation B-15).</summary>
    public required Rect Area { get; init; }

    /// <summary>M_b (equation E-2), and the shift of a region of interest with it: bit planes counted by zero bit planes.</summary>
    public required int BitPlanes { get; init; }

    /// <summary>Δ_b (equation E-3); 1 for the reversible transform.</summary>
    public required float Step { get; init; }

    /// <summary>xcb' (equation B-17): code-blocks are at most 2^xcb' columns wide.</summary>
    public required int BlockWidthExponent { get; init; }

    /// <summary>ycb' (equation B-18).</summary>
    public required int BlockHeightExponent { get; init; }

    /// <summary>n_b: the decomposition level.</summary>
    public required int Level { get; init; }
}
