namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One component of one tile.</summary>
/// <param name="Index">Of the component.</param>
/// <param name="Area">In samples of the component (equation B-12).</param>
/// <param name="Coding">How it is coded.</param>
/// <param name="RoiShift">Shift of the region of interest, in bit planes.</param>
/// <param name="Resolutions">From the smallest to the full one.</param>
internal sealed record TileComponent(int Index, Rect Area, CodingStyle Coding, int RoiShift, Resolution[] Resolutions);

/// <summary>One tile: its geometry, and what the packets said of its code-blocks.</summary>
internal sealed class Tile
{
    /// <summary>Lays out a tile.</summary>
    /// <param name="size">The image.</param>
    /// <param name="index">Of the tile.</param>
    /// <param name="parameters">Those of the tile.</param>
    /// <param name="memory">Counts what the tile takes.</param>
    public Tile(ImageSize size, int index, TileParameters parameters, WorkingMemory memory)
    {
        Index = index;
        Area = size.Tile(index);
        Parameters = parameters;
        Components = new TileComponent[size.Components.Length];
        for (int i = 0; i < Components.Length; i++) Components[i] = Lay(size, i, memory);
    }

    public int Index { get; }

    /// <summary>On the reference grid.</summary>
    public Rect Area { get; }

    public TileParameters Parameters { get; }

    public TileComponent[] Components { get; }

    /// <summary>What packets contributed to code-blocks, in the order of the code stream.</summary>
    public List<Chunk> Chunks { get; } = [];

    private TileComponent Lay(ImageSize size, int component, WorkingMemory memory)
    {
        var coding = Parameters.Coding(component);
        var quantization = Parameters.Quantization(component);
        int levels = coding.Levels, roi = Parameters.RoiShift(component);
        var area = size.OnComponent(Area, component);
        var resolutions = new Resolution[levels + 1];
        for (int r = 0; r <= levels; r++)
        {
            int nb = r == 0 ? levels : levels - r + 1;   // the decomposition level of its bands
            int ppx = coding.PrecinctWidthExponent(r), ppy = coding.PrecinctHeightExponent(r);
            var bands = new SubBand[r == 0 ? 1 : 3];
            for (int i = 0; i < bands.Length; i++)
            {
                var orientation = r == 0 ? Orientation.LL : (Orientation)(i + 1);
                var (exponent, mantissa) = quantization.Step(r == 0 ? 0 : 3 * (r - 1) + i + 1, nb, levels);
                bands[i] = new SubBand
                {
                    Orientation = orientation,
                    Area = BandArea(area, orientation, nb),
                    BitPlanes = Math.Max(0, quantization.GuardBits + exponent - 1) + roi,
                    Step = coding.IsReversible ? 1 : StepSize(size.Components[component].Precision, orientation, exponent, mantissa),
                    BlockWidthExponent = Math.Min(coding.BlockWidthExponent, r == 0 ? ppx : ppx - 1),
                    BlockHeightExponent = Math.Min(coding.BlockHeightExponent, r == 0 ? ppy : ppy - 1),
                    Level = nb,
                };
            }
            resolutions[r] = new Resolution(r, area.HalveUp(levels - r), bands, ppx, ppy, memory);
        }
        return new TileComponent(component, area, coding, roi, resolutions);
    }

    // Equation B-15: the columns (rows) of the component at which the high-pass filter of level nb leaves a coefficient.
    private static Rect BandArea(Rect area, Orientation orientation, int nb)
    {
        if (nb == 0) return area;
        long x = ((int)orientation & 1) != 0 ? 1L << (nb - 1) : 0, y = ((int)orientation & 2) != 0 ? 1L << (nb - 1) : 0;
        return new Rect(area.X0 - x, area.Y0 - y, area.X1 - x, area.Y1 - y).HalveUp(nb);
    }

    // Equation E-3; the gain of a band is in Table E.1.
    private static float StepSize(int precision, Orientation orientation, int exponent, int mantissa)
    {
        int gain = orientation == Orientation.LL ? 0 : orientation == Orientation.HH ? 2 : 1;
        return (float)(Math.ScaleB(1 + mantissa / 2048.0, precision + gain - exponent));
    }
}
