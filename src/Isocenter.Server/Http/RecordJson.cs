using System.Text.Json;

namespace Isocenter.Server.Http;

/// <summary>What the records of persons' decisions (corrections, deletions, holds, links) have in common as JSON.</summary>
internal static class RecordJson
{
    /// <summary>Writes an object with a list of records, as the answer to GET.</summary>
    public static void WriteAll<T>(Utf8JsonWriter json, string name, IEnumerable<T> records, Action<Utf8JsonWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(records);
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach (var record in records) write(json, record);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the number of a record, and who made it when and why.</summary>
    public static void WriteHead(Utf8JsonWriter json, long number, DateTimeOffset at, string who, string reason)
    {
        json.WriteNumber("number", number);
        WriteDecision(json, at, who, reason);
    }

    /// <summary>Writes, as an object, who ended what the record says, when and why.</summary>
    public static void WriteEnding(Utf8JsonWriter json, string name, DateTimeOffset at, string who, string reason)
    {
        json.WriteStartObject(name);
        WriteDecision(json, at, who, reason);
        json.WriteEndObject();
    }

    private static void WriteDecision(Utf8JsonWriter json, DateTimeOffset at, string who, string reason)
    {
        json.WriteString("at", at);
        json.WriteString("who", who);
        json.WriteString("reason", reason);
    }
}
