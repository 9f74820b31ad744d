using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>DS and IS as JSON numbers (PS3.18 §F.2.3, RFC 8259 §6).</summary>
internal static class JsonDecimal
{
    /// <summary>Any decimal number of so many significant digits survives a double.</summary>
    private const int SafeDigits = 15;

    /// <summary>Most bytes a number may have here: far more than DS allows, and room for one zero.</summary>
    public const int MaxLength = 64;

    /// <summary>Writes a DS or IS value as a JSON number: the same digits, without what JSON forbids (a plus sign, leading
    /// zeros, a point without digits on one side).</summary>
    /// <param name="text">One value, without padding.</param>
    /// <param name="number">Has room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="written">Bytes of it that were used.</param>
    /// <returns>False when the text is no number, or one that a double does not hold exactly as printed. The value is then
    /// to be written as a string.</returns>
    public static bool TryFormat(ReadOnlySpan<byte> text, Span<byte> number, out int written)
    {
        written = 0;
        if (text.Length is 0 or > MaxLength - 2 || !Split(text, out bool negative, out var whole, out var fraction, out var exponent)) return false;
        whole = whole.TrimStart((byte)'0');
        if (whole.Length + fraction.Length > SafeDigits && !SurvivesDouble(text, whole, fraction)) return false;
        if (exponent.Length > 0 && !IsInRange(text, whole, fraction)) return false;

        if (negative) number[written++] = (byte)'-';
        if (whole.IsEmpty) number[written++] = (byte)'0';
        Append(number, ref written, whole);
        if (!fraction.IsEmpty)
        {
            number[written++] = (byte)'.';
            Append(number, ref written, fraction);
        }
        Append(number, ref written, exponent);
        return true;
    }

    /// <summary>Cuts a number into its parts, the exponent with its E.</summary>
    private static bool Split(ReadOnlySpan<byte> text, out bool negative, out ReadOnlySpan<byte> whole,
        out ReadOnlySpan<byte> fraction, out ReadOnlySpan<byte> exponent)
    {
        fraction = exponent = default;
        negative = text[0] == (byte)'-';
        if (negative || text[0] == (byte)'+') text = text[1..];
        int digits = DigitsOf(text);
        whole = text[..digits];
        text = text[digits..];
        if (!text.IsEmpty && text[0] == (byte)'.')
        {
            digits = DigitsOf(text[1..]);
            fraction = text.Slice(1, digits);
            text = text[(digits + 1)..];
        }
        if (whole.IsEmpty && fraction.IsEmpty) return false;
        if (text.IsEmpty) return true;
        if (text[0] is not ((byte)'e' or (byte)'E')) return false;
        int sign = text.Length > 1 && text[1] is (byte)'+' or (byte)'-' ? 2 : 1;
        digits = DigitsOf(text[Math.Min(sign, text.Length)..]);
        if (digits == 0 || sign + digits != text.Length) return false;
        exponent = text;
        return true;
    }

    private static int DigitsOf(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }

    /// <summary>The shortest text of the double has the same significant digits as this one.</summary>
    private static bool SurvivesDouble(ReadOnlySpan<byte> text, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction)
    {
        Span<byte> mine = stackalloc byte[MaxLength], again = stackalloc byte[MaxLength];
        int mineLength = Significant(whole, fraction, mine);
        if (mineLength <= SafeDigits) return true;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value)) return false;
        Span<byte> shortest = stackalloc byte[32];
        if (!value.TryFormat(shortest, out int length, "R", CultureInfo.InvariantCulture)) return false;
        if (!Split(shortest[..length], out _, out var itsWhole, out var itsFraction, out _)) return false;
        int againLength = Significant(itsWhole, itsFraction, again);
        return mine[..mineLength].SequenceEqual(again[..againLength]);
    }

    private static bool IsInRange(ReadOnlySpan<byte> text, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && double.IsFinite(value)
        && (double.Abs(value) >= 2.3e-308 || !whole.ContainsAnyExcept((byte)'0') && !fraction.ContainsAnyExcept((byte)'0'));

    /// <summary>The digits without zeros at either end.</summary>
    private static int Significant(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, Span<byte> digits)
    {
        whole.CopyTo(digits);
        fraction.CopyTo(digits[whole.Length..]);
        var all = digits[..(whole.Length + fraction.Length)];
        var significant = all.Trim((byte)'0');
        significant.CopyTo(digits);
        return significant.Length;
    }

    private static void Append(Span<byte> number, ref int written, ReadOnlySpan<byte> part)
    {
        part.CopyTo(number[written..]);
        written += part.Length;
    }
}
