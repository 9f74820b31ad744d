using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static Isocenter.Codecs.Jpeg2000.StripeFlags;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The bit plane encoder (ISO/IEC 15444-1 Annex D). A pass first collects its decisions, then they are coded; what
/// is known of coefficients is in words of <see cref="StripeFlags"/>.</summary>
internal sealed class BlockEncoder : StripeCoder
{
    private const int MaxDecisions = 4096 / 4 * 11 + 16;   // run, two of its length, and 4 × (significance, sign)
    private const int One = 1 << 29;                       // of the sums below

    // Four bits to bits 0, 3, 6, 9.
    private static ReadOnlySpan<ushort> Spread4 => [0, 1, 8, 9, 64, 65, 72, 73, 512, 513, 520, 521, 576, 577, 584, 585];

    private readonly byte[] _zeroCoding = new byte[512];
    private readonly byte[] _decisions = new byte[MaxDecisions];
    private readonly MqEncoder _mq = new();
    private readonly BlockPasses _passes = new();

    // Of the pass at hand: coefficients that changed, and the sum that gives its distortion, in units of 1/One bit planes.
    private int _changed;
    private long _sum;

    /// <summary>Passes and bytes of the last block, until the next.</summary>
    public BlockPasses Passes => _passes;

    /// <summary>Encodes a block.</summary>
    /// <param name="coefficients">Two's complement, from the first coefficient of the block on.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="orientation">Of the sub-band.</param>
    /// <param name="style">Any but predictable termination and the HT block coder.</param>
    /// <param name="fraction">Bits of the coefficients below the lowest bit plane: they are not coded, only measured.</param>
    /// <param name="isExact">All bit planes give the coefficient itself; otherwise the middle of an interval.</param>
    /// <param name="leastSlope">Ends with the bit plane after which all that follow would take away less than this squared error
    /// for each byte, in units of the squared lowest bit plane.</param>
    /// <returns>Bit planes from the first that is not zero.</returns>
    public int Encode(
        ReadOnlySpan<int> coefficients, int stride, int width, int height, Orientation orientation, CodeBlockStyle style, int fraction, bool isExact,
        double leastSlope = 0)
    {
        int planes = Math.Max(0, 32 - BitOperations.LeadingZeroCount(Load(coefficients, stride, width, height)) - fraction);
        _passes.Start();
        if (planes == 0) return 0;

        var table = ContextTables.ZeroCoding(orientation);
        for (int i = 0; i < _zeroCoding.Length; i++) _zeroCoding[i] = (byte)(table[i] / MqState.Size << 1);
        uint north = (style & CodeBlockStyle.VerticallyCausal) != 0 ? 0 : ~0u;
        _mq.ResetContexts();
        int last = 3 * planes - 3;
        bool isOpen = false;
        double error = leastSlope > 0 ? EnergyOf(width, height, fraction) : 0;
        int planeStart = 0;
        for (int pass = 0; pass <= last; pass++)
        {
            int plane = planes - 1 - (pass + 2) / 3, shift = plane + fraction, count;
            bool raw = (style & CodeBlockStyle.Bypass) != 0 && pass >= 10 && pass % 3 != 0;
            (_changed, _sum) = (0, 0);
            switch (pass % 3)
            {
                case 1:
                    count = raw ? SignificancePropagationRaw(width, height, shift, north) : SignificancePropagation(width, height, shift, north);
                    break;
                case 2:
                    count = MagnitudeRefinement(width, height, shift, raw);
                    break;
                default:
                    count = Cleanup(width, height, shift, north);
                    if ((style & CodeBlockStyle.SegmentationSymbols) != 0)
                    {
                        ReadOnlySpan<byte> symbols = [MqTable.UniformContext << 1 | 1, MqTable.UniformContext << 1, MqTable.UniformContext << 1 | 1, MqTable.UniformContext << 1];
                        symbols.CopyTo(_decisions.AsSpan(count));
                        count += 4;
                    }
                    break;
            }

            double distortion = Distortion(pass % 3 == 2, isExact && plane == 0) * Math.ScaleB(1, 2 * plane);
            error -= distortion;
            if (!raw)
            {
                if (!isOpen) _mq.Start();
                _mq.Encode(_decisions.AsSpan(0, count));
            }
            if (pass % 3 == 0)
            {
                int length = _passes.Length + (raw ? 0 : _mq.Length);
                // They take away the whole error at most, and a bit plane seldom needs less than the one before.
                if (leastSlope > 0 && error < leastSlope * (length - planeStart)) last = pass;
                planeStart = length;
            }

            bool ends = pass == last || CodewordSegments.End(style, pass) == pass + 1;
            if (raw)
            {
                if (!isOpen) _passes.StartRaw();
                _passes.AddRaw(_decisions.AsSpan(0, count), distortion, ends);
            }
            else
            {
                _passes.Add(_mq, distortion, ends);
            }
            isOpen = !ends;
            if ((style & CodeBlockStyle.ResetContexts) != 0) _mq.ResetContexts();
        }
        return planes;
    }

