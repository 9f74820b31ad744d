using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>Does an object match the keys of an Identifier? Attribute matching as PS3.4 §C.2.2.2 defines it; whatever an
/// index does to be fast must agree with this.</summary>
/// <remarks>Several values of a key mean "any of them", for UIDs (§C.2.2.2.2) and for everything else
/// (§C.2.2.2.9). Several values of the object: one of them has to match. Pure; safe from many threads.</remarks>
public static class Matcher
{
    /// <summary>All keys of <paramref name="keys"/> match.</summary>
    public static bool Matches(DataSet keys, DataSet candidate, MatchingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(candidate);
        foreach (var key in keys)
        {
            if (key.Tag != Tags.SpecificCharacterSet && !Matches(key, candidate, options ?? MatchingOptions.Default)) return false;
        }
        return true;
    }

    /// <summary>The key asks for nothing: it has no value, or only wildcards that match everything (§C.2.2.2.3).</summary>
    public static bool IsUniversal(DataElement key)
    {
        if (key.IsSequence) return key.Items.Count == 0 || key.Items[0].All(IsUniversal);
        if (key.IsEmpty) return true;
        var values = key.DataSet.GetAll<string>(key.Tag);
        return values.All(value => value.Length == 0) || HasWildcards(VROf(key)) && values.Any(value => value.All(c => c == '*') && value.Length > 0);
    }

    /// <summary>One key against the attribute of the same tag; null: the object has none at all.</summary>
    public static bool Matches(DataElement key, DataSet? candidate, MatchingOptions options)
    {
        DataElement value = default;
        bool hasValue = candidate is not null && candidate.TryFind(key.Tag, out value) && !value.IsEmpty;
        if (options.EmptyValue && IsEmptyValueKey(key))
            return !hasValue || !value.IsSequence && value.DataSet.GetAll<string>(value.Tag).All(v => v.Length == 0);
        if (IsUniversal(key)) return true;
        if (!hasValue) return false;
        if (key.IsSequence)
        {
            foreach (var item in value.Items)
            {
                if (Matches(key.Items[0], item, options)) return true;
            }
            return false;
        }
        var vr = key.VR == VR.UN ? value.VR : VROf(key);
        var wanted = key.DataSet.GetAll<string>(key.Tag);
        var found = value.DataSet.GetAll<string>(value.Tag);
        foreach (string one in wanted)
        {
            if (one.Length == 0) continue;
            foreach (string other in found)
            {
                if (MatchesValue(vr, one, other, options)) return true;
            }
        }
        return false;
    }

    /// <summary>Wildcard matching is defined for these (§C.2.2.2.4).</summary>
    public static bool HasWildcards(VR vr) =>
        vr is VR.AE or VR.CS or VR.LO or VR.LT or VR.PN or VR.SH or VR.ST or VR.UC or VR.UR or VR.UT;

    /// <summary>Two quotation marks: asks for an empty value (§C.2.2.2.8).</summary>
    public static bool IsEmptyValueKey(DataElement key) =>
        !key.IsSequence && key.VR.IsText() && key.Length == 2 && key.Bytes.Span.SequenceEqual("\"\""u8);

    private static bool MatchesValue(VR vr, string key, string value, MatchingOptions options)
    {
        switch (vr)
        {
            case VR.PN:
                return options.Fuzzy ? SearchName.MatchesFuzzy(key, value) : SearchName.Matches(key, value);
            case VR.DA or VR.TM or VR.DT:
                return TemporalRange.TryParse(vr, key, out var range) && range.Contains(TemporalRange.Normalize(vr, value));
            case VR.IS or VR.DS:
                return key == value || TryNumber(key, out decimal a) && TryNumber(value, out decimal b) && a == b;
            default:
                return HasWildcards(vr) && Wildcard.IsIn(key) ? Wildcard.Matches(key, value) : string.Equals(key, value, StringComparison.Ordinal);
        }
    }

    private static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <summary>A key's VR may be wrong or unknown on the wire; the dictionary knows better.</summary>
    private static VR VROf(DataElement key)
    {
        var vr = DataDictionary.VROf(key.Tag);
        return vr is VR.UN or VR.None ? key.VR : vr;
    }
}
