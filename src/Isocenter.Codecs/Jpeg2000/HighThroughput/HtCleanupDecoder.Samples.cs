using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The samples of the cleanup pass, from MagSgn (ISO/IEC 15444-15 §7.3.2, §7.3.7, §7.3.8).</summary>
/// <remarks>MagSgn has for each significant sample v = 2(μ - 1) + s in U bits, or one fewer where the VLC word tells the
/// highest. A row of quads whose bounds stay below 15 takes the narrow way: the four samples of a quad lie in four lanes of
/// 16 bits, put there from one read by the bits each has. Else they take 32 bits each.</remarks>
internal static partial class HtCleanupDecoder
{
    /// <summary>Largest bound of the narrow way: half units still fit 16 bits with their sign, a quad 57.</summary>
    private const int NarrowLimit = 14;

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
        int pairStride = PairStride((width + 1) / 2);
        var bits = new ReadOnlySpan<byte>(workspace.MagSgn);
        var above = workspace.Above.AsSpan(0, 4 * pairStride + 8);
        above.Clear();
        length += 8 * HtWorkspace.Padding;   // the end may have been cut off where it was all ones

        int position = 0;
        for (int y = 0; y < height; y += 2)
        {
            var pairs = workspace.Pairs.AsSpan(y / 2 * pairStride, pairStride);
            int largest = y == 0 ? SetFirstRowBounds(pairs) : SetRowBounds(pairs, above);
            if (largest > HtWorkspace.MaxExponent) return false;

            var upper = coefficients.Slice(y * stride, width);
            var lower = y + 1 < height
                ? coefficients.Slice((y + 1) * stride, width) : workspace.SpareRow.AsSpan(0, width);
            DecodeSampleRow<TUnits>(pairs, largest <= NarrowLimit, bits, ref position, upper, lower, above);
            if (position > length) return false;
        }

