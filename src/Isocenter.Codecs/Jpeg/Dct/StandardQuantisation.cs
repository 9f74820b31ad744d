namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>The quantisation tables of T.81 §K.1, scaled as libjpeg does.</summary>
internal static class StandardQuantisation
{
    // In zig-zag order.
    private static ReadOnlySpan<byte> Luminance =>
    [
        16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
        26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
        56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
        95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
    ];

    private static ReadOnlySpan<byte> Chrominance =>
    [
        17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ];

    /// <summary>A table in zig-zag order for a quality of 1 to 100. Factors end at 255 with 8 bits.</summary>
    public static ushort[] For(bool isChrominance, int quality, int precision)
    {
        var standard = isChrominance ? Chrominance : Luminance;
        int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        var table = new ushort[64];
        for (int k = 0; k < 64; k++)
            table[k] = (ushort)Math.Clamp((standard[k] * percent + 50) / 100, 1, precision == 8 ? 255 : 32767);
        return table;
    }
}
