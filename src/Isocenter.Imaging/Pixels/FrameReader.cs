using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Imaging;

/// <summary>Gives bytes in the order of little endian.</summary>
/// <param name="offset">Bytes from the start of the first frame.</param>
/// <param name="destination">Is filled.</param>
internal delegate void PixelBytes(long offset, Span<byte> destination);

/// <summary>Reads the rows of one frame as stored values. Only the bytes of that frame are read, a band of rows at a time.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class FrameReader
{
    /// <summary>Bytes, below what the large object heap takes: pictures come by the thousand.</summary>
    private const int BandLength = 64 * 1024;

    private readonly PixelBytes _read;
    private readonly ImageLayout _layout;
    private readonly long _firstBit;
    private readonly int _planes;
    private readonly int _bandRows;
    private readonly byte[] _band;
    private int _bandStart = -1;

    /// <param name="layout">How the frames lie.</param>
    /// <param name="read">Gives the bytes of the frames.</param>
    /// <param name="frameIndex">Which of them, from 0.</param>
    public FrameReader(ImageLayout layout, PixelBytes read, int frameIndex)
    {
        _read = read;
        _layout = layout;
        _firstBit = frameIndex * layout.BitsPerFrame;
        _planes = layout.IsPlanar ? layout.SamplesPerPixel : 1;
        long perRow = (layout.BitsPerRow + 7) / 8 + 1;
        _bandRows = (int)Math.Clamp(BandLength / (perRow * _planes), 1, layout.Rows);
        _band = new byte[checked((int)(perRow * _bandRows * _planes))];
    }

    /// <summary>Reads one row.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="samples">Receives columns × samples per pixel stored values, by pixel; the bits beyond those stored
    /// are gone and the sign is spread. For YBR_FULL_422 the chrominance of two pixels is given to both.</param>
    public void ReadRow(int row, Span<int> samples)
    {
        if (_bandStart < 0 || row < _bandStart || row >= _bandStart + _bandRows) FillBand(row);
        int perPlane = _band.Length / _planes;
        long rowBit = (long)(row - _bandStart) * _layout.BitsPerRow;
        for (int plane = 0; plane < _planes; plane++)
        {
            var band = _band.AsSpan(plane * perPlane, perPlane);
            if (_layout.Photometric == Photometric.YbrFull422) Unpack422(band[(int)(rowBit / 8)..], samples);
            else if (_layout.BitsAllocated == 1) UnpackBits(band, (int)(BandBit(plane) % 8 + rowBit), samples);
            else Unpack(band[(int)(rowBit / 8)..], samples, plane);
        }
    }

    /// <summary>Writes a value wherever a bit of the pixel's word is set: overlays lay there once, beside the stored bits (ACR-NEMA,
    /// retired).</summary>
    /// <param name="row">From 0.</param>
    /// <param name="bit">From 0, the lowest.</param>
    /// <param name="line">Receives the value.</param>
    /// <param name="colour">What the channels of a pixel become where the bit is set.</param>
    public void MarkBit(int row, int bit, Span<ushort> line, ReadOnlySpan<ushort> colour)
    {
        if (bit >= _layout.BitsAllocated || _layout.SamplesPerPixel != 1 || _layout.BitsAllocated < 8) return;
        if (_bandStart < 0 || row < _bandStart || row >= _bandStart + _bandRows) FillBand(row);
        var bytes = _band.AsSpan((int)((row - _bandStart) * _layout.BitsPerRow / 8));
        int length = _layout.BitsAllocated / 8;
        for (int x = 0; x < _layout.Columns; x++)
        {
            if ((bytes[x * length + bit / 8] >> (bit & 7) & 1) != 0) colour.CopyTo(line[(x * colour.Length)..]);
        }
    }

    private long BandBit(int plane) => _firstBit + ((long)plane * _layout.Rows + _bandStart) * _layout.BitsPerRow;

    private void FillBand(int row)
    {
        _bandStart = row / _bandRows * _bandRows;
        int perPlane = _band.Length / _planes;
        int rows = Math.Min(_bandRows, _layout.Rows - _bandStart);
        for (int plane = 0; plane < _planes; plane++)
        {
            long from = BandBit(plane) / 8, to = (BandBit(plane) + rows * _layout.BitsPerRow + 7) / 8;
            _read(from, _band.AsSpan(plane * perPlane, (int)(to - from)));
        }
    }

    private void Unpack(ReadOnlySpan<byte> bytes, Span<int> samples, int plane)
    {
        int step = _planes > 1 ? _layout.SamplesPerPixel : 1, count = _planes > 1 ? _layout.Columns : samples.Length;
        int left = 31 - _layout.HighBit, right = 32 - _layout.BitsStored;
        bool signed = _layout.IsSigned;
        int done = step == 1 && _layout.BitsAllocated == 16 ? UnpackWords(bytes, samples[..count], left, right, signed) : 0;
        for (int i = done, at = plane + done * step; i < count; i++, at += step)
        {
            int raw = _layout.BitsAllocated switch
            {
                8 => bytes[i],
                16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]),
                _ => BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]),
            };
            samples[at] = signed ? raw << left >> right : (int)((uint)raw << left >> right);
        }
    }

    /// <summary>The same for words that lie side by side, sixteen at a time: nearly all of radiology.</summary>
    /// <returns>How many were unpacked; the rest is left to the loop.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // at once: vector code is not compiled ahead of time
    private static int UnpackWords(ReadOnlySpan<byte> bytes, Span<int> samples, int left, int right, bool signed)
    {
        var words = MemoryMarshal.Cast<byte, ushort>(bytes);
        int whole = Math.Min(words.Length, samples.Length) & ~15;
        for (int i = 0; i < whole; i += 16)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(words.Slice(i, 16)));
            (low, high) = (low << left, high << left);
            if (signed)
            {
                (low.AsInt32() >> right).CopyTo(samples.Slice(i, 8));
                (high.AsInt32() >> right).CopyTo(samples.Slice(i + 8, 8));
            }
            else
            {
                (low >> right).AsInt32().CopyTo(samples.Slice(i, 8));
                (high >> right).AsInt32().CopyTo(samples.Slice(i + 8, 8));
            }
        }
        return whole;
    }

    private static void Unpack422(ReadOnlySpan<byte> bytes, Span<int> samples)
    {
        for (int from = 0, to = 0; to < samples.Length; from += 4, to += 6)
        {
            (samples[to], samples[to + 1], samples[to + 2]) = (bytes[from], bytes[from + 2], bytes[from + 3]);
            (samples[to + 3], samples[to + 4], samples[to + 5]) = (bytes[from + 1], bytes[from + 2], bytes[from + 3]);
        }
    }

    private static void UnpackBits(ReadOnlySpan<byte> bytes, int firstBit, Span<int> samples)
    {
        for (int i = 0; i < samples.Length; i++) samples[i] = bytes[(firstBit + i) >> 3] >> ((firstBit + i) & 7) & 1;
    }
}
