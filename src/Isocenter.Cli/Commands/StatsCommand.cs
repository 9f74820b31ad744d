using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Cli.Archiving;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter stats</c>: how much an archive holds.</summary>
internal static class StatsCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var command = new Command("stats", "Show how much the archive holds. The server must not be running on the folder.");
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = folder.Settings(parsed);
            await using var archive = await DataFolder.OpenAsync(settings, cancel);
            var held = await archive.GetStatisticsAsync(cancel);
            var deletions = await archive.GetDeletionsAsync(cancel);
            long deleted = deletions.Where(d => d.RestoredAt is null).Sum(d => (long)d.Instances);
            long change = await archive.GetLastChangeAsync(cancel);
            long index = new FileInfo(Path.Combine(settings.DataFolder, "index.db")).Length;
            string quarantine = Path.Combine(settings.DataFolder, "quarantine");
            long quarantined = Directory.Exists(quarantine) ? Directory.EnumerateFiles(quarantine).LongCount() : 0;
            long free = new DriveInfo(settings.DataFolder).AvailableFreeSpace;
            if (folder.IsJson(parsed))
            {
                terminal.Output.WriteLine(JsonSerializer.Serialize(new
                {
                    patients = held.Patients,
                    studies = held.Studies,
                    series = held.Series,
                    instances = held.Instances,
                    bytes = held.Bytes,
                    deleted,
                    quarantined,
                    indexBytes = index,
                    freeBytes = free,
                    lastChange = change,
                }));
                return ExitCode.Done;
            }
            void Line(string what, string value) => terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-22}{value,14}"));
            Line("patients", DataFolder.Count(held.Patients));
            Line("studies", DataFolder.Count(held.Studies));
            Line("series", DataFolder.Count(held.Series));
            Line("instances", DataFolder.Count(held.Instances));
            Line("their files", DataFolder.Size(held.Bytes));
            Line("deleted files kept", DataFolder.Count(deleted));
            Line("in quarantine", DataFolder.Count(quarantined));
            Line("index", DataFolder.Size(index));
            Line("free on the disk", DataFolder.Size(free));
            return ExitCode.Done;
        });
        return command;
    }
}
