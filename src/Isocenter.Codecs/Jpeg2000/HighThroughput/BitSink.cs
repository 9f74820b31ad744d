using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>Collects bits, the first lowest, without stuffing.</summary>
internal ref struct BitSink(byte[] buffer)
{
    private readonly Span<byte> buffer = buffer;
    private ulong pending;
    private int written;
    private int count;

    /// <summary>Bits written.</summary>
    internal readonly int Length => written * 8 + count;

    /// <summary>Adds bits.</summary>
    /// <param name="bits">None set above <paramref name="length"/>.</param>
    /// <param name="length">0 to 57.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Write(ulong bits, int length)
    {
        pending |= bits << count;
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[written..], pending);
        count += length;
        written += count >> 3;
        pending = count == 64 ? 0 : pending >> (count & ~7);
        count &= 7;
    }

    /// <summary>All bits, zeroes behind the last for 8 bytes.</summary>
    internal readonly ReadOnlySpan<byte> Bits()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[written..], pending);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[(written + 8)..], 0);
        return buffer;
    }
}
