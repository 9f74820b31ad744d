namespace Isocenter.Codecs;

/// <summary>What a caller may ask of any encoder. Each family looks at what it knows.</summary>
public sealed record FrameEncodeOptions
{
    /// <summary>The defaults: lossless where the syntax can be; otherwise JPEG quality 90, JPEG-LS near 2, JPEG 2000 10:1.</summary>
    public static FrameEncodeOptions Default { get; } = new();

    /// <summary>JPEG baseline and extended: 1 to 100, as libjpeg counts; null: 90.</summary>
    public int? Quality { get; init; }

    /// <summary>JPEG-LS near-lossless: how far a sample may be from the original; null: 2.</summary>
    public int? Near { get; init; }

    /// <summary>JPEG 2000 and HTJ2K where the syntax allows loss: bytes of the frame (bits stored) to bytes of the code
    /// stream; null: 10.</summary>
    public double? Ratio { get; init; }

    /// <summary>Three samples are red, green and blue, and may be turned into a form that packs better; the code stream says
    /// so. Otherwise they stay as they are.</summary>
    public bool IsRgb { get; init; }

    /// <summary>Three samples are luminance and colour differences (YBR_FULL). They stay so, and the code stream says so where it
    /// can.</summary>
    public bool IsYcc { get; init; }

    /// <summary>Threads that may work on one frame; 1 keeps to the caller's.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;
}
