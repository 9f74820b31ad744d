namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What a JPEG 2000 encoder is to do. The defaults give a lossless code stream of one tile and one layer.</summary>
public sealed record Jpeg2000EncodeOptions
{
    /// <summary>The defaults: lossless.</summary>
    public static Jpeg2000EncodeOptions Lossless { get; } = new();

    /// <summary>True for the 5-3 transform, which can give back every bit; false for the 9-7 transform.</summary>
    public bool IsReversible { get; init; } = true;

    /// <summary>Decorrelates the first three components (RCT, ICT), if there are at least three.</summary>
    public bool UsesComponentTransform { get; init; } = true;

    /// <summary>Decomposition levels, 0 to 32; fewer are used where the image is too small for them.</summary>
    public int Levels { get; init; } = 5;

    /// <summary>Columns of a code-block: a power of two, 4 to 1024; 4096 with <see cref="BlockHeight"/> at most.</summary>
    public int BlockWidth { get; init; } = 64;

    /// <summary>Rows of a code-block.</summary>
    public int BlockHeight { get; init; } = 64;

    /// <summary>Columns and rows of a precinct, powers of two, for the full resolution first; the last holds for all smaller
    /// ones. Empty for one precinct a resolution level.</summary>
    public IReadOnlyList<(int Width, int Height)> Precincts { get; init; } = [];

    /// <summary>Columns of a tile; 0 for one as wide as the image.</summary>
    public int TileWidth { get; init; }

    /// <summary>Rows of a tile; 0 for one as high as the image.</summary>
    public int TileHeight { get; init; }

    /// <summary>The order of packets.</summary>
    public ProgressionOrder Progression { get; init; } = ProgressionOrder.Lrcp;

    /// <summary>For each layer how many times smaller the code stream shall be than its samples of bits stored, with the
    /// layers before it: 20, 10, 5. A value of 1 or less stands for everything. Empty for one layer with everything.</summary>
    public IReadOnlyList<double> Ratios { get; init; } = [];

    /// <summary>For each layer the peak signal-to-noise ratio in dB that it shall reach with the layers before it: 35, 45, 55.
    /// Positive infinity stands for everything. Not together with <see cref="Ratios"/>.</summary>
    public IReadOnlyList<double> PeakSignalToNoise { get; init; } = [];

    /// <summary>The quantization step of the 9-7 transform, in units of a sample: what one step of any coefficient
    /// changes in the image, root mean square. With <see cref="Ratios"/> a smaller one is taken where they leave room.</summary>
    public double Step { get; init; } = 1;

    /// <summary>Puts SOP before each packet.</summary>
    public bool WritesSop { get; init; }

    /// <summary>Puts EPH behind each packet header.</summary>
    public bool WritesEph { get; init; }

    /// <summary>Puts the lengths of tile-parts into the main header (TLM).</summary>
    public bool WritesTlm { get; init; }

    /// <summary>Threads that may work on one frame; 1 keeps to the caller's.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Code-block style: any but predictable termination.</summary>
    internal CodeBlockStyle BlockStyle { get; init; }
}
