using System.CommandLine;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter backup</c> and <c>isocenter restore</c>: a data folder as of one moment, there and back.</summary>
internal static class BackupCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var target = new Argument<string>("DIR") { Description = "Where the backup is, or is to be" };
        var command = new Command("backup", "Copy the archive as it is at one moment. The server may go on meanwhile. "
            + "A backup that is there is brought up to date: only new files are copied. Each is compared with its checksum. "
            + "Exit code 1 when files of the archive are missing or damaged.") { target };
        folder.AddTo(command);
        command.SetAction((parsed, cancel) => Task.Run(() =>
        {
            var settings = folder.Settings(parsed);
            var outcome = ArchiveCopy.Backup(settings.DataFolder, parsed.GetValue(target)!, ProgressOn(terminal), cancel);
            Tell(terminal, outcome, folder.IsJson(parsed));
            return outcome.Failed == 0 ? ExitCode.Done : ExitCode.Failed;
        }, cancel));
        return command;
    }

    public static Command CreateRestore(Terminal terminal)
    {
        var folder = new DataFolder();
        var source = new Argument<string>("DIR") { Description = "The backup" };
        var verify = new Option<bool>("--verify") { Description = "Open the restored archive and read every object again, against its checksums" };
        var command = new Command("restore", "Make a data folder of a backup. The folder must be empty or not exist. "
            + "Exit code 1 when an object is missing or damaged.") { source, verify };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = folder.Settings(parsed, mustExist: false);
            var outcome = await Task.Run(() => ArchiveCopy.Restore(parsed.GetValue(source)!, settings.DataFolder, ProgressOn(terminal), cancel), cancel);
            Tell(terminal, outcome, folder.IsJson(parsed));
            long bad = 0, intact = 0;
            if (parsed.GetValue(verify))
            {
                await using var archive = await DataFolder.OpenAsync(settings, "or look at the copy later", cancel);
                await foreach (var (instance, result) in archive.VerifyAllAsync(cancel))
                {
                    if (result == VerifyResult.Intact)
                    {
                        intact++;
                        continue;
                    }
                    bad++;
                    terminal.Complain($"{instance.SopInstanceUid} is {(result == VerifyResult.Missing ? "missing" : "damaged")}");
                }
                if (!folder.IsJson(parsed)) terminal.Output.WriteLine($"{DataFolder.Count(intact)} objects are intact, {DataFolder.Count(bad)} are not");
            }
            return outcome.Failed + bad == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Progress<CopyProgress>? ProgressOn(Terminal terminal) => terminal.IsInteractive
        ? new Progress<CopyProgress>(p => terminal.Error.Write($"\r{DataFolder.Count(p.Objects)} objects, {DataFolder.Size(p.Bytes)} copied "))
        : null;

    private static void Tell(Terminal terminal, CopyProgress outcome, bool asJson)
    {
        if (terminal.IsInteractive) terminal.Error.WriteLine();
        terminal.Output.WriteLine(asJson
            ? JsonSerializer.Serialize(new { objects = outcome.Objects, copied = outcome.Copied, present = outcome.Present, bytes = outcome.Bytes, failed = outcome.Failed })
            : $"{DataFolder.Count(outcome.Objects)} objects: {DataFolder.Count(outcome.Copied)} copied ({DataFolder.Size(outcome.Bytes)}), "
                + $"{DataFolder.Count(outcome.Present)} there already, {DataFolder.Count(outcome.Failed)} missing or damaged");
        if (outcome.LastProblem is not null) terminal.Complain(outcome.LastProblem);
    }
}
