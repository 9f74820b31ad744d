using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Dump;
using Isocenter.Server.Conflicts;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter conflicts</c>: lists objects that contradict each other, and notes that a person has looked at one.</summary>
internal static class ConflictsCommand
{
    private const int PageLength = 1000;

    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var number = new Argument<long?>("NUMBER") { Description = "The conflict that was looked at; without it, those that nobody looked at are listed", Arity = ArgumentArity.ZeroOrOne };
        var note = new Option<string>("--note") { Description = "What was decided", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var all = new Option<bool>("--all") { Description = "List also those that were looked at" };
        var command = new Command("conflicts", "List objects that contradict what was known of their patient or study, or note that one was looked at. "
            + "Works in the data folder, or through the server that runs on it.") { number, note, all };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = folder.Settings(parsed);
            if (parsed.GetValue(number) is { } one)
            {
                await DataFolder.AskAsync(settings,
                    async archive => await archive.ResolveConflictAsync(one, Environment.UserName, parsed.GetValue(note)!) ? default(JsonElement)
                        : throw new CommandException($"there is no conflict {one}, or it was looked at already"),
                    server => server.PostAsync(string.Create(CultureInfo.InvariantCulture, $"api/conflicts/{one}/resolve"), new() { ["note"] = parsed.GetValue(note) }, cancel), cancel);
                return ExitCode.Done;
            }
            long since = 0;
            while (true)
            {
                long from = since;
                bool isAll = parsed.GetValue(all);
                var page = await DataFolder.AskAsync(settings,
                    async archive => await archive.GetConflictsAsync(isAll, from, PageLength, cancel) is var found ? DataFolder.Json(json => ConflictText.WritePage(json, found, from, PageLength)) : default,
                    server => server.GetAsync(string.Create(CultureInfo.InvariantCulture, $"api/conflicts?since={from}&limit={PageLength}{(isAll ? "&all=true" : "")}"), cancel), cancel);
                foreach (var conflict in page.GetProperty("conflicts").EnumerateArray()) terminal.Output.WriteLine(folder.IsJson(parsed) ? conflict.GetRawText() : Text(conflict));
                if (!page.GetProperty("more").GetBoolean()) return ExitCode.Done;
                since = page.Number("next");
            }
        });
        return command;
    }

    private static string Text(JsonElement conflict) => Printable.Of(string.Create(CultureInfo.InvariantCulture,
        $"{conflict.Number("number"),6}  {conflict.Time()}  {conflict.Text("study")}  {conflict.Text("attribute")}: '{conflict.Text("known")}' was known, '{conflict.Text("incoming")}' came")
        + (conflict.TryGetProperty("resolution", out var done) ? $"  ({done.Text("who")}, {done.Time()[..10]}: {done.Text("note")})" : ""));
}