        return true;
    }

    /// <summary>Bounds in the first row of quads: u + 1.</summary>
    /// <returns>The largest.</returns>
    private static int SetFirstRowBounds(Span<ulong> pairs)
    {
        uint largest = 0;
        foreach (ref ulong pair in pairs)
        {
            pair += 0x0001_0000_0001_0000;
            largest = Math.Max(largest, Math.Max((uint)pair >> 16, (uint)(pair >> 48)));
        }

        return (int)largest;
    }

    /// <summary>Bounds in every other row: u + κ, where κ is, for a quad of more than one significant sample, one less than
    /// the largest exponent of the four samples above it, from one column before to one behind (§7.3.7).</summary>
    /// <returns>The largest.</returns>
    private static int SetRowBounds(Span<ulong> pairs, ReadOnlySpan<uint> above)
    {
        var quads = MemoryMarshal.Cast<ulong, uint>(pairs);
        var largest = Vector128<int>.One;
        for (int q = 0; q < quads.Length; q += 4)
        {
            // Joined by or, magnitudes keep the largest exponent. First across two columns, then the columns of a quad.
            var nine = above.Slice(2 * q + 3, 10);
            var near = Vector128.Create(nine[..4]) | Vector128.Create(nine[2..6]);
            var far = Vector128.Create(nine[4..8]) | Vector128.Create(nine[6..10]);
            var joined = Vector128.Narrow(
                near.AsUInt64() | near.AsUInt64() >>> 32, far.AsUInt64() | far.AsUInt64() >>> 32);

            // The exponent of a float is the place of the highest bit; without the bit below it no rounding moves it.
            var exponent = (Vector128.ConvertToSingle((joined & ~(joined >>> 1)).AsInt32()).AsInt32() >>> 23)
                - Vector128.Create(127);

            var four = Vector128.Create(quads.Slice(q, 4));
            var samples = four & Vector128.Create(0x0Fu);
            var single = Vector128.Equals(samples & (samples - Vector128<uint>.One), Vector128<uint>.Zero).AsInt32();
            var kappa = Vector128.Max(exponent & ~single, Vector128<int>.One);
            four += (kappa << 16).AsUInt32();
            four.CopyTo(quads.Slice(q, 4));
            largest = Vector128.Max(largest, (four >>> 16).AsInt32());
        }

        return Math.Max(Math.Max(largest[0], largest[1]), Math.Max(largest[2], largest[3]));
    }

    private static void DecodeSampleRow<TUnits>(
        ReadOnlySpan<ulong> pairs, bool isNarrow, ReadOnlySpan<byte> bits, ref int position, Span<int> upper,
        Span<int> lower, Span<uint> above)
        where TUnits : struct, IUnits
    {
        int whole = upper.Length / 4;
        var aboveFours = MemoryMarshal.Cast<uint, Vector128<uint>>(above[4..]);
        var upperFours = MemoryMarshal.Cast<int, Vector128<int>>(upper);
        var lowerFours = MemoryMarshal.Cast<int, Vector128<int>>(lower);
        if (isNarrow) NarrowRow<TUnits>(pairs[..whole], bits, ref position, upperFours, lowerFours, aboveFours);
        else WideRow<TUnits>(pairs[..whole], bits, ref position, upperFours, lowerFours, aboveFours);
        if (upper.Length == 4 * whole) return;

        Span<Vector128<int>> rest = stackalloc Vector128<int>[2];
        if (isNarrow)
            NarrowRow<TUnits>(pairs.Slice(whole, 1), bits, ref position, rest, rest[1..], aboveFours[whole..]);
        else
            WideRow<TUnits>(pairs.Slice(whole, 1), bits, ref position, rest, rest[1..], aboveFours[whole..]);
        for (int n = 0; 4 * whole + n < upper.Length; n++)
        {
            upper[4 * whole + n] = rest[0][n];
            lower[4 * whole + n] = rest[1][n];
        }
    }

    /// <summary>Pairs of quads whose bounds do not exceed <see cref="NarrowLimit"/>.</summary>
    private static void NarrowRow<TUnits>(
        ReadOnlySpan<ulong> pairs, ReadOnlySpan<byte> bits, ref int position, Span<Vector128<int>> upper,
        Span<Vector128<int>> lower, Span<Vector128<uint>> above)
        where TUnits : struct, IUnits
    {
        // Samples of a quad lie column by column; the rows want the upper ones of both quads first, then the lower.
        var byRows = Vector128.Create(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, (byte)15);
        ReadOnlySpan<ulong> lanes = HtVlcTables.Lanes16;
        int at = position;
        for (int i = 0; i < pairs.Length; i++)
        {
            uint quad = (uint)pairs[i];
            int bound = (int)(quad >> 16);
            ulong firstLanes = lanes[(int)(quad & 15)];
            ulong known = lanes[(int)(quad >> 4 & 15)] << bound >> 1;
            ulong mask = (firstLanes << bound) - firstLanes - (lanes[(int)(quad >> 8 & 15)] << bound >> 1);
            ulong first = Spread(ReadNarrow(bits, at), mask) | known;
            at += BitOperations.PopCount(mask);

            quad = (uint)(pairs[i] >> 32);
            bound = (int)(quad >> 16);
            ulong secondLanes = lanes[(int)(quad & 15)];
            known = lanes[(int)(quad >> 4 & 15)] << bound >> 1;
            mask = (secondLanes << bound) - secondLanes - (lanes[(int)(quad >> 8 & 15)] << bound >> 1);
            ulong second = Spread(ReadNarrow(bits, at), mask) | known;
            at += BitOperations.PopCount(mask);

            var coded = Vector128.Shuffle(Vector128.Create(first, second).AsByte(), byRows).AsInt16();
            var significant = Vector128.Shuffle(Vector128.Create(firstLanes, secondLanes).AsByte(), byRows).AsInt16();
            var negative = -(coded & Vector128<short>.One);
            var magnitude = (coded >>> 1) + significant;
            if (TUnits.Halves) magnitude += magnitude + significant;
            var values = (magnitude ^ negative) - negative;

            above[i] = Vector128.WidenUpper(coded.AsUInt16());
            upper[i] = Vector128.WidenLower(values);
            lower[i] = Vector128.WidenUpper(values);
        }

        position = at;
    }

    /// <summary>Pairs of quads with larger bounds: lanes of 32 bits, two samples from a read.</summary>
    private static void WideRow<TUnits>(
        ReadOnlySpan<ulong> pairs, ReadOnlySpan<byte> bits, ref int position, Span<Vector128<int>> upper,
        Span<Vector128<int>> lower, Span<Vector128<uint>> above)
        where TUnits : struct, IUnits
    {
        // By column: the coded samples, and a 1 for each that is significant; upper sample low, lower sample high.
        Span<ulong> coded = stackalloc ulong[4], significant = stackalloc ulong[4];
        int at = position;
        for (int i = 0; i < pairs.Length; i++)
        {
            for (int column = 0; column < 4; column++)
            {
                uint quad = (uint)(pairs[i] >> (column & 2) * 16);
                int bound = (int)(quad >> 16);
                quad >>= (column & 1) * 2;
                ulong mine = Lanes32(quad);
                ulong mask = (mine << bound) - mine - (Lanes32(quad >> 8) << bound >> 1);
                significant[column] = mine;
                coded[column] = Spread(ReadWide(bits, at), mask) | Lanes32(quad >> 4) << bound >> 1;
                at += BitOperations.PopCount(mask);
            }

            upper[i] = Values<TUnits>(Lows(coded), Lows(significant));
            above[i] = Highs(coded);
            lower[i] = Values<TUnits>(above[i], Highs(significant));
        }

        position = at;
    }

    private static Vector128<int> Values<TUnits>(Vector128<uint> coded, Vector128<uint> significant)
        where TUnits : struct, IUnits
    {
        var negative = -(coded & Vector128<uint>.One).AsInt32();
        var magnitude = ((coded >>> 1) + significant).AsInt32();
        if (TUnits.Halves) magnitude += magnitude + significant.AsInt32();
        return (magnitude ^ negative) - negative;
    }

    private static Vector128<uint> Lows(ReadOnlySpan<ulong> columns) =>
        Vector128.Narrow(Vector128.Create(columns[..2]), Vector128.Create(columns[2..]));

    private static Vector128<uint> Highs(ReadOnlySpan<ulong> columns) =>
        Vector128.Narrow(Vector128.Create(columns[..2]) >>> 32, Vector128.Create(columns[2..]) >>> 32);

    /// <summary>Two flags in two lanes of 32 bits.</summary>
    private static ulong Lanes32(uint flags) => flags & 1 | (ulong)(flags & 2) << 31;

    /// <summary>At least 57 bits from <paramref name="position"/> on: what a quad of the narrow way needs at most is 56.
    /// </summary>
    private static ulong ReadNarrow(ReadOnlySpan<byte> bits, int position) =>
        BinaryPrimitives.ReadUInt64LittleEndian(bits[(position >> 3)..]) >> (position & 7);

    /// <summary>64 bits from <paramref name="position"/> on.</summary>
    private static ulong ReadWide(ReadOnlySpan<byte> bits, int position)
    {
        var from = bits.Slice(position >> 3, 9);
        int shift = position & 7;
        return BinaryPrimitives.ReadUInt64LittleEndian(from) >> shift | (ulong)from[8] << 1 << (63 - shift);
    }

    /// <summary>Gives each set bit of <paramref name="mask"/> the next of <paramref name="bits"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spread(ulong bits, ulong mask) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitDeposit(bits, mask) : SpreadByLane(bits, mask);

    private static ulong SpreadByLane(ulong bits, ulong mask)
    {
        ulong spread = 0;
        while (mask != 0)
        {
            // The bits of a lane are together.
            int shift = BitOperations.TrailingZeroCount(mask);
            int length = BitOperations.TrailingZeroCount(~(mask >> shift));
            ulong lane = (1UL << length) - 1;
            spread |= (bits & lane) << shift;
            bits >>= length;
            mask &= ~(lane << shift);
        }

        return spread;
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
