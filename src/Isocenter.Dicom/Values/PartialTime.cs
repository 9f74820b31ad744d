using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>How exactly a time or date is known.</summary>
public enum TimePrecision
{
    /// <summary>The year.</summary>
    Year,
    /// <summary>The month.</summary>
    Month,
    /// <summary>The day.</summary>
    Day,
    /// <summary>The hour.</summary>
    Hour,
    /// <summary>The minute.</summary>
    Minute,
    /// <summary>The second.</summary>
    Second,
    /// <summary>A fraction of a second.</summary>
    Fraction,
}

/// <summary>A time of day as exact as it was written: HH, HHMM, HHMMSS or HHMMSS.F to .FFFFFF (PS3.5 Table 6.2-1, TM).</summary>
public readonly record struct PartialTime : ISpanParsable<PartialTime>
{
    private PartialTime(int hour, int minute, int second, int fractionTicks, TimePrecision precision, int fractionDigits)
    {
        Hour = hour;
        Minute = minute;
        Second = second;
        FractionTicks = fractionTicks;
        Precision = precision;
        FractionDigits = fractionDigits;
    }

    /// <summary>Makes a time that is known exactly, or to a second when it has no fraction.</summary>
    public PartialTime(TimeOnly time)
        : this(time.Hour, time.Minute, time.Second, (int)(time.Ticks % TimeSpan.TicksPerSecond / 10 * 10),
            time.Ticks % TimeSpan.TicksPerSecond < 10 ? TimePrecision.Second : TimePrecision.Fraction, time.Ticks % TimeSpan.TicksPerSecond < 10 ? 0 : 6)
    {
    }

    /// <summary>Makes a time that is known to the hour, or to the minute.</summary>
    public PartialTime(int hour, int? minute = null)
        : this(hour, minute ?? 0, 0, 0, minute is null ? TimePrecision.Hour : TimePrecision.Minute, 0)
    {
        if (hour is < 0 or > 23) throw new ArgumentOutOfRangeException(nameof(hour));
        if (minute is < 0 or > 59) throw new ArgumentOutOfRangeException(nameof(minute));
    }

    /// <summary>0 to 23.</summary>
    public int Hour { get; }

    /// <summary>0 to 59; 0 when it is not known.</summary>
    public int Minute { get; }

    /// <summary>0 to 59, or 60 in a leap second; 0 when it is not known.</summary>
    public int Second { get; }

    /// <summary>The fraction of the second in units of 100 ns.</summary>
    public int FractionTicks { get; }

    /// <summary>How exactly it is known: <see cref="TimePrecision.Hour"/> to <see cref="TimePrecision.Fraction"/>.</summary>
    public TimePrecision Precision { get; }

    /// <summary>Digits of the fraction, 0 to 6.</summary>
    public int FractionDigits { get; }

    /// <summary>The first moment it may mean. A leap second is the last moment of its minute.</summary>
    public TimeOnly Earliest => Second == 60
        ? new TimeOnly(Hour, Minute, 59).Add(TimeSpan.FromTicks(TimeSpan.TicksPerSecond - 1))
        : new TimeOnly(Hour, Minute, Second).Add(TimeSpan.FromTicks(FractionTicks));

    /// <summary>The last moment it may mean, to 100 ns.</summary>
    public TimeOnly Latest => Second == 60 ? Earliest : new TimeOnly(Earliest.Ticks + Width - 1);

    internal long Width => Precision switch
    {
        TimePrecision.Hour => TimeSpan.TicksPerHour,
        TimePrecision.Minute => TimeSpan.TicksPerMinute,
        TimePrecision.Second => TimeSpan.TicksPerSecond,
        _ => (long)Math.Pow(10, 7 - FractionDigits),
    };

    /// <summary>Reads a time, with colons as in ACR-NEMA too.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PartialTime result)
    {
        result = default;
        s = s.Trim(" \0");
        if (!DateTimeText.TryParseTime(s, out _)) return false;
        Span<int> parts = stackalloc int[3];
        parts.Clear();
        int at = 0, count = 0;
        while (count < 3 && at < s.Length && s[at] != '.')
        {
            if (s[at] == ':') at++;
            parts[count++] = int.Parse(s.Slice(at, 2), NumberStyles.None, CultureInfo.InvariantCulture);
            at += 2;
        }
        int digits = at < s.Length ? s.Length - at - 1 : 0;
        int ticks = 0;
        for (int i = 0; i < 7; i++) ticks = ticks * 10 + (i < digits ? s[at + 1 + i] - '0' : 0);
        result = new PartialTime(parts[0], parts[1], parts[2], ticks, digits > 0 ? TimePrecision.Fraction : TimePrecision.Hour + (count - 1), Math.Min(digits, 7));
        return true;
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PartialTime result) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out PartialTime)"/>
    /// <exception cref="FormatException">It is no time.</exception>
    public static PartialTime Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var time) ? time : throw new FormatException($"'{s}' is no time such as 103059.5 (PS3.5 Table 6.2-1)");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static PartialTime Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <summary>As it stands in a data set, as exact as it is known.</summary>
    public override string ToString()
    {
        string all = string.Create(CultureInfo.InvariantCulture, $"{Hour:D2}{Minute:D2}{Second:D2}.{FractionTicks:D7}");
        return Precision switch
        {
            TimePrecision.Minute => all[..4],
            TimePrecision.Second => all[..6],
            TimePrecision.Fraction => all[..(7 + Math.Clamp(FractionDigits, 1, 6))],
            _ => all[..2],
        };
    }
}
