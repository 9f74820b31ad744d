using System.Buffers.Binary;
using System.Runtime.InteropServices;

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
            if (layout.IsSigned)
            {
                foreach (ref int value in to) value = value << unused >> unused;
            }
            else
            {
                foreach (ref int value in to) value = (int)((uint)value << unused >> unused) - shift;
            }
        }
    }

    private void ReadRow(ReadOnlySpan<byte> from, Span<int> to, int step)
    {
        switch (layout.BitsAllocated)
        {
            case 8:
                for (int i = 0, at = 0; i < to.Length; i++, at += step) to[i] = from[at];
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
}
