using System.Text.Json;
using Isocenter.Archive;

namespace Isocenter.Server.Portal;

/// <summary>Files in quarantine as JSON, as <c>/api/quarantine</c> and <c>isocenter quarantine</c> tell of them.</summary>
public static class QuarantineText
{
    /// <summary>Writes the files, with what is wrong with them.</summary>
    public static void WriteAll(Utf8JsonWriter json, IReadOnlyList<QuarantinedFile> files)
    {
        json.WriteStartObject();
        json.WriteStartArray("files");
        foreach (var file in files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("arrived", file.ArrivedAt);
            json.WriteString("instance", file.SopInstanceUid);
            json.WriteString("study", file.StudyInstanceUid);
            json.WriteString("problem", file.Problem);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes what became of one that was to be stored.</summary>
    public static void Write(Utf8JsonWriter json, IngestResult result)
    {
        json.WriteStartObject();
        json.WriteBoolean("stored", result.IsSuccess);
        json.WriteString("instance", result.SopInstanceUid);
        json.WriteString("detail", result.Problem ?? "");
        json.WriteEndObject();
    }
}
