using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Takes samples out of the caller's frame, the middle of an unsigned range at 0 (ISO/IEC 15444-1 §G.1.1).</summary>
/// <param name="samples">The frame.</param>
/// <param name="layout">How it lies in memory; at most 32 bits are stored.</param>
internal readonly ref struct SampleReader(ReadOnlySpan<byte> samples, FrameLayout layout)
{
    private static readonly bool IsLittleEndian = MemoryMarshal.Cast<byte, ushort>([1, 0])[0] == 1;

    private readonly ReadOnlySpan<byte> _samples = samples;

    /// <summary>Reads the part of a component that <paramref name="plane"/> covers; its area is in columns and rows of the
    /// frame.</summary>
    public void Read(int component, Plane<int> plane)
    {
        int unused = 32 - layout.BitsStored, shift = layout.IsSigned ? 0 : (int)(1u << (layout.BitsStored - 1));
        int step = layout.IsPlanar ? 1 : layout.SamplesPerPixel;
        for (int y = 0; y < plane.Height; y++)
        {
            long row = plane.Area.Y0 + y, column = plane.Area.X0;
            long first = layout.IsPlanar
                ? (component * (long)layout.Rows + row) * layout.Columns + column
                : (row * layout.Columns + column) * layout.SamplesPerPixel + component;
            var to = plane.Row(y);
            ReadRow(_samples[(int)(first * layout.BytesPerSample)..], to, step);
            if (layout.IsSigned) ExtendSign(to, unused);
            else Shift(to, unused, shift);
        }
    }

    private void ReadRow(ReadOnlySpan<byte> from, Span<int> to, int step)
    {
        switch (layout.BitsAllocated)
        {
            case 8:
                int first = step switch { 1 => ReadBytes(from, to), 3 => ReadEveryThirdByte(from, to), _ => 0 };
                for (int i = first, at = first * step; i < to.Length; i++, at += step) to[i] = from[at];
                break;
            case 16 when step == 1 && IsLittleEndian:
                var words = MemoryMarshal.Cast<byte, ushort>(from);
                for (int i = 0; i < to.Length && i < words.Length; i++) to[i] = words[i];
                break;
            case 16:
                for (int i = 0, at = 0; i < to.Length; i++, at += 2 * step) to[i] = BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);
                break;
            default:
                int bytes = layout.BytesPerSample;
                for (int i = 0, at = 0; i < to.Length; i++, at += bytes * step) to[i] = BinaryPrimitives.ReadInt32LittleEndian(from[at..]);
                break;
        }
    }

    /// <returns>How many were read; fewer than 16 are left.</returns>
    private static int ReadBytes(ReadOnlySpan<byte> from, Span<int> to)
    {
        int i = 0;
        for (; i <= to.Length - 16 && i <= from.Length - 16; i += 16) Widen(Vector128.Create(from[i..]), to.Slice(i, 16));
        return i;
    }

    /// <summary>One component of interleaved colour.</summary>
    /// <returns>How many were read.</returns>
    private static int ReadEveryThirdByte(ReadOnlySpan<byte> from, Span<int> to)
    {
        int i = 0;
        for (; i <= to.Length - 16 && 3 * i <= from.Length - 48; i += 16)
        {
            var pixels = from.Slice(3 * i, 48);
            // Of 16 bytes each: those of the component in their place, the others beyond the vector, which makes them 0.
            var first = Vector128.Shuffle(Vector128.Create(pixels), Vector128.Create((byte)0, 3, 6, 9, 12, 15, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16));
            var second = Vector128.Shuffle(Vector128.Create(pixels[16..]), Vector128.Create((byte)16, 16, 16, 16, 16, 16, 2, 5, 8, 11, 14, 16, 16, 16, 16, 16));
            var third = Vector128.Shuffle(Vector128.Create(pixels[32..]), Vector128.Create((byte)16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 1, 4, 7, 10, 13));
            Widen(first | second | third, to.Slice(i, 16));
        }
        return i;
    }

    private static void Widen(Vector128<byte> bytes, Span<int> to)
    {
        var (low, high) = Vector128.Widen(bytes);
        var ints = MemoryMarshal.Cast<int, Vector128<int>>(to);
        (ints[0], ints[1]) = (Vector128.WidenLower(low).AsInt32(), Vector128.WidenUpper(low).AsInt32());
        (ints[2], ints[3]) = (Vector128.WidenLower(high).AsInt32(), Vector128.WidenUpper(high).AsInt32());
    }

    private static void ExtendSign(Span<int> values, int unused)
    {
        var vectors = MemoryMarshal.Cast<int, Vector256<int>>(values);
        foreach (ref var vector in vectors) vector = vector << unused >> unused;
        foreach (ref int value in values[(vectors.Length * Vector256<int>.Count)..]) value = value << unused >> unused;
    }

    private static void Shift(Span<int> values, int unused, int shift)
    {
        var vectors = MemoryMarshal.Cast<int, Vector256<int>>(values);
        var (mask, shifts) = (Vector256.Create((int)(uint.MaxValue >> unused)), Vector256.Create(shift));
        foreach (ref var vector in vectors) vector = (vector & mask) - shifts;
        foreach (ref int value in values[(vectors.Length * Vector256<int>.Count)..]) value = (int)((uint)value << unused >> unused) - shift;
    }
}
