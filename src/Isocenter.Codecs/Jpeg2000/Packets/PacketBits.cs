namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Reads the bits of a packet header; after a byte 0xFF the next has seven (ISO/IEC 15444-1 §B.10.1).</summary>
internal ref struct PacketBits
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _byte;
    private int _left;   // bits of _byte not yet read

    public PacketBits(ReadOnlySpan<byte> bytes, int start)
    {
        _bytes = bytes;
        Position = start;
    }

    /// <summary>The next byte to take bits from.</summary>
    public int Position { get; private set; }

    /// <summary>Bits were read that are not there; they are 0.</summary>
    public bool IsOverrun { get; private set; }

    public int Read()
    {
        if (_left == 0) NextByte();
        return _byte >> --_left & 1;
    }

    /// <summary>The next bits, most significant first; 32 at most.</summary>
    public uint Read(int count)
    {
        uint value = 0;
        while (count > 0)
        {
            if (_left == 0) NextByte();
            int take = Math.Min(count, _left);
            _left -= take;
            count -= take;
            value = value << take | (uint)(_byte >> _left) & ((1u << take) - 1);
        }
        return value;
    }

    /// <summary>Goes to the byte after the header.</summary>
    public void Align()
    {
        if (_byte == 0xFF) NextByte();   // a header does not end with 0xFF: a stuffed byte follows
        _left = 0;
        _byte = 0;
    }

    private void NextByte()
    {
        _left = _byte == 0xFF ? 7 : 8;
        if (Position < _bytes.Length)
        {
            _byte = _bytes[Position++];
        }
        else
        {
            IsOverrun = true;
            _byte = 0;
        }
    }
}
