using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>What an <see cref="Age"/> counts.</summary>
[SuppressMessage("Design", "CA1008:Enums should have zero value", Justification = "The members are the letters of the value.")]
public enum AgeUnit
{
    /// <summary>D.</summary>
    Days = 'D',
    /// <summary>W.</summary>
    Weeks = 'W',
    /// <summary>M.</summary>
    Months = 'M',
    /// <summary>Y.</summary>
    Years = 'Y',
}

/// <summary>An Age String: 018M is eighteen months (PS3.5 Table 6.2-1, AS).</summary>
public readonly record struct Age : ISpanParsable<Age>
{
    /// <summary>Makes an age.</summary>
    /// <param name="number">0 to 999.</param>
    /// <param name="unit">What is counted.</param>
    public Age(int number, AgeUnit unit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, 999);
        if (unit is not (AgeUnit.Days or AgeUnit.Weeks or AgeUnit.Months or AgeUnit.Years)) throw new ArgumentOutOfRangeException(nameof(unit));
        Number = number;
        Unit = unit;
    }

    /// <summary>How many.</summary>
    public int Number { get; }

    /// <summary>Of what.</summary>
    public AgeUnit Unit { get; }

    /// <summary>About so many days; a year has 365.25.</summary>
    public double ApproximateDays => Number * (Unit switch { AgeUnit.Years => 365.25, AgeUnit.Months => 365.25 / 12, AgeUnit.Weeks => 7, _ => 1 });

    /// <summary>The age at a day, in the unit that PS3.3 §C.7.2.2 leaves to us: days up to 28, weeks up to 8, months up to 23,
    /// then years.</summary>
    /// <exception cref="ArgumentException">The day is before the birth, or 1000 years after.</exception>
    public static Age At(DateOnly birth, DateOnly day)
    {
        int days = day.DayNumber - birth.DayNumber;
        if (days < 0) throw new ArgumentException("the day is before the birth", nameof(day));
        int months = 12 * (day.Year - birth.Year) + day.Month - birth.Month - (day.Day < birth.Day ? 1 : 0);
        return days <= 28 ? new Age(days, AgeUnit.Days)
            : days < 63 ? new Age(days / 7, AgeUnit.Weeks)
            : months < 24 ? new Age(months, AgeUnit.Months)
            : new Age(months / 12, AgeUnit.Years);
    }

    /// <summary>Reads nnnD, nnnW, nnnM or nnnY. Lenient: one to three digits and small letters too.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Age result)
    {
        result = default;
        s = s.Trim(" \0");
        if (s.Length is < 2 or > 4 || !int.TryParse(s[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return false;
        var unit = (AgeUnit)char.ToUpperInvariant(s[^1]);
        if (unit is not (AgeUnit.Days or AgeUnit.Weeks or AgeUnit.Months or AgeUnit.Years)) return false;
        result = new Age(number, unit);
        return true;
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Age result) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out Age)"/>
    /// <exception cref="FormatException">It is no age.</exception>
    public static Age Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var age) ? age : throw new FormatException($"'{s}' is no age such as 018M (PS3.5 Table 6.2-1)");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static Age Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <summary>As it stands in a data set: 018M.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number:D3}{(Unit == 0 ? 'D' : (char)Unit)}");
}
