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

    /// <summary>One that comes again and again is kept once, as long as the archive is open.</summary>
    internal bool TakesIntoQuarantine(ContentHash hash)
    {
        lock (_quarantined)
        {
            if (_inQuarantine < 0) _inQuarantine = Store.Quarantined().Count;
            if (_inQuarantine >= MostQuarantined || !_quarantined.Add(hash)) return false;
            _inQuarantine++;
            return true;
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
