using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>How many values or items there may be: 1, 1-3, 0-n, 2-2n (PS3.5 §6.4).</summary>
/// <param name="Least">At least so many.</param>
/// <param name="Most">At most so many.</param>
/// <param name="Step">The number is a multiple of it.</param>
internal readonly record struct Multiplicity(int Least, int Most, int Step)
{
    public static Multiplicity Any { get; } = new(0, int.MaxValue, 1);

    public bool Allows(int count) => count >= Least && count <= Most && count % Step == 0;

    /// <summary>Reads the text of PS3.6. What cannot be read allows any number.</summary>
    public static Multiplicity Parse(ReadOnlySpan<char> text)
    {
        int or = text.IndexOf(" or ", StringComparison.Ordinal);
        if (or >= 0) return Any with { Least = Parse(text[..or]).Least };
        int hyphen = text.IndexOf('-');
        if (!int.TryParse(hyphen < 0 ? text : text[..hyphen], NumberStyles.None, CultureInfo.InvariantCulture, out int least)) return Any;
        if (hyphen < 0) return new Multiplicity(least, least, 1);
        var upper = text[(hyphen + 1)..];
        if (upper.Length == 0 || upper[^1] != 'n')
            return int.TryParse(upper, NumberStyles.None, CultureInfo.InvariantCulture, out int most) ? new Multiplicity(least, most, 1) : Any with { Least = least };
        return int.TryParse(upper[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int step) && step > 0
            ? new Multiplicity(least, int.MaxValue, step)
            : new Multiplicity(least, int.MaxValue, 1);
    }
}
