namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One component as SIZ describes it (ISO/IEC 15444-1 Table A.11).</summary>
/// <param name="Precision">Bits, 1 to 38.</param>
/// <param name="IsSigned">Two's complement samples.</param>
/// <param name="SubsamplingX">XRsiz: reference grid columns between two samples.</param>
/// <param name="SubsamplingY">YRsiz.</param>
internal readonly record struct ComponentSize(int Precision, bool IsSigned, int SubsamplingX, int SubsamplingY);

/// <summary>The SIZ marker segment: reference grid, tiles and components (ISO/IEC 15444-1 §A.5.1, §B.2, §B.3).</summary>
internal sealed class ImageSize
{
    private ImageSize(ComponentSize[] components) => Components = components;

    /// <summary>Rsiz: what a decoder must be capable of. Bit 15: extensions of part 2; bit 14: CAP follows.</summary>
    public int Capabilities { get; private init; }

    /// <summary>The image area on the reference grid: XOsiz, YOsiz, Xsiz, Ysiz.</summary>
    public Rect Image { get; private init; }

    /// <summary>The first tile: XTOsiz, YTOsiz, and XTsiz × YTsiz further.</summary>
    public Rect FirstTile { get; private init; }

    public ComponentSize[] Components { get; }

    /// <summary>Columns of the tile grid.</summary>
    public int TilesWide => (int)Ceiling.Divide(Image.X1 - FirstTile.X0, FirstTile.Width);

    /// <summary>Rows of the tile grid.</summary>
    public int TilesHigh => (int)Ceiling.Divide(Image.Y1 - FirstTile.Y0, FirstTile.Height);

    public int Tiles => TilesWide * TilesHigh;

    /// <summary>The area of one tile on the reference grid (equations B-7 to B-10).</summary>
    public Rect Tile(int index)
    {
        int p = index % TilesWide, q = index / TilesWide;
        long x0 = FirstTile.X0 + p * FirstTile.Width, y0 = FirstTile.Y0 + q * FirstTile.Height;
        return new Rect(
            Math.Max(x0, Image.X0), Math.Max(y0, Image.Y0),
            Math.Min(x0 + FirstTile.Width, Image.X1), Math.Min(y0 + FirstTile.Height, Image.Y1));
    }

    /// <summary>An area of the reference grid in samples of a component (equations B-2, B-12).</summary>
    public Rect OnComponent(Rect area, int component) =>
        area.DivideUp(Components[component].SubsamplingX, Components[component].SubsamplingY);

    /// <summary>The whole image in samples of a component, after leaving out resolution levels.</summary>
    public Rect ComponentArea(int component, int discardLevels) => OnComponent(Image, component).HalveUp(discardLevels);

    /// <summary>The grid the decoded image has: that of the component with most columns, and of that with most rows.</summary>
    public Rect DecodedArea(int discardLevels)
    {
        int x = Components.Min(c => c.SubsamplingX), y = Components.Min(c => c.SubsamplingY);
        return Image.DivideUp(x, y).HalveUp(discardLevels);
    }

    /// <summary>An image of an encoder: all components alike, nothing offset.</summary>
    public static ImageSize Make(int width, int height, int tileWidth, int tileHeight, ComponentSize[] components) => new(components)
    {
        Image = new Rect(0, 0, width, height),
        FirstTile = new Rect(0, 0, tileWidth, tileHeight),
    };

    public static ImageSize Read(ref SegmentReader reader)
    {
        int start = reader.Position;
        int capabilities = reader.U16();
        long x1 = reader.U32(), y1 = reader.U32(), x0 = reader.U32(), y0 = reader.U32();
        long tileWidth = reader.U32(), tileHeight = reader.U32(), tileX = reader.U32(), tileY = reader.U32();
        int count = reader.U16();
        if (x1 <= x0 || y1 <= y0)
            throw Damage.At(start, $"the image area {x0},{y0} to {x1},{y1} is empty", "ISO/IEC 15444-1 §B.2");
        if (tileWidth == 0 || tileHeight == 0 || tileX > x0 || tileY > y0 || tileX + tileWidth <= x0 || tileY + tileHeight <= y0)
            throw Damage.At(start, $"the first tile, {tileX},{tileY} of {tileWidth} × {tileHeight}, does not touch the image at {x0},{y0}", "ISO/IEC 15444-1 §B.3");
        if (count is 0 or > 16384)
            throw Damage.At(start, $"{count} components are outside 1 to 16384", "ISO/IEC 15444-1 §A.5.1");
        if (Ceiling.Divide(x1 - tileX, tileWidth) * Ceiling.Divide(y1 - tileY, tileHeight) > 65535)
            throw Damage.At(start, "there are more than 65535 tiles", "ISO/IEC 15444-1 §A.4.2");
        if (reader.Remaining < 3 * count)
            throw Damage.At(start, $"SIZ ends before the last of {count} components", "ISO/IEC 15444-1 §A.5.1");

        var components = new ComponentSize[count];
        for (int i = 0; i < count; i++)
        {
            int depth = reader.U8(), dx = reader.U8(), dy = reader.U8();
            int precision = (depth & 0x7F) + 1;
            if (precision > 38 || dx == 0 || dy == 0)
                throw Damage.At(reader.Position - 3, $"component {i} has {precision} bits and subsampling {dx} × {dy}", "ISO/IEC 15444-1 Table A.11");
            components[i] = new ComponentSize(precision, (depth & 0x80) != 0, dx, dy);
        }
        var size = new ImageSize(components)
        {
            Capabilities = capabilities,
            Image = new Rect(x0, y0, x1, y1),
            FirstTile = new Rect(tileX, tileY, tileX + tileWidth, tileY + tileHeight),
        };
        if (size.DecodedArea(0) is not { Width: > 0, Height: > 0 })
            throw Damage.At(start, $"no component has a sample in the image area {x0},{y0} to {x1},{y1}", "ISO/IEC 15444-1 §B.2");
        return size;
    }
}
