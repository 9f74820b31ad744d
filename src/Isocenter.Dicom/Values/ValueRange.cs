namespace Isocenter.Dicom;

/// <summary>A range of dates, times or moments as it stands in a query: 20240101-20241231, 20240101-, -20241231, or one
/// value (PS3.4 §C.2.2.2.5).</summary>
/// <typeparam name="T"><see cref="DateOnly"/> (DA), <see cref="PartialTime"/> (TM) or <see cref="PartialDateTime"/> (DT).</typeparam>
/// <param name="From">The first that is meant; null: all up to <paramref name="To"/>.</param>
/// <param name="To">The last that is meant; null: all from <paramref name="From"/> on.</param>
public readonly record struct ValueRange<T>(T? From, T? To) where T : struct
{
    /// <summary>The range that holds one value.</summary>
    public ValueRange(T one) : this(one, one)
    {
    }

    /// <summary>It means one value.</summary>
    public bool IsOne => From is { } from && To is { } to && EqualityComparer<T>.Default.Equals(from, to);

    /// <summary>As it stands in a query.</summary>
    public override string ToString() => IsOne ? TextOf(From) : $"{TextOf(From)}-{TextOf(To)}";

    private static string TextOf(T? value) => value switch
    {
        null => "",
        DateOnly date => date.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

/// <summary>Reads ranges.</summary>
public static class ValueRange
{
    /// <summary>Reads a range of dates (DA).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ValueRange<DateOnly> range) => TryParse(text, TryParseDate, out range);

    /// <summary>Reads a range of times (TM).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ValueRange<PartialTime> range) => TryParse(text, TryParseTime, out range);

    /// <summary>Reads a range of moments (DT). A hyphen that can begin an offset from UTC does: 2024-0500 is one value,
    /// 2024-2025 a range.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ValueRange<PartialDateTime> range) => TryParse(text, TryParseMoment, out range);

    private delegate bool Parser<T>(ReadOnlySpan<char> text, out T value);

    private static bool TryParse<T>(ReadOnlySpan<char> text, Parser<T> parse, out ValueRange<T> range) where T : struct
    {
        range = default;
        text = text.Trim(" \0");
        if (parse(text, out var one))
        {
            range = new ValueRange<T>(one);
            return true;
        }
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '-') continue;
            var left = text[..i].Trim(' ');
            var right = text[(i + 1)..].Trim(' ');
            T from = default, to = default;
            if (left.IsEmpty && right.IsEmpty || !left.IsEmpty && !parse(left, out from) || !right.IsEmpty && !parse(right, out to)) continue;
            range = new ValueRange<T>(left.IsEmpty ? null : from, right.IsEmpty ? null : to);
            return true;
        }
        return false;
    }

    private static bool TryParseDate(ReadOnlySpan<char> text, out DateOnly date) => DateTimeText.TryParseDate(text, out date);

    private static bool TryParseTime(ReadOnlySpan<char> text, out PartialTime time) => PartialTime.TryParse(text, null, out time);

    private static bool TryParseMoment(ReadOnlySpan<char> text, out PartialDateTime moment) => PartialDateTime.TryParse(text, null, out moment);
}
