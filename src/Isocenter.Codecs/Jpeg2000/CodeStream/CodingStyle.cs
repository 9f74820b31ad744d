namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Code-block style (ISO/IEC 15444-1 Table A.19; the HT bits ISO/IEC 15444-15 Table A.4).</summary>
[Flags]
internal enum CodeBlockStyle : byte
{
    None = 0,

    /// <summary>Raw bits in the first two passes of the fifth bit plane and below.</summary>
    Bypass = 0x01,

    /// <summary>Context probabilities start anew with each pass.</summary>
    ResetContexts = 0x02,

    /// <summary>Each pass is a codeword segment of its own.</summary>
    TerminateEachPass = 0x04,

    /// <summary>Contexts do not look into the stripe below.</summary>
    VerticallyCausal = 0x08,

    /// <summary>Passes end so that damage can be found. The decoder need not look.</summary>
    PredictableTermination = 0x10,

    /// <summary>Each cleanup pass ends with the symbols 1010.</summary>
    SegmentationSymbols = 0x20,

    /// <summary>Blocks are coded by the HT block coder.</summary>
    HighThroughput = 0x40,

    /// <summary>With <see cref="HighThroughput"/>: each block may be coded by either.</summary>
    HighThroughputMixed = 0x80,
}

/// <summary>How one component is cut and coded: SPcod or SPcoc (ISO/IEC 15444-1 Table A.15).</summary>
internal sealed class CodingStyle
{
    private readonly byte[]? _precincts;

    private CodingStyle(byte[]? precincts) => _precincts = precincts;

    /// <summary>Decomposition levels, 0 to 32.</summary>
    public int Levels { get; private init; }

    /// <summary>xcb: code-blocks are at most 2^xcb columns wide.</summary>
    public int BlockWidthExponent { get; private init; }

    /// <summary>ycb.</summary>
    public int BlockHeightExponent { get; private init; }

    public CodeBlockStyle Style { get; private init; }

    /// <summary>True for the reversible 5-3 transform, false for the irreversible 9-7.</summary>
    public bool IsReversible { get; private init; }

    /// <summary>PPx of a resolution level.</summary>
    public int PrecinctWidthExponent(int resolution) => _precincts is null ? 15 : _precincts[resolution] & 15;

    /// <summary>PPy of a resolution level.</summary>
    public int PrecinctHeightExponent(int resolution) => _precincts is null ? 15 : _precincts[resolution] >> 4;

    /// <summary>The style of an encoder.</summary>
    /// <param name="levels">N_L.</param>
    /// <param name="blockWidth">xcb.</param>
    /// <param name="blockHeight">ycb.</param>
    /// <param name="style">Of code-blocks.</param>
    /// <param name="isReversible">5-3 or 9-7.</param>
    /// <param name="precincts">PPx and PPy &lt;&lt; 4 by resolution level; null for the largest.</param>
    public static CodingStyle Make(int levels, int blockWidth, int blockHeight, CodeBlockStyle style, bool isReversible, byte[]? precincts) =>
        new(precincts)
        {
            Levels = levels,
            BlockWidthExponent = blockWidth,
            BlockHeightExponent = blockHeight,
            Style = style,
            IsReversible = isReversible,
        };

    /// <summary>Precinct sizes as SPcod has them; empty when all are the largest.</summary>
    public ReadOnlySpan<byte> Precincts => _precincts;

    /// <param name="reader">At the number of decomposition levels.</param>
    /// <param name="hasPrecincts">Scod or Scoc says that precinct sizes follow.</param>
    public static CodingStyle Read(ref SegmentReader reader, bool hasPrecincts)
    {
        int start = reader.Position;
        int levels = reader.U8(), width = (reader.U8() & 15) + 2, height = (reader.U8() & 15) + 2;
        var style = (CodeBlockStyle)reader.U8();
        int transform = reader.U8();
        if (levels > 32) throw Damage.At(start, $"{levels} decomposition levels are more than 32", "ISO/IEC 15444-1 Table A.15");
        if (width > 10 || height > 10 || width + height > 12)
            throw Damage.At(start, $"code-blocks of 2^{width} × 2^{height} are too large", "ISO/IEC 15444-1 Table A.18");
        if (transform > 1)
            throw Damage.At(start, $"wavelet transform {transform} is not one of part 1; arbitrary kernels are not supported", "ISO/IEC 15444-1 Table A.20");

        byte[]? precincts = null;
        if (hasPrecincts)
        {
            precincts = reader.Take(levels + 1).ToArray();
            for (int r = 1; r <= levels; r++)
            {
                if ((precincts[r] & 15) == 0 || precincts[r] >> 4 == 0)
                    throw Damage.At(start, $"precincts of one sample at resolution level {r}", "ISO/IEC 15444-1 Table A.21");
            }
        }
        return new CodingStyle(precincts)
        {
            Levels = levels,
            BlockWidthExponent = width,
            BlockHeightExponent = height,
            Style = style,
            IsReversible = transform == 1,
        };
    }
}
