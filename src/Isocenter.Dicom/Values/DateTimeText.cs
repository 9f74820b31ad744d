using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>DA and TM as text (PS3.5 Table 6.2-1), with the forms of ACR-NEMA that are still met.</summary>
internal static class DateTimeText
{
    /// <summary>YYYYMMDD, or YYYY.MM.DD of ACR-NEMA.</summary>
    public static bool TryParseDate(ReadOnlySpan<char> text, out DateOnly date)
    {
        text = text.Trim();
        return DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date)
            || DateOnly.TryParseExact(text, "yyyy.MM.dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }

    /// <summary>HH, HHMM, HHMMSS, HHMMSS.F to HHMMSS.FFFFFF, with colons as in ACR-NEMA too.</summary>
    public static bool TryParseTime(ReadOnlySpan<char> text, out TimeOnly time)
    {
        time = default;
        Span<int> parts = stackalloc int[3];
        parts.Clear();
        text = text.Trim();
        int at = 0;
        for (int i = 0; i < 3 && at < text.Length && text[at] != '.'; i++)
        {
            if (i > 0 && text[at] == ':') at++;
            if (at + 2 > text.Length || !int.TryParse(text.Slice(at, 2), NumberStyles.None, CultureInfo.InvariantCulture, out parts[i])) return false;
            at += 2;
        }
        long ticks = 0;
        if (at < text.Length)
        {
            if (text[at] != '.' || text.Length - at is < 2 or > 8) return false;
            long unit = TimeSpan.TicksPerSecond;
            foreach (char digit in text[(at + 1)..])
            {
                if (!char.IsAsciiDigit(digit)) return false;
                unit /= 10;
                ticks += (digit - '0') * unit;
            }
        }
        if (parts[0] > 23 || parts[1] > 59 || parts[2] > 60) return false;
        // A leap second is the last instant of its minute here.
        if (parts[2] == 60) (parts[2], ticks) = (59, TimeSpan.TicksPerSecond - 1);
        time = new TimeOnly(parts[0], parts[1], parts[2]).Add(TimeSpan.FromTicks(ticks));
        return true;
    }
}
