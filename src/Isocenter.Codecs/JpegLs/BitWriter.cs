using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.JpegLs;

/// <summary>Writes entropy coded data: a zero bit follows each byte 0xFF (ISO/IEC 14495-1 §A.1).</summary>
/// <remarks>Bits gather in a word whose whole bytes are stored after each code. The caller makes room for a line at a
/// time (<see cref="Reserve"/>); within it nothing is checked but the bounds of the buffer.</remarks>
internal ref struct BitWriter
{
    /// <summary>The longest value <see cref="Put"/> takes, in bits.</summary>
    public const int MaxLength = 56;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _buffer;
    private int _position;
    private ulong _bits;
    private int _used;

    public BitWriter(IBufferWriter<byte> output)
    {
        _output = output;
    }

    /// <summary>Makes room for a line.</summary>
    /// <param name="samples">Samples that will follow.</param>
    /// <param name="limit">The longest code word of one, in bits.</param>
    public void Reserve(int samples, int limit)
    {
        // One bit in eight may be stuffed; the run length code adds at most a code word at the end of the line.
        long bytes = (samples + 2L) * (limit + 8) / 7 + 2 * sizeof(ulong);
        if (_position + bytes <= _buffer.Length) return;
        Commit();
        _buffer = _output.GetSpan((int)Math.Max(bytes, 1 << 16));
    }

    /// <summary>Appends the low <paramref name="length"/> bits of <paramref name="value"/>, whose others are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(ulong value, int length)
    {
        _bits |= value << (64 - _used - length);
        _used += length;
        const ulong Ones = 0x0101_0101_0101_0101, Tops = 0x8080_8080_8080_8080;
        if (((~_bits - Ones) & _bits & Tops) != 0)              // some byte is 0xFF
        {
            Stuff();
            return;
        }
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[_position..], _bits);
        _position += _used >> 3;
        _bits <<= _used & 56;
        _used &= 7;
    }

    /// <summary>Appends a code word of any length: <paramref name="zeros"/> zeros, then <paramref name="length"/> bits, at
    /// most 33.</summary>
    public void PutLong(int zeros, ulong value, int length)
    {
        for (; zeros > 32; zeros -= 32) Put(0, 32);
        Put(0, zeros);
        Put(value, length);
    }

    /// <summary>Fills the last byte with zeros.</summary>
    public void Finish()
    {
        // After a byte 0xFF its stuffed bit is in use already, so the filled byte keeps it from looking like a marker.
        if (_used > 0) Put(0, 8 - _used);
    }

    /// <summary>Appends a marker without a segment; the data before it are finished.</summary>
    public void PutMarker(byte code)
    {
        _buffer[_position++] = 0xFF;
        _buffer[_position++] = code;
    }

    /// <summary>Hands over what is in the buffer.</summary>
    public void Commit()
    {
        _output.Advance(_position);
        _buffer = default;
        _position = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Stuff()
    {
        while (_used >= 8)
        {
            byte next = (byte)(_bits >> 56);
            _buffer[_position++] = next;
            _bits <<= 8;
            _used -= 8;
            if (next != 0xFF) continue;
            _bits >>= 1;
            _used++;
        }
    }
}
