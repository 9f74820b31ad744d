using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The bit plane decoder (ISO/IEC 15444-1 Annex D), for up to 30 bit planes.</summary>
/// <remarks>
/// <para>A stripe is four rows high; a word of 32 bits holds what is known of the four coefficients of one of its columns and
/// of their neighbours, three bits further for each row, so that one shift brings the neighbourhood of any row to the
/// same place:</para>
/// <list type="bullet">
/// <item>bits 0 to 17: significance of six rows (one above, one below), each west, own, east</item>
/// <item>bit 18: sign of the coefficient above, bit 31 of that below the stripe</item>
/// <item>bits 19, 20, 21 (+ 3 per row): own sign; was refined; was coded in this bit plane</item>
/// </list>
/// <para><see cref="WideBlockDecoder"/> does the same the obvious way.</para>
/// </remarks>
internal sealed class BlockDecoder
{
    private const int MaxFlags = 3200;         // (width + 2) × (stripes + 2) of any block of at most 4096
    private const uint Rows = 0x249;           // bit 0 of each of four rows
    private const int Self = 4;                // own significance
    private const int Sign = 19;
    private const int Refined = 20;
    private const int Visited = 21;

    private readonly uint[] _flags = new uint[MaxFlags];
    private readonly int[] _magnitudes = new int[4096];     // by stripes, then columns, then the four rows
    private readonly MqState[] _contexts = new MqState[32];

    /// <summary>Decodes a block.</summary>
    /// <param name="block">The block; its bit planes are at most <see cref="CodedBlock.MaxNarrowBitPlanes"/>.</param>
    /// <param name="coefficients">Receives sign and magnitude with one binary place, by rows.</param>
    public void Decode(in CodedBlock block, Span<int> coefficients)
    {
        int stride = block.Width + 2, stripes = (block.Height + 3) >> 2;
        _flags.AsSpan(0, stride * (stripes + 2)).Clear();
        _magnitudes.AsSpan(0, stripes * 4 * block.Width).Clear();
        MqStates.Reset(_contexts);
        DecodePasses(block);
        Unfold(block, coefficients);
    }

    private void DecodePasses(in CodedBlock block)
    {
        var style = block.Style;
        bool causal = (style & CodeBlockStyle.VerticallyCausal) != 0;
        var zeroCoding = ContextTables.ZeroCoding(block.Orientation);
        int pass = 0;
        for (int s = 0; s < block.Segments.Length; s++)
        {
            var segment = block.Segments[s];
            bool raw = (style & CodeBlockStyle.Bypass) != 0 && pass >= 10 && (pass - 10) % 3 != 2;
            var mq = raw ? default : MqRegisters.Start(block.Bytes, segment.Start);
            var bits = new RawBits(block.Bytes.Slice(segment.Start, segment.Length));
            for (int end = pass + segment.Passes; pass < end; pass++)
            {
                int plane = block.BitPlanes - 1 - (pass + 2) / 3;
                if (plane < 0) return;
                switch (pass % 3)
                {
                    case 1 when raw:
                        SignificancePropagationRaw(block, plane, causal, ref bits);
                        break;
                    case 1:
                        SignificancePropagation(block, plane, causal, zeroCoding, ref mq);
                        break;
                    case 2 when raw:
                        MagnitudeRefinementRaw(block, plane, ref bits);
                        break;
                    case 2:
                        MagnitudeRefinement(block, plane, ref mq);
                        break;
                    default:
                        Cleanup(block, plane, causal, zeroCoding, ref mq);
                        if ((style & CodeBlockStyle.SegmentationSymbols) != 0)
                            for (int i = 0; i < 4; i++) mq.Decode(ref _contexts[MqTable.UniformContext]);
                        break;
                }
                if ((style & CodeBlockStyle.ResetContexts) != 0) MqStates.Reset(_contexts);
                // What follows the end of a segment that was cut is noise.
                if (block.IsCut && s == block.Segments.Length - 1 && mq.Position > segment.Start + segment.Length) return;
            }
        }
    }

