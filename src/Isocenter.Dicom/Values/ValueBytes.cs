using System.Buffers.Binary;

namespace Isocenter.Dicom;

/// <summary>Undecoded values: turning their byte order, cutting their text into values.</summary>
internal static class ValueBytes
{
    /// <summary>A copy of a value in the other byte order, or in the same.</summary>
    public static byte[] Reorder(ReadOnlyMemory<byte> value, VR vr, bool swap)
    {
        var bytes = value.ToArray();
        if (swap) Swap(bytes, vr);
        return bytes;
    }

    /// <summary>Turns the byte order in place, in units of the VR (PS3.5 §7.3).</summary>
    public static void Swap(Span<byte> bytes, VR vr)
    {
        int unit = vr.UnitSize();
        if (unit == 1) return;
        for (; bytes.Length >= unit; bytes = bytes[unit..]) bytes[..unit].Reverse();
    }

    /// <summary>The values of a text, decoded, without padding (PS3.5 §6.2, §6.4).</summary>
    public static string[] SplitText(ReadOnlySpan<byte> bytes, VR vr, SpecificCharacterSet characterSet)
    {
        if (bytes.IsEmpty) return [];
        if (characterSet.IsByteForByte(bytes, vr)) return SplitPlain(bytes, vr);
        string text = characterSet.Decode(bytes, vr);
        if (!vr.IsMultiValuedText()) return [Trim(text, vr)];
        if (!text.Contains('\\')) return Trim(text, vr) is { Length: > 0 } one ? [one] : [];
        string[] values = text.Split('\\');
        for (int i = 0; i < values.Length; i++) values[i] = Trim(values[i], vr);
        return values;
    }

    /// <summary>The whole value as one text, with the backslashes between its values; the padding around it is taken
    /// away.</summary>
    public static string Text(ReadOnlySpan<byte> bytes, VR vr, SpecificCharacterSet characterSet) =>
        characterSet.IsByteForByte(bytes, vr)
            ? System.Text.Encoding.Latin1.GetString(Trim(bytes, vr))
            : Trim(characterSet.Decode(bytes, vr), vr);

    /// <summary>Takes the padding away from bytes that are characters.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes, VR vr)
    {
        int end = bytes.Length;
        while (end > 0 && bytes[end - 1] is (byte)' ' or 0) end--;
        int start = 0;
        if (!KeepsLeadingSpaces(vr))
        {
            while (start < end && bytes[start] is (byte)' ' or 0) start++;
        }
        return bytes[start..end];
    }

    private static string[] SplitPlain(ReadOnlySpan<byte> bytes, VR vr)
    {
        int separators = vr.IsMultiValuedText() ? bytes.Count((byte)'\\') : 0;
        if (separators == 0)
        {
            var one = Trim(bytes, vr);
            return one.IsEmpty && vr.IsMultiValuedText() ? [] : [System.Text.Encoding.Latin1.GetString(one)];
        }
        var values = new string[separators + 1];
        for (int i = 0; i < separators; i++)
        {
            int end = bytes.IndexOf((byte)'\\');
            values[i] = System.Text.Encoding.Latin1.GetString(Trim(bytes[..end], vr));
            bytes = bytes[(end + 1)..];
        }
        values[separators] = System.Text.Encoding.Latin1.GetString(Trim(bytes, vr));
        return values;
    }

    /// <summary>Takes the padding away. Leading spaces are significant in text that can run over lines
    /// (PS3.5 Table 6.2-1).</summary>
    public static string Trim(string text, VR vr) => KeepsLeadingSpaces(vr) ? text.TrimEnd(' ', '\0') : text.Trim(' ', '\0');

    /// <summary>Leading spaces are part of the value.</summary>
    public static bool KeepsLeadingSpaces(VR vr) => vr is VR.LT or VR.ST or VR.UT or VR.UC or VR.UR or VR.PN;

    public static ushort UInt16(ReadOnlySpan<byte> b, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(b) : BinaryPrimitives.ReadUInt16LittleEndian(b);

    public static uint UInt32(ReadOnlySpan<byte> b, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(b) : BinaryPrimitives.ReadUInt32LittleEndian(b);

    public static ulong UInt64(ReadOnlySpan<byte> b, bool big) =>
        big ? BinaryPrimitives.ReadUInt64BigEndian(b) : BinaryPrimitives.ReadUInt64LittleEndian(b);

    public static float Single(ReadOnlySpan<byte> b, bool big) =>
        big ? BinaryPrimitives.ReadSingleBigEndian(b) : BinaryPrimitives.ReadSingleLittleEndian(b);

    public static double Double(ReadOnlySpan<byte> b, bool big) =>
        big ? BinaryPrimitives.ReadDoubleBigEndian(b) : BinaryPrimitives.ReadDoubleLittleEndian(b);
}
