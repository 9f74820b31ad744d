using System.Text.Json;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>What was corrected and undone, a line of JSON each: an index that is made anew from the files gets the corrections from
/// here (docs/formats/corrections.md).</summary>
internal sealed class CorrectionJournal(string folder)
{
    public const string Name = "corrections.jsonl";

    private readonly JsonLines _lines = new(folder, Name);

    /// <summary>All corrections, those that are undone too.</summary>
    /// <param name="offset">Only for <paramref name="changed"/>: lines behind this byte.</param>
    /// <param name="changed">Corrections that came or went behind it.</param>
    /// <param name="end">Bytes of the whole lines.</param>
    public CorrectionBook Read(long offset, out List<Correction> changed, out long end)
    {
        var all = new SortedDictionary<long, Correction>();
        changed = [];
        end = 0;
        foreach (var (json, lineEnd) in _lines.ReadFrom(0))
        {
            end = lineEnd;
            if (TryParse(json, all) is not { } correction) continue;
            all[correction.Number] = correction;
            if (lineEnd > offset) changed.Add(correction);
        }
        return new CorrectionBook([.. all.Values]);
    }

    /// <summary>Adds a correction and brings it to disk.</summary>
    /// <returns>Bytes of the file now.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public long Append(Correction correction) => _lines.Append(json =>
    {
        json.WriteNumber("correct", correction.Number);
        json.WriteString("at", correction.At);
        json.WriteString("who", correction.Who);
        json.WriteString("reason", correction.Reason);
        WriteList(json, "studies", correction.Studies);
        if (correction.Series.Count > 0) WriteList(json, "series", correction.Series);
        json.WritePropertyName("changes");
        DicomJson.Write(correction.Changes, json);
    });

    /// <summary>Adds that a correction is undone.</summary>
    /// <inheritdoc cref="Append"/>
    public long AppendUndo(long number, CorrectionUndo undo) => _lines.Append(json =>
    {
        json.WriteNumber("undo", number);
        json.WriteString("at", undo.At);
        json.WriteString("who", undo.Who);
        json.WriteString("reason", undo.Reason);
    });

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static Correction? TryParse(JsonElement json, SortedDictionary<long, Correction> known)
    {
        try
        {
            var at = json.GetProperty("at").GetDateTimeOffset();
            string who = json.GetProperty("who").GetString() ?? "", reason = json.GetProperty("reason").GetString() ?? "";
            if (json.TryGetProperty("undo", out var undone))
                return known.TryGetValue(undone.GetInt64(), out var correction) ? correction with { Undone = new CorrectionUndo(at, who, reason) } : null;
            return new Correction(json.GetProperty("correct").GetInt64(), at, who, reason, List(json, "studies"), List(json, "series"),
                DicomJson.Read(System.Text.Encoding.UTF8.GetBytes(json.GetProperty("changes").GetRawText())).Freeze());
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or DicomFormatException)
        {
            // Somebody else's line: passed over, the others hold.
            return null;
        }
    }

    private static string[] List(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(value => value.GetString() ?? "")] : [];
}
