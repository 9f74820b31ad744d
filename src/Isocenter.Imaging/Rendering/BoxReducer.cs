using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Imaging;

/// <summary>Takes the rows of a picture and makes a smaller one: each pixel is the mean of the box of pixels that it
/// covers. Of the same size, the rows go through as they are.</summary>
internal sealed class BoxReducer
{
    private readonly int _sourceWidth, _sourceHeight, _rowLength;
    private readonly ulong[] _sums;
    private readonly ushort[] _means;
    private readonly int[] _ends;
    private readonly Picture _picture;
    private int _row;
    private int _rowsInBox;
    private int _targetRow;

    /// <param name="width">Pixels of a row that comes in.</param>
    /// <param name="height">Rows that come in.</param>
    /// <param name="channels">Values of a pixel.</param>
    /// <param name="bitDepth">8 or 16.</param>
    /// <param name="target">Size of the picture, not larger than what comes in.</param>
    public BoxReducer(int width, int height, int channels, int bitDepth, (int Width, int Height) target)
    {
        (_sourceWidth, _sourceHeight) = (width, height);
        var (w, h) = target;
        _rowLength = checked(w * channels * (bitDepth / 8));
        _picture = new Picture(w, h, channels, new byte[checked(_rowLength * h)], bitDepth);
        _sums = new ulong[w * channels];
        _means = new ushort[w * channels];
        _ends = new int[w];
        for (int x = 0; x < w; x++) _ends[x] = BoxEnd(x, w, width);
    }

    /// <summary>The picture; whole after the last row.</summary>
    public Picture Picture => _picture;

    /// <summary>Takes the next row, width × channels values of 8 or 16 bits.</summary>
    public void Add(ReadOnlySpan<ushort> row)
    {
        int channels = _picture.Channels;
        if (_picture.Width == _sourceWidth && _picture.Height == _sourceHeight)
        {
            Put(row);
            return;
        }
        int x = 0;
        for (int target = 0; target < _ends.Length; target++)
        {
            for (; x < _ends[target]; x++)
            {
                for (int channel = 0; channel < channels; channel++) _sums[target * channels + channel] += row[x * channels + channel];
            }
        }
        _row++;
        _rowsInBox++;
        if (_row == BoxEnd(_targetRow, _picture.Height, _sourceHeight)) FinishBox();
    }

    private void FinishBox()
    {
        int channels = _picture.Channels, start = 0;
        for (int x = 0; x < _ends.Length; x++)
        {
            ulong count = (ulong)(_ends[x] - start) * (ulong)_rowsInBox;
            start = _ends[x];
            for (int i = x * channels; i < (x + 1) * channels; i++) _means[i] = (ushort)((_sums[i] + count / 2) / count);
        }
        _sums.AsSpan().Clear();
        _rowsInBox = 0;
        Put(_means);
    }

    private void Put(ReadOnlySpan<ushort> values)
    {
        var target = _picture.Pixels.AsSpan(_targetRow++ * _rowLength, _rowLength);
        if (_picture.BitDepth == 8)
        {
            Narrow(values, target);
            return;
        }
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(target[(2 * i)..], values[i]);
    }

    /// <summary>The low bytes; values of 8 bits have no others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(ReadOnlySpan<ushort> values, Span<byte> target)
    {
        int i = 0;
        for (; i <= target.Length - 32; i += 32)
            Vector256.Narrow(Vector256.Create(values.Slice(i, 16)), Vector256.Create(values.Slice(i + 16, 16))).CopyTo(target.Slice(i, 32));
        for (; i < target.Length; i++) target[i] = (byte)values[i];
    }

    private static int BoxEnd(int target, int targets, int sources) => (int)((target + 1L) * sources / targets);
}
