using System.Text.Json;
using Isocenter.Archive;

namespace Isocenter.Server.Conflicts;

/// <summary>Conflicts as <c>/api/conflicts</c> and <c>isocenter conflicts</c> show them.</summary>
public static class ConflictText
{
    /// <summary>Writes a page of them.</summary>
    /// <param name="json">Where.</param>
    /// <param name="conflicts">The page.</param>
    /// <param name="since">The number that it begins behind.</param>
    /// <param name="limit">Most of a page.</param>
    public static void WritePage(Utf8JsonWriter json, IReadOnlyList<Conflict> conflicts, long since, int limit)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(conflicts);
        json.WriteStartObject();
        json.WriteStartArray("conflicts");
        foreach (var conflict in conflicts) Write(json, conflict);
        json.WriteEndArray();
        json.WriteNumber("next", conflicts.Count > 0 ? conflicts[^1].Number : since);
        json.WriteBoolean("more", conflicts.Count == limit);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Conflict conflict)
    {
        json.WriteStartObject();
        json.WriteNumber("number", conflict.Number);
        json.WriteString("at", conflict.At);
        json.WriteString("study", conflict.StudyInstanceUid);
        json.WriteString("instance", conflict.SopInstanceUid);
        json.WriteString("attribute", conflict.Attribute);
        json.WriteString("known", conflict.Known);
        json.WriteString("incoming", conflict.Incoming);
        if (conflict.Resolution is { } resolution)
        {
            json.WriteStartObject("resolution");
            json.WriteString("at", resolution.At);
            json.WriteString("who", resolution.Who);
            json.WriteString("note", resolution.Note);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
