using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Codecs.Video;

/// <summary>Takes the video out of an MPEG-2 program stream (ISO/IEC 13818-1 §2.5).</summary>
internal static class ProgramStream
{
    private const byte PackHeader = 0xBA, ProgramEnd = 0xB9;

    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith<byte>([0, 0, 1, PackHeader]);

    /// <summary>The elementary stream of the first video in it.</summary>
    public static ReadOnlySpan<byte> Video(ReadOnlySpan<byte> bytes)
    {
        var output = new ArrayBufferWriter<byte>(bytes.Length);
        int at = 0, video = -1;
        while (at + 14 <= bytes.Length)
        {
            int found = bytes[at..].IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
            if (found < 0 || at + found + 14 > bytes.Length) break;
            at += found;
            byte id = bytes[at + 3];
            if (id == ProgramEnd) break;
            if (id == PackHeader)
            {
                at += bytes[at + 4] >> 6 == 1 ? 14 + (bytes[at + 13] & 7) : 12;     // MPEG-2, MPEG-1
                continue;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 4)..]), end = Math.Min(at + 6 + length, bytes.Length);
            if ((id & 0xF0) == 0xE0 && (video < 0 || video == id))
            {
                video = id;
                int header = bytes[at + 6] >> 6 == 2 ? 9 + bytes[at + 8] : 6 + OldHeader(bytes[(at + 6)..end]);
                if (at + header < end) output.Write(bytes[(at + header)..end]);
            }
            at = end;
        }
        return output.WrittenSpan;
    }

    /// <summary>What stands before the data of an MPEG-1 packet (ISO/IEC 11172-1 §2.4.3.3): stuffing, buffer size, times.</summary>
    private static int OldHeader(ReadOnlySpan<byte> packet)
    {
        int at = Math.Max(0, packet.IndexOfAnyExcept((byte)0xFF));
        if (at < packet.Length && packet[at] >> 6 == 1) at += 2;
        if (at >= packet.Length) return at;
        return at + (packet[at] >> 4) switch { 2 => 5, 3 => 10, 0 when packet[at] == 0x0F => 1, _ => 0 };
    }
}
