using System.Buffers.Binary;

namespace Isocenter.Imaging;

/// <summary>Writes GIF 89a: one picture, or several as an animation. Grey keeps all its levels, colours are brought to the
/// 252 of a fixed palette.</summary>
public sealed class GifWriter : IDisposable
{
    private const int ClearCode = 256, EndCode = 257, MaxCode = 4095;
    private const int Reds = 6, Greens = 7, Blues = 6;

    private readonly Stream _stream;
    private readonly int _width, _height, _channels;
    private readonly ushort _delay;

    /// <summary>Begins the file.</summary>
    /// <param name="stream">Where it goes; it stays open.</param>
    /// <param name="first">All pictures have its size and channels.</param>
    /// <param name="delay">Of each picture of an animation; null: there is one picture only.</param>
    public GifWriter(Stream stream, Picture first, TimeSpan? delay = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(first);
        if (first.Width > ushort.MaxValue || first.Height > ushort.MaxValue) throw new ArgumentException("a GIF has 65535 × 65535 pixels at most", nameof(first));
        (_stream, _width, _height, _channels) = (stream, first.Width, first.Height, first.Channels);
        _delay = (ushort)Math.Clamp((delay ?? TimeSpan.Zero).TotalMilliseconds / 10, 0, ushort.MaxValue);
        Span<byte> head = stackalloc byte[13];
        "GIF89a"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], (ushort)_width);
        BinaryPrimitives.WriteUInt16LittleEndian(head[8..], (ushort)_height);
        head[10] = 0xF7;            // a palette of 256 colours
        head[11..].Clear();
        _stream.Write(head);
        _stream.Write(Palette(_channels));
        // For ever, as browsers understand it.
        if (delay is not null) _stream.Write([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]);
    }

    /// <summary>Adds a picture.</summary>
    public void Add(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if ((picture.Width, picture.Height, picture.Channels) != (_width, _height, _channels))
            throw new ArgumentException("all pictures of a GIF have one size", nameof(picture));
        Span<byte> control = [0x21, 0xF9, 4, 4, (byte)_delay, (byte)(_delay >> 8), 0, 0];
        _stream.Write(control);
        Span<byte> descriptor = [0x2C, 0, 0, 0, 0, (byte)_width, (byte)(_width >> 8), (byte)_height, (byte)(_height >> 8), 0];
        _stream.Write(descriptor);
        Compress(Indices(picture));
    }

    /// <summary>Ends the file.</summary>
    public void Dispose() => _stream.WriteByte(0x3B);

    private static byte[] Palette(int channels)
    {
        var palette = new byte[768];
        if (channels == 1)
        {
            for (int i = 0; i < 256; i++) palette[3 * i] = palette[3 * i + 1] = palette[3 * i + 2] = (byte)i;
            return palette;
        }
        int at = 0;
        for (int r = 0; r < Reds; r++)
        {
            for (int g = 0; g < Greens; g++)
            {
                for (int b = 0; b < Blues; b++)
                {
                    palette[at++] = (byte)(r * 255 / (Reds - 1));
                    palette[at++] = (byte)(g * 255 / (Greens - 1));
                    palette[at++] = (byte)(b * 255 / (Blues - 1));
                }
            }
        }
        return palette;
    }

    private static byte[] Indices(Picture picture)
    {
        if (picture.Channels == 1) return picture.Pixels;
        var indices = new byte[picture.Width * picture.Height];
        var pixels = picture.Pixels;
        for (int i = 0, at = 0; i < indices.Length; i++, at += 3)
        {
            int r = (pixels[at] * (Reds - 1) + 127) / 255, g = (pixels[at + 1] * (Greens - 1) + 127) / 255, b = (pixels[at + 2] * (Blues - 1) + 127) / 255;
            indices[i] = (byte)((r * Greens + g) * Blues + b);
        }
        return indices;
    }

    /// <summary>LZW with codes of 9 to 12 bits, in blocks of up to 255 bytes.</summary>
    private void Compress(byte[] indices)
    {
        _stream.WriteByte(8);
        var output = new BlockWriter(_stream);
        var codes = new Dictionary<int, int>(MaxCode);
        int next = EndCode + 1, bits = 9, prefix = indices[0];
        output.Add(ClearCode, bits);
        for (int i = 1; i < indices.Length; i++)
        {
            int key = prefix << 8 | indices[i];
            if (codes.TryGetValue(key, out int code))
            {
                prefix = code;
                continue;
            }
            output.Add(prefix, bits);
            prefix = indices[i];
            if (next > MaxCode)
            {
                output.Add(ClearCode, bits);
                codes.Clear();
                (next, bits) = (EndCode + 1, 9);
                continue;
            }
            // The decoder is one entry behind: the width grows when the entry before needed the last code of it.
            if (next == 1 << bits && bits < 12) bits++;
            codes.Add(key, next++);
        }
        output.Add(prefix, bits);
        if (next == 1 << bits && bits < 12) bits++;
        output.Add(EndCode, bits);
        output.Finish();
    }

    private sealed class BlockWriter(Stream stream)
    {
        private readonly byte[] _block = new byte[256];
        private int _length, _filled;
        private uint _word;

        public void Add(int code, int bits)
        {
            _word |= (uint)code << _filled;
            for (_filled += bits; _filled >= 8; _filled -= 8, _word >>= 8) AddByte((byte)_word);
        }

        public void Finish()
        {
            if (_filled > 0) AddByte((byte)_word);
            Flush();
            stream.WriteByte(0);
        }

        private void AddByte(byte value)
        {
            _block[++_length] = value;
            if (_length == 255) Flush();
        }

        private void Flush()
        {
            if (_length == 0) return;
            _block[0] = (byte)_length;
            stream.Write(_block.AsSpan(0, _length + 1));
            _length = 0;
        }
    }
}
