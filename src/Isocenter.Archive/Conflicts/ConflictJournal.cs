using System.Text.Json;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>What people decided about conflicts, a line of JSON each (docs/formats/conflicts.md). A conflict is named by what it is
/// about, because numbers are given anew by a reindex.</summary>
internal sealed class ConflictJournal(string folder)
{
    private readonly JsonLines _lines = new(folder, "conflicts.jsonl");

    internal sealed record Line(string StudyUid, Tag Tag, string Incoming, DateTimeOffset At, string Who, string Note);

    public void Append(Line line) => _lines.Append(json =>
    {
        json.WriteString("study", line.StudyUid);
        json.WriteString("tag", line.Tag.Value.ToString("X8", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("incoming", line.Incoming);
        json.WriteString("at", line.At);
        json.WriteString("who", line.Who);
        json.WriteString("note", line.Note);
    });

    /// <summary>Marks again what was decided, after the conflicts were found anew in the files.</summary>
    public void CatchUp(IndexConnection index)
    {
        index.Begin();
        foreach (var (json, _) in _lines.ReadFrom(0))
        {
            if (TryParse(json) is { } line) ConflictLog.Resolve(index, line);
        }
        index.Commit();
    }

    private static Line? TryParse(JsonElement json)
    {
        try
        {
            uint tag = uint.Parse(json.GetProperty("tag").GetString() ?? "", System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture);
            return new Line(json.GetProperty("study").GetString() ?? "", new Tag(tag), json.GetProperty("incoming").GetString() ?? "",
                json.GetProperty("at").GetDateTimeOffset(), json.GetProperty("who").GetString() ?? "", json.GetProperty("note").GetString() ?? "");
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            return null;
        }
    }
}
