using System.CommandLine;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter reindex</c>: rebuilds the index from the stored files alone.</summary>
internal static class ReindexCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var command = new Command("reindex", "Rebuild the index from the stored files alone. The server must not be running on the folder; "
            + "the old index stays in use until the new one is whole.");
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var outcome = await RunAsync(folder.Settings(parsed).Archive, terminal, cancel);
            terminal.Output.WriteLine(folder.IsJson(parsed)
                ? JsonSerializer.Serialize(new { seen = outcome.Seen, indexed = outcome.Indexed, unfinished = outcome.Unfinished, failed = outcome.Failed })
                : $"{DataFolder.Count(outcome.Indexed)} objects indexed; {DataFolder.Count(outcome.Unfinished)} unfinished and {DataFolder.Count(outcome.Failed)} unusable files left alone");
            if (outcome.LastProblem is not null) terminal.Error.WriteLine($"isocenter: {outcome.LastProblem}");
            return outcome.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<ReindexProgress> RunAsync(ArchiveOptions options, Terminal terminal, CancellationToken cancel)
    {
        if (!terminal.IsInteractive) return await ImageArchive.ReindexAsync(options, cancel: cancel);
        var progress = new Progress<ReindexProgress>(p => terminal.Error.Write($"\r{DataFolder.Count(p.Seen)} files, {DataFolder.Count(p.Indexed)} objects "));
        var outcome = await ImageArchive.ReindexAsync(options, progress, cancel);
        terminal.Error.WriteLine();
        return outcome;
    }
}
