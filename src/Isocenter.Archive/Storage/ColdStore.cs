namespace Isocenter.Archive;

/// <summary>The slower place for old objects: a folder with the same layout. Where an object was, a symbolic link says where it is now, so
/// that whoever reads, checks, copies or indexes it does so as before (docs/formats/stored-object.md).</summary>
internal sealed class ColdStore(ObjectStore store, string folder)
{
    private const string LinkExtension = ".link";
    private readonly ObjectStore _cold = new(Path.GetFullPath(folder));

    /// <summary>The object has moved.</summary>
    public static bool IsMoved(ObjectStore store, ObjectId id) => new FileInfo(store.PathOf(id)).LinkTarget is not null;

    /// <summary>Moves an object: it is copied and read again, then the link takes the place of the file at once. A crash leaves one of the
    /// two, and the next attempt does the rest.</summary>
    /// <returns>Why it was not moved; null: it is.</returns>
    public string? Move(ObjectId id, CancellationToken cancel)
    {
        if (IsMoved(store, id)) return null;
        if (ArchiveCopy.CopyObject(store, _cold, id, cancel) is { } problem) return problem;
        if (!StoredFile.TryReadSeal(_cold, id, out var seal) || !StoredFile.Matches(_cold, id, seal, cancel)) return $"{_cold.PathOf(id)} does not read back as it was written";
        string path = store.PathOf(id), link = Path.ChangeExtension(path, LinkExtension);
        File.Delete(link);
        File.CreateSymbolicLink(link, _cold.PathOf(id));
        File.Move(link, path, overwrite: true);
        DiskSync.FlushDirectory(Path.GetDirectoryName(path)!);
        return null;
    }

    /// <summary>Removes an object, wherever it is.</summary>
    public static void Delete(ObjectStore store, ObjectId id)
    {
        if (new FileInfo(store.PathOf(id)).LinkTarget is { } target) File.Delete(target);
        store.Delete(id);
    }
}
