using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Cli.Archiving;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter undelete</c>: lists deletions, and undoes one.</summary>
internal static class UndeleteCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var number = new Argument<long?>("NUMBER") { Description = "The deletion to undo; without it, all are listed", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("undelete", "List what was deleted, by whom and why, or undo a deletion. What was stored anew since stays current. "
            + "The server must not be running on the folder.") { number };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var archive = await DataFolder.OpenAsync(folder.Settings(parsed), cancel);
            if (parsed.GetValue(number) is not { } key)
            {
                var all = await archive.GetDeletionsAsync(cancel);
                if (folder.IsJson(parsed))
                    terminal.Output.WriteLine(JsonSerializer.Serialize(all.Select(d => new { number = d.Key, at = d.At, who = d.Who, reason = d.Reason, instances = d.Instances, restoredAt = d.RestoredAt })));
                else
                {
                    foreach (var d in all)
                    {
                        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{d.Key,6}  {d.At:yyyy-MM-dd HH:mm:ss}Z  {d.Instances,8} objects  {d.Who}  {d.Reason}")
                            + (d.RestoredAt is { } back ? string.Create(CultureInfo.InvariantCulture, $"  (undone {back:yyyy-MM-dd HH:mm:ss}Z)") : ""));
                    }
                }
                return ExitCode.Done;
            }
            if (await archive.RestoreAsync(key, Environment.UserName) is not { } restored)
                throw new CommandException($"there is no deletion {key}, or it is undone already");
            terminal.Output.WriteLine(folder.IsJson(parsed) ? JsonSerializer.Serialize(new { number = key, restored }) : $"{DataFolder.Count(restored)} objects are found again");
            return ExitCode.Done;
        });
        return command;
    }
}
