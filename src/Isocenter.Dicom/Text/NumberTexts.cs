using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>Binary numbers and tags as text, and back.</summary>
internal static class NumberTexts
{
    /// <summary>Most bytes that one takes.</summary>
    public const int MaxLength = 40;

    /// <summary>Integers beyond this are not all doubles (PS3.18 §F.2.3).</summary>
    private const long LargestExactInteger = 1L << 53;

    /// <summary>Writes the first value: digits; eight hexadecimal digits for AT; NaN, Infinity or -Infinity.</summary>
    /// <param name="bytes">At least one value.</param>
    /// <param name="vr">One of the binary numbers, or AT.</param>
    /// <param name="big">In big endian.</param>
    /// <param name="place">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="isNumber">It is a number of JSON that a double holds exactly or as it is.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Format(ReadOnlySpan<byte> bytes, VR vr, bool big, Span<byte> place, out bool isNumber)
    {
        var culture = CultureInfo.InvariantCulture;
        int n;
        isNumber = true;
        switch (vr)
        {
            case VR.US: ValueBytes.UInt16(bytes, big).TryFormat(place, out n, default, culture); break;
            case VR.SS: ((short)ValueBytes.UInt16(bytes, big)).TryFormat(place, out n, default, culture); break;
            case VR.UL: ValueBytes.UInt32(bytes, big).TryFormat(place, out n, default, culture); break;
            case VR.SL: ((int)ValueBytes.UInt32(bytes, big)).TryFormat(place, out n, default, culture); break;
            case VR.UV:
                ulong unsigned = ValueBytes.UInt64(bytes, big);
                isNumber = unsigned <= LargestExactInteger;
                unsigned.TryFormat(place, out n, default, culture);
                break;
            case VR.SV:
                long signed = (long)ValueBytes.UInt64(bytes, big);
                isNumber = signed is >= -LargestExactInteger and <= LargestExactInteger;
                signed.TryFormat(place, out n, default, culture);
                break;
            case VR.FL: return Real(ValueBytes.Single(bytes, big), place, out isNumber);
            case VR.FD: return Real(ValueBytes.Double(bytes, big), place, out isNumber);
            default:
                isNumber = false;
                TagDigits.Write((uint)ValueBytes.UInt16(bytes, big) << 16 | ValueBytes.UInt16(bytes[2..], big), place);
                return TagDigits.Length;
        }
        return n;
    }

    /// <summary>Reads a value into bytes in little endian.</summary>
    /// <param name="text">Without spaces around it.</param>
    /// <param name="vr">One of the binary numbers, or AT.</param>
    /// <param name="place">At least eight bytes.</param>
    /// <returns>False when the text is no such number, or out of the range of the VR.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, VR vr, Span<byte> place)
    {
        switch (vr)
        {
            case VR.FL:
                if (!TryReadReal(text, vr, out double single)) return false;
                BinaryPrimitives.WriteSingleLittleEndian(place, (float)single);
                return true;
            case VR.FD:
                if (!TryReadReal(text, vr, out double number)) return false;
                BinaryPrimitives.WriteDoubleLittleEndian(place, number);
                return true;
            case VR.AT:
                if (!TryReadTag(text, out uint tag)) return false;
                BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(tag >> 16));
                BinaryPrimitives.WriteUInt16LittleEndian(place[2..], (ushort)tag);
                return true;
            case VR.UV:
                if (!ulong.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out ulong unsigned)) return false;
                BinaryPrimitives.WriteUInt64LittleEndian(place, unsigned);
                return true;
            default:
                if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long signed) || !Fits(signed, vr)) return false;
                BinaryPrimitives.WriteInt64LittleEndian(place, signed);
                return true;
        }
    }

    /// <summary>The number is in the range of an integer VR.</summary>
    public static bool Fits(long value, VR vr) => vr switch
    {
        VR.US => value is >= ushort.MinValue and <= ushort.MaxValue,
        VR.SS => value is >= short.MinValue and <= short.MaxValue,
        VR.UL => value is >= uint.MinValue and <= uint.MaxValue,
        VR.SL => value is >= int.MinValue and <= int.MaxValue,
        VR.UV => value >= 0,
        _ => true,
    };

    /// <summary>NaN, inf, INF and Infinity with their signs, which are spelt in many ways. JSON and the XML Schema have no
    /// common one.</summary>
    public static bool TryReadNotFinite(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        if (Ascii.EqualsIgnoreCase(text, "NaN"u8)) return true;
        bool negative = !text.IsEmpty && text[0] == (byte)'-';
        if (negative || !text.IsEmpty && text[0] == (byte)'+') text = text[1..];
        if (!Ascii.EqualsIgnoreCase(text, "inf"u8) && !Ascii.EqualsIgnoreCase(text, "Infinity"u8)) return false;
        value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        return true;
    }

    /// <summary>Reads a number of FL or FD; false also when it is beyond their range.</summary>
    public static bool TryReadReal(ReadOnlySpan<byte> text, VR vr, out double value)
    {
        if (DecimalTexts.TryParse(text, vr == VR.FL, out value) || TryReadNotFinite(text, out value)) return true;
        if (vr != VR.FL) return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
        // Straight to the float: by way of a double it would be rounded twice.
        bool isNumber = float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float single);
        value = single;
        return isNumber && float.IsFinite(single);
    }

    private static bool TryReadTag(ReadOnlySpan<byte> text, out uint value)
    {
        if (text.Length == TagDigits.Length && TagDigits.TryRead(text, out value)) return true;
        value = 0;
        Span<char> characters = stackalloc char[64];
        if (text.Length > characters.Length || !Ascii.IsValid(text)) return false;
        int length = Encoding.ASCII.GetChars(text, characters);
        if (!Tag.TryParse(characters[..length], CultureInfo.InvariantCulture, out var tag)) return false;
        value = tag.Value;
        return true;
    }

    /// <summary>The shortest number that reads back as the same float.</summary>
    private static int Real(float value, Span<byte> place, out bool isNumber)
    {
        isNumber = float.IsFinite(value);
        if (!isNumber) return NotFinite(value, place);
        if (DecimalTexts.TryFormat(value, place, out int n)) return n;
        value.TryFormat(place, out n, default, CultureInfo.InvariantCulture);
        return n;
    }

    private static int Real(double value, Span<byte> place, out bool isNumber)
    {
        isNumber = double.IsFinite(value);
        if (!isNumber) return NotFinite(value, place);
        if (DecimalTexts.TryFormat(value, place, out int n)) return n;
        value.TryFormat(place, out n, default, CultureInfo.InvariantCulture);
        return n;
    }

    /// <summary>Spelt so that the parsers of JavaScript, Java, Python, C and .NET take it alike; PS3.18 says nothing.</summary>
    private static int NotFinite(double value, Span<byte> place)
    {
        var text = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8;
        text.CopyTo(place);
        return text.Length;
    }
}
