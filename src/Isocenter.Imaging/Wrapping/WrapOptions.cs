using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>What pictures and videos are taken for.</summary>
public enum PictureKind
{
    /// <summary>Secondary Capture (PS3.3 §A.8); of a video, Video Photographic.</summary>
    SecondaryCapture,

    /// <summary>VL Photographic, Video Photographic (PS3.3 §A.32.4, §A.32.7).</summary>
    Photographic,

    /// <summary>VL Endoscopic, Video Endoscopic (PS3.3 §A.32.1, §A.32.5).</summary>
    Endoscopic,

    /// <summary>VL Microscopic, Video Microscopic (PS3.3 §A.32.2, §A.32.6).</summary>
    Microscopic,
}

/// <summary>How files become DICOM objects.</summary>
public sealed record WrapOptions
{
    /// <summary>What pictures and videos are taken for. Documents say themselves what they are.</summary>
    public PictureKind Kind { get; init; }

    /// <summary>The object whose patient and study the new ones get; null: an unnamed patient, a new study.</summary>
    public DataSet? Like { get; init; }

    /// <summary>Document Title (0042,0010) and Series Description; null: what a document says of itself.</summary>
    public string? Title { get; init; }

    /// <summary>Frames a second of a video, or of pictures that are an animation, in place of what the file says.</summary>
    public double? FrameRate { get; init; }

    /// <summary>Gives Content Date and Time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
