using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>The inverse DCT (T.81 §A.3.3): from quantised coefficients to samples.</summary>
/// <remarks>
/// <para>The accurate integer transform of Loeffler, Ligtenberg and Moschytz that libjpeg calls "islow", with its scaling
/// and rounding: results equal those of libjpeg, libjpeg-turbo, DCMTK and GDCM bit for bit. Twelve multiplications of
/// neighbours in each direction: each output is written as one sum of products, so that the additions between them
/// vanish. That changes nothing, as all of it is exact in 32 bits.</para>
/// <para>Coefficients and quantisation tables lie in <see cref="BlockOrder"/>.</para>
/// </remarks>
internal static class InverseDct
{
    private const int ConstBits = 13;

    /// <summary>Writes 8 × 8 samples of 8 bits.</summary>
    public static void Transform(ReadOnlySpan<short> block, ReadOnlySpan<short> quantisation, Span<byte> target, int stride)
    {
        if (Avx2.IsSupported) TransformAvx2(block, quantisation, target, stride);
        else TransformAnywhere(block, quantisation, target, stride, 8);
    }

    /// <summary>Writes 8 × 8 samples of 12 bits. Here the second pass needs 32 bits.</summary>
    public static void Transform(ReadOnlySpan<short> block, ReadOnlySpan<short> quantisation, Span<ushort> target, int stride) =>
        TransformAnywhere(block, quantisation, target, stride, 12);

    /// <summary>The sample that all 64 are when the block has a DC coefficient only.</summary>
    public static int Flat(int coefficient, int quantisation, int precision)
    {
        int pass1Bits = precision == 8 ? 2 : 1;
        int value = (((short)(coefficient * quantisation) << pass1Bits) + (1 << (pass1Bits + 2))) >> (pass1Bits + 3);
        return Math.Clamp(value + (1 << (precision - 1)), 0, (1 << precision) - 1);
    }

    /// <summary>The portable one, for both precisions: eight columns at once, then eight rows.</summary>
    internal static void TransformAnywhere<T>(
        ReadOnlySpan<short> block, ReadOnlySpan<short> quantisation, Span<T> target, int stride, int precision)
        where T : unmanaged, IBinaryInteger<T>
    {
        int pass1Bits = precision == 8 ? 2 : 1;
        Span<int> work = stackalloc int[64];
        Span<Vector256<int>> rows = stackalloc Vector256<int>[8];
        for (int group = 0; group < 4; group++)
        {
            // Even words are one row, odd ones the other (BlockOrder).
            var pair = (Vector256.Create(block[(16 * group)..]) * Vector256.Create(quantisation[(16 * group)..])).AsInt32();
            var (first, second) = group switch { 0 => (0, 4), 1 => (2, 6), 2 => (1, 3), _ => (5, 7) };
            rows[first] = (pair << 16) >> 16;
            rows[second] = pair >> 16;
        }
        Pass(rows, ConstBits - pass1Bits);
        ReadOnlySpan<byte> columns = [0, 4, 2, 6, 1, 3, 5, 7];
        for (int y = 0; y < 8; y++)
            for (int i = 0; i < 8; i++)
                work[columns[i] * 8 + y] = rows[y].GetElement(i);
        for (int x = 0; x < 8; x++) rows[x] = Vector256.Create(work[(8 * x)..]);
        Pass(rows, ConstBits + pass1Bits + 3);
        var centre = Vector256.Create(1 << (precision - 1));
        var top = Vector256.Create((1 << precision) - 1);
        for (int x = 0; x < 8; x++)
        {
            var samples = Vector256.Min(Vector256.Max(rows[x] + centre, Vector256<int>.Zero), top);
            for (int y = 0; y < 8; y++) target[y * stride + x] = T.CreateTruncating(samples.GetElement(y));
        }
    }

    private static void Pass(Span<Vector256<int>> rows, int shift)
    {
        var round = Vector256.Create(1 << (shift - 1));
        var even2 = rows[2] * 4433 - rows[6] * 10704;
        var even3 = rows[2] * 10703 + rows[6] * 4433;
        var even0 = ((rows[0] + rows[4]) << ConstBits) + round;
        var even1 = ((rows[0] - rows[4]) << ConstBits) + round;
        var sum0 = even0 + even3;
        var sum3 = even0 - even3;
        var sum1 = even1 + even2;
        var sum2 = even1 - even2;
        var odd0 = rows[1] * 2260 - rows[3] * 6436 + rows[5] * 9633 - rows[7] * 11363;
        var odd1 = rows[1] * 6437 - rows[3] * 11362 + rows[5] * 2261 + rows[7] * 9633;
        var odd2 = rows[1] * 9633 - rows[3] * 2259 - rows[5] * 11362 - rows[7] * 6436;
        var odd3 = rows[1] * 11363 + rows[3] * 9633 + rows[5] * 6437 + rows[7] * 2260;
        rows[0] = (sum0 + odd3) >> shift;
        rows[7] = (sum0 - odd3) >> shift;
        rows[1] = (sum1 + odd2) >> shift;
        rows[6] = (sum1 - odd2) >> shift;
        rows[2] = (sum2 + odd1) >> shift;
        rows[5] = (sum2 - odd1) >> shift;
        rows[3] = (sum3 + odd0) >> shift;
        rows[4] = (sum3 - odd0) >> shift;
    }

