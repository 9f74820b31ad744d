using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Dump;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter conflicts</c>: lists objects that contradict each other, and notes that a person has looked at one.</summary>
internal static class ConflictsCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var number = new Argument<long?>("NUMBER") { Description = "The conflict that was looked at; without it, those that nobody looked at are listed", Arity = ArgumentArity.ZeroOrOne };
        var note = new Option<string>("--note") { Description = "What was decided", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var all = new Option<bool>("--all") { Description = "List also those that were looked at" };
        var command = new Command("conflicts", "List objects that contradict what was known of their patient or study, or note that one was looked at. "
            + "The server must not be running on the folder; a running one has /api/conflicts.") { number, note, all };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var archive = await DataFolder.OpenAsync(folder.Settings(parsed), cancel);
            if (parsed.GetValue(number) is { } one)
            {
                if (!await archive.ResolveConflictAsync(one, Environment.UserName, parsed.GetValue(note)!))
                    throw new CommandException($"there is no conflict {one}, or it was looked at already");
                return ExitCode.Done;
            }
            long since = 0;
            while (true)
            {
                var conflicts = await archive.GetConflictsAsync(parsed.GetValue(all), since, cancel: cancel);
                foreach (var conflict in conflicts) terminal.Output.WriteLine(folder.IsJson(parsed) ? Json(conflict) : Text(conflict));
                if (conflicts.Count == 0) return ExitCode.Done;
                since = conflicts[^1].Number;
            }
        });
        return command;
    }

    private static string Text(Conflict conflict) => Printable.Of(string.Create(CultureInfo.InvariantCulture,
        $"{conflict.Number,6}  {conflict.At:yyyy-MM-dd HH:mm:ss}Z  {conflict.StudyInstanceUid}  {conflict.Attribute}: '{conflict.Known}' was known, '{conflict.Incoming}' came")
        + (conflict.Resolution is { } done ? string.Create(CultureInfo.InvariantCulture, $"  ({done.Who}, {done.At:yyyy-MM-dd}: {done.Note})") : ""));

    private static string Json(Conflict conflict) => JsonSerializer.Serialize(new
    {
        number = conflict.Number,
        at = conflict.At,
        study = conflict.StudyInstanceUid,
        instance = conflict.SopInstanceUid,
        attribute = conflict.Attribute,
        known = conflict.Known,
        incoming = conflict.Incoming,
        resolution = conflict.Resolution is { } done ? new { at = done.At, who = done.Who, note = done.Note } : null,
    });
}
