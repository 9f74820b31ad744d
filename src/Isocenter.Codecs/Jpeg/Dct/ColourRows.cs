using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Reads rows of the caller's samples, a component each, and turns RGB into YCbCr where asked for.</summary>
internal static class ColourRows
{
    // Factors of JFIF in 16 bits.
    private const int YR = 19595, YG = 38470, YB = 7471, CbR = 11059, CbG = 21709, CrG = 27439, CrB = 5329, Half = 32768;

    /// <summary>Reads row <paramref name="y"/> of each component.</summary>
    /// <param name="samples">The frame.</param>
    /// <param name="layout">Its layout; 8 or 16 bits allocated.</param>
    /// <param name="y">The row.</param>
    /// <param name="rows">For each component where it goes.</param>
    /// <param name="start">From here on.</param>
    /// <param name="isConverted">Three components become YCbCr.</param>
    /// <param name="precision">Bits of a sample then.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read<T>(
        ReadOnlySpan<byte> samples, in FrameLayout layout, int y, T[][] rows, int start, bool isConverted, int precision)
        where T : unmanaged, IBinaryInteger<T>
    {
        int columns = layout.Columns, count = layout.SamplesPerPixel, bytes = layout.BytesPerSample;
        if (typeof(T) == typeof(byte) && bytes == 1 && count == 3 && !layout.IsPlanar && layout.BitsStored == 8)
        {
            var pixels = samples.Slice(y * columns * 3, columns * 3);
            Span<byte> first = ((byte[])(object)rows[0]).AsSpan(start, columns), second = ((byte[])(object)rows[1]).AsSpan(start, columns),
                third = ((byte[])(object)rows[2]).AsSpan(start, columns);
            int done = isConverted ? SplitToYcc(pixels, first, second, third) : Interleave.SplitThree(pixels, first, second, third);
            for (int x = done; x < columns; x++)
                (first[x], second[x], third[x]) = (pixels[3 * x], pixels[3 * x + 1], pixels[3 * x + 2]);
            if (isConverted) ToYcc(first[done..], second[done..], third[done..], precision);
            return;
        }
        int mask = (1 << layout.BitsStored) - 1;
        for (int component = 0; component < count; component++)
        {
            int from = layout.IsPlanar ? (component * layout.Rows + y) * columns : y * columns * count + component;
            int step = layout.IsPlanar ? 1 : count;
            var source = samples[(from * bytes)..];
            var row = rows[component].AsSpan(start, columns);
            if (typeof(T) == typeof(byte) && bytes == 1 && step == 1 && layout.BitsStored == 8)
                source[..columns].CopyTo(MemoryMarshal.AsBytes(row));
            else if (bytes == 1)
                for (int x = 0; x < row.Length; x++) row[x] = T.CreateTruncating(source[x * step] & mask);
            else
                for (int x = 0; x < row.Length; x++) row[x] = T.CreateTruncating(BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * x * step)..]) & mask);
        }
        if (isConverted)
            ToYcc(rows[0].AsSpan(start, columns), rows[1].AsSpan(start, columns), rows[2].AsSpan(start, columns), precision);
    }

    /// <summary>RGB becomes YCbCr in place (JFIF 1.02), with the rounding of libjpeg.</summary>
    public static void ToYcc<T>(Span<T> first, Span<T> second, Span<T> third, int precision)
        where T : unmanaged, IBinaryInteger<T>
    {
        int top = (1 << precision) - 1, centre = (1 << (precision + 15)) + Half - 1;
        for (int x = 0; x < first.Length; x++)
        {
            int r = int.CreateTruncating(first[x]), g = int.CreateTruncating(second[x]), b = int.CreateTruncating(third[x]);
            first[x] = T.CreateTruncating((YR * r + YG * g + YB * b + Half) >> 16);
            second[x] = T.CreateTruncating(Math.Min((Half * b - CbR * r - CbG * g + centre) >> 16, top));
            third[x] = T.CreateTruncating(Math.Min((Half * r - CrG * g - CrB * b + centre) >> 16, top));
        }
    }

    /// <summary>Both for RGB by pixel, sixteen at a time, in 32 bits: products of pairs (R, G) and (B, G).</summary>
    /// <returns>How many pixels that were.</returns>
    private static int SplitToYcc(ReadOnlySpan<byte> pixels, Span<byte> first, Span<byte> second, Span<byte> third)
    {
        if (!Avx2.IsSupported) return 0;
        int x = 0;
        // 38470 does not fit a signed word: the green part is taken in two.
        var yRg = Pair(YR, YG - 16384);
        var yBg = Pair(YB, 16384);
        var cbRg = Pair(-CbR, -CbG);
        var crBg = Pair(-CrB, -CrG);
        var half = Vector256.Create(Half);
        var centre = Vector256.Create((128 << 16) + Half - 1);
        for (; x <= first.Length - 16; x += 16)
        {
            var (red, green, blue) = Interleave.SplitThree(pixels.Slice(3 * x, 48));
            var r = Avx2.ConvertToVector256Int16(red);
            var g = Avx2.ConvertToVector256Int16(green);
            var b = Avx2.ConvertToVector256Int16(blue);
            var rgLow = Avx2.UnpackLow(r, g);
            var rgHigh = Avx2.UnpackHigh(r, g);
            var bgLow = Avx2.UnpackLow(b, g);
            var bgHigh = Avx2.UnpackHigh(b, g);
            var yLow = (Avx2.MultiplyAddAdjacent(rgLow, yRg) + Avx2.MultiplyAddAdjacent(bgLow, yBg) + half) >>> 16;
            var yHigh = (Avx2.MultiplyAddAdjacent(rgHigh, yRg) + Avx2.MultiplyAddAdjacent(bgHigh, yBg) + half) >>> 16;
            // The low word of a pair times 32768.
            var cbLow = (Avx2.MultiplyAddAdjacent(rgLow, cbRg) + ((bgLow.AsInt32() << 16) >>> 1) + centre) >>> 16;
            var cbHigh = (Avx2.MultiplyAddAdjacent(rgHigh, cbRg) + ((bgHigh.AsInt32() << 16) >>> 1) + centre) >>> 16;
            var crLow = (Avx2.MultiplyAddAdjacent(bgLow, crBg) + ((rgLow.AsInt32() << 16) >>> 1) + centre) >>> 16;
            var crHigh = (Avx2.MultiplyAddAdjacent(bgHigh, crBg) + ((rgHigh.AsInt32() << 16) >>> 1) + centre) >>> 16;
            Pack(yLow, yHigh).CopyTo(first[x..]);
            Pack(cbLow, cbHigh).CopyTo(second[x..]);
            Pack(crLow, crHigh).CopyTo(third[x..]);
        }
        return x;
    }

    /// <summary>Sixteen words of 32 bits, as unpacked, become bytes.</summary>
    private static Vector128<byte> Pack(Vector256<int> low, Vector256<int> high)
    {
        var words = Avx2.PackSignedSaturate(low, high);
        return Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());
    }

    private static Vector256<short> Pair(short first, short second) =>
        Vector256.Create((ushort)first | (int)second << 16).AsInt16();
}
