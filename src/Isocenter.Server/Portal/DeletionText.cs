using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Portal;

/// <summary>Deletions as <c>/api/deletions</c> and <c>isocenter undelete</c> show them.</summary>
public static class DeletionText
{
    private const int MaxListed = 500;

    /// <summary>Writes the newest of them.</summary>
    public static void WriteAll(Utf8JsonWriter json, IEnumerable<DeletionRecord> deletions) => RecordJson.WriteAll(json, "deletions", deletions.Take(MaxListed), Write);

    /// <summary>Writes a deletion.</summary>
    public static void Write(Utf8JsonWriter json, DeletionRecord deletion)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(deletion);
        json.WriteStartObject();
        RecordJson.WriteHead(json, deletion.Key, deletion.At, deletion.Who, deletion.Reason);
        json.WriteNumber("instances", deletion.Instances);
        if (deletion.RestoredAt is { } restored) json.WriteString("restoredAt", restored);
        if (deletion.PurgedAt is { } purged) json.WriteString("purgedAt", purged);
        json.WriteEndObject();
    }
}
