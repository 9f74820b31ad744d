using System.Buffers.Binary;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Reads the rows of one frame of uncompressed Pixel Data as stored values. Only the bytes of that frame are
/// read, a band of rows at a time.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class FrameReader
{
    private const int BandLength = 256 * 1024;

    private readonly DataElement _element;
    private readonly ImageLayout _layout;
    private readonly long _firstBit;
    private readonly bool _bigEndianWords;
    private readonly int _planes;
    private readonly int _bandRows;
    private readonly byte[] _band;
    private int _bandStart = -1;

    /// <exception cref="PixelDataException">There is no such frame.</exception>
    public FrameReader(DataSet dataSet, ImageLayout layout, int frameIndex)
    {
        dataSet.TryFind(Tags.PixelData, out _element);
        layout.CheckFrame(frameIndex, _element.Length);
        _layout = layout;
        _firstBit = frameIndex * layout.BitsPerFrame;
        _bigEndianWords = _element.IsBigEndian && (_element.VR == VR.OW || layout.BitsAllocated > 8);
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

    private long BandBit(int plane) => _firstBit + ((long)plane * _layout.Rows + _bandStart) * _layout.BitsPerRow;

    private void FillBand(int row)
    {
        _bandStart = row / _bandRows * _bandRows;
        int perPlane = _band.Length / _planes;
        int rows = Math.Min(_bandRows, _layout.Rows - _bandStart);
        for (int plane = 0; plane < _planes; plane++)
        {
            long from = BandBit(plane) / 8, to = (BandBit(plane) + rows * _layout.BitsPerRow + 7) / 8;
            ReadBytes(from, _band.AsSpan(plane * perPlane, (int)(to - from)));
        }
    }

    /// <summary>Reads bytes in the order of little endian, whatever they have in the file.</summary>
    private void ReadBytes(long offset, Span<byte> destination)
    {
        int unit = _layout.BitsAllocated == 32 ? 4 : 2;
        if (!_bigEndianWords)
        {
            _element.Read(offset, destination);
            return;
        }
        // Words are turned as a whole: read from the border of one to the border of another.
        long from = offset / unit * unit;
        var words = new byte[(offset + destination.Length - from + unit - 1) / unit * unit];
        _element.Read(from, words);
        for (int i = 0; i < words.Length; i += unit) words.AsSpan(i, unit).Reverse();
        words.AsSpan((int)(offset - from), destination.Length).CopyTo(destination);
    }

    private void Unpack(ReadOnlySpan<byte> bytes, Span<int> samples, int plane)
    {
        int step = _planes > 1 ? _layout.SamplesPerPixel : 1, count = _planes > 1 ? _layout.Columns : samples.Length;
        int left = 31 - _layout.HighBit, right = 32 - _layout.BitsStored;
        bool signed = _layout.IsSigned;
        for (int i = 0, at = plane; i < count; i++, at += step)
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
