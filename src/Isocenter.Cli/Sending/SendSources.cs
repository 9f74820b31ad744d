using System.IO.Compression;
using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Cli.Sending;

/// <summary>Finds what is to be sent: files as they are named, folders with all that is below them, ZIP files with all that
/// is in them, and single entries as archive.zip!/name.</summary>
internal sealed class SendSources(Action<SendOutcome> report, bool asIs)
{
    private readonly List<StoreItem> _items = [];

    /// <summary>Reads the headers.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="report">Is told of what cannot be sent: a named file failed, one met in a folder was skipped.</param>
    /// <param name="asIs">Objects are sent as they are, or not at all.</param>
    /// <param name="cancel">Ends the search.</param>
    public static IReadOnlyList<StoreItem> Find(IEnumerable<string> paths, Action<SendOutcome> report, bool asIs, CancellationToken cancel)
    {
        var sources = new SendSources(report, asIs);
        foreach (string path in paths)
        {
            if (Directory.Exists(path)) sources.AddFolder(path, cancel);
            else if (IsZip(path)) sources.AddZip(path, null, cancel);
            else if (path.IndexOf("!/", StringComparison.Ordinal) is var at && at > 0 && IsZip(path[..at])) sources.AddZip(path[..at], path[(at + 2)..], cancel);
            else sources.Add(path, SendResult.Failed, () => SendItem.FromFile(path, asIs));
        }
        return sources._items;
    }

    private void AddFolder(string path, CancellationToken cancel)
    {
        string? problem = Failure.Try(() =>
        {
            foreach (string file in FilesBelow.Of(path, cancel))
            {
                if (IsZip(file)) AddZip(file, null, cancel);
                else Add(file, SendResult.Skipped, () => SendItem.FromFile(file, asIs));
            }
        });
        if (problem is not null) report(new SendOutcome(path, SendResult.Failed, problem));
    }

    private void AddZip(string path, string? only, CancellationToken cancel)
    {
        string? problem = Failure.Try(() =>
        {
            using var archive = ZipFile.OpenRead(path);
            bool found = false;
            foreach (var entry in archive.Entries)
            {
                cancel.ThrowIfCancellationRequested();
                if (entry.Name.Length == 0 || only is not null && entry.FullName != only) continue;
                found = true;
                Add($"{path}!/{entry.FullName}", only is null ? SendResult.Skipped : SendResult.Failed, () => SendItem.FromEntry(path, entry, asIs));
            }
            if (!found && only is not null) throw new CommandException($"'{only}' is not in the ZIP file");
        });
        if (problem is not null) report(new SendOutcome(path, SendResult.Failed, problem));
    }

    private void Add(string name, SendResult otherwise, Func<StoreItem> read)
    {
        string? problem = Failure.Try(() =>
        {
            var item = read();
            if (item.SopClassUid.Value == SopClasses.MediaStorageDirectoryStorage) throw new CommandException("a DICOMDIR is no object to send");
            _items.Add(item);
        });
        if (problem is not null) report(new SendOutcome(name, otherwise, problem));
    }

    private static bool IsZip(string path)
    {
        try
        {
            Span<byte> start = stackalloc byte[4];
            using var file = File.OpenHandle(path);
            return RandomAccess.Read(file, start, 0) == 4 && start.SequenceEqual("PK\x03\x04"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;       // whoever opens it next says why
        }
    }
}
