using System.Buffers.Binary;
using System.Numerics;
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
    /// <param name="rows">For each component a row of at least the frame's columns.</param>
    public static void Read<T>(ReadOnlySpan<byte> samples, in FrameLayout layout, int y, T[][] rows)
        where T : unmanaged, IBinaryInteger<T>
    {
        int columns = layout.Columns, count = layout.SamplesPerPixel, bytes = layout.BytesPerSample;
        if (typeof(T) == typeof(byte) && bytes == 1 && count == 3 && !layout.IsPlanar && layout.BitsStored == 8)
        {
            Split(samples.Slice(y * columns * 3, columns * 3), (byte[])(object)rows[0], (byte[])(object)rows[1], (byte[])(object)rows[2]);
            return;
        }
        int mask = (1 << layout.BitsStored) - 1;
        for (int component = 0; component < count; component++)
        {
            int start = layout.IsPlanar ? (component * layout.Rows + y) * columns : y * columns * count + component;
            int step = layout.IsPlanar ? 1 : count;
            var source = samples[(start * bytes)..];
            var row = rows[component].AsSpan(0, columns);
            if (typeof(T) == typeof(byte) && bytes == 1 && step == 1 && layout.BitsStored == 8)
                source[..columns].CopyTo(MemoryMarshal.AsBytes(row));
            else if (bytes == 1)
                for (int x = 0; x < row.Length; x++) row[x] = T.CreateTruncating(source[x * step] & mask);
            else
                for (int x = 0; x < row.Length; x++) row[x] = T.CreateTruncating(BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * x * step)..]) & mask);
        }
    }

    /// <summary>RGB becomes YCbCr in place (JFIF 1.02), with the rounding of libjpeg.</summary>
    public static void ToYcc<T>(Span<T> first, Span<T> second, Span<T> third, int precision)
        where T : unmanaged, IBinaryInteger<T>
    {
        int x = 0, top = (1 << precision) - 1;
        if (typeof(T) == typeof(byte) && Avx2.IsSupported)
            x = ToYccAvx2(MemoryMarshal.AsBytes(first), MemoryMarshal.AsBytes(second), MemoryMarshal.AsBytes(third));
        int centre = (1 << (precision + 15)) + Half - 1;
        for (; x < first.Length; x++)
        {
            int r = int.CreateTruncating(first[x]), g = int.CreateTruncating(second[x]), b = int.CreateTruncating(third[x]);
            first[x] = T.CreateTruncating((YR * r + YG * g + YB * b + Half) >> 16);
            second[x] = T.CreateTruncating(Math.Min((Half * b - CbR * r - CbG * g + centre) >> 16, top));
            third[x] = T.CreateTruncating(Math.Min((Half * r - CrG * g - CrB * b + centre) >> 16, top));
        }
    }

    private static void Split(ReadOnlySpan<byte> pixels, Span<byte> first, Span<byte> second, Span<byte> third)
    {
        int count = pixels.Length / 3, x = Interleave.SplitThree(pixels, first, second, third);
        for (; x < count; x++)
        {
            first[x] = pixels[3 * x];
            second[x] = pixels[3 * x + 1];
            third[x] = pixels[3 * x + 2];
        }
    }

    /// <summary>Sixteen pixels at a time, in 32 bits: products of pairs (R, G) and (B, G).</summary>
    private static int ToYccAvx2(Span<byte> first, Span<byte> second, Span<byte> third)
    {
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
            var r = Avx2.ConvertToVector256Int16(Vector128.Create(first[x..]));
            var g = Avx2.ConvertToVector256Int16(Vector128.Create(second[x..]));
            var b = Avx2.ConvertToVector256Int16(Vector128.Create(third[x..]));
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
