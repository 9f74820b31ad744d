using Xunit;

namespace Isocenter.Testing;

/// <summary>One file of the corpus, as its MANIFEST.tsv describes it.</summary>
/// <param name="Path">Where it is on this machine.</param>
/// <param name="Name">Its path within the corpus.</param>
/// <param name="Exercises">What is particular about it, in words.</param>
/// <param name="Expected">parses, lenient, decodes, expected, reject or n/a.</param>
public sealed record CorpusFile(string Path, string Name, string Exercises, string Expected)
{
    public override string ToString() => Name;
}

/// <summary>The corpus of real files, which is not part of the repository: the folder that ISOCENTER_CORPUS names, or
/// ../shared/corpus beside the repository.</summary>
public static class Corpus
{
    /// <summary>Its folder; null when it is not at hand.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Its folder. Skips the test when it is not at hand.</summary>
    public static string Require()
    {
        if (Folder is null) Assert.Skip("The corpus is not at hand: set ISOCENTER_CORPUS to its folder.");
        return Folder;
    }

    /// <summary>Its files, in order. Skips the test when the corpus is not at hand.</summary>
    /// <param name="expected">Only those of which this is expected; all when none is given.</param>
    public static IReadOnlyList<CorpusFile> Files(params string[] expected)
    {
        string folder = Require();
        var files = new List<CorpusFile>();
        string[] lines = File.ReadAllLines(Path.Combine(folder, "MANIFEST.tsv"));
        string[] columns = lines[0].Split('\t');
        int path = Array.IndexOf(columns, "path"), exercises = Array.IndexOf(columns, "exercises"), expectation = Array.IndexOf(columns, "expected");
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split('\t');
            if (cells.Length <= expectation || expected.Length > 0 && !expected.Contains(cells[expectation])) continue;
            files.Add(new CorpusFile(Path.Combine(folder, cells[path]), cells[path], cells[exercises], cells[expectation]));
        }
        return files;
    }

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("ISOCENTER_CORPUS");
        if (!string.IsNullOrEmpty(named)) return IsCorpus(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Isocenter.slnx"))) continue;
            string beside = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "corpus"));
            return IsCorpus(beside) ? beside : null;
        }
        return null;
    }

    private static bool IsCorpus(string folder) => File.Exists(Path.Combine(folder, "MANIFEST.tsv"));
}
