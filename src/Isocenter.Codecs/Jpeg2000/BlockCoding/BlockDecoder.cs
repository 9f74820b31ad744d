using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static Isocenter.Codecs.Jpeg2000.StripeFlags;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The bit plane decoder (ISO/IEC 15444-1 Annex D), for up to 30 bit planes.</summary>
/// <remarks>What is known of a coefficient and its neighbours is in words of <see cref="StripeFlags"/>.
/// <see cref="WideBlockDecoder"/> does the same the obvious way.</remarks>
internal sealed class BlockDecoder : StripeCoder
{
    private readonly MqContexts _contexts = new();
    private byte[] _plain = [];

    /// <summary>Decodes a block.</summary>
    /// <param name="block">The block; its bit planes are at most <see cref="CodedBlock.MaxNarrowBitPlanes"/>.</param>
    /// <param name="coefficients">Receives sign and magnitude with one binary place, by rows.</param>
    public void Decode(in CodedBlock block, Span<int> coefficients)
    {
        int stride = block.Width + 2, stripes = (block.Height + 3) >> 2;
        Words.AsSpan(0, stride * (stripes + 2)).Clear();
        Values.AsSpan(4 * stride, 4 * stride * stripes).Clear();
        _contexts.Use(block.Orientation);
        _contexts.Reset();
        DecodePasses(block);
        Unfold(block, coefficients);
    }

