using Isocenter.Dicom;

namespace Isocenter.Cli.Dump;

/// <summary>What was wrong in the bytes of a file that is shown or written as text, one line each on stderr.</summary>
internal static class FileFindings
{
    /// <summary>What reading found, what is wrong about character sets, and values that are not what their VR says: text and numbers
    /// are what these commands give.</summary>
    public static IReadOnlyList<Finding> Of(DicomFile file) => [.. file.Findings.Concat(ValueCheck.RunMeanings(file.DataSet)).Distinct()];

    public static void Report(Terminal terminal, string path, IEnumerable<Finding> findings)
    {
        foreach (var finding in findings) terminal.Error.WriteLine(Printable.Of($"{path}: {finding}"));
    }

    /// <summary>What neither JSON nor XML can hold: compressed pixel data, groups of names behind the third.</summary>
    public static IEnumerable<Finding> LeftOut(DataSet dataSet, bool withPixelData)
    {
        foreach (var at in dataSet.Walk())
        {
            if (withPixelData && at.Element.Fragments is not null)
                yield return new Finding("compressed pixel data have no form in this text; left out", null, at.Path.ToString(), "PS3.18 §F.2.2");
            else if (at.Element.VR == VR.PN && at.Element.Text.Split('\\').Any(name => name.Count(c => c == '=') > 2))
                yield return new Finding("a name has more than three groups; the others are left out", null, at.Path.ToString(), "PS3.5 §6.2.1");
        }
    }
}
