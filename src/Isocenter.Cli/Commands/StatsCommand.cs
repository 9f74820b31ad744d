using System.CommandLine;
using System.Globalization;
using Isocenter.Cli.Archiving;
using Isocenter.Server.Portal;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter stats</c>: how much an archive holds.</summary>
internal static class StatsCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var command = new Command("stats", "Show how much the archive holds. Works in the data folder, or through the server that runs on it.");
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var stats = await DataFolder.AskAsync(folder.Settings(parsed),
                async archive => DataFolder.Json(await ArchiveStats.ReadAsync(archive, cancel)), server => server.GetAsync("api/stats", cancel), cancel);
            if (folder.IsJson(parsed))
            {
                terminal.Output.WriteLine(stats.GetRawText());
                return ExitCode.Done;
            }
            void Line(string what, string value) => terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-22}{value,14}"));
            foreach (var (what, name) in new[] { ("patients", "patients"), ("studies", "studies"), ("series", "series"), ("instances", "instances") }) Line(what, DataFolder.Count(stats.Number(name)));
            Line("their files", DataFolder.Size(stats.Number("bytes")));
            foreach (var (what, name) in new[] { ("deleted files kept", "deleted"), ("in quarantine", "quarantined"), ("open conflicts", "conflicts"), ("legal holds", "holds") }) Line(what, DataFolder.Count(stats.Number(name)));
            if (stats.Number("indexing") is > 0 and var left) Line("still to be indexed", DataFolder.Count(left));
            Line("index", DataFolder.Size(stats.Number("indexBytes")));
            Line("free on the disk", DataFolder.Size(stats.Number("freeBytes")));
            return ExitCode.Done;
        });
        return command;
    }
}
