using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>Encodes one code block with the HT cleanup pass: one HT set, all bit planes at once (ISO/IEC 15444-15 §7.3,
/// read as an encoder must).</summary>
internal static class HtBlockEncoder
{
    /// <summary>Largest bound U of a quad whose four samples are written together.</summary>
    private const int NarrowLimit = 14;

    private interface IRow
    {
        /// <summary>True for the first row of quads: its own tables, and no row above.</summary>
        static abstract bool IsFirst { get; }
    }

    /// <summary>Bytes a code block never exceeds: 31 bits a sample, stuffing, and the longest MEL and VLC.</summary>
    internal static int MaxLength(int width, int height) =>
        ((width + 3) & ~3) * ((height + 1) & ~1) * 31 / 7 + HtWorkspace.MaxScup + 64;

    /// <summary>Encodes coefficients down to their lowest bit plane.</summary>
    /// <param name="coefficients">Two's complement, magnitudes below 2^30, rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">From one row to the next, in elements.</param>
    /// <param name="width">Columns, 1 to 1024.</param>
    /// <param name="height">Rows, 1 to 1024; at most 4096 samples.</param>
    /// <param name="segment">Receives the cleanup segment; <see cref="MaxLength"/> bytes long.</param>
    /// <param name="workspace">Memory to work in; holds nothing afterwards.</param>
    /// <returns>Bytes written; 0 when all coefficients are 0 and the block needs no pass.</returns>
    internal static int Encode(
        ReadOnlySpan<int> coefficients, int stride, int width, int height, Span<byte> segment, HtEncoderWorkspace workspace)
    {
        var magSgn = new BitSink(workspace.MagSgn);
        var vlc = new BitSink(workspace.Vlc);
        vlc.Write(0x0F, 4);   // their place will be Scup's
        var mel = new MelEncoder(workspace.Mel);

        int padded = (width + 3) & ~3;
        var above = workspace.FirstMagnitudes.AsSpan(0, padded + 4);
        var current = workspace.SecondMagnitudes.AsSpan(0, padded + 4);
        above.Clear();
        current.Clear();
        uint any = 0;
        for (int y = 0; y < height; y += 2)
        {
            var upper = Padded(coefficients.Slice(y * stride, width), workspace.UpperRow);
            var lower = Padded(
                y + 1 < height ? coefficients.Slice((y + 1) * stride, width) : workspace.Zeroes.AsSpan(0, width),
                workspace.LowerRow);
            any |= y == 0
                ? EncodeRow<FirstRow>(upper, lower, (width + 1) / 2, above, current, ref magSgn, ref vlc, ref mel)
                : EncodeRow<OtherRow>(upper, lower, (width + 1) / 2, above, current, ref magSgn, ref vlc, ref mel);
            var swap = above;
            above = current;
            current = swap;
        }

        return any == 0 ? 0 : HtSegmentWriter.Write(segment, ref magSgn, ref vlc, ref mel);
    }

    private static ReadOnlySpan<int> Padded(ReadOnlySpan<int> row, int[] spare)
    {
        if ((row.Length & 3) == 0) return row;
        row.CopyTo(spare);
        spare.AsSpan(row.Length, 3).Clear();
        return spare.AsSpan(0, (row.Length + 3) & ~3);
    }

    /// <summary>Codes a row of quads, a pair at a time.</summary>
    /// <param name="upper">The upper samples, padded to a multiple of four.</param>
    /// <param name="lower">The lower samples.</param>
    /// <param name="quads">Quads of the row; a last pair may have but one.</param>
    /// <param name="above">2μ - 1 of the samples above from column -1 on, 0 where not significant.</param>
    /// <param name="current">Receives the same of the lower samples.</param>
    /// <param name="magSgnSink">Takes magnitudes and signs.</param>
    /// <param name="vlcSink">Takes the code words.</param>
    /// <param name="melSink">Takes the events.</param>
    /// <returns>Not 0 when a sample is significant.</returns>
    private static uint EncodeRow<TRow>(
        ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int quads, ReadOnlySpan<uint> above, Span<uint> current,
        ref BitSink magSgnSink, ref BitSink vlcSink, ref MelEncoder melSink)
        where TRow : struct, IRow
    {
        ReadOnlySpan<ushort> words = TRow.IsFirst ? HtVlcTables.FirstRowEncoding : HtVlcTables.OtherRowEncoding;
        ReadOnlySpan<ulong> lanes = HtVlcTables.Lanes16;
        var magSgn = magSgnSink;
        var vlc = vlcSink;
        uint any = 0, left = 0;
        for (int x = 0; x < upper.Length; x += 4)
        {
            // As 2μ - 1, whose highest bit is the exponent; and as v = 2(μ - 1) + s, the same but for its lowest bit.
            var top = Vector128.Create(upper.Slice(x, 4));
            var bottom = Vector128.Create(lower.Slice(x, 4));
            var topMagnitude = DoubledMagnitude(top);
            var bottomMagnitude = DoubledMagnitude(bottom);
            bottomMagnitude.CopyTo(current[(x + 1)..]);
            var topCoded = topMagnitude & ~Vector128<uint>.One | top.AsUInt32() >>> 31;
            var bottomCoded = bottomMagnitude & ~Vector128<uint>.One | bottom.AsUInt32() >>> 31;

            // Of the row above: what lies left of both quads, between them, and right of both.
            uint near = 0, middle = 0, far = 0;
            if (!TRow.IsFirst)
            {
                var six = above.Slice(x, 6);
                near = six[0] | six[1];
                middle = six[2] | six[3];
                far = six[4] | six[5];
            }

            var first = new Quad(Low(topMagnitude, bottomMagnitude), TRow.IsFirst ? 2 : near | middle | 2);
            uint context = TRow.IsFirst ? left >> 1 | left & 1 : Context(left, near, middle);
            uint word = words[(int)(context << 8 | first.Significance << 4 | first.Largest)];
            if (context == 0) melSink.Write(first.Significance != 0);
            uint pending = word >> 7;
            int length = (int)word >> 4 & 7;

            var second = new Quad(High(topMagnitude, bottomMagnitude), TRow.IsFirst ? 2 : middle | far | 2);
            uint secondWord = 0;
            if (x / 2 + 1 < quads)
            {
                context = TRow.IsFirst
                    ? first.Significance >> 1 | first.Significance & 1 : Context(first.Significance, middle, far);
                secondWord = words[(int)(context << 8 | second.Significance << 4 | second.Largest)];
                if (context == 0) melSink.Write(second.Significance != 0);
                pending |= secondWord >> 7 << length;
                length += (int)secondWord >> 4 & 7;
            }

            left = second.Significance;
            any |= first.Significance | left;
            if ((first.Residual | second.Residual) != 0)
            {
                uint residuals = Residuals<TRow>(first.Residual, second.Residual, ref melSink);
                pending |= (residuals & 0xFFFFFF) << length;
                length += (int)(residuals >> 24);
            }

            vlc.Write(pending, length);
            if (Math.Max(first.Bound, second.Bound) <= NarrowLimit)
            {
                var coded = Vector128.Narrow(Low(topCoded, bottomCoded), High(topCoded, bottomCoded)).AsUInt64();
                ulong mask = Mask(lanes, first.Significance, first.Bound, word & 15);
                magSgn.Write(Gather(coded[0], mask), BitOperations.PopCount(mask));
                mask = Mask(lanes, second.Significance, second.Bound, secondWord & 15);
                magSgn.Write(Gather(coded[1], mask), BitOperations.PopCount(mask));
            }
            else
            {
                WriteWide(Low(topCoded, bottomCoded), first, word & 15, ref magSgn);
                WriteWide(High(topCoded, bottomCoded), second, secondWord & 15, ref magSgn);
            }
        }

        magSgnSink = magSgn;
        vlcSink = vlc;
        return any;
    }

    /// <summary>The context in other than the first row (equation 2).</summary>
    private static uint Context(uint left, uint nearAbove, uint farAbove) =>
        (nearAbove != 0 ? 1u : 0) | (left > 3 ? 2u : 0) | (farAbove != 0 ? 4u : 0);

    private static Vector128<uint> DoubledMagnitude(Vector128<int> samples)
    {
        var magnitude = Vector128.Abs(samples);
        return Vector128.Max(magnitude + magnitude - Vector128<int>.One, Vector128<int>.Zero).AsUInt32();
    }

    /// <summary>The samples of the first quad of a pair, column by column.</summary>
    private static Vector128<uint> Low(Vector128<uint> top, Vector128<uint> bottom) => Sse2.IsSupported
        ? Sse2.UnpackLow(top, bottom)
        : (Vector128.WidenLower(top) | Vector128.WidenLower(bottom) << 32).AsUInt32();

    /// <summary>The samples of the second quad of a pair, column by column.</summary>
    private static Vector128<uint> High(Vector128<uint> top, Vector128<uint> bottom) => Sse2.IsSupported
        ? Sse2.UnpackHigh(top, bottom)
        : (Vector128.WidenUpper(top) | Vector128.WidenUpper(bottom) << 32).AsUInt32();

    /// <summary>In lanes of 16 bits, the bits of v that MagSgn takes: U of them, one fewer where the code word has told the
    /// highest.</summary>
    private static ulong Mask(ReadOnlySpan<ulong> lanes, uint significance, int bound, uint known) =>
        (lanes[(int)significance] << bound) - lanes[(int)significance] - (lanes[(int)known] << bound >> 1);

    /// <summary>Puts together the bits that <paramref name="mask"/> selects.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Gather(ulong coded, ulong mask) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitExtract(coded, mask) : GatherByLane(coded, mask);

    private static ulong GatherByLane(ulong coded, ulong mask)
    {
        ulong gathered = 0;
        for (int position = 0; mask != 0;)
        {
            // The bits of a lane are together.
            int shift = BitOperations.TrailingZeroCount(mask);
            int length = BitOperations.TrailingZeroCount(~(mask >> shift));
            ulong lane = (1UL << length) - 1;
            gathered |= (coded >> shift & lane) << position;
            position += length;
            mask &= ~(lane << shift);
        }

        return gathered;
    }

    private static void WriteWide(Vector128<uint> coded, Quad quad, uint known, ref BitSink magSgn)
    {
        for (int n = 0; n < 4; n++)
        {
            if ((quad.Significance >> n & 1) == 0) continue;
            int length = quad.Bound - (int)(known >> n & 1);
            magSgn.Write(coded[n] & (1UL << length) - 1, length);
        }
    }

    /// <summary>Codes u of both quads: prefix and prefix, suffix and suffix (§7.3.6). At most 16 bits, above 24 their
    /// number.</summary>
    private static uint Residuals<TRow>(int first, int second, ref MelEncoder mel)
        where TRow : struct, IRow
    {
        ReadOnlySpan<ushort> codes = HtVlcTables.ResidualEncoding;
        uint next = codes[second];
        if (TRow.IsFirst && first > 0 && second > 0)
        {
            bool large = first > 2 && second > 2;
            mel.Write(large);
            if (large)
            {
                first -= 2;
                next = codes[second - 2];
            }
            else if (first > 2)
            {
                next = (uint)(second - 1 | 1 << 3);   // it can only be 1 or 2
            }
        }

        uint code = codes[first];
        int length = (int)code >> 3 & 3;
        uint bits = code & 7 | (next & 7) << length;
        length += (int)next >> 3 & 3;
        bits |= (code >> 5 & 31) << length;
        length += (int)code >> 10;
        bits |= (next >> 5 & 31) << length;
        length += (int)next >> 10;
        return bits | (uint)length << 24;
    }

    /// <summary>What the codes of a quad depend on.</summary>
    private readonly struct Quad
    {
        /// <summary>Measures a quad.</summary>
        /// <param name="magnitudes">2μ - 1 of its samples, 0 where not significant.</param>
        /// <param name="above">Those of the four samples above it, joined by or; at least 2.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Quad(Vector128<uint> magnitudes, uint above)
        {
            Significance = ~Vector128.Equals(magnitudes, Vector128<uint>.Zero).ExtractMostSignificantBits() & 15;
            var halves = magnitudes.AsUInt64();
            ulong joined = halves[0] | halves[1];
            int exponent = BitOperations.Log2((uint)(joined | joined >> 32) << 1 | 1);

            // κ is 1, but where several are significant the exponents above say how large they may be expected.
            int kappa = (Significance & (Significance - 1)) != 0 ? BitOperations.Log2(above) : 1;
            Bound = Math.Max(exponent, kappa);
            Residual = Bound - kappa;
            if (Residual == 0) return;
            Largest = Vector128.GreaterThan(magnitudes.AsInt32(), Vector128.Create((int)(1u << exponent >> 1) - 1))
                .ExtractMostSignificantBits();
        }

        /// <summary>rho: the significant samples.</summary>
        internal readonly uint Significance;

        /// <summary>The samples whose exponent is U; none when u is 0.</summary>
        internal readonly uint Largest;

        /// <summary>U: no exponent exceeds it.</summary>
        internal readonly int Bound;

        /// <summary>u: by how much U exceeds its prediction.</summary>
        internal readonly int Residual;
    }

    private readonly struct FirstRow : IRow
    {
        public static bool IsFirst => true;
    }

    private readonly struct OtherRow : IRow
    {
        public static bool IsFirst => false;
    }
}
