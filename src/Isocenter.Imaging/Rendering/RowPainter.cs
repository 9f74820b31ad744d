using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Turns the stored values of a row into brightness or colours. One thread at a time.</summary>
internal abstract class RowPainter
{
    /// <summary>1: grey; 3: red, green, blue.</summary>
    public abstract int Channels { get; }

    /// <summary>Paints one row.</summary>
    /// <param name="row">Row of the frame, from 0.</param>
    /// <param name="line">Receives columns × channels values of the bits that the options ask for.</param>
    public abstract void Paint(int row, Span<ushort> line);

    /// <summary>The painter that an image needs.</summary>
    /// <exception cref="PixelDataException">What the image says of its colours makes no sense.</exception>
    public static RowPainter Of(DataSet dataSet, FrameRows frame, int frameIndex, RenderOptions options, FrameColours colours)
    {
        var painter = WithoutProfile(dataSet, frame, frameIndex, options, null);
        bool isGrey = painter.Channels == 1, becomesColour = isGrey && (colours.NeedsColour || options.PresentationState?.DrawsInColour(dataSet, frameIndex) == true);
        var transform = colours.TransformFor(isGrey && !colours.NeedsColour ? 1 : 3) ?? colours.TransformFor(painter.Channels);
        if (transform is not null)
        {
            // Palettes come transformed, entry by entry.
            painter = WithoutProfile(dataSet, frame, frameIndex, options with { BitDepth = transform.BitDepthIn }, isGrey ? null : transform);
            if (isGrey && colours.NeedsColour) painter = new ColouredPainter(painter, frame.Columns);
            if (painter is not (PalettePainter or PseudoColourPainter)) painter = new ProfiledPainter(painter, transform);
        }
        return becomesColour && painter.Channels == 1 ? new ColouredPainter(painter, frame.Columns) : painter;
    }

    private static RowPainter WithoutProfile(DataSet dataSet, FrameRows frame, int frameIndex, RenderOptions options, ProfileTransform? ofPalette) =>
        options.PresentationState?.Blending is { } blending
            ? blending.Over(OfPixels(dataSet, frame, frameIndex, options with { PresentationState = blending.Underlying }, null), dataSet, frameIndex, frame.Columns, options)
            : OfPixels(dataSet, frame, frameIndex, options, ofPalette);

    private static RowPainter OfPixels(DataSet dataSet, FrameRows frame, int frameIndex, RenderOptions options, ProfileTransform? transform)
    {
        if (frame.Layout is not { } layout)
            return new FloatPainter(frame, new GreyScale(dataSet, frameIndex, dataSet.Get(Tags.PhotometricInterpretation, "") == "MONOCHROME1", options, frame.Findings), options.BitDepth, dataSet);
        var reader = frame.Integers!;
        if (layout.Photometric == Photometric.PaletteColor) return new PalettePainter(layout, reader, Palette.Of(dataSet, options.BitDepth, transform, frame.Findings), null);
        if (layout.Photometric is not (Photometric.Monochrome1 or Photometric.Monochrome2)) return new ColourPainter(layout, reader, options.BitDepth);
        if (options.PresentationState is { IsPseudoColour: true } state)
        {
            var scale = new GreyScale(dataSet, frameIndex, layout.Photometric == Photometric.Monochrome1, options, frame.Findings);
            return new PseudoColourPainter(new GreyPainter(dataSet, layout, reader, scale, 16), frame.Columns, Palette.Of(state.DataSet, options.BitDepth, transform, frame.Findings));
        }
        // Beside a palette that comes transformed, grey is what goes out.
        int bitDepth = transform?.BitDepthOut ?? options.BitDepth;
        var grey = new GreyPainter(dataSet, layout, reader, new GreyScale(dataSet, frameIndex, layout.Photometric == Photometric.Monochrome1, options, frame.Findings), bitDepth);
        return HasSupplementalPalette(dataSet, frameIndex) ? new PalettePainter(layout, reader, Palette.Of(dataSet, options.BitDepth, transform, frame.Findings), grey) : grey;
    }

    /// <summary>Values above those that are grey have colours (PS3.3 §C.7.6.19, §C.8.16.2.1.1.1): only where the image says so.</summary>
    private static bool HasSupplementalPalette(DataSet dataSet, int frameIndex)
    {
        if (!dataSet.Contains(Tags.RedPaletteColorLookupTableDescriptor)) return false;
        if (dataSet.Get(Tags.PixelPresentation, "") is "COLOR" or "MIXED") return true;
        return dataSet.TryFind(Tags.PerFrameFunctionalGroupsSequence, out var perFrame) && frameIndex < perFrame.Items.Count
            && perFrame.Items[frameIndex].TryGet(Tags.MRImageFrameTypeSequence, out DataSet? type) && type.Get(Tags.PixelPresentation, "") == "COLOR";
    }
}
