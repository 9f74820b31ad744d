using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The samples of the cleanup pass, from MagSgn (ISO/IEC 15444-15 §7.3.2, §7.3.7, §7.3.8).</summary>
/// <remarks>MagSgn has for each significant sample v = 2(μ - 1) + s in U bits, or one fewer where the VLC word tells the
/// highest. A row of quads whose bounds stay below 16 takes the narrow way: the four samples of a quad lie in four lanes of
/// 16 bits, spread there from one read by the bits each has. Else they take 32 bits each.</remarks>
internal static partial class HtCleanupDecoder
{
    /// <summary>Largest bound of the narrow way: magnitudes still fit 16 bits with their sign.</summary>
    private const uint NarrowLimit = 15;

    /// <summary>How coefficients are written.</summary>
    private interface IUnits
    {
        /// <summary>True for 2μ + 1, false for μ.</summary>
        static abstract bool Halves { get; }
    }

    private static bool TryDecodeSamples<TUnits>(
        int length, Span<int> coefficients, int stride, int width, int height, HtWorkspace workspace)
        where TUnits : struct, IUnits
    {
        int quadsPerRow = (width + 1) / 2;
        int quadStride = QuadStride(quadsPerRow);
        var bits = new ReadOnlySpan<byte>(workspace.MagSgn);
        var above = workspace.Above.AsSpan(0, 2 * quadStride + 8);
        var bounds = workspace.Bounds.AsSpan(0, quadStride);
        above.Clear();
        length += 8 * HtWorkspace.Padding;   // the end may have been cut off where it was all ones

        int position = 0;
        for (int y = 0; y < height; y += 2)
        {
            var quads = new ReadOnlySpan<uint>(workspace.Quads, y / 2 * quadStride, quadStride);
            uint largest = y == 0 ? FirstRowBounds(quads, bounds) : RowBounds(quads, above, bounds);
            if (largest > HtWorkspace.MaxExponent) return false;

            var upper = coefficients.Slice(y * stride, width);
            var lower = y + 1 < height
                ? coefficients.Slice((y + 1) * stride, width) : workspace.SpareRow.AsSpan(0, width);
            if (largest <= (TUnits.Halves ? NarrowLimit - 1 : NarrowLimit))
                NarrowRow<TUnits>(quads, bounds, bits, ref position, upper, lower, above);
            else
                WideRow<TUnits>(quads, bounds, bits, ref position, upper, lower, above);
            if (position > length) return false;
        }

        return true;
    }

    /// <summary>Bounds in the first row of quads: u + 1.</summary>
    /// <returns>The largest.</returns>
    private static uint FirstRowBounds(ReadOnlySpan<uint> quads, Span<uint> bounds)
    {
        uint largest = 0;
        for (int q = 0; q < quads.Length; q++)
        {
            bounds[q] = (quads[q] >> 16) + 1;
            largest = Math.Max(largest, bounds[q]);
        }

        return largest;
    }

    /// <summary>Bounds in every other row: u + κ, where κ is, for a quad of more than one significant sample, one less than
    /// the largest exponent of the four samples above it, from one column before to one behind (§7.3.7).</summary>
    /// <returns>The largest.</returns>
    private static uint RowBounds(ReadOnlySpan<uint> quads, ReadOnlySpan<uint> above, Span<uint> bounds)
    {
        var largest = Vector128<int>.One;
        for (int q = 0; q < quads.Length; q += 4)
        {
            // Joined by or, magnitudes keep the largest exponent. First across two columns, then the columns of a quad.
            var near = Vector128.Create(above.Slice(2 * q, 4)) | Vector128.Create(above.Slice(2 * q + 2, 4));
            var far = Vector128.Create(above.Slice(2 * q + 4, 4)) | Vector128.Create(above.Slice(2 * q + 6, 4));
            var joined = Vector128.Narrow(
                near.AsUInt64() | near.AsUInt64() >>> 32, far.AsUInt64() | far.AsUInt64() >>> 32);

            // The exponent of a float is the place of the highest bit; without the bit below it no rounding moves it.
            var exponent = (Vector128.ConvertToSingle((joined & ~(joined >>> 1)).AsInt32()).AsInt32() >>> 23)
                - Vector128.Create(127);

            var four = Vector128.Create(quads.Slice(q, 4));
            var samples = four & Vector128.Create(0xF0u);
            var single = Vector128.Equals(samples & (samples - Vector128.Create(0x10u)), Vector128<uint>.Zero).AsInt32();
            var kappa = Vector128.Max(exponent & ~single, Vector128<int>.One);
            var bound = (four >>> 16).AsInt32() + kappa;
            bound.AsUInt32().CopyTo(bounds.Slice(q, 4));
            largest = Vector128.Max(largest, bound);
        }

        return (uint)Math.Max(Math.Max(largest[0], largest[1]), Math.Max(largest[2], largest[3]));
    }

