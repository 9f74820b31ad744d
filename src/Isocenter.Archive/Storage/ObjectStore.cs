using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Archive;

/// <summary>The folder of stored files: <c>objects/yyyy/MM/dd/HH/id.dcm</c>, by the UTC hour of the id. No name comes
/// from outside, and nothing but such names is ever read or deleted here.</summary>
internal sealed class ObjectStore
{
    private const string Extension = ".dcm";
    private readonly string _root;
    private readonly string _quarantine;
    private readonly Lock _lock = new();
    private string _knownBucket = "";

    public ObjectStore(string dataFolder)
    {
        _root = Path.Combine(dataFolder, "objects");
        _quarantine = Path.Combine(dataFolder, "quarantine");
        MakeFolder(_root);
    }

    public string Root => _root;

    /// <summary>What is told of files that go away; null while nobody stores.</summary>
    public ArrivalLog? Arrivals { get; set; }

    public string PathOf(ObjectId id) => Path.Combine(BucketOf(id), id.ToString() + Extension);

    /// <summary>Makes the new, empty file of an object. Its folder is on disk when this returns.</summary>
    public SafeFileHandle Create(ObjectId id)
    {
        string bucket = BucketOf(id), path = Path.Combine(bucket, id.ToString() + Extension);
        if (bucket != _knownBucket) MakeFolder(bucket);
        try
        {
            return Open(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody tidied up an empty folder.
            MakeFolder(bucket);
            return Open(path);
        }
        finally
        {
            _knownBucket = bucket;
        }

        static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
    }

    /// <summary>Opens it, in the way that a socket wants who is to send it.</summary>
    public SafeFileHandle OpenRead(ObjectId id) =>
        File.OpenHandle(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);

    public void Delete(ObjectId id)
    {
        Arrivals?.Forget(id);
        File.Delete(PathOf(id));
    }

    /// <summary>Writes the file of an object anew, whatever is in its place. It is on disk when this returns.</summary>
    public void Restore(ObjectId id, ReadOnlySpan<byte> bytes)
    {
        string bucket = BucketOf(id), path = PathOf(id), part = path + ".part";
        MakeFolder(bucket);
        using (var file = File.OpenHandle(part, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
        }
        File.Move(part, path, overwrite: true);
        DiskSync.FlushDirectory(bucket);
    }

    /// <summary>Takes a damaged file away from the others without destroying it.</summary>
    public void Quarantine(ObjectId id)
    {
        Arrivals?.Forget(id);
        MakeFolder(_quarantine);
        File.Move(PathOf(id), Path.Combine(_quarantine, id.ToString() + Extension), overwrite: true);
    }

    public string QuarantineFolder => _quarantine;

    public string QuarantinePathOf(ObjectId id) => Path.Combine(_quarantine, id.ToString() + Extension);

    /// <summary>What was taken away, in the order of ids.</summary>
    public List<ObjectId> Quarantined()
    {
        var ids = new List<ObjectId>();
        if (!Directory.Exists(_quarantine)) return ids;
        foreach (string file in Directory.EnumerateFiles(_quarantine, "*" + Extension))
        {
            if (ObjectId.TryParse(Path.GetFileNameWithoutExtension(file.AsSpan()), out var id)) ids.Add(id);
        }
        ids.Sort();
        return ids;
    }

    /// <summary>Brings a file back to the others.</summary>
    /// <returns>False: there is one of its name.</returns>
    public bool TryTakeBack(ObjectId id)
    {
        if (File.Exists(PathOf(id))) return false;
        MakeFolder(BucketOf(id));
        File.Move(QuarantinePathOf(id), PathOf(id));
        return true;
    }

    /// <summary>The files whose id is not below <paramref name="high"/>, in the order of ids. Folders and files with
    /// other names than ours are passed over.</summary>
    public IEnumerable<ObjectId> From(long high)
    {
        var first = new ObjectId(high, 0).Time.UtcDateTime;
        foreach (var (year, yearPath) in Numbered(_root, "0000", first.Year))
            foreach (var (month, monthPath) in Numbered(yearPath, "00", year > first.Year ? 0 : first.Month))
                foreach (var (day, dayPath) in Numbered(monthPath, "00", (year, month).CompareTo((first.Year, first.Month)) > 0 ? 0 : first.Day))
                {
                    bool later = (year, month, day).CompareTo((first.Year, first.Month, first.Day)) > 0;
                    foreach (var (_, bucket) in Numbered(dayPath, "00", later ? 0 : first.Hour))
                    {
                        var ids = new List<ObjectId>();
                        foreach (string file in Directory.EnumerateFiles(bucket, "*" + Extension))
                        {
                            if (ObjectId.TryParse(Path.GetFileNameWithoutExtension(file.AsSpan()), out var id)
                                && id.High >= high && BucketOf(id) == bucket) ids.Add(id);
                        }
                        ids.Sort();
                        foreach (var id in ids) yield return id;
                    }
                }
    }

    private static List<(int Number, string Path)> Numbered(string folder, string format, int from)
    {
        var found = new List<(int, string)>();
        foreach (string path in Directory.EnumerateDirectories(folder))
        {
            string name = Path.GetFileName(path);
            if (name.Length == format.Length && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number >= from) found.Add((number, path));
        }
        found.Sort();
        return found;
    }

    private string BucketOf(ObjectId id) => _root + id.Time.UtcDateTime.ToString("'/'yyyy'/'MM'/'dd'/'HH", CultureInfo.InvariantCulture)
        .Replace('/', Path.DirectorySeparatorChar);

    /// <summary>Makes a folder and those above it, and brings the names of the new ones to disk.</summary>
    private void MakeFolder(string path)
    {
        lock (_lock)
        {
            var missing = new Stack<string>();
            for (string? at = path; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at)) missing.Push(at);
            foreach (string folder in missing)
            {
                Directory.CreateDirectory(folder);
                if (Path.GetDirectoryName(folder) is { } parent) DiskSync.FlushDirectory(parent);
            }
        }
    }
}
