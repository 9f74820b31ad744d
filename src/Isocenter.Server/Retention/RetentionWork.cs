using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Retention;

/// <summary>Retention as the server does it at night, and <c>isocenter retention</c> and <c>/api/retention</c> when they are asked.</summary>
public static class RetentionWork
{
    /// <summary>Deletes what the rules say, within the limits, and purges what was deleted long ago.</summary>
    public static async ValueTask<(RetentionOutcome Deleted, PurgeOutcome Purged)> RunAsync(ImageArchive archive, RetentionSettings settings, DateTimeOffset now, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(settings);
        var plan = await archive.PlanRetentionAsync(settings.Rules, cancel);
        var deleted = await archive.ApplyRetentionAsync(plan, settings.MaxStudies, settings.MaxBytes, cancel);
        var purged = settings.PurgeDays == 0 ? new PurgeOutcome(0, 0, 0, 0)
            : await archive.PurgeAsync(now - TimeSpan.FromDays(settings.PurgeDays), "retention", dryRun: false, cancel);
        await archive.NoteRetentionRunAsync();
        return (deleted, purged);
    }

    /// <summary>Says what would be done, without limits, by rule and study by study, and changes nothing.</summary>
    public static async ValueTask<Action<Utf8JsonWriter>> PlanAsync(ImageArchive archive, RetentionSettings settings, DateTimeOffset now, int maxListed, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(settings);
        var plan = await archive.PlanRetentionAsync(settings.Rules, cancel);
        var purge = settings.PurgeDays == 0 ? new PurgeOutcome(0, 0, 0, 0)
            : await archive.PurgeAsync(now - TimeSpan.FromDays(settings.PurgeDays), "", dryRun: true, cancel);
        var ran = await archive.GetRetentionRunAsync(cancel);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("asOf", now);
            json.WriteString("time", settings.Time.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteNumber("maxStudies", settings.MaxStudies);
            json.WriteNumber("maxBytes", settings.MaxBytes);
            json.WriteNumber("purgeDays", settings.PurgeDays);
            if (ran is { } at) json.WriteString("lastRun", at);
            json.WriteStartArray("rules");
            foreach (var rule in settings.Rules) WriteRule(json, rule, [.. plan.Where(study => study.Rule == rule.Name)]);
            json.WriteEndArray();
            json.WriteStartArray("studies");
            foreach (var study in plan.Take(maxListed)) WriteStudy(json, study);
            json.WriteEndArray();
            WritePurge(json, purge);
            json.WriteEndObject();
        };
    }

    /// <summary>Writes what was done.</summary>
    public static void Write(Utf8JsonWriter json, RetentionOutcome deleted, PurgeOutcome purged)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(deleted);
        json.WriteStartObject();
        json.WriteStartObject("deleted");
        json.WriteNumber("studies", deleted.Studies);
        json.WriteNumber("instances", deleted.Instances);
        json.WriteNumber("bytes", deleted.Bytes);
        json.WriteNumber("left", deleted.Left);
        json.WriteEndObject();
        json.WriteStartObject("moved");
        json.WriteNumber("studies", deleted.Moved);
        json.WriteNumber("bytes", deleted.MovedBytes);
        if (deleted.Problem is not null) json.WriteString("problem", deleted.Problem);
        json.WriteEndObject();
        WritePurge(json, purged);
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, RetentionRule rule, List<RetentionCandidate> studies)
    {
        var due = studies.FindAll(study => !study.IsKept);
        json.WriteStartObject();
        json.WriteString("name", rule.Name);
        json.WriteString("action", rule.Action switch { RetentionAction.Keep => "keep", RetentionAction.Delete => "delete", _ => "move" });
        json.WriteNumber("studies", due.Count);
        json.WriteNumber("instances", due.Sum(study => study.Instances));
        json.WriteNumber("bytes", due.Sum(study => study.Bytes));
        json.WriteNumber("onHold", studies.Count - due.Count);
        json.WriteEndObject();
    }

    private static void WriteStudy(Utf8JsonWriter json, RetentionCandidate study)
    {
        json.WriteStartObject();
        json.WriteString("study", study.StudyInstanceUid);
        json.WriteString("rule", study.Rule);
        json.WriteString("date", study.StudyDate);
        json.WriteString("received", study.ReceivedAt);
        json.WriteString("modalities", study.Modalities);
        json.WriteNumber("instances", study.Instances);
        json.WriteNumber("bytes", study.Bytes);
        if (study.Hold is { } hold) json.WriteNumber("hold", hold);
        json.WriteEndObject();
    }

    private static void WritePurge(Utf8JsonWriter json, PurgeOutcome purge)
    {
        json.WriteStartObject("purged");
        json.WriteNumber("deletions", purge.Deletions);
        json.WriteNumber("objects", purge.Objects);
        json.WriteNumber("bytes", purge.Bytes);
        json.WriteNumber("onHold", purge.Held);
        json.WriteEndObject();
    }
}
