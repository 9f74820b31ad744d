using System.Buffers.Binary;

namespace Isocenter.Codecs.JpegXl;

/// <summary>What the header of a JPEG XL code stream says (ISO/IEC 18181-1 Annex D): size, bits, colours. The image in it is
/// not decoded.</summary>
/// <remarks>Holds no state; safe from many threads.</remarks>
public static class JpegXlHeader
{
    private const string Codec = "JPEG XL", Rule = "ISO/IEC 18181-1 §D";

    /// <summary>Reads the header.</summary>
    /// <param name="file">A bare code stream, or one in boxes (ISO/IEC 18181-2).</param>
    /// <exception cref="CodecException">It is none, or the header is cut.</exception>
    public static CodeStreamInfo Read(ReadOnlySpan<byte> file)
    {
        var stream = CodeStream(file);
        if (!stream.StartsWith<byte>([0xFF, 0x0A])) throw new CodecException(Codec, "the code stream does not begin with FF 0A", 0, Rule);
        var bits = new Bits(stream[2..]);
        var (columns, rows) = Size(ref bits);
        int precision = 8, components = 3;
        bool isXyb = true;
        if (!bits.Flag())
        {
            if (bits.Flag()) SkipExtraFields(ref bits);
            precision = Depth(ref bits);
            bits.Read(1);                               // modular_16bit_buffers
            int extra = (int)bits.Choose(0, 0, 1, 0, 2, 4, 1, 12);
            for (int i = 0; i < extra; i++)
            {
                // Anything but a plain alpha channel: what follows it cannot be found without reading all of it.
                if (!bits.Flag()) return Info(rows, columns, 3, precision, true);
            }
            isXyb = bits.Flag();
            if (!bits.Flag())                           // colour encoding other than sRGB
            {
                bits.Read(1);
                if (bits.Enumerated() == 1) components = 1;
            }
            components += extra;
        }
        if (bits.IsExhausted) throw new CodecException(Codec, "the header is cut", file.Length, Rule);
        return Info(rows, columns, components, precision, isXyb);
    }

    // XYB is made by the lossy modes; without it the stream may still lose, which the header does not say.
    private static CodeStreamInfo Info(long rows, long columns, int components, int precision, bool isXyb) =>
        rows > int.MaxValue || columns > int.MaxValue
            ? throw new CodecException(Codec, $"the image has {columns} × {rows} pixels", 2, Rule)
            : new CodeStreamInfo((int)rows, (int)columns, components, precision, IsSigned: false, IsReversible: !isXyb, ColourTransform.None);

    /// <summary>SizeHeader (§D.2): rows, and columns by themselves or by a ratio.</summary>
    private static (long Columns, long Rows) Size(ref Bits bits)
    {
        bool isSmall = bits.Flag();
        long rows = Length(ref bits, isSmall);
        long columns = bits.Read(3) switch
        {
            0 => Length(ref bits, isSmall),
            1 => rows,
            2 => rows * 12 / 10,
            3 => rows * 4 / 3,
            4 => rows * 3 / 2,
            5 => rows * 16 / 9,
            6 => rows * 5 / 4,
            _ => rows * 2,
        };
        return (columns, rows);
    }

    private static long Length(ref Bits bits, bool isSmall) => isSmall ? 8 * (bits.Read(5) + 1L) : bits.Choose(1, 9, 1, 13, 1, 18, 1, 30);

    /// <summary>BitDepth (§D.3.5).</summary>
    private static int Depth(ref Bits bits)
    {
        if (!bits.Flag()) return (int)bits.Choose(8, 0, 10, 0, 12, 0, 1, 6);
        int depth = (int)bits.Choose(32, 0, 16, 0, 24, 0, 1, 6);
        bits.Read(4);
        return depth;
    }

    /// <summary>Orientation, intrinsic size, preview and animation (§D.3.2 to §D.3.4).</summary>
    private static void SkipExtraFields(ref Bits bits)
    {
        bits.Read(3);
        if (bits.Flag()) Size(ref bits);
        if (bits.Flag())
        {
            bool isDivided = bits.Flag();
            PreviewLength(ref bits, isDivided);
            if (bits.Read(3) == 0) PreviewLength(ref bits, isDivided);
        }
        if (bits.Flag())
        {
            bits.Choose(100, 0, 1000, 0, 1, 10, 1, 30);
            bits.Choose(1, 0, 1001, 0, 1, 8, 1, 10);
            bits.Choose(0, 0, 0, 3, 0, 16, 0, 32);
            bits.Read(1);
        }
    }

    private static void PreviewLength(ref Bits bits, bool isDivided)
    {
        if (isDivided) bits.Choose(16, 0, 32, 0, 1, 5, 33, 9);
        else bits.Choose(1, 6, 65, 8, 321, 10, 1345, 12);
    }

    /// <summary>The code stream in the boxes of a file: one box, or the first part of it.</summary>
    private static ReadOnlySpan<byte> CodeStream(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[4..].StartsWith("JXL "u8)) return file;
        for (var rest = file; rest.Length >= 8;)
        {
            ulong length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            int header = 8;
            if (length == 1 && rest.Length >= 16) (length, header) = (BinaryPrimitives.ReadUInt64BigEndian(rest[8..]), 16);
            if (length == 0 || length > (ulong)rest.Length) length = (ulong)rest.Length;
            if (length < (ulong)header) break;
            var content = rest[header..(int)length];
            if (rest[4..].StartsWith("jxlc"u8)) return content;
            if (rest[4..].StartsWith("jxlp"u8) && content.Length > 4) return content[4..];
            rest = rest[(int)length..];
        }
        throw new CodecException(Codec, "the file holds no code stream", null, "ISO/IEC 18181-2 §9");
    }

    /// <summary>Bits from the lowest of each byte on (§B.2); zeros behind the end.</summary>
    private ref struct Bits(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _at;

        public readonly bool IsExhausted => _at > 8L * _bytes.Length;

        public bool Flag() => Read(1) != 0;

        public uint Read(int count)
        {
            uint value = 0;
            for (int i = 0; i < count; i++, _at++)
                if (_at >> 3 < _bytes.Length) value |= (uint)(_bytes[_at >> 3] >> (_at & 7) & 1) << i;
            return value;
        }

        /// <summary>U32: two bits choose one of four offsets with so many bits on top (§B.2.2).</summary>
        public long Choose(uint offset0, int bits0, uint offset1, int bits1, uint offset2, int bits2, uint offset3, int bits3)
        {
            var (offset, count) = Read(2) switch { 0 => (offset0, bits0), 1 => (offset1, bits1), 2 => (offset2, bits2), _ => (offset3, bits3) };
            return offset + (long)Read(count);
        }

        public int Enumerated() => (int)Choose(0, 0, 1, 0, 2, 4, 18, 6);
    }
}
