using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Isocenter.Codecs.Jpeg;

namespace Isocenter.Codecs.JpegLs;

/// <summary>Moves lines of 16-bit samples, as coding works on, into and out of the caller's frame.</summary>
/// <remarks>Words are stored as the machine has them, which is little-endian wherever .NET runs on today.</remarks>
internal static class FrameStore
{
    /// <summary>Bytes from one sample of a component to its next in the row, and from the start of the frame to the first
    /// of row 0.</summary>
    public static (int Step, long Start) Place(in FrameLayout layout, int component) => layout.IsPlanar
        ? (layout.BytesPerSample, component * layout.PixelCount * layout.BytesPerSample)
        : (layout.BytesPerSample * layout.SamplesPerPixel, component * layout.BytesPerSample);

    /// <summary>Bytes of one row of one component (by plane) or of all (by pixel).</summary>
    public static long RowLength(in FrameLayout layout) =>
        (long)layout.Columns * layout.BytesPerSample * (layout.IsPlanar ? 1 : layout.SamplesPerPixel);

    /// <summary>The bytes of a row from the first sample of a component on.</summary>
    public static Span<byte> Row(Span<byte> frame, in FrameLayout layout, int component, int row)
    {
        var (_, start) = Place(layout, component);
        long rowLength = RowLength(layout);
        long inPixel = layout.IsPlanar ? 0 : component * layout.BytesPerSample;
        return frame.Slice((int)(start + row * rowLength), (int)(rowLength - inPixel));
    }

    /// <inheritdoc cref="Row(Span{byte}, in FrameLayout, int, int)"/>
    public static ReadOnlySpan<byte> Row(ReadOnlySpan<byte> frame, in FrameLayout layout, int component, int row)
    {
        var (_, start) = Place(layout, component);
        long rowLength = RowLength(layout);
        long inPixel = layout.IsPlanar ? 0 : component * layout.BytesPerSample;
        return frame.Slice((int)(start + row * rowLength), (int)(rowLength - inPixel));
    }

    /// <summary>Stores samples next to each other.</summary>
    public static void Store(ReadOnlySpan<ushort> line, Span<byte> row, int bytesPerSample)
    {
        if (bytesPerSample == 2)
        {
            MemoryMarshal.AsBytes(line).CopyTo(row);
            return;
        }
        if (bytesPerSample > 2)
        {
            Store(line, 0, 1, line.Length, row, bytesPerSample, bytesPerSample);
            return;
        }
        int i = 0;
        for (; i <= line.Length - 2 * Vector<ushort>.Count; i += 2 * Vector<ushort>.Count)
        {
            var low = new Vector<ushort>(line[i..]);
            var high = new Vector<ushort>(line[(i + Vector<ushort>.Count)..]);
            Vector.Narrow(low, high).CopyTo(row[i..]);
        }
        for (; i < line.Length; i++) row[i] = (byte)line[i];
    }

    /// <summary>Stores every <paramref name="lineStep"/>th sample of a line into every <paramref name="rowStep"/>th byte.</summary>
    public static void Store(
        ReadOnlySpan<ushort> line, int offset, int lineStep, int count, Span<byte> row, int rowStep, int bytesPerSample)
    {
        int to = 0;
        switch (bytesPerSample)
        {
            case 1:
                for (int i = offset; count > 0; count--, i += lineStep, to += rowStep) row[to] = (byte)line[i];
                break;
            case 2:
                var words = MemoryMarshal.Cast<byte, ushort>(row);
                rowStep >>= 1;
                for (int i = offset; count > 0; count--, i += lineStep, to += rowStep) words[to] = line[i];
                break;
            default:
                for (int i = offset; count > 0; count--, i += lineStep, to += rowStep)
                {
                    var sample = row.Slice(to, bytesPerSample);
                    sample.Clear();
                    sample[0] = (byte)line[i];
                    sample[1] = (byte)(line[i] >> 8);
                }
                break;
        }
    }

    /// <summary>Stores three lines of bytes as pixels.</summary>
    public static void StorePixels(ReadOnlySpan<ushort> first, ReadOnlySpan<ushort> second, ReadOnlySpan<ushort> third, Span<byte> row)
    {
        second = second[..first.Length];
        third = third[..first.Length];
        row = row[..(3 * first.Length)];
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; i <= first.Length - 16; i += 16)
                Interleave.Three(Bytes(first[i..]), Bytes(second[i..]), Bytes(third[i..]), row.Slice(3 * i, 48));
        }
        for (int to = 3 * i; i < first.Length; i++, to += 3)
        {
            var pixel = row.Slice(to, 3);
            pixel[2] = (byte)third[i];
            pixel[1] = (byte)second[i];
            pixel[0] = (byte)first[i];
        }
    }

    private static Vector128<byte> Bytes(ReadOnlySpan<ushort> words) =>
        Vector128.Narrow(Vector128.Create(words), Vector128.Create(words[8..]));

    /// <summary>Loads samples that lie next to each other, and clears their bits above <paramref name="mask"/>.</summary>
    public static void Load(ReadOnlySpan<byte> row, Span<ushort> line, int bytesPerSample, ushort mask)
    {
        if (bytesPerSample > 2)
        {
            Load(row, bytesPerSample, bytesPerSample, line, 0, 1, line.Length, mask);
            return;
        }
        int i = 0, lanes = Vector<ushort>.Count;
        var masks = new Vector<ushort>(mask);
        if (bytesPerSample == 2)
        {
            var words = MemoryMarshal.Cast<byte, ushort>(row);
            for (; i <= line.Length - lanes; i += lanes) (new Vector<ushort>(words[i..]) & masks).CopyTo(line[i..]);
            for (; i < line.Length; i++) line[i] = (ushort)(words[i] & mask);
            return;
        }
        for (; i <= line.Length - 2 * lanes; i += 2 * lanes)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out var low, out var high);
            (low & masks).CopyTo(line[i..]);
            (high & masks).CopyTo(line[(i + lanes)..]);
        }
        for (; i < line.Length; i++) line[i] = (ushort)(row[i] & mask);
    }

    /// <summary>Loads every <paramref name="rowStep"/>th byte into every <paramref name="lineStep"/>th sample of a line.</summary>
    public static void Load(
        ReadOnlySpan<byte> row, int rowStep, int bytesPerSample, Span<ushort> line, int offset, int lineStep, int count, ushort mask)
    {
        int from = 0;
        if (bytesPerSample == 1)
        {
            for (int i = offset; count > 0; count--, i += lineStep, from += rowStep) line[i] = (ushort)(row[from] & mask);
            return;
        }
        for (int i = offset; count > 0; count--, i += lineStep, from += rowStep)
            line[i] = (ushort)((row[from] | row[from + 1] << 8) & mask);
    }
}
