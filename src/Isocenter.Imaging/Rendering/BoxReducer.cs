namespace Isocenter.Imaging;

/// <summary>Takes the rows of a picture and makes a smaller one: each pixel is the mean of the box of pixels that it
/// covers. Of the same size, the rows go through as they are.</summary>
internal sealed class BoxReducer
{
    private readonly int _sourceWidth, _sourceHeight;
    private readonly uint[] _sums;
    private readonly int[] _ends;
    private readonly Picture _picture;
    private int _row;
    private int _rowsInBox;
    private int _targetRow;

    public BoxReducer(int width, int height, int channels, RenderOptions options)
    {
        (_sourceWidth, _sourceHeight) = (width, height);
        var (w, h) = Fit(width, height, options.MaxWidth, options.MaxHeight);
        _picture = new Picture(w, h, channels, new byte[checked(w * h * channels)]);
        _sums = new uint[w * channels];
        _ends = new int[w];
        for (int x = 0; x < w; x++) _ends[x] = BoxEnd(x, w, width);
    }

    /// <summary>The picture; whole after the last row.</summary>
    public Picture Picture => _picture;

    /// <summary>The largest size within the limits that keeps the proportions, and never more than the frame has.</summary>
    public static (int Width, int Height) Fit(int width, int height, int maxWidth, int maxHeight)
    {
        double scale = Math.Min(1, Math.Min((double)Math.Max(maxWidth, 1) / width, (double)Math.Max(maxHeight, 1) / height));
        return (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }

    /// <summary>Takes the next row, width × channels bytes.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        int channels = _picture.Channels;
        if (_picture.Width == _sourceWidth && _picture.Height == _sourceHeight)
        {
            row.CopyTo(_picture.Pixels.AsSpan(_row++ * row.Length));
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
        int channels = _picture.Channels;
        var target = _picture.Pixels.AsSpan(_targetRow * _sums.Length, _sums.Length);
        int start = 0;
        for (int x = 0; x < _ends.Length; x++)
        {
            uint count = (uint)((_ends[x] - start) * _rowsInBox);
            start = _ends[x];
            for (int i = x * channels; i < (x + 1) * channels; i++) target[i] = (byte)((_sums[i] + count / 2) / count);
        }
        _sums.AsSpan().Clear();
        _rowsInBox = 0;
        _targetRow++;
    }

    private static int BoxEnd(int target, int targets, int sources) => (int)((target + 1L) * sources / targets);
}
