using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>A moment as exact as it was written: YYYY to YYYYMMDDHHMMSS.FFFFFF, with or without an offset from UTC
/// (PS3.5 Table 6.2-1, DT).</summary>
public readonly record struct PartialDateTime : ISpanParsable<PartialDateTime>
{
    private readonly DateOnly _day;
    private readonly PartialTime _time;

    private PartialDateTime(DateOnly day, PartialTime time, TimePrecision precision, TimeSpan? offset)
    {
        _day = day;
        _time = time;
        Precision = precision;
        Offset = offset;
    }

    /// <summary>Makes a moment of a day and a time.</summary>
    /// <param name="day">The day.</param>
    /// <param name="time">Null: only the day is known.</param>
    /// <param name="offset">From UTC, -12:00 to +14:00; null when nobody says.</param>
    public PartialDateTime(DateOnly day, PartialTime? time = null, TimeSpan? offset = null)
        : this(day, time ?? default, time?.Precision ?? TimePrecision.Day, CheckOffset(offset))
    {
    }

    /// <summary>Makes a moment of which only year, or year and month, are known.</summary>
    public PartialDateTime(int year, int? month = null)
        : this(new DateOnly(year, month ?? 1, 1), default, month is null ? TimePrecision.Year : TimePrecision.Month, null)
    {
    }

    /// <summary>Makes a moment that is known exactly.</summary>
    public PartialDateTime(DateTimeOffset moment)
        : this(DateOnly.FromDateTime(moment.DateTime), new PartialTime(TimeOnly.FromDateTime(moment.DateTime)), moment.Offset)
    {
    }

    /// <summary>How exactly it is known.</summary>
    public TimePrecision Precision { get; }

    /// <summary>The distance from UTC of the place it was taken at; null when the value does not say.</summary>
    public TimeSpan? Offset { get; }

    /// <summary>The year.</summary>
    public int Year => _day.Year;

    /// <summary>The month; null when it is not known.</summary>
    public int? Month => Precision >= TimePrecision.Month ? _day.Month : null;

    /// <summary>The day; null when it is not known.</summary>
    public DateOnly? Date => Precision >= TimePrecision.Day ? _day : null;

    /// <summary>The time; null when it is not known.</summary>
    public PartialTime? Time => Precision >= TimePrecision.Hour ? _time : null;

    /// <summary>The first moment it may mean, at the place it was taken.</summary>
    public DateTime Earliest => _day.ToDateTime(Precision >= TimePrecision.Hour ? _time.Earliest : TimeOnly.MinValue);

    /// <summary>The last moment it may mean, at the place it was taken.</summary>
    public DateTime Latest => Precision switch
    {
        TimePrecision.Year => new DateOnly(_day.Year, 12, 31).ToDateTime(TimeOnly.MaxValue),
        TimePrecision.Month => new DateOnly(_day.Year, _day.Month, DateTime.DaysInMonth(_day.Year, _day.Month)).ToDateTime(TimeOnly.MaxValue),
        TimePrecision.Day => _day.ToDateTime(TimeOnly.MaxValue),
        _ => _day.ToDateTime(_time.Latest),
    };

    /// <summary>Reads a moment.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PartialDateTime result)
    {
        result = default;
        s = s.Trim(" \0");
        if (!DateTimeText.TryParseDateTime(s, out var local, out var offset)) return false;
        if (offset is not null) s = s[..s.LastIndexOfAny('+', '-')];
        var time = default(PartialTime);
        if (s.Length > 8 && !PartialTime.TryParse(s[8..], provider, out time)) return false;
        var precision = s.Length switch { 4 => TimePrecision.Year, 6 => TimePrecision.Month, 8 => TimePrecision.Day, _ => time.Precision };
        result = new PartialDateTime(DateOnly.FromDateTime(local), time, precision, offset);
        return true;
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PartialDateTime result) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out PartialDateTime)"/>
    /// <exception cref="FormatException">It is no moment.</exception>
    public static PartialDateTime Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var moment) ? moment : throw new FormatException($"'{s}' is no date and time such as 20240229103059.5+0100 (PS3.5 Table 6.2-1)");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static PartialDateTime Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <summary>As it stands in a data set, as exact as it is known.</summary>
    public override string ToString()
    {
        string day = _day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        string text = Precision switch { TimePrecision.Year => day[..4], TimePrecision.Month => day[..6], TimePrecision.Day => day, _ => day + _time.ToString() };
        return text + TextOf(Offset);
    }

    internal static string TextOf(TimeSpan? offset) => offset is not { } o ? ""
        : (o < TimeSpan.Zero ? "-" : "+") + o.ToString("hhmm", CultureInfo.InvariantCulture);

    private static TimeSpan? CheckOffset(TimeSpan? offset)
    {
        if (offset is not { } o) return null;
        if (o < TimeSpan.FromHours(-12) || o > TimeSpan.FromHours(14) || o.Ticks % TimeSpan.TicksPerMinute != 0)
            throw new ArgumentOutOfRangeException(nameof(offset), o, "an offset from UTC is whole minutes from -12:00 to +14:00 (PS3.5 Table 6.2-1)");
        return offset;
    }
}
