namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The MQ decoder as the flow charts draw it (ISO/IEC 15444-1 §C.3), and raw bits. Obvious, not fast.</summary>
internal ref struct MqDecoder
{
    private readonly Span<byte> _states;   // by context: state << 1 | more probable symbol
    private ReadOnlySpan<byte> _bytes;
    private int _at;
    private uint _a;
    private uint _c;
    private int _ct;

    public MqDecoder(Span<byte> states)
    {
        _states = states;
        ResetContexts();
    }

    public readonly void ResetContexts()
    {
        for (int i = 0; i < MqTable.Contexts; i++) _states[i] = (byte)(MqTable.InitialState(i) << 1);
    }

    /// <summary>Begins a segment of arithmetic codewords (INITDEC).</summary>
    public void Start(ReadOnlySpan<byte> segment)
    {
        _bytes = segment;
        _at = 0;
        _c = (uint)Byte(0) << 16;
        ByteIn();
        _c <<= 7;
        _ct -= 7;
        _a = 0x8000;
    }

    /// <summary>Begins a segment of raw bits.</summary>
    public void StartRaw(ReadOnlySpan<byte> segment)
    {
        _bytes = segment;
        _at = -1;
        _c = 0;
        _ct = 0;
    }

    /// <summary>DECODE.</summary>
    public int Decode(int context)
    {
        int state = _states[context] >> 1, mps = _states[context] & 1;
        uint qe = MqTable.Qe[state];
        int symbol;
        _a -= qe;
        if (_c >> 16 < qe)
        {
            symbol = LpsExchange(context, state, mps, qe);
            Renormalize();
            return symbol;
        }
        _c -= qe << 16;
        if ((_a & 0x8000) != 0) return mps;
        symbol = MpsExchange(context, state, mps, qe);
        Renormalize();
        return symbol;
    }

    /// <summary>One raw bit; the bit after a byte 0xFF is skipped (§D.6).</summary>
    public int DecodeRaw()
    {
        if (_ct == 0)
        {
            _ct = _c == 0xFF ? 7 : 8;
            if (_c == 0xFF && Byte(_at + 1) > 0x8F)
            {
                _ct = 8;
            }
            else
            {
                _at++;
                _c = Byte(_at);
            }
        }
        return (int)(_c >> --_ct) & 1;
    }

    private int MpsExchange(int context, int state, int mps, uint qe)
    {
        if (_a < qe) return Less(context, state, mps);
        _states[context] = (byte)(MqTable.NextMps[state] << 1 | mps);
        return mps;
    }

    private int LpsExchange(int context, int state, int mps, uint qe)
    {
        bool more = _a < qe;
        _a = qe;
        if (!more) return Less(context, state, mps);
        _states[context] = (byte)(MqTable.NextMps[state] << 1 | mps);
        return mps;
    }

    private readonly int Less(int context, int state, int mps)
    {
        int next = MqTable.Switches(state) ? 1 - mps : mps;
        _states[context] = (byte)(MqTable.NextLps[state] << 1 | next);
        return 1 - mps;
    }

    private void Renormalize()
    {
        do
        {
            if (_ct == 0) ByteIn();
            _a <<= 1;
            _c <<= 1;
            _ct--;
        }
        while ((_a & 0x8000) == 0);
    }

    private void ByteIn()
    {
        if (Byte(_at) != 0xFF)
        {
            _at++;
            _c += (uint)Byte(_at) << 8;
            _ct = 8;
        }
        else if (Byte(_at + 1) > 0x8F)
        {
            _c += 0xFF00;
            _ct = 8;
        }
        else
        {
            _at++;
            _c += (uint)Byte(_at) << 9;
            _ct = 7;
        }
    }

    private readonly byte Byte(int at) => at < _bytes.Length ? _bytes[at] : (byte)0xFF;
}
