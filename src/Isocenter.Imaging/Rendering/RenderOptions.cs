using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>How to make a picture of a frame.</summary>
public sealed record RenderOptions
{
    /// <summary>The defaults: full size, the window of the image, its overlays and shutters.</summary>
    public static RenderOptions Default { get; } = new();

    /// <summary>Widest picture, in pixels. Larger frames are reduced, their proportions kept; smaller ones stay.</summary>
    public int MaxWidth { get; init; } = int.MaxValue;

    /// <summary>Highest picture, in pixels.</summary>
    public int MaxHeight { get; init; } = int.MaxValue;

    /// <summary>Smaller frames are made as large as <see cref="MaxWidth"/> and <see cref="MaxHeight"/> allow.</summary>
    public bool Enlarge { get; init; }

    /// <summary>The part to draw; null: the whole frame. What of it lies outside the frame is left out.</summary>
    public Region? Region { get; init; }

    /// <summary>Left and right change places, after <see cref="Region"/> was cut out.</summary>
    public bool FlipHorizontally { get; init; }

    /// <summary>Top and bottom change places.</summary>
    public bool FlipVertically { get; init; }

    /// <summary>Window for grey images. Null: that of the image (see <see cref="VoiIndex"/>), or its VOI LUT, or from the
    /// darkest to the brightest pixel of the frame.</summary>
    public VoiWindow? Window { get; init; }

    /// <summary>Which of several windows or VOI LUTs of the image, from 0; beyond the last, the last.</summary>
    public int VoiIndex { get; init; }

    /// <summary>Draw overlays (PS3.3 §C.9), in white.</summary>
    public bool Overlays { get; init; } = true;

    /// <summary>Cover what the display shutter of the image covers (PS3.3 §C.7.6.11).</summary>
    public bool Shutter { get; init; } = true;

    /// <summary>How a presentation state says it shall look; it must refer to the image. Null: as the image says.</summary>
    public PresentationState? PresentationState { get; init; }

    /// <summary>For a blending state (<see cref="Imaging.PresentationState.IsBlending"/>): the images that may lie over the one that is drawn. The one it
    /// refers to whose plane is nearest is taken.</summary>
    public IReadOnlyList<SuperimposedImage> Superimposed { get; init; } = [];

    /// <summary>Spatial Registrations (PS3.3 §A.39.1) for a blending state whose images are not in one frame of reference: the first that knows both is
    /// applied, rigid, scaled or affine; deformable ones are not.</summary>
    public IReadOnlyList<DataSet> Registrations { get; init; } = [];

    /// <summary>A presentation state of the size mode MAGNIFY (PS3.3 §C.10.4) is taken at its word: what does not fit into
    /// <see cref="MaxWidth"/> and <see cref="MaxHeight"/> is cut off. False: its whole displayed area is shown.</summary>
    public bool Magnify { get; init; } = true;

    /// <summary>The colour space of the picture: colours are transformed into it from that of the image's ICC profile, or from sRGB where it has none, and
    /// grey becomes three channels where it is not sRGB. Null: colours stay as they are, and the image's own profile goes with the picture.</summary>
    public RgbSpace? ColourSpace { get; init; }

    /// <summary>Bits a channel of the picture, 8 or 16.</summary>
    public int BitDepth { get; init; } = 8;

    /// <summary>Most pixels in a frame, and in a picture that was enlarged; more are refused before anything is allocated.</summary>
    public long MaxPixels { get; init; } = 1L << 26;
}
