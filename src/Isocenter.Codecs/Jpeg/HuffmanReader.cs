using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg;

/// <summary>The bits of an entropy-coded segment, the next one at the top of a 64-bit word.</summary>
/// <remarks>Behind the end come zeros without end, as in other decoders; <see cref="IsOverrun"/> tells.</remarks>
internal ref struct HuffmanReader
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <param name="padded">The data, and <see cref="EntropySegment.Padding"/> bytes behind it.</param>
    public HuffmanReader(ReadOnlySpan<byte> padded)
    {
        _bytes = padded;
        Refill();
    }

    /// <summary>The next bits; only the upper <see cref="Count"/> count.</summary>
    public ulong Bits;

    /// <summary>How many bits are valid.</summary>
    public int Count;

    /// <summary>The next byte to load.</summary>
    public int Position;

    /// <summary>True when more was read than there is. Up to 7 bits may be missing: some encoders end so.</summary>
    public readonly bool IsOverrun => Position * 8L - Count > (_bytes.Length - EntropySegment.Padding) * 8L + 7;

    /// <summary>Bytes read, the one in use included.</summary>
    public readonly int BytesRead => (int)Math.Min(Position - Count / 8, _bytes.Length - EntropySegment.Padding);

    /// <summary>Loads until at least 56 bits are valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Refill() => Refill(_bytes, ref Bits, ref Count, ref Position);

    /// <summary>The same for a loop that keeps the state in locals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Refill(ReadOnlySpan<byte> bytes, ref ulong bits, ref int count, ref int position)
    {
        if ((uint)position <= (uint)(bytes.Length - 8))
        {
            bits |= BinaryPrimitives.ReadUInt64BigEndian(bytes[position..]) >> count;
        }
        position += (63 - count) >> 3;
        count |= 56;
    }

    /// <summary>The data, for a loop that keeps the state in locals.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Takes bits, 1 to 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Take(int count)
    {
        if (Count < count) Refill();
        uint value = (uint)(Bits >> (64 - count));
        Bits <<= count;
        Count -= count;
        return value;
    }

    /// <summary>Drops bits, at most <see cref="Count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Drop(int count)
    {
        Bits <<= count;
        Count -= count;
    }

    /// <summary>The value of <paramref name="size"/> bits (0 to 16) at the top of <paramref name="bits"/>, with the sign
    /// that T.81 Figure F.12 gives it. Without a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Extend(ulong bits, int size)
    {
        int value = (int)((bits >> 1) >> (63 - size));
        int isNegative = ~(int)((long)bits >> 63);
        return value + (isNegative & ((-1 << size) + 1));
    }
}
