namespace Isocenter.Imaging;

/// <summary>The colours of another painter in another colour space.</summary>
internal sealed class ProfiledPainter(RowPainter painter, ProfileTransform transform) : RowPainter
{
    public override int Channels => painter.Channels;

    public override void Paint(int row, Span<ushort> line)
    {
        painter.Paint(row, line);
        transform.Apply(line);
    }
}
