namespace Isocenter.Imaging;

/// <summary>How to make a picture of a frame.</summary>
public sealed record RenderOptions
{
    /// <summary>The defaults: full size, the window of the image.</summary>
    public static RenderOptions Default { get; } = new();

    /// <summary>Widest picture, in pixels. Larger frames are reduced, their proportions kept; smaller ones stay.</summary>
    public int MaxWidth { get; init; } = int.MaxValue;

    /// <summary>Highest picture, in pixels.</summary>
    public int MaxHeight { get; init; } = int.MaxValue;

    /// <summary>Window for grey images. Null: the first of the image, or its VOI LUT, or from the darkest to the
    /// brightest pixel of the frame.</summary>
    public VoiWindow? Window { get; init; }

    /// <summary>Most pixels in a frame; larger frames are refused before anything is allocated.</summary>
    public long MaxPixels { get; init; } = 1L << 26;
}
