using Isocenter.Dicom;

namespace Isocenter.Cli.Sending;

/// <summary>Finds what is to be sent: files as they are named, folders with all that is below them.</summary>
internal static class SendSources
{
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.System,
        MaxRecursionDepth = 100,          // links can make circles
    };

    /// <summary>Reads the headers.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="report">Is told of what cannot be sent: a named file failed, one met in a folder was skipped.</param>
    /// <param name="cancel">Ends the search.</param>
    public static IReadOnlyList<SendItem> Find(IEnumerable<string> paths, Action<SendOutcome> report, CancellationToken cancel)
    {
        var items = new List<SendItem>();
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                TryAdd(path, SendResult.Failed);
                continue;
            }
            string? problem = Failure.Try(() =>
            {
                foreach (string file in Directory.EnumerateFiles(path, "*", Below).Order(StringComparer.Ordinal))
                {
                    cancel.ThrowIfCancellationRequested();
                    TryAdd(file, SendResult.Skipped);
                }
            });
            if (problem is not null) report(new SendOutcome(path, SendResult.Failed, problem));
        }
        return items;

        void TryAdd(string path, SendResult otherwise)
        {
            string? problem = Failure.Try(() =>
            {
                var item = SendItem.FromFile(path);
                if (item.SopClassUid.Value == SopClasses.MediaStorageDirectoryStorage) throw new CommandException("a DICOMDIR is no object to send");
                items.Add(item);
            });
            if (problem is not null) report(new SendOutcome(path, otherwise, problem));
        }
    }
}
