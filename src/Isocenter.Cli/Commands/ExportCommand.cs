using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Media;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter export</c>: objects of the archive as files with a DICOMDIR, in a folder or a ZIP file.</summary>
internal static class ExportCommand
{
    private const int PerFolder = 1000;

    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var target = new Argument<string>("TARGET") { Description = "A new folder, or a file that ends in .zip" };
        var studies = new Option<string[]>("--study") { Description = "Study Instance UID; may be given several times", HelpName = "UID" };
        var series = new Option<string[]>("--series") { Description = "Series Instance UID; may be given several times", HelpName = "UID" };
        var patient = new Option<string?>("--patient") { Description = "Patient ID", HelpName = "ID" };
        var all = new Option<bool>("--all") { Description = "Everything" };
        var command = new Command("export", "Write objects of the archive as files with a DICOMDIR (PS3.10), byte for byte as they were received. "
            + "The server must not be running on the folder.")
        {
            target, studies, series, patient, all,
        };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var selection = new Selection
            {
                PatientId = parsed.GetValue(patient),
                StudyInstanceUids = UidsOf("--study", parsed.GetValue(studies)),
                SeriesInstanceUids = UidsOf("--series", parsed.GetValue(series)),
            };
            bool isAny = selection.PatientId is not null || selection.StudyInstanceUids is not null || selection.SeriesInstanceUids is not null;
            if (isAny == parsed.GetValue(all)) throw new UsageException("say what: --study, --series, --patient, or --all");
            string path = parsed.GetValue(target)!;
            if (File.Exists(path) || Directory.Exists(path)) throw new CommandException($"{path} is there already");
            await using var archive = await DataFolder.OpenAsync(folder.Settings(parsed), "or fetch from it: 'isocenter web fetch', 'isocenter get'", cancel);
            var found = await archive.FindInstancesAsync(selection, cancel);
            if (found.Count == 0) throw new CommandException("nothing is stored of it");
            bool isZip = path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
            string files = isZip ? path + ".files" : path;
            int failed;
            try
            {
                failed = await WriteAsync(archive, found, files, terminal, cancel);
                int outcome = FileSetMaker.Create(new Terminal(Stream.Null, terminal.Error), files, [], "");
                if (outcome != ExitCode.Done) failed++;
                if (isZip) await ZipFile.CreateFromDirectoryAsync(files, path, CompressionLevel.Fastest, includeBaseDirectory: false, cancel);
            }
            finally
            {
                if (isZip && Directory.Exists(files)) Directory.Delete(files, recursive: true);
            }
            terminal.Output.WriteLine(folder.IsJson(parsed)
                ? JsonSerializer.Serialize(new { exported = found.Count - failed, failed })
                : $"{DataFolder.Count(found.Count - failed)} objects in {path}, {DataFolder.Count(failed)} failed");
            return failed == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<int> WriteAsync(ImageArchive archive, IReadOnlyList<StoredInstance> found, string folder, Terminal terminal, CancellationToken cancel)
    {
        int failed = 0;
        for (int i = 0; i < found.Count; i++)
        {
            string path = Path.Combine(folder, "DICOM", string.Create(CultureInfo.InvariantCulture, $"D{i / PerFolder:D5}"), string.Create(CultureInfo.InvariantCulture, $"I{i:D7}"));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            try
            {
                await using var source = archive.OpenRead(found[i]);
                await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
                await source.CopyToAsync(file, 256 * 1024, cancel);
            }
            catch (ArchiveException e)
            {
                failed++;
                terminal.Complain(e.Message);
            }
            if (terminal.IsInteractive && (i & 0x3F) == 0) terminal.Error.Write($"\r{DataFolder.Count(i)} of {DataFolder.Count(found.Count)} ");
        }
        if (terminal.IsInteractive) terminal.Error.WriteLine();
        return failed;
    }

    private static Uid[]? UidsOf(string option, string[]? texts)
    {
        if (texts is not { Length: > 0 }) return null;
        return [.. texts.Select(text => Uid.TryParseLenient(text, out var uid) ? uid : throw new UsageException($"{option}: '{text}' is no UID"))];
    }
}
