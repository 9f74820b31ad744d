using System.Numerics;
using Isocenter.Codecs.Jpeg.Dct;
using Isocenter.Codecs.Jpeg.Lossless;

namespace Isocenter.Codecs.Jpeg;

/// <summary>Decodes JPEG (ISO/IEC 10918-1, ITU-T T.81).</summary>
/// <remarks>Holds no state between calls; safe from many threads. Colours stay as they are in the stream: YCbCr comes out as
/// YBR_FULL. Subsampled components are brought to the size of the image.</remarks>
public static class JpegDecoder
{
    /// <summary>Reads the headers up to the first scan.</summary>
    /// <param name="codeStream">The stream.</param>
    /// <param name="rows">Rows to assume when neither the frame header nor a DNL segment has them; 0 to insist.</param>
    /// <exception cref="CodecException">This is no JPEG stream, or one of a process that is not decoded.</exception>
    public static CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int rows = 0)
    {
        var reader = new JpegReader(codeStream) { ExpectedRows = rows };
        var scan = reader.ReadToScan();
        if (reader.Frame is not { } frame) throw JpegError.At(codeStream.Length, "the stream has no frame header", "§B.2.2");
        // The point transform takes bits away (§H.1.2.1).
        return reader.Info(frame) with { IsReversible = frame.IsLossless && scan is null or { LowBit: 0 } };
    }

    /// <summary>Decodes one code stream, the whole of one frame.</summary>
    /// <param name="codeStream">From SOI to EOI. What stands before SOI and behind EOI is not looked at; EOI may be
    /// missing.</param>
    /// <param name="samples">Receives the samples as <paramref name="layout"/> says, exactly
    /// <see cref="FrameLayout.FrameLength"/> bytes. Samples of fewer bits than allocated have zeros above, also where the
    /// layout is signed: the stream knows no sign.</param>
    /// <param name="layout">The layout: rows, columns and samples per pixel those of the stream, and bits allocated for
    /// its precision.</param>
    /// <param name="options">Limits, and <see cref="DecodeOptions.Jpeg"/>; null for <see cref="DecodeOptions.Default"/>.</param>
    /// <param name="cancel">Looked at between rows.</param>
    /// <exception cref="CodecException">The stream is damaged, of a process that is not decoded, contradicts the layout or
    /// exceeds a limit. After damage in the coded data, all that could be decoded, before it and after the next restart
    /// marker, is in <paramref name="samples"/>; the rest is 0 or grey.</exception>
    /// <exception cref="ArgumentException">The layout is none, or <paramref name="samples"/> has another length.</exception>
    public static void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout,
        DecodeOptions? options = null, CancellationToken cancel = default)
    {
        options ??= DecodeOptions.Default;
        var jpeg = options.Jpeg;
        layout.Check(samples.Length);
        var reader = new JpegReader(codeStream) { ExpectedRows = layout.Rows };
        if (!jpeg.Tables.IsEmpty) reader.ReadTables(jpeg.Tables.Span);
        var scan = reader.ReadToScan();
        if (reader.Frame is not { } frame || scan is null)
            throw JpegError.At(reader.Position, "the stream has no image", "§B.2.1");
        Check(frame, layout);

        var damage = new JpegDamage();
        var writer = new FrameWriter(samples, layout);
        using var segment = new EntropySegment(codeStream.Length - scan.DataStart);
        if (frame.IsLossless) DecodeLossless(codeStream, ref reader, frame, scan, writer, segment, damage, options, cancel);
        else if (frame.Precision == 8) DecodeDct<byte>(codeStream, ref reader, frame, scan, writer, segment, damage, options, cancel);
        else DecodeDct<ushort>(codeStream, ref reader, frame, scan, writer, segment, damage, options, cancel);
        damage.ThrowIfAny();
    }

    private static void DecodeLossless(
        ReadOnlySpan<byte> codeStream, scoped ref JpegReader reader, JpegFrame frame, JpegScan? scan, scoped FrameWriter writer, EntropySegment segment,
        JpegDamage damage, DecodeOptions options, CancellationToken cancel)
    {
        var decoder = new LosslessDecoder(codeStream, frame, writer, damage, options.Jpeg, options.MaxWorkingMemory);
        try
        {
            for (; scan is not null; scan = reader.ReadNextScan(damage))
            {
                CheckScan(frame, scan);
                decoder.DecodeScan(scan, reader.Tables, segment, cancel);
                reader.Position = segment.End;
            }
            decoder.Finish();
        }
        finally
        {
            decoder.Dispose();
        }
        CheckComplete(frame, reader.Position, damage);
    }

    private static void DecodeDct<T>(
        ReadOnlySpan<byte> codeStream, scoped ref JpegReader reader, JpegFrame frame, JpegScan? scan, scoped FrameWriter writer,
        EntropySegment segment, JpegDamage damage, DecodeOptions options, CancellationToken cancel)
        where T : unmanaged, IBinaryInteger<T>
    {
        var decoder = new DctDecoder<T>(codeStream, frame, writer, damage, options.MaxWorkingMemory);
        try
        {
            for (; scan is not null; scan = reader.ReadNextScan(damage))
            {
                CheckScan(frame, scan);
                decoder.DecodeScan(scan, reader.Tables, segment, cancel);
                reader.Position = segment.End;
            }
            decoder.Finish(cancel);
        }
        finally
        {
            decoder.Dispose();
        }
        CheckComplete(frame, reader.Position, damage);
    }

    /// <summary>Each component of a sequential or lossless frame is in one scan (T.81 §B.2.3).</summary>
    private static void CheckScan(JpegFrame frame, JpegScan scan)
    {
        foreach (var component in scan.Components)
        {
            if (component.IsSeen && !frame.IsProgressive)
                throw JpegError.At(scan.DataStart, $"component {component.Id} is in a second scan", "§B.2.3");
            component.IsSeen = true;
        }
    }

    private static void CheckComplete(JpegFrame frame, int position, JpegDamage damage)
    {
        foreach (var component in frame.Components)
            if (!component.IsSeen) damage.Report(position, $"no scan has component {component.Id}", "§B.2.1");
    }

    /// <summary>Compares what the stream says with what the caller expects, before memory is taken.</summary>
    private static void Check(JpegFrame frame, in FrameLayout layout)
    {
        if (frame.Rows != layout.Rows || frame.Columns != layout.Columns || frame.Components.Length != layout.SamplesPerPixel)
        {
            throw JpegError.At(null, $"the stream has {frame.Rows} rows, {frame.Columns} columns and {frame.Components.Length} components, "
                + $"the layout {layout.Rows}, {layout.Columns} and {layout.SamplesPerPixel}");
        }
        if (frame.Precision > layout.BitsAllocated)
            throw JpegError.At(null, $"samples of {frame.Precision} bits do not fit {layout.BitsAllocated} bits allocated");
    }
}
