using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.JpegLs;

/// <summary>Bits of entropy coded data, without the zero bit that follows each byte 0xFF (ISO/IEC 14495-1 §A.1 and
/// §9.1).</summary>
/// <remarks>Hot loops copy <see cref="Bits"/>, <see cref="Valid"/>, <see cref="Position"/> and <see cref="FastEnd"/> into
/// locals, and refill by themselves while Position ≤ FastEnd: no 0xFF is near, so eight bytes at once are bits. After the
/// last byte come zeros without end; <see cref="ThrowIfExhausted"/> tells that some were used.</remarks>
internal ref struct BitReader
{
    /// <summary>Bits there are at least after a refill.</summary>
    public const int Refilled = 32;

    /// <summary>Bits a refill of eight bytes leaves at least; or-ed to <see cref="Valid"/> it counts the whole bytes taken.</summary>
    public const int RefilledFast = 56;

    /// <summary>Zeros a code word may begin with to be read at once: with k at most 16, it fits a refilled reader.</summary>
    public const int FastZeros = 16;

    private const byte Escape = 0xFF;
    private const int MaxPadding = 1 << 12;
    private readonly ReadOnlySpan<byte> _data;
    private readonly int _start;
    private bool _ended;
    private int _padding;
    private int _nextEscape = -1;

    /// <summary>Starts at a byte.</summary>
    /// <param name="data">The whole code stream.</param>
    /// <param name="start">Where the entropy coded data begins.</param>
    public BitReader(ReadOnlySpan<byte> data, int start)
    {
        _data = data;
        _start = start;
        Position = start;
        FindFastEnd();
    }

    /// <summary>The next bits, first in the highest. Below <see cref="Valid"/> may be what a refill will bring again.</summary>
    public ulong Bits;

    /// <summary>How many of <see cref="Bits"/> count; at most 63.</summary>
    public int Valid;

    /// <summary>The byte that the next refill begins with.</summary>
    public int Position;

    /// <summary>The last position from which eight bytes can be taken as they are; negative when there is none.</summary>
    public int FastEnd;

    /// <summary>The whole code stream.</summary>
    public readonly ReadOnlySpan<byte> Data => _data;

    /// <summary>The line being decoded, from 0; for messages.</summary>
    public int Line;

    /// <summary>Throws when bits were used that are not there: the data ended too early.</summary>
    public readonly void ThrowIfExhausted()
    {
        if (Valid < _padding)
            throw CodeStream.Error($"the coded data end in line {Line + 1}", Position, "§A.1");
    }

    /// <summary>Fills up to <see cref="Refilled"/> bits or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Refill()
    {
        if (Position <= FastEnd)
        {
            Bits |= BinaryPrimitives.ReadUInt64BigEndian(_data[Position..]) >> Valid;
            Position += (63 - Valid) >> 3;
            Valid |= RefilledFast;
        }
        else if (Valid < Refilled)
        {
            RefillByByte();
        }
    }

    /// <summary>Fills up past 0xFF and up to a marker.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void RefillByByte()
    {
        Bits = Valid == 0 ? 0 : Bits & (ulong.MaxValue << (64 - Valid));
        while (Valid < RefilledFast)
        {
            if (!_ended && AtEnd()) _ended = true;
            if (_ended)
            {
                _padding += 8;
                Valid += 8;
                // A wide line has not to be finished in vain: an image may be nothing but restart markers.
                if (_padding > MaxPadding) ThrowIfExhausted();
                continue;
            }
            ulong next = _data[Position];
            int length = AfterEscape ? 7 : 8;                   // its highest bit is the stuffed zero
            Bits |= next << (64 - length) >> Valid;
            Valid += length;
            Position++;
        }
        FindFastEnd();
    }

    /// <summary>Reads a code word of any length (§A.5.3).</summary>
    /// <param name="k">Golomb parameter.</param>
    /// <param name="escapeZeros">Zeros after which the value follows as it is.</param>
    /// <param name="qbpp">Bits of such a value.</param>
    public int ReadCode(int k, int escapeZeros, int qbpp)
    {
        Refill();
        int zeros = BitOperations.LeadingZeroCount(Bits);
        if (zeros >= Math.Min(escapeZeros, FastZeros)) return ReadLongCode(k, escapeZeros, qbpp);
        ulong rest = Bits << (zeros + 1);
        Bits = rest << k;
        Valid -= zeros + 1 + k;
        return (zeros << k) | (int)(rest >> 1 >> (63 - k));
    }

    /// <summary>Reads 0 to 32 bits.</summary>
    public uint ReadBits(int count)
    {
        if (count == 0) return 0;
        if (Valid < count) Refill();
        uint value = (uint)(Bits >> (64 - count));
        Skip(count);
        return value;
    }

    /// <summary>Goes to the marker that ends these data, once all samples are decoded.</summary>
    /// <param name="marker">Where its 0xFF is; the end of the code stream when there is none.</param>
    /// <returns>False when more was left than the bits that fill the last byte, and it is not all zero.</returns>
    public bool TryFinish(out int marker)
    {
        int left = Valid - _padding;
        bool clean = left < 8 || Bits >> (64 - left) == 0;
        while (!AtEnd()) clean &= _data[Position++] == 0;
        marker = Position;
        while (marker + 1 < _data.Length && _data[marker + 1] == Escape) marker++;          // fill bytes
        return clean;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadLongCode(int k, int escapeZeros, int qbpp)
    {
        int zeros = 0;
        while (true)
        {
            Refill();
            int some = Math.Min(BitOperations.LeadingZeroCount(Bits), Refilled);
            if (zeros + some >= escapeZeros)
            {
                Skip(escapeZeros - zeros);
                return (int)(ReadBits(1 + qbpp) & ((1u << qbpp) - 1)) + 1;
            }
            zeros += some;
            if (some < Refilled)
            {
                Skip(some + 1);
                return (zeros << k) | (int)ReadBits(k);
            }
            Skip(some);
        }
    }

    /// <summary>Leaves out bits that are there.</summary>
    public void Skip(int count)
    {
        Bits <<= count;
        Valid -= count;
    }

    private readonly bool AfterEscape => Position > _start && _data[Position - 1] == Escape;

    /// <summary>Whether a marker, or the end of the code stream, is next.</summary>
    private readonly bool AtEnd()
    {
        if (Position >= _data.Length) return true;
        return _data[Position] == Escape && (Position + 1 >= _data.Length || _data[Position + 1] >= 0x80);
    }

    private void FindFastEnd()
    {
        if (_ended || Position >= _data.Length || AfterEscape)
        {
            FastEnd = -1;
            return;
        }
        if (_nextEscape < Position)
        {
            int next = _data[Position..].IndexOf(Escape);
            _nextEscape = next < 0 ? _data.Length : Position + next;
        }
        FastEnd = _nextEscape - sizeof(ulong);
    }
}
