namespace Isocenter.Dicom.Validation;

/// <summary>A kind of report: which content items may stand in which relationship (PS3.3 §A.35), and its root templates.</summary>
/// <param name="Name">Of the IOD, in words.</param>
/// <param name="Targets">By source value type and relationship: the value types that may be the target.</param>
/// <param name="Roots">Templates that the whole document may follow.</param>
internal sealed record ReportDocument(string Name, IReadOnlyDictionary<(string Source, string Relationship), HashSet<string>> Targets, IReadOnlyList<RootTemplate> Roots)
{
    /// <summary>Marks what may stand in a relationship by reference, too (PS3.3 §C.17.3.2.5).</summary>
    public const string ByReference = "R-";
}

/// <summary>A template that a document may follow.</summary>
/// <param name="Template">Its name in the tables.</param>
/// <param name="IsRequired">The IOD knows no other, and documents name it.</param>
/// <param name="Title">Document titles by which one is known that names no template.</param>
/// <param name="Procedure">Together with this procedure reported; empty: any.</param>
internal sealed record RootTemplate(string Template, bool IsRequired, IReadOnlyList<TemplateCode> Title, IReadOnlyList<TemplateCode> Procedure);

/// <summary>A template of PS3.16 Annex A.</summary>
/// <param name="Name">In the tables, which split some.</param>
/// <param name="Tid">Its number.</param>
/// <param name="Title">In words.</param>
/// <param name="IsClosed">No content items but those of the template (PS3.16 §6).</param>
internal sealed record ReportTemplate(string Name, string Tid, string Title, bool IsClosed)
{
    /// <summary>Its rows, nested as content items are.</summary>
    public TemplateRow[] Rows { get; set; } = [];

    public override string ToString() => $"TID {Tid}";
}

/// <summary>When a row must be there (PS3.16 §6).</summary>
internal enum RequirementType : byte
{
    /// <summary>Always.</summary>
    Mandatory,
    /// <summary>When its condition holds.</summary>
    MandatoryConditional,
    /// <summary>As the user wishes.</summary>
    UserOption,
    /// <summary>As the user wishes, but when its condition holds only.</summary>
    UserOptionConditional,
}

/// <summary>A row of a template: a content item, or another template that is included.</summary>
internal sealed class TemplateRow
{
    /// <summary>The template it is part of.</summary>
    public required ReportTemplate Template { get; init; }

    /// <summary>As the standard counts, with letters in between.</summary>
    public required string Number { get; init; }

    public required RequirementType Requirement { get; init; }

    /// <summary>How many, when there is any.</summary>
    public required Multiplicity Multiplicity { get; init; }

    /// <summary>To the item around it, without R-; empty: not said.</summary>
    public required string Relationship { get; init; }

    /// <summary>The relationship is one by reference.</summary>
    public bool IsByReference { get; init; }

    /// <summary>As (0040,A040); empty for an included template.</summary>
    public string ValueType { get; init; } = "";

    /// <summary>Name of the included template in the tables.</summary>
    public string? Included { get; init; }

    /// <summary>What its parameters stand for.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = NoArguments;

    public CodeChoice? ConceptName { get; init; }

    public CodeChoice? Value { get; init; }

    public CodeChoice? Units { get; init; }

    public string[] GraphicTypes { get; init; } = [];

    /// <summary>How many points; null: as the Graphic Type has it.</summary>
    public Multiplicity? Points { get; init; }

    /// <summary>An XPath over the content tree, asked at the item around the row.</summary>
    public string? Condition { get; init; }

    public bool MayBePresentOtherwise { get; init; }

    /// <summary>An item is of this row only when its relationship is that of the row.</summary>
    public bool IsExact { get; init; }

    public TemplateRow[] Rows { get; set; } = [];

    public static IReadOnlyDictionary<string, string> NoArguments { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public override string ToString() => $"{Template} row {Number}";
}

/// <summary>A code in the tables.</summary>
/// <param name="Value">Code value.</param>
/// <param name="Scheme">Coding Scheme Designator.</param>
/// <param name="Meaning">Of DCM only.</param>
internal readonly record struct TemplateCode(string Value, string Scheme, string? Meaning)
{
    public override string ToString() => Meaning is null ? $"({Value}, {Scheme})" : $"({Value}, {Scheme}, \"{Meaning}\")";
}

/// <summary>Codes that may stand somewhere.</summary>
/// <param name="Codes">One of these, all of which mean the same; empty when a group is named.</param>
/// <param name="Group">Name of a context group, or a parameter that begins with $.</param>
/// <param name="IsDefined">A Defined Context Group, not a Baseline one.</param>
internal sealed record CodeChoice(IReadOnlyList<TemplateCode> Codes, string? Group, bool IsDefined);
