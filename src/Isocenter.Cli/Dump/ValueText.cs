using System.Buffers.Binary;
using Isocenter.Dicom;

namespace Isocenter.Cli.Dump;

/// <summary>Writes values as one line of text, without characters that could steer a terminal.</summary>
internal sealed class ValueText(Utf8Output output, bool all)
{
    /// <summary>Characters of a value that are shown unless all are wanted.</summary>
    private const int ShownCharacters = 64;

    private const int ShownNumbers = 12;
    private const int ShownBytes = 16;

    /// <summary>Bytes taken from a value at a time. A multiple of every unit size.</summary>
    private const int Piece = 4096;

    /// <summary>Writes the value of one element. Sequences and fragments are told by their number.</summary>
    public void Write(DataElement element)
    {
        if (element.IsSequence)
        {
            Count(element.Items.Count, "item");
        }
        else if (element.Fragments is { } fragments)
        {
            Count(fragments.Count, "fragment");
            output.Write(", "u8);
            Count(fragments.Length, "byte");
        }
        else if (element.IsEmpty)
        {
            return;
        }
        else if (element.VR.IsText())
        {
            WriteText(element);
        }
        else if (element.VR is VR.OB or VR.UN or VR.None)
        {
            if (!TryWriteUnknownText(element)) WriteNumbers(element, 1, ShownBytes, ' ');
        }
        else
        {
            WriteNumbers(element, element.VR == VR.AT ? 4 : element.VR.UnitSize(), ShownNumbers, element.VR == VR.OW ? ' ' : '\\');
        }
    }

    /// <summary>One line for the offset table, and one for each fragment.</summary>
    public void WriteFragments(Fragments fragments, Action beginLine)
    {
        beginLine();
        output.Write("offset table"u8);
        output.Spaces(4);
        Count(fragments.BasicOffsetTable.Length / 4, "offset");
        for (int i = 0; i + 4 <= fragments.BasicOffsetTable.Length; i += 4)
        {
            output.Write(i == 0 ? ": "u8 : " "u8);
            output.Write(BinaryPrimitives.ReadUInt32LittleEndian(fragments.BasicOffsetTable.Span[i..]));
        }
        output.EndLine();
        Span<byte> head = stackalloc byte[ShownBytes];
        for (int i = 0; i < fragments.Count; i++)
        {
            beginLine();
            output.Write("fragment "u8);
            output.Write(i);
            output.Spaces(4);
            Count(fragments.Items[i].Length, "byte");
            output.Spaces(2);
            var bytes = head[..(int)Math.Min(head.Length, fragments.Items[i].Length)];
            fragments.Read(i, 0, bytes);
            foreach (byte b in bytes)
            {
                output.WriteHex(b, 2);
                output.Write(' ');
            }
            if (fragments.Items[i].Length > bytes.Length) output.Write("…"u8);
            output.EndLine();
        }
    }

    private void Count(long count, string unit)
    {
        output.Write(count);
        output.Write(' ');
        output.Write(unit);
        if (count != 1) output.Write('s');
    }

    private void WriteText(DataElement element)
    {
        bool cut = false;
        ReadOnlySpan<byte> bytes;
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
        var trimmed = TrimEnd(bytes);
        if (Printable.IsPlain(trimmed))
        {
            // The usual case goes out as it came in.
            if (!all && trimmed.Length > ShownCharacters)
            {
                trimmed = trimmed[..ShownCharacters];
                cut = true;
            }
            output.Write(trimmed);
            if (cut) output.Write("…"u8);
            else if (element.VR == VR.UI) WriteNameOfUid(trimmed);
            return;
        }
        string text = Printable.Of(element.DataSet.CharacterSet.Decode(bytes, element.VR).TrimEnd(' ', '\0'));
        if (!all && text.Length > ShownCharacters)
        {
            text = text[..(char.IsHighSurrogate(text[ShownCharacters - 1]) ? ShownCharacters - 1 : ShownCharacters)];
            cut = true;
        }
        output.Write(text);
        if (cut) output.Write("…"u8);
    }

    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.Length;
        while (end > 0 && bytes[end - 1] is (byte)' ' or 0) end--;
        return bytes[..end];
    }

    private void WriteNameOfUid(ReadOnlySpan<byte> bytes)
    {
        // All that have names begin with DICOM's root.
        if (!bytes.StartsWith("1.2.840.10008."u8) || !UidDictionary.TryFind(System.Text.Encoding.ASCII.GetString(bytes), out var uid)) return;
        output.Write("  ("u8);
        output.Write(uid.Name);
        output.Write(')');
    }

    /// <summary>Private elements that came without VR are often text.</summary>
    private bool TryWriteUnknownText(DataElement element)
    {
        if (element.VR != VR.UN || element.Length is < 2 or > Piece) return false;
        var bytes = TrimEnd(element.Bytes.Span);
        if (bytes.Length < 2 || !Printable.IsPlain(bytes)) return false;
        bool cut = !all && bytes.Length > ShownCharacters;
        output.Write('"');
        output.Write(cut ? bytes[..ShownCharacters] : bytes);
        output.Write(cut ? "…\""u8 : "\""u8);
        return true;
    }

    private void WriteNumbers(DataElement element, int size, int shown, char separator)
    {
        long count = element.Length / size;
        long wanted = all ? count : Math.Min(count, shown);
        var vr = element.VR;
        bool big = element.IsBigEndian;
        Span<byte> piece = stackalloc byte[(int)Math.Min(Piece, Math.Max(size, wanted * size))];
        for (long i = 0; i < wanted;)
        {
            int n = element.Read(i * size, piece[..(int)Math.Min(piece.Length, (wanted - i) * size)]);
            if (big) ByteOrder.Swap(piece[..n], vr);
            for (int at = 0; at + size <= n; at += size, i++)
            {
                if (i > 0) output.Write(separator);
                WriteNumber(piece.Slice(at, size), vr);
            }
            if (n < size) break;
        }
        if (wanted == count) return;
        output.Write(separator == ' ' ? " … ("u8 : "… ("u8);
        Count(count, size == 1 ? "byte" : "value");
        output.Write(')');
    }

    private void WriteNumber(ReadOnlySpan<byte> bytes, VR vr)
    {
        switch (vr)
        {
            case VR.AT:
                var tag = new Tag(BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]));
                output.Write(tag.ToString());
                if (!DataDictionary.TryFind(tag, out var entry)) break;
                output.Write(' ');
                output.Write(entry.Keyword);
                break;
            case VR.OW: output.WriteHex(BinaryPrimitives.ReadUInt16LittleEndian(bytes), 4); break;
            case VR.US: output.Write(BinaryPrimitives.ReadUInt16LittleEndian(bytes)); break;
            case VR.SS: output.Write(BinaryPrimitives.ReadInt16LittleEndian(bytes)); break;
            case VR.UL or VR.OL: output.Write(BinaryPrimitives.ReadUInt32LittleEndian(bytes)); break;
            case VR.SL: output.Write(BinaryPrimitives.ReadInt32LittleEndian(bytes)); break;
            case VR.UV or VR.OV: output.Write(BinaryPrimitives.ReadUInt64LittleEndian(bytes)); break;
            case VR.SV: output.Write(BinaryPrimitives.ReadInt64LittleEndian(bytes)); break;
            case VR.FL or VR.OF: output.Write(BinaryPrimitives.ReadSingleLittleEndian(bytes)); break;
            case VR.FD or VR.OD: output.Write(BinaryPrimitives.ReadDoubleLittleEndian(bytes)); break;
            default: output.WriteHex(bytes[0], 2); break;
        }
    }
}
