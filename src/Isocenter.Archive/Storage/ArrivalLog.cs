namespace Isocenter.Archive;

/// <summary>Small objects on their way to disk (docs/formats/arrival-log.md): each is written into its file, which the system brings to
/// disk in its own time, and into a log made beforehand, which is on disk when the object is acknowledged. A sync of a new file waits for the
/// journal of the file system; one of bytes that have their place does not. Safe from many threads.</summary>
/// <remarks>Two segments: while one is filled, all files of the other are brought to disk at once. Whoever finds no
/// room, or no log yet, syncs his file instead. What a power cut left in the log, <see cref="Replay"/> brings into the files.</remarks>
internal sealed class ArrivalLog : IDisposable
{
    /// <summary>Longest file that is logged: what is written twice should be little.</summary>
    public const int MaxFileLength = 128 * 1024;

    private readonly ObjectStore _store;
    private readonly string _folder;
    private readonly int _segmentLength;
    private readonly long _minFreeBytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, (ArrivalSegment Segment, long Offset)> _live = [];
    private ArrivalSegment[] _segments = [];
    private ArrivalSegment? _current;
    private Task _work = Task.CompletedTask;
    private int _untilPrepared;
    private bool _isClosed;

    /// <param name="store">Where the files are.</param>
    /// <param name="options">Folder, limits.</param>
    public ArrivalLog(ObjectStore store, ArchiveOptions options)
    {
        _store = store;
        _folder = FolderOf(options.DataFolder);
        _segmentLength = options.ArrivalSegmentLength;
        _minFreeBytes = options.MinFreeBytes;
        // A log costs space and a moment to make: for who stores little, a sync each is as well.
        _untilPrepared = Directory.Exists(_folder) ? 1 : options.ObjectsBeforeLog;
    }

    /// <summary>Why what was logged could not be brought to disk, or null. It stays in the log until the next start.</summary>
    public string? Problem { get; private set; }

    /// <summary>There is a log, and small objects go into it.</summary>
    public bool IsReady
    {
        get
        {
            lock (_lock) return _current is not null;
        }
    }

    /// <summary>Ends when what is done in the background just now is done.</summary>
    internal Task Background
    {
        get
        {
            lock (_lock) return _work;
        }
    }

