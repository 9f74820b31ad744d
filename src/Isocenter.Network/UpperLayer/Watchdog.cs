namespace Isocenter.Network.UpperLayer;

/// <summary>The deadlines of one connection behind a single timer.</summary>
/// <remarks>Arming and disarming happens around every wait and must cost next to nothing: the timer is touched only when
/// a deadline comes before the tick that is already set. Safe from many threads.</remarks>
internal sealed class Watchdog : IDisposable
{
    /// <summary>What is being waited for; each has one deadline.</summary>
    internal enum Slot
    {
        Artim,
        Receive,
        Send,
        Broken,
    }

    private const int Slots = 4;
    private const long Never = long.MaxValue;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<Slot> _expired;
    private readonly ITimer _timer;
    private readonly long[] _deadlines = [Never, Never, Never, Never];
    private long _nextTick = Never;
    private bool _disposed;

    /// <param name="time">The clock.</param>
    /// <param name="expired">Called without a lock, on a timer thread, once for each expiry.</param>
    public Watchdog(TimeProvider time, Action<Slot> expired)
    {
        _time = time;
        _expired = expired;
        _timer = time.CreateTimer(static state => ((Watchdog)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sets or moves a deadline; an infinite <paramref name="due"/> disarms.</summary>
    public void Arm(Slot slot, TimeSpan due)
    {
        if (due == Timeout.InfiniteTimeSpan)
        {
            Disarm(slot);
            return;
        }
        long now = _time.GetTimestamp();
        long deadline = now + (long)(Math.Max(0, due.TotalSeconds) * _time.TimestampFrequency);
        lock (_lock)
        {
            if (_disposed) return;
            _deadlines[(int)slot] = deadline;
            if (deadline < _nextTick) SetTimer(deadline, now);
        }
    }

    public void Disarm(Slot slot)
    {
        lock (_lock) _deadlines[(int)slot] = Never;
    }

    public void Dispose()
    {
        lock (_lock) _disposed = true;
        _timer.Dispose();
    }

    private void Tick()
    {
        Span<bool> fired = stackalloc bool[Slots];
        lock (_lock)
        {
            if (_disposed) return;
            long now = _time.GetTimestamp(), earliest = Never;
            for (int i = 0; i < Slots; i++)
            {
                if (_deadlines[i] <= now)
                {
                    fired[i] = true;
                    _deadlines[i] = Never;
                }
                else
                {
                    earliest = Math.Min(earliest, _deadlines[i]);
                }
            }
            _nextTick = Never;
            if (earliest != Never) SetTimer(earliest, now);
        }
        for (int i = 0; i < Slots; i++)
            if (fired[i]) _expired((Slot)i);
    }

    private void SetTimer(long deadline, long now)
    {
        _nextTick = deadline;
        // Rounded up: a timer counts in milliseconds, and a tick before the deadline would find nothing to do.
        double milliseconds = Math.Ceiling((deadline - now) * 1000.0 / _time.TimestampFrequency);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }
}