    // What a pass takes off the squared error, in units of the squared bit plane. With x the magnitude in such units and the
    // decoder in the middle of what it knows: 3 x − 9/4 for one that becomes significant (sum: x), |x mod 2 − 1| − 1/4 for
    // one that is refined (sum: |x mod 2 − 1|). When nothing remains unknown: 3 x − 2, and |x mod 2 − 1|.
    private double Distortion(bool refines, bool isExact)
    {
        double sum = _sum / (double)One;
        return refines ? sum - (isExact ? 0 : 0.25) * _changed : 3 * sum - (isExact ? 2 : 2.25) * _changed;
    }

    // Magnitudes, signs in the flags. All magnitudes ORed.
    private uint Load(ReadOnlySpan<int> coefficients, int stride, int width, int height)
    {
        int words = width + 2, stripes = (height + 3) >> 2;
        Words.AsSpan(0, words * (stripes + 2)).Clear();
        uint all = 0;
        for (int y = 0; y < height; y += 4)
        {
            int at = ((y >> 2) + 1) * words + 1, rows = Math.Min(4, height - y);
            var flags = Words.AsSpan(at, width);
            var magnitudes = Values.AsSpan(4 * at, 4 * width);
            if (rows < 4) magnitudes.Clear();
            for (int k = 0; k < rows; k++)
            {
                var row = coefficients.Slice((y + k) * stride, width);
                for (int x = 0; x < row.Length && x < flags.Length; x++)
                {
                    int value = row[x], sign = value >> 31;
                    uint magnitude = (uint)((value ^ sign) - sign);
                    all |= magnitude;
                    magnitudes[4 * x + k] = (int)magnitude;
                    flags[x] |= (uint)sign >> 31 << (Sign + 3 * k);
                }
            }
        }
        return all;
    }

