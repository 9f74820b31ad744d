using System.Buffers.Binary;

namespace Isocenter.Imaging;

/// <summary>Luminance and chrominance to red, green and blue (PS3.3 §C.7.6.3.1.2).</summary>
internal static class YbrColours
{
    /// <summary>A Photometric Interpretation of decoded samples that is luminance and chrominance.</summary>
    public static bool Are(string photometric) => photometric is "YBR_FULL" or "YBR_PARTIAL";

    /// <summary>The inverse of YBR_FULL, in 16.16 fixed point.</summary>
    /// <param name="y">Luminance.</param>
    /// <param name="cb">Chrominance, grey at half.</param>
    /// <param name="cr">The same.</param>
    /// <param name="bits">Of each; at most 16.</param>
    public static (int R, int G, int B) FullToRgb(int y, int cb, int cr, int bits = 8)
    {
        int half = 1 << (bits - 1), top = (1 << bits) - 1;
        long u = cb - half, v = cr - half, base16 = ((long)y << 16) + 0x8000;
        return (
            (int)Math.Clamp((base16 + 91881 * v) >> 16, 0, top),                    // 1.402
            (int)Math.Clamp((base16 - 22554 * u - 46802 * v) >> 16, 0, top),        // 0.344136, 0.714136
            (int)Math.Clamp((base16 + 116130 * u) >> 16, 0, top));                  // 1.772
    }

    /// <summary>The same for YBR_PARTIAL: luminance from 16 to 235, chrominance from 16 to 240 (retired), of 8 bits.</summary>
    public static (int R, int G, int B) PartialToRgb(int y, int cb, int cr)
    {
        int u = cb - 128, v = cr - 128, base16 = 76309 * (y - 16) + 0x8000;    // 1.164383
        return (
            Math.Clamp((base16 + 104597 * v) >> 16, 0, 255),                   // 1.596027
            Math.Clamp((base16 - 25675 * u - 53279 * v) >> 16, 0, 255),        // 0.391762, 0.812968
            Math.Clamp((base16 + 132201 * u) >> 16, 0, 255));                  // 2.017232
    }

    /// <summary>Makes RGB of a frame, in place.</summary>
    /// <param name="samples">Colour by pixel, their values in the lowest bits of words of 8 or 16.</param>
    /// <param name="description">What they are.</param>
    /// <exception cref="PixelDataException">They have more than 16 bits, or are partial and not of 8.</exception>
    public static void MakeRgb(Span<byte> samples, FrameDescription description)
    {
        bool isPartial = description.Photometric == "YBR_PARTIAL";
        var layout = description.Layout;
        int bits = layout.BitsStored;
        if (layout.BitsAllocated > 16 || isPartial && bits != 8)
            throw new PixelDataException(PixelDataProblem.Unsupported, $"{description.Photometric} of {bits} bits is not made RGB; choose a lossless syntax");
        if (layout.BitsAllocated == 8)
        {
            for (int i = 0; i + 2 < samples.Length; i += 3)
            {
                var (r, g, b) = isPartial ? PartialToRgb(samples[i], samples[i + 1], samples[i + 2]) : FullToRgb(samples[i], samples[i + 1], samples[i + 2], bits);
                (samples[i], samples[i + 1], samples[i + 2]) = ((byte)r, (byte)g, (byte)b);
            }
            return;
        }
        for (int i = 0; i + 5 < samples.Length; i += 6)
        {
            var pixel = samples.Slice(i, 6);
            int y = BinaryPrimitives.ReadUInt16LittleEndian(pixel), cb = BinaryPrimitives.ReadUInt16LittleEndian(pixel[2..]), cr = BinaryPrimitives.ReadUInt16LittleEndian(pixel[4..]);
            var (r, g, b) = isPartial ? PartialToRgb(y, cb, cr) : FullToRgb(y, cb, cr, bits);
            BinaryPrimitives.WriteUInt16LittleEndian(pixel, (ushort)r);
            BinaryPrimitives.WriteUInt16LittleEndian(pixel[2..], (ushort)g);
            BinaryPrimitives.WriteUInt16LittleEndian(pixel[4..], (ushort)b);
        }
    }
}
