using Isocenter.Dicom;
using Isocenter.Dicom.FileSets;

namespace Isocenter.Cli.Media;

/// <summary>Shows a file-set as an indented tree.</summary>
internal static class FileSetListing
{
    /// <summary>What tells one record of a level from the next, in the order it is shown.</summary>
    private static readonly Tag[] Telling =
    [
        Tags.PatientName, Tags.PatientID, Tags.StudyDate, Tags.StudyDescription, Tags.AccessionNumber, Tags.Modality, Tags.SeriesNumber,
        Tags.SeriesDescription, Tags.InstanceNumber, Tags.ContentLabel, Tags.RTPlanLabel, Tags.StructureSetLabel,
    ];

    public static int Write(Terminal terminal, string path)
    {
        var set = FileSet.Open(path);
        terminal.Output.WriteLine($"{(set.Id.Length > 0 ? Plain(set.Id) : "(no File-set ID)")}: {set.Walk().Count(record => record.FileId.Count > 0)} files");
        foreach (var record in set.Walk())
        {
            int depth = 1;
            for (var above = record.Parent; above is not null; above = above.Parent) depth++;
            terminal.Output.Write(new string(' ', 2 * depth));
            terminal.Output.Write(Plain(record.Type));
            foreach (var tag in Telling)
            {
                if (record.Keys.TryGet(tag, out string? value) && value.Length > 0) terminal.Output.Write($"  {Plain(value)}");
            }
            if (record.FileId.Count > 0) terminal.Output.Write($"  {Plain(string.Join('/', record.FileId))}");
            terminal.Output.WriteLine();
        }
        foreach (var finding in set.Findings) terminal.Error.WriteLine($"{path}: {finding}");
        return ExitCode.Done;
    }

    /// <summary>Nothing in a file may steer the terminal.</summary>
    private static string Plain(string text) => string.Create(text.Length, text, static (place, text) =>
    {
        for (int i = 0; i < place.Length; i++) place[i] = char.IsControl(text[i]) ? '?' : text[i];
    });
}
