using System.Buffers;
using Isocenter.Codecs.Jpeg.Dct;
using Isocenter.Codecs.Jpeg.Lossless;

namespace Isocenter.Codecs.Jpeg;

/// <summary>Encodes JPEG (ISO/IEC 10918-1, ITU-T T.81): baseline, extended sequential, lossless.</summary>
/// <remarks>Holds no state between calls; safe from many threads.</remarks>
public static class JpegEncoder
{
    /// <summary>Encodes one frame into one code stream, in a single interleaved scan.</summary>
    /// <param name="samples">The samples as <paramref name="layout"/> says, exactly <see cref="FrameLayout.FrameLength"/>
    /// bytes.</param>
    /// <param name="layout">1 to 4 samples per pixel of 8 or 16 bits allocated. Lossy processes take unsigned samples only:
    /// the stream knows no sign, and a jump from −1 to 0 would be one from the largest value to the smallest. Baseline
    /// takes up to 8 bits stored, extended up to 12; bits above are left out.</param>
    /// <param name="output">Receives the code stream, from SOI to EOI.</param>
    /// <param name="options">What to do.</param>
    /// <param name="cancel">Looked at between rows.</param>
    /// <exception cref="ArgumentException">The layout is none or not one of the process, <paramref name="samples"/> has
    /// another length, or an option is out of range.</exception>
    public static void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output,
        JpegEncodeOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        layout.Check(samples.Length);
        if (layout.SamplesPerPixel > 4) throw new ArgumentException($"{layout.SamplesPerPixel} samples per pixel do not fit one scan of JPEG");
        if (layout.BitsAllocated > 16) throw new ArgumentException($"JPEG does not encode samples of {layout.BitsAllocated} bits allocated");
        ArgumentOutOfRangeException.ThrowIfNegative(options.RestartRows);
        switch (options.Process)
        {
            case JpegProcess.Lossless:
                LosslessEncoder.Encode(samples, layout, output, options, cancel);
                break;
            case JpegProcess.Baseline or JpegProcess.Extended:
                DctEncoder.Encode(samples, layout, output, options, cancel);
                break;
            default:
                throw new ArgumentException($"{options.Process} is no process of JPEG");
        }
    }

    /// <summary>MCUs of a restart interval; 0 for none.</summary>
    internal static int RestartInterval(JpegFrame frame, int rows)
    {
        long interval = (long)frame.McuColumns * rows;
        if (interval > ushort.MaxValue)
            throw new ArgumentException($"{rows} rows of {frame.McuColumns} MCUs are too many for a restart interval, which ends at {ushort.MaxValue}");
        return (int)interval;
    }

    /// <summary>Marks what the colours are.</summary>
    internal static void WriteColour(JpegWriter writer, JpegFrame frame, JpegColour colour)
    {
        if (frame.Components.Length == 1 || frame.Components.Length == 3 && colour != JpegColour.Rgb) writer.Jfif();
        else if (frame.Components.Length == 3) writer.AdobeRgb();
    }

    /// <summary>Components of a frame, numbered from 1.</summary>
    internal static JpegComponent[] Components(int count, Func<int, (int Horizontal, int Vertical, int Table)> choose)
    {
        var components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            var (horizontal, vertical, table) = choose(i);
            components[i] = new JpegComponent
            {
                Index = i,
                Id = (byte)(i + 1),
                Horizontal = horizontal,
                Vertical = vertical,
                QuantisationTable = table,
            };
        }
        return components;
    }
}
