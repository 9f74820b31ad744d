using System.Buffers.Binary;
using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>Reads GIF 87a and 89a, animations with their disposal methods; what no frame covers is white.</summary>
internal static class GifReader
{
    private const int HeaderLength = 13, MaxCode = 4095;
    private const byte Extension = 0x21, Image = 0x2C, GraphicControl = 0xF9;

    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8);

    /// <exception cref="PixelDataException">It is damaged, or larger than the limit.</exception>
    public static List<SourcePicture> Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderLength) throw Damaged();
        int width = BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), height = BinaryPrimitives.ReadUInt16LittleEndian(file[8..]);
        if (width == 0 || height == 0) throw Damaged();
        PictureFile.CheckSize(width, height, 3);
        var rest = file[HeaderLength..];
        var palette = PaletteOf(ref rest, file[10]);
        var canvas = new byte[3 * width * height];
        canvas.AsSpan().Fill(255);
        var frames = new List<SourcePicture>();
        long total = 0;
        int delay = 0, transparent = -1, disposal = 0;
        while (rest.Length > 1 && rest[0] is Extension or Image)
        {
            if (rest[0] == Extension)
            {
                if (rest[1] == GraphicControl && rest.Length >= 8)
                {
                    disposal = rest[3] >> 2 & 7;
                    delay = 10 * BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]);
                    transparent = (rest[3] & 1) != 0 ? rest[6] : -1;
                }
                rest = rest[2..];
                Blocks(ref rest);
                continue;
            }
            if (rest.Length < 11) throw Damaged();
            int x = BinaryPrimitives.ReadUInt16LittleEndian(rest[1..]), y = BinaryPrimitives.ReadUInt16LittleEndian(rest[3..]);
            int columns = BinaryPrimitives.ReadUInt16LittleEndian(rest[5..]), rows = BinaryPrimitives.ReadUInt16LittleEndian(rest[7..]);
            if (columns == 0 || rows == 0 || x + columns > width || y + rows > height) throw Damaged();
            byte flags = rest[9];
            rest = rest[10..];
            var own = (flags & 0x80) != 0 ? PaletteOf(ref rest, flags) : palette;
            if (rest.Length < 2) throw Damaged();
            int codeSize = rest[0];
            rest = rest[1..];
            byte[] indices = Decompress(Blocks(ref rest), codeSize, columns * rows);
            byte[] before = disposal == 3 ? (byte[])canvas.Clone() : [];
            Draw(canvas, width, new Region(x, y, columns, rows), indices, own, transparent, (flags & 0x40) != 0);
            total += canvas.Length;
            PictureFile.CheckTotal(total);
            frames.Add(new SourcePicture(new FrameLayout(height, width, 3, 8, 8), "RGB") { Samples = (byte[])canvas.Clone(), Delay = delay });
            if (disposal == 3) canvas = before;
            else if (disposal == 2) for (int row = y; row < y + rows; row++) canvas.AsSpan(3 * (row * width + x), 3 * columns).Fill(255);
            (delay, transparent, disposal) = (0, -1, 0);
        }
        return frames.Count > 0 ? AsGrey(frames) : throw Damaged();
    }

    private static PixelDataException Damaged() => new(PixelDataProblem.Damaged, "the GIF is damaged");

    private static ReadOnlySpan<byte> PaletteOf(ref ReadOnlySpan<byte> rest, byte flags)
    {
        if ((flags & 0x80) == 0) return [];
        int length = 3 * (2 << (flags & 7));
        if (rest.Length < length) throw Damaged();
        var palette = rest[..length];
        rest = rest[length..];
        return palette;
    }

    /// <summary>Joins sub-blocks up to the empty one.</summary>
    private static byte[] Blocks(ref ReadOnlySpan<byte> rest)
    {
        using var joined = new MemoryStream();
        while (rest.Length > 0 && rest[0] > 0)
        {
            if (rest.Length < 1 + rest[0]) throw Damaged();
            joined.Write(rest.Slice(1, rest[0]));
            rest = rest[(1 + rest[0])..];
        }
        if (rest.Length > 0) rest = rest[1..];
        return joined.ToArray();
    }

    /// <summary>LZW of codes that grow to 12 bits, the lowest bit first.</summary>
    private static byte[] Decompress(ReadOnlySpan<byte> data, int codeSize, int count)
    {
        if (codeSize is < 1 or > 8) throw Damaged();
        int clear = 1 << codeSize, end = clear + 1, next = end + 1, bits = codeSize + 1, previous = -1, at = 0;
        var (prefix, suffix, stack, output) = (new int[MaxCode + 1], new byte[MaxCode + 1], new byte[MaxCode + 2], new byte[count]);
        for (int i = 0; i < clear; i++) suffix[i] = (byte)i;
        byte first = 0;
        uint word = 0;
        int filled = 0, from = 0;
        while (at < count)
        {
            while (filled < bits)
            {
                if (from == data.Length) throw Damaged();
                word |= (uint)data[from++] << filled;
                filled += 8;
            }
            int code = (int)(word & (1u << bits) - 1);
            word >>= bits;
            filled -= bits;
            if (code == end) break;
            if (code == clear)
            {
                (next, bits, previous) = (end + 1, codeSize + 1, -1);
                continue;
            }
            if (code > next || code == next && previous < 0 || previous < 0 && code >= clear) throw Damaged();
            int depth = 0, walk = code;
            if (code == next) (stack[depth++], walk) = (first, previous);
            for (; walk >= clear; walk = prefix[walk]) stack[depth++] = suffix[walk];
            stack[depth++] = first = (byte)walk;
            while (depth > 0 && at < count) output[at++] = stack[--depth];
            if (previous >= 0 && next <= MaxCode)
            {
                (prefix[next], suffix[next]) = (previous, first);
                if (++next == 1 << bits && bits < 12) bits++;
            }
            previous = code;
        }
        return output;
    }

    private static void Draw(byte[] canvas, int width, Region place, byte[] indices, ReadOnlySpan<byte> palette, int transparent, bool isInterlaced)
    {
        for (int row = 0; row < place.Height; row++)
        {
            int target = isInterlaced ? InterlacedRow(row, place.Height) : row;
            for (int column = 0; column < place.Width; column++)
            {
                int index = indices[row * place.Width + column];
                if (index == transparent) continue;
                int at = 3 * ((place.Top + target) * width + place.Left + column);
                if (3 * index + 3 <= palette.Length) palette.Slice(3 * index, 3).CopyTo(canvas.AsSpan(at));
                else canvas.AsSpan(at, 3).Clear();
            }
        }
    }

    /// <summary>Every eighth row, those between, then every second, then the rest.</summary>
    private static int InterlacedRow(int row, int height)
    {
        foreach (var (start, step) in (ReadOnlySpan<(int, int)>)[(0, 8), (4, 8), (2, 4), (1, 2)])
        {
            int rows = (height - start + step - 1) / step;
            if (row < rows) return start + row * step;
            row -= rows;
        }
        return 0;
    }

    /// <summary>GIF has palettes only: a picture all of whose colours are grey is a grey one.</summary>
    private static List<SourcePicture> AsGrey(List<SourcePicture> frames)
    {
        foreach (var frame in frames)
        {
            for (int i = 0; i < frame.Samples!.Length; i += 3)
                if (frame.Samples[i] != frame.Samples[i + 1] || frame.Samples[i] != frame.Samples[i + 2]) return frames;
        }
        return frames.ConvertAll(frame =>
        {
            var grey = new byte[frame.Samples!.Length / 3];
            for (int i = 0; i < grey.Length; i++) grey[i] = frame.Samples[3 * i];
            return frame with { Layout = frame.Layout with { SamplesPerPixel = 1 }, Photometric = "MONOCHROME2", Samples = grey };
        });
    }
}
