namespace Isocenter.Server.DicomWeb;

/// <summary>A folder of files that can be made again, bounded together: the oldest go first. A file is whole or not there. Safe from many
/// threads.</summary>
/// <param name="path">The folder. Files are in folders of the first two characters of their names.</param>
/// <param name="extension">That of all files.</param>
/// <param name="maxBytes">Bytes that the files take at most; 0: there are none.</param>
internal sealed class BoundedFolder(string path, string extension, long maxBytes)
{
    private readonly Lock _lock = new();
    private long _bytes = -1;

    /// <summary>Files are kept.</summary>
    public bool IsUsed => maxBytes > 0;

    public bool Contains(string name) => IsUsed && File.Exists(PathOf(name));

    /// <returns>Null when there is no such file, or it cannot be read.</returns>
    public byte[]? Read(string name)
    {
        if (!IsUsed) return null;
        try
        {
            return File.ReadAllBytes(PathOf(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        if (!IsUsed) return;
        // Before the first one is written: what lies there unfinished is of an earlier program.
        CountOnce();
        string file = PathOf(name), part = $"{file}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(part, content);
        lock (_lock)
        {
            var before = new FileInfo(file);
            _bytes += content.Length - (before.Exists ? before.Length : 0);
            File.Move(part, file, overwrite: true);
            if (_bytes > maxBytes) Shrink();
        }
    }

    private string PathOf(string name) => Path.Combine(path, name[..2], name + extension);

    private void CountOnce()
    {
        lock (_lock)
        {
            if (_bytes >= 0) return;
            long bytes = 0;
            foreach (var file in Files("*"))
            {
                if (file.Extension == extension) bytes += file.Length;
                else if (file.Name.Contains(extension + ".", StringComparison.Ordinal)) file.Delete();
            }
            _bytes = bytes;
        }
    }

    /// <summary>The oldest go, until a tenth is free.</summary>
    private void Shrink()
    {
        foreach (var file in Files("*" + extension).OrderBy(file => file.LastWriteTimeUtc).ToList())
        {
            if (_bytes <= maxBytes - maxBytes / 10) return;
            _bytes -= file.Length;
            file.Delete();
        }
    }

    private IEnumerable<FileInfo> Files(string pattern) =>
        Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles(pattern, SearchOption.AllDirectories) : [];
}
