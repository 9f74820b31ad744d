using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>The forward DCT and the quantisation (T.81 §A.3.3, §A.3.4): from samples to coefficients in
/// <see cref="ForwardOrder"/>.</summary>
/// <remarks>The accurate integer transform of libjpeg ("islow"), rows before columns and with its rounding, so that the
/// coefficients equal those that cjpeg writes.</remarks>
internal static class ForwardDct
{
    private const int ConstBits = 13;

    /// <summary>Transforms and quantises 8 × 8 samples of 8 bits.</summary>
    public static void Transform(ReadOnlySpan<byte> samples, int stride, Quantiser quantiser, Span<short> block)
    {
        if (Avx2.IsSupported) TransformAvx2(samples, stride, quantiser, block);
        else TransformAnywhere(samples, stride, quantiser, block, 8);
    }

    /// <summary>Transforms and quantises 8 × 8 samples of 12 bits.</summary>
    public static void Transform(ReadOnlySpan<ushort> samples, int stride, Quantiser quantiser, Span<short> block) =>
        TransformAnywhere(samples, stride, quantiser, block, 12);

    /// <summary>The portable one, for both precisions.</summary>
    internal static void TransformAnywhere<T>(ReadOnlySpan<T> samples, int stride, Quantiser quantiser, Span<short> block, int precision)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        int pass1Bits = precision == 8 ? 2 : 1, centre = 1 << (precision - 1);
        Span<int> work = stackalloc int[64];
        for (int y = 0; y < 8; y++)
        {
            var line = samples.Slice(y * stride, 8);
            for (int x = 0; x < 8; x++) work[8 * x + y] = int.CreateTruncating(line[x]) - centre;
        }
        Span<Vector256<int>> lanes = stackalloc Vector256<int>[8];
        for (int x = 0; x < 8; x++) lanes[x] = Vector256.Create(work[(8 * x)..]);
        Pass(lanes, ConstBits - pass1Bits);
        // Sums without a factor are as exact when they are shifted before as after.
        for (int u = 0; u < 8; u++)
            for (int y = 0; y < 8; y++)
                work[8 * y + u] = lanes[u].GetElement(y);
        for (int y = 0; y < 8; y++) lanes[y] = Vector256.Create(work[(8 * y)..]);
        Pass(lanes, ConstBits + pass1Bits);
        for (int v = 0; v < 8; v++) lanes[v].CopyTo(work[(8 * v)..]);
        quantiser.Quantise(work, block);
    }

    /// <summary>One direction. The result is <paramref name="shift"/> bits less than the sum of products of 13 bits.</summary>
    private static void Pass(Span<Vector256<int>> d, int shift)
    {
        var round = Vector256.Create(1 << (shift - 1));
        Vector256<int> t0 = d[0] + d[7], t7 = d[0] - d[7], t1 = d[1] + d[6], t6 = d[1] - d[6];
        Vector256<int> t2 = d[2] + d[5], t5 = d[2] - d[5], t3 = d[3] + d[4], t4 = d[3] - d[4];
        Vector256<int> t10 = t0 + t3, t13 = t0 - t3, t11 = t1 + t2, t12 = t1 - t2;
        d[0] = (((t10 + t11) << ConstBits) + round) >> shift;
        d[4] = (((t10 - t11) << ConstBits) + round) >> shift;
        d[2] = (t13 * 10703 + t12 * 4433 + round) >> shift;
        d[6] = (t13 * 4433 - t12 * 10704 + round) >> shift;
        d[7] = (t5 * 9633 - t4 * 11363 - t6 * 6436 + t7 * 2260 + round) >> shift;
        d[5] = (t4 * 9633 + t5 * 2261 - t6 * 11362 + t7 * 6437 + round) >> shift;
        d[3] = (t7 * 9633 - t4 * 6436 - t5 * 11362 - t6 * 2259 + round) >> shift;
        d[1] = (t4 * 2260 + t5 * 6437 + t6 * 9633 + t7 * 11363 + round) >> shift;
    }

    // Vector code is not compiled ahead of time: without this, the first pictures of a process would go through it unoptimised.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformAvx2(ReadOnlySpan<byte> samples, int stride, Quantiser quantiser, Span<short> block)
    {
        // 8 × 8 bytes become columns: pairs of rows, of pairs, of those.
        var r01 = Sse2.UnpackLow(Load(samples, 0), Load(samples, stride));
        var r23 = Sse2.UnpackLow(Load(samples, 2 * stride), Load(samples, 3 * stride));
        var r45 = Sse2.UnpackLow(Load(samples, 4 * stride), Load(samples, 5 * stride));
        var r67 = Sse2.UnpackLow(Load(samples, 6 * stride), Load(samples, 7 * stride));
        var upperLeft = Sse2.UnpackLow(r01.AsUInt16(), r23.AsUInt16()).AsUInt32();
        var upperRight = Sse2.UnpackHigh(r01.AsUInt16(), r23.AsUInt16()).AsUInt32();
        var lowerLeft = Sse2.UnpackLow(r45.AsUInt16(), r67.AsUInt16()).AsUInt32();
        var lowerRight = Sse2.UnpackHigh(r45.AsUInt16(), r67.AsUInt16()).AsUInt32();
        var c01 = Avx2.ConvertToVector256Int16(Sse2.UnpackLow(upperLeft, lowerLeft).AsByte());
        var c32 = Avx2.ConvertToVector256Int16(Sse2.Shuffle(Sse2.UnpackHigh(upperLeft, lowerLeft), 0x4E).AsByte());
        var c45 = Avx2.ConvertToVector256Int16(Sse2.UnpackLow(upperRight, lowerRight).AsByte());
        var c76 = Avx2.ConvertToVector256Int16(Sse2.Shuffle(Sse2.UnpackHigh(upperRight, lowerRight), 0x4E).AsByte());

        // Rows. What is subtracted to centre the samples cancels out but in the sum of all.
        var t01 = c01 + c76;
        var t76 = Interleave(c01 - c76);
        var t32 = c32 + c45;
        var t45 = Interleave(c45 - c32);
        var t10t11 = Interleave(t01 + t32);
        var t13t12 = Interleave(t01 - t32);
        var round = Vector256.Create(1 << 10);
        var o0 = Avx2.MultiplyAddAdjacent(t10t11, Pair(4, 4)) - Vector256.Create(8 * 128 * 4);
        var o4 = Avx2.MultiplyAddAdjacent(t10t11, Pair(4, -4));
        var o2 = (Avx2.MultiplyAddAdjacent(t13t12, Pair(10703, 4433)) + round) >> 11;
        var o6 = (Avx2.MultiplyAddAdjacent(t13t12, Pair(4433, -10704)) + round) >> 11;
        // t45 has the signs turned: 4 − 3 and 5 − 2.
        var o7 = (Avx2.MultiplyAddAdjacent(t76, Pair(2260, -6436)) + Avx2.MultiplyAddAdjacent(t45, Pair(11363, -9633)) + round) >> 11;
        var o5 = (Avx2.MultiplyAddAdjacent(t76, Pair(6437, -11362)) + Avx2.MultiplyAddAdjacent(t45, Pair(-9633, -2261)) + round) >> 11;
        var o3 = (Avx2.MultiplyAddAdjacent(t76, Pair(9633, -2259)) + Avx2.MultiplyAddAdjacent(t45, Pair(6436, 11362)) + round) >> 11;
        var o1 = (Avx2.MultiplyAddAdjacent(t76, Pair(11363, 9633)) + Avx2.MultiplyAddAdjacent(t45, Pair(-2260, -6437)) + round) >> 11;

        // Columns of frequencies become rows, each 0 2 1 3 4 6 5 7; row y beside row y + 4.
        var p01 = Avx2.PackSignedSaturate(o0, o1);
        var p23 = Avx2.PackSignedSaturate(o2, o3);
        var p45 = Avx2.PackSignedSaturate(o4, o5);
        var p67 = Avx2.PackSignedSaturate(o6, o7);
        var even = Avx2.UnpackLow(p01, p23).AsInt32();
        var odd = Avx2.UnpackHigh(p01, p23).AsInt32();
        var evenHigh = Avx2.UnpackLow(p45, p67).AsInt32();
        var oddHigh = Avx2.UnpackHigh(p45, p67).AsInt32();
        var low01 = Avx2.UnpackLow(even, odd).AsInt64();
        var low23 = Avx2.UnpackHigh(even, odd).AsInt64();
        var high01 = Avx2.UnpackLow(evenHigh, oddHigh).AsInt64();
        var high23 = Avx2.UnpackHigh(evenHigh, oddHigh).AsInt64();
        var d04 = Avx2.UnpackLow(low01, high01).AsInt16();
        var d15 = Avx2.UnpackHigh(low01, high01).AsInt16();
        var d62 = Swap(Avx2.UnpackLow(low23, high23)).AsInt16();
        var d73 = Swap(Avx2.UnpackHigh(low23, high23)).AsInt16();

        // Columns.
        var t03 = Interleave(d04 + d73);
        var t7m4 = Interleave(d04 - d73);
        var t12 = Interleave(d15 + d62);
        var t6m5 = Interleave(d15 - d62);
        var sum03 = Avx2.MultiplyAddAdjacent(t03, Pair(1, 1)) + Vector256.Create(2);
        var sum12 = Avx2.MultiplyAddAdjacent(t12, Pair(1, 1));
        round = Vector256.Create(1 << 14);
        o0 = (sum03 + sum12) >> 2;
        o4 = (sum03 - sum12) >> 2;
        o2 = (Avx2.MultiplyAddAdjacent(t03, Pair(10703, -10703)) + Avx2.MultiplyAddAdjacent(t12, Pair(4433, -4433)) + round) >> 15;
        o6 = (Avx2.MultiplyAddAdjacent(t03, Pair(4433, -4433)) + Avx2.MultiplyAddAdjacent(t12, Pair(-10704, 10704)) + round) >> 15;
        o7 = (Avx2.MultiplyAddAdjacent(t7m4, Pair(2260, 11363)) + Avx2.MultiplyAddAdjacent(t6m5, Pair(-6436, -9633)) + round) >> 15;
        o5 = (Avx2.MultiplyAddAdjacent(t7m4, Pair(6437, -9633)) + Avx2.MultiplyAddAdjacent(t6m5, Pair(-11362, -2261)) + round) >> 15;
        o3 = (Avx2.MultiplyAddAdjacent(t7m4, Pair(9633, 6436)) + Avx2.MultiplyAddAdjacent(t6m5, Pair(-2259, 11362)) + round) >> 15;
        o1 = (Avx2.MultiplyAddAdjacent(t7m4, Pair(11363, -2260)) + Avx2.MultiplyAddAdjacent(t6m5, Pair(9633, -6437)) + round) >> 15;

        block = block[..64];
        quantiser.Quantise(Avx2.PackSignedSaturate(o0, o1), 0).CopyTo(block);
        quantiser.Quantise(Avx2.PackSignedSaturate(o2, o3), 1).CopyTo(block[16..]);
        quantiser.Quantise(Avx2.PackSignedSaturate(o4, o5), 2).CopyTo(block[32..]);
        quantiser.Quantise(Avx2.PackSignedSaturate(o6, o7), 3).CopyTo(block[48..]);
    }

    private static Vector128<byte> Load(ReadOnlySpan<byte> samples, int offset) =>
        Vector128.CreateScalarUnsafe(System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(samples[offset..])).AsByte();

    /// <summary>The words of the lower half alternate with those of the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Interleave(Vector256<short> halves)
    {
        var mixed = Avx2.Permute4x64(halves.AsInt64(), 0xD8).AsByte();
        var order = Vector256.Create(
            (byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15, 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
        return Avx2.Shuffle(mixed, order).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Swap(Vector256<long> halves) => Avx2.Permute4x64(halves, 0x4E);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pair([ConstantExpected] short first, [ConstantExpected] short second) =>
        Vector256.Create((ushort)first | (int)second << 16).AsInt16();
}
