namespace Isocenter.Codecs.JpegLs;

/// <summary>How to encode JPEG-LS.</summary>
public sealed record JpegLsEncodeOptions
{
    /// <summary>The defaults: lossless, colour interleaved by line, no restart markers.</summary>
    public static JpegLsEncodeOptions Default { get; } = new();

    /// <summary>Largest difference a decoded sample may have, 0 to 255 and at most half of the largest sample; 0 is
    /// lossless.</summary>
    public int Near { get; init; }

    /// <summary>Order of several components. One component is never interleaved.</summary>
    public JpegLsInterleave Interleave { get; init; } = JpegLsInterleave.Line;

    /// <summary>Lines from one restart marker to the next; 0 without. Every interval begins as a scan does and can be decoded
    /// alone, at some cost in size.</summary>
    public int RestartInterval { get; init; }

    /// <summary>Preset coding parameters; what is 0 takes the standard's default. They are written where they differ from the
    /// default, and always above 12 and below 8 bits, because decoders exist whose defaults are wrong there.</summary>
    public JpegLsPreset Preset { get; init; }

    /// <summary>Whether a SPIFF header (ISO/IEC 10918-3) goes before the image. DICOM does not ask for it.</summary>
    public bool WriteSpiffHeader { get; init; }
}
