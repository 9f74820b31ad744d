using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>Decodes values. Lenient: a number may stand in any VR that holds it.</summary>
internal static class ValueReader
{
    /// <summary>Reads one value. False when there is none at <paramref name="index"/>, when it is empty, and when it is not
    /// to be read as a <typeparamref name="T"/>.</summary>
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
        var vr = element.VR;
        if (IsReadAsText<T>(vr))
        {
            string text = TextAt(element, index);
            return text.Length > 0 && TryParse(text, vr, element.DataSet, out value);
        }
        int size = SizeOf(vr);
        Span<byte> bytes = stackalloc byte[8];
        bytes = bytes[..size];
        return element.Read((long)index * size, bytes) == size && TryReadBinary(bytes, vr, element.IsBigEndian, out value);
    }

    /// <summary>Reads the values that are to be read as a <typeparamref name="T"/>. Empty texts among others are kept, so
    /// that the values keep their places.</summary>
    public static IReadOnlyList<T> ReadAll<T>(DataElement element)
    {
        if (typeof(T) == typeof(DataSet)) return (IReadOnlyList<T>)element.Items;
        return element.Length <= 0 ? [] : ReadAll<T>(element.Bytes.Span, element.VR, element.IsBigEndian, element.DataSet);
    }

    /// <summary>Reads the values that stand in some bytes of an element.</summary>
    public static IReadOnlyList<T> ReadAll<T>(ReadOnlySpan<byte> bytes, VR vr, bool big, DataSet dataSet)
    {
        if (IsReadAsText<T>(vr))
        {
            string[] texts = ValueBytes.SplitText(bytes, vr, dataSet.CharacterSet);
            if (typeof(T) == typeof(string)) return (IReadOnlyList<T>)(object)texts;
            var parsed = new List<T>(texts.Length);
            foreach (string text in texts)
            {
                if (text.Length > 0 && TryParse(text, vr, dataSet, out T? value)) parsed.Add(value);
            }
            return parsed;
        }
        int size = SizeOf(vr);
        var values = new List<T>(bytes.Length / size);
        for (; bytes.Length >= size; bytes = bytes[size..])
        {
            if (TryReadBinary(bytes[..size], vr, big, out T? value)) values.Add(value);
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

    private static bool IsReadAsText<T>(VR vr) => vr.IsText()
        || vr == VR.UN && (typeof(T) == typeof(string) || typeof(T) == typeof(Uid) || typeof(T) == typeof(PersonName));

    private static string TextAt(DataElement element, int index)
    {
        var bytes = element.Bytes.Span;
        var characterSet = element.DataSet.CharacterSet;
        if (index == 0 && characterSet.IsByteForByte(bytes, element.VR))
        {
            // The usual case makes one string and no array.
            int end = element.VR.IsMultiValuedText() ? bytes.IndexOf((byte)'\\') : -1;
            return ValueBytes.Text(end < 0 ? bytes : bytes[..end], element.VR, characterSet);
        }
        string[] texts = ValueBytes.SplitText(bytes, element.VR, characterSet);
        return index < texts.Length ? texts[index] : "";
    }

    private static bool TryParse<T>(string text, VR vr, DataSet dataSet, [NotNullWhen(true)] out T? value)
    {
        value = default;
        object? parsed = null;
        if (typeof(T) == typeof(string)) parsed = text;
        else if (typeof(T) == typeof(Uid)) parsed = Uid.TryParse(text, null, out var uid) ? uid : null;
        else if (typeof(T) == typeof(PersonName)) parsed = PersonName.Parse(text);
        else if (typeof(T) == typeof(Tag)) parsed = null;
        else if (IsMomentOrAge<T>()) parsed = MomentOrAge<T>(text, vr, dataSet);
        else return TryParseNumber(text, vr, dataSet.Leniencies, out value);
        if (parsed is null) return false;
        value = (T)parsed;
        return true;
    }

    private static bool TryParseNumber<T>(string text, VR vr, ValueLeniencies leniencies, [NotNullWhen(true)] out T? value)
    {
        value = default;
        var culture = CultureInfo.InvariantCulture;
        if (leniencies != ValueLeniencies.All)
        {
            bool isNumber = vr is VR.IS or VR.DS;
            if (!isNumber && (leniencies & ValueLeniencies.NumbersInText) == 0) return false;
            if (vr == VR.IS && ValueRules.Problem(vr, text, mayMatch: false) is not null)
            {
                var needed = long.TryParse(text, NumberStyles.Integer, culture, out _) ? ValueLeniencies.WideIntegers : ValueLeniencies.DecimalIntegers;
                if ((leniencies & needed) == 0) return false;
            }
        }
        // 'NaN' and 'Infinity' are no numbers of DS, though of .NET.
        if (typeof(T) == typeof(double))
        {
            if (!double.TryParse(text, NumberStyles.Float, culture, out double d) || !double.IsFinite(d)) return false;
            value = (T)(object)d;
            return true;
        }
        if (typeof(T) == typeof(float))
        {
            if (!float.TryParse(text, NumberStyles.Float, culture, out float f) || !float.IsFinite(f)) return false;
            value = (T)(object)f;
            return true;
        }
        if (typeof(T) == typeof(decimal))
        {
            if (!decimal.TryParse(text, NumberStyles.Float, culture, out decimal m)) return false;
            value = (T)(object)m;
            return true;
        }
        if (long.TryParse(text, NumberStyles.Integer, culture, out long whole)) return TryConvert(whole, out value);
        return decimal.TryParse(text, NumberStyles.Float, culture, out decimal number) && decimal.IsInteger(number) && TryConvert(number, out value);
    }

    private static bool IsMomentOrAge<T>() => typeof(T) == typeof(DateOnly) || typeof(T) == typeof(TimeOnly) || typeof(T) == typeof(DateTime)
        || typeof(T) == typeof(DateTimeOffset) || typeof(T) == typeof(PartialTime) || typeof(T) == typeof(PartialDateTime) || typeof(T) == typeof(Age)
        || typeof(T) == typeof(ValueRange<DateOnly>) || typeof(T) == typeof(ValueRange<PartialTime>) || typeof(T) == typeof(ValueRange<PartialDateTime>);

    private static object? MomentOrAge<T>(string text, VR vr, DataSet dataSet)
    {
        if (dataSet.Leniencies != ValueLeniencies.All && NeededLeniency(text, vr) is { } needed && (dataSet.Leniencies & needed) == 0) return null;
        if (typeof(T) == typeof(DateOnly)) return DateOf(text, vr);
        if (typeof(T) == typeof(TimeOnly)) return TimeOf(text, vr)?.Earliest;
        if (typeof(T) == typeof(PartialTime)) return TimeOf(text, vr);
        if (typeof(T) == typeof(DateTime)) return DateTimeText.TryParseDateTime(text, out var local, out _) ? local : null;
        if (typeof(T) == typeof(PartialDateTime)) return PartialDateTime.TryParse(text, null, out var partial) ? partial : null;
        if (typeof(T) == typeof(DateTimeOffset)) return MomentOf(text, dataSet);
        if (typeof(T) == typeof(Age)) return Age.TryParse(text, null, out var age) ? age : null;
        if (typeof(T) == typeof(ValueRange<DateOnly>)) return ValueRange.TryParse(text, out ValueRange<DateOnly> dates) ? dates : null;
        if (typeof(T) == typeof(ValueRange<PartialTime>)) return ValueRange.TryParse(text, out ValueRange<PartialTime> times) ? times : null;
        return ValueRange.TryParse(text, out ValueRange<PartialDateTime> moments) ? moments : null;
    }

    private static ValueLeniencies? NeededLeniency(string text, VR vr) => vr switch
    {
        VR.DA when text.Contains('.') => ValueLeniencies.AcrNemaDates,
        VR.TM when text.Contains(':') => ValueLeniencies.AcrNemaTimes,
        VR.AS when ValueRules.Problem(vr, text, mayMatch: false) is not null => ValueLeniencies.ShortAges,
        _ => null,
    };

    private static DateOnly? DateOf(string text, VR vr)
    {
        if (DateTimeText.TryParseDate(text, out var date)) return date;
        return vr == VR.DT && DateTimeText.TryParseDateTime(text, out var moment, out _) ? DateOnly.FromDateTime(moment) : null;
    }

    private static PartialTime? TimeOf(string text, VR vr)
    {
        if (vr == VR.DT) return PartialDateTime.TryParse(text, null, out var moment) ? moment.Time : null;
        return PartialTime.TryParse(text, null, out var time) ? time : null;
    }

    private static DateTimeOffset? MomentOf(string text, DataSet dataSet)
    {
        if (!DateTimeText.TryParseDateTime(text, out var time, out var offset) || (offset ?? dataSet.TimezoneOffset) is not { } o) return null;
        return time.Ticks - o.Ticks is >= 0 and <= 3155378975999999999 ? new DateTimeOffset(time, o) : null;
    }

    private static bool TryReadBinary<T>(ReadOnlySpan<byte> bytes, VR vr, bool big, [NotNullWhen(true)] out T? value)
    {
        switch (vr)
        {
            case VR.US or VR.OW: return TryConvert((long)ValueBytes.UInt16(bytes, big), out value);
            case VR.SS: return TryConvert((long)(short)ValueBytes.UInt16(bytes, big), out value);
            case VR.UL or VR.OL: return TryConvert((long)ValueBytes.UInt32(bytes, big), out value);
            case VR.SL: return TryConvert((long)(int)ValueBytes.UInt32(bytes, big), out value);
            case VR.SV: return TryConvert((long)ValueBytes.UInt64(bytes, big), out value);
            case VR.UV or VR.OV:
                ulong number = ValueBytes.UInt64(bytes, big);
                return number <= long.MaxValue ? TryConvert((long)number, out value) : TryConvert((decimal)number, out value);
            case VR.FL or VR.OF:
                float single = ValueBytes.Single(bytes, big);
                if (typeof(T) != typeof(string)) return TryConvertReal(single, out value);
                value = (T)(object)single.ToString("R", CultureInfo.InvariantCulture);
                return true;
            case VR.FD or VR.OD: return TryConvertReal(ValueBytes.Double(bytes, big), out value);
            case VR.OB or VR.UN: return TryConvert((long)bytes[0], out value);
            case VR.AT:
                var tag = new Tag(ValueBytes.UInt16(bytes, big), ValueBytes.UInt16(bytes[2..], big));
                value = typeof(T) == typeof(Tag) ? (T)(object)tag : typeof(T) == typeof(string) ? (T)(object)tag.ToHex() : default;
                return typeof(T) == typeof(Tag) || typeof(T) == typeof(string);
            default:
                value = default;
                return false;
        }
    }

    private static bool TryConvertReal<T>(double number, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (typeof(T) == typeof(double)) value = (T)(object)number;
        else if (typeof(T) == typeof(float) && (!double.IsFinite(number) || Math.Abs(number) <= float.MaxValue)) value = (T)(object)(float)number;
        else if (typeof(T) == typeof(string)) value = (T)(object)number.ToString("R", CultureInfo.InvariantCulture);
        else if (typeof(T) == typeof(decimal) && Math.Abs(number) < 1e28) value = (T)(object)(decimal)number;
        else return double.IsInteger(number) && Math.Abs(number) < 1e28 && TryConvert((decimal)number, out value);
        return true;
    }

    /// <summary>A whole number, where it fits. The comparisons of types cost nothing: each T has code of its own.</summary>
    private static bool TryConvert<T>(long n, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (typeof(T) == typeof(ushort) && n is >= 0 and <= ushort.MaxValue) value = (T)(object)(ushort)n;
        else if (typeof(T) == typeof(int) && n is >= int.MinValue and <= int.MaxValue) value = (T)(object)(int)n;
        else if (typeof(T) == typeof(uint) && n is >= 0 and <= uint.MaxValue) value = (T)(object)(uint)n;
        else if (typeof(T) == typeof(short) && n is >= short.MinValue and <= short.MaxValue) value = (T)(object)(short)n;
        else if (typeof(T) == typeof(sbyte) && n is >= sbyte.MinValue and <= sbyte.MaxValue) value = (T)(object)(sbyte)n;
        else if (typeof(T) == typeof(byte) && n is >= 0 and <= byte.MaxValue) value = (T)(object)(byte)n;
        else if (typeof(T) == typeof(long)) value = (T)(object)n;
        else if (typeof(T) == typeof(ulong) && n >= 0) value = (T)(object)(ulong)n;
        else if (typeof(T) == typeof(double)) value = (T)(object)(double)n;
        else if (typeof(T) == typeof(float)) value = (T)(object)(float)n;
        else if (typeof(T) == typeof(decimal)) value = (T)(object)(decimal)n;
        else if (typeof(T) == typeof(string)) value = (T)(object)n.ToString(CultureInfo.InvariantCulture);
        else return false;
        return true;
    }

    private static bool TryConvert<T>(decimal n, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (n is >= long.MinValue and <= long.MaxValue) return TryConvert((long)n, out value);
        if (typeof(T) == typeof(ulong) && n is > 0 and <= ulong.MaxValue) value = (T)(object)(ulong)n;
        else if (typeof(T) == typeof(double)) value = (T)(object)(double)n;
        else if (typeof(T) == typeof(float)) value = (T)(object)(float)n;
        else if (typeof(T) == typeof(decimal)) value = (T)(object)n;
        else if (typeof(T) == typeof(string)) value = (T)(object)n.ToString(CultureInfo.InvariantCulture);
        else return false;
        return true;
    }
}
