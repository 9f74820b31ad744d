using System.Buffers.Binary;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs.Tests.Jpeg2000;

/// <summary>Moves the packet headers of a code stream that has SOP and EPH into PPT or PPM marker segments (ISO/IEC 15444-1
/// §A.7.4, §A.7.5). No program at hand writes these.</summary>
internal static class PackedHeaders
{
    /// <summary>Into PPT of each tile-part.</summary>
    /// <param name="stream">The code stream.</param>
    /// <param name="most">Bytes of headers in one marker segment.</param>
    /// <remarks>OpenJPEG wants their indices to go on from one tile-part of a tile to the next.</remarks>
    public static byte[] IntoTileParts(byte[] stream, int most) => Repack(stream, (header, parts) =>
    {
        var next = new Dictionary<(byte, byte), byte>();
        return parts.SelectMany(part =>
        {
            var tile = (part.Sot[4], part.Sot[5]);
            next.TryAdd(tile, 0);
            byte[] segments = [.. Split(part.Headers, most).SelectMany(bytes => Frames.Segment(Marker.Ppt, [next[tile]++, .. bytes]))];
            return Assemble(part, segments);
        }).Prepend(header);
    });

    /// <summary>Into PPM of the main header; a segment may end anywhere, also within a length.</summary>
    public static byte[] IntoMainHeader(byte[] stream, int most) => Repack(stream, (header, parts) =>
    {
        byte[] all = [.. parts.SelectMany(part => (byte[])[.. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(part.Headers.Length)), .. part.Headers])];
        byte[] segments = [.. Split(all, most).SelectMany((bytes, i) => Frames.Segment(Marker.Ppm, [(byte)i, .. bytes]))];
        return parts.SelectMany(part => Assemble(part, [])).Prepend(segments).Prepend(header);
    });

    private sealed record Part(byte[] Sot, byte[] Markers, byte[] Headers, byte[] Body);

    private static byte[] Repack(byte[] stream, Func<byte[], List<Part>, IEnumerable<byte[]>> write)
    {
        int at = Find(stream, 0, Marker.Sot);
        byte[] header = stream[..at];
        var parts = new List<Part>();
        while (BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(at)) == Marker.Sot)
        {
            int length = (int)BinaryPrimitives.ReadUInt32BigEndian(stream.AsSpan(at + 6));
            int end = length == 0 ? stream.Length - 2 : at + length, data = Find(stream, at, Marker.Sod) + 2;
            var (headers, body) = Cut(stream.AsSpan(data, end - data));
            parts.Add(new Part(stream[at..(at + 12)], stream[(at + 12)..(data - 2)], headers, body));
            at = end;
        }
        return [.. write(header, parts).SelectMany(bytes => bytes), 0xFF, 0xD9];
    }

    // Neither packet headers nor code-blocks hold 0xFF91 or 0xFF92.
    private static (byte[] Headers, byte[] Body) Cut(ReadOnlySpan<byte> packets)
    {
        var headers = new List<byte>();
        var body = new List<byte>();
        bool inHeader = false;
        for (int i = 0; i < packets.Length; i++)
        {
            ReadOnlySpan<byte> next = packets[i..];
            if (next.StartsWith<byte>([0xFF, 0x91]))
            {
                body.AddRange(next[..6]);
                i += 5;
                inHeader = true;
            }
            else if (next.StartsWith<byte>([0xFF, 0x92]))
            {
                headers.AddRange(next[..2]);
                i++;
                inHeader = false;
            }
            else
            {
                (inHeader ? headers : body).Add(next[0]);
            }
        }
        return ([.. headers], [.. body]);
    }

    private static IEnumerable<byte[]> Assemble(Part part, byte[] segments)
    {
        byte[] sot = [.. part.Sot];
        BinaryPrimitives.WriteInt32BigEndian(sot.AsSpan(6), sot.Length + part.Markers.Length + segments.Length + 2 + part.Body.Length);
        return [sot, part.Markers, segments, [0xFF, 0x93], part.Body];
    }

    private static IEnumerable<byte[]> Split(byte[] bytes, int most) => bytes.Length == 0 ? [bytes] : bytes.Chunk(most);

    private static int Find(byte[] stream, int from, ushort marker)
    {
        int at = from == 0 ? 2 : from;
        while (BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(at)) != marker)
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(at + 2));
        return at;
    }
}
