using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg;

/// <summary>Puts decoded rows where the layout wants them.</summary>
internal readonly ref struct FrameWriter(Span<byte> samples, in FrameLayout layout)
{
    private readonly Span<byte> _samples = samples;
    private readonly FrameLayout _layout = layout;

    /// <summary>Writes a row of all components, by pixel: columns × components values, each moved up by
    /// <paramref name="shift"/> bits, the point transform.</summary>
    public void WritePixels(int row, ReadOnlySpan<ushort> values, int shift)
    {
        if (_layout.IsPlanar && _layout.SamplesPerPixel > 1)
        {
            for (int component = 0; component < _layout.SamplesPerPixel; component++)
                WriteStrided(row, component, values[component..], _layout.SamplesPerPixel, shift);
            return;
        }
        int bytes = values.Length * _layout.BytesPerSample;
        Pack(values, _samples.Slice(row * bytes, bytes), shift);
    }

    /// <summary>Writes a row of one component.</summary>
    public void WriteComponent(int row, int component, ReadOnlySpan<ushort> values, int shift) =>
        WriteStrided(row, component, values, 1, shift);

    /// <summary>Writes a row of one component.</summary>
    public void WriteComponent(int row, int component, ReadOnlySpan<byte> values)
    {
        if (_layout.BytesPerSample == 1 && (_layout.SamplesPerPixel == 1 || _layout.IsPlanar))
        {
            values.CopyTo(_samples[((component * _layout.Rows + row) * _layout.Columns)..]);
            return;
        }
        var (start, step) = Place(row, component);
        int at = start;
        foreach (byte value in values)
        {
            _samples[at] = value;
            for (int i = 1; i < _layout.BytesPerSample; i++) _samples[at + i] = 0;
            at += step;
        }
    }

    /// <summary>Writes a row of three components by pixel, in bytes.</summary>
    public void WritePixels(int row, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        if (_layout.IsPlanar || _layout.BytesPerSample != 1)
        {
            WriteComponent(row, 0, first);
            WriteComponent(row, 1, second);
            WriteComponent(row, 2, third);
            return;
        }
        Interleave.Three(first, second, third, _samples.Slice(row * 3 * _layout.Columns, 3 * _layout.Columns));
    }

    /// <summary>Makes rows zero that could not be decoded.</summary>
    public void Clear(int firstRow, int endRow, int component)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            var (start, step) = Place(row, component);
            for (int x = 0; x < _layout.Columns; x++) _samples.Slice(start + x * step, _layout.BytesPerSample).Clear();
        }
    }

    /// <summary>Where a row of a component starts, and bytes from sample to sample.</summary>
    private (int Start, int Step) Place(int row, int component) => _layout.IsPlanar
        ? ((component * _layout.Rows + row) * _layout.Columns * _layout.BytesPerSample, _layout.BytesPerSample)
        : ((row * _layout.Columns * _layout.SamplesPerPixel + component) * _layout.BytesPerSample,
            _layout.SamplesPerPixel * _layout.BytesPerSample);

    private void WriteStrided(int row, int component, ReadOnlySpan<ushort> values, int stride, int shift)
    {
        var (start, step) = Place(row, component);
        if (stride == 1 && step == _layout.BytesPerSample)
        {
            Pack(values, _samples.Slice(start, values.Length * step), shift);
            return;
        }
        int at = start;
        for (int i = 0; i < values.Length; i += stride)
        {
            uint value = (uint)values[i] << shift;
            _samples[at] = (byte)value;
            if (_layout.BytesPerSample > 1) _samples[at + 1] = (byte)(value >> 8);
            for (int k = 2; k < _layout.BytesPerSample; k++) _samples[at + k] = 0;
            at += step;
        }
    }

    private void Pack(ReadOnlySpan<ushort> values, Span<byte> target, int shift)
    {
        if (_layout.BytesPerSample == 1)
        {
            int i = 0;
            for (; i <= values.Length - 16; i += 16)
            {
                var low = Vector128.Create(values[i..]) << shift;
                var high = Vector128.Create(values[(i + 8)..]) << shift;
                Vector128.Narrow(low, high).CopyTo(target[i..]);
            }
            for (; i < values.Length; i++) target[i] = (byte)(values[i] << shift);
            return;
        }
        if (_layout.BytesPerSample > 2)
        {
            target.Clear();
            for (int i = 0; i < values.Length; i++)
                BinaryPrimitives.WriteUInt16LittleEndian(target[(i * _layout.BytesPerSample)..], (ushort)(values[i] << shift));
            return;
        }
        if (shift == 0 && IsLittleEndian)
        {
            MemoryMarshal.AsBytes(values).CopyTo(target);
            return;
        }
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(target[(2 * i)..], (ushort)(values[i] << shift));
    }

    private static bool IsLittleEndian => BinaryPrimitives.ReadUInt16LittleEndian(MemoryMarshal.AsBytes([(ushort)1])) == 1;
}
