using System.Text.Json;

namespace Isocenter.Archive;

/// <summary>Which patients are one person, a line of JSON each (docs/formats/links.md). Read whole at the start: there are few.</summary>
internal sealed class LinkJournal(string folder)
{
    public const string Name = "links.jsonl";

    private readonly JsonLines _lines = new(folder, Name);

    /// <summary>All links, those that are undone too, by number.</summary>
    public IReadOnlyList<PatientLink> Read()
    {
        var all = new SortedDictionary<long, PatientLink>();
        foreach (var (json, _) in _lines.ReadFrom(0))
        {
            if (TryParse(json, all) is { } link) all[link.Number] = link;
        }
        return [.. all.Values];
    }

    /// <summary>Adds a link and brings it to disk.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Append(PatientLink link) => _lines.Append(json =>
    {
        json.WriteNumber("link", link.Number);
        json.WriteString("at", link.At);
        json.WriteString("who", link.Who);
        json.WriteString("reason", link.Reason);
        json.WriteStartArray("patients");
        foreach (var patient in link.Patients)
        {
            json.WriteStartObject();
            json.WriteString("id", patient.Id);
            json.WriteString("issuer", patient.Issuer);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    /// <summary>Adds that a link is undone.</summary>
    /// <inheritdoc cref="Append"/>
    public void AppendUndo(long number, CorrectionUndo undo) => _lines.Append(json =>
    {
        json.WriteNumber("unlink", number);
        json.WriteString("at", undo.At);
        json.WriteString("who", undo.Who);
        json.WriteString("reason", undo.Reason);
    });

    private static PatientLink? TryParse(JsonElement json, SortedDictionary<long, PatientLink> known)
    {
        try
        {
            var at = json.GetProperty("at").GetDateTimeOffset();
            string who = json.GetProperty("who").GetString() ?? "", reason = json.GetProperty("reason").GetString() ?? "";
            if (json.TryGetProperty("unlink", out var undone))
                return known.TryGetValue(undone.GetInt64(), out var link) ? link with { Undone = new CorrectionUndo(at, who, reason) } : null;
            return new PatientLink(json.GetProperty("link").GetInt64(), at, who, reason,
                [.. json.GetProperty("patients").EnumerateArray().Select(p => new LinkedPatient(p.GetProperty("id").GetString() ?? "", p.GetProperty("issuer").GetString() ?? ""))]);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Somebody else's line: passed over, the others hold.
            return null;
        }
    }
}
