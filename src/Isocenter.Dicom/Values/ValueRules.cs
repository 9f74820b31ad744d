using System.Buffers;
using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>The rules of PS3.5 Table 6.2-1 for one value of text.</summary>
internal static class ValueRules
{
    private static readonly SearchValues<char> CodeCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ");
    private static readonly SearchValues<char> DecimalCharacters = SearchValues.Create("0123456789+-Ee.");
    // RFC 3986 §2, the percent sign included
    private static readonly SearchValues<char> UriCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");

    /// <summary>Which rule the value breaks.</summary>
    /// <param name="vr">A text VR.</param>
    /// <param name="value">One value, decoded, without the padding that makes its length even.</param>
    /// <param name="mayMatch">It may be a key of a query: a range, wildcards, two quotation marks (PS3.4 §C.2.2.2).</param>
    /// <returns>Words that follow the value in a sentence, as "is longer than 16 characters"; null when it is right.</returns>
    public static string? Problem(VR vr, ReadOnlySpan<char> value, bool mayMatch)
    {
        if (value.IsEmpty) return null;
        if (vr == VR.PN) return ProblemOfName(value);
        if (LimitOf(vr, mayMatch) is { } limit && LengthOf(value) is var length && length > limit)
            return string.Create(CultureInfo.InvariantCulture, $"has {length} characters, more than the {limit} of {vr.ToText()}");
        if (mayMatch && value is "\"\"") return null;
        return vr switch
        {
            VR.AE => ProblemOfControl(value, lines: false) ?? (value.ContainsAnyExcept(' ') ? AsciiProblem(value) : "is nothing but spaces"),
            VR.AS => IsAge(value) ? null : "is no age such as 018M",
            VR.CS => value.ContainsAnyExcept(CodeCharacters) && !(mayMatch && IsCodePattern(value))
                ? "has other characters than capitals, digits, spaces and underscores" : null,
            VR.DA => IsDate(value) || mayMatch && IsRange(value, IsDate) ? null : "is no date YYYYMMDD",
            VR.TM => IsTime(value) || mayMatch && IsRange(value, IsTime) ? null : "is no time HHMMSS.FFFFFF",
            VR.DT => IsMoment(value) || mayMatch && IsRange(value, IsMoment) ? null : "is no moment YYYYMMDDHHMMSS.FFFFFF&ZZXX",
            VR.DS => IsDecimal(value.Trim(' ')) ? null : "is no decimal number",
            VR.IS => ProblemOfInteger(value.Trim(' ')),
            VR.UI => Uid.TryParse(value.ToString(), null, out _) ? null : "is no UID (PS3.5 §9.1)",
            VR.UR => value[0] == ' ' ? "begins with a space" : value.TrimEnd(' ').ContainsAnyExcept(UriCharacters) ? "has characters that RFC 3986 does not allow" : null,
            VR.LO or VR.SH or VR.UC => ProblemOfControl(value, lines: false),
            VR.LT or VR.ST or VR.UT => ProblemOfControl(value, lines: true),
            _ => null,
        };
    }

    /// <summary>Most characters of one value; of PN, of one component group. Null where there is no limit.</summary>
    public static int? LimitOf(VR vr, bool mayMatch = false) => vr switch
    {
        VR.AE or VR.CS or VR.DS or VR.SH => 16,
        VR.AS => 4,
        VR.DA => mayMatch ? 18 : 8,      // a range in a query is two dates and a hyphen
        VR.TM => mayMatch ? 28 : 14,
        VR.DT => mayMatch ? 54 : 26,
        VR.IS => 12,
        VR.LO or VR.UI or VR.PN => 64,
        VR.ST => 1024,
        VR.LT => 10240,
        _ => null,
    };

    /// <summary>YYYYMMDD, a day that there is.</summary>
    public static bool IsDate(ReadOnlySpan<char> value) => value.Length == 8 && DateTimeText.TryParseDate(value, out _);

    /// <summary>HH to HHMMSS.FFFFFF; the last may be padded with spaces.</summary>
    public static bool IsTime(ReadOnlySpan<char> value) =>
        PartialTime.TryParse(value, null, out var time) && value.TrimEnd(' ').SequenceEqual(time.ToString());

    /// <summary>YYYY to YYYYMMDDHHMMSS.FFFFFF with an offset from UTC between -1200 and +1400, none of them -0000.</summary>
    public static bool IsMoment(ReadOnlySpan<char> value) =>
        PartialDateTime.TryParse(value, null, out var moment) && value.TrimEnd(' ').SequenceEqual(moment.ToString())
        && moment.Offset is not { TotalHours: < -12 } && !(moment.Offset == TimeSpan.Zero && value.Contains('-'));

    private delegate bool Rule(ReadOnlySpan<char> value);

    /// <summary>Two values and a hyphen between them, one of which may be missing.</summary>
    private static bool IsRange(ReadOnlySpan<char> value, Rule isValue)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] != '-') continue;
            ReadOnlySpan<char> left = value[..i].Trim(' '), right = value[(i + 1)..].Trim(' ');
            if (left.Length + right.Length > 0 && (left.IsEmpty || isValue(left)) && (right.IsEmpty || isValue(right))) return true;
        }
        return false;
    }

    private static bool IsAge(ReadOnlySpan<char> value) => value.Length == 4 && Age.TryParse(value, null, out var age) && value.SequenceEqual(age.ToString());

    private static bool IsDecimal(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(DecimalCharacters)
        && double.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _);

    private static string? ProblemOfInteger(ReadOnlySpan<char> value)
    {
        var digits = value[(value.Length > 0 && value[0] is '+' or '-' ? 1 : 0)..];
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return "is no integer";
        return int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "is out of the range of IS, 32 bits with sign";
    }

    private static string? ProblemOfName(ReadOnlySpan<char> value)
    {
        int groups = 0;
        foreach (var range in value.Split('='))
        {
            var group = value[range];
            groups++;
            if (LengthOf(group) is var length && length > 64) return string.Create(CultureInfo.InvariantCulture, $"has {length} characters in a component group, more than the 64 of PN");
            if (group.Count('^') > 4) return "has more than five components in a group";
        }
        return groups > 3 ? "has more than three component groups" : ProblemOfControl(value, lines: false);
    }

    /// <summary>Control characters: only ESC, and in text of several lines TAB, LF, FF and CR.</summary>
    private static string? ProblemOfControl(ReadOnlySpan<char> value, bool lines)
    {
        foreach (char c in value)
        {
            if (!char.IsControl(c) || c == '\e' || lines && c is '\t' or '\n' or '\f' or '\r') continue;
            return string.Create(CultureInfo.InvariantCulture, $"has the control character {(int)c:X2}");
        }
        return null;
    }

    private static string? AsciiProblem(ReadOnlySpan<char> value) => System.Text.Ascii.IsValid(value) ? null : "has characters outside of the default repertoire";

    private static bool IsCodePattern(ReadOnlySpan<char> value)
    {
        foreach (char c in value)
        {
            if (c is not ('*' or '?') && !CodeCharacters.Contains(c)) return false;
        }
        return true;
    }

    /// <summary>Characters as people count them: one outside of the basic plane is one.</summary>
    private static int LengthOf(ReadOnlySpan<char> value)
    {
        int length = value.Length;
        foreach (char c in value)
        {
            if (char.IsLowSurrogate(c)) length--;
        }
        return length;
    }
}
