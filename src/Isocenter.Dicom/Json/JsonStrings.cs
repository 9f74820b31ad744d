using System.Buffers;

namespace Isocenter.Dicom;

/// <summary>Strings of JSON (RFC 8259 §7).</summary>
internal static class JsonStrings
{
    /// <summary>ASCII that stands in a string, in a value and in UTF-8 as it is. The backslash is not among them.</summary>
    public static readonly SearchValues<byte> Plain = SearchValues.Create(PlainBytes());

    /// <summary>The same with the backslash that separates values (PS3.5 §6.4).</summary>
    public static readonly SearchValues<byte> PlainOrBackslash = SearchValues.Create([.. PlainBytes(), (byte)'\\']);

    /// <summary>What may not stand in a JSON string as it is, and DEL.</summary>
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
         (byte)'"', (byte)'\\', 0x7F]);

    /// <summary>Writes a string in quotation marks.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="text">Valid UTF-8.</param>
    public static void WriteString(this ref Utf8Output output, scoped ReadOnlySpan<byte> text)
    {
        output.Write((byte)'"');
        for (int escape; (escape = text.IndexOfAny(Escaped)) >= 0; text = text[(escape + 1)..])
        {
            output.Write(text[..escape]);
            WriteEscape(ref output, text[escape]);
        }
        output.Write(text);
        output.Write((byte)'"');
    }

    private static void WriteEscape(ref Utf8Output output, byte value)
    {
        output.Write((byte)'\\');
        switch (value)
        {
            case (byte)'"' or (byte)'\\': output.Write(value); break;
            case (byte)'\n': output.Write((byte)'n'); break;
            case (byte)'\r': output.Write((byte)'r'); break;
            case (byte)'\t': output.Write((byte)'t'); break;
            case (byte)'\f': output.Write((byte)'f'); break;
            default:
                output.Write("u00"u8);
                output.Write("0123456789ABCDEF"u8.Slice(value >> 4, 1));
                output.Write("0123456789ABCDEF"u8.Slice(value & 0xF, 1));
                break;
        }
    }

    private static byte[] PlainBytes()
    {
        var plain = new List<byte>();
        for (byte b = (byte)' '; b < 0x7F; b++)
        {
            if (b is not ((byte)'"' or (byte)'\\')) plain.Add(b);
        }
        return [.. plain];
    }
}