    private void SignificancePropagation(in CodedBlock block, int plane, bool causal, ReadOnlySpan<byte> zeroCoding, ref MqRegisters registers)
    {
        var mq = registers;
        ref var contexts = ref MemoryMarshal.GetArrayDataReference(_contexts);
        ref byte zero = ref MemoryMarshal.GetReference(zeroCoding);
        ref byte signs = ref MemoryMarshal.GetReference(ContextTables.Sign);
        int stride = block.Width + 2, height = block.Height, width = block.Width;
        int value = 3 << plane;
        uint north = causal ? 0 : ~0u;
        ref int magnitude = ref MemoryMarshal.GetArrayDataReference(_magnitudes);
        ref uint flags = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_flags), stride + 1);
        for (int y = 0; y < height; y += 4)
        {
            uint rows = height - y >= 4 ? Rows : Rows & ((1u << (3 * (height - y))) - 1);
            for (int x = 0; x < width; x++, flags = ref Unsafe.Add(ref flags, 1), magnitude = ref Unsafe.Add(ref magnitude, 4))
            {
                uint f = flags;
                if ((f & 0x3FFFF) == 0) continue;
                uint t = f | f >> 1 | f >> 2;
                uint candidates = (t | t >> 3 | t >> 6) & ~(f >> Self) & rows;
                if (candidates == 0) continue;
                do
                {
                    int at = BitOperations.TrailingZeroCount(candidates);
                    candidates &= candidates - 1;
                    int context = Unsafe.Add(ref zero, (nint)((f >> at) & 0x1FF));
                    f |= 1u << Visited << at;
                    if (mq.Decode(ref Unsafe.Add(ref contexts, context)) == 0) continue;

                    uint index = SignIndex(f, Unsafe.Add(ref flags, -1), Unsafe.Add(ref flags, 1), at);
                    int signContext = Unsafe.Add(ref signs, (nint)index);
                    uint sign = mq.Decode(ref Unsafe.Add(ref contexts, signContext & 15)) ^ (uint)(signContext >> 7);
                    Unsafe.Add(ref magnitude, (nint)(uint)at / 3) = value | (int)(sign << 31);
                    f |= (1u << Self | sign << Sign) << at;
                    Spread(ref flags, stride, at, sign, north);
                    candidates |= (8u << at) & ~(f >> Self) & rows;
                }
                while (candidates != 0);
                flags = f;
            }
            flags = ref Unsafe.Add(ref flags, 2);
        }
        registers = mq;
    }

    private void MagnitudeRefinement(in CodedBlock block, int plane, ref MqRegisters registers)
    {
        var mq = registers;
        ref var contexts = ref MemoryMarshal.GetArrayDataReference(_contexts);
        int stride = block.Width + 2, height = block.Height, width = block.Width;
        int half = 1 << plane;
        ref int magnitude = ref MemoryMarshal.GetArrayDataReference(_magnitudes);
        ref uint flags = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_flags), stride + 1);
        for (int y = 0; y < height; y += 4)
        {
            for (int x = 0; x < width; x++, flags = ref Unsafe.Add(ref flags, 1), magnitude = ref Unsafe.Add(ref magnitude, 4))
            {
                uint f = flags;
                uint todo = (f >> Self) & ~(f >> Visited) & Rows;
                if (todo == 0) continue;
                flags = f | todo << Refined;
                do
                {
                    int at = BitOperations.TrailingZeroCount(todo);
                    todo &= todo - 1;
                    uint neighbours = (f >> at) & 0x1EF, refined = (f >> (Refined + at)) & 1;
                    int context = (int)((0u - neighbours) >> 31) + MqTable.RefinementContext;
                    context += (MqTable.RefinementContext + 2 - context) & -(int)refined;
                    uint bit = mq.Decode(ref Unsafe.Add(ref contexts, context));
                    // The middle of what was known (bit plane + 1) becomes the bit, with a new middle below.
                    Unsafe.Add(ref magnitude, (nint)(uint)at / 3) ^= (int)(bit ^ 1) << (plane + 1) | half;
                }
                while (todo != 0);
            }
            flags = ref Unsafe.Add(ref flags, 2);
        }
        registers = mq;
    }

    private void Cleanup(in CodedBlock block, int plane, bool causal, ReadOnlySpan<byte> zeroCoding, ref MqRegisters registers)
    {
        const uint visited = Rows << Visited;
        var mq = registers;
        ref var contexts = ref MemoryMarshal.GetArrayDataReference(_contexts);
        ref byte zero = ref MemoryMarshal.GetReference(zeroCoding);
        ref byte signs = ref MemoryMarshal.GetReference(ContextTables.Sign);
        int stride = block.Width + 2, height = block.Height, width = block.Width;
        int value = 3 << plane;
        uint north = causal ? 0 : ~0u;
        ref int magnitude = ref MemoryMarshal.GetArrayDataReference(_magnitudes);
        ref uint flags = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_flags), stride + 1);
        for (int y = 0; y < height; y += 4)
        {
            uint rows = height - y >= 4 ? Rows : Rows & ((1u << (3 * (height - y))) - 1);
            for (int x = 0; x < width; x++, flags = ref Unsafe.Add(ref flags, 1), magnitude = ref Unsafe.Add(ref magnitude, 4))
            {
                uint f = flags;
                uint candidates = ~(f >> Self | f >> Visited) & rows;
                int at;
                if ((f & 0x3FFFF) == 0 && rows == Rows)
                {
                    if (mq.Decode(ref Unsafe.Add(ref contexts, MqTable.RunContext)) == 0) continue;
                    uint run = mq.Decode(ref Unsafe.Add(ref contexts, MqTable.UniformContext)) << 1;
                    run |= mq.Decode(ref Unsafe.Add(ref contexts, MqTable.UniformContext));
                    at = (int)run * 3;
                    candidates &= ~1u << at;
                    goto significant;
                }
                next:
                if (candidates == 0)
                {
                    flags = f & ~visited;
                    continue;
                }
                at = BitOperations.TrailingZeroCount(candidates);
                candidates &= candidates - 1;
                int context = Unsafe.Add(ref zero, (nint)((f >> at) & 0x1FF));
                if (mq.Decode(ref Unsafe.Add(ref contexts, context)) == 0) goto next;

                significant:
                uint index = SignIndex(f, Unsafe.Add(ref flags, -1), Unsafe.Add(ref flags, 1), at);
                int signContext = Unsafe.Add(ref signs, (nint)index);
                uint sign = mq.Decode(ref Unsafe.Add(ref contexts, signContext & 15)) ^ (uint)(signContext >> 7);
                Unsafe.Add(ref magnitude, (nint)(uint)at / 3) = value | (int)(sign << 31);
                f |= (1u << Self | sign << Sign) << at;
                Spread(ref flags, stride, at, sign, north);
                goto next;
            }
            flags = ref Unsafe.Add(ref flags, 2);
        }
        registers = mq;
    }

    private void SignificancePropagationRaw(in CodedBlock block, int plane, bool causal, ref RawBits bits)
    {
        int stride = block.Width + 2, height = block.Height, width = block.Width;
        uint north = causal ? 0 : ~0u;
        for (int y = 0; y < height; y += 4)
        {
            uint rows = height - y >= 4 ? Rows : Rows & ((1u << (3 * (height - y))) - 1);
            for (int x = 0; x < width; x++)
            {
                ref uint flags = ref _flags[((y >> 2) + 1) * stride + x + 1];
                for (int k = 0; k < 4; k++)
                {
                    int at = 3 * k;
                    if ((rows >> at & 1) == 0 || (flags >> at & 0x1EF) == 0 || (flags >> at >> Self & 1) != 0) continue;
                    flags |= 1u << Visited << at;
                    if (bits.Read() == 0) continue;
                    uint sign = bits.Read();
                    _magnitudes[((y >> 2) * width + x) * 4 + k] = 3 << plane | (int)(sign << 31);
                    flags |= (1u << Self | sign << Sign) << at;
                    Spread(ref flags, stride, at, sign, north);
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
                ref uint flags = ref _flags[((y >> 2) + 1) * stride + x + 1];
                uint todo = (flags >> Self) & ~(flags >> Visited) & Rows;
                flags |= todo << Refined;
                for (int k = 0; k < 4; k++)
                {
                    if ((todo >> (3 * k) & 1) == 0) continue;
                    uint bit = bits.Read();
                    _magnitudes[((y >> 2) * width + x) * 4 + k] ^= (int)(bit ^ 1) << (plane + 1) | 1 << plane;
                }
            }
        }
    }

    // Significance of north, west, east, south at bits 1, 3, 5, 7, their signs below each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SignIndex(uint f, uint west, uint east, int at)
    {
        uint vertical = f >> (16 + at);   // sign of south at bit 6, of north at bit 0 except in the first row
        uint northSign = at == 0 ? f >> 18 : vertical;
        return (f >> at & 0xAA) | (northSign & 1) | (vertical & 64) | (west >> (17 + at) & 4) | (east >> (15 + at) & 16);
    }

    // Tells the neighbours that a coefficient became significant.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(ref uint flags, int stride, int at, uint sign, uint north)
    {
        Unsafe.Add(ref flags, -1) |= 1u << 5 << at;
        Unsafe.Add(ref flags, 1) |= 1u << 3 << at;
        if (at == 0)
        {
            ref uint above = ref Unsafe.Add(ref flags, -stride);
            Unsafe.Add(ref above, -1) |= 1u << 17 & north;
            above |= (1u << 16 | sign << 31) & north;
            Unsafe.Add(ref above, 1) |= 1u << 15 & north;
        }
        else if (at == 9)
        {
            ref uint below = ref Unsafe.Add(ref flags, stride);
            Unsafe.Add(ref below, -1) |= 1u << 2;
            below |= 1u << 1 | sign << 18;
            Unsafe.Add(ref below, 1) |= 1u;
        }
    }

    private void Unfold(in CodedBlock block, Span<int> coefficients)
    {
        int width = block.Width;
        for (int y = 0; y < block.Height; y++)
        {
            var from = _magnitudes.AsSpan((y >> 2) * width * 4 + (y & 3));
            var to = coefficients.Slice(y * width, width);
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
