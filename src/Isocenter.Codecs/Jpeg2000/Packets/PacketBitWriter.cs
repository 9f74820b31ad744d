namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Writes the bits of a packet header; after a byte 0xFF the next has seven (ISO/IEC 15444-1 §B.10.1).</summary>
/// <param name="buffer">Receives them; large enough.</param>
internal ref struct PacketBitWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _pending;
    private int _room = 8;

    /// <summary>Whole bytes written.</summary>
    public int Length { get; private set; }

    public void Write(int bit)
    {
        _pending = _pending << 1 | bit;
        if (--_room > 0) return;
        _buffer[Length++] = (byte)_pending;
        _room = _pending == 0xFF ? 7 : 8;
        _pending = 0;
    }

    /// <summary>Writes the low bits of a value, most significant first.</summary>
    public void Write(int value, int count)
    {
        for (int i = count - 1; i >= 0; i--) Write(value >> i & 1);
    }

    /// <summary>Ends the header; it may not end with 0xFF.</summary>
    public void Finish()
    {
        if (_room == 8) return;
        do Write(0);
        while (_room < 8);
    }
}
