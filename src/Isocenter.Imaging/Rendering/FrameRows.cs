using System.Buffers.Binary;
using System.Globalization;
using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>The rows of one frame, opened to be drawn: integers, or floating point numbers.</summary>
internal sealed class FrameRows
{
    private readonly byte[]? _floats;
    private readonly int _floatLength;

    private FrameRows(ImageLayout layout, FrameReader reader)
    {
        (Layout, Integers, Columns, Rows) = (layout, reader, layout.Columns, layout.Rows);
    }

    private FrameRows(FrameLayout layout, byte[] floats)
    {
        (Columns, Rows, _floatLength, _floats) = (layout.Columns, layout.Rows, layout.BytesPerSample, floats);
    }

    /// <summary>Null for floating point numbers.</summary>
    public ImageLayout? Layout { get; }

    /// <summary>Null for floating point numbers.</summary>
    public FrameReader? Integers { get; }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>Where what the image says of itself contradicts what is there.</summary>
    public FrameFindings Findings { get; } = new();

    /// <summary>One number of Float or Double Float Pixel Data.</summary>
    public double Float(int row, int column)
    {
        var bytes = _floats.AsSpan((row * Columns + column) * _floatLength, _floatLength);
        return _floatLength == 4 ? BinaryPrimitives.ReadSingleLittleEndian(bytes) : BinaryPrimitives.ReadDoubleLittleEndian(bytes);
    }

    /// <exception cref="PixelDataException">There is nothing to draw.</exception>
    public static FrameRows Open(DataSet dataSet, int frameIndex, RenderOptions options, TransferSyntax? syntax) =>
        IsReadInBands(dataSet) ? OpenNative(dataSet, frameIndex, options) : Decode(dataSet, frameIndex, options, syntax);

    private static bool IsReadInBands(DataSet dataSet) =>
        dataSet.TryFind(Tags.PixelData, out var element)
            ? element.Fragments is null && dataSet.Get(Tags.BitsAllocated, (ushort)0) is 0 or 1 or 8 or 16 or 32
                && !dataSet.Get(Tags.PhotometricInterpretation, "").StartsWith("YBR_PARTIAL", StringComparison.OrdinalIgnoreCase)
            : !dataSet.Contains(Tags.FloatPixelData) && !dataSet.Contains(Tags.DoubleFloatPixelData);

    private static FrameRows OpenNative(DataSet dataSet, int frameIndex, RenderOptions options)
    {
        var layout = ImageLayout.Of(dataSet, options.MaxPixels);
        dataSet.TryFind(Tags.PixelData, out var element);
        layout.CheckFrame(frameIndex, element.Length);
        var frame = new FrameRows(layout, new FrameReader(layout, new NativePixels(element, layout.BitsAllocated).Read, frameIndex));
        long needed = (layout.BitsPerFrame * layout.Frames + 7) / 8;
        // An even length is a must, and a word to it a habit of writers.
        if (element.Length > needed + 2)
            frame.Findings.Add($"the pixel data have {element.Length} bytes, {layout.Frames} × {layout.Columns} × {layout.Rows} pixels of {layout.SamplesPerPixel} × {layout.BitsAllocated} bits need {needed}", Tags.PixelData, "PS3.5 §8.1.1");
        if (dataSet.Get(Tags.PhotometricInterpretation, "").Length == 0)
            frame.Findings.Add($"there is no Photometric Interpretation; the pixels are taken as {(layout.SamplesPerPixel == 3 ? "RGB" : "MONOCHROME2")}", Tags.PhotometricInterpretation, "PS3.3 §C.7.6.3.1.2");
        if (dataSet.Get(Tags.PixelRepresentation, 0) is not (0 or 1) and var sign)
            frame.Findings.Add($"Pixel Representation is {sign}; the pixels are taken as unsigned", Tags.PixelRepresentation, "PS3.3 §C.7.6.3");
        return frame;
    }

    /// <summary>Decodes the whole frame. A damaged one is not drawn: what is missing would look like a finding.</summary>
    private static FrameRows Decode(DataSet dataSet, int frameIndex, RenderOptions options, TransferSyntax? syntax)
    {
        var frames = StoredFrames.Of(dataSet, syntax);
        var size = frames.Description.Layout;
        if (size.PixelCount > options.MaxPixels)
            throw new PixelDataException(PixelDataProblem.TooLarge, string.Create(CultureInfo.InvariantCulture, $"a frame of {size.Columns} × {size.Rows} pixels is larger than the limit of {options.MaxPixels} pixels"));
        var layout = frames.Description.IsFloat ? null : ImageLayout.Of(frames.Description);
        if (layout is null && (size.SamplesPerPixel != 1 || size.BitsAllocated is not (32 or 64)))
            throw new PixelDataException(PixelDataProblem.Contradiction, "floating point pixels are single numbers of 32 or 64 bits");
        if (frameIndex < 0 || frameIndex >= frames.Count)
            throw new PixelDataException(PixelDataProblem.NoSuchFrame, string.Create(CultureInfo.InvariantCulture, $"there is no frame {frameIndex + 1L}; the object has {frames.Count}"));
        byte[] samples;
        try
        {
            samples = frames.Read(frameIndex);
        }
        catch (CodecException e)
        {
            throw new PixelDataException(PixelDataProblem.Damaged, string.Create(CultureInfo.InvariantCulture, $"frame {frameIndex + 1}: {e.Message}"), e);
        }
        var rows = layout is null
            ? new FrameRows(size, samples)
            : new FrameRows(layout, new FrameReader(layout, (offset, destination) => samples.AsSpan((int)offset, destination.Length).CopyTo(destination), 0));
        foreach (var finding in frames.Findings) rows.Findings.Add(finding);
        return rows;
    }
}
