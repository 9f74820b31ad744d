namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One code-block as the packets have described it so far.</summary>
internal struct CodeBlock
{
    /// <summary>Its first and last <see cref="Chunk"/>; −1 while there is none.</summary>
    public int FirstChunk;
    public int LastChunk;

    /// <summary>Coding passes so far.</summary>
    public int Passes;

    /// <summary>Missing most significant bit planes.</summary>
    public byte ZeroBitPlanes;

    /// <summary>Lblock (ISO/IEC 15444-1 §B.10.7.1); 0 while the block has not been included.</summary>
    public byte LengthBits;

    /// <summary>Bytes of it are missing at the end of a cut code stream.</summary>
    public bool IsCut;

    /// <summary>Of an HT code-block: its first cleanup pass has come.</summary>
    public bool HasCleanup;

    /// <summary>Where both block coders are allowed: this one has the block coder of part 1.</summary>
    public bool IsClassic;

    public readonly bool IsIncluded => LengthBits != 0;
}

/// <summary>What one packet contributes to one codeword segment of one code-block.</summary>
/// <param name="Offset">First byte in the body of the tile.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Passes">Coding passes it completes.</param>
/// <param name="StartsSegment">It is the first of its codeword segment.</param>
/// <param name="Next">The next of the same block; −1 after the last.</param>
internal record struct Chunk(int Offset, int Length, int Passes, bool StartsSegment, int Next);

/// <summary>The code-blocks of one precinct in one sub-band.</summary>
internal sealed class PrecinctBand
{
    public PrecinctBand(SubBand band, Rect area, WorkingMemory memory)
    {
        Band = band;
        Area = area;
        if (area.IsEmpty)
        {
            Blocks = [];
            Inclusion = ZeroBitPlanes = new TagTree(0, 0);
            return;
        }
        FirstColumn = area.X0 >> band.BlockWidthExponent;
        FirstRow = area.Y0 >> band.BlockHeightExponent;
        BlocksWide = (int)(Ceiling.Shift(area.X1, band.BlockWidthExponent) - FirstColumn);
        BlocksHigh = (int)(Ceiling.Shift(area.Y1, band.BlockHeightExponent) - FirstRow);
        long blocks = (long)BlocksWide * BlocksHigh;
        memory.Take(300 + 48 * blocks, "the code-blocks of a precinct");
        Blocks = new CodeBlock[blocks];
        foreach (ref var block in Blocks.AsSpan()) block.FirstChunk = block.LastChunk = -1;
        Inclusion = new TagTree(BlocksWide, BlocksHigh);
        ZeroBitPlanes = new TagTree(BlocksWide, BlocksHigh);
    }

    public SubBand Band { get; }

    /// <summary>In coordinates of the sub-band.</summary>
    public Rect Area { get; }

    /// <summary>Column of the first block in the partition of the whole sub-band.</summary>
    public long FirstColumn { get; }

    public long FirstRow { get; }

    public int BlocksWide { get; }

    public int BlocksHigh { get; }

    /// <summary>By rows.</summary>
    public CodeBlock[] Blocks { get; }

    public TagTree Inclusion { get; }

    public TagTree ZeroBitPlanes { get; }

    /// <summary>What an encoder made of the blocks; null in a decoder.</summary>
    public EncodedBlocks? Encoded { get; set; }

    /// <summary>The area of one block, in coordinates of the sub-band.</summary>
    public Rect BlockArea(int block)
    {
        int xcb = Band.BlockWidthExponent, ycb = Band.BlockHeightExponent;
        long x = FirstColumn + block % BlocksWide, y = FirstRow + block / BlocksWide;
        return new Rect(x << xcb, y << ycb, (x + 1) << xcb, (y + 1) << ycb).Intersect(Area);
    }
}

/// <summary>One precinct of a resolution level (ISO/IEC 15444-1 §B.6): one sub-band at level 0, else three.</summary>
internal sealed class Precinct(PrecinctBand[] bands)
{
    public PrecinctBand[] Bands { get; } = bands;
}
