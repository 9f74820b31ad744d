using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>Encodes values by the rules of PS3.5 Table 6.2-1. Strict: what does not fit is refused.</summary>
internal static class ValueWriter
{
    public static byte[] Write<T>(Tag tag, VR vr, ReadOnlySpan<T> values, bool bigEndian, SpecificCharacterSet characterSet) where T : notnull
    {
        if (values.IsEmpty) return [];
        if (vr.IsText() || vr == VR.UN && values[0] is string) return WriteText(tag, vr, values, characterSet);
        if (vr == VR.SQ) throw new ArgumentException($"{tag} is a sequence: give it DataSet items");
        int size = ValueReader.SizeOf(vr);
        var bytes = new byte[values.Length * size + (values.Length * size & 1)];
        for (int i = 0; i < values.Length; i++)
        {
            var place = bytes.AsSpan(i * size, size);
            WriteNumber(tag, vr, values[i], place);
            if (bigEndian && vr != VR.AT) place.Reverse();
            else if (bigEndian) ValueBytes.Swap(place, vr);
        }
        return bytes;
    }

    /// <summary>A copy of even length: text ends with a space, UIDs and bytes with a zero (PS3.5 §6.2).</summary>
    public static byte[] Pad(ReadOnlySpan<byte> bytes, VR vr)
    {
        var padded = new byte[(bytes.Length + 1) & ~1];
        bytes.CopyTo(padded);
        if (padded.Length > bytes.Length && vr.IsText() && vr != VR.UI) padded[^1] = (byte)' ';
        return padded;
    }

    /// <summary>Text without the rules of the VR.</summary>
    public static byte[] WriteFieldText(Tag tag, VR vr, ReadOnlySpan<string> values, SpecificCharacterSet characterSet)
    {
        if (!vr.IsText()) throw new ArgumentException($"{tag}: {vr} is no text");
        string all = string.Join('\\', values!);
        if (!vr.UsesSpecificCharacterSet()) return Pad(System.Text.Encoding.Latin1.GetBytes(all), vr);
        if (!characterSet.TryEncode(all, vr, out byte[] bytes)) throw new ArgumentException(NotEncodable(tag, vr, all, characterSet));
        return Pad(bytes, vr);
    }

    private static byte[] WriteText<T>(Tag tag, VR vr, ReadOnlySpan<T> values, SpecificCharacterSet characterSet) where T : notnull
    {
        if (values.Length > 1 && !vr.IsMultiValuedText()) throw new ArgumentException($"{tag}: {vr} holds one value (PS3.5 §6.2)");
        var text = new StringBuilder();
        foreach (var value in values)
        {
            string one = ToText(tag, vr, value);
            if (vr.IsMultiValuedText() && value is not string && one.Contains('\\')) throw new ArgumentException($"{tag}: a backslash separates values (PS3.5 §6.4)");
            CheckRules(tag, vr, one);
            text.Append(one).Append('\\');
        }
        text.Length--;
        string all = text.ToString();
        if (!characterSet.TryEncode(all, vr, out byte[] bytes)) throw new ArgumentException(NotEncodable(tag, vr, all, characterSet));
        return Pad(bytes, vr);
    }

    private static string NotEncodable(Tag tag, VR vr, string text, SpecificCharacterSet characterSet)
    {
        if (!vr.UsesSpecificCharacterSet()) return $"{tag}: '{text}' has characters that {vr} does not allow (PS3.5 Table 6.2-1)";
        return $"{tag}: '{text}' has characters that {characterSet.Describe()} does not hold; set (0008,0005) first, to ISO_IR 192 for example";
    }

    /// <summary>The rules of the VR, value by value: a string may hold several.</summary>
    private static void CheckRules(Tag tag, VR vr, string text)
    {
        var rest = text.AsSpan();
        while (true)
        {
            int end = vr.IsMultiValuedText() ? rest.IndexOf('\\') : -1;
            var value = end < 0 ? rest : rest[..end];
            if (ValueRules.Problem(vr, value, mayMatch: true) is { } problem) throw new ArgumentException($"{tag}: '{ValueCheck.Shown(value.ToString(), 80)}' {problem} (PS3.5 Table 6.2-1)");
            if (end < 0) return;
            rest = rest[(end + 1)..];
        }
    }

