using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Codecs.Rle;

/// <summary>Encodes RLE Lossless, transfer syntax 1.2.840.10008.1.2.5 (PS3.5 Annex G).</summary>
/// <remarks>Holds no state between calls; safe from many threads. No run crosses a row (PS3.5 §G.3.1); segments are of
/// even length (§G.4).</remarks>
public static class RleEncoder
{
    /// <summary>Encodes one frame.</summary>
    /// <param name="samples">Exactly <see cref="FrameLayout.FrameLength"/> bytes.</param>
    /// <param name="layout">How the samples lie. The segments are the same for colour by pixel and by plane. Samples ×
    /// bytes per sample is at most 15.</param>
    /// <param name="output">Receives the code stream: 64 bytes of header, then the segments. It is asked once for as much
    /// as the worst case needs, 1/128 and a bit more than the frame.</param>
    /// <param name="cancel">Looked at for each row.</param>
    /// <exception cref="ArgumentException">The layout has more than 15 bytes a pixel.</exception>
    public static void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        layout.Check(samples.Length);
        int segments = layout.SamplesPerPixel * layout.BytesPerSample;
        if (segments > RleHeader.MaxSegments)
            throw new ArgumentException($"RLE has room for {RleHeader.MaxSegments} bytes a pixel, the layout has {segments}", nameof(layout));
        EncodeSegments(samples, layout, segments, output, cancel);
    }

    /// <summary>Encodes a frame of single bits, packed eight to a byte, as one segment.</summary>
    /// <param name="bytes">The packed bits.</param>
    /// <param name="rowLength">Bytes that a run must not cross the end of; where rows do not end with a byte, the length of the whole.</param>
    /// <param name="output">Receives the code stream.</param>
    /// <param name="cancel">Looked at for each row.</param>
    public static void EncodeBits(ReadOnlySpan<byte> bytes, int rowLength, IBufferWriter<byte> output, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, 1);
        if (bytes.Length % rowLength != 0) throw new ArgumentException($"{bytes.Length} bytes are no rows of {rowLength}", nameof(rowLength));
        EncodeSegments(bytes, new FrameLayout(bytes.Length / rowLength, rowLength, 1, 8, 8), 1, output, cancel);
    }

    private static void EncodeSegments(ReadOnlySpan<byte> samples, in FrameLayout layout, int segments, IBufferWriter<byte> output, CancellationToken cancel)
    {
        long longest = RleHeader.Length + segments * (layout.Rows * PackBitsWriter.LongestResult(layout.Columns) + 1) + PackBitsWriter.Slack;
        var code = output.GetSpan(checked((int)longest));
        code[..RleHeader.Length].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(code, (uint)segments);
        byte[] row = ArrayPool<byte>.Shared.Rent(layout.Columns + PackBitsWriter.RowPadding);
        try
        {
            int to = RleHeader.Length;
            for (int segment = 0; segment < segments; segment++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(code[(4 + 4 * segment)..], (uint)to);
                int sample = segment / layout.BytesPerSample, place = layout.BytesPerSample - 1 - segment % layout.BytesPerSample;
                for (int y = 0; y < layout.Rows; y++)
                {
                    cancel.ThrowIfCancellationRequested();
                    TakeRow(samples, layout, sample, place, y, row);
                    to += PackBitsWriter.Pack(row, layout.Columns, code[to..]);
                }
                if ((to & 1) != 0) code[to++] = 0;
            }
            output.Advance(to);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(row);
        }
    }

    /// <summary>Takes one byte of one sample of each pixel of a row.</summary>
    /// <param name="samples">The frame.</param>
    /// <param name="layout">How it lies.</param>
    /// <param name="sample">Which sample, from 0.</param>
    /// <param name="place">Which byte of it, from the least significant.</param>
    /// <param name="y">Which row, from 0.</param>
    /// <param name="row">Receives the bytes.</param>
    private static void TakeRow(ReadOnlySpan<byte> samples, in FrameLayout layout, int sample, int place, int y, Span<byte> row)
    {
        int width = layout.BytesPerSample, stride = layout.IsPlanar ? width : width * layout.SamplesPerPixel;
        int length = layout.Columns * stride;
        int start = (layout.IsPlanar ? sample * layout.Rows + y : y) * length;
        var source = samples.Slice(start, length);
        int offset = layout.IsPlanar ? place : sample * width + place;
        switch (stride)
        {
            case 1:
                source.CopyTo(row);
                break;
            case 2 when width == 2:
                BytePlanes.TakeOfWords(source, high: offset == 1, row);
                break;
            case 3:
                BytePlanes.TakeOfTriples(source, offset, row);
                break;
            default:
                BytePlanes.Take(source, offset, stride, row[..layout.Columns]);
                break;
        }
    }
}
