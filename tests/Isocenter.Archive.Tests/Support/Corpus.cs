namespace Isocenter.Archive.Tests;

/// <summary>Real files, where they are at hand: the folder that ISOCENTER_CORPUS names, or tests/corpus.</summary>
internal static class Corpus
{
    public static IReadOnlyList<string> Files()
    {
        string? folder = Environment.GetEnvironmentVariable("ISOCENTER_CORPUS");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); folder is null && at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "tests", "corpus");
            if (Directory.Exists(candidate)) folder = candidate;
        }
        if (folder is null) Assert.Skip("no corpus: set ISOCENTER_CORPUS to a folder of DICOM files");
        return Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
    }
}
