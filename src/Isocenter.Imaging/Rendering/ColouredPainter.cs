namespace Isocenter.Imaging;

/// <summary>Grey as three equal channels, because something in colour will lie over it.</summary>
internal sealed class ColouredPainter(RowPainter grey, int columns) : RowPainter
{
    private readonly ushort[] _line = new ushort[columns];

    public override int Channels => 3;

    public override void Paint(int row, Span<ushort> line)
    {
        grey.Paint(row, _line);
        for (int x = 0; x < _line.Length; x++) line.Slice(3 * x, 3).Fill(_line[x]);
    }
}
