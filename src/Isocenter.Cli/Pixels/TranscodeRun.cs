using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Pixels;

/// <summary>One file to transcode.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsNamed">It was named itself, not met in a folder.</param>
internal sealed record TranscodeItem(string Path, string Target, long Length, bool IsNamed);

/// <summary>Transcodes files, several at a time, with a progress bar when a person watches.</summary>
internal sealed class TranscodeRun(Terminal terminal, TranscodeOptions options, TranscodeReport report)
{
    /// <summary>Files from this size on have their frames worked on in parallel; smaller ones go side by side.</summary>
    private const long Large = 32 << 20;

    /// <summary>Finds the files and says where each goes: a single file to the path that is given, or into that folder when
    /// there is one; several, and what is in folders, into the folder, under their paths below the folder that was named.</summary>
    /// <exception cref="UsageException">Two files would go to one place.</exception>
    public static IReadOnlyList<TranscodeItem> Find(string[] paths, string output, Action<TranscodeOutcome> report)
    {
        bool toFolder = paths.Length > 1 || Directory.Exists(paths[0]) || Directory.Exists(output) || Path.EndsInDirectorySeparator(output);
        var items = new List<TranscodeItem>();
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                if (File.Exists(path)) items.Add(new TranscodeItem(path, toFolder ? Path.Combine(output, Path.GetFileName(path)) : output, new FileInfo(path).Length, IsNamed: true));
                else report(new TranscodeOutcome(path, null, null, "there is no such file"));
                continue;
            }
            // The output may lie within the folder: what is written there is not read again.
            string inside = Path.GetFullPath(output) + Path.DirectorySeparatorChar;
            foreach (string file in FilesBelow.Of(path))
            {
                if (Path.GetFullPath(file).StartsWith(inside, StringComparison.Ordinal)) continue;
                items.Add(new TranscodeItem(file, Path.Combine(output, Path.GetRelativePath(path, file)), new FileInfo(file).Length, IsNamed: false));
            }
        }
        if (items.GroupBy(item => Path.GetFullPath(item.Target)).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UsageException($"{string.Join(" and ", twice.Select(item => item.Path))} would both be written to {twice.Key}");
        return items;
    }

    public async Task RunAsync(IReadOnlyList<TranscodeItem> items, CancellationToken cancel)
    {
        if (!terminal.IsInteractive || items.Count == 0)
        {
            await RunAsync(items, _ => { }, cancel);
            return;
        }
        await ProgressBar.RunAsync(terminal, $"{items.Count} files", items.Sum(item => (double)item.Length), (writeLine, done) =>
        {
            report.WriteLine = writeLine;
            return RunAsync(items, item => done(item.Length), cancel);
        });
        report.WriteLine = null;
    }

    private Task RunAsync(IReadOnlyList<TranscodeItem> items, Action<TranscodeItem> done, CancellationToken cancel) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel }, async (item, stop) =>
        {
            report.Add(await TranscodeAsync(item, items.Count == 1, stop));
            done(item);
        });

    private async Task<TranscodeOutcome> TranscodeAsync(TranscodeItem item, bool isAlone, CancellationToken cancel)
    {
        try
        {
            using var file = DicomFile.Open(item.Path);
            if (file.FileMeta.Get(Tags.MediaStorageSOPClassUID, "") == SopClasses.MediaStorageDirectoryStorage)
                return new TranscodeOutcome(item.Path, null, null, "a DICOMDIR has no pixel data of its own", IsSkipped: !item.IsNamed);
            var own = isAlone || item.Length >= Large ? options : options with { MaxDegreeOfParallelism = 1 };
            return new TranscodeOutcome(item.Path, item.Target, await Transcoder.TranscodeAsync(file, item.Target, own, cancel));
        }
        catch (Exception e) when (e is not OperationCanceledException && Failure.Describe(e) is { } sentence)
        {
            return new TranscodeOutcome(item.Path, null, null, sentence, IsSkipped: !item.IsNamed && e is DicomFormatException { Offset: 0 });
        }
    }
}
