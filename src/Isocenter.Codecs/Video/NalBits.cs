namespace Isocenter.Codecs.Video;

/// <summary>Reads the bits of a NAL unit, without the bytes that keep start codes out of it (ISO/IEC 14496-10 §7.4.1.1,
/// §9.1). Behind the end there are zeros.</summary>
internal ref struct NalBits(ReadOnlySpan<byte> nal)
{
    private readonly ReadOnlySpan<byte> _nal = nal;
    private int _at, _bit, _zeros;

    /// <summary>Reads up to 32 bits.</summary>
    public uint Read(int bits)
    {
        uint value = 0;
        for (int i = 0; i < bits; i++) value = value << 1 | Bit();
        return value;
    }

    public bool Flag() => Bit() != 0;

    public void Skip(int bits)
    {
        for (int i = 0; i < bits; i++) Bit();
    }

    /// <summary>ue(v).</summary>
    public int Unsigned()
    {
        int zeros = 0;
        while (zeros < 31 && Bit() == 0)
        {
            if (_at >= _nal.Length) return 0;
            zeros++;
        }
        return (int)Math.Min((1u << zeros) - 1 + Read(zeros), int.MaxValue);
    }

    /// <summary>se(v).</summary>
    public int Signed()
    {
        int code = Unsigned();
        return (code & 1) != 0 ? code / 2 + 1 : -(code / 2);
    }

    private uint Bit()
    {
        if (_bit == 0 && _zeros >= 2 && _at < _nal.Length && _nal[_at] == 3)
        {
            _at++;
            _zeros = 0;
        }
        if (_at >= _nal.Length) return 0;
        uint value = (uint)(_nal[_at] >> (7 - _bit) & 1);
        if (++_bit == 8)
        {
            _zeros = _nal[_at] == 0 ? _zeros + 1 : 0;
            (_bit, _at) = (0, _at + 1);
        }
        return value;
    }
}
