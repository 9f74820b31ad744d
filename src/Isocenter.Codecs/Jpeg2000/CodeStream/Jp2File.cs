using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>A JP2 file around a code stream (ISO/IEC 15444-1 Annex I). DICOM wants the bare code stream (PS3.5 §A.4.4), yet
/// files with the wrapper exist. Of its colour spaces only sYCC counts: nothing else tells that the components are YCbCr.</summary>
/// <param name="Start">First byte of the code stream; 0 when there is no wrapper.</param>
/// <param name="Length">Bytes of the code stream.</param>
/// <param name="Channels">How its components become channels; null when they are what they are.</param>
/// <param name="IsYcc">The channels are YCbCr (sYCC).</param>
internal readonly record struct Jp2File(int Start, int Length, Jp2Channels? Channels, bool IsYcc)
{
    private const uint Signature = 0x6A502020;              // "jP  "
    private const uint HeaderBox = 0x6A703268;              // "jp2h"
    private const uint ColourSpecification = 0x636F6C72;    // "colr"
    private const uint ContiguousCodeStream = 0x6A703263;   // "jp2c"

    /// <summary>Finds the code stream: all of it when there is no wrapper.</summary>
    /// <exception cref="CodecException">There is a wrapper and nothing in it.</exception>
    public static Jp2File Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(file[4..]) != Signature) return new Jp2File(0, file.Length, null, false);
        int at = 0;
        Jp2Channels? channels = null;
        bool isYcc = false;
        while (Jp2Box.TryRead(file, ref at, out uint type, out int start, out int length))
        {
            if (type == HeaderBox)
            {
                var header = file.Slice(start, length);
                channels = Jp2Channels.Read(header);
                isYcc = IsSycc(header);
            }
            if (type == ContiguousCodeStream) return new Jp2File(start, length, channels, isYcc);
        }
        throw Damage.At(at, "the JP2 file holds no code stream", "ISO/IEC 15444-1 §I.5.4");
    }

    /// <summary>The first colour specification, which is the one that holds, enumerates sYCC (§I.5.3.3).</summary>
    private static bool IsSycc(ReadOnlySpan<byte> header)
    {
        const byte Enumerated = 1, Sycc = 18;
        int at = 0;
        while (Jp2Box.TryRead(header, ref at, out uint type, out int start, out int length))
        {
            if (type == ColourSpecification)
                return length >= 7 && header[start] == Enumerated && BinaryPrimitives.ReadUInt32BigEndian(header[(start + 3)..]) == Sycc;
        }
        return false;
    }
}

/// <summary>Boxes of a JP2 file (ISO/IEC 15444-1 §I.4).</summary>
internal static class Jp2Box
{
    /// <summary>Reads the header of the next box.</summary>
    /// <param name="boxes">Boxes, one behind the other.</param>
    /// <param name="at">At a box; moves past it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="start">First byte of what is in it.</param>
    /// <param name="length">Bytes in it, as far as they are there.</param>
    /// <returns>False where no further box is.</returns>
    public static bool TryRead(ReadOnlySpan<byte> boxes, ref int at, out uint type, out int start, out int length)
    {
        (type, start, length) = (0, at, 0);
        if (at + 8 > boxes.Length) return false;
        long whole = BinaryPrimitives.ReadUInt32BigEndian(boxes[at..]);
        type = BinaryPrimitives.ReadUInt32BigEndian(boxes[(at + 4)..]);
        int header = 8;
        if (whole == 1 && at + 16 <= boxes.Length)
        {
            ulong large = BinaryPrimitives.ReadUInt64BigEndian(boxes[(at + 8)..]);
            whole = large > long.MaxValue ? long.MaxValue : (long)large;
            header = 16;
        }
        long rest = boxes.Length - at;
        if (whole == 0) whole = rest;   // the last box may leave its length open
        if (whole < header) throw Damage.At(at, $"a box of {whole} bytes", "ISO/IEC 15444-1 §I.4");
        whole = Math.Min(whole, rest);
        start = at + header;
        length = (int)whole - header;
        at += (int)whole;
        return true;
    }
}
