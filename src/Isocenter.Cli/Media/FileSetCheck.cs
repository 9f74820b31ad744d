using Isocenter.Dicom;
using Isocenter.Dicom.FileSets;

namespace Isocenter.Cli.Media;

/// <summary>Holds the records of a DICOMDIR against the files they name.</summary>
internal static class FileSetCheck
{
    public static int Run(Terminal terminal, string path)
    {
        var set = FileSet.Open(path);
        int files = 0, wrong = 0;
        foreach (var finding in set.Findings) Tell(finding.ToString());
        foreach (var record in set.Walk())
        {
            if (record.FileId.Count == 0) continue;
            files++;
            string name = string.Join('/', record.FileId);
            if (set.PathOf(record) is not { } file) Tell($"{name}: the name leads out of the folder");
            else if (!File.Exists(file)) Tell($"{name}: there is no such file");
            else if (Failure.Try(() => Compare(record, file)) is { } problem) Tell($"{name}: {problem}");
        }
        terminal.Output.WriteLine(wrong == 0 ? $"{files} files, all as their records say" : $"{files} files, {wrong} problems");
        return wrong == 0 ? ExitCode.Done : ExitCode.Failed;

        void Tell(string problem)
        {
            wrong++;
            terminal.Error.WriteLine(problem);
        }
    }

    private static void Compare(DirectoryRecord record, string path)
    {
        using var file = DicomFile.Open(path, FileSetMaker.HeaderOptions);
        (Tag InRecord, string InFile)[] pairs =
        [
            (Tags.ReferencedSOPInstanceUIDInFile, file.DataSet.Get(Tags.SOPInstanceUID, "")),
            (Tags.ReferencedSOPClassUIDInFile, file.DataSet.Get(Tags.SOPClassUID, "")),
            (Tags.ReferencedTransferSyntaxUIDInFile, file.TransferSyntax.Uid.Value),
        ];
        foreach (var (tag, actual) in pairs)
        {
            string said = record.Keys.Get(tag, "");
            if (said != actual) throw new CommandException($"the record says {said}, the file {actual}");
        }
    }
}
