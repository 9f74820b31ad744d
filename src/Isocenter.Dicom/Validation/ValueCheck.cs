namespace Isocenter.Dicom.Validation;

/// <summary>What a row says about values.</summary>
internal enum ValueCheckKind : byte
{
    /// <summary>Enumerated Values that are text.</summary>
    Enumerated,
    /// <summary>Defined Terms.</summary>
    Defined,
    /// <summary>Enumerated Values that are numbers.</summary>
    Number,
    /// <summary>Attribute tags.</summary>
    Tag,
    /// <summary>Bits that may be set.</summary>
    Bits,
    /// <summary>Zero is wrong.</summary>
    ZeroIsError,
    /// <summary>Zero is doubtful.</summary>
    ZeroIsWarning,
}

/// <summary>The values that a row allows. Immutable.</summary>
/// <param name="kind">What they are.</param>
/// <param name="value">The value that is meant, counted from 1; 0: all of them.</param>
/// <param name="allowed">The allowed values as text; numbers decimal, tags in eight digits, bits by their number.</param>
internal sealed class ValueCheck(ValueCheckKind kind, int value, string[] allowed)
{
    private readonly double[] _numbers = kind == ValueCheckKind.Number
        ? [.. allowed.Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))]
        : [];

    public ValueCheckKind Kind { get; } = kind;

    /// <summary>The allowed values as text.</summary>
    public IReadOnlyList<string> Allowed => allowed;

    /// <summary>The first value that is not allowed, counted from 1; 0 when all are.</summary>
    public int FirstWrong(DataElement element)
    {
        if (element.IsSequence || element.Fragments is not null) return 0;
        int count = ElementValues.Count(element);
        if (value > 0) return value <= count && IsWrong(element, value) ? value : 0;
        for (int i = 1; i <= count; i++)
        {
            if (IsWrong(element, i)) return i;
        }
        return 0;
    }

    /// <summary>The allowed values for a message.</summary>
    public string Describe()
    {
        string[] shown = [.. allowed.Where(text => text.Length > 0)];
        return shown.Length > 24 ? $"{string.Join(", ", shown.Take(6))} … ({shown.Length} in all)" : string.Join(", ", shown);
    }

    private bool IsWrong(DataElement element, int index)
    {
        switch (Kind)
        {
            case ValueCheckKind.Enumerated or ValueCheckKind.Defined:
                if (!ElementValues.VROf(element).IsText()) return false;
                var text = ElementValues.TextAt(element, index);
                foreach (string one in allowed)
                {
                    if (ElementValues.EqualsAscii(text, one)) return false;
                }
                return true;
            case ValueCheckKind.Number:
                if (!ElementValues.TryNumber(element, index, out double number) || Array.IndexOf(_numbers, number) >= 0) return false;
                // The tables write numbers of 16 bits without a sign: 65535 is -1 in SS.
                return element.VR != VR.SS || number >= 0 || Array.IndexOf(_numbers, number + 65536) < 0;
            case ValueCheckKind.ZeroIsError or ValueCheckKind.ZeroIsWarning:
                return ElementValues.TryNumber(element, index, out double zero) && zero == 0;
            case ValueCheckKind.Tag:
                return ElementValues.TryTag(element, index, out var tag) && !allowed.Contains(tag.ToHex());
            case ValueCheckKind.Bits:
                return ElementValues.TryNumber(element, index, out double bits) && bits is >= 0 and < 1L << 53 && ((long)bits & ~Mask()) != 0;
            default:
                return false;
        }
    }

    private long Mask() => allowed.Sum(bit => 1L << int.Parse(bit, System.Globalization.CultureInfo.InvariantCulture));
}
