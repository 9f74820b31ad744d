using System.Buffers.Binary;
using System.IO.Compression;
using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>Reads PNG (ISO/IEC 15948): every colour type and depth, interlaced or not. Grey comes out as grey of 8 or 16 bits,
/// palettes and colours as RGB; what is transparent is laid on white.</summary>
internal static class PngReader
{
    private const int Grey = 0, Colour = 2, Indexed = 3, GreyAlpha = 4, ColourAlpha = 6;
    private const int LongestProfile = 16 << 20;

    /// <summary>Columns and rows of the seven passes (§8.2): first column, first row, step across, step down.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);

    /// <exception cref="PixelDataException">It is damaged, or larger than the limit.</exception>
    public static SourcePicture Read(ReadOnlySpan<byte> file)
    {
        var header = default(Header);
        ReadOnlySpan<byte> palette = [], transparency = [];
        byte[]? profile = null;
        using var data = new MemoryStream();
        for (var rest = file[8..]; rest.Length >= 12;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var type = rest[4..8];
            if (length > rest.Length - 12) throw Damaged("a chunk runs past the end of the file");
            var content = rest.Slice(8, (int)length);
            if (type.SequenceEqual("IHDR"u8)) header = Header.Parse(content);
            else if (type.SequenceEqual("PLTE"u8)) palette = content;
            else if (type.SequenceEqual("tRNS"u8)) transparency = content;
            else if (type.SequenceEqual("iCCP"u8)) profile ??= ProfileOf(content);
            else if (type.SequenceEqual("IDAT"u8)) data.Write(content);
            else if (type.SequenceEqual("IEND"u8)) break;
            rest = rest[(12 + (int)length)..];
        }
        if (header.Width == 0) throw Damaged("there is no header");
        data.Position = 0;
        using var pixels = new ZLibStream(data, CompressionMode.Decompress);
        try
        {
            return new Raster(header, palette, transparency).Read(pixels) with { IccProfile = profile ?? [] };
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new PixelDataException(PixelDataProblem.Damaged, "the PNG is damaged: its pixels end too early or are no deflated data", e);
        }
    }

    private static PixelDataException Damaged(string what) => new(PixelDataProblem.Damaged, $"the PNG is damaged: {what}");

