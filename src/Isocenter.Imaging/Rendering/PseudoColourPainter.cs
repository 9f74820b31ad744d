namespace Isocenter.Imaging;

/// <summary>Grey by way of a palette: its entries lie evenly between black and white (Pseudo-Color Softcopy Presentation State,
/// PS3.4 §N.2.3).</summary>
internal sealed class PseudoColourPainter : RowPainter
{
    private readonly GreyPainter _grey;
    private readonly ushort[] _line;
    private readonly Palette _palette;

    /// <param name="grey">Paints in 16 bits.</param>
    /// <param name="columns">Of a row.</param>
    /// <param name="palette">Gives the colours.</param>
    public PseudoColourPainter(GreyPainter grey, int columns, Palette palette)
    {
        (_grey, _line, _palette) = (grey, new ushort[columns], palette);
    }

    public override int Channels => 3;

    public override void Paint(int row, Span<ushort> line)
    {
        _grey.Paint(row, _line);
        long last = _palette.Count - 1;
        for (int x = 0; x < _line.Length; x++) _palette[_palette.First + (int)((_line[x] * last + 32767) / 65535)].CopyTo(line[(3 * x)..]);
    }
}
