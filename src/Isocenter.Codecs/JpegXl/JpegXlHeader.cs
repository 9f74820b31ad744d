using System.Buffers.Binary;

namespace Isocenter.Codecs.JpegXl;

/// <summary>What the header of a JPEG XL code stream says (ISO/IEC 18181-1 Annex D): size, bits, colours.</summary>
/// <remarks>Holds no state; safe from many threads.</remarks>
public static class JpegXlHeader
{
    /// <summary>Reads the header.</summary>
    /// <param name="file">A bare code stream, or one in boxes (ISO/IEC 18181-2).</param>
    /// <exception cref="CodecException">It is none, or the header is cut.</exception>
    public static CodeStreamInfo Read(ReadOnlySpan<byte> file)
    {
        var stream = CodeStream(file);
        var bits = new BitReader(stream, 0);
        var header = ImageHeader.Read(ref bits);
        // XYB is made by the lossy modes; without it the stream may still lose, which the header does not say.
        return new CodeStreamInfo(header.Rows, header.Columns, header.ColourChannels + header.ExtraChannels, header.Bits,
            IsSigned: false, IsReversible: !header.IsXyb, ColourTransform.None);
    }

    /// <summary>The code stream in the boxes of a file. Parts become one.</summary>
    internal static ReadOnlySpan<byte> CodeStream(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[4..].StartsWith("JXL "u8)) return file;
        ReadOnlySpan<byte> joined = default;
        bool isPart = false;
        for (var rest = file; rest.Length >= 8;)
        {
            ulong length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            int header = 8;
            if (length == 1 && rest.Length >= 16) (length, header) = (BinaryPrimitives.ReadUInt64BigEndian(rest[8..]), 16);
            if (length == 0 || length > (ulong)rest.Length) length = (ulong)rest.Length;
            if (length < (ulong)header) break;
            var content = rest[header..(int)length];
            if (rest[4..].StartsWith("jxlc"u8)) return content;
            if (rest[4..].StartsWith("jxlp"u8) && content.Length > 4)
            {
                joined = isPart ? (byte[])[.. joined, .. content[4..]] : content[4..];
                isPart = true;
            }
            rest = rest[(int)length..];
        }
        return isPart ? joined : throw new CodecException(JpegXlDecoder.Codec, "the file holds no code stream", null, "ISO/IEC 18181-2 §9");
    }
}
