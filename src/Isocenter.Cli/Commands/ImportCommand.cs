using System.CommandLine;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter import</c>: takes over folders of files, and the storage of an Orthanc.</summary>
internal static class ImportCommand
{
    private const int Parallel = 4;
    private static readonly ReadOptions UidOnly = new() { StopBefore = new Tag(0x0008_0019) };

    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var paths = new Argument<string[]>("PATH") { Description = "Files and folders; the storage folder of an Orthanc is known by its index", Arity = ArgumentArity.OneOrMore };
        var skip = new Option<bool>("--skip-known") { Description = "Do not read on when the SOP Instance UID is stored: continues a broken-off import fast" };
        var command = new Command("import", "Copy files into the archive, durably. What is stored already is not stored twice, so a broken-off import is simply started again. "
            + "The server must not be running on the folder ('isocenter send' goes to a running one). Exit code 1 when a file was refused; files that are no DICOM are skipped.")
        {
            paths, skip,
        };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var tally = new Tally(terminal);
            await using var archive = await DataFolder.OpenAsync(folder.Settings(parsed, mustExist: false), "or send the files to it: 'isocenter send', 'isocenter web store'", cancel);
            var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancel };
            await System.Threading.Tasks.Parallel.ForEachAsync(parsed.GetValue(paths)!.SelectMany(FilesOf), options, async (file, stop) =>
                await TakeAsync(archive, file, parsed.GetValue(skip), tally, stop));
            tally.Finish(folder.IsJson(parsed));
            return tally.Refused == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static IEnumerable<ImportFile> FilesOf(string path)
    {
        if (!Directory.Exists(path)) return [new ImportFile(path)];
        return OrthancStorage.IsIn(path) ? OrthancStorage.Find(path) : FilesBelow.Unordered(path).Select(file => new ImportFile(file));
    }

    private static async Task TakeAsync(ImageArchive archive, ImportFile file, bool skipKnown, Tally tally, CancellationToken cancel)
    {
        try
        {
            if (skipKnown && !file.IsCompressed && await IsKnownAsync(archive, file.Path, cancel))
            {
                tally.Add(file.Path, new IngestResult(IngestStatus.AlreadyStored));
                return;
            }
            await using var stream = file.Open();
            tally.Add(file.Path, await archive.IngestFileAsync(stream, cancel: cancel));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            tally.Fail(file.Path, e.Message);
        }
    }

    private static async Task<bool> IsKnownAsync(ImageArchive archive, string path, CancellationToken cancel)
    {
        try
        {
            using var file = DicomFile.Open(path, UidOnly);
            return file.DataSet.TryGet(Tags.SOPInstanceUID, out string? text) && Uid.TryParseLenient(text, out var uid)
                && (await archive.FindInstancesAsync(new Selection { SopInstanceUids = [uid] }, cancel)).Count > 0;
        }
        catch (DicomFormatException)
        {
            return false;
        }
    }

    private sealed class Tally(Terminal terminal)
    {
        private readonly Lock _lock = new();
        private long _stored, _known, _skipped;

        public long Refused { get; private set; }

        public void Add(string path, IngestResult result)
        {
            lock (_lock)
            {
                if (result.Status == IngestStatus.AlreadyStored) _known++;
                else if (result.IsSuccess) _stored++;
                else if (result.Status is IngestStatus.Malformed or IngestStatus.NotIndexable && !LooksLikeDicom(path)) _skipped++;
                else
                {
                    Refused++;
                    terminal.Complain($"{path}: {result.Problem ?? result.Status.ToString()}");
                }
                if (terminal.IsInteractive && ((_stored + _known) & 0x3F) == 0) terminal.Error.Write($"\r{DataFolder.Count(_stored)} stored, {DataFolder.Count(_known)} known ");
            }
        }

        public void Fail(string path, string problem)
        {
            lock (_lock)
            {
                Refused++;
                terminal.Complain($"{path}: {problem}");
            }
        }

        public void Finish(bool asJson)
        {
            if (terminal.IsInteractive) terminal.Error.WriteLine();
            terminal.Output.WriteLine(asJson
                ? JsonSerializer.Serialize(new { stored = _stored, known = _known, skipped = _skipped, refused = Refused })
                : $"{DataFolder.Count(_stored)} objects stored, {DataFolder.Count(_known)} were there already, {DataFolder.Count(_skipped)} files are no DICOM, {DataFolder.Count(Refused)} were refused");
        }

        /// <summary>"DICM" after the preamble: then it is a failure that it was not taken.</summary>
        private static bool LooksLikeDicom(string path)
        {
            Span<byte> start = stackalloc byte[132];
            using var file = File.OpenHandle(path);
            return RandomAccess.Read(file, start, 0) == 132 && start[128..].SequenceEqual("DICM"u8);
        }
    }
}
