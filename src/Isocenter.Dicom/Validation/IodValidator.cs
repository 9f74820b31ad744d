using Isocenter.Dicom.Validation;

namespace Isocenter.Dicom;

/// <summary>Checks data sets against the IODs of PS3.3 and the value rules of PS3.5.</summary>
/// <remarks>The tables of PS3.3 are about 2024e; objects newer than that may be right where a warning stands, and
/// attributes that an IOD does not know are never an error. Conditions of the real world, which no data set tells, are not
/// judged. Safe from many threads.</remarks>
public static class IodValidator
{
    /// <summary>UIDs of the SOP classes whose IOD is known, in ordinal order.</summary>
    public static IEnumerable<string> SopClasses => IodTables.Shared.SopClasses.Order(StringComparer.Ordinal);

    /// <summary>Checks a data set.</summary>
    /// <returns>What is not as the standard says, in the order of the elements. Empty: nothing was found.</returns>
    /// <remarks>Takes any data set without an exception. The data set must not be changed meanwhile.</remarks>
    public static IReadOnlyList<ValidationFinding> Validate(DataSet dataSet, ValidationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        return new ValidationRun(IodTables.Shared, dataSet, options ?? ValidationOptions.Default).Run();
    }

    /// <summary>Checks a file: what the reader found in its bytes, File Meta Information, and the data set.</summary>
    /// <returns>As for a data set; what the reader found comes first.</returns>
    public static IReadOnlyList<ValidationFinding> Validate(DicomFile file, ValidationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        options = (options ?? ValidationOptions.Default) with { FileMeta = MetaOf(file) };
        var findings = Validate(file.DataSet, options);
        if (file.Findings.Count == 0 && file.IsComplete) return findings;
        var all = new List<ValidationFinding>(file.Findings.Select(FromReader));
        if (!file.IsComplete) all.Add(new ValidationFinding(ValidationSeverity.Error, ValidationRule.Encoding, "", "", "", "the file ends before its data set does"));
        all.AddRange(findings);
        return all;
    }

    /// <summary>Group 0002, of a file that was made and not read with the group length that the writer will give it.</summary>
    private static DataSet MetaOf(DicomFile file) =>
        file.DataSetOffset > 0 || file.FileMeta.Count == 0 || file.FileMeta.Contains(Tags.FileMetaInformationGroupLength)
            ? file.FileMeta
            : file.FileMeta.Copy().Set(Tags.FileMetaInformationGroupLength, 0u);

    private static ValidationFinding FromReader(Finding finding)
    {
        string message = finding.Offset is { } offset ? FormattableString.Invariant($"{finding.Problem} (at byte {offset})") : finding.Problem;
        int last = finding.Path.LastIndexOf('(');
        string keyword = last >= 0 && Tag.TryParse(finding.Path.AsSpan(last), null, out var tag) && DataDictionary.TryFind(tag, out var entry) ? entry.Keyword : "";
        return new ValidationFinding(ValidationSeverity.Error, ValidationRule.Encoding, finding.Path, keyword, finding.Rule ?? "", message);
    }
}
