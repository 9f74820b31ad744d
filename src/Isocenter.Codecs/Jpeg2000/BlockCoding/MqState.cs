using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What a context knows: one state of Table C.2, with the more probable symbol.</summary>
/// <param name="Qe">The probability estimate, in the scale of <see cref="MqRegisters"/>.</param>
/// <param name="Next">Bytes from the first context to the state after a more probable symbol with renormalization; that
/// after a less probable one follows it.</param>
/// <param name="MoreProbable">The more probable symbol, 0 or 1.</param>
internal readonly record struct MqState(long Qe, uint Next, uint MoreProbable)
{
    /// <summary>Bytes of one state.</summary>
    public const int Size = 16;
}

/// <summary>The contexts of a block, where each state leads, and the tables that give the context of a neighbourhood: in one
/// array, so that one reference reaches all of it.</summary>
internal sealed class MqContexts
{
    /// <summary>Bytes from the first context to the table of zero coding contexts: 512 bytes, each the place of a context in
    /// bytes.</summary>
    public const int ZeroCodingTable = (Transitions + 4 * MqTable.States) * MqState.Size;

    /// <summary>Bytes from the first context to the table of sign contexts: 256 bytes, each the place of a context in bytes,
    /// and the XOR bit at bit 0.</summary>
    public const int SignTable = ZeroCodingTable + 512;

    private const int Transitions = 32;   // states before this are the contexts
    private static readonly MqState[] Initial = MakeInitial();

    /// <summary>Contexts by number, transitions, tables.</summary>
    public MqState[] States { get; } = [.. Initial];

    /// <summary>Sets all contexts to their first states (Table D.7).</summary>
    public void Reset() => Initial.AsSpan(0, Transitions).CopyTo(States);

    /// <summary>Puts the zero coding contexts of a sub-band in place.</summary>
    public void Use(Orientation orientation) =>
        ContextTables.ZeroCoding(orientation).CopyTo(MemoryMarshal.AsBytes(States.AsSpan())[ZeroCodingTable..]);

    private static MqState Make(int state, int mps) =>
        new((long)MqTable.Qe[state] << MqRegisters.Scale, (uint)(Transitions + 4 * state + 2 * mps) * MqState.Size, (uint)mps);

    private static MqState[] MakeInitial()
    {
        var states = new MqState[SignTable / MqState.Size + 16];
        for (int i = 0; i < MqTable.Contexts; i++) states[i] = Make(MqTable.InitialState(i), 0);
        for (int state = 0; state < MqTable.States; state++)
            for (int mps = 0; mps < 2; mps++)
            {
                states[Transitions + 4 * state + 2 * mps] = Make(MqTable.NextMps[state], mps);
                states[Transitions + 4 * state + 2 * mps + 1] = Make(MqTable.NextLps[state], MqTable.Switches(state) ? 1 - mps : mps);
            }
        ContextTables.Sign.CopyTo(MemoryMarshal.AsBytes(states.AsSpan())[SignTable..]);
        return states;
    }
}

/// <summary>The codeword segment that is decoded, as plain bits. It outlives the registers of one pass.</summary>
internal ref struct MqInput
{
    /// <summary>Bytes 0xFF behind the plain bits.</summary>
    public const int Padding = 8;

    private readonly ref byte _bytes;
    private readonly nint _last;
    private nint _position;

    /// <param name="plain">Of <see cref="Unstuff"/>.</param>
    public MqInput(ReadOnlySpan<byte> plain)
    {
        if (plain.Length < Padding) throw new ArgumentException("the padding is missing");
        _bytes = ref MemoryMarshal.GetReference(plain);
        _last = plain.Length - 5;   // four bytes from here are padding, whatever was before
    }

    /// <summary>All bytes have been fetched.</summary>
    public readonly bool IsAtEnd => _position > _last - 3;

    /// <summary>BYTEIN (ISO/IEC 15444-1 §C.3.4), four bytes at a time.</summary>
    /// <param name="c">C, its mark at bit 32 or above and nothing below.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Fetch(long c)
    {
        // Within plain: the position is never above _last, see there.
        uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref _bytes, _position));
        if (IsLittleEndian) word = BinaryPrimitives.ReverseEndianness(word);
        _position += 4;
        if (_position > _last) _position = _last;
        // The bits take the place of the mark and the 31 below it, and the mark the next.
        return c + ((2L * word + 1 - (1L << 32)) << (BitOperations.TrailingZeroCount(c) - 32));
    }

    private static readonly bool IsLittleEndian = MemoryMarshal.Cast<byte, ushort>([1, 0])[0] == 1;

    /// <summary>Takes the stuffed bits out of a codeword segment, and adds the carries that are in them.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="plain">Room for its length and <see cref="Padding"/> + 8 bytes.</param>
    /// <returns>The bits, ones after the end, and the padding.</returns>
    /// <remarks>The flow charts add a carry only when its byte is fetched. For the codewords of an encoder no decision
    /// changes by adding it before: its interval holds the value with and without.</remarks>
    public static ReadOnlySpan<byte> Unstuff(ReadOnlySpan<byte> segment, Span<byte> plain)
    {
        ulong pending = 0;
        int bits = 0, from = 0, to = 0;   // bits of pending, fewer than 8
        while (from < segment.Length)
        {
            if (segment.Length - from >= 4)
            {
                uint word = BinaryPrimitives.ReadUInt32BigEndian(segment[from..]);
                if (((~word - 0x01010101u) & word & 0x80808080u) == 0)   // no byte is 0xFF
                {
                    pending = pending << 32 | word;
                    BinaryPrimitives.WriteUInt32BigEndian(plain[to..], (uint)(pending >> bits));
                    from += 4;
                    to += 4;
                    continue;
                }
            }
            pending = (pending & ((1u << bits) - 1)) << 8 | segment[from];
            int count = bits + 8;
            if (segment[from++] == 0xFF)
            {
                if (from == segment.Length || segment[from] > 0x8F) break;   // a marker: the end
                pending = (pending << 7) + segment[from++];
                count += 7;
                if (pending >> count != 0)
                    for (int i = to - 1; i >= 0 && ++plain[i] == 0; i--) { }   // the carry ran through
            }
            for (; count >= 8; count -= 8) plain[to++] = (byte)(pending >> (count - 8));
            bits = count;
        }
        pending &= (1u << bits) - 1;
        if (bits > 0) plain[to++] = (byte)(pending << (8 - bits) | 0xFFu >> bits);
        plain.Slice(to, Padding).Fill(0xFF);
        return plain[..(to + Padding)];
    }
}

