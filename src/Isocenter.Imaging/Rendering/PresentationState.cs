using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>A Softcopy Presentation State (PS3.3 §A.33): how images of a study shall look.</summary>
/// <remarks>What of it is applied: modality, VOI and presentation LUTs, the palette of a pseudo-color one, shutters, overlays,
/// graphics and texts in the colours of their layers, rotation and flip, the displayed area and its magnification, and the blending of two
/// images. Immutable when its data set is frozen.</remarks>
public sealed class PresentationState
{
    private PresentationState(DataSet dataSet)
    {
        DataSet = dataSet;
        if (dataSet.Get(Tags.SOPClassUID, "") == SopClasses.BlendingSoftcopyPresentationStateStorage) Blending = Blending.Of(dataSet);
    }

    /// <summary>The object.</summary>
    public DataSet DataSet { get; }

    /// <summary>Its palette gives colours to grey (PS3.3 §A.33.3).</summary>
    internal bool IsPseudoColour => DataSet.Get(Tags.SOPClassUID, "") == SopClasses.PseudoColorSoftcopyPresentationStateStorage;

    /// <summary>It lays one image over another (PS3.3 §A.33.4): this needs <see cref="RenderOptions.Superimposed"/>, and what it refers to is the
    /// image below.</summary>
    public bool IsBlending => Blending is not null;

    internal Blending? Blending { get; }

    /// <summary>The series and images that lie over others: items of its Referenced Series Sequence (PS3.3 §C.11.14); empty when it is no
    /// blending state.</summary>
    public IReadOnlyList<DataSet> SuperimposedSeries => Blending is null ? [] : Items(Blending.Superimposed.DataSet, Tags.ReferencedSeriesSequence);

    /// <summary>The series and Spatial Registrations that bring its images together (PS3.3 §C.11.14): items of Referenced Series Sequences, with a
    /// Referenced SOP Sequence each.</summary>
    public IReadOnlyList<DataSet> RegistrationSeries =>
        [.. Items(DataSet, Tags.ReferencedSpatialRegistrationSequence).SelectMany(item => Items(item, Tags.ReferencedSeriesSequence))];

    /// <summary>The series and images that it refers to, or, of a blending state, those below.</summary>
    public IReadOnlyList<DataSet> Series => Items((Blending?.Underlying ?? this).DataSet, Tags.ReferencedSeriesSequence);

    /// <summary>Degrees clockwise: 0, 90, 180 or 270 (PS3.3 §C.10.6).</summary>
    public int Rotation => ((DataSet.Get(Tags.ImageRotation, 0) % 360 + 360) % 360) / 90 * 90;

    /// <summary>Left and right change places after the rotation.</summary>
    public bool IsFlipped => DataSet.Get(Tags.ImageHorizontalFlip, "N") == "Y";

    /// <summary>Takes a data set as a presentation state.</summary>
    /// <exception cref="PixelDataException">It is none, or of a kind that is not applied.</exception>
    public static PresentationState Of(DataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        string sopClass = dataSet.Get(Tags.SOPClassUID, "");
        if (sopClass is not (SopClasses.GrayscaleSoftcopyPresentationStateStorage or SopClasses.ColorSoftcopyPresentationStateStorage or SopClasses.PseudoColorSoftcopyPresentationStateStorage
            or SopClasses.BlendingSoftcopyPresentationStateStorage))
            throw new PixelDataException(PixelDataProblem.Unsupported, $"the object is no greyscale, color, pseudo-color or blending softcopy presentation state but {SopClassName(sopClass)}");
        return new PresentationState(dataSet);
    }

