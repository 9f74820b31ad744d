namespace Isocenter.Cli.Validating;

/// <summary>The files of a folder and of those in it, in order.</summary>
internal static class FilesBelow
{
    private static readonly EnumerationOptions Options = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.System,
        MaxRecursionDepth = 100,          // links can make circles
    };

    public static IEnumerable<string> Of(string folder) => Directory.EnumerateFiles(folder, "*", Options).Order(StringComparer.Ordinal);
}
