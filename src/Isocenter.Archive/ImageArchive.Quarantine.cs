using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <content>Files that are no objects we can index, which nobody throws away.</content>
public sealed partial class ImageArchive
{
    /// <summary>What is in quarantine, by name: files that a start found damaged or unreadable. <see cref="ReindexAsync"/> tries them again.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyList<QuarantinedFile> GetQuarantine() =>
        [.. Store.Quarantined().Select(id => Describe(id, Store.QuarantinePathOf(id)))];

    /// <summary>Most files that senders can bring there.</summary>
    private const int MostQuarantined = 10_000;

    private readonly HashSet<ContentHash> _quarantined = [];
    private int _inQuarantine = -1;
    private long _bytesInQuarantine;

    /// <summary>Tries again to store a file in quarantine, whatever the policy says of its SOP class. What is stored, or was already, leaves the
    /// quarantine; what is refused stays.</summary>
    /// <param name="name">Its name (<see cref="QuarantinedFile.Name"/>).</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="cancel">Gives up, until it is stored.</param>
    /// <returns>What became of it; null: there is no such file.</returns>
    /// <exception cref="IOException">It cannot be read or taken away, or the record cannot be written.</exception>
    public async ValueTask<IngestResult?> ReleaseQuarantinedAsync(string name, string who, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(who);
        if (!TryFindQuarantined(name, out string path)) return null;
        IngestResult result;
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        await using (file.ConfigureAwait(false)) result = await IngestFileAsync(file, null, null, isRelease: true, cancel).ConfigureAwait(false);
        if (result.IsSuccess) TakeOutOfQuarantine(name, path, "released", who, result.Instance?.SopInstanceUid.Value ?? "");
        return result;
    }

    /// <summary>Destroys a file in quarantine.</summary>
    /// <param name="name">Its name (<see cref="QuarantinedFile.Name"/>).</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="reason">Why.</param>
    /// <returns>False: there is no such file.</returns>
    /// <exception cref="IOException">It cannot be deleted, or the record cannot be written.</exception>
    public bool DiscardQuarantined(string name, string who, string reason)
    {
        ArgumentNullException.ThrowIfNull(who);
        ArgumentNullException.ThrowIfNull(reason);
        if (!TryFindQuarantined(name, out string path)) return false;
        TakeOutOfQuarantine(name, path, "discarded", who, reason);
        return true;
    }

    /// <summary>One that comes again and again is kept once, as long as the archive is open.</summary>
    internal bool TakesIntoQuarantine(ContentHash hash, long length)
    {
        lock (_quarantined)
        {
            if (_inQuarantine < 0)
            {
                var files = Store.Quarantined();
                _inQuarantine = files.Count;
                _bytesInQuarantine = files.Sum(id => new FileInfo(Store.QuarantinePathOf(id)).Length);
            }
            if (_inQuarantine >= MostQuarantined || _bytesInQuarantine + length > Options.MaxQuarantineBytes || !_quarantined.Add(hash)) return false;
            _inQuarantine++;
            _bytesInQuarantine += length;
            return true;
        }
    }

    /// <summary>A name is that of an object: none that leads elsewhere.</summary>
    private bool TryFindQuarantined(string name, out string path)
    {
        ArgumentNullException.ThrowIfNull(name);
        bool isName = ObjectId.TryParse(Path.GetFileNameWithoutExtension(name.AsSpan()), out var id);
        path = isName ? Store.QuarantinePathOf(id) : "";
        return isName && Path.GetFileName(path) == name && File.Exists(path);
    }

    /// <summary>The record first: no file goes without one (docs/formats/quarantine.md).</summary>
    private void TakeOutOfQuarantine(string name, string path, string what, string who, string why)
    {
        lock (_quarantined)
        {
            long length = new FileInfo(path).Length;
            new JsonLines(Store.QuarantineFolder, "log.jsonl").Append(json =>
            {
                json.WriteString(what, name);
                json.WriteString("at", Options.TimeProvider.GetUtcNow());
                json.WriteString("who", who);
                json.WriteNumber("bytes", length);
                json.WriteString(what == "released" ? "instance" : "reason", why);
            });
            File.Delete(path);
            if (_inQuarantine < 0) return;
            _inQuarantine--;
            _bytesInQuarantine -= length;
        }
    }

    private static QuarantinedFile Describe(ObjectId id, string path)
    {
        string? instance = null, study = null, problem = null;
        try
        {
            using var file = DicomFile.Open(path, ObjectHeader.HeaderOptions);
            instance = file.DataSet.TryGet(Tags.SOPInstanceUID, out string? uid) ? uid : null;
            study = file.DataSet.TryGet(Tags.StudyInstanceUID, out uid) ? uid : null;
            if (!IndexEntry.TryMake(file.DataSet, ExtraAttributes.None, out var entry, out problem)) problem ??= "it cannot be indexed";
            else if (!HasSeal(path)) problem = "it ended too early, or could not be read";
            else if (!ObjectHeader.IsKnownClass(entry.SopClassUid)) problem = $"its SOP class {entry.SopClassUid} is unknown";
        }
        catch (Exception e) when (e is DicomFormatException or IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }
        return new QuarantinedFile(Path.GetFileName(path), new FileInfo(path).Length, id.Time, instance, study, problem ?? "its bytes are not those that were stored");
    }

    private static bool HasSeal(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> preamble = stackalloc byte[Seal.Length];
        return Seal.TryRead(preamble[..RandomAccess.Read(file, preamble, 0)], out _);
    }
}

/// <summary>A file in quarantine.</summary>
/// <param name="Name">Its name in the folder <c>quarantine</c>.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="ArrivedAt">When it began to arrive.</param>
/// <param name="SopInstanceUid">As far as it can be read.</param>
/// <param name="StudyInstanceUid">As far as it can be read.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record QuarantinedFile(string Name, long Bytes, DateTimeOffset ArrivedAt, string? SopInstanceUid, string? StudyInstanceUid, string Problem);
