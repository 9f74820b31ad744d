using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.Jpeg.Lossless;

/// <summary>Encodes the lossless process with Huffman coding (T.81 §H.1).</summary>
/// <remarks>Two passes: differences and how often each category occurs, then the codes made for them. One table for all
/// components.</remarks>
internal static class LosslessEncoder
{
    public static void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output,
        JpegEncodeOptions options, CancellationToken cancel)
    {
        int precision = options.Precision != 0 ? options.Precision : Precision(samples, layout);
        if (precision is < 2 or > 16 || precision > layout.BitsAllocated)
            throw new ArgumentException($"a precision of {precision} bits is none of lossless JPEG for {layout.BitsAllocated} bits allocated");
        if (options.SelectionValue is < 1 or > 7) throw new ArgumentException($"selection value {options.SelectionValue} is outside 1 to 7");
        if (options.PointTransform < 0 || options.PointTransform >= precision)
            throw new ArgumentException($"a point transform of {options.PointTransform} leaves nothing of {precision} bits");
        if (options.Colour == JpegColour.RgbToYcc || options.Subsampling != JpegSubsampling.None)
            throw new ArgumentException("lossless JPEG neither transforms colours nor subsamples them");

        var frame = new JpegFrame(JpegMarker.Sof3, precision, layout.Rows, layout.Columns,
            JpegEncoder.Components(layout.SamplesPerPixel, _ => (1, 1, 0)));
        int restart = JpegEncoder.RestartInterval(frame, options.RestartRows);
        int width = layout.Columns * layout.SamplesPerPixel;
        if ((long)width * layout.Rows > Array.MaxLength)
            throw new ArgumentException($"a frame of {(long)width * layout.Rows} samples is too large for lossless JPEG");

        ushort[] differences = ArrayPool<ushort>.Shared.Rent(width * layout.Rows);
        try
        {
            var codes = Predict(samples, layout, differences, options, precision, cancel);
            var writer = new JpegWriter(output);
            writer.Start();
            JpegEncoder.WriteColour(writer, frame, options.Colour);
            writer.Frame(frame);
            writer.Huffman(0, 0, codes);
            if (restart > 0) writer.RestartInterval(restart);
            writer.Scan(frame, options.SelectionValue, 0, options.PointTransform);
            Write(differences.AsSpan(0, width * layout.Rows), width, codes, output, options.RestartRows, cancel);
            writer.End();
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(differences);
        }
    }

    /// <summary>Bits stored when all samples fit, else bits allocated. A word is never said to have 8 bits or less: other
    /// decoders would take it for a byte, and GDCM fails on less than 8.</summary>
    private static int Precision(ReadOnlySpan<byte> samples, in FrameLayout layout)
    {
        if (layout.BitsAllocated == 8) return 8;
        int stored = Math.Max(layout.BitsStored, 9);
        // The sum of the bits of all words, four at a time.
        ulong sum = 0;
        int i = 0;
        for (; i <= samples.Length - 8; i += 8) sum |= BinaryPrimitives.ReadUInt64LittleEndian(samples[i..]);
        for (; i < samples.Length; i += 2) sum |= BinaryPrimitives.ReadUInt16LittleEndian(samples[i..]);
        uint all = (uint)((sum | sum >> 16 | sum >> 32 | sum >> 48) & 0xFFFF);
        return all >> stored == 0 ? stored : 16;
    }

    private static HuffmanCodes Predict(ReadOnlySpan<byte> samples, in FrameLayout layout, Span<ushort> differences,
        JpegEncodeOptions options, int precision, CancellationToken cancel)
    {
        int width = layout.Columns * layout.SamplesPerPixel;
        Span<long> frequencies = stackalloc long[17];
        frequencies.Clear();
        ushort initial = (ushort)(1 << (precision - options.PointTransform - 1));
        int mask = (1 << precision) - 1;
        ushort[] row = new ushort[width], above = new ushort[width];
        for (int y = 0; y < layout.Rows; y++)
        {
            if ((y & 15) == 0) cancel.ThrowIfCancellationRequested();
            Read(samples, layout, y, row, mask, options.PointTransform);
            bool isFirst = y == 0 || options.RestartRows > 0 && y % options.RestartRows == 0;
            var line = differences.Slice(y * width, width);
            LosslessPredictor.Do(row, above, line, layout.SamplesPerPixel, options.SelectionValue, isFirst, initial);
            Count(line, frequencies);
            (row, above) = (above, row);
        }
        return HuffmanCodes.For(frequencies);
    }

    /// <summary>A row of samples, by pixel.</summary>
    private static void Read(ReadOnlySpan<byte> samples, in FrameLayout layout, int y, Span<ushort> row, int mask, int shift)
    {
        int count = layout.SamplesPerPixel, planes = layout.IsPlanar ? count : 1, step = layout.IsPlanar ? count : 1;
        int length = row.Length / planes * layout.BytesPerSample;
        for (int plane = 0; plane < planes; plane++)
        {
            var source = samples.Slice((plane * layout.Rows + y) * length, length);
            if (layout.BytesPerSample == 1)
            {
                for (int i = 0, at = plane; i < source.Length; i++, at += step) row[at] = (ushort)((source[i] & mask) >> shift);
            }
            else if (step == 1 && shift == 0 && mask == 0xFFFF)
            {
                source.CopyTo(MemoryMarshal.AsBytes(row));
                if (BinaryPrimitives.ReadUInt16LittleEndian(MemoryMarshal.AsBytes([(ushort)1])) != 1) BinaryPrimitives.ReverseEndianness(row, row);
            }
            else
            {
                for (int i = 0, at = plane; i < source.Length; i += 2, at += step)
                    row[at] = (ushort)((BinaryPrimitives.ReadUInt16LittleEndian(source[i..]) & mask) >> shift);
            }
        }
    }

    private static void Count(ReadOnlySpan<ushort> differences, Span<long> frequencies)
    {
        foreach (ushort difference in differences) frequencies[HuffmanWriter.Size((short)difference)]++;
    }

    private static void Write(ReadOnlySpan<ushort> differences, int width, HuffmanCodes huffman, IBufferWriter<byte> output,
        int restartRows, CancellationToken cancel)
    {
        var writer = new HuffmanWriter(output);
        for (int y = 0, at = 0; at < differences.Length; y++, at += width)
        {
            if ((y & 15) == 0) cancel.ThrowIfCancellationRequested();
            if (restartRows > 0 && y > 0 && y % restartRows == 0)
            {
                writer.Flush();
                writer.Marker((byte)(JpegMarker.Rst0 + ((y / restartRows - 1) & 7)));
            }
            writer.Differences(differences.Slice(at, width), huffman.ForDifferences);
        }
        writer.Flush();
    }
}