    private static string ToText<T>(Tag tag, VR vr, T value) where T : notnull => value switch
    {
        string text => text,
        DateOnly date => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "HHmmss" : "HHmmss.ffffff", CultureInfo.InvariantCulture),
        DateTime moment => moment.ToString(MomentFormat(vr), CultureInfo.InvariantCulture),
        DateTimeOffset moment => moment.ToString(MomentFormat(vr), CultureInfo.InvariantCulture) + (vr == VR.DT ? PartialDateTime.TextOf(moment.Offset) : ""),
        double number when vr == VR.DS => DecimalString(number),
        float number when vr == VR.DS => DecimalString(number),
        decimal number when vr == VR.DS && number.ToString(CultureInfo.InvariantCulture) is { Length: > 16 } => DecimalString((double)number),
        double or float or decimal when vr == VR.IS => IntegerString(tag, value),
        IConvertible and not string when vr == VR.IS && !IsIntegerString(value) => throw new ArgumentException($"{tag}: {value} is out of the range of IS (PS3.5 Table 6.2-1)"),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string MomentFormat(VR vr) => vr switch { VR.DA => "yyyyMMdd", VR.TM => "HHmmss.ffffff", _ => "yyyyMMddHHmmss.ffffff" };

    private static string IntegerString<T>(Tag tag, T value) where T : notnull
    {
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (!double.IsInteger(number) || number is < int.MinValue or > int.MaxValue) throw new ArgumentException($"{tag}: {value} is not an integer of IS (PS3.5 Table 6.2-1)");
        return ((int)number).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>IS is a 32-bit number, though twelve characters hold more.</summary>
    private static bool IsIntegerString<T>(T value) where T : notnull => value switch
    {
        long n => n is >= int.MinValue and <= int.MaxValue,
        uint n => n <= int.MaxValue,
        ulong n => n <= int.MaxValue,
        _ => true,
    };

    /// <summary>The shortest text of a float, not that of the double nearest to it.</summary>
    private static string DecimalString(float number)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return float.IsFinite(number) && text.Length <= 16 ? text : DecimalString((double)number);
    }

    /// <summary>The number in at most 16 characters, as exact as they allow.</summary>
    internal static string DecimalString(double number)
    {
        if (!double.IsFinite(number)) throw new ArgumentException($"{number} cannot be written as DS");
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        for (int digits = 15; text.Length > 16; digits--) text = number.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text;
    }

    private static void WriteNumber<T>(Tag tag, VR vr, T value, Span<byte> place) where T : notnull
    {
        if (value is Tag t)
        {
            if (vr != VR.AT) throw new ArgumentException($"{tag}: {vr} does not hold a tag");
            BinaryPrimitives.WriteUInt16LittleEndian(place, t.Group);
            BinaryPrimitives.WriteUInt16LittleEndian(place[2..], t.Element);
            return;
        }
        if (value is not IConvertible || value is string && vr is VR.AT) throw new ArgumentException($"{tag}: {vr} does not hold a {typeof(T).Name}");
        // Convert would round.
        if (vr is not (VR.FL or VR.OF or VR.FD or VR.OD) && value is double or float or decimal
            && !double.IsInteger(Convert.ToDouble(value, CultureInfo.InvariantCulture)))
        {
            throw new ArgumentException($"{tag}: {value} is not an integer, as {vr} needs");
        }
        try
        {
            var culture = CultureInfo.InvariantCulture;
            switch (vr)
            {
                case VR.US or VR.OW: BinaryPrimitives.WriteUInt16LittleEndian(place, Convert.ToUInt16(value, culture)); break;
                case VR.SS: BinaryPrimitives.WriteInt16LittleEndian(place, Convert.ToInt16(value, culture)); break;
                case VR.UL or VR.OL: BinaryPrimitives.WriteUInt32LittleEndian(place, Convert.ToUInt32(value, culture)); break;
                case VR.SL: BinaryPrimitives.WriteInt32LittleEndian(place, Convert.ToInt32(value, culture)); break;
                case VR.UV or VR.OV: BinaryPrimitives.WriteUInt64LittleEndian(place, Convert.ToUInt64(value, culture)); break;
                case VR.SV: BinaryPrimitives.WriteInt64LittleEndian(place, Convert.ToInt64(value, culture)); break;
                case VR.FL or VR.OF: BinaryPrimitives.WriteSingleLittleEndian(place, Single(tag, value)); break;
                case VR.FD or VR.OD: BinaryPrimitives.WriteDoubleLittleEndian(place, Convert.ToDouble(value, culture)); break;
                case VR.OB or VR.UN: place[0] = Convert.ToByte(value, culture); break;
                default: throw new ArgumentException($"{tag}: {vr} does not hold a {typeof(T).Name}");
            }
        }
        catch (Exception e) when (e is OverflowException or FormatException or InvalidCastException)
        {
            throw new ArgumentException($"{tag}: {value} does not fit {vr}", e);
        }
    }

    /// <summary>Infinity only where infinity was given.</summary>
    private static float Single<T>(Tag tag, T value) where T : notnull
    {
        float number = Convert.ToSingle(value, CultureInfo.InvariantCulture);
        if (float.IsInfinity(number) && !double.IsInfinity(Convert.ToDouble(value, CultureInfo.InvariantCulture)))
            throw new ArgumentException($"{tag}: {value} does not fit a 32-bit float");
        return number;
    }
}
