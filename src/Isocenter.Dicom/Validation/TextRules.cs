using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>The rules for text in the Specific Character Set: SH, LO, UC, PN, ST, LT, UT (PS3.5 §6.1, Table 6.2-1).</summary>
/// <param name="run">Is told.</param>
/// <param name="element">With a value.</param>
/// <param name="vr">By which the value is to be read.</param>
internal readonly ref struct TextRules(ValidationRun run, DataElement element, VR vr)
{
    private const string Table = "PS3.5 Table 6.2-1";

    /// <param name="bytes">The value or values, without the padding at the end.</param>
    public void Check(ReadOnlySpan<byte> bytes)
    {
        bool isParagraph = vr is VR.ST or VR.LT or VR.UT;
        CheckControls(bytes, isParagraph);
        var characterSet = element.DataSet.CharacterSet;
        if (characterSet.IsPlainAscii(bytes) && LongestValue(vr) is { } limit && bytes.Length <= limit && vr != VR.PN) return;

        string text = characterSet.Decode(bytes, vr);
        CheckRepertoire(bytes, text, characterSet);
        if (!vr.IsMultiValuedText())
        {
            CheckLength(text.AsSpan().TrimEnd(' '), 0);
            return;
        }
        int number = text.Contains('\\') ? 1 : 0;
        foreach (var range in text.AsSpan().Split('\\'))
        {
            var value = text.AsSpan(range).TrimEnd(' ');
            if (vr == VR.PN) CheckName(value, number);
            else CheckLength(value, number);
            number++;
        }
    }

    /// <summary>Control characters have no place in names and codes, but for ESC; text of paragraphs has line ends.</summary>
    private void CheckControls(ReadOnlySpan<byte> bytes, bool isParagraph)
    {
        foreach (byte c in bytes)
        {
            if (c is >= 0x20 and not 0x7F || c == 0x1B) continue;
            if (isParagraph && c is (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r') continue;
            Error(ValidationRule.Characters, "PS3.5 §6.1.3", string.Create(CultureInfo.InvariantCulture, $"has the control character {c:X2}, which {vr.ToText()} does not allow"));
            return;
        }
    }

    private void CheckRepertoire(ReadOnlySpan<byte> bytes, string text, SpecificCharacterSet characterSet)
    {
        bool isDefault = characterSet.IsDefaultRepertoire;
        if (isDefault && bytes.ContainsAnyInRange((byte)0x80, (byte)0xFF))
        {
            Error(ValidationRule.Characters, "PS3.5 §6.1.2", $"is {ValidationRun.Quote(text)}: it has characters beyond the default repertoire, and (0008,0005) declares no other that is known");
            return;
        }
        if (!text.Contains('\uFFFD')) return;
        string sets = isDefault ? "the default repertoire" : string.Join('\\', characterSet.DefinedTerms);
        Error(ValidationRule.Characters, "PS3.5 §6.1.2", $"is {ValidationRun.Quote(text)}: it has bytes that mean nothing in {sets}");
    }

    private void CheckName(ReadOnlySpan<char> value, int number)
    {
        int groups = 0;
        foreach (var range in value.Split('='))
        {
            var group = value[range].TrimEnd(' ');
            if (++groups > 3)
            {
                Error(ValidationRule.ValueFormat, "PS3.5 §6.2.1", $"{Which(number)}has more than three component groups");
                return;
            }
            CheckLength(group, number);
            if (group.Count('^') > 4) Error(ValidationRule.ValueFormat, "PS3.5 §6.2.1", $"{Which(number)}has more than five components in a group");
        }
    }

    private void CheckLength(ReadOnlySpan<char> value, int number)
    {
        if (LongestValue(vr) is not { } most || value.Length <= most) return;
        int characters = value.Length;
        foreach (char c in value)
        {
            if (char.IsLowSurrogate(c)) characters--;
        }
        if (characters <= most) return;
        string what = vr == VR.PN ? "has a component group of" : "has";
        Error(ValidationRule.ValueLength, Table, string.Create(CultureInfo.InvariantCulture, $"{Which(number)}{what} {characters} characters; {vr.ToText()} has at most {most}"));
    }

    /// <summary>In characters; of PN, of a component group.</summary>
    private static int? LongestValue(VR of) => of switch
    {
        VR.SH => 16,
        VR.LO or VR.PN => 64,
        VR.ST => 1024,
        VR.LT => 10240,
        _ => null,
    };

    private void Error(ValidationRule rule, string section, string message) => run.Error(rule, element.Tag, section, message);

    private static string Which(int number) => number == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"value {number} ");
}
