using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Dicom;

namespace Isocenter.Server.Portal;

/// <summary>How much an archive holds, as <c>/api/stats</c> and <c>isocenter stats</c> tell it.</summary>
public static class ArchiveStats
{
    /// <summary>Takes the numbers.</summary>
    public static async ValueTask<Action<Utf8JsonWriter>> ReadAsync(ImageArchive archive, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(archive);
        var held = await archive.GetStatisticsAsync(cancel);
        long deleted = (await archive.GetDeletionsAsync(cancel)).Where(d => d.RestoredAt is null && d.PurgedAt is null).Sum(d => (long)d.Instances);
        long change = await archive.GetLastChangeAsync(cancel), conflicts = await archive.CountConflictsAsync(cancel);
        int holds = (await archive.GetHoldsAsync(cancel: cancel)).Count, quarantined = archive.GetQuarantine().Count;
        long index = new FileInfo(Path.Combine(archive.DataFolder, "index.db")).Length, free = new DriveInfo(archive.DataFolder).AvailableFreeSpace;
        var indexing = archive.GetExtraAttributes();
        return json =>
        {
            json.WriteStartObject();
            foreach (var (name, number) in new[]
            {
                ("patients", held.Patients), ("studies", held.Studies), ("series", held.Series), ("instances", held.Instances), ("bytes", held.Bytes), ("deleted", deleted),
                ("quarantined", quarantined), ("conflicts", conflicts), ("holds", holds), ("indexBytes", index), ("freeBytes", free), ("lastChange", change),
                ("indexing", indexing.Total - indexing.Done),
            }) json.WriteNumber(name, number);
            json.WriteEndObject();
        };
    }

    internal static void Map(IEndpointRouteBuilder routes, ImageArchive archive)
    {
        routes.MapGet("/api/stats", async http => await Http.Answers.JsonAsync(http, await ReadAsync(archive, http.RequestAborted)));
        routes.MapGet("/api/index", http => Http.Answers.JsonAsync(http, json =>
        {
            var extra = archive.GetExtraAttributes();
            json.WriteStartObject();
            json.WriteStartArray("attributes");
            foreach (var (attribute, isReady) in extra.Attributes)
            {
                json.WriteStartObject();
                json.WriteString("tag", attribute.Tag.ToString());
                json.WriteString("keyword", DataDictionary.TryFind(attribute.Tag, out var entry) ? entry.Keyword : "");
                json.WriteString("level", attribute.Level == QueryLevel.Image ? "instance" : attribute.Level.ToString().ToLowerInvariant());
                json.WriteBoolean("ready", isReady);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("done", extra.Done);
            json.WriteNumber("total", extra.Total);
            json.WriteEndObject();
        }));
        QuarantineRoutes.Map(routes, archive);
    }
}
