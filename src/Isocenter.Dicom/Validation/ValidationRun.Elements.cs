using System.Globalization;
using System.Text;

namespace Isocenter.Dicom.Validation;

/// <content>What holds for each element, whatever IOD it is part of.</content>
internal sealed partial class ValidationRun
{
    private const int LongestQuote = 64;

    private void CheckElement(DataElement element, PrivateCreators creators)
    {
        var tag = element.Tag;
        bool isKnown = true;
        var choice = VRChoice.One;
        var vr = VR.None;
        string vm = "";
        if (tag.IsPrivate) creators.Check(element, this);
        else if (tag.IsGroupLength)
        {
            vr = VR.UL;
            TellGroupLength(element);
        }
        else
        {
            isKnown = DataDictionary.TryFindFacts(tag, out vr, out choice, out vm, out bool isRetired);
            if (isRetired) Warning(ValidationRule.Retired, tag, "PS3.6", "is retired");
            if (!isKnown) Error(ValidationRule.UnknownElement, tag, "PS3.5 §7.1", "has an even group number, but is no element of PS3.6");
        }
        if (vr != VR.None) CheckVR(element, vr, choice);
        if (element.IsSequence || element.Fragments is not null) return;
        if (element.Length == 0) return;
        new ValueRules(this, element, ElementValues.VROf(element)).Check();
        DirectionRules.Check(element, this);
        if (tag == Tags.CodingSchemeDesignator) CheckUnits(element);
        else if (tag == Tags.LongCodeValue && ElementValues.TextAt(element, 1).Length is > 0 and <= 16)
            Error(ValidationRule.ValueLength, tag, "PS3.3 §8.8", $"is {QuoteValue(element, 1)}; up to 16 characters stand in Code Value");
        // A blank value has been told where one is needed; of number and range of values it says nothing.
        if (isKnown && vm.Length > 0 && vm != "1-n" && !ElementValues.IsOneValue(ElementValues.VROf(element))) CheckNumberOfValues(element, vm);
    }

    /// <summary>Once for a data set: old objects have one in each group.</summary>
    private void TellGroupLength(DataElement element)
    {
        if (element.Tag.Group == 0x0002) return;
        int count = 0;
        foreach (var other in element.DataSet)
        {
            if (!other.Tag.IsGroupLength || other.Tag.Group == 0x0002) continue;
            if (count++ == 0 && other.Tag != element.Tag) return;
        }
        string others = count > 1 ? $", and so are the {Count(count - 1, "other group length")} of this data set" : "";
        Warning(ValidationRule.Retired, element.Tag, "PS3.5 §7.2", $"is a group length, which is retired{others}");
    }

    private void CheckNumberOfValues(DataElement element, string vm)
    {
        int count = ElementValues.Count(element);
        if (count > 0 && !Multiplicity.Parse(vm).Allows(count))
            Error(ValidationRule.ValueMultiplicity, element.Tag, "PS3.6", $"has {Count(count, "value")}, but its VM is {vm}");
    }

    /// <summary>The VR of a standard element is that of PS3.6; UN is allowed for who does not know it (PS3.5 §6.2.2).</summary>
    private void CheckVR(DataElement element, VR expected, VRChoice choice)
    {
        var vr = element.VR;
        if (vr == expected || vr is VR.UN or VR.None || element.Entry.Flags.HasFlag(EntryFlags.WasUnknown)) return;
        string? others = choice switch
        {
            VRChoice.USOrSS when vr is VR.US or VR.SS => null,
            VRChoice.OBOrOW when vr is VR.OB or VR.OW => null,
            VRChoice.USOrOW when vr is VR.US or VR.OW => null,
            VRChoice.USOrSSOrOW when vr is VR.US or VR.SS or VR.OW => null,
            VRChoice.USOrSS => "US or SS",
            VRChoice.OBOrOW => "OB or OW",
            VRChoice.USOrOW => "US or OW",
            VRChoice.USOrSSOrOW => "US, SS or OW",
            _ => expected.ToText(),
        };
        if (others is not null) Error(ValidationRule.ValueRepresentation, element.Tag, "PS3.6", $"has the VR {vr.ToText()} instead of {others}");
    }

    /// <summary>Units are coded in UCUM (PS3.16 CID 82); older ones are met.</summary>
    private void CheckUnits(DataElement element)
    {
        if (_findings.CurrentSequence is not { } sequence || ElementValues.IsText(element, 1, "UCUM")) return;
        if (!sequence.IsPrivate && DataDictionary.TryFind(sequence, out var entry) && entry.Keyword.Contains("Units", StringComparison.Ordinal))
            Warning(ValidationRule.Consistency, element.Tag, "PS3.16 CID 82", $"is {QuoteValue(element, 1)}, but units are coded in UCUM");
    }

    /// <summary>None of the rules that apply names it.</summary>
    private void CheckBelongs(DataElement element, bool isRoot)
    {
        var tag = element.Tag;
        // Private elements, group lengths and trailing padding stand in no module; unknown elements have been told.
        if (tag.IsPrivate || tag.IsGroupLength || tag == Tags.DataSetTrailingPadding || !DataDictionary.TryFindFacts(tag, out _, out _, out _, out _)) return;
        if (isRoot)
        {
            foreach (var (table, usage) in _inactive)
            {
                if (!Names(table, tag, 0)) continue;
                string name = usage == 'U' ? "user optional" : "conditional";
                Warning(ValidationRule.NotInIod, tag, table.Section, $"belongs to the {table.Title}, which is {name} in this IOD and otherwise seems not to be in use");
                return;
            }
        }
        Warning(ValidationRule.NotInIod, tag, "PS3.4 §B.4", isRoot ? "is not part of the IOD" : "is not part of the items of this sequence in the IOD");
    }

    private bool Names(RuleTable table, Tag tag, int nesting)
    {
        if (nesting > DeepestMacro) return false;
        foreach (var row in table.Rows)
        {
            if (row is AttributeRule attribute && attribute.Tag == tag) return true;
            if (row is MacroRule macro && Names(tables.Macro(macro.Name), tag, nesting + 1)) return true;
        }
        return false;
    }

    /// <summary>The value for a message.</summary>
    public static string Quote(DataElement element)
    {
        var vr = ElementValues.VROf(element);
        if (vr.IsText()) return Quote(element.DataSet.CharacterSet.Decode(Start(element), vr).Trim(' ', '\0'));
        if (element.VR is VR.OB or VR.OW or VR.UN) return Quote(Convert.ToHexString(Start(element)[..Math.Min(16, Start(element).Length)]));
        var values = ValueReader.ReadAll<string>(element);
        return string.Join('\\', values.Take(6)) + (values.Count > 6 ? "…" : "");
    }

    /// <summary>One value for a message, counted from 1.</summary>
    public static string QuoteValue(DataElement element, int value)
    {
        var vr = ElementValues.VROf(element);
        if (!vr.IsText()) return ValueReader.TryRead(element, value - 1, out string? text) ? text : "";
        return Quote(element.DataSet.CharacterSet.Decode(ElementValues.TextAt(element, value), vr));
    }

    /// <summary>A text for a message: in quotes, not too long, without control characters.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, LongestQuote)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else quoted.Append(c);
        }
        return quoted.Append(text.Length > LongestQuote ? "…'" : "'").ToString();
    }

    private static ReadOnlySpan<byte> Start(DataElement element)
    {
        var bytes = ElementValues.Bytes(element);
        return bytes.Length > 4 * LongestQuote ? bytes[..(4 * LongestQuote)] : bytes;
    }
}