    /// <summary>It says how this frame shall look.</summary>
    /// <param name="image">The image.</param>
    /// <param name="frameIndex">From 0.</param>
    public bool AppliesTo(DataSet image, int frameIndex)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Series.Any(series => Refers(series, image, frameIndex, isAllWhenAbsent: false));
    }

    /// <summary>The item of the Softcopy VOI LUT Sequence for a frame; null: no VOI LUT.</summary>
    internal DataSet? SoftcopyVoiOf(DataSet image, int frameIndex) =>
        Items(DataSet, Tags.SoftcopyVOILUTSequence).FirstOrDefault(item => Refers(item, image, frameIndex, isAllWhenAbsent: true));

    /// <summary>The part of a frame that is displayed (PS3.3 §C.10.4); null: all.</summary>
    internal Region? DisplayedAreaOf(DataSet image, int frameIndex)
    {
        if (AreaItemOf(image, frameIndex) is not { } item) return null;
        var a = item.GetAll<int>(Tags.DisplayedAreaTopLeftHandCorner);
        var b = item.GetAll<int>(Tags.DisplayedAreaBottomRightHandCorner);
        if (a.Count != 2 || b.Count != 2) return null;
        // Column and row, from 1. With a rotation or flip the corners are those that come to lie there.
        var (left, right) = (Math.Min(a[0], b[0]), Math.Max(a[0], b[0]));
        var (top, bottom) = (Math.Min(a[1], b[1]), Math.Max(a[1], b[1]));
        long width = (long)right - left + 1, height = (long)bottom - top + 1;
        return width > int.MaxValue || height > int.MaxValue ? null : new Region(left - 1, top - 1, (int)width, (int)height);
    }

    /// <summary>Pixels of the display for one of the image, in the size mode MAGNIFY (PS3.3 §C.10.4); otherwise null: the
    /// displayed area is fitted in. TRUE SIZE is too, as nobody knows how large a pixel will be shown (PS3.18 §9.5.2.3).</summary>
    internal double? MagnificationOf(DataSet image, int frameIndex) =>
        AreaItemOf(image, frameIndex) is { } item && item.Get(Tags.PresentationSizeMode, "") == "MAGNIFY"
            && item.TryGet(Tags.PresentationPixelMagnificationRatio, out double ratio) && double.IsFinite(ratio) && ratio > 0 ? ratio : null;

    /// <summary>Height of a pixel in widths, as the displayed area says (PS3.3 §C.10.4); null when it does not.</summary>
    internal double? PixelAspectOf(DataSet image, int frameIndex)
    {
        if (AreaItemOf(image, frameIndex) is not { } item) return null;
        return PicturePlan.AspectOf(item, Tags.PresentationPixelSpacing) ?? PicturePlan.AspectOf(item, Tags.PresentationPixelAspectRatio);
    }

    private DataSet? AreaItemOf(DataSet image, int frameIndex) =>
        Items(DataSet, Tags.DisplayedAreaSelectionSequence).FirstOrDefault(item => Refers(item, image, frameIndex, isAllWhenAbsent: true));

    /// <summary>What a layer is drawn in: what is recommended of it, or white.</summary>
    internal LayerInk InkOf(string layer) =>
        Items(DataSet, Tags.GraphicLayerSequence).Where(item => item.Get(Tags.GraphicLayer, "") == layer).Select(LayerInk.OfLayer).FirstOrDefault(ink => ink is not null) ?? LayerInk.White;

    /// <summary>What a line, an area or a text is drawn in: its own style, or that of its layer (PS3.3 §C.10.5).</summary>
    internal static LayerInk InkOf(DataSet item, Tag styles, Tag colour, LayerInk layer) =>
        Items(item, styles) is [var style, ..] && LayerInk.OfLab(style.GetAll<ushort>(colour)) is { } own ? own : layer;

    /// <summary>Something that is drawn over this frame has a colour.</summary>
    internal bool DrawsInColour(DataSet image, int frameIndex)
    {
        foreach (var annotation in AnnotationsOf(image, frameIndex))
        {
            var layer = InkOf(annotation.Get(Tags.GraphicLayer, ""));
            var graphics = Items(annotation, Tags.GraphicObjectSequence);
            if (graphics.Any(item => !InkOf(item, Tags.LineStyleSequence, Tags.PatternOnColorCIELabValue, layer).IsGrey
                || !InkOf(item, Tags.FillStyleSequence, Tags.PatternOnColorCIELabValue, layer).IsGrey)) return true;
            if (Items(annotation, Tags.TextObjectSequence).Any(item => !InkOf(item, Tags.TextStyleSequence, Tags.TextColorCIELabValue, layer).IsGrey)) return true;
        }
        for (int group = 0x6000; group <= 0x601E; group += 2)
            if (DataSet.Get(new Tag((ushort)group, Tags.OverlayActivationLayer.Element), "") is { Length: > 0 } layer && !InkOf(layer).IsGrey) return true;
        return false;
    }

    /// <summary>The graphic annotations of a frame, lowest layer first (PS3.3 §C.10.5, §C.10.7).</summary>
    internal IEnumerable<DataSet> AnnotationsOf(DataSet image, int frameIndex)
    {
        var order = Items(DataSet, Tags.GraphicLayerSequence).ToLookup(layer => layer.Get(Tags.GraphicLayer, ""), layer => layer.Get(Tags.GraphicLayerOrder, 0));
        return Items(DataSet, Tags.GraphicAnnotationSequence)
            .Where(item => Refers(item, image, frameIndex, isAllWhenAbsent: true))
            .OrderBy(item => order[item.Get(Tags.GraphicLayer, "")].FirstOrDefault());
    }

    internal static IReadOnlyList<DataSet> Items(DataSet dataSet, Tag tag) =>
        dataSet.TryFind(tag, out var element) && element.IsSequence ? element.Items : [];

    private static bool Refers(DataSet item, DataSet image, int frameIndex, bool isAllWhenAbsent)
    {
        var references = Items(item, Tags.ReferencedImageSequence);
        if (references.Count == 0) return isAllWhenAbsent;
        string uid = image.Get(Tags.SOPInstanceUID, "");
        return references.Any(reference => reference.Get(Tags.ReferencedSOPInstanceUID, "") == uid
            && reference.GetAll<int>(Tags.ReferencedFrameNumber) is var frames && (frames.Count == 0 || frames.Contains(frameIndex + 1)));
    }

    private static string SopClassName(string uid) => UidDictionary.TryFind(uid, out var entry) ? entry.Name : uid.Length == 0 ? "without SOP Class UID" : uid;
}
