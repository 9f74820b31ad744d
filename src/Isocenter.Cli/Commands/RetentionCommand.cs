using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Dump;
using Isocenter.Server.Retention;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter retention</c>: what the rules of the settings would delete, or its deletion.</summary>
internal static class RetentionCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done" };
        var list = new Option<bool>("--list") { Description = "With --dry-run: the studies, one by one" };
        var command = new Command("retention", "Delete or move what the retention rules say and purge what was deleted long ago, as the server does at night. "
            + "Legal holds are kept; what is deleted can be brought back by 'undelete' until it is purged. Works in the data folder, or through the server that runs on it.") { dryRun, list };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = folder.Settings(parsed);
            int listed = parsed.GetValue(list) ? int.MaxValue : 0;
            var now = TimeProvider.System.GetUtcNow();
            if (!parsed.GetValue(dryRun))
            {
                var done = await DataFolder.AskAsync(settings, async archive =>
                {
                    var (deleted, purged) = await RetentionWork.RunAsync(archive, settings.Retention, now, cancel);
                    return DataFolder.Json(json => RetentionWork.Write(json, deleted, purged));
                }, server => server.PostAsync("api/retention/run", [], cancel), cancel);
                if (folder.IsJson(parsed)) terminal.Output.WriteLine(done.GetRawText());
                else WriteDone(terminal, done);
                return ExitCode.Done;
            }
            var plan = await DataFolder.AskAsync(settings,
                async archive => DataFolder.Json(await RetentionWork.PlanAsync(archive, settings.Retention, now, listed, cancel)),
                server => server.GetAsync(string.Create(CultureInfo.InvariantCulture, $"api/retention?studies={listed}"), cancel), cancel);
            if (folder.IsJson(parsed)) terminal.Output.WriteLine(plan.GetRawText());
            else WritePlan(terminal, plan);
            return ExitCode.Done;
        });
        return command;
    }

    private static void WritePlan(Terminal terminal, JsonElement plan)
    {
        var rules = plan.GetProperty("rules").EnumerateArray().ToList();
        if (rules.Count == 0) terminal.Output.WriteLine("there are no rules: the settings have none under retention:rules");
        var byAction = rules.ToLookup(rule => Text(rule, "action"));
        long Sum(string action, string name) => byAction[action].Sum(rule => Number(rule, name));
        if (byAction.Contains("move")) terminal.Output.WriteLine($"would move {DataFolder.Count(Sum("move", "studies"))} studies, {DataFolder.Size(Sum("move", "bytes"))}");
        terminal.Output.WriteLine($"would delete {DataFolder.Count(Sum("delete", "studies"))} studies, {DataFolder.Size(Sum("delete", "bytes"))} (as of {plan.GetProperty("asOf").GetDateTimeOffset():yyyy-MM-dd})");
        if (plan.GetProperty("purged") is var purge && Number(plan, "purgeDays") > 0)
            terminal.Output.WriteLine($"would purge {DataFolder.Count(Number(purge, "objects"))} files that were deleted more than {Number(plan, "purgeDays")} days ago, {DataFolder.Size(Number(purge, "bytes"))}; {DataFolder.Count(Number(purge, "onHold"))} deletions are on hold");
        if (rules.Count > 0)
        {
            int width = Math.Max(4, rules.Max(rule => Text(rule, "name").Length));
            terminal.Output.WriteLine();
            terminal.Output.WriteLine($"{"rule".PadRight(width)}  action    studies   instances          size  on hold");
            foreach (var rule in rules)
            {
                terminal.Output.WriteLine(Printable.Of($"{Text(rule, "name").PadRight(width)}  {Text(rule, "action"),-6}{Count(rule, "studies"),11}{Count(rule, "instances"),12}{DataFolder.Size(Number(rule, "bytes")),14}{Count(rule, "onHold"),9}"));
            }
            terminal.Output.WriteLine();
            terminal.Output.WriteLine($"one run deletes and moves at most {Count(plan, "maxStudies")} studies{(Number(plan, "maxBytes") > 0 ? " and " + DataFolder.Size(Number(plan, "maxBytes")) : "")}; the server runs it at {Text(plan, "time")}"
                + (plan.TryGetProperty("lastRun", out var ran) ? $", last on {ran.GetDateTimeOffset():yyyy-MM-dd HH:mm}Z" : ""));
        }
        foreach (var study in plan.GetProperty("studies").EnumerateArray())
        {
            terminal.Output.WriteLine(Printable.Of($"{Text(study, "study")}  {Text(study, "date"),-8}  {Text(study, "modalities")}  {Count(study, "instances")}  {DataFolder.Size(Number(study, "bytes"))}  {Text(study, "rule")}"
                + (study.TryGetProperty("hold", out var hold) ? $"  on hold {hold.GetInt64()}" : "")));
        }
    }

    private static void WriteDone(Terminal terminal, JsonElement done)
    {
        var (deleted, purged) = (done.GetProperty("deleted"), done.GetProperty("purged"));
        terminal.Output.WriteLine($"deleted {Count(deleted, "studies")} studies, {DataFolder.Size(Number(deleted, "bytes"))}"
            + (Number(deleted, "left") > 0 ? $"; {Count(deleted, "left")} more are left for the next run" : ""));
        if (done.GetProperty("moved") is var moved && Number(moved, "studies") > 0) terminal.Output.WriteLine($"moved {Count(moved, "studies")} studies, {DataFolder.Size(Number(moved, "bytes"))}");
        if (moved.TryGetProperty("problem", out var problem)) terminal.Complain($"not everything moved: {problem.GetString()}");
        if (Number(purged, "deletions") > 0) terminal.Output.WriteLine($"purged {Count(purged, "objects")} files, {DataFolder.Size(Number(purged, "bytes"))}");
    }

    private static long Number(JsonElement from, string name) => from.GetProperty(name).GetInt64();

    private static string Count(JsonElement from, string name) => DataFolder.Count(Number(from, name));

    private static string Text(JsonElement from, string name) => from.GetProperty(name).GetString() ?? "";
}
