using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>How large a picture becomes and how it is turned: from the region of the frame by way of a reduced picture to
/// the finished one.</summary>
internal sealed class PicturePlan
{
    private readonly Region _region;
    private readonly int _rotation;
    private readonly bool _flipsHorizontally, _flipsVertically;
    private readonly (int Width, int Height) _size;      // before it is turned

    /// <param name="dataSet">The image.</param>
    /// <param name="region">The part of the frame that is drawn.</param>
    /// <param name="options">The largest size.</param>
    /// <param name="magnification">Pixels of the picture for one of the image: what does not fit is cut off around the middle; null:
    /// all is fitted in.</param>
    /// <param name="aspect">Height of a pixel in widths; null: what the image says.</param>
    /// <exception cref="PixelDataException">The picture would be larger than the limit.</exception>
    public PicturePlan(DataSet dataSet, Region region, RenderOptions options, double? magnification = null, double? aspect = null)
    {
        _rotation = options.PresentationState?.Rotation ?? 0;
        // The flip of a presentation state comes after its rotation.
        _flipsHorizontally = options.FlipHorizontally != (options.PresentationState?.IsFlipped ?? false);
        _flipsVertically = options.FlipVertically;
        var (maxWidth, maxHeight) = IsOnItsSide ? (options.MaxHeight, options.MaxWidth) : (options.MaxWidth, options.MaxHeight);
        bool isScaled = options.Enlarge || maxWidth < int.MaxValue || maxHeight < int.MaxValue;
        if (magnification is { } ratio)
        {
            double across = ratio, down = ratio * (aspect ?? PixelAspect(dataSet));
            region = Middle(region, maxWidth / across, maxHeight / down);
            _size = (Rounded(region.Width * across, maxWidth), Rounded(region.Height * down, maxHeight));
        }
        else
        {
            _size = Fit(region.Width, region.Height, isScaled ? aspect ?? PixelAspect(dataSet) : 1, maxWidth, maxHeight, options.Enlarge);
        }
        _region = region;
        if ((long)_size.Width * _size.Height > Math.Max(options.MaxPixels, (long)region.Width * region.Height))
            throw new PixelDataException(PixelDataProblem.TooLarge, string.Create(CultureInfo.InvariantCulture, $"a picture of {_size.Width} × {_size.Height} pixels is larger than the limit of {options.MaxPixels} pixels"));
    }

    /// <summary>The part of the frame that is drawn.</summary>
    public Region Region => _region;

    /// <summary>Size of the reduced picture.</summary>
    public (int Width, int Height) Reduced => (Math.Min(_size.Width, _region.Width), Math.Min(_size.Height, _region.Height));

    private bool IsOnItsSide => _rotation is 90 or 270;

    /// <summary>Enlarges and turns the reduced picture.</summary>
    public Picture Finish(Picture reduced)
    {
        var picture = reduced.Width == _size.Width && reduced.Height == _size.Height ? reduced : PictureGeometry.Enlarge(reduced, _size.Width, _size.Height);
        return PictureGeometry.Turn(picture, _rotation, _flipsHorizontally, _flipsVertically);
    }

    /// <summary>Where a place of the frame lies in the finished picture.</summary>
    /// <param name="x">Columns from the left edge of the frame; the middle of the first pixel is 0.5.</param>
    /// <param name="y">Rows from the top edge.</param>
    public (double X, double Y) Place(double x, double y) => Turned((x - _region.Left) / _region.Width, (y - _region.Top) / _region.Height);

    /// <summary>Where a place of the displayed area lies in the finished picture, from 0 to 1 each way, as it is displayed.</summary>
    public (double X, double Y) PlaceInArea(double x, double y)
    {
        var (width, height) = IsOnItsSide ? (_size.Height, _size.Width) : _size;
        return (x * width, y * height);
    }

    /// <summary>Pixels of the picture for one column of the frame.</summary>
    public double Scale => (double)_size.Width / _region.Width;

    private (double X, double Y) Turned(double x, double y)
    {
        (x, y) = _rotation switch
        {
            90 => (1 - y, x),
            180 => (1 - x, 1 - y),
            270 => (y, 1 - x),
            _ => (x, y),
        };
        return PlaceInArea(_flipsHorizontally ? 1 - x : x, _flipsVertically ? 1 - y : y);
    }

    private static (int Width, int Height) Fit(int width, int height, double aspect, int maxWidth, int maxHeight, bool enlarge)
    {
        double high = height * aspect;
        double scale = Math.Min(Math.Max(maxWidth, 1) / (double)width, Math.Max(maxHeight, 1) / high);
        if (!enlarge) scale = Math.Min(scale, 1);
        return (Math.Max(1, (int)Math.Min(Math.Round(width * scale), int.MaxValue)), Math.Max(1, (int)Math.Min(Math.Round(high * scale), int.MaxValue)));
    }

    private static int Rounded(double length, int most) => Math.Max(1, (int)Math.Min(Math.Round(length), most));

    /// <summary>As much of it as fits, around its middle.</summary>
    private static Region Middle(Region region, double columns, double rows)
    {
        int width = (int)Math.Clamp(columns, 1, region.Width), height = (int)Math.Clamp(rows, 1, region.Height);
        return new Region(region.Left + (region.Width - width) / 2, region.Top + (region.Height - height) / 2, width, height);
    }

    /// <summary>Height of a pixel in widths, from its spacing or its aspect ratio (PS3.3 §C.7.6.3.1.7); 1 where it is not said.</summary>
    private static double PixelAspect(DataSet dataSet)
    {
        foreach (var tag in new[] { Tags.PixelSpacing, Tags.ImagerPixelSpacing, Tags.NominalScannedPixelSpacing, Tags.PixelAspectRatio })
        {
            if (AspectOf(dataSet, tag) is { } aspect) return aspect;
        }
        return 1;
    }

    /// <summary>Height of a pixel in widths, from its spacing down and across; null when it is not there or makes no sense.</summary>
    public static double? AspectOf(DataSet dataSet, Tag tag)
    {
        var pair = dataSet.GetAll<double>(tag);
        return pair.Count == 2 && pair[0] > 0 && pair[1] > 0 && pair[0] / pair[1] is >= 0.01 and <= 100 and var aspect ? aspect : null;
    }
}
