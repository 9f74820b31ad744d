using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Puts decoded samples into the caller's frame: level shift (ISO/IEC 15444-1 §G.1), rounding, clipping to the
/// precision, and subsampled components repeated over the pixels they stand for.</summary>
/// <param name="samples">The frame.</param>
/// <param name="layout">How it lies in memory.</param>
/// <param name="size">The image.</param>
/// <param name="components">Precision and sign of the decoded components.</param>
/// <param name="window">The part of the decoded area that the frame holds, in its coordinates.</param>
/// <param name="discardLevels">Resolution levels left out.</param>
internal readonly ref struct SampleWriter(
    Span<byte> samples, FrameLayout layout, ImageSize size, ComponentSize[] components, Rect window, int discardLevels)
{
    private static readonly bool IsLittleEndian = MemoryMarshal.Cast<byte, ushort>([1, 0])[0] == 1;

    private const int Chunk = 1024;

    private readonly Span<byte> _samples = samples;

    /// <summary>Writes the components of one tile.</summary>
    public void Write(IReadOnlyList<ComponentSynthesis> tile)
    {
        if (tile.Count == 3 && AreTriples())
        {
            switch (tile[0], tile[1], tile[2])
            {
                case (IntSynthesis a, IntSynthesis b, IntSynthesis c) when a.Result.Area == b.Result.Area && a.Result.Area == c.Result.Area:
                    WriteTriples(a.Result, b.Result, c.Result);
                    return;
                case (FloatSynthesis a, FloatSynthesis b, FloatSynthesis c) when a.Result.Area == b.Result.Area && a.Result.Area == c.Result.Area:
                    WriteTriples(a.Result, b.Result, c.Result);
                    return;
            }
        }
        for (int c = 0; c < tile.Count; c++) Write(c, tile[c]);
    }

    private void Write(int component, ComponentSynthesis synthesis)
    {
        switch (synthesis)
        {
            case IntSynthesis ints: Write(component, ints.Result, isShifted: false); break;
            case FloatSynthesis floats: Write(component, floats.Result, isShifted: false); break;
            case LongSynthesis longs: Write(component, longs.Result, isShifted: false); break;
            case DoubleSynthesis doubles: Write(component, doubles.Result, isShifted: false); break;
        }
    }

    /// <summary>Writes one component of one tile that the multiple component transform made.</summary>
    public void Write(int component, MixedComponent mixed) => Write(component, mixed.Samples, mixed.IsShifted);

    // Three bytes a pixel, none of them for more than one pixel.
    private bool AreTriples() =>
        layout is { BitsAllocated: 8, SamplesPerPixel: 3, IsPlanar: false }
        && Array.TrueForAll(size.Components, c => c.SubsamplingX == 1 && c.SubsamplingY == 1);

    private void WriteTriples<T>(Plane<T> a, Plane<T> b, Plane<T> c) where T : unmanaged
    {
        var (area, part) = (a.Area, a.Area.Intersect(window));
        Span<int> clipped = stackalloc int[Chunk];
        Span<byte> bytes = stackalloc byte[3 * Chunk];
        for (long y = part.Y0; y < part.Y1; y++)
        {
            int row = (int)(y - area.Y0), first = (int)(part.X0 - area.X0), columns = (int)part.Width;
            long at = 3 * ((y - window.Y0) * layout.Columns + part.X0 - window.X0);
            for (int done = 0; done < columns; done += Chunk)
            {
                int count = Math.Min(Chunk, columns - done);
                Narrow(0, a.Row(row).Slice(first + done, count), clipped, bytes);
                Narrow(1, b.Row(row).Slice(first + done, count), clipped, bytes[Chunk..]);
                Narrow(2, c.Row(row).Slice(first + done, count), clipped, bytes[(2 * Chunk)..]);
                BytePlanes.Interleave(bytes[..count], bytes.Slice(Chunk, count), bytes.Slice(2 * Chunk, count), _samples[(int)(at + 3 * done)..]);
            }
        }
    }

    // Samples of 8 bits or fewer as bytes.
    private void Narrow<T>(int component, ReadOnlySpan<T> values, Span<int> clipped, Span<byte> bytes) where T : unmanaged
    {
        clipped = clipped[..values.Length];
        Clip(component, values, clipped);
        var fours = MemoryMarshal.Cast<int, Vector256<uint>>(clipped);
        var to = MemoryMarshal.Cast<byte, Vector256<byte>>(bytes);
        var mask = Vector256.Create(0xFFu);
        int vectors = fours.Length / 4;
        for (int i = 0; i < vectors; i++)
        {
            to[i] = Vector256.Narrow(Vector256.Narrow(fours[4 * i] & mask, fours[4 * i + 1] & mask),
                Vector256.Narrow(fours[4 * i + 2] & mask, fours[4 * i + 3] & mask));
        }
        for (int i = vectors * Vector256<byte>.Count; i < clipped.Length; i++) bytes[i] = (byte)clipped[i];
    }

    private void Write<T>(int component, Plane<T> plane, bool isShifted) where T : unmanaged, INumber<T>
    {
        if (plane.Area.IsEmpty) return;
        var (x0, y0, x1, y1) = size.ComponentArea(Math.Min(component, size.Components.Length - 1), discardLevels);
        var from = size.Components[Math.Min(component, size.Components.Length - 1)];
        int dx = from.SubsamplingX, dy = from.SubsamplingY;
        int mx = size.Components.Min(c => c.SubsamplingX), my = size.Components.Min(c => c.SubsamplingY);
        var (area, all) = (plane.Area, size.DecodedArea(discardLevels));
        if (dx == mx && dy == my)
        {
            var part = area.Intersect(window);
            for (long y = part.Y0; y < part.Y1; y++)
            {
                var row = plane.Row((int)(y - area.Y0)).Slice((int)(part.X0 - area.X0), (int)part.Width);
                WriteRow(component, (ReadOnlySpan<T>)row, y - window.Y0, part.X0 - window.X0, isShifted);
            }
            return;
        }

        var repeated = new T[(int)window.Width];
        for (long y = area.Y0; y < area.Y1; y++)
        {
            long top = y == y0 ? all.Y0 : Ceiling.Divide(y * dy, my), bottom = y == y1 - 1 ? all.Y1 : Ceiling.Divide((y + 1) * dy, my);
            top = Math.Max(top, window.Y0);
            bottom = Math.Min(bottom, window.Y1);
            if (top >= bottom) continue;
            long first = long.MaxValue, last = 0;
            var row = plane.Row((int)(y - area.Y0));
            for (long x = area.X0; x < area.X1; x++)
            {
                long left = x == x0 ? all.X0 : Ceiling.Divide(x * dx, mx), right = x == x1 - 1 ? all.X1 : Ceiling.Divide((x + 1) * dx, mx);
                left = Math.Max(left, window.X0) - window.X0;
                right = Math.Min(right, window.X1) - window.X0;
                if (left >= right) continue;
                repeated.AsSpan((int)left, (int)(right - left)).Fill(row[(int)(x - area.X0)]);
                first = Math.Min(first, left);
                last = right;
            }
            if (first >= last) continue;
            for (long to = top; to < bottom; to++) WriteRow(component, (ReadOnlySpan<T>)repeated.AsSpan((int)first, (int)(last - first)), to - window.Y0, first, isShifted);
        }
    }

    private void WriteRow<T>(int component, ReadOnlySpan<T> values, long row, long column, bool isShifted) where T : unmanaged, INumber<T>
    {
        var (precision, isSigned, _, _) = components[component];
        int spp = layout.SamplesPerPixel, step = layout.IsPlanar ? 1 : spp;
        long first = layout.IsPlanar
            ? (component * (long)layout.Rows + row) * layout.Columns + column
            : (row * layout.Columns + column) * spp + component;
        if (typeof(T) == typeof(long) || typeof(T) == typeof(double))
        {
            WriteWide(values, first, step, precision, isSigned, isShifted);
            return;
        }

        Span<int> buffer = stackalloc int[Chunk];
        for (int done = 0; done < values.Length; done += buffer.Length)
        {
            var part = values.Slice(done, Math.Min(buffer.Length, values.Length - done));
            var clipped = buffer[..part.Length];
            Clip(component, part, clipped);
            Store(clipped, first + (long)done * step, step);
        }
    }

    private void Clip<T>(int component, ReadOnlySpan<T> values, Span<int> clipped) where T : unmanaged
    {
        var (precision, isSigned, _, _) = components[component];
        int shift = isSigned ? 0 : 1 << (precision - 1);
        int min = isSigned ? -(1 << (precision - 1)) : 0, max = min + (int)((1L << precision) - 1);
        if (typeof(T) == typeof(int)) Clip(MemoryMarshal.Cast<T, int>(values), clipped, shift, min, max);
        else Clip(MemoryMarshal.Cast<T, float>(values), clipped, shift, min, max);
    }

    private static void Clip(ReadOnlySpan<int> values, Span<int> clipped, int shift, int min, int max)
    {
        var from = MemoryMarshal.Cast<int, Vector256<int>>(values);
        var to = MemoryMarshal.Cast<int, Vector256<int>>(clipped);
        var (s, low, high) = (Vector256.Create(shift), Vector256.Create(min), Vector256.Create(max));
        for (int i = 0; i < from.Length && i < to.Length; i++) to[i] = Vector256.Min(Vector256.Max(from[i] + s, low), high);
        for (int i = from.Length * Vector256<int>.Count; i < values.Length; i++) clipped[i] = Math.Clamp(values[i] + shift, min, max);
    }

    private static void Clip(ReadOnlySpan<float> values, Span<int> clipped, int shift, int min, int max)
    {
        var from = MemoryMarshal.Cast<float, Vector256<float>>(values);
        var to = MemoryMarshal.Cast<int, Vector256<int>>(clipped);
        var (s, low, high) = (Vector256.Create(shift), Vector256.Create(min), Vector256.Create(max));
        var half = Vector256.Create(0.5f);
        for (int i = 0; i < from.Length && i < to.Length; i++)
            to[i] = Vector256.Min(Vector256.Max(Vector256.ConvertToInt32(Vector256.Floor(from[i] + half)) + s, low), high);
        for (int i = from.Length * Vector256<int>.Count; i < values.Length; i++)
            clipped[i] = (int)Math.Clamp((long)MathF.Floor(values[i] + 0.5f) + shift, min, max);
    }

    private void Store(ReadOnlySpan<int> values, long first, int step)
    {
        int at = (int)(first * layout.BytesPerSample);
        switch (layout.BitsAllocated)
        {
            case 8 when step == 1:
                for (int i = 0; i < values.Length; i++) _samples[at + i] = (byte)values[i];
                break;
            case 8:
                foreach (int value in values)
                {
                    _samples[at] = (byte)value;
                    at += step;
                }
                break;
            case 16 when step == 1 && IsLittleEndian:
                var to = MemoryMarshal.Cast<byte, ushort>(_samples.Slice(at, values.Length * 2));
                var wide = MemoryMarshal.Cast<int, Vector256<uint>>(values);
                var narrow = MemoryMarshal.Cast<ushort, Vector256<ushort>>(to);
                int vectors = 0;
                var mask = Vector256.Create(0xFFFFu);
                for (int i = 0; i < narrow.Length && 2 * i + 1 < wide.Length; i++)
                {
                    narrow[i] = Vector256.Narrow(wide[2 * i] & mask, wide[2 * i + 1] & mask);
                    vectors = i + 1;
                }
                for (int i = vectors * Vector256<ushort>.Count; i < values.Length; i++) to[i] = (ushort)values[i];
                break;
            case 16:
                foreach (int value in values)
                {
                    BinaryPrimitives.WriteInt16LittleEndian(_samples[at..], (short)value);
                    at += 2 * step;
                }
                break;
            case 32:
                foreach (int value in values)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(_samples[at..], value);
                    at += 4 * step;
                }
                break;
            default:
                foreach (int value in values)
                {
                    BinaryPrimitives.WriteInt64LittleEndian(_samples[at..], value);
                    at += 8 * step;
                }
                break;
        }
    }

    private void WriteWide<T>(ReadOnlySpan<T> values, long first, int step, int precision, bool isSigned, bool isShifted) where T : INumber<T>
    {
        long shift = isSigned || isShifted ? 0 : 1L << (precision - 1);
        long min = isSigned ? -(1L << (precision - 1)) : 0, max = min + (1L << precision) - 1;
        int bytes = layout.BytesPerSample, at = (int)(first * bytes);
        foreach (var value in values)
        {
            long rounded = typeof(T) == typeof(double) ? (long)Math.Floor(double.CreateTruncating(value) + 0.5) : long.CreateTruncating(value);
            long clipped = Math.Clamp(rounded, min - shift, max - shift) + shift;
            for (int i = 0; i < bytes; i++) _samples[at + i] = (byte)(clipped >> (8 * i));
            at += step * bytes;
        }
    }
}
