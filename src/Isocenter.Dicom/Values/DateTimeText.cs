using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>DA, TM and DT as text (PS3.5 Table 6.2-1), with the forms of ACR-NEMA that are still met.</summary>
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

    /// <summary>YYYY to YYYYMMDDHHMMSS.FFFFFF, with or without an offset from UTC. Components that are left out are the
    /// least there are: one moment of the time that is meant.</summary>
    /// <param name="text">The value.</param>
    /// <param name="local">At the place it was taken.</param>
    /// <param name="offset">From UTC; null when the value does not say.</param>
    public static bool TryParseDateTime(ReadOnlySpan<char> text, out DateTime local, out TimeSpan? offset)
    {
        local = default;
        offset = null;
        text = text.Trim();
        int sign = text.LastIndexOfAny('+', '-');
        if (sign >= 4)
        {
            var zone = text[(sign + 1)..];
            if (zone.Length != 4 || !int.TryParse(zone, NumberStyles.None, CultureInfo.InvariantCulture, out int hoursMinutes)) return false;
            if (hoursMinutes / 100 > 14 || hoursMinutes % 100 > 59) return false;
            var distance = new TimeSpan(hoursMinutes / 100, hoursMinutes % 100, 0);
            if (distance > TimeSpan.FromHours(14)) return false;
            offset = text[sign] == '-' ? -distance : distance;
            text = text[..sign];
        }
        int digits = text.IndexOf('.');
        if ((digits < 0 ? text.Length : digits) is not (4 or 6 or 8 or 10 or 12 or 14) || digits is >= 0 and < 14) return false;
        Span<char> date = ['0', '0', '0', '1', '0', '1', '0', '1'];
        text[..Math.Min(8, text.Length)].CopyTo(date);
        var time = TimeOnly.MinValue;
        if (!DateOnly.TryParseExact(date, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return false;
        if (text.Length > 8 && !TryParseTime(text[8..], out time)) return false;
        local = day.ToDateTime(time);
        return offset is not { } o || (local.Ticks - o.Ticks) is >= 0 and <= 3155378975999999999;
    }
}
