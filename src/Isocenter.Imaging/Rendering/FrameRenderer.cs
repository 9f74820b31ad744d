using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Makes pictures of frames (PS3.3 §C.7.6.3, §C.11; PS3.4 §N).</summary>
/// <remarks>Reads only the frame that is asked for; of native pixel data a band of rows at a time, so that memory goes with the
/// picture, not with the object. Compressed frames are decoded whole. Holds no state; safe from many threads.</remarks>
public static class FrameRenderer
{
    /// <summary>How many frames there are: Number of Frames, 1 where it is absent.</summary>
    public static int FrameCount(DataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        return ImageLayout.FrameCount(dataSet);
    }

    /// <summary>The frame that stands for the image: the Representative Frame Number, or the middle one.</summary>
    /// <returns>From 0.</returns>
    public static int RepresentativeFrame(DataSet dataSet)
    {
        int count = FrameCount(dataSet);
        return dataSet.TryGet(Tags.RepresentativeFrameNumber, out int number) && number >= 1 && number <= count ? number - 1 : count / 2;
    }

    /// <summary>Draws one frame.</summary>
    /// <param name="dataSet">The image, with its Pixel Data (in memory or in its open file).</param>
    /// <param name="frameIndex">From 0.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="syntax">How compressed frames are compressed. Null: what they begin with tells.</param>
    /// <exception cref="PixelDataException">There is no picture; the reason is in it.</exception>
    /// <exception cref="IOException">The file cannot be read any more.</exception>
    public static Picture Render(DataSet dataSet, int frameIndex, RenderOptions? options = null, TransferSyntax? syntax = null)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        options ??= RenderOptions.Default;
        if (options.BitDepth is not (8 or 16)) throw new ArgumentException("a picture has 8 or 16 bits a channel", nameof(options));
        var state = options.PresentationState;
        if (state is not null && !state.AppliesTo(dataSet, frameIndex))
            throw new PixelDataException(PixelDataProblem.Contradiction, string.Create(CultureInfo.InvariantCulture, $"the presentation state does not refer to frame {frameIndex + 1L} of this image"));

        var frame = FrameRows.Open(dataSet, frameIndex, options, syntax);
        var region = (options.Region ?? state?.DisplayedAreaOf(dataSet, frameIndex) ?? new Region(0, 0, frame.Columns, frame.Rows)).Within(frame.Columns, frame.Rows)
            ?? throw new PixelDataException(PixelDataProblem.Contradiction, "the region lies outside the frame");
        // A region that is asked for is another one than the state's.
        double? magnification = options.Magnify && options.Region is null ? state?.MagnificationOf(dataSet, frameIndex) : null;
        var plan = new PicturePlan(dataSet, region, options, magnification, state?.PixelAspectOf(dataSet, frameIndex));
        region = plan.Region;
        var colours = FrameColours.Of(dataSet, frameIndex, options, frame.Findings);
        var painter = RowPainter.Of(dataSet, frame, frameIndex, options, colours);
        var cover = CoverOf(dataSet, frame, frameIndex, options);

        var reducer = new BoxReducer(region.Width, region.Height, painter.Channels, options.BitDepth, plan.Reduced);
        var line = new ushort[frame.Columns * painter.Channels];
        for (int row = region.Top; row < region.Top + region.Height; row++)
        {
            painter.Paint(row, line);
            cover?.Invoke(row, line, painter.Channels);
            reducer.Add(line.AsSpan(region.Left * painter.Channels, region.Width * painter.Channels));
        }
        var picture = plan.Finish(reducer.Picture);
        if (state is not null) GraphicAnnotations.Draw(state, dataSet, frameIndex, picture, plan);
        return picture with { IccProfile = colours.ProfileFor(painter.Channels), Findings = frame.Findings.All };
    }

    private delegate void Cover(int row, Span<ushort> line, int channels);

    /// <summary>What lies over the pixels: overlays, and shutters over all.</summary>
    private static Cover? CoverOf(DataSet dataSet, FrameRows frame, int frameIndex, RenderOptions options)
    {
        var state = options.PresentationState;
        var overlays = options.Overlays ? Overlay.Of(dataSet, state, frameIndex) : [];
        var shutter = options.Shutter ? Shutter.Of(state?.DataSet ?? dataSet) : null;
        var bitmap = options.Shutter ? Overlay.ShutterOf(state?.DataSet ?? dataSet, frameIndex) : null;
        if (overlays.Count == 0 && shutter is null && bitmap is null) return null;
        bool isDeep = options.BitDepth == 16;
        ushort dark = (ushort)((state?.DataSet ?? dataSet).Get(Tags.ShutterPresentationValue, (ushort)0) >> (isDeep ? 0 : 8));
        return (row, line, channels) =>
        {
            Span<ushort> colour = stackalloc ushort[channels];
            foreach (var overlay in overlays)
            {
                for (int c = 0; c < channels; c++) colour[c] = overlay.Ink.Of(c, channels, options.BitDepth);
                if (overlay.PixelBit < 0) overlay.Draw(row, line, colour);
                else frame.Integers?.MarkBit(row, overlay.PixelBit, line, colour);
            }
            colour.Fill(dark);
            shutter?.Cover(row, line, channels, dark);
            bitmap?.Draw(row, line, colour);
        };
    }
}
