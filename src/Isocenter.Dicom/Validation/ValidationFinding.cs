namespace Isocenter.Dicom;

/// <summary>How bad a finding is.</summary>
public enum ValidationSeverity
{
    /// <summary>Something that could not be checked, or that the standard only suggests. Only on demand (<see cref="ValidationOptions.IncludeNotes"/>).</summary>
    Note,
    /// <summary>Unusual, discouraged or not to be decided from the data set alone.</summary>
    Warning,
    /// <summary>The standard says otherwise.</summary>
    Error,
}

/// <summary>The kinds of rules that a data set can break.</summary>
public enum ValidationRule
{
    /// <summary>What the reader found in the bytes: lengths, order, delimiters (PS3.5 §7, PS3.10 §7).</summary>
    Encoding,
    /// <summary>File Meta Information against the data set (PS3.10 §7.1).</summary>
    FileMeta,
    /// <summary>There is no SOP Class UID, or no IOD is known for it.</summary>
    SopClass,
    /// <summary>An attribute of Type 1 or 2 is absent (PS3.5 §7.4).</summary>
    Absent,
    /// <summary>An attribute of Type 1 has no value.</summary>
    Empty,
    /// <summary>An attribute of Type 1C or 2C is absent, and its condition holds.</summary>
    ConditionallyAbsent,
    /// <summary>An attribute of Type 1C has no value, and its condition holds or it is present all the same.</summary>
    ConditionallyEmpty,
    /// <summary>An attribute of Type 1C or 2C is present, and its condition does not hold.</summary>
    NotAllowed,
    /// <summary>A condition cannot be computed from the data set. A note.</summary>
    NotComputable,
    /// <summary>Number of values (PS3.6, or narrower in a module).</summary>
    ValueMultiplicity,
    /// <summary>Number of items of a sequence.</summary>
    NumberOfItems,
    /// <summary>None of the Enumerated Values.</summary>
    EnumeratedValue,
    /// <summary>None of the Defined Terms, to which others may be added. A warning.</summary>
    DefinedTerm,
    /// <summary>A code that is not in the context group it should be from, or is none of its scheme (PS3.16).</summary>
    ContextGroup,
    /// <summary>A content item of a report in a relationship that its IOD does not allow, or a reference to none (PS3.3 §A.35).</summary>
    ContentRelationship,
    /// <summary>The content of a report against the template that it follows (PS3.16 Annex A).</summary>
    ReportTemplate,
    /// <summary>Zero where zero makes no sense.</summary>
    Zero,
    /// <summary>A rule of its own in a module.</summary>
    ModuleRule,
    /// <summary>The VR is not that of PS3.6, or not the one the data set's other values demand.</summary>
    ValueRepresentation,
    /// <summary>Length or padding of a value (PS3.5 §6.2).</summary>
    ValueLength,
    /// <summary>Format of a value (PS3.5 Table 6.2-1).</summary>
    ValueFormat,
    /// <summary>Characters that the VR or the character set does not allow (PS3.5 §6.1).</summary>
    Characters,
    /// <summary>A UID that breaks PS3.5 §9, or stands for two things.</summary>
    UniqueIdentifier,
    /// <summary>Retired in PS3.6. A warning.</summary>
    Retired,
    /// <summary>Known to PS3.6, but not part of the IOD. A warning: a Standard Extended SOP Class may have it (PS3.4 §B.4).</summary>
    NotInIod,
    /// <summary>An element of an even group that PS3.6 does not know.</summary>
    UnknownElement,
    /// <summary>A private element without a creator, or a creator that reserves nothing (PS3.5 §7.8.1).</summary>
    PrivateElement,
    /// <summary>Values that contradict each other.</summary>
    Consistency,
    /// <summary>An attribute without which no DICOMDIR can be built (PS3.3 Annex F). A warning.</summary>
    DirectoryKey,
    /// <summary>The validator stopped at one of its limits.</summary>
    Limit,
}

/// <summary>One thing that is not as the standard says.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Rule">The kind of rule.</param>
/// <param name="Path">Where, as (0008,1140)[2](0008,1155): items are counted from 0. Empty: the data set as a whole.</param>
/// <param name="Keyword">Keyword of the last attribute of the path; empty for private and unknown ones.</param>
/// <param name="Section">Where the standard says so, as PS3.3 §C.7.1.1; empty when the tables do not tell.</param>
/// <param name="Message">What was expected and found, in words.</param>
public sealed record ValidationFinding(
    ValidationSeverity Severity,
    ValidationRule Rule,
    string Path,
    string Keyword,
    string Section,
    string Message)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string where = (Path, Keyword) switch
        {
            ("", _) => "",
            (_, "") => $" {Path}:",
            _ => $" {Path} {Keyword}:",
        };
        string section = Section.Length == 0 ? "" : $" ({Section})";
        return $"{Severity}{where} {Message}{section}";
    }
}
