using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>How samples mean colours (PS3.3 §C.7.6.3.1.2), as far as uncompressed pixel data use it.</summary>
internal enum Photometric
{
    Monochrome1,
    Monochrome2,
    PaletteColor,
    Rgb,
    YbrFull,
    YbrFull422,
    YbrPartial,
}

/// <summary>How the frames of Pixel Data lie in their bytes: the Image Pixel module (PS3.3 §C.7.6.3), checked against itself
/// and against the length of the value; or the samples that a decoder gives.</summary>
internal sealed class ImageLayout
{
    private ImageLayout(DataSet dataSet)
    {
        Rows = dataSet.Get<ushort>(Tags.Rows);
        Columns = dataSet.Get<ushort>(Tags.Columns);
        SamplesPerPixel = dataSet.Get(Tags.SamplesPerPixel, (ushort)1);
        BitsAllocated = dataSet.Get<ushort>(Tags.BitsAllocated);
        BitsStored = dataSet.Get(Tags.BitsStored, (ushort)BitsAllocated);
        HighBit = dataSet.Get(Tags.HighBit, (ushort)(BitsStored - 1));
        IsSigned = dataSet.Get(Tags.PixelRepresentation, (ushort)0) == 1;
        IsPlanar = SamplesPerPixel > 1 && dataSet.Get(Tags.PlanarConfiguration, (ushort)0) == 1;
        Frames = FrameCount(dataSet);
    }

    private ImageLayout(FrameDescription description)
    {
        var layout = description.Layout;
        (Rows, Columns, SamplesPerPixel, BitsAllocated) = (layout.Rows, layout.Columns, layout.SamplesPerPixel, layout.BitsAllocated);
        (BitsStored, HighBit, IsSigned, IsPlanar, Frames) = (layout.BitsStored, description.HighBit, layout.IsSigned, layout.IsPlanar, 1);
    }

    public int Rows { get; }

    public int Columns { get; }

    public int SamplesPerPixel { get; }

    public int BitsAllocated { get; }

    public int BitsStored { get; }

    public int HighBit { get; }

    public bool IsSigned { get; }

    /// <summary>All samples of a plane of colour, then those of the next.</summary>
    public bool IsPlanar { get; }

    public int Frames { get; }

    public Photometric Photometric { get; private init; }

    /// <summary>Bits of one row of one plane, or of all planes where they are interleaved.</summary>
    public long BitsPerRow => (long)Columns * BitsAllocated * (Photometric == Photometric.YbrFull422 ? 2 : IsPlanar ? 1 : SamplesPerPixel);

    /// <summary>Bits of one frame. Frames of 1-bit pixels follow each other without a gap (PS3.5 §8.1.1).</summary>
    public long BitsPerFrame => BitsPerRow * Rows * (IsPlanar ? SamplesPerPixel : 1);

    /// <summary>Smallest stored value that the bits can hold.</summary>
    public int Minimum => IsSigned ? -1 << (BitsStored - 1) : 0;

    /// <summary>Number of Frames (0028,0008), 1 where it is absent or nonsense.</summary>
    public static int FrameCount(DataSet dataSet) =>
        dataSet.TryGet(Tags.NumberOfFrames, out int frames) && frames > 0 ? frames : 1;

    /// <summary>Reads and checks the description of native pixels.</summary>
    /// <param name="dataSet">With its Pixel Data.</param>
    /// <param name="maxPixels">Most pixels in a frame.</param>
    /// <exception cref="PixelDataException">There is nothing that can be drawn.</exception>
    public static ImageLayout Of(DataSet dataSet, long maxPixels)
    {
        if (!dataSet.TryFind(Tags.PixelData, out var element))
        {
            throw new PixelDataException(PixelDataProblem.None, "the object has no pixel data");
        }
        foreach (var tag in new[] { Tags.Rows, Tags.Columns, Tags.BitsAllocated })
        {
            if (!dataSet.TryGet(tag, out ushort value) || value == 0)
                throw Contradiction($"{(DataDictionary.TryFind(tag, out var entry) ? entry.Name : tag.ToString())} {tag} is missing or 0");
        }
        string photometric = dataSet.Get(Tags.PhotometricInterpretation, "").ToUpperInvariant();
        var layout = new ImageLayout(dataSet)
        {
            Photometric = Parse(photometric, dataSet.Get(Tags.SamplesPerPixel, 1)),
        };
        layout.Check(element.Length, maxPixels);
        return layout;
    }

