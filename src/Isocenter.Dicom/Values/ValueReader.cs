using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>Decodes values. Lenient: a number may stand in any VR that holds it.</summary>
internal static class ValueReader
{
    public static bool TryRead<T>(DataElement element, int index, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (typeof(T) == typeof(DataSet))
        {
            if (index >= element.Items.Count) return false;
            value = (T)(object)element.Items[index];
            return true;
        }
        if (element.Length <= 0) return false;
        if (element.VR.IsText() || element.VR == VR.UN && IsTextType(typeof(T)))
        {
            var texts = ValueBytes.SplitText(element.Bytes.Span, element.VR, element.DataSet.CharacterSet);
            return index < texts.Length && TryParse(texts[index], element.VR, out value);
        }
        return TryReadBinary(element, index, out value);
    }

    public static IReadOnlyList<T> ReadAll<T>(DataElement element)
    {
        if (typeof(T) == typeof(DataSet)) return (IReadOnlyList<T>)element.Items;
        if (element.Length <= 0) return [];
        var values = new List<T>();
        if (element.VR.IsText() || element.VR == VR.UN && IsTextType(typeof(T)))
        {
            foreach (string text in ValueBytes.SplitText(element.Bytes.Span, element.VR, element.DataSet.CharacterSet))
            {
                if (TryParse(text, element.VR, out T? value)) values.Add(value);
            }
            return values;
        }
        int size = SizeOf(element.VR);
        int count = (int)(element.Length / size);
        for (int i = 0; i < count; i++)
        {
            if (TryReadBinary(element, i, out T? value)) values.Add(value);
        }
        return values;
    }

    /// <summary>How many values; for text, empty ones between backslashes included.</summary>
    public static int Count(DataElement element)
    {
        if (element.IsSequence) return element.Items.Count;
        if (element.Length <= 0) return 0;
        if (element.VR.IsText()) return ValueBytes.SplitText(element.Bytes.Span, element.VR, element.DataSet.CharacterSet).Length;
        return (int)(element.Length / SizeOf(element.VR));
    }

    /// <summary>Bytes of one value: AT is four (PS3.5 §6.2), the rest is its unit.</summary>
    public static int SizeOf(VR vr) => vr == VR.AT ? 4 : vr.UnitSize();

    private static bool IsTextType(Type type) => type == typeof(string) || type == typeof(Uid) || type == typeof(PersonName);

    private static bool TryParse<T>(string text, VR vr, [NotNullWhen(true)] out T? value)
    {
        value = default;
        object? parsed = null;
        if (typeof(T) == typeof(string)) parsed = text;
        else if (text.Length == 0) return false;
        else if (typeof(T) == typeof(Uid)) parsed = Uid.TryParse(text, null, out var uid) ? uid : null;
        else if (typeof(T) == typeof(PersonName)) parsed = PersonName.Parse(text);
        else if (typeof(T) == typeof(DateOnly)) parsed = DateTimeText.TryParseDate(text, out var date) ? date : null;
        else if (typeof(T) == typeof(TimeOnly)) parsed = DateTimeText.TryParseTime(text, out var time) ? time : null;
        else if (typeof(T) == typeof(double)) parsed = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double d) ? d : null;
        else if (typeof(T) == typeof(float)) parsed = float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float f) ? f : null;
        else if (typeof(T) == typeof(decimal)) parsed = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal m) ? m : null;
        else if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal whole) && decimal.IsInteger(whole))
            parsed = Narrow<T>(whole);
        if (parsed is null) return false;
        value = (T)parsed;
        return true;
    }

    private static bool TryReadBinary<T>(DataElement element, int index, [NotNullWhen(true)] out T? value)
    {
        value = default;
        int size = SizeOf(element.VR);
        if ((index + 1L) * size > element.Length) return false;
        Span<byte> bytes = stackalloc byte[8];
        bytes = bytes[..size];
        element.Read((long)index * size, bytes);
        bool big = element.DataSet.IsBigEndian;

        if (element.VR == VR.AT)
        {
            var tag = new Tag(ValueBytes.UInt16(bytes, big), ValueBytes.UInt16(bytes[2..], big));
            if (typeof(T) == typeof(Tag)) value = (T)(object)tag;
            else if (typeof(T) == typeof(string)) value = (T)(object)tag.ToHex();
            return value is not null && typeof(T) == typeof(Tag) | typeof(T) == typeof(string);
        }

        object? parsed = element.VR switch
        {
            VR.US or VR.OW => From<T>(ValueBytes.UInt16(bytes, big)),
            VR.SS => From<T>((short)ValueBytes.UInt16(bytes, big)),
            VR.UL or VR.OL => From<T>(ValueBytes.UInt32(bytes, big)),
            VR.SL => From<T>((int)ValueBytes.UInt32(bytes, big)),
            VR.UV or VR.OV => From<T>(ValueBytes.UInt64(bytes, big)),
            VR.SV => From<T>((long)ValueBytes.UInt64(bytes, big)),
            VR.FL or VR.OF => FromReal<T>(ValueBytes.Single(bytes, big)),
            VR.FD or VR.OD => FromReal<T>(ValueBytes.Double(bytes, big)),
            VR.OB or VR.UN => From<T>(bytes[0]),
            _ => null,
        };
        if (parsed is null) return false;
        value = (T)parsed;
        return true;
    }

    private static object? From<T>(decimal number) =>
        typeof(T) == typeof(string) ? number.ToString(CultureInfo.InvariantCulture)
        : typeof(T) == typeof(double) ? (double)number
        : typeof(T) == typeof(float) ? (float)number
        : typeof(T) == typeof(decimal) ? number
        : Narrow<T>(number);

    private static object? FromReal<T>(double number) =>
        typeof(T) == typeof(string) ? number.ToString("R", CultureInfo.InvariantCulture)
        : typeof(T) == typeof(double) ? number
        : typeof(T) == typeof(float) ? (float)number
        : typeof(T) == typeof(decimal) && Math.Abs(number) < 1e28 ? (decimal)number
        : double.IsInteger(number) && Math.Abs(number) < 1e18 ? Narrow<T>((decimal)number)
        : null;

    /// <summary>The number as a boxed whole-number type, when it fits.</summary>
    [SuppressMessage("Performance", "CA1859", Justification = "The boxed type is T, not decimal.")]
    private static object? Narrow<T>(decimal n)
    {
        if (typeof(T) == typeof(int)) return n is >= int.MinValue and <= int.MaxValue ? (int)n : null;
        if (typeof(T) == typeof(uint)) return n is >= 0 and <= uint.MaxValue ? (uint)n : null;
        if (typeof(T) == typeof(short)) return n is >= short.MinValue and <= short.MaxValue ? (short)n : null;
        if (typeof(T) == typeof(ushort)) return n is >= 0 and <= ushort.MaxValue ? (ushort)n : null;
        if (typeof(T) == typeof(byte)) return n is >= 0 and <= byte.MaxValue ? (byte)n : null;
        if (typeof(T) == typeof(long)) return n is >= long.MinValue and <= long.MaxValue ? (long)n : null;
        if (typeof(T) == typeof(ulong)) return n is >= 0 and <= ulong.MaxValue ? (ulong)n : null;
        return null;
    }
}
