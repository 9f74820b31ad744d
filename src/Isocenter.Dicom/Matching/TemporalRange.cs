using System.Text;

namespace Isocenter.Dicom;

/// <summary>A key for DA, TM or DT: one value or a range (PS3.4 §C.2.2.2.5), both ends included, an open end null.
/// In the normal form the order of texts is the order in time.</summary>
/// <remarks>A value of less precision stands for all it covers: the hour 10 ends at 10:59:59.999999. Offsets from UTC in
/// DT are read and not applied.</remarks>
/// <param name="From">Lower end.</param>
/// <param name="To">Upper end.</param>
public readonly record struct TemporalRange(string? From, string? To)
{
    /// <summary>A value in the normal form lies within; null never does.</summary>
    public bool Contains(string? normal) => normal is not null
        && (From is null || string.CompareOrdinal(From, normal) <= 0)
        && (To is null || string.CompareOrdinal(normal, To) <= 0);

    /// <summary>Reads a key; false when it is neither a value nor a range.</summary>
    public static bool TryParse(VR vr, string key, out TemporalRange range)
    {
        range = default;
        key = key.Trim();
        int hyphen = HyphenIn(vr, key);
        string from = hyphen < 0 ? key : key[..hyphen].Trim(), to = hyphen < 0 ? key : key[(hyphen + 1)..].Trim();
        if (from.Length == 0 && to.Length == 0) return false;
        string? lower = from.Length == 0 ? null : Pad(vr, from, upper: false);
        string? upper = to.Length == 0 ? null : Pad(vr, to, upper: true);
        if (from.Length > 0 && lower is null || to.Length > 0 && upper is null) return false;
        range = new TemporalRange(lower, upper);
        return true;
    }

    /// <summary>YYYYMMDD, HHMMSSFFFFFF or both; null when it is none. Missing parts are the first there are.</summary>
    public static string? Normalize(VR vr, string value) => Pad(vr, value.Trim(), upper: false);

    private static string? Pad(VR vr, string text, bool upper)
    {
        if (vr == VR.DT) text = WithoutOffset(text);
        var digits = new StringBuilder(20);
        int fraction = -1;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c)) digits.Append(c);
            else if (c == '.' && vr != VR.DA && fraction < 0) fraction = digits.Length;
            // ACR-NEMA wrote 1995.10.26 and 10:20:30.
            else if (c is not ('.' or ':') || vr == VR.DT || c == '.' && vr == VR.TM || c == ':' && vr == VR.DA) return null;
        }
        int whole = vr switch { VR.DA => 8, VR.TM => 6, _ => 14 };
        int least = vr == VR.TM ? 2 : 4;
        int beforeFraction = fraction < 0 ? digits.Length : fraction;
        if (beforeFraction < least || beforeFraction > whole || (beforeFraction & 1) != 0) return null;
        if (fraction >= 0 && (fraction != whole || digits.Length == fraction || digits.Length > whole + 6)) return null;
        int total = vr == VR.DA ? 8 : whole + 6;
        // Nines sort after every real value, which is all that an upper end needs; a lower end and a stored value need
        // the first month and day.
        for (int i = digits.Length; i < total; i++)
            digits.Append(upper ? '9' : vr != VR.TM && i is (5 or 7) ? '1' : '0');
        return digits.ToString();
    }

    private static string WithoutOffset(string text)
    {
        int sign = text.AsSpan().LastIndexOfAny('+', '-');
        return sign > 0 && text.Length - sign == 5 ? text[..sign] : text;
    }

    /// <summary>The hyphen between two values; not the minus of an offset from UTC, which is at most 1400 (PS3.5 §6.2).</summary>
    private static int HyphenIn(VR vr, string key)
    {
        if (vr != VR.DT) return key.IndexOf('-', StringComparison.Ordinal);
        for (int i = key.IndexOf('-', StringComparison.Ordinal); i >= 0; i = key.IndexOf('-', i + 1))
        {
            bool isOffset = i > 0 && i + 5 <= key.Length && int.TryParse(key.AsSpan(i + 1, 4), out int hours) && hours <= 1400
                && (i + 5 == key.Length || key[i + 5] == '-');
            if (!isOffset) return i;
        }
        return -1;
    }
}
