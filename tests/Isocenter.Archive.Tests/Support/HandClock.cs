namespace Isocenter.Archive.Tests;

/// <summary>A clock that is set by hand. Timers run by the real one.</summary>
internal sealed class HandClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
