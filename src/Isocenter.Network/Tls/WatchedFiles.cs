namespace Isocenter.Network;

/// <summary>Something made of files, made again when one of them has another time or length than before.</summary>
/// <remarks>Looked at when it is asked for, which is once for each handshake: no watcher, no thread, and it works on
/// network drives and on the symbolic links by which secrets are mounted.</remarks>
internal sealed class WatchedFiles<T>
    where T : class
{
    private readonly IReadOnlyList<string> _files;
    private readonly Func<T> _load;
    private readonly Lock _lock = new();
    private (DateTime, long)[] _seen;
    private T _current;
    private (DateTime, long)[]? _unusable;
    private Exception? _problem;

    /// <exception cref="Exception">What <paramref name="load"/> throws, the first time only.</exception>
    public WatchedFiles(IReadOnlyList<string> files, Func<T> load)
    {
        _files = files;
        _load = load;
        _seen = Look();
        _current = load();
    }

    public T Current
    {
        get
        {
            lock (_lock)
            {
                var now = Look();
                if (now.AsSpan().SequenceEqual(_seen)) return _current;
                try
                {
                    _current = _load();
                    _seen = now;
                    (_unusable, _problem) = (null, null);
                }
                catch (Exception unusable) when (unusable is TlsException or InvalidDataException or IOException or UnauthorizedAccessException)
                {
                    // Half replaced, perhaps: looked at again the next time, and told of once.
                    if (_unusable is null || !now.AsSpan().SequenceEqual(_unusable)) (_unusable, _problem) = (now, unusable);
                }
                return _current;
            }
        }
    }

    /// <summary>Why changed files are not used, once for each change; null: they are, or it has been told.</summary>
    public Exception? TakeProblem()
    {
        lock (_lock)
        {
            var problem = _problem;
            _problem = null;
            return problem;
        }
    }

    private (DateTime, long)[] Look() => [.. _files.Select(file =>
    {
        try
        {
            var info = new FileInfo(file);
            if (info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) info = target;
            return info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
        }
        catch (IOException)
        {
            return default;
        }
    })];
}