    private static void TransformAvx2(ReadOnlySpan<short> block, ReadOnlySpan<short> quantisation, Span<byte> target, int stride)
    {
        block = block[..64];
        quantisation = quantisation[..64];
        var in04 = Vector256.Create(block) * Vector256.Create(quantisation);
        var in26 = Vector256.Create(block[16..]) * Vector256.Create(quantisation[16..]);
        var in13 = Vector256.Create(block[32..]) * Vector256.Create(quantisation[32..]);
        var in57 = Vector256.Create(block[48..]) * Vector256.Create(quantisation[48..]);

        PassAvx2(in04, in26, in13, in57, 11, out var r01, out var r23, out var r45, out var r67);

        // Each 32-bit word of r is now a pair of columns of one row: (0,4) (2,6) below, (1,3) (5,7) above.
        var a = Avx.Shuffle(r01.AsSingle(), r23.AsSingle(), 0x88);
        var b = Avx.Shuffle(r45.AsSingle(), r67.AsSingle(), 0x88);
        var c = Avx.Shuffle(r01.AsSingle(), r23.AsSingle(), 0xDD);
        var d = Avx.Shuffle(r45.AsSingle(), r67.AsSingle(), 0xDD);
        in04 = Avx.Permute2x128(a, b, 0x20).AsInt16();
        in13 = Avx.Permute2x128(a, b, 0x31).AsInt16();
        in26 = Avx.Permute2x128(c, d, 0x20).AsInt16();
        in57 = Avx.Permute2x128(c, d, 0x31).AsInt16();

        PassAvx2(in04, in26, in13, in57, 18, out var c01, out var c23, out var c45, out var c67);

        // Columns of 8 samples become rows: to bytes, four columns of a row together, then two times four.
        var left = Avx2.PackSignedSaturate(c01, c23);
        var right = Avx2.PackSignedSaturate(c45, c67);
        var toRows = Vector256.Create(
            (byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        var centre = Vector256.Create((byte)0x80);
        var leftRows = (Avx2.Shuffle(left.AsByte(), toRows) ^ centre).AsInt32();
        var rightRows = (Avx2.Shuffle(right.AsByte(), toRows) ^ centre).AsInt32();
        var rows0145 = Avx2.UnpackLow(leftRows, rightRows).AsUInt64();
        var rows2367 = Avx2.UnpackHigh(leftRows, rightRows).AsUInt64();
        BinaryPrimitives.WriteUInt64LittleEndian(target[(7 * stride)..], rows2367.GetElement(3));
        BinaryPrimitives.WriteUInt64LittleEndian(target, rows0145.GetElement(0));
        BinaryPrimitives.WriteUInt64LittleEndian(target[stride..], rows0145.GetElement(1));
        BinaryPrimitives.WriteUInt64LittleEndian(target[(2 * stride)..], rows2367.GetElement(0));
        BinaryPrimitives.WriteUInt64LittleEndian(target[(3 * stride)..], rows2367.GetElement(1));
        BinaryPrimitives.WriteUInt64LittleEndian(target[(4 * stride)..], rows0145.GetElement(2));
        BinaryPrimitives.WriteUInt64LittleEndian(target[(5 * stride)..], rows0145.GetElement(3));
        BinaryPrimitives.WriteUInt64LittleEndian(target[(6 * stride)..], rows2367.GetElement(2));
    }

    /// <summary>One direction: eight vectors of rows in as pairs, the same out as words of 16 bits, two rows in a
    /// vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PassAvx2(Vector256<short> in04, Vector256<short> in26, Vector256<short> in13, Vector256<short> in57,
        [ConstantExpected] int shift, out Vector256<short> r01, out Vector256<short> r23, out Vector256<short> r45, out Vector256<short> r67)
    {
        var round = Vector256.Create(1 << (shift - 1));
        var even0 = Avx2.MultiplyAddAdjacent(in04, Pair(8192, 8192)) + round;
        var even1 = Avx2.MultiplyAddAdjacent(in04, Pair(8192, -8192)) + round;
        var even2 = Avx2.MultiplyAddAdjacent(in26, Pair(4433, -10704));
        var even3 = Avx2.MultiplyAddAdjacent(in26, Pair(10703, 4433));
        var odd0 = Avx2.MultiplyAddAdjacent(in13, Pair(2260, -6436)) + Avx2.MultiplyAddAdjacent(in57, Pair(9633, -11363));
        var odd1 = Avx2.MultiplyAddAdjacent(in13, Pair(6437, -11362)) + Avx2.MultiplyAddAdjacent(in57, Pair(2261, 9633));
        var odd2 = Avx2.MultiplyAddAdjacent(in13, Pair(9633, -2259)) + Avx2.MultiplyAddAdjacent(in57, Pair(-11362, -6436));
        var odd3 = Avx2.MultiplyAddAdjacent(in13, Pair(11363, 9633)) + Avx2.MultiplyAddAdjacent(in57, Pair(6437, 2260));
        var sum0 = even0 + even3;
        var sum3 = even0 - even3;
        var sum1 = even1 + even2;
        var sum2 = even1 - even2;
        r01 = Avx2.PackSignedSaturate((sum0 + odd3) >> shift, (sum1 + odd2) >> shift);
        r23 = Avx2.PackSignedSaturate((sum2 + odd1) >> shift, (sum3 + odd0) >> shift);
        r45 = Avx2.PackSignedSaturate((sum3 - odd0) >> shift, (sum2 - odd1) >> shift);
        r67 = Avx2.PackSignedSaturate((sum1 - odd2) >> shift, (sum0 - odd3) >> shift);
    }

    /// <summary>Factors for the first and the second of each pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pair(short first, short second) =>
        Vector256.Create((ushort)first | (int)second << 16).AsInt16();
}
