using System.Collections.Concurrent;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>Instances that belong to no patient (PS3.4 §GG): hanging protocols, colour palettes, implant templates, defined
/// procedure protocols. They are few and small: a folder of files, read when they are asked for.</summary>
/// <remarks>Safe from many threads.</remarks>
public sealed class NonPatientStore
{
    /// <summary>Longest file that is taken, in bytes.</summary>
    public const int MaxLength = 64 << 20;

    private const string Extension = ".dcm";

    private readonly string _folder;
    private readonly Lock _lock = new();
    private readonly Lazy<ConcurrentDictionary<string, DataSet>> _headers;

    internal NonPatientStore(string dataFolder)
    {
        _folder = Path.Combine(dataFolder, "non-patient");
        _headers = new Lazy<ConcurrentDictionary<string, DataSet>>(ReadAll);
    }

    /// <summary>Stores a file (PS3.10). When this returns a success it is on disk.</summary>
    /// <param name="part10">Read to its end.</param>
    /// <param name="sopClasses">The SOP classes it may be of.</param>
    /// <param name="expected">The instance it must be; null: any.</param>
    /// <param name="cancel">Gives it up.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async ValueTask<IngestResult> StoreAsync(Stream part10, IReadOnlyCollection<string> sopClasses, Uid? expected = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(part10);
        ArgumentNullException.ThrowIfNull(sopClasses);
        using var buffer = new MemoryStream();
        byte[] piece = new byte[64 * 1024];
        int n;
        while ((n = await part10.ReadAsync(piece, cancel).ConfigureAwait(false)) > 0)
        {
            buffer.Write(piece, 0, n);
            if (buffer.Length > MaxLength) return new IngestResult(IngestStatus.TooLong, $"the object is longer than {MaxLength} bytes");
        }
        byte[] bytes = buffer.ToArray();
        DataSet header;
        int start;
        try
        {
            using var file = DicomFile.Read(bytes);
            if (!file.IsComplete) return new IngestResult(IngestStatus.Malformed, "the data set ends too early");
            header = file.DataSet.Copy();
            start = (int)file.DataSetOffset;
        }
        catch (DicomFormatException e)
        {
            return new IngestResult(IngestStatus.Malformed, e.Message);
        }
        string sopClass = header.Get(Tags.SOPClassUID, ""), uid = header.Get(Tags.SOPInstanceUID, "");
        if (!Uid.TryParseLenient(uid, out var parsed)) return new IngestResult(IngestStatus.NotIndexable, "SOP Instance UID is missing or no UID", null, sopClass);
        if (!sopClasses.Contains(sopClass)) return new IngestResult(IngestStatus.Mismatch, $"SOP Class UID {IndexEntry.Shorten(sopClass)} does not belong here", null, sopClass, uid);
        if (expected is not null && parsed != expected) return new IngestResult(IngestStatus.Mismatch, $"SOP Instance UID is {parsed}, not the one it was posted to", null, sopClass, uid);
        lock (_lock)
        {
            string path = PathOf(parsed);
            if (File.Exists(path))
            {
                return DataSetOf(File.ReadAllBytes(path)).SequenceEqual(bytes.AsSpan(start))
                    ? new IngestResult(IngestStatus.AlreadyStored, null, null, sopClass, uid)
                    : new IngestResult(IngestStatus.Conflict, "a different object is stored under this SOP Instance UID", null, sopClass, uid);
            }
            Write(path, bytes);
            _headers.Value[parsed.Value] = header.Freeze();
        }
        return new IngestResult(IngestStatus.Stored, null, null, sopClass, uid);
    }

    /// <summary>The file of an instance; null when there is none of these SOP classes.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[]? Find(Uid instance, IReadOnlyCollection<string> sopClasses)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(sopClasses);
        return _headers.Value.TryGetValue(instance.Value, out var header) && sopClasses.Contains(header.Get(Tags.SOPClassUID, "")) ? File.ReadAllBytes(PathOf(instance)) : null;
    }

    /// <summary>The instances of these SOP classes that match, by SOP Instance UID; whole data sets, frozen.</summary>
    public IReadOnlyList<DataSet> Search(DataSet keys, IReadOnlyCollection<string> sopClasses, MatchingOptions? options = null) =>
        [.. _headers.Value.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)
            .Where(header => sopClasses.Contains(header.Get(Tags.SOPClassUID, "")) && Matcher.Matches(keys, header, options))];

    /// <summary>Without what says by whom and how it came: that may differ for the same object.</summary>
    private static ReadOnlySpan<byte> DataSetOf(byte[] stored)
    {
        using var file = DicomFile.Read(stored);
        return stored.AsSpan((int)file.DataSetOffset);
    }

    private string PathOf(Uid instance) => Path.Combine(_folder, instance.Value + Extension);

    private void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(_folder);
        string part = path + ".part";
        using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(part, path);
        DiskSync.FlushDirectory(_folder);
        DiskSync.FlushDirectory(Path.GetDirectoryName(_folder)!);
    }

    private ConcurrentDictionary<string, DataSet> ReadAll()
    {
        var headers = new ConcurrentDictionary<string, DataSet>(StringComparer.Ordinal);
        if (!Directory.Exists(_folder)) return headers;
        foreach (string path in Directory.EnumerateFiles(_folder, "*" + Extension))
        {
            try
            {
                using var file = DicomFile.Read(File.ReadAllBytes(path));
                headers[Path.GetFileNameWithoutExtension(path)] = file.DataSet.Copy().Freeze();
            }
            catch (DicomFormatException)
            {
                // Not ours, or damaged: it is not found, and stays for a person to look at.
            }
        }
        return headers;
    }
}
