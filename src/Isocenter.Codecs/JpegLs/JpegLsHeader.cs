namespace Isocenter.Codecs.JpegLs;

/// <summary>How the components of an image are ordered within a scan (ILV, ISO/IEC 14495-1 §C.2.3).</summary>
public enum JpegLsInterleave
{
    /// <summary>Each component is a scan of its own.</summary>
    None = 0,

    /// <summary>A line of the first component, the same line of the second, and so on.</summary>
    Line = 1,

    /// <summary>All samples of the first pixel, all of the second, and so on.</summary>
    Sample = 2,
}

/// <summary>What the marker segments of a JPEG-LS code stream say, up to its first scan.</summary>
/// <param name="Info">The image, in the words all codecs share.</param>
/// <param name="Near">Largest difference between a decoded sample and the original; 0 is lossless.</param>
/// <param name="Interleave">Order of the components in the first scan.</param>
/// <param name="Preset">Preset coding parameters of the first scan, defaults included.</param>
/// <param name="RestartInterval">Lines (groups of lines, interleaved by line) between restart markers; 0 without.</param>
/// <param name="PointTransform">Bits that the encoder shifted out of every sample.</param>
/// <param name="HasSpiffHeader">Whether a SPIFF header (ISO/IEC 10918-3) stands before the image.</param>
public sealed record JpegLsHeader(
    CodeStreamInfo Info, int Near, JpegLsInterleave Interleave, JpegLsPreset Preset, int RestartInterval, int PointTransform,
    bool HasSpiffHeader);