/// <summary>The registers of the MQ decoder (ISO/IEC 15444-1 §C.3), arranged for few steps and few branches.</summary>
/// <remarks>
/// <para>A and C are scaled by 2^47, so that bits of the codeword wait below C, with a mark, a bit that is 1, below the last
/// of them: when the low 32 bits are 0 the next four bytes are fetched. No call is made for that, which would cost the
/// loops around it their registers.</para>
/// <para>A is kept less 0x8000. A more probable symbol that needs no renormalization is recognised by neither A nor C
/// becoming negative when Qe is taken off both. Everything else goes without branches on the data.</para>
/// </remarks>
internal struct MqRegisters
{
    /// <summary>Bits below the 16 of the standard's registers.</summary>
    public const int Scale = 47;

    private const long Half = 0x8000L << Scale;

    /// <summary>A − 0x8000.</summary>
    public long A;

    public long C;

    /// <summary>INITDEC: begins a codeword segment.</summary>
    public static MqRegisters Start(ref MqInput input) => new() { A = 0, C = input.Fetch(1L << (Scale + 14)) };   // the first bit of C is 0

    /// <summary>DECODE.</summary>
    /// <param name="states">The first of <see cref="MqContexts.States"/>.</param>
    /// <param name="context">The context, one of them.</param>
    /// <param name="input">Where bytes come from.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Decode(ref MqState states, ref MqState context, ref MqInput input)
    {
        long qe = context.Qe;
        A -= qe;
        C -= qe;
        uint symbol = context.MoreProbable;
        if ((A | C) >= 0) return symbol;

        long a = A + Half;
        int less = (int)((a - qe ^ C) >> 63);                  // −1 for the less probable: conditional exchange (Figures C.17, C.18)
        // Next and the state after it are among the transitions, by construction of MqContexts.
        context = Unsafe.AddByteOffset(ref states, (nuint)(context.Next + ((uint)less & MqState.Size)));
        long below = C >> 63;                                  // −1 in the sub-interval of size Qe
        a ^= (a ^ qe) & below;
        C += qe & below;
        int shift = BitOperations.LeadingZeroCount((ulong)a) - 1;
        A = (a << shift) - Half;
        C <<= shift;
        if ((uint)C == 0) C = input.Fetch(C);
        return symbol ^ (uint)(less & 1);
    }

    /// <summary>DECODE without a branch on whether the interval is renormalized, for contexts of which that cannot be foretold.</summary>
    /// <param name="states">The first of <see cref="MqContexts.States"/>.</param>
    /// <param name="at">The context, in bytes from the first.</param>
    /// <param name="input">Where bytes come from.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint DecodeUncertain(ref MqState states, uint at, ref MqInput input)
    {
        ref var context = ref Unsafe.AddByteOffset(ref states, (nuint)at);
        long qe = context.Qe;
        uint symbol = context.MoreProbable;
        long reduced = A - qe, c = C - qe, a = reduced + Half, below = c >> 63;
        uint less = (uint)((a - qe ^ c) >> 63), renormalizes = (uint)((reduced | c) >> 63);
        at ^= (at ^ context.Next + (less & MqState.Size)) & renormalizes;
        context = Unsafe.AddByteOffset(ref states, (nuint)at);
        a ^= (a ^ qe) & below;
        c += qe & below;
        int shift = BitOperations.LeadingZeroCount((ulong)a) - 1;
        A = (a << shift) - Half;
        C = c << shift;
        if ((uint)C == 0) C = input.Fetch(C);
        return symbol ^ less & 1;
    }
}
