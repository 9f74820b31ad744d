using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>Runs of simple decimal numbers: they are the same in DS, IS and JSON but for what stands between them.</summary>
internal static class DecimalTexts
{
    /// <summary>Any decimal number of so many digits survives a double.</summary>
    private const int SafeDigits = 15;

    /// <summary>With so many, rounding to a double first makes no difference to a float.</summary>
    private const int SafeSingleDigits = 7;

    /// <summary>Numbers with more are left to the general way.</summary>
    private const int MostDecimals = 4;

    /// <summary>Bytes of a DS (PS3.5 Table 6.2-1).</summary>
    private const int LongestDecimalString = 16;

    private static readonly double[] PowersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Scans numbers that JSON and DS write alike: a minus perhaps, digits without a leading zero, a fraction
    /// perhaps; at most 15 digits and 16 bytes.</summary>
    /// <param name="text">Begins with a number.</param>
    /// <param name="separator">Stands between two numbers.</param>
    /// <param name="fractions">There may be decimal points.</param>
    /// <returns>Where the last number ends: at the end of the text or at a byte that is no separator. -1 when a number is
    /// not of this kind.</returns>
    public static int Scan(ReadOnlySpan<byte> text, byte separator, bool fractions)
    {
        int at = 0;
        while (true)
        {
            int start = at;
            if (at < text.Length && text[at] == (byte)'-') at++;
            int first = at;
            while (at < text.Length && (uint)(text[at] - '0') <= 9) at++;
            int digits = at - first;
            if (digits == 0 || digits > 1 && text[first] == (byte)'0') return -1;
            if (fractions && at < text.Length && text[at] == (byte)'.')
            {
                first = ++at;
                while (at < text.Length && (uint)(text[at] - '0') <= 9) at++;
                if (at == first) return -1;
                digits += at - first;
            }
            if (digits > SafeDigits || at - start > LongestDecimalString) return -1;
            if (at == text.Length || text[at] != separator) return at;
            at++;
        }
    }

    /// <summary>Reads a simple decimal number exactly, as <see cref="double.Parse(string)"/> would.</summary>
    /// <param name="text">The number.</param>
    /// <param name="single">Its double is to be the right float, too, when it is rounded again.</param>
    /// <param name="value">The number.</param>
    /// <returns>False when the number is not simple: it may be one all the same.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, bool single, out double value)
    {
        value = 0;
        int at = text.Length > 0 && text[0] == (byte)'-' ? 1 : 0, start = at;
        int point = -1;
        long digits = 0;
        if (text.Length - at > SafeDigits + 1) return false;
        for (; at < text.Length; at++)
        {
            int digit = text[at] - '0';
            if ((uint)digit <= 9) digits = digits * 10 + digit;
            else if (digit == '.' - '0' && point < 0) point = at + 1;
            else return false;
        }
        int count = at - start - (point < 0 ? 0 : 1);
        if (count == 0 || count > (single ? SafeSingleDigits : SafeDigits)) return false;
        // Both numbers are exact, so their quotient is the double next to the decimal number.
        value = digits / PowersOfTen[point < 0 ? 0 : at - point];
        if (start == 1) value = -value;
        return true;
    }

    /// <summary>Writes the shortest number that reads back as the same double, where it is short.</summary>
    public static bool TryFormat(double value, Span<byte> place, out int written)
    {
        for (int decimals = 0; decimals <= MostDecimals; decimals++)
        {
            double scaled = Math.Round(value * PowersOfTen[decimals]);
            if (Math.Abs(scaled) >= 1e15) break;
            if (scaled / PowersOfTen[decimals] == value) return TryFormat((long)scaled, decimals, double.IsNegative(value), place, out written);
        }
        written = 0;
        return false;
    }

    /// <inheritdoc cref="TryFormat(double, Span{byte}, out int)"/>
    public static bool TryFormat(float value, Span<byte> place, out int written)
    {
        for (int decimals = 0; decimals <= MostDecimals; decimals++)
        {
            double scaled = Math.Round(value * PowersOfTen[decimals]);
            if (Math.Abs(scaled) >= 1e7) break;
            if ((float)(scaled / PowersOfTen[decimals]) == value) return TryFormat((long)scaled, decimals, float.IsNegative(value), place, out written);
        }
        written = 0;
        return false;
    }

    private static bool TryFormat(long digits, int decimals, bool negative, Span<byte> place, out int written)
    {
        written = 0;
        if (negative) place[written++] = (byte)'-';
        digits = Math.Abs(digits);
        long unit = (long)PowersOfTen[decimals];
        (digits / unit).TryFormat(place[written..], out int n, default, CultureInfo.InvariantCulture);
        written += n;
        if (decimals == 0) return true;
        place[written++] = (byte)'.';
        digits %= unit;
        for (int i = decimals - 1; i >= 0; i--, digits /= 10) place[written + i] = (byte)('0' + digits % 10);
        written += decimals;
        return true;
    }
}
