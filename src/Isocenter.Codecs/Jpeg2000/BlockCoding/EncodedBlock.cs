namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One coding pass of an encoded code-block.</summary>
internal struct EncodedPass
{
    /// <summary>Bytes of the block, when it ends with this pass.</summary>
    public int Length;

    /// <summary>Squared error that the passes so far take away, in units of squared samples of the image.</summary>
    public double Distortion;

    /// <summary>Distortion per byte since the last pass that is worth ending with; 0 when this one is not.</summary>
    public float Slope;
}

/// <summary>What the packets need of one encoded code-block.</summary>
internal struct EncodedBlock
{
    /// <summary>Holds the bytes of this block, beside those of others.</summary>
    public byte[] Bytes;

    /// <summary>First of them.</summary>
    public int Start;

    /// <summary>Holds the passes of this block, beside those of others.</summary>
    public EncodedPass[] Passes;

    /// <summary>First of them.</summary>
    public int FirstPass;

    public int PassCount;

    public int ZeroBitPlanes;

    /// <summary>Place among all blocks of the image.</summary>
    public int Index;

    /// <summary>While packets are written: passes in those before.</summary>
    public int Written;

    /// <summary>While packets are written: Lblock.</summary>
    public int LengthBits;

    public readonly int LengthAfter(int passes) => passes == 0 ? 0 : Passes[FirstPass + passes - 1].Length;

    public readonly ReadOnlySpan<EncodedPass> AllPasses => Passes.AsSpan(FirstPass, PassCount);
}

/// <summary>The encoded code-blocks of one precinct in one sub-band, and what the packets tell of them.</summary>
internal sealed class EncodedBlocks(PrecinctBand band)
{
    /// <summary>By rows.</summary>
    public EncodedBlock[] Blocks { get; } = new EncodedBlock[band.Blocks.Length];

    public TagTreeWriter Inclusion { get; } = new(band.BlocksWide, band.BlocksHigh);

    public TagTreeWriter ZeroBitPlanes { get; } = new(band.BlocksWide, band.BlocksHigh);

    /// <summary>No packet has been written.</summary>
    /// <param name="passes">The passes of each block of the image up to each layer.</param>
    /// <param name="layers">Layers.</param>
    public void Begin(ushort[] passes, int layers)
    {
        if (Blocks.Length == 0) return;
        for (int i = 0; i < Blocks.Length; i++)
        {
            ref var block = ref Blocks[i];
            (block.Written, block.LengthBits) = (0, 3);
            int first = 0;
            while (first < layers && passes[block.Index * layers + first] == 0) first++;
            Inclusion.Leaves[i] = first;
            ZeroBitPlanes.Leaves[i] = first == layers ? int.MaxValue : block.ZeroBitPlanes;
        }
        Inclusion.Begin();
        ZeroBitPlanes.Begin();
    }
}
