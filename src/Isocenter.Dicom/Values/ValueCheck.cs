using System.Globalization;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>Looks for values that break PS3.5 Table 6.2-1 or the declared character set, which typed reading forgives in
/// silence.</summary>
public static class ValueCheck
{
    private const int ShownCharacters = 64;

    /// <summary>Checks the values of a data set and its items.</summary>
    /// <param name="dataSet">Is not changed.</param>
    /// <param name="maxFindings">Ends after so many.</param>
    /// <returns>Each with the path, what is wrong with the value, and by which of the <see cref="ValueLeniencies"/> it is
    /// read all the same.</returns>
    public static IReadOnlyList<Finding> Run(DataSet dataSet, int maxFindings = 100)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        var findings = new List<Finding>();
        foreach (var at in dataSet.Walk())
        {
            if (findings.Count >= maxFindings) break;
            if (CharacterSetProblem(at.Element) is { } problem) findings.Add(new Finding(problem, null, at.Path.ToString(), "PS3.3 §C.12.1.1.2"));
            if (ValueProblem(at.Element) is { } wrong) findings.Add(new Finding(wrong, null, at.Path.ToString(), "PS3.5 Table 6.2-1"));
        }
        return findings;
    }

    /// <summary>Only what is wrong about character sets: terms of (0008,0005), text that needs one, bytes that mean nothing.</summary>
    /// <inheritdoc cref="Run"/>
    public static IReadOnlyList<Finding> RunCharacterSets(DataSet dataSet, int maxFindings = 100)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        var findings = new List<Finding>();
        foreach (var at in dataSet.Walk())
        {
            if (findings.Count >= maxFindings) break;
            if (CharacterSetProblem(at.Element) is { } problem) findings.Add(new Finding(problem, null, at.Path.ToString(), "PS3.3 §C.12.1.1.2"));
        }
        return findings;
    }

    /// <summary>What is wrong about character sets, and the values that are not what their VR says: numbers that are none, dates,
    /// UIDs. Values that are only too long or spelt against the rules are left to <see cref="Run"/>.</summary>
    /// <inheritdoc cref="Run"/>
    public static IReadOnlyList<Finding> RunMeanings(DataSet dataSet, int maxFindings = 100)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        var findings = new List<Finding>();
        foreach (var at in dataSet.Walk())
        {
            if (findings.Count >= maxFindings) break;
            if (CharacterSetProblem(at.Element) is { } problem) findings.Add(new Finding(problem, null, at.Path.ToString(), "PS3.3 §C.12.1.1.2"));
            if (MeaningProblem(at.Element) is { } wrong) findings.Add(new Finding(wrong, null, at.Path.ToString(), "PS3.5 Table 6.2-1"));
        }
        return findings;
    }

    /// <summary>What is wrong with the terms of (0008,0005) at the top.</summary>
    internal static IReadOnlyList<Finding> Declarations(DataSet dataSet) =>
        dataSet.TryFind(Tags.SpecificCharacterSet, out var element) && CharacterSetProblem(element) is { } problem
            ? [new Finding(problem, null, element.Tag.ToString(), "PS3.3 §C.12.1.1.2")]
            : [];

    private static string? CharacterSetProblem(DataElement element)
    {
        var characterSet = element.DataSet.CharacterSet;
        if (element.Tag == Tags.SpecificCharacterSet) return characterSet.Problems.Count == 0 ? null : Shown(string.Join("; ", characterSet.Problems), 400);
        if (!element.VR.UsesSpecificCharacterSet() || element.Length <= 0 || element.IsInFile) return null;
        var bytes = element.Bytes.Span;
        if (characterSet.IsPlainAscii(bytes)) return null;
        if (characterSet.ForgivenessFor(bytes) is { } forgiven)
        {
            return $"there are characters beyond ASCII, but {(characterSet.DefinedTerms.Count == 0 ? "no (0008,0005)" : "no defined term in (0008,0005)")}; "
                + forgiven switch
                {
                    ValueLeniencies.UndeclaredUtf8 => "read as UTF-8 (UndeclaredUtf8)",
                    ValueLeniencies.UndeclaredLatin1 => "read as ISO_IR 100 (UndeclaredLatin1)",
                    _ => "not read",
                };
        }
        if (bytes.Contains((byte)0x1B) && !characterSet.DefinedTerms.Any(term => term.Contains("2022", StringComparison.Ordinal)))
            return $"there are escape sequences, which {Shown(characterSet.Describe(), 100)} does not have; followed all the same";
        if (characterSet.Decode(bytes, element.VR).Contains('\uFFFD')) return $"there are bytes that mean nothing in {Shown(characterSet.Describe(), 100)}";
        return !ReferenceEquals(characterSet, SpecificCharacterSet.Utf8) && characterSet.LooksLikeUtf8(bytes) ? $"{Shown(characterSet.Describe(), 100)} is declared, but the text looks like UTF-8" : null;
    }

    private static string? ValueProblem(DataElement element)
    {
        if (element.Length <= 0) return null;
        var vr = element.VR;
        if (!vr.IsText())
        {
            int size = ValueReader.SizeOf(vr);
            return element.Length % size == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{element.Length} bytes are no whole number of {vr.ToText()} values of {size}");
        }
        if (element.IsInFile) return null;
        foreach (string value in ValueBytes.SplitText(element.Bytes.Span, vr, element.DataSet.CharacterSet))
        {
            if (ValueRules.Problem(vr, value, mayMatch: false) is { } problem) return $"'{Shown(value, ShownCharacters)}' {problem}{Forgiven(vr, value)}";
        }
        return null;
    }

    private static string? MeaningProblem(DataElement element)
    {
        var vr = element.VR;
        if (element.Length <= 0 || element.IsInFile) return null;
        if (!vr.IsText()) return ValueProblem(element);
        var bytes = element.Bytes.Span;
        if (!vr.UsesSpecificCharacterSet() && !Ascii.IsValid(bytes)) return $"there are bytes beyond ASCII, which {vr.ToText()} does not have";
        if (vr is VR.LO or VR.SH or VR.PN)
        {
            // What is left behind the escape sequences of a character set, and in front of the padding.
            return !bytes.TrimEnd((byte)0).ContainsAnyInRange((byte)0, (byte)0x1A) ? null : "there are control characters";
        }
        if (vr is not (VR.AS or VR.DA or VR.DS or VR.DT or VR.IS or VR.TM or VR.UI)) return null;
        foreach (string value in ValueBytes.SplitText(bytes, vr, element.DataSet.CharacterSet))
        {
            if (ValueRules.Problem(vr, value, mayMatch: false) is not { } problem) continue;
            bool isOnlyLong = vr is VR.DS or VR.IS && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number);
            if (!isOnlyLong || vr == VR.IS && value.Contains('.', StringComparison.Ordinal)) return $"'{Shown(value, ShownCharacters)}' {problem}{Forgiven(vr, value)}";
        }
        return null;
    }

    private static string Forgiven(VR vr, string value) => vr switch
    {
        VR.DA => DateTimeText.TryParseDate(value, out _) ? "; read by AcrNemaDates" : "",
        VR.TM => PartialTime.TryParse(value, null, out _) ? "; read by AcrNemaTimes" : "",
        VR.AS => Age.TryParse(value, null, out _) ? "; read by ShortAges" : "",
        VR.IS => long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? "; read by WideIntegers"
            : decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) && decimal.IsInteger(number) ? "; read by DecimalIntegers" : "",
        _ => "",
    };

    /// <summary>A piece of text for a message: not endless, and without characters that could steer a terminal.</summary>
    internal static string Shown(string text, int most)
    {
        var shown = new StringBuilder();
        foreach (char c in text)
        {
            if (shown.Length >= most) return shown.Append('…').ToString();
            shown.Append(char.IsControl(c) ? c < ' ' ? (char)(0x2400 + c) : '\uFFFD' : c);
        }
        return shown.ToString();
    }
}
