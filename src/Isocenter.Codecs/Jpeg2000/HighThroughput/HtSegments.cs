using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>Takes the stuffing out of the segments of an HT code block, so that their bits can be read at any position
/// (ISO/IEC 15444-15 §7.1).</summary>
internal static class HtSegments
{
    private const ulong Ones = 0x0101_0101_0101_0101;
    private const ulong Highs = 0x8080_8080_8080_8080;

    /// <summary>Bits of a segment that grows forward (MagSgn, SigProp): the byte after 0xFF holds 7 bits.</summary>
    /// <param name="segment">The bytes; what no code block can use is ignored.</param>
    /// <param name="bits">Receives the bits, the first lowest, and 16 bytes of <paramref name="fill"/> behind.</param>
    /// <param name="limit">Most bytes to make, without the fill; <paramref name="bits"/> has 24 more.</param>
    /// <param name="fill">What a reader finds behind the end: all ones for MagSgn, zeroes for SigProp.</param>
    /// <returns>Bits in <paramref name="bits"/>.</returns>
    internal static int Unstuff(ReadOnlySpan<byte> segment, Span<byte> bits, int limit, byte fill)
    {
        ulong pending = 0;
        int count = 0, written = 0, i = 0;
        bool stuffed = false;
        while (i < segment.Length && written < limit)
        {
            if (!stuffed && i + 8 <= segment.Length)
            {
                ulong eight = BinaryPrimitives.ReadUInt64LittleEndian(segment[i..]);
                if (((~eight - Ones) & eight & Highs) == 0)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(bits[written..], pending | eight << count);
                    pending = eight >> 1 >> (63 - count);
                    written += 8;
                    i += 8;
                    continue;
                }
            }

            byte next = segment[i++];
            int length = stuffed ? 7 : 8;
            pending |= (ulong)(next & (1 << length) - 1) << count;
            count += length;
            stuffed = next == 0xFF;
            if (count < 8) continue;
            bits[written++] = (byte)pending;
            pending >>= 8;
            count -= 8;
        }

        bits[written] = (byte)(pending | (ulong)fill << count);
        bits.Slice(written + 1, HtWorkspace.Padding).Fill(fill);
        return written * 8 + count;
    }

    /// <summary>Bits of a segment that grows backward (VLC, MagRef): after a byte above 0x8F, one whose low seven bits are
    /// all set holds only those.</summary>
    /// <param name="segment">The bytes in the order of the code stream; the last is read first.</param>
    /// <param name="bits">Receives the bits, the first lowest, and 16 zero bytes behind. 24 bytes longer than
    /// <paramref name="segment"/>.</param>
    /// <param name="above">True when the byte behind <paramref name="segment"/> counts as above 0x8F.</param>
    /// <param name="start">Bits that come before those of <paramref name="segment"/>.</param>
    /// <param name="startLength">How many, 0 to 7.</param>
    /// <returns>Bits in <paramref name="bits"/>.</returns>
    internal static int UnstuffBackward(
        ReadOnlySpan<byte> segment, Span<byte> bits, bool above, int start = 0, int startLength = 0)
    {
        ulong pending = (ulong)start;
        int count = startLength, written = 0, i = segment.Length;
        while (i > 0)
        {
            if (i >= 8)
            {
                ulong eight = BinaryPrimitives.ReadUInt64BigEndian(segment[(i - 8)..]);
                ulong gaps = ~eight & ~Highs;
                if (((gaps - Ones) & ~gaps & Highs) == 0)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(bits[written..], pending | eight << count);
                    pending = eight >> 1 >> (63 - count);
                    written += 8;
                    i -= 8;
                    above = segment[i] > 0x8F;
                    continue;
                }
            }

            byte next = segment[--i];
            int length = above && (next & 0x7F) == 0x7F ? 7 : 8;
            pending |= (ulong)(next & (1 << length) - 1) << count;
            count += length;
            above = next > 0x8F;
            if (count < 8) continue;
            bits[written++] = (byte)pending;
            pending >>= 8;
            count -= 8;
        }

        bits[written] = (byte)pending;
        bits.Slice(written + 1, HtWorkspace.Padding).Clear();
        return written * 8 + count;
    }
}
