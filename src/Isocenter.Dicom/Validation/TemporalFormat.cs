namespace Isocenter.Dicom.Validation;

/// <summary>DA, TM and DT to the letter of PS3.5 Table 6.2-1, unlike the lenient readers of values.</summary>
internal static class TemporalFormat
{
    /// <summary>YYYYMMDD, a day that exists.</summary>
    public static bool IsDate(ReadOnlySpan<byte> text) => text.Length == 8 && IsDay(text);

    /// <summary>HH, HHMM, HHMMSS or HHMMSS.F to HHMMSS.FFFFFF; 60 seconds are a leap second.</summary>
    public static bool IsTime(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0) return true;
        var fraction = text.Length > 6 ? text[6..] : default;
        var whole = text[..(text.Length - fraction.Length)];
        if (whole.Length is not (2 or 4 or 6) || !AreDigits(whole)) return false;
        if (Number(whole[..2]) > 23 || whole.Length > 2 && Number(whole[2..4]) > 59 || whole.Length > 4 && Number(whole[4..6]) > 60) return false;
        return fraction.IsEmpty || fraction.Length is >= 2 and <= 7 && fraction[0] == '.' && AreDigits(fraction[1..]);
    }

    /// <summary>YYYY to YYYYMMDDHHMMSS.FFFFFF, with or without &amp;ZZXX from -1200 to +1400.</summary>
    public static bool IsDateTime(ReadOnlySpan<byte> text)
    {
        int sign = text.IndexOfAny((byte)'+', (byte)'-');
        if (sign >= 0)
        {
            var zone = text[(sign + 1)..];
            if (zone.Length != 4 || !AreDigits(zone) || Number(zone[2..]) > 59) return false;
            int minutes = 60 * Number(zone[..2]) + Number(zone[2..]);
            if (minutes > (text[sign] == '-' ? 12 : 14) * 60) return false;
            text = text[..sign];
        }
        if (text.Length <= 8)
        {
            if (text.Length is not (4 or 6 or 8) || !AreDigits(text)) return false;
            return text.Length == 8 ? IsDay(text) : text.Length == 4 || Number(text[4..6]) is >= 1 and <= 12;
        }
        return IsDay(text[..8]) && IsTime(text[8..]);
    }

    private static bool IsDay(ReadOnlySpan<byte> text)
    {
        if (!AreDigits(text)) return false;
        int year = Number(text[..4]), month = Number(text[4..6]), day = Number(text[6..8]);
        return month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(Math.Clamp(year, 1, 9999), month);
    }

    private static bool AreDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static int Number(ReadOnlySpan<byte> digits)
    {
        int number = 0;
        foreach (byte digit in digits) number = 10 * number + digit - '0';
        return number;
    }
}
