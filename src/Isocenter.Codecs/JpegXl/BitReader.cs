using System.Buffers.Binary;
using System.Numerics;

namespace Isocenter.Codecs.JpegXl;

/// <summary>Bits from the lowest of each byte on (ISO/IEC 18181-1 Annex B).</summary>
/// <param name="bytes">A section, or the headers with all behind them.</param>
/// <param name="start">Of the first byte in the code stream, for errors.</param>
internal ref struct BitReader(ReadOnlySpan<byte> bytes, long start)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _next;
    private ulong _word;
    private int _count;

    /// <summary>Bits that were taken, from the first byte on.</summary>
    public readonly long Position => 8L * _next - _count;

    /// <summary>The byte in the code stream that is read.</summary>
    public readonly long Offset => start + (Position >> 3);

    public bool Flag() => Read(1) != 0;

    /// <summary>Up to 32 bits.</summary>
    /// <exception cref="CodecException">The bytes are used up.</exception>
    public uint Read(int count)
    {
        if (_count < count) Fill(count);
        uint value = (uint)(_word & ((1UL << count) - 1));
        _word >>= count;
        _count -= count;
        return value;
    }

    /// <summary>The next 15 bits, zeros behind the end; <see cref="Skip"/> takes as many as belong to a code.</summary>
    public uint Peek15()
    {
        if (_count < 15) TryFill();
        return (uint)_word & 0x7FFF;
    }

    /// <exception cref="CodecException">The bytes are used up.</exception>
    public void Skip(int count)
    {
        if (count > _count) throw Cut();
        _word >>= count;
        _count -= count;
    }

    /// <summary>Goes on with the next whole byte; the bits before it are zero.</summary>
    public void Align()
    {
        if (Read(_count & 7) != 0) throw Invalid("bits between sections are not zero");
    }

    /// <summary>Passes over bits however many.</summary>
    public void SkipFar(ulong count)
    {
        long target = count > 8UL * (ulong)_bytes.Length ? long.MaxValue : Position + (long)count;
        if (target > 8L * _bytes.Length) throw Cut();
        _next = (int)(target >> 3);
        _word = 0;
        _count = 0;
        Read((int)(target & 7));
    }

    /// <summary>U32: two bits choose one of four offsets with so many bits on top (§B.2.2).</summary>
    public uint Choose(uint offset0, int bits0, uint offset1, int bits1, uint offset2, int bits2, uint offset3, int bits3)
    {
        var (offset, count) = Read(2) switch { 0 => (offset0, bits0), 1 => (offset1, bits1), 2 => (offset2, bits2), _ => (offset3, bits3) };
        return offset + Read(count);
    }

    /// <summary>U64 (§B.2.3).</summary>
    public ulong Read64()
    {
        switch (Read(2))
        {
            case 0: return 0;
            case 1: return 1 + Read(4);
            case 2: return 17 + Read(8);
            default: break;
        }
        ulong value = Read(12);
        for (int shift = 12; Flag(); shift += 8)
        {
            if (shift == 60) return value | (ulong)Read(4) << 60;
            value |= (ulong)Read(8) << shift;
        }
        return value;
    }

    /// <summary>F16, whose value nobody needs here.</summary>
    public void SkipFloats(int count)
    {
        for (int i = 0; i < count; i++) Read(16);
    }

    public uint Enumerated() => Choose(0, 0, 1, 0, 2, 4, 18, 6);

    /// <summary>U8 of the tables of symbols (§C.2.5).</summary>
    public int ReadShort()
    {
        if (!Flag()) return 0;
        int count = (int)Read(3);
        return (1 << count) + (int)Read(count);
    }

    /// <summary>A number up to a limit, in the fewest bits that hold the limit.</summary>
    public int ReadUpTo(int limit)
    {
        int value = (int)Read(BitOperations.Log2((uint)limit << 1 | 1));
        return value <= limit ? value : throw Invalid($"{value} is above {limit}");
    }

    public readonly CodecException Invalid(string problem) => new(JpegXlDecoder.Codec, problem, Offset, JpegXlDecoder.Rule);

    private readonly CodecException Cut() => new(JpegXlDecoder.Codec, "the code stream ends within its data", start + _bytes.Length, JpegXlDecoder.Rule);

    private void Fill(int count)
    {
        TryFill();
        if (_count < count) throw Cut();
    }

    private void TryFill()
    {
        if (_bytes.Length - _next >= 8)
        {
            _word |= BinaryPrimitives.ReadUInt64LittleEndian(_bytes[_next..]) << _count;
            int whole = (63 - _count) >> 3;
            _next += whole;
            _count += 8 * whole;
            _word &= ulong.MaxValue >> (64 - _count);
            return;
        }
        for (; _count <= 56 && _next < _bytes.Length; _count += 8) _word |= (ulong)_bytes[_next++] << _count;
    }
}
