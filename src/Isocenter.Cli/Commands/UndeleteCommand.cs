using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Dump;
using Isocenter.Server.Portal;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter undelete</c>: lists deletions, and undoes one.</summary>
internal static class UndeleteCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var number = new Argument<long?>("NUMBER") { Description = "The deletion to undo; without it, the newest 500 are listed", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("undelete", "List what was deleted, by whom and why, or undo a deletion. What was stored anew since stays current. "
            + "Works in the data folder, or through the server that runs on it.") { number };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = folder.Settings(parsed);
            if (parsed.GetValue(number) is not { } key)
            {
                var answer = await DataFolder.AskAsync(settings,
                    async archive => await archive.GetDeletionsAsync(cancel) is var all ? DataFolder.Json(json => DeletionText.WriteAll(json, all)) : default,
                    server => server.GetAsync("api/deletions", cancel), cancel);
                if (folder.IsJson(parsed)) terminal.Output.WriteLine(answer.GetProperty("deletions").GetRawText());
                else foreach (var deletion in answer.GetProperty("deletions").EnumerateArray()) terminal.Output.WriteLine(Text(deletion));
                return ExitCode.Done;
            }
            var done = await DataFolder.AskAsync(settings,
                async archive => await archive.RestoreAsync(key, Environment.UserName) is { } count ? JsonSerializer.SerializeToElement(new { restored = count })
                    : throw new CommandException($"there is no deletion {key}, or it is undone already, or its files are purged"),
                server => server.PostAsync(string.Create(CultureInfo.InvariantCulture, $"api/deletions/{key}/restore"), [], cancel), cancel);
            long restored = done.Number("restored");
            terminal.Output.WriteLine(folder.IsJson(parsed) ? JsonSerializer.Serialize(new { number = key, restored }) : $"{DataFolder.Count(restored)} objects are found again");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Text(JsonElement deletion) => Printable.Of(string.Create(CultureInfo.InvariantCulture,
        $"{deletion.Number("number"),6}  {deletion.Time()}  {deletion.Number("instances"),8} objects  {deletion.Text("who")}  {deletion.Text("reason")}")
        + (deletion.Time("restoredAt") is { Length: > 0 } back ? $"  (undone {back})" : "")
        + (deletion.Time("purgedAt") is { Length: > 0 } gone ? $"  (purged {gone})" : ""));
}
