namespace Isocenter.Codecs.JpegLs;

/// <summary>The reversible colour transforms of Hewlett-Packard's encoder, which are not of the standard: APP8 "mrfx" names
/// one of three. They work modulo 2^8 or 2^16.</summary>
internal static class HpTransforms
{
    /// <summary>Takes the transform back, in place, in whole rows of the frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="layout">Its layout, of three components.</param>
    /// <param name="transform">1, 2 or 3.</param>
    /// <param name="range">256 for a precision of 8 bits, 65536 for one of 16.</param>
    /// <param name="rows">Rows to convert.</param>
    public static void Invert(Span<byte> frame, in FrameLayout layout, int transform, int range, int rows)
    {
        int step = FrameStore.Place(layout, 0).Step, bytes = layout.BytesPerSample;
        for (int row = 0; row < rows; row++)
        {
            var first = FrameStore.Row(frame, layout, 0, row);
            var second = FrameStore.Row(frame, layout, 1, row);
            var third = FrameStore.Row(frame, layout, 2, row);
            for (int i = 0; i < layout.Columns * step; i += step)
            {
                int v1 = Get(first, i, bytes), v2 = Get(second, i, bytes), v3 = Get(third, i, bytes);
                var (red, green, blue) = Invert(transform, v1, v2, v3, range);
                Set(first, i, bytes, red);
                Set(second, i, bytes, green);
                Set(third, i, bytes, blue);
            }
        }
    }

    /// <summary>One pixel; <paramref name="range"/> is 256 or 65536.</summary>
    internal static (int Red, int Green, int Blue) Invert(int transform, int v1, int v2, int v3, int range)
    {
        int mask = range - 1, half = range / 2;
        switch (transform)
        {
            case 1:
                return ((v1 + v2 - half) & mask, v2, (v3 + v2 - half) & mask);
            case 2:
                int red = (v1 + v2 - half) & mask;
                return (red, v2, (v3 + ((red + v2) >> 1) - half) & mask);
            default:
                int green = (v1 - ((v3 + v2) >> 2) + range / 4) & mask;
                return ((v3 + green - half) & mask, green, (v2 + green - half) & mask);
        }
    }

    private static int Get(ReadOnlySpan<byte> row, int at, int bytes) => bytes == 1 ? row[at] : row[at] | row[at + 1] << 8;

    private static void Set(Span<byte> row, int at, int bytes, int value)
    {
        row[at] = (byte)value;
        if (bytes > 1) row[at + 1] = (byte)(value >> 8);
    }
}
