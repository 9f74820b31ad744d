using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What a context knows: one state of Table C.2, with the more probable symbol.</summary>
/// <param name="Qe">The probability estimate, in the scale of <see cref="MqRegisters"/>.</param>
/// <param name="Next">Twice the place of the state in <see cref="MqStates.Next"/>'s order; bit 1 is the more probable symbol.</param>
internal readonly record struct MqState(long Qe, long Next)
{
    public uint MoreProbable
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)(Next >> 1) & 1;
    }
}

/// <summary>The states of Table C.2 with either symbol the more probable, and where they lead.</summary>
internal static class MqStates
{
    /// <summary>By <see cref="MqState.Next"/> plus 1 after a less probable symbol: the next state.</summary>
    public static readonly MqState[] Next = MakeNext();

    private static readonly MqState[] Initial = MakeInitial();

    /// <summary>Sets all contexts to their first states (Table D.7).</summary>
    public static void Reset(Span<MqState> contexts) => Initial.CopyTo(contexts);

    private static MqState Make(int state, int mps) => new((long)MqTable.Qe[state] << MqRegisters.Scale, state << 2 | mps << 1);

    private static MqState[] MakeNext()
    {
        var next = new MqState[4 * 64];   // a power of two, so that a masked index is always inside
        for (int state = 0; state < MqTable.States; state++)
            for (int mps = 0; mps < 2; mps++)
            {
                next[state << 2 | mps << 1] = Make(MqTable.NextMps[state], mps);
                next[state << 2 | mps << 1 | 1] = Make(MqTable.NextLps[state], MqTable.Switches(state) ? 1 - mps : mps);
            }
        return next;
    }

    private static MqState[] MakeInitial()
    {
        var initial = new MqState[MqTable.Contexts];
        for (int i = 0; i < initial.Length; i++) initial[i] = Make(MqTable.InitialState(i), 0);
        return initial;
    }
}

/// <summary>The registers of the MQ decoder (ISO/IEC 15444-1 §C.3), arranged for few steps and few branches.</summary>
/// <remarks>
/// <para>A and C are scaled by 2^32, so that up to 32 bits of codeword wait below C and bytes are fetched four at a time.
/// Both are kept less by <see cref="Slack"/>, the smaller of A − 0x8000 and C: a more probable symbol that needs no
/// renormalization takes Qe off both, so it takes it off the slack alone, and is recognised by the slack staying
/// positive. Everything else is done without branches on the data.</para>
/// <para>The bits that a byte after 0xFF carries into earlier ones are added when it is fetched, earlier than in the flow
/// charts. For codewords of an encoder no decision changes by that: its interval holds the value with and without.</para>
/// </remarks>
internal ref struct MqRegisters
{
    /// <summary>Bits below the 16 of the standard's registers.</summary>
    public const int Scale = 32;

    private const long Half = 0x8000L << Scale;

    public long A;       // less Slack
    public long C;       // less Slack
    public long Slack;
    public int Waiting;  // bits fetched below the 16 that decisions look at
    public int Position; // of the next byte
    public ReadOnlySpan<byte> Bytes;

    /// <summary>INITDEC: begins a codeword segment, which at least four bytes 0xFF follow.</summary>
    public static MqRegisters Start(ReadOnlySpan<byte> bytes, int start)
    {
        var mq = new MqRegisters { A = Half, Waiting = -15, Bytes = bytes, Position = start };
        // The first byte has none before it.
        mq.C = (long)bytes[start] << (Scale - 8 - mq.Waiting);
        mq.Waiting += 8;
        mq.Position++;
        var fetched = Fetch(bytes, mq.Position, mq.Waiting);
        mq.C += fetched.Bits;
        mq.Position = fetched.Position;
        mq.Waiting = fetched.Waiting;
        mq.Slack = Math.Min(mq.A - Half, mq.C);
        mq.A -= mq.Slack;
        mq.C -= mq.Slack;
        return mq;
    }

    /// <summary>DECODE.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Decode(ref MqState context)
    {
        long qe = context.Qe;
        Slack -= qe;
        uint symbol = context.MoreProbable;
        if (Slack >= 0) return symbol;

        long a = A + Slack, c = C + Slack;
        long below = c >> 63;                                  // −1 in the sub-interval of size Qe
        uint less = (uint)((a - qe) >> 63 ^ below) & 1;        // conditional exchange (Figures C.17, C.18)
        a ^= (a ^ qe) & below;
        c += qe & below;
        int shift = BitOperations.LeadingZeroCount((ulong)a) - (63 - 15 - Scale);
        a <<= shift;
        c <<= shift;
        Waiting -= shift;
        context = Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(MqStates.Next), (nint)(context.Next + less));
        if (Waiting < 0)
        {
            var fetched = Fetch(Bytes, Position, Waiting);
            c += fetched.Bits;
            Position = fetched.Position;
            Waiting = fetched.Waiting;
        }
        long slack = Math.Min(a - Half, c);
        Slack = slack;
        A = a - slack;
        C = c - slack;
        return symbol ^ less;
    }

    private readonly record struct Fetched(long Bits, int Position, int Waiting);

    // BYTEIN for as many bytes as there is room for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Fetched Fetch(ReadOnlySpan<byte> bytes, int position, int waiting)
    {
        uint word = BinaryPrimitives.ReadUInt32BigEndian(bytes[position..]);
        if (bytes[position - 1] != 0xFF && ((~word - 0x01010101u) & word & 0x80808080u) == 0 && waiting <= 0)
            return new Fetched((long)word << -waiting, position + 4, waiting + 32);

        long bits = 0;
        while (waiting <= Scale - 8)
        {
            long next = bytes[position];
            if (bytes[position - 1] != 0xFF)
            {
                bits += next << (Scale - 8 - waiting);
                waiting += 8;
                position++;
            }
            else if (next > 0x8F)
            {
                bits += 0xFFL << (Scale - 8 - waiting);   // the end: ones from here on
                waiting += 8;
            }
            else
            {
                bits += next << (Scale - 7 - waiting);    // a bit was stuffed in, for the carry
                waiting += 7;
                position++;
            }
        }
        return new Fetched(bits, position, waiting);
    }
}
