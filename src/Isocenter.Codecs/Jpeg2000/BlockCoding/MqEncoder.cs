using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The MQ encoder (ISO/IEC 15444-1 §C.2). It takes the decisions of a whole coding pass at once, so that its
/// registers stay in registers.</summary>
internal sealed class MqEncoder
{
    /// <summary>Bytes that <see cref="Bound"/> gives.</summary>
    public const int BoundLength = 5;

    // Qe at bits 0 to 14, the more probable symbol at 15, and the transitions after a more and a less probable symbol.
    private static readonly uint[] Transitions = MakeTransitions();

    private readonly uint[] _contexts = new uint[32];
    private byte[] _bytes = new byte[1 << 14];   // the first stands before the codeword: where a carry never comes
    private uint _a;
    private uint _c;
    private int _ct;
    private int _at;   // of the last byte, which a carry may still change

    /// <summary>Bytes of the codeword segment so far.</summary>
    public int Length => _at;

    /// <summary>Sets all contexts to their first states (Table D.7).</summary>
    public void ResetContexts()
    {
        for (int i = 0; i < MqTable.Contexts; i++) _contexts[i] = Transitions[MqTable.InitialState(i) << 1];
    }

    /// <summary>Begins a codeword segment (INITENC).</summary>
    public void Start()
    {
        _bytes[0] = 0;
        (_a, _c, _ct, _at) = (0x8000, 0, 12, 0);
    }

    /// <summary>Encodes decisions.</summary>
    /// <param name="decisions">Of each the context × 2, and the decision at bit 0.</param>
    public void Encode(ReadOnlySpan<byte> decisions)
    {
        // A decision never costs more than 16 bits; stuffing adds an eighth.
        if (_bytes.Length < _at + 16 + decisions.Length * 9 / 4) Array.Resize(ref _bytes, 2 * _bytes.Length + decisions.Length * 9 / 4);
        ref uint contexts = ref MemoryMarshal.GetArrayDataReference(_contexts);
        ref uint transitions = ref MemoryMarshal.GetArrayDataReference(Transitions);
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(_bytes);
        uint a = _a, c = _c;
        int ct = _ct, at = _at;
        foreach (byte decision in decisions)
        {
            // Contexts are below 32; transitions have a byte of 2 × 47 values.
            ref uint context = ref Unsafe.Add(ref contexts, (nuint)(decision >> 1 & 31));
            uint state = context, qe = state & 0x7FFF, less = (state >> 15 ^ decision) & 1;
            a -= qe;
            if ((a & ~(less << 15) & 0x8000) != 0)
            {
                c += qe;
                continue;
            }

            // The interval of size Qe goes to the less probable symbol, unless it is the larger (Figures C.6, C.7).
            uint exchange = 0 - (less ^ (a - qe) >> 31);
            c += qe & ~exchange;
            a ^= (a ^ qe) & exchange;
            context = Unsafe.Add(ref transitions, (nuint)(state >> (int)(16 + 8 * less) & 0xFF));
            int shift = BitOperations.LeadingZeroCount(a) - 16;
            a <<= shift;
            while (shift >= ct)
            {
                c <<= ct;
                shift -= ct;
                ct = ByteOut(ref bytes, ref at, ref c);
            }
            c <<= shift;
            ct -= shift;
        }
        (_a, _c, _ct, _at) = (a, c, ct, at);
    }

    /// <summary>The largest codeword that is still decoded as what was encoded so far.</summary>
    /// <param name="bound">Receives its bytes from the returned place on; before it the codeword does not change any more.
    /// All that follow are 1 bits.</param>
    /// <returns>A place in the codeword, −1 for the one before it.</returns>
    public int Bound(Span<byte> bound)
    {
        bound[0] = _bytes[_at];
        uint c = _c + _a - 1;
        int ct = _ct, at = 0;
        ref byte first = ref MemoryMarshal.GetReference(bound[..BoundLength]);
        for (int i = 1; i < BoundLength; i++)
        {
            c = ((c + 1) << ct) - 1;
            ct = ByteOut(ref first, ref at, ref c);
        }
        return _at - 1;
    }

    /// <summary>Ends the codeword segment (FLUSH).</summary>
    /// <returns>Its bytes, until the next <see cref="Start"/>. The last is not 0xFF.</returns>
    public ReadOnlySpan<byte> Finish()
    {
        uint most = _c + _a;
        _c |= 0xFFFF;
        if (_c >= most) _c -= 0x8000;
        ref byte bytes = ref MemoryMarshal.GetArrayDataReference(_bytes);
        for (int i = 0; i < 2; i++)
        {
            _c <<= _ct;
            _ct = ByteOut(ref bytes, ref _at, ref _c);
        }
        int length = _bytes[_at] == 0xFF ? _at - 1 : _at;
        return _bytes.AsSpan(1, Math.Max(length, 0));
    }

    // BYTEOUT (Figure C.11). "at" goes up by one each time; the callers see to the room.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ByteOut(ref byte bytes, ref int at, ref uint c)
    {
        ref byte last = ref Unsafe.Add(ref bytes, at);
        at++;
        if (last != 0xFF)
        {
            last += (byte)(c >> 27);   // the carry
            c &= 0x7FF_FFFF;
        }
        if (last != 0xFF)
        {
            Unsafe.Add(ref last, 1) = (byte)(c >> 19);
            c &= 0x7_FFFF;
            return 8;
        }
        Unsafe.Add(ref last, 1) = (byte)(c >> 20);
        c &= 0xF_FFFF;
        return 7;
    }

    private static uint[] MakeTransitions()
    {
        var transitions = new uint[256];
        for (int state = 0; state < MqTable.States; state++)
            for (int mps = 0; mps < 2; mps++)
            {
                int other = MqTable.Switches(state) ? 1 - mps : mps;
                transitions[state << 1 | mps] = MqTable.Qe[state] | (uint)mps << 15
                    | (uint)(MqTable.NextMps[state] << 1 | mps) << 16 | (uint)(MqTable.NextLps[state] << 1 | other) << 24;
            }
        return transitions;
    }
}
