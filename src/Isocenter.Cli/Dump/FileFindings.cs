using Isocenter.Dicom;

namespace Isocenter.Cli.Dump;

/// <summary>What was wrong in the bytes of a file that is shown or written as text, one line each on stderr.</summary>
internal static class FileFindings
{
    /// <summary>What reading found, and what is wrong about character sets: text is what these commands give.</summary>
    public static IReadOnlyList<Finding> Of(DicomFile file) => [.. file.Findings.Concat(ValueCheck.RunCharacterSets(file.DataSet)).Distinct()];

    public static void Report(Terminal terminal, string path, IEnumerable<Finding> findings)
    {
        foreach (var finding in findings) terminal.Error.WriteLine(Printable.Of($"{path}: {finding}"));
    }

    /// <summary>The compressed pixel data of a file, which neither JSON nor XML can hold.</summary>
    public static IEnumerable<Finding> LeftOut(DataSet dataSet) => dataSet.Where(element => element.Fragments is not null)
        .Select(element => new Finding("compressed pixel data have no form in this text; left out", null, element.Tag.ToString(), "PS3.18 §F.2.2"));
}
