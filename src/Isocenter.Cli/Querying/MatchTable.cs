using Isocenter.Cli.Dump;
using Isocenter.Dicom;

namespace Isocenter.Cli.Querying;

/// <summary>Matches of a query as an aligned table, for people.</summary>
internal static class MatchTable
{
    private const int WidestColumn = 64;

    public static void Write(TextWriter output, IReadOnlyList<Tag> columns, IReadOnlyList<DataSet> matches, bool hasColour)
    {
        if (matches.Count == 0) return;
        string[] heads = [.. columns.Select(tag => DataDictionary.TryFind(tag, out var entry) ? entry.Keyword : tag.ToString())];
        string[][] rows = [.. matches.Select(match => columns.Select(tag => Text(match, tag)).ToArray())];
        int[] widths = [.. heads.Select((head, i) => Math.Min(WidestColumn, rows.Max(row => Math.Max(head.Length, row[i].Length))))];
        WriteRow(output, heads, widths, hasColour ? "\e[1m" : "", hasColour ? "\e[0m" : "");
        foreach (string[] row in rows) WriteRow(output, row, widths, "", "");
    }

    private static void WriteRow(TextWriter output, string[] cells, int[] widths, string before, string after)
    {
        var line = new System.Text.StringBuilder(before);
        for (int i = 0; i < cells.Length; i++)
        {
            string cell = cells[i].Length > widths[i] ? cells[i][..(widths[i] - 1)] + "…" : cells[i];
            line.Append(cell.PadRight(i + 1 < cells.Length ? widths[i] + 2 : 0));
        }
        output.WriteLine(line.ToString().TrimEnd() + after);
    }

    private static string Text(DataSet match, Tag tag) => Printable.Of(string.Join('\\', match.GetAll<string>(tag)));
}
