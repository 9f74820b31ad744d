using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Settings;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter verify</c>: reads every stored file and compares it with its checksums.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = new Option<string?>("--data") { Description = "Folder of objects and index (default: as in the settings)", HelpName = "DIR" };
        var config = new Option<string?>("--config") { Description = "Settings file (default: ./isocenter.json if it is there)", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "The outcome as JSON" };
        var command = new Command("verify", "Read every stored object and compare it with the checksums that were made when it arrived. "
            + "The server must not be running on the folder. Exit code 1 when one is damaged or missing.")
        {
            data, config, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = SettingsReader.Read(parsed.GetValue(config), environment: null, [new("data", parsed.GetValue(data))]);
            if (!Directory.Exists(settings.DataFolder)) throw new CommandException($"there is no folder {settings.DataFolder}");
            long intact = 0, bytes = 0;
            var bad = new List<(string SopInstanceUid, VerifyResult Result)>();
            await using var archive = await ImageArchive.OpenAsync(new ArchiveOptions { DataFolder = settings.DataFolder }, cancel);
            await foreach (var (instance, result) in archive.VerifyAllAsync(cancel))
            {
                bytes += instance.FileLength;
                if (result == VerifyResult.Intact) intact++;
                else
                {
                    bad.Add((instance.SopInstanceUid.Value, result));
                    terminal.Complain($"{instance.SopInstanceUid} is {Word(result)}");
                }
                if (terminal.IsInteractive && (intact & 0x3F) == 0) terminal.Error.Write($"\r{Count(intact)} intact ");
            }
            if (terminal.IsInteractive) terminal.Error.WriteLine();
            terminal.Output.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new { intact, bytes, bad = bad.Select(b => new { instance = b.SopInstanceUid, result = Word(b.Result) }) })
                : $"{Count(intact)} objects are intact, {Count(bad.Count)} are not; {Count(bytes)} bytes");
            return bad.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static string Word(VerifyResult result) => result == VerifyResult.Missing ? "missing" : "damaged";

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
