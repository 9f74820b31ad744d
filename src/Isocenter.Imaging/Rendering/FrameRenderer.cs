using System.Globalization;
using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Makes pictures of frames (PS3.3 §C.7.6.3, §C.11).</summary>
/// <remarks>Reads only the frame that is asked for; of native pixel data a band of rows at a time, so that memory goes with the
/// picture, not with the object. Compressed frames are decoded whole. Holds no state; safe from many threads.</remarks>
public static class FrameRenderer
{
    private const int LargestTable = 16;       // bits

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
        var (layout, reader) = IsReadInBands(dataSet) ? OpenNative(dataSet, frameIndex, options) : Decode(dataSet, frameIndex, options, syntax);
        var samples = new int[layout.Columns * layout.SamplesPerPixel];
        bool isGrey = layout.Photometric is Photometric.Monochrome1 or Photometric.Monochrome2;
        int channels = isGrey ? 1 : 3;
        var target = new BoxReducer(layout.Columns, layout.Rows, channels, options);
        var line = new byte[layout.Columns * channels];
        var paint = isGrey ? GreyPainter(dataSet, layout, reader, frameIndex, options)
            : layout.Photometric == Photometric.PaletteColor ? PalettePainter(dataSet)
            : ColourPainter(layout);
        for (int row = 0; row < layout.Rows; row++)
        {
            reader.ReadRow(row, samples);
            paint(samples, line);
            target.Add(line);
        }
        return target.Picture;
    }

    private static bool IsReadInBands(DataSet dataSet) =>
        !dataSet.TryFind(Tags.PixelData, out var element) || element.Fragments is null && dataSet.Get(Tags.BitsAllocated, (ushort)0) is 0 or 1 or 8 or 16 or 32;

    private static (ImageLayout, FrameReader) OpenNative(DataSet dataSet, int frameIndex, RenderOptions options)
    {
        var layout = ImageLayout.Of(dataSet, options.MaxPixels);
        dataSet.TryFind(Tags.PixelData, out var element);
        layout.CheckFrame(frameIndex, element.Length);
        return (layout, new FrameReader(layout, new NativePixels(element, layout.BitsAllocated).Read, frameIndex));
    }

    /// <summary>Decodes the whole frame. A damaged one is not drawn: what is missing would look like a finding.</summary>
    private static (ImageLayout, FrameReader) Decode(DataSet dataSet, int frameIndex, RenderOptions options, TransferSyntax? syntax)
    {
        var frames = StoredFrames.Of(dataSet, syntax);
        var size = frames.Description.Layout;
        if (size.PixelCount > options.MaxPixels)
            throw new PixelDataException(PixelDataProblem.TooLarge, string.Create(CultureInfo.InvariantCulture, $"a frame of {size.Columns} × {size.Rows} pixels is larger than the limit of {options.MaxPixels} pixels"));
        var layout = ImageLayout.Of(frames.Description);
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
        return (layout, new FrameReader(layout, (offset, destination) => samples.AsSpan((int)offset, destination.Length).CopyTo(destination), 0));
    }

    private delegate void Painter(ReadOnlySpan<int> samples, Span<byte> line);

    private static Painter GreyPainter(DataSet dataSet, ImageLayout layout, FrameReader reader, int frameIndex, RenderOptions options)
    {
        var window = options.Window is { IsUsable: true } ? options.Window : null;
        var scale = new GreyScale(dataSet, frameIndex, layout.Photometric == Photometric.Monochrome1, window);
        bool isUnsigned32 = layout is { BitsStored: 32, IsSigned: false };
        var (minimum, maximum) = scale.NeedsRange ? Range(dataSet, layout, reader) : (0, 0);
        if (layout.BitsStored > LargestTable)
        {
            return (samples, line) =>
            {
                for (int i = 0; i < samples.Length; i++) line[i] = scale.Map(isUnsigned32 ? (uint)samples[i] : samples[i], minimum, maximum);
            };
        }
        int first = layout.Minimum;
        var table = new byte[1 << layout.BitsStored];
        for (int i = 0; i < table.Length; i++) table[i] = scale.Map(first + i, minimum, maximum);
        return (samples, line) =>
        {
            for (int i = 0; i < samples.Length; i++) line[i] = table[samples[i] - first];
        };
    }

    /// <summary>Smallest and largest stored value of the frame, padding left out (PS3.3 §C.7.5.1.1.2).</summary>
    private static (double Minimum, double Maximum) Range(DataSet dataSet, ImageLayout layout, FrameReader reader)
    {
        var (paddingFrom, paddingTo) = Padding(dataSet, layout);
        bool isUnsigned32 = layout is { BitsStored: 32, IsSigned: false };
        var samples = new int[layout.Columns];
        long minimum = long.MaxValue, maximum = long.MinValue;
        for (int row = 0; row < layout.Rows; row++)
        {
            reader.ReadRow(row, samples);
            foreach (int sample in samples)
            {
                long value = isUnsigned32 ? (uint)sample : sample;
                if (value >= paddingFrom && value <= paddingTo) continue;
                if (value < minimum) minimum = value;
                if (value > maximum) maximum = value;
            }
        }
        return minimum > maximum ? (0, 0) : (minimum, maximum);
    }

    private static (long From, long To) Padding(DataSet dataSet, ImageLayout layout)
    {
        if (!dataSet.TryGet(Tags.PixelPaddingValue, out long value)) return (1, 0);
        if (!dataSet.TryGet(Tags.PixelPaddingRangeLimit, out long limit)) limit = value;
        (value, limit) = (AsStored(value, layout), AsStored(limit, layout));
        return (Math.Min(value, limit), Math.Max(value, limit));
    }

    /// <summary>The padding value is met with the wrong sign, where its VR was guessed: US of "US or SS".</summary>
    private static long AsStored(long value, ImageLayout layout) =>
        layout.IsSigned ? (layout.BitsAllocated <= 16 ? (short)value : value)
        : value < 0 ? value & ((1L << layout.BitsAllocated) - 1) : value;

    private static Painter PalettePainter(DataSet dataSet)
    {
        if (dataSet.Contains(Tags.SegmentedRedPaletteColorLookupTableData) && !dataSet.Contains(Tags.RedPaletteColorLookupTableData))
            throw new PixelDataException(PixelDataProblem.Unsupported, "a segmented palette is not drawn yet");
        var red = Channel(dataSet, Tags.RedPaletteColorLookupTableDescriptor, Tags.RedPaletteColorLookupTableData);
        var green = Channel(dataSet, Tags.GreenPaletteColorLookupTableDescriptor, Tags.GreenPaletteColorLookupTableData);
        var blue = Channel(dataSet, Tags.BluePaletteColorLookupTableDescriptor, Tags.BluePaletteColorLookupTableData);
        return (samples, line) =>
        {
            for (int i = 0; i < samples.Length; i++)
            {
                line[3 * i] = red(samples[i]);
                line[3 * i + 1] = green(samples[i]);
                line[3 * i + 2] = blue(samples[i]);
            }
        };
    }

    private static Func<int, byte> Channel(DataSet dataSet, Tag descriptor, Tag data)
    {
        var table = LookupTable.Read(dataSet, descriptor, data);
        int shift = Math.Max(table.Bits - 8, 0);
        return value => (byte)Math.Min(table[value] >> shift, 255);
    }

    private static Painter ColourPainter(ImageLayout layout)
    {
        long maximum = (1L << layout.BitsStored) - 1;
        int first = layout.Minimum;
        bool isYbr = layout.Photometric != Photometric.Rgb;
        return (samples, line) =>
        {
            for (int i = 0; i < samples.Length; i += 3)
            {
                // Unsigned: what lies above the first value, of 32 bits too
                uint x = unchecked((uint)(samples[i] - first)), y = unchecked((uint)(samples[i + 1] - first)), z = unchecked((uint)(samples[i + 2] - first));
                var (a, b, c) = maximum == 255 ? ((int)x, (int)y, (int)z) : (Scale(x, maximum), Scale(y, maximum), Scale(z, maximum));
                if (isYbr) (a, b, c) = YbrToRgb(a, b, c);
                (line[i], line[i + 1], line[i + 2]) = ((byte)a, (byte)b, (byte)c);
            }
        };
    }

    private static int Scale(uint value, long maximum) => (int)((value * 255L + maximum / 2) / maximum);

    /// <summary>The inverse of PS3.3 §C.7.6.3.1.2, in 16.16 fixed point.</summary>
    private static (int R, int G, int B) YbrToRgb(int y, int cb, int cr)
    {
        int u = cb - 128, v = cr - 128, base16 = (y << 16) + 0x8000;
        return (
            Math.Clamp((base16 + 91881 * v) >> 16, 0, 255),                    // 1.402
            Math.Clamp((base16 - 22554 * u - 46802 * v) >> 16, 0, 255),        // 0.344136, 0.714136
            Math.Clamp((base16 + 116130 * u) >> 16, 0, 255));                  // 1.772
    }
}
