using System.Text;
using Isocenter.Cli.Dump;
using Isocenter.Dicom;

namespace Isocenter.Cli.Querying;

/// <summary>Matches of a query as an aligned table, for people, and as CSV (RFC 4180), for other programs.</summary>
internal static class MatchTable
{
    private const int WidestColumn = 64;

    /// <summary>The level's own columns in their order, then what was asked for besides.</summary>
    public static IReadOnlyList<ElementPath> Columns(QueryLevel? level, IReadOnlyList<QueryKey> keys) =>
        [.. (level?.Columns ?? []).Select(ElementPath.Of).Concat(keys.Select(key => key.Path)).Distinct()];

    public static void Write(TextWriter output, IReadOnlyList<ElementPath> columns, IReadOnlyList<DataSet> matches, bool hasColour)
    {
        if (matches.Count == 0) return;
        string[] heads = [.. columns.Select(Head)];
        string[][] rows = [.. matches.Select(match => columns.Select(path => Printable.Of(Text(match, path))).ToArray())];
        int[] widths = [.. heads.Select((head, i) => Math.Min(WidestColumn, rows.Max(row => Math.Max(head.Length, row[i].Length))))];
        WriteRow(output, heads, widths, hasColour ? "\e[1m" : "", hasColour ? "\e[0m" : "");
        foreach (string[] row in rows) WriteRow(output, row, widths, "", "");
    }

    /// <summary>Writes the first line of a CSV file.</summary>
    public static void WriteCsvHead(TextWriter output, IReadOnlyList<ElementPath> columns) =>
        output.Write(string.Join(',', columns.Select(path => Quoted(Head(path)))) + "\r\n");

    /// <summary>Writes one match as a line of CSV.</summary>
    public static void WriteCsv(TextWriter output, IReadOnlyList<ElementPath> columns, DataSet match) =>
        output.Write(string.Join(',', columns.Select(path => Quoted(Text(match, path)))) + "\r\n");

    private static void WriteRow(TextWriter output, string[] cells, int[] widths, string before, string after)
    {
        var line = new StringBuilder(before);
        for (int i = 0; i < cells.Length; i++)
        {
            string cell = cells[i].Length > widths[i] ? cells[i][..(widths[i] - 1)] + "…" : cells[i];
            line.Append(cell.PadRight(i + 1 < cells.Length ? widths[i] + 2 : 0));
        }
        output.WriteLine(line.ToString().TrimEnd() + after);
    }

    private static string Head(ElementPath path) => path.ToKeywords().Replace("[0]", "", StringComparison.Ordinal);

    private static string Text(DataSet match, ElementPath path)
    {
        // A sequence may come back with more items than the query had.
        var everywhere = new ElementPath([.. path.Steps.Select(step => step.Item.IsNone ? step : step with { Item = ItemIndex.All })]);
        var found = match.Select(everywhere).Where(element => !element.IsEmpty).ToArray();
        return found is [{ IsSequence: true } sequence] ? $"{sequence.Items.Count} {(sequence.Items.Count == 1 ? "item" : "items")}"
            : string.Join('\\', match.GetAll<string>(everywhere));
    }

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny("\",\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
