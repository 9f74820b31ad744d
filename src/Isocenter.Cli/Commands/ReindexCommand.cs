using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Settings;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter reindex</c>: rebuilds the index from the stored files alone.</summary>
internal static class ReindexCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = new Option<string?>("--data") { Description = "Folder of objects and index (default: as in the settings)", HelpName = "DIR" };
        var config = new Option<string?>("--config") { Description = "Settings file (default: ./isocenter.json if it is there)", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "The outcome as JSON" };
        var command = new Command("reindex", "Rebuild the index from the stored files alone. The server must not be running on the folder; "
            + "the old index stays in use until the new one is whole.")
        {
            data, config, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = SettingsReader.Read(parsed.GetValue(config), environment: null, [new("data", parsed.GetValue(data))]);
            if (!Directory.Exists(settings.DataFolder)) throw new CommandException($"there is no folder {settings.DataFolder}");
            var outcome = await RunAsync(settings, terminal, cancel);
            terminal.Output.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new { seen = outcome.Seen, indexed = outcome.Indexed, unfinished = outcome.Unfinished, failed = outcome.Failed })
                : $"{Count(outcome.Indexed)} objects indexed; {Count(outcome.Unfinished)} unfinished and {Count(outcome.Failed)} unusable files left alone");
            if (outcome.LastProblem is not null) terminal.Error.WriteLine($"isocenter: {outcome.LastProblem}");
            return outcome.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<ReindexProgress> RunAsync(ServerSettings settings, Terminal terminal, CancellationToken cancel)
    {
        var options = new ArchiveOptions
        {
            DataFolder = settings.DataFolder,
            DuplicatePolicy = settings.Duplicates == DuplicateChoice.Keep ? DuplicatePolicy.Keep : DuplicatePolicy.Refuse,
        };
        if (!terminal.IsInteractive) return await ImageArchive.ReindexAsync(options, cancel: cancel);
        var progress = new Progress<ReindexProgress>(p => terminal.Error.Write($"\r{Count(p.Seen)} files, {Count(p.Indexed)} objects "));
        var outcome = await ImageArchive.ReindexAsync(options, progress, cancel);
        terminal.Error.WriteLine();
        return outcome;
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
