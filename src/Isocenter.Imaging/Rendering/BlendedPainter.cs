namespace Isocenter.Imaging;

/// <summary>Grey below, colours over it (PS3.4 §N.2.4): each pixel takes the pixel of the other image that lies nearest; beyond its edges what is
/// below stays as it is.</summary>
internal sealed class BlendedPainter(RowPainter below, int columns, Picture above, PlaneMap map, double opacity) : RowPainter
{
    private readonly ushort[] _grey = new ushort[columns];

    public override int Channels => 3;

    public override void Paint(int row, Span<ushort> line)
    {
        below.Paint(row, _grey);
        bool isDeep = above.BitDepth == 16;
        for (int x = 0; x < _grey.Length; x++)
        {
            double u = Math.Round(map.X0 + map.XX * x + map.XY * row, MidpointRounding.AwayFromZero);
            double v = Math.Round(map.Y0 + map.YX * x + map.YY * row, MidpointRounding.AwayFromZero);
            bool isCovered = u >= 0 && u < above.Width && v >= 0 && v < above.Height;
            int at = isCovered ? 3 * ((int)v * above.Width + (int)u) : 0;
            for (int c = 0; c < 3; c++)
            {
                int colour = !isCovered ? 0 : isDeep ? above.Pixels[2 * (at + c)] << 8 | above.Pixels[2 * (at + c) + 1] : above.Pixels[at + c];
                line[3 * x + c] = isCovered ? (ushort)(opacity * colour + (1 - opacity) * _grey[x] + 0.5) : _grey[x];
            }
        }
    }
}
