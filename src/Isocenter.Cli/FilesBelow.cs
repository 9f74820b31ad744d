namespace Isocenter.Cli;

/// <summary>The files of a folder and of the folders in it, hidden ones too. Every command that takes folders finds its files
/// here.</summary>
internal static class FilesBelow
{
    private static readonly EnumerationOptions Options = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.System,
        MaxRecursionDepth = 100,          // links can make circles
    };

    /// <summary>In order of their paths.</summary>
    public static IEnumerable<string> Of(string folder, CancellationToken cancel = default)
    {
        foreach (string file in Unordered(folder).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            yield return file;
        }
    }

    /// <summary>As the file system gives them: the first comes at once, however many there are.</summary>
    public static IEnumerable<string> Unordered(string folder) => Directory.EnumerateFiles(folder, "*", Options);
}