    /// <summary>The sum of the squared coefficients of the last block, of which <paramref name="fraction"/> bits are below the
    /// lowest bit plane.</summary>
    public double EnergyOf(int width, int height, int fraction)
    {
        double energy = 0;
        for (int y = 0; y < height; y += 4)
            foreach (int magnitude in Values.AsSpan(4 * (((y >> 2) + 1) * (width + 2) + 1), 4 * width)) energy += (double)magnitude * magnitude;
        return energy * Math.ScaleB(1, -2 * fraction);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int SignificancePropagation(int width, int height, int shift, uint north)
    {
        ref byte zeroCoding = ref MemoryMarshal.GetArrayDataReference(_zeroCoding);
        ref byte signs = ref MemoryMarshal.GetReference(ContextTables.Sign);
        ref byte first = ref MemoryMarshal.GetArrayDataReference(_decisions);
        ref byte to = ref first;
        int stride = width + 2, at = stride + 1;
        for (int y = 0; y < height; y += 4, at += stride)
        {
            uint rows = RowsOf(height - y);
            ref uint flags = ref Flags(at);
            for (ref uint end = ref Flags(at + width); Unsafe.IsAddressLessThan(ref flags, ref end); flags = ref Unsafe.Add(ref flags, 1))
            {
                uint f = flags;
                uint t = f | f >> 1 | f >> 2;
                uint candidates = (t | t >> 3 | t >> 6) & ~(f >> Self) & rows;
                if (candidates == 0) continue;
                uint ones = Ones(ref Magnitudes(ref flags), shift), before = f, visited = candidates;
                do
                {
                    int row = BitOperations.TrailingZeroCount(candidates);
                    candidates &= candidates - 1;
                    uint bit = ones >> row & 1;
                    to = (byte)(Unsafe.Add(ref zeroCoding, (nuint)(f >> row & 0x1FF)) | bit);
                    to = ref Unsafe.Add(ref to, 1);
                    if (bit == 0) continue;

                    to = SignDecision(ref signs, f, ref flags, row);
                    to = ref Unsafe.Add(ref to, 1);
                    f |= 1u << Self << row;
                    uint below = (8u << row) & ~(f >> Self) & rows;
                    candidates |= below;
                    visited |= below;
                }
                while (candidates != 0);
                f |= visited << Visited;
                flags = f;
                uint fresh = (f ^ before) >> Self & Rows;
                if (fresh != 0)
                {
                    Spread(ref flags, stride, fresh, f >> Sign, north);
                    CountFresh(ref Magnitudes(ref flags), fresh, shift);
                }
            }
        }
        return (int)Unsafe.ByteOffset(ref first, ref to);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int MagnitudeRefinement(int width, int height, int shift, bool raw)
    {
        ref byte first = ref MemoryMarshal.GetArrayDataReference(_decisions);
        ref byte to = ref first;
        int stride = width + 2, at = stride + 1;
        for (int y = 0; y < height; y += 4, at += stride)
        {
            ref uint flags = ref Flags(at);
            for (ref uint end = ref Flags(at + width); Unsafe.IsAddressLessThan(ref flags, ref end); flags = ref Unsafe.Add(ref flags, 1))
            {
                uint f = flags;
                uint todo = (f >> Self) & ~(f >> Visited) & Rows;
                if (todo == 0) continue;
                ref int magnitudes = ref Magnitudes(ref flags);
                uint ones = Ones(ref magnitudes, shift);
                flags = f | todo << Refined;
                CountRefined(ref magnitudes, todo, shift);
                do
                {
                    int row = BitOperations.TrailingZeroCount(todo);
                    todo &= todo - 1;
                    // Table D.4: 14 and 15 without and with neighbours, 16 after the first refinement.
                    uint hood = f >> row, refined = hood >> Refined & 1, any = ((hood & 0x1EF) + 0x1FF) >> 9;
                    to = (byte)(((any | refined) + refined + MqTable.RefinementContext) << 1 | (ones >> row & 1));
                    to = ref Unsafe.Add(ref to, 1);
                }
                while (todo != 0);
            }
        }
        int count = (int)Unsafe.ByteOffset(ref first, ref to);
        if (raw)
            foreach (ref byte decision in _decisions.AsSpan(0, count)) decision &= 1;
        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Cleanup(int width, int height, int shift, uint north)
    {
        ref byte zeroCoding = ref MemoryMarshal.GetArrayDataReference(_zeroCoding);
        ref byte signs = ref MemoryMarshal.GetReference(ContextTables.Sign);
        ref byte first = ref MemoryMarshal.GetArrayDataReference(_decisions);
        ref byte to = ref first;
        int stride = width + 2, at = stride + 1;
        for (int y = 0; y < height; y += 4, at += stride)
        {
            uint rows = RowsOf(height - y);
            ref uint flags = ref Flags(at);
            for (ref uint end = ref Flags(at + width); Unsafe.IsAddressLessThan(ref flags, ref end); flags = ref Unsafe.Add(ref flags, 1))
            {
                uint f = flags, before = f;
                uint candidates = ~(f >> Self | f >> Visited) & rows;
                if (candidates != 0)
                {
                    uint ones = Ones(ref Magnitudes(ref flags), shift);
                    if ((f & 0x3FFFF) == 0 && rows == Rows)
                    {
                        to = (byte)(MqTable.RunContext << 1 | (ones != 0 ? 1 : 0));
                        to = ref Unsafe.Add(ref to, 1);
                        if (ones == 0) continue;
                        int run = BitOperations.TrailingZeroCount(ones);
                        int place = run / 3;
                        to = (byte)(MqTable.UniformContext << 1 | place >> 1);
                        Unsafe.Add(ref to, 1) = (byte)(MqTable.UniformContext << 1 | place & 1);
                        to = ref Unsafe.Add(ref to, 2);
                        to = SignDecision(ref signs, f, ref flags, run);
                        to = ref Unsafe.Add(ref to, 1);
                        f |= 1u << Self << run;
                        candidates &= ~1u << run;
                    }
                    while (candidates != 0)
                    {
                        int row = BitOperations.TrailingZeroCount(candidates);
                        candidates &= candidates - 1;
                        uint bit = ones >> row & 1;
                        to = (byte)(Unsafe.Add(ref zeroCoding, (nuint)(f >> row & 0x1FF)) | bit);
                        to = ref Unsafe.Add(ref to, 1);
                        if (bit == 0) continue;
                        to = SignDecision(ref signs, f, ref flags, row);
                        to = ref Unsafe.Add(ref to, 1);
                        f |= 1u << Self << row;
                    }
                }
                flags = f & ~(Rows << Visited);
                uint fresh = (f ^ before) >> Self & Rows;
                if (fresh != 0)
                {
                    Spread(ref flags, stride, fresh, f >> Sign, north);
                    CountFresh(ref Magnitudes(ref flags), fresh, shift);
                }
            }
        }
        return (int)Unsafe.ByteOffset(ref first, ref to);
    }

    // Decisions that are raw bits.
    private int SignificancePropagationRaw(int width, int height, int shift, uint north)
    {
        int stride = width + 2, count = 0;
        for (int y = 0; y < height; y += 4)
        {
            uint rows = RowsOf(height - y);
            for (int x = 0; x < width; x++)
            {
                ref uint flags = ref Words[((y >> 2) + 1) * stride + x + 1];
                uint ones = Ones(ref Magnitudes(ref flags), shift);
                for (int at = 0; at < 12; at += 3)
                {
                    if ((rows >> at & 1) == 0 || (flags >> at & 0x1EF) == 0 || (flags >> at >> Self & 1) != 0) continue;
                    flags |= 1u << Visited << at;
                    _decisions[count++] = (byte)(ones >> at & 1);
                    if ((ones >> at & 1) == 0) continue;
                    _decisions[count++] = (byte)(flags >> Sign >> at & 1);
                    flags |= 1u << Self << at;
                    Spread(ref flags, stride, 1u << at, flags >> Sign, north);
                    CountFresh(ref Magnitudes(ref flags), 1u << at, shift);
                }
            }
        }
        return count;
    }

    // Their bits of one plane at bits 0, 3, 6, 9.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Ones(ref int magnitudes, int shift) =>
        Unsafe.Add(ref MemoryMarshal.GetReference(Spread4), (nuint)(Vector128.LoadUnsafe(ref magnitudes) << (31 - shift)).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte SignDecision(ref byte signs, uint f, ref uint flags, int row)
    {
        uint context = Unsafe.Add(ref signs, (nuint)SignIndex(f, Unsafe.Add(ref flags, -1), Unsafe.Add(ref flags, 1), row));
        return (byte)((context & 0xF0) >> 3 | (context ^ f >> Sign >> row) & 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountFresh(ref int magnitudes, uint fresh, int shift)
    {
        // x at 29 binary places: its integer bit is 1, four of them fit 32 bits.
        var x = (Vector128.LoadUnsafe(ref magnitudes) << (31 - shift)) >>> 2;
        _sum += Vector128.Sum((Chosen(fresh) & x).AsUInt32());
        _changed += BitOperations.PopCount(fresh);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountRefined(ref int magnitudes, uint refined, int shift)
    {
        // x mod 2 at 29 binary places.
        var x = (Vector128.LoadUnsafe(ref magnitudes) << (31 - shift - 1) & Vector128.Create(int.MaxValue)) >>> 1;
        _sum += Vector128.Sum((Chosen(refined) & Vector128.Abs(x - Vector128.Create(One))).AsUInt32());
        _changed += BitOperations.PopCount(refined);
    }

    // All ones for those chosen at bits 0, 3, 6, 9.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Chosen(uint chosen)
    {
        var lanes = Vector128.Create(1, 8, 64, 512);
        return Vector128.Equals(Vector128.Create((int)chosen) & lanes, lanes);
    }
}
