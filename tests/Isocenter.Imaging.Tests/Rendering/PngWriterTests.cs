using System.Buffers.Binary;
using System.IO.Compression;

namespace Isocenter.Imaging.Tests.Rendering;

public sealed class PngWriterTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(17, 9, 1)]
    [InlineData(33, 21, 3)]
    public void What_is_written_is_read_back_by_the_rules_of_the_format(int width, int height, int channels)
    {
        byte[] pixels = TestImage.Random(width * height * channels);
        byte[] png = PngWriter.ToArray(new Picture(width, height, channels, pixels));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        var chunks = Chunks(png.AsSpan(8)).ToArray();
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(chunk => chunk.Type));
        byte[] header = chunks[0].Content;
        Assert.Equal(width, BinaryPrimitives.ReadInt32BigEndian(header));
        Assert.Equal(height, BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)));
        Assert.Equal(new byte[] { 8, channels == 3 ? (byte)2 : (byte)0, 0, 0, 0 }, header[8..]);
        Assert.Equal(pixels, Unfilter(chunks[1].Content, width * channels, height));
    }

    private static List<(string Type, byte[] Content)> Chunks(ReadOnlySpan<byte> bytes)
    {
        var chunks = new List<(string, byte[])>();
        while (!bytes.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            Assert.Equal(SlowCrc(bytes.Slice(4, 4 + length)), BinaryPrimitives.ReadUInt32BigEndian(bytes[(8 + length)..]));
            chunks.Add((System.Text.Encoding.ASCII.GetString(bytes.Slice(4, 4)), bytes.Slice(8, length).ToArray()));
            bytes = bytes[(12 + length)..];
        }
        return chunks;
    }

    private static byte[] Unfilter(byte[] compressed, int rowLength, int height)
    {
        using var zlib = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zlib.CopyTo(raw);
        byte[] lines = raw.ToArray();
        Assert.Equal((rowLength + 1) * height, lines.Length);
        var pixels = new byte[rowLength * height];
        for (int y = 0; y < height; y++)
        {
            Assert.Equal(2, lines[y * (rowLength + 1)]);
            for (int x = 0; x < rowLength; x++)
                pixels[y * rowLength + x] = (byte)(lines[y * (rowLength + 1) + 1 + x] + (y > 0 ? pixels[(y - 1) * rowLength + x] : 0));
        }
        return pixels;
    }

    /// <summary>The CRC of ISO/IEC 15948 Annex D, bit by bit.</summary>
    private static uint SlowCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFF_FFFF;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1;
        }
        return ~crc;
    }
}
