using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>An image that may lie over another one.</summary>
/// <param name="DataSet">The image, with its Pixel Data.</param>
/// <param name="FrameIndex">From 0.</param>
/// <param name="Syntax">How compressed frames are compressed. Null: what they begin with tells.</param>
public sealed record SuperimposedImage(DataSet DataSet, int FrameIndex, TransferSyntax? Syntax = null);

/// <summary>What a Blending Softcopy Presentation State says (PS3.3 §A.33.4, §C.11.14): one image lies below in grey, another over it in
/// the colours of a palette, and so much of it is seen (PS3.4 §N.2.4).</summary>
internal sealed class Blending
{
    private static readonly Tag[] PaletteTags =
    [
        Tags.RedPaletteColorLookupTableDescriptor, Tags.GreenPaletteColorLookupTableDescriptor, Tags.BluePaletteColorLookupTableDescriptor,
        Tags.RedPaletteColorLookupTableData, Tags.GreenPaletteColorLookupTableData, Tags.BluePaletteColorLookupTableData,
        Tags.SegmentedRedPaletteColorLookupTableData, Tags.SegmentedGreenPaletteColorLookupTableData, Tags.SegmentedBluePaletteColorLookupTableData,
    ];

    private Blending(PresentationState underlying, PresentationState superimposed, double opacity) =>
        (Underlying, Superimposed, Opacity) = (underlying, superimposed, opacity);

    /// <summary>How the image below looks by itself.</summary>
    public PresentationState Underlying { get; }

    /// <summary>How the image above looks by itself.</summary>
    public PresentationState Superimposed { get; }

    /// <summary>What is seen of the image above, from 0 to 1.</summary>
    public double Opacity { get; }

    /// <exception cref="PixelDataException">It lacks one of the two, or the opacity.</exception>
    public static Blending Of(DataSet state)
    {
        DataSet Item(string position) => PresentationState.Items(state, Tags.BlendingSequence).FirstOrDefault(item => item.Get(Tags.BlendingPosition, "") == position)
            ?? throw new PixelDataException(PixelDataProblem.Contradiction, $"the blending state names no {position} images (PS3.3 §C.11.14)");
        double opacity = state.Get(Tags.RelativeOpacity, double.NaN);
        if (opacity is not (>= 0 and <= 1)) throw new PixelDataException(PixelDataProblem.Contradiction, "the blending state has no Relative Opacity from 0 to 1 (PS3.3 §C.11.14)");
        var below = Item("UNDERLYING").Copy().Set(Tags.SOPClassUID, SopClasses.GrayscaleSoftcopyPresentationStateStorage);
        var above = Item("SUPERIMPOSED").Copy().Set(Tags.SOPClassUID, SopClasses.PseudoColorSoftcopyPresentationStateStorage);
        foreach (var tag in PaletteTags)
            if (state.TryFind(tag, out var table)) above.Add(table);
        return new Blending(PresentationState.Of(below), PresentationState.Of(above), opacity);
    }

    /// <summary>Paints both.</summary>
    /// <param name="below">Paints the image below, in grey.</param>
    /// <param name="image">The image below.</param>
    /// <param name="frameIndex">From 0.</param>
    /// <param name="columns">Of the image below.</param>
    /// <param name="options">What there is to lie over it.</param>
    /// <exception cref="PixelDataException">None of it does, or nothing says where.</exception>
    public RowPainter Over(RowPainter below, DataSet image, int frameIndex, int columns, RenderOptions options)
    {
        if (below.Channels != 1) throw new PixelDataException(PixelDataProblem.Contradiction, "the image below is not grey (PS3.4 §N.2.4)");
        var plane = ImagePlane.Of(image, frameIndex);
        var above = options.Superimposed.Where(one => Superimposed.AppliesTo(one.DataSet, one.FrameIndex))
            .Select(one => (Image: one, Place: PlaceOn(plane, image, one, options.Registrations)))
            .OrderBy(one => one.Place.Distance).FirstOrDefault();
        if (above.Image is null) throw new PixelDataException(PixelDataProblem.Contradiction, "the image that the blending state lays over this one is not here");
        var picture = FrameRenderer.Render(above.Image.DataSet, above.Image.FrameIndex, new RenderOptions
        {
            PresentationState = Superimposed,
            Overlays = false,
            Shutter = false,
            BitDepth = options.BitDepth,
            MaxPixels = options.MaxPixels,
        }, above.Image.Syntax);
        if (picture.Channels != 3) throw new PixelDataException(PixelDataProblem.Contradiction, "the image above got no colours");
        return new BlendedPainter(below, columns, picture, above.Place.Map, Opacity);
    }

    /// <summary>From columns and rows of the image below to those of the one above, and how far apart their planes are.</summary>
    private static (PlaneMap Map, double Distance) PlaceOn(ImagePlane? below, DataSet image, SuperimposedImage above, IReadOnlyList<DataSet> registrations)
    {
        var plane = ImagePlane.Of(above.DataSet, above.FrameIndex);
        if (below is { } a && plane is { } b && a.FrameOfReference == b.FrameOfReference && a.FrameOfReference.Length > 0) return (a.MapTo(b), a.DistanceTo(b));
        if (below is { } here && plane is { } there && SpatialRegistration.Bring(here, there.FrameOfReference, registrations) is { } brought) return (brought.MapTo(there), brought.DistanceTo(there));
        // Without places in space: pixel on pixel, where both have as many.
        int rows = image.Get(Tags.Rows, 0), columns = image.Get(Tags.Columns, 0);
        if (string.IsNullOrEmpty(below?.FrameOfReference) && string.IsNullOrEmpty(plane?.FrameOfReference) && above.DataSet.Get(Tags.Rows, 0) == rows && above.DataSet.Get(Tags.Columns, 0) == columns) return (PlaneMap.Identity, 0);
        throw new PixelDataException(PixelDataProblem.Unsupported, string.Create(CultureInfo.InvariantCulture,
            $"the images are not in one frame of reference, and no spatial registration that is here brings them together ({columns} × {rows} pixels below)"));
    }
}
