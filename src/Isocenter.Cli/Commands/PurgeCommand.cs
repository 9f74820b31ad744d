using System.CommandLine;
using System.Text.Json;
using Isocenter.Cli.Archiving;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter purge</c>: removes the files of what was deleted, for good.</summary>
internal static class PurgeCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var days = new Option<int>("--older-than") { Description = "Only what was deleted at least so many days ago", HelpName = "DAYS", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be removed" };
        var command = new Command("purge", "Remove the files of what was deleted, for good: 'undelete' cannot bring them back. What was rejected or is under legal hold stays. "
            + "The server must not be running on the folder; a running one purges by itself with the setting retention:purgeDays.") { days, dryRun };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(days) is < 0 or > 100_000) throw new UsageException("--older-than is a number of days from 0 to 100000");
            await using var archive = await DataFolder.OpenAsync(folder.Settings(parsed), "or let it purge by itself (setting retention:purgeDays)", cancel);
            var outcome = await archive.PurgeAsync(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(parsed.GetValue(days)), Environment.UserName, parsed.GetValue(dryRun), cancel);
            terminal.Output.WriteLine(folder.IsJson(parsed)
                ? JsonSerializer.Serialize(new { deletions = outcome.Deletions, objects = outcome.Objects, bytes = outcome.Bytes, onHold = outcome.Held })
                : $"{(parsed.GetValue(dryRun) ? "would remove" : "removed")} {DataFolder.Count(outcome.Objects)} files of {DataFolder.Count(outcome.Deletions)} deletions, {DataFolder.Size(outcome.Bytes)}; {DataFolder.Count(outcome.Held)} deletions are on hold");
            return ExitCode.Done;
        });
        return command;
    }
}
