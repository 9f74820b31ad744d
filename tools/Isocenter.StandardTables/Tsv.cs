namespace Isocenter.StandardTables;

/// <summary>A table of tab separated columns under a line of headings.</summary>
internal static class Tsv
{
    /// <summary>The rows, each by heading. Missing columns at the end of a line are empty.</summary>
    public static IEnumerable<Dictionary<string, string>> Read(params string[] path)
    {
        string[]? headings = null;
        foreach (string line in File.ReadLines(Path.Combine(path)))
        {
            string[] cells = line.Split('\t');
            if (headings is null)
            {
                headings = cells;
                continue;
            }
            if (line.Length == 0) continue;
            var row = new Dictionary<string, string>(StringComparer.Ordinal);
            for (int i = 0; i < headings.Length; i++) row[headings[i]] = i < cells.Length ? cells[i].Trim() : "";
            yield return row;
        }
    }
}
