namespace Isocenter.Archive.Tests;

/// <summary>A clock that is set by hand. Timers run by the real one.</summary>
internal sealed class HandClock(DateTimeOffset now) : TimeProvider
{
    private TimeSpan _passed = TimeSpan.FromDays(1);
    private DateTimeOffset _now = now;

    /// <summary>Setting it lets so much time pass.</summary>
    public DateTimeOffset Now
    {
        get => _now;
        set => (_passed, _now) = (value > _now ? _passed + (value - _now) : _passed, value);
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Somebody sets the clock, and no time passes.</summary>
    public void Jump(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _passed.Ticks;
}
