using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Finds the code stream in a JP2 file (ISO/IEC 15444-1 Annex I). DICOM wants the bare code stream (PS3.5
/// §A.4.4), yet files with the wrapper exist; its palette, channel definitions and colour space are ignored, as Photometric
/// Interpretation and the palette of the data set hold.</summary>
internal static class Jp2File
{
    private const uint Signature = 0x6A502020;              // "jP  "
    private const uint ContiguousCodeStream = 0x6A703263;   // "jp2c"

    /// <summary>Where the code stream is: all of it when there is no wrapper.</summary>
    public static (int Start, int Length) CodeStream(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(file[4..]) != Signature) return (0, file.Length);
        int at = 0;
        while (at + 8 <= file.Length)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            uint type = BinaryPrimitives.ReadUInt32BigEndian(file[(at + 4)..]);
            int header = 8;
            if (length == 1 && at + 16 <= file.Length)
            {
                ulong large = BinaryPrimitives.ReadUInt64BigEndian(file[(at + 8)..]);
                length = large > long.MaxValue ? long.MaxValue : (long)large;
                header = 16;
            }
            long rest = file.Length - at;
            if (length == 0) length = rest;   // the last box may leave its length open
            if (length < header) throw Damage.At(at, $"a box of {length} bytes", "ISO/IEC 15444-1 §I.4");
            length = Math.Min(length, rest);
            if (type == ContiguousCodeStream) return (at + header, (int)length - header);
            at += (int)length;
        }
        throw Damage.At(at, "the JP2 file holds no code stream", "ISO/IEC 15444-1 §I.5.4");
    }
}
