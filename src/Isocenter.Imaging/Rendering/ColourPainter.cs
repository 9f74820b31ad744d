namespace Isocenter.Imaging;

/// <summary>Colours that lie in the pixels: RGB, or luminance and chrominance (PS3.3 §C.7.6.3.1.2).</summary>
internal sealed class ColourPainter : RowPainter
{
    private readonly ImageLayout _layout;
    private readonly FrameReader _reader;
    private readonly int _white;
    private readonly int[] _samples;

    public ColourPainter(ImageLayout layout, FrameReader reader, int bitDepth)
    {
        (_layout, _reader, _white, _samples) = (layout, reader, (1 << bitDepth) - 1, new int[layout.Columns * 3]);
    }

    public override int Channels => 3;

    public override void Paint(int row, Span<ushort> line)
    {
        _reader.ReadRow(row, _samples);
        long maximum = (1L << _layout.BitsStored) - 1;
        int first = _layout.Minimum;
        if (_layout.Photometric == Photometric.Rgb)
        {
            // Unsigned: what lies above the first value, of 32 bits too
            for (int i = 0; i < _samples.Length; i++) line[i] = (ushort)Scale(unchecked((uint)(_samples[i] - first)), maximum, _white);
            return;
        }
        bool isPartial = _layout.Photometric == Photometric.YbrPartial;
        if (!isPartial && !IsOfBytes)
        {
            // In all their bits: made bytes first, they would be rounded twice.
            double half = Math.Pow(2, _layout.BitsStored - 1), scale = _white / (double)maximum;
            for (int i = 0; i < _samples.Length; i += 3)
            {
                double y = Stored(_samples[i]), cb = Stored(_samples[i + 1]) - half, cr = Stored(_samples[i + 2]) - half;
                (line[i], line[i + 1], line[i + 2]) = (Cut(y + 1.402 * cr), Cut(y - 0.344136 * cb - 0.714136 * cr), Cut(y + 1.772 * cb));
            }
            return;

            ushort Cut(double value) => (ushort)(Math.Clamp(value * scale, 0, _white) + 0.5);
        }
        for (int i = 0; i < _samples.Length; i += 3)
        {
            int y = Byte(_samples[i]), cb = Byte(_samples[i + 1]), cr = Byte(_samples[i + 2]);
            var (r, g, b) = isPartial ? YbrColours.PartialToRgb(y, cb, cr) : YbrColours.FullToRgb(y, cb, cr);
            (line[i], line[i + 1], line[i + 2]) = _white == 255 ? ((ushort)r, (ushort)g, (ushort)b) : ((ushort)(r * 257), (ushort)(g * 257), (ushort)(b * 257));
        }

        uint Stored(int sample) => unchecked((uint)(sample - first));

        int Byte(int sample) => Scale(Stored(sample), maximum, 255);
    }

    private bool IsOfBytes => _layout.BitsStored == 8 && _white == 255;

    private static int Scale(uint value, long maximum, int white) => maximum == white ? (int)value : (int)((value * (long)white + maximum / 2) / maximum);
}
