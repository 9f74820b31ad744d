using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>Makes a cleanup segment of its three parts: stuffing, the end of each, and Scup (ISO/IEC 15444-15 §7.1).
/// </summary>
internal static class HtSegmentWriter
{
    private const ulong Ones = 0x0101_0101_0101_0101;
    private const ulong Highs = 0x8080_8080_8080_8080;

    /// <summary>Writes the segment.</summary>
    /// <returns>Its length in bytes.</returns>
    internal static int Write(Span<byte> segment, ref BitSink magSgn, ref BitSink vlc, ref MelEncoder mel)
    {
        int length = WriteMagSgn(segment, magSgn.Bits(), magSgn.Length);
        mel.Finish();
        mel.Bytes.CopyTo(segment[length..]);
        int suffix = length;
        length += mel.Length;

        var reversed = vlc.Bits();
        Span<byte> vlcBytes = stackalloc byte[HtWorkspace.MaxScup + 16];
        int vlcLength = StuffBackward(vlcBytes, reversed, vlc.Length, out int last, out int used);

        // The last byte of MEL and the last of VLC, both incomplete, may be one where no bit of theirs disagrees.
        var (melLast, room) = mel.Last;
        int melMask = 0xFF << room & 0xFF, vlcMask = (1 << used) - 1;
        if ((melMask | vlcMask) != 0)
        {
            int both = melLast | last;
            bool agree = ((both ^ melLast) & melMask) == 0 && ((both ^ last) & vlcMask) == 0;
            if (agree && both != 0xFF && vlcLength > 0)
            {
                segment[length++] = (byte)both;
            }
            else
            {
                segment[length++] = (byte)melLast;
                vlcBytes[vlcLength++] = (byte)last;
            }
        }

        for (int i = vlcLength - 1; i >= 0; i--) segment[length++] = vlcBytes[i];
        length++;
        suffix = length - suffix;
        segment[length - 1] = (byte)(suffix >> 4);
        segment[length - 2] = (byte)(segment[length - 2] & 0xF0 | suffix & 0x0F);
        return length;
    }

    /// <summary>Forward: a byte after 0xFF takes 7 bits. The last byte is filled with ones, and left out if it is 0xFF.
    /// </summary>
    private static int WriteMagSgn(Span<byte> segment, ReadOnlySpan<byte> bits, int count)
    {
        int written = 0, position = 0;
        bool stuffed = false;
        while (position < count)
        {
            var from = bits.Slice(position >> 3, 9);
            int shift = position & 7;
            ulong next = BinaryPrimitives.ReadUInt64LittleEndian(from) >> shift | (ulong)from[8] << 1 << (63 - shift);
            if (!stuffed && position + 64 <= count && ((~next - Ones) & next & Highs) == 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(segment[written..], next);
                written += 8;
                position += 64;
                continue;
            }

            int length = stuffed ? 7 : 8;
            if (position + length > count) next |= ulong.MaxValue << (count - position);
            int value = (int)next & (1 << length) - 1;
            segment[written++] = (byte)value;
            stuffed = value == 0xFF;
            position += length;
        }

        return stuffed ? written - 1 : written;
    }

    /// <summary>Backward: after a byte above 0x8F, seven ones fill a byte.</summary>
    /// <param name="bytes">Receives the whole bytes, the last of the segment first.</param>
    /// <param name="bits">The bits.</param>
    /// <param name="count">Their number.</param>
    /// <param name="last">The bits that fill no byte.</param>
    /// <param name="used">Their number.</param>
    /// <returns>Whole bytes.</returns>
    private static int StuffBackward(Span<byte> bytes, ReadOnlySpan<byte> bits, int count, out int last, out int used)
    {
        int written = 0, position = 0;
        bool above = true;
        while (true)
        {
            ulong next = BinaryPrimitives.ReadUInt64LittleEndian(bits[(position >> 3)..]) >> (position & 7);
            int length = above && (next & 0x7F) == 0x7F && position + 7 <= count ? 7 : 8;
            if (position + length > count)
            {
                used = count - position;
                last = (int)next & (1 << used) - 1;
                return written;
            }

            int value = (int)next & (1 << length) - 1;
            bytes[written++] = (byte)value;
            above = value > 0x8F;
            position += length;
        }
    }
}
