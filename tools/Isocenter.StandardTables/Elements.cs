using System.Globalization;

namespace Isocenter.StandardTables;

/// <summary>One data element of PS3.6 §6–§9 or PS3.7 Annex E.</summary>
/// <remarks>Tag: of a repeating one the one the table prints. Mask: the bits of the tag that count, all of them but for repeating
/// groups and elements. VR: the VR of Implicit VR, two characters or None. Choice: the member of VRChoice.</remarks>
internal sealed record Element(
    uint Tag, uint Mask, string VR, string Choice, string VM, string Keyword, string Name, bool IsRetired)
{
    /// <summary>Stands for one tag only.</summary>
    public bool IsSingle => Mask == uint.MaxValue;

    /// <summary>As the standard prints it, with x for the digits that repeat.</summary>
    public string Printed
    {
        get
        {
            var digits = Tag.ToString("X8", CultureInfo.InvariantCulture).ToCharArray();
            for (int i = 0; i < 8; i++)
                if ((Mask >> (28 - 4 * i) & 0xF) != 0xF) digits[i] = 'x';
            return $"({new string(digits, 0, 4)},{new string(digits, 4, 4)})";
        }
    }

    /// <summary>The VR column as the standard prints it.</summary>
    public string PrintedVR => Choice switch
    {
        "One" => VR == "None" ? "" : VR,
        "OBOrOW" => "OB or OW",
        "USOrSS" => "US or SS",
        "USOrOW" => "US or OW",
        "USOrSSOrOW" => "US or SS or OW",
        _ => throw new InvalidDataException($"{Keyword}: unknown choice {Choice}"),
    };
}

/// <summary>Reads ps3.6/data-elements.tsv and ps3.7/command-elements.tsv.</summary>
internal static class Elements
{
    /// <summary>Elements that repeat over part of the element number, which the table prints as one tag
    /// (PS3.6: (0020,31xx), (0028,04x0), (0028,08x0), (1000,xxx0), (1010,xxxx)): the bits that count.</summary>
    private static readonly Dictionary<string, uint> RepeatingElements = new(StringComparer.Ordinal)
    {
        ["SourceImageIDs"] = 0xFFFF_FF00,
        ["RowsForNthOrderCoefficients"] = 0xFFFF_FF0F,
        ["ColumnsForNthOrderCoefficients"] = 0xFFFF_FF0F,
        ["CoefficientCoding"] = 0xFFFF_FF0F,
        ["CoefficientCodingPointers"] = 0xFFFF_FF0F,
        ["CodeLabel"] = 0xFFFF_FF0F,
        ["NumberOfTables"] = 0xFFFF_FF0F,
        ["CodeTableLocation"] = 0xFFFF_FF0F,
        ["BitsForCodeWord"] = 0xFFFF_FF0F,
        ["ImageDataLocation"] = 0xFFFF_FF0F,
        ["EscapeTriplet"] = 0xFFFF_000F,
        ["RunLengthTriplet"] = 0xFFFF_000F,
        ["HuffmanTableSize"] = 0xFFFF_000F,
        ["HuffmanTableTriplet"] = 0xFFFF_000F,
        ["ShiftTableSize"] = 0xFFFF_000F,
        ["ShiftTableTriplet"] = 0xFFFF_000F,
        ["ZonalMap"] = 0xFFFF_0000,
    };

    /// <summary>All elements in tag order, repeating ones at the tag the table prints, the lowest of repeating groups. Generic lines (group lengths, private
    /// creators) are left out: they are a rule, not a table.</summary>
    public static IReadOnlyList<Element> Read(string standard)
    {
        var elements = new List<Element>();
        foreach (var row in Tsv.Read(standard, "ps3.6", "data-elements.tsv"))
        {
            if (row["dcmtk_version_column"] is "PRIVATE" or "ILLEGAL" or "GENERIC") continue;
            var (vr, choice) = VROf(row["vr_dcmtk"], row["vr_ps3.6_alternatives"], row["keyword"]);
            var (tag, mask) = TagOf(row["tag"], row["keyword"]);
            elements.Add(new Element(tag, mask, vr, choice, row["vm"], row["keyword"], row["name"], row["retired"] != ""));
        }
        var known = elements.Select(e => e.Tag).ToHashSet();
        foreach (var row in Tsv.Read(standard, "ps3.7", "command-elements.tsv"))
        {
            var (tag, mask) = TagOf(row["tag"], row["keyword"]);
            if (known.Add(tag))
                elements.Add(new Element(tag, mask, row["vr"], "One", row["vm"], row["keyword"], row["name"], row["retired"] != ""));
        }
        elements.Sort((a, b) => a.Tag.CompareTo(b.Tag));
        Check(elements);
        return elements;
    }

    private static (uint Tag, uint Mask) TagOf(string text, string keyword)
    {
        int comma = text.IndexOf(',', StringComparison.Ordinal);
        string group = text[..comma], element = text[(comma + 1)..];
        if (RepeatingElements.TryGetValue(keyword, out uint mask)) return (Hex(group) << 16 | Hex(element[..4]), mask);
        uint low = Hex(element);
        if (group.Length == 4) return (Hex(group) << 16 | low, uint.MaxValue);
        // gggg-gggg: the even groups of a range that ends in FF, as (60xx,3000).
        uint first = Hex(group[..4]), last = Hex(group[5..]);
        if (group.Length != 9 || (first & 0xFF) != 0 || last != (first | 0xFF))
            throw new InvalidDataException($"{keyword}: a range of tags of an unknown form, {text}");
        return (first << 16 | low, 0xFF01_FFFF);
    }

    private static uint Hex(string digits) => uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>The internal VRs of the table to VR and choice. The VR is the one of Implicit VR (PS3.5 §A.1).</summary>
    private static (string VR, string Choice) VROf(string vr, string alternatives, string keyword) => vr switch
    {
        "ox" or "px" => ("OW", "OBOrOW"),
        "xs" => ("US", "USOrSS"),
        "lt" when alternatives == "US or OW" => ("OW", "USOrOW"),
        "lt" => ("OW", "USOrSSOrOW"),
        "up" => ("UL", "One"),
        "na" => ("None", "One"),
        { Length: 2 } when char.IsAsciiLetterUpper(vr[0]) && char.IsAsciiLetterUpper(vr[1]) => (vr, "One"),
        _ => throw new InvalidDataException($"{keyword}: unknown VR {vr}"),
    };

    private static void Check(List<Element> elements)
    {
        foreach (var group in elements.GroupBy(e => e.Tag).Where(g => g.Count() > 1))
            throw new InvalidDataException($"{group.First().Printed} stands twice");
        foreach (var group in elements.GroupBy(e => e.Keyword, StringComparer.Ordinal).Where(g => g.Count() > 1))
            throw new InvalidDataException($"the keyword {group.Key} stands twice");
        foreach (var e in elements)
            if (e.Keyword.Length == 0 || !e.Keyword.All(char.IsAsciiLetterOrDigit) || !e.Name.All(c => c is >= ' ' and <= '~'))
                throw new InvalidDataException($"{e.Printed}: keyword or name of unexpected characters, {e.Keyword}, {e.Name}");
    }
}
