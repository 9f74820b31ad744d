namespace Isocenter.Imaging;

/// <summary>Grey by way of a palette: its entries lie evenly between black and white (Pseudo-Color Softcopy Presentation State,
/// PS3.4 §N.2.3).</summary>
internal sealed class PseudoColourPainter : RowPainter
{
    private readonly GreyPainter _grey;
    private readonly ushort[] _line;
    private readonly ushort[] _colours;

    /// <param name="grey">Paints in 16 bits.</param>
    /// <param name="columns">Of a row.</param>
    /// <param name="palette">Gives the colours.</param>
    public PseudoColourPainter(GreyPainter grey, int columns, Palette palette)
    {
        (_grey, _line, _colours) = (grey, new ushort[columns], new ushort[3 * palette.Count]);
        for (int i = 0; i < palette.Count; i++) palette.Paint(palette.First + i, _colours.AsSpan(3 * i, 3));
    }

    public override int Channels => 3;

    public override void Paint(int row, Span<ushort> line)
    {
        _grey.Paint(row, _line);
        int last = _colours.Length / 3 - 1;
        for (int x = 0; x < _line.Length; x++) _colours.AsSpan(3 * (int)(((long)_line[x] * last + 32767) / 65535), 3).CopyTo(line[(3 * x)..]);
    }
}
