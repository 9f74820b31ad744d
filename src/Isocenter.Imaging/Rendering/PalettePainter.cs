namespace Isocenter.Imaging;

/// <summary>Colours from a palette: for all values, or for those from its first on, the others grey (supplemental palette).</summary>
internal sealed class PalettePainter : RowPainter
{
    private readonly FrameReader _reader;
    private readonly Palette _palette;
    private readonly GreyPainter? _grey;
    private readonly int[] _samples;

    public PalettePainter(ImageLayout layout, FrameReader reader, Palette palette, GreyPainter? grey)
    {
        (_reader, _palette, _grey, _samples) = (reader, palette, grey, new int[layout.Columns]);
    }

    public override int Channels => 3;

    public override void Paint(int row, Span<ushort> line)
    {
        _reader.ReadRow(row, _samples);
        for (int i = 0; i < _samples.Length; i++)
        {
            if (_grey is not null && _samples[i] < _palette.First) line.Slice(3 * i, 3).Fill(_grey.Map(_samples[i]));
            else _palette[_samples[i]].CopyTo(line[(3 * i)..]);
        }
    }
}
