using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Dicom.FileSets;

namespace Isocenter.Cli.Media;

/// <summary>Makes and updates file-sets: copies files under names a medium allows, and writes their DICOMDIR.</summary>
internal static class FileSetMaker
{
    /// <summary>Reading goes as far as the records need.</summary>
    public static ReadOptions HeaderOptions { get; } = ReadOptions.HeaderOnly;

    public static int Create(Terminal terminal, string folder, string[] sources, string id)
    {
        if (File.Exists(Path.Combine(folder, FileSet.DirectoryName)))
            throw new CommandException($"{folder} has a DICOMDIR already; 'isocenter dicomdir update' adds to it");
        Directory.CreateDirectory(folder);
        return Fill(terminal, folder, sources, new FileSetBuilder(id), removed: 0);
    }

    public static int Update(Terminal terminal, string folder, string[] sources)
    {
        var set = FileSet.Open(folder);
        foreach (var finding in set.Findings) terminal.Error.WriteLine($"{FileSet.DirectoryName}: {finding}");
        var builder = new FileSetBuilder(set);
        int removed = 0;
        foreach (var record in set.Walk())
        {
            if (record.FileId.Count == 0 || set.PathOf(record) is { } path && File.Exists(path)) continue;
            if (record.Keys.TryGet(Tags.ReferencedSOPInstanceUIDInFile, out string? uid) && builder.Remove(uid)) removed++;
        }
        return Fill(terminal, set.Folder!, sources, builder, removed);
    }

    private static int Fill(Terminal terminal, string folder, string[] sources, FileSetBuilder builder, int removed)
    {
        int added = 0, failed = 0;
        int number = 0;
        if (sources.Length == 0)
        {
            foreach (string path in FilesBelow.Of(folder))
            {
                if (Path.GetFileName(path) == FileSet.DirectoryName) continue;
                string[] id = Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar);
                Try(path, () => Add(builder, path, id));
            }
        }
        foreach (string path in sources.SelectMany(source => Directory.Exists(source) ? FilesBelow.Of(source) : [source]))
        {
            Try(path, () =>
            {
                using var file = OpenForMedium(path);
                if (builder.Contains(file.DataSet.Get<string>(Tags.SOPInstanceUID))) return false;
                string[] id;
                do id = ["DICOM", $"D{number / 1000:D5}", string.Create(CultureInfo.InvariantCulture, $"I{number++:D7}")];
                while (File.Exists(Path.Combine([folder, .. id])));
                string target = Path.Combine([folder, .. id]);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(path, target);
                try
                {
                    return builder.Add(file.DataSet, file.TransferSyntax, id);
                }
                catch (DicomFormatException)
                {
                    File.Delete(target);
                    throw;
                }
            });
        }
        builder.Save(folder);
        foreach (var finding in builder.Findings) terminal.Error.WriteLine(finding.ToString());
        terminal.Output.WriteLine($"{Path.Combine(folder, FileSet.DirectoryName)}: {builder.Count} objects, {added} added, {removed} taken out, {failed} refused");
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;

        void Try(string path, Func<bool> add)
        {
            string? problem = Failure.Try(() =>
            {
                if (add()) added++;
            });
            if (problem is null) return;
            failed++;
            terminal.Error.WriteLine($"{path}: {problem}");
        }
    }

    /// <summary>On a medium stand files of PS3.10, with their head.</summary>
    private static DicomFile OpenForMedium(string path)
    {
        var file = DicomFile.Open(path, HeaderOptions);
        if (file.FileMeta.Count > 0) return file;
        file.Dispose();
        throw new CommandException("has no File Meta Information, which files on a medium need (PS3.10 §7.1); 'isocenter convert' writes it");
    }

    private static bool Add(FileSetBuilder builder, string path, string[] id)
    {
        using var file = OpenForMedium(path);
        if (builder.Contains(file.DataSet.Get<string>(Tags.SOPInstanceUID))) return false;
        if (Array.Find(id, component => !FileSetBuilder.IsLegalName(component)) is { } illegal || id.Length > 8)
        {
            throw new CommandException("a medium allows up to 8 names of 1 to 8 capitals, digits and underscores (PS3.10 §8.2); "
                + "'isocenter dicomdir create NEW_FOLDER FILE…' copies it under such a name");
        }
        return builder.Add(file.DataSet, file.TransferSyntax, id);
    }
}
