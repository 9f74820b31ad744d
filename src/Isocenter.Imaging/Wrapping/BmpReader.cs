using System.Buffers.Binary;
using System.Numerics;
using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>Reads Windows bitmaps of 1, 4, 8, 16, 24 and 32 bits a pixel that are not compressed.</summary>
internal static class BmpReader
{
    private const int FileHeader = 14, InfoHeader = 40, Uncompressed = 0, BitFields = 3;

    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length > FileHeader + InfoHeader && bytes.StartsWith("BM"u8) && BinaryPrimitives.ReadInt32LittleEndian(bytes[FileHeader..]) is >= InfoHeader and <= 124;

    /// <exception cref="PixelDataException">It is damaged, compressed, or larger than the limit.</exception>
    public static SourcePicture Read(ReadOnlySpan<byte> file)
    {
        var info = file[FileHeader..];
        int infoLength = BinaryPrimitives.ReadInt32LittleEndian(info), width = BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
        long height = BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        bool isTopDown = height < 0;
        height = Math.Abs(height);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(info[14..]), compression = BinaryPrimitives.ReadInt32LittleEndian(info[16..]);
        if (width <= 0 || height == 0 || bits is not (1 or 4 or 8 or 16 or 24 or 32)) throw Damaged();
        if (compression != Uncompressed && !(compression == BitFields && bits is 16 or 32))
            throw new PixelDataException(PixelDataProblem.Unsupported, "the BMP is compressed, which is not read here");
        PictureFile.CheckSize(width, height, 3);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        int line = (int)(((long)width * bits + 31) / 32 * 4);
        // The masks follow 40 bytes of header, or are within a longer one; the palette follows all of it.
        int headers = FileHeader + (compression == BitFields ? Math.Max(infoLength, InfoHeader + 12) : infoLength);
        if (offset < headers || offset > file.Length || file.Length - offset < line * height) throw Damaged();
        var palette = bits <= 8 ? file[headers..(int)offset] : [];
        Span<uint> masks = [0x7C00, 0x03E0, 0x001F];
        if (bits == 32) masks = [0xFF0000, 0xFF00, 0xFF];
        if (compression == BitFields)
            for (int c = 0; c < 3; c++) masks[c] = BinaryPrimitives.ReadUInt32LittleEndian(file[(FileHeader + InfoHeader + 4 * c)..]);

        var samples = new byte[3 * width * height];
        bool isGrey = bits <= 8;
        for (int y = 0, at = 0; y < height; y++)
        {
            var row = file.Slice((int)(offset + (isTopDown ? y : height - 1 - y) * line), line);
            for (int x = 0; x < width; x++, at += 3)
            {
                var pixel = samples.AsSpan(at, 3);
                if (bits <= 8) Indexed(row[x * bits / 8] >> 8 - bits - x * bits % 8 & (1 << bits) - 1, palette, pixel);
                else if (bits == 24) (pixel[0], pixel[1], pixel[2]) = (row[3 * x + 2], row[3 * x + 1], row[3 * x]);
                else Masked(bits == 16 ? BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]) : BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * x)..]), masks, pixel);
                isGrey &= pixel[0] == pixel[1] && pixel[1] == pixel[2];
            }
        }
        if (!isGrey) return new SourcePicture(new FrameLayout((int)height, width, 3, 8, 8), "RGB") { Samples = samples };
        var grey = new byte[width * height];
        for (int i = 0; i < grey.Length; i++) grey[i] = samples[3 * i];
        return new SourcePicture(new FrameLayout((int)height, width, 1, 8, 8), "MONOCHROME2") { Samples = grey };
    }

    private static PixelDataException Damaged() => new(PixelDataProblem.Damaged, "the BMP is damaged");

    /// <summary>Palettes have blue, green, red and a byte that is not used.</summary>
    private static void Indexed(int index, ReadOnlySpan<byte> palette, Span<byte> pixel)
    {
        if (4 * index + 3 > palette.Length) return;
        (pixel[0], pixel[1], pixel[2]) = (palette[4 * index + 2], palette[4 * index + 1], palette[4 * index]);
    }

    private static void Masked(uint value, ReadOnlySpan<uint> masks, Span<byte> pixel)
    {
        for (int c = 0; c < 3; c++)
        {
            if (masks[c] == 0) continue;
            int shift = BitOperations.TrailingZeroCount(masks[c]);
            pixel[c] = (byte)((ulong)((value & masks[c]) >> shift) * 255 / (masks[c] >> shift));
        }
    }
}