    /// <summary>A row of quads whose bounds do not exceed 15.</summary>
    private static void NarrowRow<TUnits>(
        ReadOnlySpan<uint> quads, ReadOnlySpan<uint> bounds, ReadOnlySpan<byte> bits, ref int position,
        Span<int> upper, Span<int> lower, Span<uint> above)
        where TUnits : struct, IUnits
    {
        // Samples of a quad lie column by column; the rows want the upper ones of both quads first, then the lower.
        var byRows = Vector128.Create(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15).AsByte();
        int at = position;
        for (int x = 0; x < upper.Length; x += 4)
        {
            int q = x / 2;
            var (v0, s0) = NarrowQuad(quads[q], (int)bounds[q], bits, ref at);
            var (v1, s1) = NarrowQuad(quads[q + 1], (int)bounds[q + 1], bits, ref at);

            var coded = Vector128.Shuffle(Vector128.Create(v0, v1).AsByte(), byRows).AsUInt16();
            var significant = Vector128.Shuffle(Vector128.Create(s0, s1).AsByte(), byRows).AsUInt16();
            var negative = -(coded & Vector128<ushort>.One).AsInt16();
            var magnitude = ((coded >>> 1) + significant).AsInt16();
            if (TUnits.Halves) magnitude = magnitude + magnitude + significant.AsInt16();
            var values = (magnitude ^ negative) - negative;

            Vector128.WidenUpper(coded).CopyTo(above[(x + 1)..]);
            var (high, low) = Vector128.Widen(values);
            Store(high, upper, x);
            Store(low, lower, x);
        }

        position = at;
    }

    /// <summary>The four samples of a quad, each v in a lane of 16 bits; and a 1 in each lane that is significant.</summary>
    private static (ulong Coded, ulong Significant) NarrowQuad(uint quad, int bound, ReadOnlySpan<byte> bits, ref int position)
    {
        ReadOnlySpan<ulong> lanes = HtVlcTables.Lanes16;
        ulong significant = lanes[(int)(quad >> 4 & 15)];
        ulong mask = (significant << bound) - significant - (lanes[(int)(quad >> 12 & 15)] << bound >> 1);
        ulong known = lanes[(int)(quad >> 8 & 15)] << bound >> 1;
        ulong coded = Spread(Read(bits, position), mask) | known;
        position += BitOperations.PopCount(mask);
        return (coded, significant);
    }

    /// <summary>A row of quads with larger bounds: lanes of 32 bits, two samples from a read.</summary>
    private static void WideRow<TUnits>(
        ReadOnlySpan<uint> quads, ReadOnlySpan<uint> bounds, ReadOnlySpan<byte> bits, ref int position,
        Span<int> upper, Span<int> lower, Span<uint> above)
        where TUnits : struct, IUnits
    {
        int at = position;
        for (int x = 0; x < upper.Length; x += 2)
        {
            uint quad = quads[x / 2];
            int bound = (int)bounds[x / 2];
            for (int column = 0; column < 2; column++)
            {
                ulong significant = Lanes32(quad >> (4 + 2 * column));
                ulong mask = (significant << bound) - significant - (Lanes32(quad >> (12 + 2 * column)) << bound >> 1);
                ulong known = Lanes32(quad >> (8 + 2 * column)) << bound >> 1;
                ulong coded = Spread(Read(bits, at), mask) | known;
                at += BitOperations.PopCount(mask);

                above[x + 1 + column] = (uint)(coded >> 32);
                if (x + column == upper.Length) break;
                upper[x + column] = Value<TUnits>((uint)coded, (uint)significant);
                lower[x + column] = Value<TUnits>((uint)(coded >> 32), (uint)(significant >> 32));
            }
        }

        position = at;
    }

    private static int Value<TUnits>(uint coded, uint significant)
        where TUnits : struct, IUnits
    {
        int magnitude = (int)((coded >> 1) + significant);
        if (TUnits.Halves) magnitude = 2 * magnitude + (int)significant;
        return (coded & 1) != 0 ? -magnitude : magnitude;
    }

    /// <summary>Two flags in two lanes of 32 bits.</summary>
    private static ulong Lanes32(uint flags) => flags & 1 | (ulong)(flags & 2) << 31;

    /// <summary>64 bits from <paramref name="position"/> on.</summary>
    private static ulong Read(ReadOnlySpan<byte> bits, int position)
    {
        var from = bits.Slice(position >> 3, 9);
        int shift = position & 7;
        return BinaryPrimitives.ReadUInt64LittleEndian(from) >> shift | (ulong)from[8] << 1 << (63 - shift);
    }

    /// <summary>Gives each set bit of <paramref name="mask"/> the next of <paramref name="bits"/>.</summary>
    private static ulong Spread(ulong bits, ulong mask)
    {
        if (Bmi2.X64.IsSupported) return Bmi2.X64.ParallelBitDeposit(bits, mask);
        ulong spread = 0;
        while (mask != 0)
        {
            // A lane at a time: its bits are together.
            int shift = BitOperations.TrailingZeroCount(mask);
            int length = BitOperations.TrailingZeroCount(~(mask >> shift));
            ulong lane = (1UL << length) - 1;
            spread |= (bits & lane) << shift;
            bits >>= length;
            mask &= ~(lane << shift);
        }

        return spread;
    }

    private static void Store(Vector128<int> values, Span<int> row, int x)
    {
        if (x + 4 <= row.Length)
        {
            values.CopyTo(row[x..]);
            return;
        }

        for (int n = 0; x + n < row.Length; n++) row[x + n] = values[n];
    }

    private readonly struct WholeUnits : IUnits
    {
        public static bool Halves => false;
    }

    private readonly struct HalfUnits : IUnits
    {
        public static bool Halves => true;
    }
}
