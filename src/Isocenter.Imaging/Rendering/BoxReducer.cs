using System.Buffers.Binary;

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
            for (int i = 0; i < target.Length; i++) target[i] = (byte)values[i];
            return;
        }
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(target[(2 * i)..], values[i]);
    }

    private static int BoxEnd(int target, int targets, int sources) => (int)((target + 1L) * sources / targets);
}