    /// <summary>A name, a zero, the method (0) and the deflated profile (§11.3.2.3).</summary>
    private static byte[] ProfileOf(ReadOnlySpan<byte> content)
    {
        int zero = content.IndexOf((byte)0);
        if (zero < 0 || zero + 2 >= content.Length) return [];
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(content[(zero + 2)..].ToArray()), CompressionMode.Decompress);
            var profile = new byte[LongestProfile];
            int length = zlib.ReadAtLeast(profile, profile.Length, throwOnEndOfStream: false);
            return length is > 128 and < LongestProfile ? profile[..length] : [];
        }
        catch (InvalidDataException)
        {
            return [];      // the picture is whole without it
        }
    }

    private readonly record struct Header(int Width, int Height, int Depth, int Type, bool IsInterlaced)
    {
        public static Header Parse(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 13) throw Damaged("its header is too short");
            uint width = BinaryPrimitives.ReadUInt32BigEndian(bytes), height = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
            int depth = bytes[8], type = bytes[9];
            bool isLegal = type switch
            {
                Grey => depth is 1 or 2 or 4 or 8 or 16,
                Indexed => depth is 1 or 2 or 4 or 8,
                Colour or GreyAlpha or ColourAlpha => depth is 8 or 16,
                _ => false,
            };
            if (!isLegal || width == 0 || height == 0 || bytes[10] != 0 || bytes[11] != 0 || bytes[12] > 1) throw Damaged("its header makes no sense");
            PictureFile.CheckSize(width, height, depth == 16 ? 6 : 3);
            return new Header((int)width, (int)height, depth, type, bytes[12] == 1);
        }

        public int Channels => Type switch { Grey or Indexed => 1, GreyAlpha => 2, Colour => 3, _ => 4 };

        public int LineLength(int width) => (width * Channels * Depth + 7) / 8;
    }

    private readonly ref struct Raster
    {
        private readonly Header _header;
        private readonly ReadOnlySpan<byte> _palette, _transparency;
        private readonly byte[] _samples;
        private readonly int _colours, _bytes;

        public Raster(Header header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency)
        {
            if (header.Type == Indexed && palette.Length < 3) throw Damaged("there is no palette");
            _header = header;
            _palette = palette;
            _transparency = transparency;
            _colours = header.Type is Grey or GreyAlpha ? 1 : 3;
            _bytes = header.Depth == 16 ? 2 : 1;
            _samples = new byte[(long)header.Width * header.Height * _colours * _bytes];
        }

        public SourcePicture Read(Stream pixels)
        {
            if (!_header.IsInterlaced)
            {
                ReadPass(pixels, (0, 0, 1, 1));
            }
            else
            {
                foreach (var pass in Passes) ReadPass(pixels, pass);
            }
            var layout = new FrameLayout(_header.Height, _header.Width, _colours, 8 * _bytes, 8 * _bytes);
            return new SourcePicture(layout, _colours == 1 ? "MONOCHROME2" : "RGB") { Samples = _samples };
        }

        private void ReadPass(Stream pixels, (int X, int Y, int StepX, int StepY) pass)
        {
            int width = (_header.Width - pass.X + pass.StepX - 1) / pass.StepX;
            if (width <= 0) return;
            int length = _header.LineLength(width), pixel = Math.Max(1, _header.Channels * _header.Depth / 8);
            byte[] line = new byte[length], above = new byte[length];
            for (int y = pass.Y; y < _header.Height; y += pass.StepY)
            {
                int filter = pixels.ReadByte();
                if (filter < 0) throw new EndOfStreamException();
                pixels.ReadExactly(line);
                Unfilter(filter, line, above, pixel);
                int at = (y * _header.Width + pass.X) * _colours * _bytes;
                for (int x = 0; x < width; x++, at += pass.StepX * _colours * _bytes) Put(line, x, at);
                (line, above) = (above, line);
            }
        }

        /// <summary>The filters of §9.2.</summary>
        private static void Unfilter(int filter, Span<byte> line, ReadOnlySpan<byte> above, int pixel)
        {
            for (int i = 0; i < line.Length; i++)
            {
                int left = i >= pixel ? line[i - pixel] : 0, up = above[i], corner = i >= pixel ? above[i - pixel] : 0;
                line[i] += filter switch
                {
                    0 => 0,
                    1 => (byte)left,
                    2 => (byte)up,
                    3 => (byte)((left + up) / 2),
                    4 => (byte)Paeth(left, up, corner),
                    _ => throw new InvalidDataException(),
                };
            }
        }

        private static int Paeth(int left, int up, int corner)
        {
            int estimate = left + up - corner, a = Math.Abs(estimate - left), b = Math.Abs(estimate - up), c = Math.Abs(estimate - corner);
            return a <= b && a <= c ? left : b <= c ? up : corner;
        }

        private void Put(ReadOnlySpan<byte> line, int x, int at)
        {
            int highest = (1 << _header.Depth) - 1;
            if (_header.Type == Indexed)
            {
                int index = Sample(line, x);
                int alpha = index < _transparency.Length ? _transparency[index] : 255;
                for (int c = 0; c < 3; c++) _samples[at + c] = (byte)OnWhite(3 * index + c < _palette.Length ? _palette[3 * index + c] : 0, alpha, 255);
                return;
            }
            int first = x * _header.Channels, opacity = highest;
            if (_header.Channels is 2 or 4) opacity = Sample(line, first + _colours);
            else if (_transparency.Length >= 2 * _colours && IsTransparent(line, first)) opacity = 0;
            for (int c = 0; c < _colours; c++)
            {
                int value = OnWhite(Sample(line, first + c), opacity, highest);
                if (_bytes == 2) BinaryPrimitives.WriteUInt16LittleEndian(_samples.AsSpan(at + 2 * c), (ushort)value);
                else _samples[at + c] = (byte)(_header.Depth == 8 ? value : value * 255 / highest);
            }
        }

        private bool IsTransparent(ReadOnlySpan<byte> line, int first)
        {
            for (int c = 0; c < _colours; c++)
                if (Sample(line, first + c) != BinaryPrimitives.ReadUInt16BigEndian(_transparency[(2 * c)..])) return false;
            return true;
        }

        private static int OnWhite(int value, int alpha, int highest) =>
            alpha == highest ? value : (int)(((long)value * alpha + (long)highest * (highest - alpha) + highest / 2) / highest);

        private int Sample(ReadOnlySpan<byte> line, int index) => _header.Depth switch
        {
            16 => line[2 * index] << 8 | line[2 * index + 1],
            8 => line[index],
            var depth => line[index * depth / 8] >> 8 - depth - index * depth % 8 & (1 << depth) - 1,
        };
    }
}