    private void DecodePasses(in CodedBlock block)
    {
        var style = block.Style;
        // Vertically causal: what a stripe learns is not told to the one above it.
        uint north = (style & CodeBlockStyle.VerticallyCausal) != 0 ? 0 : ~0u;
        int pass = 0;
        for (int s = 0; s < block.Segments.Length; s++)
        {
            var segment = block.Segments[s];
            bool raw = (style & CodeBlockStyle.Bypass) != 0 && pass >= 10 && (pass - 10) % 3 != 2;
            var bytes = block.Bytes.Slice(segment.Start, segment.Length);
            var bits = new RawBits(bytes);
            if (_plain.Length < bytes.Length + MqInput.Padding + 8) _plain = new byte[2 * bytes.Length + 64];
            var input = new MqInput(MqInput.Unstuff(raw ? [] : bytes, _plain));
            var mq = MqRegisters.Start(ref input);
            for (int end = pass + segment.Passes; pass < end; pass++)
            {
                int plane = block.BitPlanes - 1 - (pass + 2) / 3;
                if (plane < 0) return;
                switch (pass % 3)
                {
                    case 1 when raw:
                        SignificancePropagationRaw(block, plane, north, ref bits);
                        break;
                    case 1:
                        SignificancePropagation(block, plane, north, ref mq, ref input);
                        break;
                    case 2 when raw:
                        MagnitudeRefinementRaw(block, plane, ref bits);
                        break;
                    case 2:
                        MagnitudeRefinement(block, plane, ref mq, ref input);
                        break;
                    default:
                        Cleanup(block, plane, north, ref mq, ref input);
                        if ((style & CodeBlockStyle.SegmentationSymbols) != 0)
                            for (int i = 0; i < 4; i++) mq.Decode(ref _contexts.States[0], ref _contexts.States[MqTable.UniformContext], ref input);
                        break;
                }
                if ((style & CodeBlockStyle.ResetContexts) != 0) _contexts.Reset();
                // What follows the end of a segment that was cut is noise.
                if (block.IsCut && s == block.Segments.Length - 1 && !raw && input.IsAtEnd) return;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]   // each pass needs all registers
    private void SignificancePropagation(in CodedBlock block, int plane, uint north, ref MqRegisters registers, ref MqInput input)
    {
        var mq = registers;
        ref var states = ref MemoryMarshal.GetArrayDataReference(_contexts.States);
        int stride = block.Width + 2, at = stride + 1;
        for (int y = 0; y < block.Height; y += 4, at += stride)
        {
            uint rows = RowsOf(block.Height - y);
            ref uint flags = ref Flags(at);
            for (ref uint end = ref Flags(at + block.Width); Unsafe.IsAddressLessThan(ref flags, ref end); flags = ref Unsafe.Add(ref flags, 1))
            {
                uint f = flags;
                uint t = f | f >> 1 | f >> 2;
                uint candidates = (t | t >> 3 | t >> 6) & ~(f >> Self) & rows;
                if (candidates == 0)
                {
                    if (NoneToPropagate(ref Unsafe.Add(ref flags, 1), rows)) flags = ref Unsafe.Add(ref flags, 4);
                    continue;
                }
                uint visited = candidates, before = f;
                do
                {
                    int row = BitOperations.TrailingZeroCount(candidates);
                    candidates &= candidates - 1;
                    if (mq.DecodeUncertain(ref states, ZeroCodingContext(ref states, f >> row), ref input) == 0) continue;

                    uint sign = DecodeSign(ref mq, ref states, SignIndex(f, Unsafe.Add(ref flags, -1), Unsafe.Add(ref flags, 1), row), ref input);
                    f |= (1u << Self | sign << Sign) << row;
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
                    Place(ref Magnitudes(ref flags), fresh, f >> Sign & fresh, 3 << plane);
                }
            }
        }
        registers = mq;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MagnitudeRefinement(in CodedBlock block, int plane, ref MqRegisters registers, ref MqInput input)
    {
        var mq = registers;
        ref var states = ref MemoryMarshal.GetArrayDataReference(_contexts.States);
        var refinedContext = Unsafe.Add(ref states, MqTable.RefinementContext + 2);   // most have it: it stays in registers
        int stride = block.Width + 2, at = stride + 1;
        for (int y = 0; y < block.Height; y += 4, at += stride)
        {
            ref uint flags = ref Flags(at);
            for (ref uint end = ref Flags(at + block.Width); Unsafe.IsAddressLessThan(ref flags, ref end); flags = ref Unsafe.Add(ref flags, 1))
            {
                uint f = flags;
                uint todo = (f >> Self) & ~(f >> Visited) & Rows;
                if (todo == 0)
                {
                    if (NoneToRefine(ref Unsafe.Add(ref flags, 1))) flags = ref Unsafe.Add(ref flags, 4);
                    continue;
                }
                uint bits = todo;   // those refined at bits 0, 3, 6, 9; their bits one further
                if ((todo & ~(f >> Refined)) == 0)
                {
                    do
                    {
                        int row = BitOperations.TrailingZeroCount(todo);
                        todo &= todo - 1;
                        bits |= mq.Decode(ref states, ref refinedContext, ref input) << 1 << row;
                    }
                    while (todo != 0);
                }
                else
                {
                    flags = f | todo << Refined;
                    Unsafe.Add(ref states, MqTable.RefinementContext + 2) = refinedContext;
                    do
                    {
                        int row = BitOperations.TrailingZeroCount(todo);
                        todo &= todo - 1;
                        // Table D.4: 14 and 15 without and with neighbours, 16 after the first refinement.
                        uint hood = f >> row, refined = hood >> Refined & 1, any = ((hood & 0x1EF) + 0x1FF) >> 9;
                        nuint context = (any | refined) + refined + MqTable.RefinementContext;
                        bits |= mq.Decode(ref states, ref Unsafe.Add(ref states, context), ref input) << 1 << row;
                    }
                    while (todo != 0);
                    refinedContext = Unsafe.Add(ref states, MqTable.RefinementContext + 2);
                }
                Refine(ref Magnitudes(ref flags), bits, plane);
            }
        }
        Unsafe.Add(ref states, MqTable.RefinementContext + 2) = refinedContext;
        registers = mq;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Cleanup(in CodedBlock block, int plane, uint north, ref MqRegisters registers, ref MqInput input)
    {
        var mq = registers;
        ref var states = ref MemoryMarshal.GetArrayDataReference(_contexts.States);
        int stride = block.Width + 2, at = stride + 1;
        for (int y = 0; y < block.Height; y += 4, at += stride)
        {
            uint rows = RowsOf(block.Height - y);
            ref uint flags = ref Flags(at);
            for (ref uint end = ref Flags(at + block.Width); Unsafe.IsAddressLessThan(ref flags, ref end); flags = ref Unsafe.Add(ref flags, 1))
            {
                uint f = flags;
                uint before = f, candidates = ~(f >> Self | f >> Visited) & rows;
                int row;
                if ((f & 0x3FFFF) == 0 && rows == Rows)
                {
                    if (mq.Decode(ref states, ref Unsafe.Add(ref states, MqTable.RunContext), ref input) == 0) continue;
                    uint run = 0;
                    for (int i = 0; i < 2; i++) run = run << 1 | mq.Decode(ref states, ref Unsafe.Add(ref states, MqTable.UniformContext), ref input);
                    row = (int)run * 3;
                    candidates &= ~1u << row;
                    goto significant;
                }
            next:
                if (candidates == 0)
                {
                    flags = f & ~(Rows << Visited);
                    uint fresh = (f ^ before) >> Self & Rows;
                    if (fresh != 0)
                    {
                        Spread(ref flags, stride, fresh, f >> Sign, north);
                        Place(ref Magnitudes(ref flags), fresh, f >> Sign & fresh, 3 << plane);
                    }
                    continue;
                }
                row = BitOperations.TrailingZeroCount(candidates);
                candidates &= candidates - 1;
                if (mq.DecodeUncertain(ref states, ZeroCodingContext(ref states, f >> row), ref input) == 0) goto next;

            significant:
                uint sign = DecodeSign(ref mq, ref states, SignIndex(f, Unsafe.Add(ref flags, -1), Unsafe.Add(ref flags, 1), row), ref input);
                f |= (1u << Self | sign << Sign) << row;
                goto next;
            }
        }
        registers = mq;
    }

    // Four columns, of which some may be beyond the block: behind the last row of words there is another.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool NoneToPropagate(ref uint flags, uint rows)
    {
        var f = Vector128.LoadUnsafe(ref flags);
        var t = f | f >> 1 | f >> 2;
        return (Vector128.AndNot(t | t >> 3 | t >> 6, f >> Self) & Vector128.Create(rows)) == Vector128<uint>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool NoneToRefine(ref uint flags)
    {
        var f = Vector128.LoadUnsafe(ref flags);
        return (Vector128.AndNot(f >> Self, f >> Visited) & Vector128.Create(Rows)) == Vector128<uint>.Zero;
    }

    // The context of a neighbourhood, in bytes from the first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ZeroCodingContext(ref MqState states, uint neighbours) =>
        Unsafe.AddByteOffset(ref Unsafe.As<MqState, byte>(ref states), MqContexts.ZeroCodingTable + (nint)(neighbours & 0x1FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint DecodeSign(ref MqRegisters mq, ref MqState states, uint index, ref MqInput input)
    {
        uint context = Unsafe.AddByteOffset(ref Unsafe.As<MqState, byte>(ref states), MqContexts.SignTable + (nint)index);
        return mq.Decode(ref states, ref Unsafe.AddByteOffset(ref states, (nuint)(context & 0xF0)), ref input) ^ (context & 1);
    }

    private void SignificancePropagationRaw(in CodedBlock block, int plane, uint north, ref RawBits bits)
    {
        int stride = block.Width + 2, height = block.Height, width = block.Width;
        for (int y = 0; y < height; y += 4)
        {
            uint rows = RowsOf(height - y);
            for (int x = 0; x < width; x++)
            {
                ref uint flags = ref Words[((y >> 2) + 1) * stride + x + 1];
                for (int k = 0; k < 4; k++)
                {
                    int at = 3 * k;
                    if ((rows >> at & 1) == 0 || (flags >> at & 0x1EF) == 0 || (flags >> at >> Self & 1) != 0) continue;
                    flags |= 1u << Visited << at;
                    if (bits.Read() == 0) continue;
                    uint sign = bits.Read();
                    Unsafe.Add(ref Magnitudes(ref flags), k) = 3 << plane | (int)(sign << 31);
                    flags |= (1u << Self | sign << Sign) << at;
                    Spread(ref flags, stride, 1u << at, flags >> Sign, north);
                }
            }
        }
    }

    private void MagnitudeRefinementRaw(in CodedBlock block, int plane, ref RawBits bits)
    {
        int stride = block.Width + 2, height = block.Height, width = block.Width;
        for (int y = 0; y < height; y += 4)
        {
            for (int x = 0; x < width; x++)
            {
                ref uint flags = ref Words[((y >> 2) + 1) * stride + x + 1];
                uint todo = (flags >> Self) & ~(flags >> Visited) & Rows;
                flags |= todo << Refined;
                for (int k = 0; k < 4; k++)
                {
                    if ((todo >> (3 * k) & 1) == 0) continue;
                    uint bit = bits.Read();
                    Unsafe.Add(ref Magnitudes(ref flags), k) ^= (int)(bit ^ 1) << (plane + 1) | 1 << plane;
                }
            }
        }
    }

    // Magnitude and sign of those that became significant.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Place(ref int magnitudes, uint fresh, uint signs, int value)
    {
        var lanes = Vector128.Create(1, 8, 64, 512);
        var (isFresh, isNegative) = (Vector128.Create((int)fresh) & lanes, Vector128.Create((int)signs) & lanes);
        var old = Vector128.LoadUnsafe(ref magnitudes);
        var added = Vector128.Equals(isFresh, lanes) & Vector128.Create(value) | Vector128.Equals(isNegative, lanes) & Vector128.Create(int.MinValue);
        (old | added).StoreUnsafe(ref magnitudes);
    }

    // What was the middle (bit plane + 1) becomes the bit, with a new middle below.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Refine(ref int magnitudes, uint bits, int plane)
    {
        var refined = Vector128.Create(1, 8, 64, 512);
        var one = Vector128.Create(2, 16, 128, 1024);
        var all = Vector128.Create((int)bits);
        var isRefined = Vector128.Equals(all & refined, refined) & Vector128.Create(3 << plane);
        var isOne = Vector128.Equals(all & one, one) & Vector128.Create(2 << plane);
        (Vector128.LoadUnsafe(ref magnitudes) ^ isRefined ^ isOne).StoreUnsafe(ref magnitudes);
    }

    private void Unfold(in CodedBlock block, Span<int> coefficients)
    {
        int stride = block.Width + 2;
        for (int y = 0; y < block.Height; y++)
        {
            var from = Values.AsSpan((((y >> 2) + 1) * stride + 1) * 4 + (y & 3));
            var to = coefficients.Slice(y * block.Width, block.Width);
            for (int x = 0; x < to.Length; x++) to[x] = from[x * 4];
        }
    }
}

/// <summary>Raw bits of the arithmetic coding bypass; the bit after a byte 0xFF is skipped (ISO/IEC 15444-1 §D.6).</summary>
internal ref struct RawBits(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;
    private uint _byte;
    private int _left;

    public uint Read()
    {
        if (_left == 0)
        {
            uint next = _position < _bytes.Length ? _bytes[_position] : 0xFFu;
            _left = 8;
            if (_byte == 0xFF && next > 0x8F)
            {
                next = 0xFF;   // the end
            }
            else
            {
                if (_byte == 0xFF) _left = 7;
                _position++;
            }
            _byte = next;
        }
        return _byte >> --_left & 1;
    }
}