    /// <summary>Brings an object to disk whose file has been written whole, but not synced.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="file">The bytes of its file, sealed.</param>
    /// <returns>False: not now; sync the file.</returns>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public bool TryAppend(ObjectId id, ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxFileLength || !TryReserve(id, file.Length, out var segment, out long offset)) return false;
        try
        {
            segment.Write(offset, id, file);
            return true;
        }
        catch (IOException e)
        {
            Problem = $"the log of arrivals cannot be written: {e.Message}";
            Forget(id);
            throw;
        }
        finally
        {
            Leave(segment);
        }
    }

    /// <summary>The file of an object goes away: no power cut shall bring it back.</summary>
    public void Forget(ObjectId id)
    {
        ArrivalSegment segment;
        lock (_lock)
        {
            if (!_live.Remove(id.High, out var place)) return;
            segment = place.Segment;
            segment.Erase(place.Offset);
        }
        DiskSync.FlushBytes(segment.File);
    }

    /// <summary>Brings all files to disk and lets the log go.</summary>
    public void Dispose()
    {
        Task work;
        lock (_lock)
        {
            _isClosed = true;
            _untilPrepared = 0;
            work = _work;
        }
        work.GetAwaiter().GetResult();
        ArrivalSegment? last;
        lock (_lock)
        {
            last = _current;
            _current = null;
        }
        if (last is { IsEmpty: false }) Settle(last);
        foreach (var segment in _segments)
        {
            if (Problem is null) End(segment);
            segment.Dispose();
        }
    }

    private static void End(ArrivalSegment segment)
    {
        try
        {
            segment.End();
        }
        catch (IOException)
        {
            // Then the next start looks for records in it.
        }
    }

    /// <summary>Brings what a power cut took from the files back into them. Nobody works in the folder.</summary>
    /// <returns>Files that were written again.</returns>
    public static int Replay(ObjectStore store, string dataFolder, CancellationToken cancel)
    {
        string folder = FolderOf(dataFolder);
        if (!Directory.Exists(folder)) return 0;
        int restored = 0;
        foreach (string path in Directory.EnumerateFiles(folder, "*.log"))
        {
            using var segment = ArrivalSegment.Open(path);
            if (segment.IsEnded) continue;
            byte[] file = new byte[MaxFileLength];
            bool isEmpty = true;
            foreach (var (id, length) in segment.Read(file))
            {
                isEmpty = false;
                cancel.ThrowIfCancellationRequested();
                if (!Seal.TryRead(file.AsSpan(0, length), out var seal) || seal.Id != id || seal.FileLength != length || IsThere(store, id, seal, cancel)) continue;
                store.Restore(id, file.AsSpan(0, length));
                restored++;
            }
            // After a crash of the program alone, the files are there but perhaps not on disk.
            if (!isEmpty && OperatingSystem.IsLinux()) DiskSync.FlushFileSystem(store.Root);
            segment.End();
        }
        return restored;
    }

    private static string FolderOf(string dataFolder) => Path.Combine(dataFolder, "arrivals");

    private static bool IsThere(ObjectStore store, ObjectId id, in Seal logged, CancellationToken cancel)
    {
        try
        {
            return StoredFile.TryReadSeal(store, id, out var seal) && seal == logged && StoredFile.Matches(store, id, seal, cancel);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private bool TryReserve(ObjectId id, int length, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ArrivalSegment? segment, out long offset)
    {
        segment = null;
        offset = 0;
        lock (_lock)
        {
            if (_untilPrepared > 0 && --_untilPrepared == 0 && OperatingSystem.IsLinux()) _work = Task.Run(Prepare);
            if (_current is null || Problem is not null) return false;
            if (!_current.TryReserve(length, out offset))
            {
                var full = _current;
                _current = Array.Find(_segments, s => s.IsEmpty && s != full);
                if (_current is null || !_current.TryReserve(length, out offset))
                {
                    // The other one is still on its way to disk: this one is let go when it comes back.
                    _current = full;
                    return false;
                }
                LeaveLocked(full);
            }
            segment = _current;
            segment.Busy++;
            _live[id.High] = (segment, offset);
            return true;
        }
    }

    private void Leave(ArrivalSegment segment)
    {
        lock (_lock) LeaveLocked(segment);
    }

    /// <summary>The last who leaves a segment that is full has its files brought to disk.</summary>
    private void LeaveLocked(ArrivalSegment segment)
    {
        if (--segment.Busy > 0) return;
        var before = _work;
        _work = Task.Run(async () =>
        {
            await before.ConfigureAwait(false);
            Settle(segment);
        });
    }

    private void Settle(ArrivalSegment segment)
    {
        try
        {
            DiskSync.FlushFileSystem(_store.Root);
            // Before its records are forgotten here: a file that goes away meanwhile must still have its record erased.
            segment.Clear();
            lock (_lock)
            {
                foreach (var (id, place) in _live)
                {
                    if (place.Segment == segment) _live.Remove(id);
                }
                segment.Reuse();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = $"what was stored last cannot be brought to disk: {e.Message}";
        }
    }

    private void Prepare()
    {
        var made = new List<ArrivalSegment>();
        try
        {
            if (new DriveInfo(Path.GetDirectoryName(_folder)!).AvailableFreeSpace < _minFreeBytes + 4L * _segmentLength) return;
            Directory.CreateDirectory(_folder);
            foreach (string name in (string[])["a.log", "b.log"]) made.Add(ArrivalSegment.Make(Path.Combine(_folder, name), _segmentLength));
            DiskSync.FlushDirectory(_folder);
            DiskSync.FlushDirectory(Path.GetDirectoryName(_folder)!);
            lock (_lock)
            {
                _segments = [.. made];
                if (!_isClosed) _current = _segments[0];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Then each file is synced, as before.
            foreach (var segment in made) segment.Dispose();
        }
    }
}
