using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Isocenter.Dicom;

namespace Isocenter.Cli.Dump;

/// <summary>Values as one line of text, without characters that could steer a terminal.</summary>
internal static class ValueText
{
    /// <summary>Characters of a value that are shown unless all are wanted.</summary>
    private const int ShownCharacters = 64;

    private const int ShownNumbers = 12;
    private const int ShownBytes = 16;

    /// <summary>Bytes taken from a value at a time. A multiple of every unit size.</summary>
    private const int Piece = 4096;

    /// <summary>Writes the value of one element.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="element">Sequences and fragments are told by their number.</param>
    /// <param name="all">Whole, however long it is.</param>
    public static void Write(TextWriter output, DataElement element, bool all)
    {
        if (element.IsSequence)
        {
            output.Write(element.Items.Count == 1 ? "1 item" : Invariant($"{element.Items.Count} items"));
            return;
        }
        if (element.Fragments is { } fragments)
        {
            output.Write(Invariant($"{fragments.Count} fragments, {fragments.Length} bytes"));
            return;
        }
        if (element.IsEmpty) return;
        if (element.VR.IsText()) WriteText(output, element, all);
        else if (element.VR is VR.OB or VR.UN or VR.None) WriteNumbers(output, element, all, 1, ShownBytes, ' ', bytes => bytes[0].ToString("X2", CultureInfo.InvariantCulture));
        else if (element.VR == VR.OW) WriteNumbers(output, element, all, 2, ShownNumbers, ' ', Hex4(element.IsBigEndian));
        else WriteNumbers(output, element, all, element.VR == VR.AT ? 4 : element.VR.UnitSize(), ShownNumbers, '\\', Number(element));
    }

    /// <summary>The text with control characters replaced: a file must not be able to send commands to a terminal.</summary>
    public static string Printable(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.AsSpan().ContainsAnyInRange('\x7F', '\x9F')) return text;
        var result = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            switch (c)
            {
                case '\r': break;
                case '\n': result.Append(" ⏎ "); break;
                case '\t': result.Append(' '); break;
                case < ' ': result.Append((char)(0x2400 + c)); break;       // Unicode's pictures of control characters
                case '\x7F': result.Append('␡'); break;
                case > '\x7F' and <= '\x9F': result.Append('�'); break;
                default: result.Append(c); break;
            }
        }
        return result.ToString();
    }

    private static void WriteText(TextWriter output, DataElement element, bool all)
    {
        ReadOnlySpan<byte> bytes;
        bool cut = false;
        if (all || element.Length <= 8 * ShownCharacters)
        {
            bytes = element.Bytes.Span;
        }
        else
        {
            var start = new byte[8 * ShownCharacters];     // no character set takes more than 8 bytes for a character
            element.Read(0, start);
            bytes = start;
            cut = true;
        }
        string text = Printable(element.DataSet.CharacterSet.Decode(bytes, element.VR).TrimEnd(' ', '\0'));
        if (!all && text.Length > ShownCharacters)
        {
            text = text[..(char.IsHighSurrogate(text[ShownCharacters - 1]) ? ShownCharacters - 1 : ShownCharacters)];
            cut = true;
        }
        output.Write(text);
        if (cut) output.Write("…");
        if (element.VR == VR.UI && UidDictionary.TryFind(text, out var uid)) output.Write($"  ({uid.Name})");
    }

    private delegate string Formatter(ReadOnlySpan<byte> bytes);

    private static void WriteNumbers(TextWriter output, DataElement element, bool all, int size, int shown, char separator, Formatter format)
    {
        long count = element.Length / size;
        long wanted = all ? count : Math.Min(count, shown);
        Span<byte> piece = stackalloc byte[Piece];
        for (long i = 0; i < wanted;)
        {
            int n = element.Read(i * size, piece[..(int)Math.Min(Piece, (wanted - i) * size)]);
            for (int at = 0; at + size <= n; at += size, i++)
            {
                if (i > 0) output.Write(separator);
                output.Write(format(piece.Slice(at, size)));
            }
            if (n < size) break;
        }
        if (wanted < count) output.Write(separator == ' ' ? " …" : "…");
    }

    private static Formatter Hex4(bool big) => bytes =>
        (big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes)).ToString("X4", CultureInfo.InvariantCulture);

    private static Formatter Number(DataElement element)
    {
        bool big = element.IsBigEndian;
        var vr = element.VR;
        return raw =>
        {
            Span<byte> bytes = stackalloc byte[8];
            bytes = bytes[..raw.Length];
            raw.CopyTo(bytes);
            if (big && vr == VR.AT)
            {
                bytes[..2].Reverse();
                bytes[2..].Reverse();
            }
            else if (big)
            {
                bytes.Reverse();
            }
            return vr switch
            {
                VR.AT => Attribute(new Tag(BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]))),
                VR.US => Invariant($"{BinaryPrimitives.ReadUInt16LittleEndian(bytes)}"),
                VR.SS => Invariant($"{BinaryPrimitives.ReadInt16LittleEndian(bytes)}"),
                VR.UL or VR.OL => Invariant($"{BinaryPrimitives.ReadUInt32LittleEndian(bytes)}"),
                VR.SL => Invariant($"{BinaryPrimitives.ReadInt32LittleEndian(bytes)}"),
                VR.UV or VR.OV => Invariant($"{BinaryPrimitives.ReadUInt64LittleEndian(bytes)}"),
                VR.SV => Invariant($"{BinaryPrimitives.ReadInt64LittleEndian(bytes)}"),
                VR.FL or VR.OF => Invariant($"{BinaryPrimitives.ReadSingleLittleEndian(bytes)}"),
                VR.FD or VR.OD => Invariant($"{BinaryPrimitives.ReadDoubleLittleEndian(bytes)}"),
                _ => Convert.ToHexString(bytes),
            };
        };
    }

    private static string Attribute(Tag tag) =>
        DataDictionary.TryFind(tag, out var entry) ? $"{tag} {entry.Keyword}" : tag.ToString();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
