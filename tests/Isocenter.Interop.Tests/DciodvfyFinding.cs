using System.Text;
using System.Text.RegularExpressions;
using Isocenter.Dicom;

namespace Isocenter.Interop.Tests;

/// <summary>A finding of dciodvfy or of ours, reduced to what both can say: the kind of rule and the element.</summary>
internal readonly record struct ComparedFinding(string Kind, string Path);

/// <summary>Reads what <c>dciodvfy -new</c> writes.</summary>
internal static partial class DciodvfyOutput
{
    /// <summary>What its messages mean, the first match counts; the rest are rules of modules and of consistency.</summary>
    private static readonly (Regex Message, string Kind)[] Kinds =
    [
        (Words("Missing attribute for Type [12] "), "absent"),
        (Words("Missing attribute for Type [12]C"), "absent on condition"),
        (Words("Empty attribute \\(no value\\) for Type 1 "), "empty"),
        (Words("Empty attribute \\(no value\\) for Type 1C|Attribute present but empty"), "empty on condition"),
        (Words("Attribute present when condition unsat"), "not allowed"),
        (Words("Attribute is not present in standard"), "not in the IOD"),
        (Words("needed to build DICOMDIR"), "directory key"),
        (Words("Retired attribute|Object Retired"), "retired"),
        (Words("Unrecognized enumerated|Illegal character in PatientOrientation"), "enumerated value"),
        (Words("Unrecognized defined"), "defined term"),
        (Words("Value is zero"), "zero"),
        (Words("Retired Person Name form"), "person name without a caret"),
        (Words("Value invalid for this VR|LongCodeValue is too short|Illegal root|Example root|has same value as"), "value"),
        (Words("Bad Sequence number|Bad attribute Value Multiplicity for Type"), "number of items"),
        (Words("Bad attribute Value Multiplicity"), "number of values"),
        (Words("doesn't match data dictionary|Invalid Value Representation"), "VR"),
        (Words("Private tag without|private owner"), "private"),
        (Words("Information Object Not found"), "no IOD"),
        (Words("not a recognized standard"), "unknown element"),
        (Words("Unrecognized tag|Unrecognized or unsupported"), "element not in its dictionary"),
        (Words("Bad group length"), "group length"),
        (Words("FileMetaInformationVersion|MediaStorage"), "file meta"),
        (Words("Bad Value Length|Bad tag|Explicit Value Length|SequenceDelim|prematurely|Illegal zero bytes|unsupported by this|read failed|PixelData element in top"), "encoding"),
    ];

    /// <summary>It gave up reading; what it says of the rest is not about the whole object.</summary>
    public static bool IsIncomplete(string output) =>
        output.Contains("Tags out of order", StringComparison.Ordinal) || output.Contains("dataset read failed", StringComparison.Ordinal);

    /// <summary>Its findings with their words.</summary>
    public static Dictionary<ComparedFinding, string> Read(string output)
    {
        var findings = new Dictionary<ComparedFinding, string>();
        foreach (Match line in Line().Matches(output))
        {
            string message = line.Groups[2].Value.Trim();
            string kind = Array.Find(Kinds, k => k.Message.IsMatch(message)).Kind ?? "rule";
            findings.TryAdd(new ComparedFinding(kind, PathOf(line.Groups[1].Value)), message);
        }
        return findings;
    }

    /// <summary>&lt;/ProcedureCodeSequence(0008,1032)[1]/CodeMeaning(0008,0104)&gt; as (0008,1032)[1](0008,0104).</summary>
    private static string PathOf(string path)
    {
        var steps = Step().Matches(path);
        var result = new StringBuilder();
        for (int i = 0; i < steps.Count; i++)
        {
            result.Append($"({steps[i].Groups[1].Value.ToUpperInvariant()})");
            if (i < steps.Count - 1) result.Append($"[{(int.TryParse(steps[i].Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture, out int number) ? (object)(number - 1) : "")}]");
        }
        return result.ToString();
    }

    private static Regex Words(string pattern) => new(pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    [GeneratedRegex("^(?:Error|Warning) - (?:<(/.*?)> - )?(.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("\\(([0-9a-fA-F]{4},[0-9a-fA-F]{4})(?:,\"[^\"]*\")?\\)(?:\\[([0-9]+)\\])?")]
    private static partial Regex Step();
}

/// <summary>Our findings in the same terms.</summary>
internal static class OurFindings
{
    public static Dictionary<ComparedFinding, string> Of(DicomFile file)
    {
        var findings = new Dictionary<ComparedFinding, string>();
        foreach (var finding in IodValidator.Validate(file, new ValidationOptions { MaxFindings = 100_000 }))
            findings.TryAdd(new ComparedFinding(KindOf(finding.Rule), finding.Path), finding.Message);
        return findings;
    }

    private static string KindOf(ValidationRule rule) => rule switch
    {
        ValidationRule.Absent => "absent",
        ValidationRule.ConditionallyAbsent => "absent on condition",
        ValidationRule.Empty => "empty",
        ValidationRule.ConditionallyEmpty => "empty on condition",
        ValidationRule.NotAllowed => "not allowed",
        ValidationRule.NotInIod => "not in the IOD",
        ValidationRule.DirectoryKey => "directory key",
        ValidationRule.Retired => "retired",
        ValidationRule.EnumeratedValue => "enumerated value",
        ValidationRule.DefinedTerm => "defined term",
        ValidationRule.Zero => "zero",
        ValidationRule.ValueFormat or ValidationRule.ValueLength or ValidationRule.Characters or ValidationRule.UniqueIdentifier => "value",
        ValidationRule.NumberOfItems => "number of items",
        ValidationRule.ValueMultiplicity => "number of values",
        ValidationRule.ValueRepresentation => "VR",
        ValidationRule.PrivateElement => "private",
        ValidationRule.SopClass => "no IOD",
        ValidationRule.UnknownElement => "unknown element",
        ValidationRule.ContextGroup => "context group",
        ValidationRule.ContentRelationship => "content relationship",
        ValidationRule.ReportTemplate => "report template",
        ValidationRule.FileMeta => "file meta",
        ValidationRule.Encoding => "encoding",
        _ => "rule",
    };
}
