namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Counts the bytes a decoder takes, before it takes them, against what the caller allows.</summary>
/// <remarks>Takers on several threads may share one. Disposing a part gives back all that the part still has.</remarks>
internal sealed class WorkingMemory : IDisposable
{
    private readonly long _limit;
    private readonly WorkingMemory? _whole;
    private long _taken;

    public WorkingMemory(long limit) => _limit = limit;

    private WorkingMemory(WorkingMemory whole)
    {
        _limit = long.MaxValue;
        _whole = whole;
    }

    /// <summary>Bytes taken and not given back.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>A count of its own within this one.</summary>
    public WorkingMemory Part() => new(this);

    /// <exception cref="CodecException">More than the limit would be in use; nothing is taken then.</exception>
    public void Take(long bytes, string what)
    {
        if (bytes < 0 || Interlocked.Add(ref _taken, bytes) > _limit)
        {
            Interlocked.Add(ref _taken, -Math.Max(0, bytes));
            throw Damage.Of($"{what} would take {bytes} bytes beside {Taken} of working memory, {_limit} are allowed");
        }
        try
        {
            _whole?.Take(bytes, what);
        }
        catch (CodecException)
        {
            Interlocked.Add(ref _taken, -bytes);
            throw;
        }
    }

    public void Release(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        _whole?.Release(bytes);
    }

    public void Dispose()
    {
        if (_whole is not null) Release(Taken);
    }
}
