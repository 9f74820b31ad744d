using System.Buffers;

namespace Isocenter.Codecs.Video;

/// <summary>Takes the video out of an MPEG-2 transport stream (ISO/IEC 13818-1 §2.4.3).</summary>
internal static class TransportStream
{
    private const byte Sync = 0x47;
    private const int Plain = 188, WithTime = 192;      // Blu-ray puts four bytes of arrival time before each packet

    /// <summary>Bytes from packet to packet; 0 when it is no transport stream.</summary>
    public static int PacketLength(ReadOnlySpan<byte> bytes)
    {
        foreach (int length in new[] { Plain, WithTime })
        {
            int at = length - Plain, packets = 0;
            for (; packets < 3 && at < bytes.Length && bytes[at] == Sync; packets++) at += length;
            if (packets == 3) return length;
        }
        return 0;
    }

    /// <summary>The elementary stream of the first video in it.</summary>
    public static ReadOnlySpan<byte> Video(ReadOnlySpan<byte> bytes)
    {
        int length = PacketLength(bytes), video = -1;
        var output = new ArrayBufferWriter<byte>(bytes.Length);
        for (int at = length - Plain; at + Plain <= bytes.Length; at += length)
        {
            var packet = bytes.Slice(at, Plain);
            if (packet[0] != Sync) break;
            int pid = (packet[1] & 0x1F) << 8 | packet[2];
            bool begins = (packet[1] & 0x40) != 0;
            int payload = (packet[3] & 0x20) != 0 ? 5 + packet[4] : 4;
            if ((packet[3] & 0x10) == 0 || payload >= Plain) continue;
            var data = packet[payload..];
            if (video < 0 && begins && data.StartsWith<byte>([0, 0, 1]) && data.Length > 3 && (data[3] & 0xF0) == 0xE0) video = pid;
            if (pid != video) continue;
            int header = begins && data.Length > 8 ? 9 + data[8] : 0;
            if (header < data.Length) output.Write(data[header..]);
        }
        return output.WrittenSpan;
    }
}
