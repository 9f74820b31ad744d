using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>A file that a command works on.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="RelativePath">Its path below the folder that was named, or its name.</param>
/// <param name="IsNamed">It was named itself: then it is a failure when it is no DICOM file.</param>
internal sealed record InputFile(string Path, string RelativePath, bool IsNamed);

/// <summary>Finds the files of a command: as they are named, and in folders all that look like DICOM.</summary>
internal static class InputFiles
{
    /// <summary>The paths in order. A folder without DICOM files is an error.</summary>
    public static string[] Expand(IReadOnlyList<string> paths, CancellationToken cancel) => [.. Find(paths, cancel).Select(file => file.Path)];

    /// <summary>The files in order. A folder without DICOM files is an error.</summary>
    /// <exception cref="CommandException">Nothing is there.</exception>
    public static IReadOnlyList<InputFile> Find(IReadOnlyList<string> paths, CancellationToken cancel)
    {
        var files = new List<InputFile>();
        foreach (string path in paths)
        {
            if (path.Length == 0) throw new UsageException("a file name is empty");
            if (!Directory.Exists(path))
            {
                files.Add(new InputFile(path, Path.GetFileName(path), IsNamed: true));
                continue;
            }
            int before = files.Count;
            foreach (string file in FilesBelow.Of(path, cancel))
            {
                // What it is nobody knows: the command is to say that it cannot be opened.
                if (Failure.IsUnspeakable(file)) files.Add(new InputFile(file, Path.GetRelativePath(path, file), IsNamed: true));
                else if (LooksLikeDicom(file)) files.Add(new InputFile(file, Path.GetRelativePath(path, file), IsNamed: false));
            }
            if (files.Count == before) throw new CommandException($"{path}: there are no DICOM files in this folder");
        }
        return files;
    }

    private static bool LooksLikeDicom(string path)
    {
        try
        {
            using var file = DicomFile.Open(path, new ReadOptions { StopBefore = new Tag(0x0008_0000) });
            return true;
        }
        catch (Exception e) when (e is DicomFormatException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
