using Isocenter.Dicom;

namespace Isocenter.Cli.Querying;

/// <summary>How matches are written.</summary>
internal enum MatchFormat
{
    /// <summary>For people.</summary>
    Table,
    /// <summary>An array in the DICOM JSON Model.</summary>
    Json,
    /// <summary>RFC 4180.</summary>
    Csv,
}

/// <summary>Writes matches of a query: JSON and CSV as they come, so that a large answer takes no memory; a table when all
/// are there, since its columns are as wide as the widest of them.</summary>
internal sealed class MatchOutput(Terminal terminal, IReadOnlyList<ElementPath> columns, MatchFormat format)
{
    private static readonly JsonOptions Indented = new() { Indented = true };

    private readonly List<DataSet> _rows = [];

    public int Count { get; private set; }

    public void Begin()
    {
        if (format == MatchFormat.Csv) MatchTable.WriteCsvHead(terminal.Output, columns);
        if (format == MatchFormat.Json)
        {
            terminal.Output.Flush();
            terminal.OutputStream.Write("["u8);
        }
    }

    public void Add(DataSet match)
    {
        Count++;
        if (format == MatchFormat.Table) _rows.Add(match);
        else if (format == MatchFormat.Csv) MatchTable.WriteCsv(terminal.Output, columns, match);
        else
        {
            terminal.OutputStream.Write(Count == 1 ? "\n"u8 : ",\n"u8);
            DicomJson.Write(match, terminal.OutputStream, Indented);
        }
    }

    public void End()
    {
        if (format == MatchFormat.Json) terminal.OutputStream.Write("\n]\n"u8);
        if (format != MatchFormat.Table) return;
        MatchTable.Write(terminal.Output, columns, _rows, terminal.HasColour);
        terminal.Output.Flush();
        terminal.Error.WriteLine(Count == 1 ? "1 match" : $"{Count} matches");
    }
}
