using Isocenter.Codecs.Jpeg;

namespace Isocenter.Codecs;

/// <summary>What a caller may ask of a decoder, and the limits it works within.</summary>
public sealed record DecodeOptions
{
    /// <summary>The defaults: full resolution, one thread, 1 GiB.</summary>
    public static DecodeOptions Default { get; } = new();

    /// <summary>Threads that may work on one frame; 1 keeps to the caller's. Only tiled or blocked formats use more.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Resolution levels to leave out (JPEG 2000): each halves rows and columns, rounded up. The layout is that
    /// of the smaller image.</summary>
    public int DiscardLevels { get; init; }

    /// <summary>The part of the image to decode (JPEG 2000), in rows and columns of what <see cref="DiscardLevels"/> leaves;
    /// the layout is that of the part. The whole image when null.</summary>
    public FrameRegion? Region { get; init; }

    /// <summary>Bytes of working memory a decoder may take beside the caller's buffer.</summary>
    public long MaxWorkingMemory { get; init; } = 1L << 30;

    /// <summary>Leniencies of JPEG, and tables from elsewhere.</summary>
    public JpegDecodeOptions Jpeg { get; init; } = JpegDecodeOptions.Default;

    /// <summary>In which order RLE segments hold the bytes of a sample. The standard knows one; some writers the other.</summary>
    public RleSegmentOrder RleSegmentOrder { get; init; }
}

/// <summary>Order of the segments of one sample in an RLE frame.</summary>
public enum RleSegmentOrder
{
    /// <summary>As PS3.5 §G.2 demands.</summary>
    MostSignificantFirst,

    /// <summary>As written by those who took the bytes in the order of little endian.</summary>
    LeastSignificantFirst,
}

/// <summary>A part of a frame.</summary>
/// <param name="Row">First row, from 0.</param>
/// <param name="Column">First column, from 0.</param>
/// <param name="Rows">Rows, at least 1.</param>
/// <param name="Columns">Columns, at least 1.</param>
public readonly record struct FrameRegion(int Row, int Column, int Rows, int Columns);
