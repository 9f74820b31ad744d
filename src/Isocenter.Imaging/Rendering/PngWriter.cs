using System.Buffers.Binary;
using System.IO.Compression;

namespace Isocenter.Imaging;

/// <summary>Writes PNG (ISO/IEC 15948): grey or RGB of 8 or 16 bits, not interlaced, with the ICC profile
/// where there is one.</summary>
public static class PngWriter
{
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(n => CrcOf((uint)n))];

    /// <summary>The picture as a PNG file.</summary>
    public static byte[] ToArray(Picture picture)
    {
        using var stream = new MemoryStream();
        Write(picture, stream);
        return stream.ToArray();
    }

    /// <summary>Writes the picture as a PNG file. The stream stays open.</summary>
    public static void Write(Picture picture, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(stream);
        if (picture.Channels is not (1 or 3)) throw new ArgumentException("a picture has 1 or 3 channels", nameof(picture));
        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], picture.Height);
        header[8] = (byte)picture.BitDepth;
        header[9] = picture.Channels == 3 ? (byte)2 : (byte)0;      // truecolour, greyscale
        header[10..].Clear();                                       // deflate, adaptive filters, not interlaced
        WriteChunk(stream, "IHDR"u8, header);
        if (!picture.IccProfile.IsEmpty) WriteChunk(stream, "iCCP"u8, [.. "ICC profile\0"u8, 0, .. Deflate(picture.IccProfile.Span)]);
        WriteChunk(stream, "IDAT"u8, Compress(picture));
        WriteChunk(stream, "IEND"u8, []);
    }

    /// <summary>Each row as its difference to the one above (filter 2), which suits smooth pictures, deflated.</summary>
    private static ReadOnlySpan<byte> Compress(Picture picture)
    {
        int length = picture.Width * picture.Channels * (picture.BitDepth / 8);
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var line = new byte[1 + length];
            line[0] = 2;
            ReadOnlySpan<byte> above = new byte[length];
            for (int y = 0; y < picture.Height; y++)
            {
                var row = picture.Pixels.AsSpan(y * length, length);
                for (int i = 0; i < length; i++) line[1 + i] = (byte)(row[i] - above[i]);
                zlib.Write(line);
                above = row;
            }
        }
        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static ReadOnlySpan<byte> Deflate(ReadOnlySpan<byte> bytes)
    {
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(bytes);
        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(content);
        uint crc = ~Crc(content, Crc(type, 0xFFFF_FFFF));
        BinaryPrimitives.WriteUInt32BigEndian(number, crc);
        stream.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes, uint crc)
    {
        foreach (byte b in bytes) crc = CrcTable[(byte)(crc ^ b)] ^ crc >> 8;
        return crc;
    }

    private static uint CrcOf(uint n)
    {
        for (int bit = 0; bit < 8; bit++) n = (n & 1) != 0 ? 0xEDB8_8320 ^ n >> 1 : n >> 1;
        return n;
    }
}
