using System.Buffers;
using System.Numerics;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Takes blocks of samples, a row of MCUs after the other, and writes the rows of the image.</summary>
/// <remarks>Of each component two rows of MCUs are held: the filter of a component subsampled by two needs the row below,
/// which the next row of MCUs brings.</remarks>
internal sealed class SampleRows<T> : IDisposable
    where T : unmanaged, IBinaryInteger<T>
{
    private readonly JpegFrame _frame;
    private readonly Plane[] _planes;
    private readonly ushort[] _work;
    private readonly bool _needsRowBelow;
    private int _written;

    public SampleRows(JpegFrame frame)
    {
        _frame = frame;
        _planes = new Plane[frame.Components.Length];
        int widest = 0;
        foreach (var component in frame.Components)
        {
            var plane = _planes[component.Index] = new Plane(frame, component);
            _needsRowBelow |= plane.Filter is Filter.TwiceDown or Filter.TwiceBoth;
            widest = Math.Max(widest, component.Columns);
        }
        _work = ArrayPool<ushort>.Shared.Rent(widest);
    }

    private enum Filter
    {
        None,
        TwiceAcross,
        TwiceDown,
        TwiceBoth,
        Repeat,
    }

    /// <summary>Bytes of memory it would hold, to compare with the limit.</summary>
    public static long Memory(JpegFrame frame)
    {
        long samples = 0;
        foreach (var component in frame.Components)
            samples += frame.McuColumns * 8L * component.Horizontal * 16 * component.Vertical + frame.Columns + 8;
        return samples * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
    }

    /// <summary>Samples from a row to the next.</summary>
    public int Stride(JpegComponent component) => _planes[component.Index].Stride;

    /// <summary>From the first sample of block (<paramref name="row"/>, <paramref name="column"/>) on.</summary>
    public Span<T> Block(JpegComponent component, int row, int column)
    {
        var plane = _planes[component.Index];
        return plane.Samples.AsSpan(row * 8 % plane.Rows * plane.Stride + column * 8);
    }

    /// <summary>Writes the rows that are complete now that row <paramref name="mcuRow"/> of MCUs is.</summary>
    public void Complete(int mcuRow, FrameWriter writer)
    {
        int end = (mcuRow + 1) * 8 * _frame.MaxVertical;
        if (end >= _frame.Rows) end = _frame.Rows;
        else if (_needsRowBelow) end--;
        for (; _written < end; _written++) Write(_written, writer);
    }

    public void Dispose()
    {
        foreach (var plane in _planes)
        {
            ArrayPool<T>.Shared.Return(plane.Samples);
            ArrayPool<T>.Shared.Return(plane.Line);
        }
        ArrayPool<ushort>.Shared.Return(_work);
    }

    private void Write(int row, FrameWriter writer)
    {
        if (typeof(T) == typeof(byte) && _planes.Length == 3)
        {
            writer.WritePixels(row, Bytes(Line(_planes[0], row)), Bytes(Line(_planes[1], row)), Bytes(Line(_planes[2], row)));
            return;
        }
        foreach (var plane in _planes)
        {
            var line = Line(plane, row);
            int index = plane.Component.Index;
            if (typeof(T) == typeof(byte)) writer.WriteComponent(row, index, Bytes(line));
            else writer.WriteComponent(row, index, System.Runtime.InteropServices.MemoryMarshal.Cast<T, ushort>(line), 0);
        }
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<T> line) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(line);

    /// <summary>A row of the component in the width of the image.</summary>
    private ReadOnlySpan<T> Line(Plane plane, int row)
    {
        int half = row / 2, columns = plane.Component.Columns;
        var line = plane.Line.AsSpan();
        switch (plane.Filter)
        {
            case Filter.None:
                return plane.Row(row)[.._frame.Columns];
            case Filter.TwiceAcross:
                Upsampling.TwiceAcross(plane.Row(row)[..columns], line);
                break;
            case Filter.TwiceDown:
                Upsampling.TwiceDown(plane.Row(half)[..columns], plane.Row(Beside(plane, row))[..columns], line, (row & 1) == 0);
                break;
            case Filter.TwiceBoth:
                Upsampling.TwiceBoth(plane.Row(half)[..columns], plane.Row(Beside(plane, row))[..columns], line, _work);
                break;
            default:
                int vertical = row * plane.Component.Vertical / _frame.MaxVertical;
                Upsampling.Repeat(plane.Row(vertical), line[.._frame.Columns], plane.Component.Horizontal, _frame.MaxHorizontal);
                break;
        }
        return line[.._frame.Columns];
    }

    /// <summary>The other row that has a part in row <paramref name="row"/> of an image twice as high.</summary>
    private static int Beside(Plane plane, int row) =>
        Math.Clamp((row & 1) == 0 ? row / 2 - 1 : row / 2 + 1, 0, plane.Component.Rows - 1);

    private sealed class Plane
    {
        public Plane(JpegFrame frame, JpegComponent component)
        {
            Component = component;
            Stride = frame.McuColumns * component.Horizontal * 8;
            Rows = component.Vertical * 16;
            Samples = ArrayPool<T>.Shared.Rent(Stride * Rows);
            // A filter writes pairs, one sample too many where the width is odd.
            Line = ArrayPool<T>.Shared.Rent(frame.Columns + 8);
            bool isHalfAcross = component.Horizontal * 2 == frame.MaxHorizontal, isHalfDown = component.Vertical * 2 == frame.MaxVertical;
            bool isWholeAcross = component.Horizontal == frame.MaxHorizontal, isWholeDown = component.Vertical == frame.MaxVertical;
            // libjpeg repeats samples where a row has only two.
            bool canFilter = component.Columns > 2;
            Filter = (isWholeAcross, isWholeDown) switch
            {
                (true, true) => Filter.None,
                (true, false) when isHalfDown => Filter.TwiceDown,
                (false, true) when isHalfAcross && canFilter => Filter.TwiceAcross,
                (false, false) when isHalfAcross && isHalfDown && canFilter => Filter.TwiceBoth,
                _ => Filter.Repeat,
            };
        }

        public JpegComponent Component { get; }

        public Filter Filter { get; }

        public int Stride { get; }

        /// <summary>Rows held: two rows of MCUs.</summary>
        public int Rows { get; }

        public T[] Samples { get; }

        public T[] Line { get; }

        public ReadOnlySpan<T> Row(int row) => Samples.AsSpan(row % Rows * Stride, Stride);
    }
}