    /// <summary>The layout of one decoded frame.</summary>
    /// <exception cref="PixelDataException">It is not drawn.</exception>
    public static ImageLayout Of(FrameDescription description)
    {
        var layout = new ImageLayout(description) { Photometric = Parse(description.Photometric, description.Layout.SamplesPerPixel) };
        layout.Check(description.Layout.FrameLength, long.MaxValue);
        return layout;
    }

    private static Photometric Parse(string photometric, int samplesPerPixel) => photometric switch
    {
        "MONOCHROME1" => Photometric.Monochrome1,
        "MONOCHROME2" => Photometric.Monochrome2,
        "PALETTE COLOR" => Photometric.PaletteColor,
        "RGB" => Photometric.Rgb,
        "YBR_FULL" => Photometric.YbrFull,
        "YBR_FULL_422" => Photometric.YbrFull422,
        "YBR_PARTIAL" => Photometric.YbrPartial,
        "" => samplesPerPixel == 3 ? Photometric.Rgb : Photometric.Monochrome2,
        _ => throw new PixelDataException(PixelDataProblem.Unsupported, $"the photometric interpretation {photometric} is not drawn yet"),
    };

    private void Check(long length, long maxPixels)
    {
        if ((long)Rows * Columns > maxPixels)
            throw new PixelDataException(PixelDataProblem.TooLarge, Text($"a frame of {Columns} × {Rows} pixels is larger than the limit of {maxPixels} pixels"));
        if (BitsAllocated is not (1 or 8 or 16 or 32))
            throw new PixelDataException(PixelDataProblem.Unsupported, Text($"pixels of {BitsAllocated} allocated bits are not drawn yet"));
        if (BitsStored < 1 || BitsStored > BitsAllocated || HighBit < BitsStored - 1 || HighBit >= BitsAllocated)
            throw Contradiction($"{BitsStored} bits stored up to bit {HighBit} do not fit into {BitsAllocated} bits allocated");
        bool isColour = Photometric is not (Photometric.Monochrome1 or Photometric.Monochrome2 or Photometric.PaletteColor);
        if (SamplesPerPixel != (isColour ? 3 : 1))
            throw Contradiction($"{Photometric} does not have {SamplesPerPixel} samples per pixel");
        if (isColour && BitsAllocated == 1)
            throw new PixelDataException(PixelDataProblem.Unsupported, "colours of single bits are not drawn");
        if (Photometric == Photometric.YbrFull422 && (BitsAllocated != 8 || IsPlanar || Columns % 2 != 0))
            throw Contradiction($"YBR_FULL_422 needs 8 bits, planar configuration 0 and an even number of columns");
        if (Photometric == Photometric.PaletteColor && BitsAllocated == 32)
            throw new PixelDataException(PixelDataProblem.Unsupported, "a palette of 32 bits is not drawn");
        long needed = (BitsPerFrame + 7) / 8;
        if (length < needed)
            throw Contradiction($"the pixel data have {length} bytes, but one frame of {Columns} × {Rows} pixels needs {needed}");
    }

    /// <summary>Checks that a frame is there, by the header and by the length of the value.</summary>
    public void CheckFrame(int frameIndex, long length)
    {
        if (frameIndex < 0 || frameIndex >= Frames)
            throw new PixelDataException(PixelDataProblem.NoSuchFrame, Text($"there is no frame {frameIndex + 1L}; the object has {Frames}"));
        decimal end = (frameIndex + 1m) * BitsPerFrame;
        if (end > length * 8m)
            throw Contradiction($"the pixel data end before frame {frameIndex + 1}: {length} bytes where {Math.Ceiling(end / 8)} are needed");
    }

    internal static PixelDataException Contradiction(FormattableString problem) => new(PixelDataProblem.Contradiction, Text(problem));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
