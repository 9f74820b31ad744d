using System.CommandLine;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter verify</c>: reads every stored file and compares it with its checksums.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var command = new Command("verify", "Read every stored object and compare it with the checksums that were made when it arrived. "
            + "The server must not be running on the folder. Exit code 1 when one is damaged or missing.");
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            long intact = 0, bytes = 0;
            var bad = new List<(string SopInstanceUid, VerifyResult Result)>();
            await using var archive = await DataFolder.OpenAsync(folder.Settings(parsed), "or leave it to its scrub (setting scrubDays)", cancel);
            await foreach (var (instance, result) in archive.VerifyAllAsync(cancel))
            {
                bytes += instance.FileLength;
                if (result == VerifyResult.Intact) intact++;
                else
                {
                    bad.Add((instance.SopInstanceUid.Value, result));
                    terminal.Complain($"{instance.SopInstanceUid} is {Word(result)}");
                }
                if (terminal.IsInteractive && (intact & 0x3F) == 0) terminal.Error.Write($"\r{DataFolder.Count(intact)} intact ");
            }
            if (terminal.IsInteractive) terminal.Error.WriteLine();
            terminal.Output.WriteLine(folder.IsJson(parsed)
                ? JsonSerializer.Serialize(new { intact, bytes, bad = bad.Select(b => new { instance = b.SopInstanceUid, result = Word(b.Result) }) })
                : $"{DataFolder.Count(intact)} objects are intact, {DataFolder.Count(bad.Count)} are not; {DataFolder.Count(bytes)} bytes");
            return bad.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static string Word(VerifyResult result) => result == VerifyResult.Missing ? "missing" : "damaged";
}
