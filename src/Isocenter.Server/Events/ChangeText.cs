using System.Text.Json;
using Isocenter.Archive;

namespace Isocenter.Server.Events;

/// <summary>Changes as JSON. UIDs only: no patient data leaves in an event.</summary>
internal static class ChangeText
{
    /// <summary>Names of the kinds, in the feed, in settings and at the end of CloudEvents types.</summary>
    public static IReadOnlyDictionary<ChangeKind, string> Names { get; } = new Dictionary<ChangeKind, string>
    {
        [ChangeKind.Stored] = "instance.stored",
        [ChangeKind.StoredAsVersion] = "instance.replaced",
        [ChangeKind.Deleted] = "instance.deleted",
        [ChangeKind.Restored] = "instance.restored",
        [ChangeKind.StudyComplete] = "study.complete",
        [ChangeKind.Corrected] = "study.corrected",
    };

    /// <summary>Its resource of DICOMweb, below the root of the service.</summary>
    public static string Resource(Change change) => change.SopInstanceUid is null
        ? $"studies/{change.StudyInstanceUid}"
        : $"studies/{change.StudyInstanceUid}/series/{change.SeriesInstanceUid}/instances/{change.SopInstanceUid}";

    public static void Write(Utf8JsonWriter json, Change change)
    {
        json.WriteStartObject();
        json.WriteNumber("number", change.Number);
        json.WriteString("at", change.At);
        json.WriteString("type", Names[change.Kind]);
        WriteUids(json, change);
        json.WriteEndObject();
    }

    /// <summary>One event in the JSON format of CloudEvents 1.0.</summary>
    public static byte[] ToCloudEvent(Change change, string source)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", EventId(change));
            json.WriteString("source", source);
            json.WriteString("type", "org.isocenter." + Names[change.Kind]);
            json.WriteString("subject", Resource(change));
            json.WriteString("time", change.At);
            json.WriteString("datacontenttype", "application/json");
            json.WriteStartObject("data");
            json.WriteNumber("number", change.Number);
            WriteUids(json, change);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary>The same for the same change, however often it is told.</summary>
    public static string EventId(Change change) => $"{Names[change.Kind]}-{change.Id}";

    private static void WriteUids(Utf8JsonWriter json, Change change)
    {
        json.WriteString("study", change.StudyInstanceUid);
        if (change.SopInstanceUid is null) return;
        json.WriteString("series", change.SeriesInstanceUid);
        json.WriteString("instance", change.SopInstanceUid);
        json.WriteString("sopClass", change.SopClassUid);
    }
}
