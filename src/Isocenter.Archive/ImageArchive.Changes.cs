namespace Isocenter.Archive;

/// <content>The change feed.</content>
public sealed partial class ImageArchive
{
    /// <summary>Most changes that are returned at once.</summary>
    public const int MaxChanges = 10_000;

    /// <summary>What a clock is adjusted by without anybody noticing.</summary>
    private static readonly TimeSpan SmallestJump = TimeSpan.FromSeconds(2);
    private readonly Lock _clockLock = new();
    private (DateTimeOffset Now, long Ticks) _clock;

    /// <summary>Changes in their order, those behind <paramref name="since"/>. Every change has a larger number than those that
    /// were visible before it: whoever goes on from the last number he saw misses none.</summary>
    /// <param name="since">Number of the last one that is known; 0: from the first.</param>
    /// <param name="limit">Most that are returned, up to <see cref="MaxChanges"/>.</param>
    /// <param name="from">Not those before; null: any.</param>
    /// <param name="to">Not those at this time and after; null: any.</param>
    /// <param name="cancel">Ends it.</param>
    public ValueTask<IReadOnlyList<Change>> GetChangesAsync(long since = 0, int limit = 1000, DateTimeOffset? from = null, DateTimeOffset? to = null, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxChanges);
        long after = from is { } first ? Math.Max(since, NumberAt(first) - 1) : since;
        long before = to is { } end ? NumberAt(end) : long.MaxValue;
        return _readers.RunAsync<IReadOnlyList<Change>>(index => ChangeLog.Read(index, after, before, limit), cancel);
    }

    /// <summary>The number of the last change; 0: there is none.</summary>
    public ValueTask<long> GetLastChangeAsync(CancellationToken cancel = default) => _readers.RunAsync(ChangeLog.Last, cancel);

    /// <summary>Another number whenever something was written; costs nothing. For those who wait for changes.</summary>
    public long WriteCount => Committer.Changes;

    /// <summary>Tells in the feed of studies that have been quiet for <see cref="ArchiveOptions.StudyQuietTime"/>. Done by the
    /// archive itself now and then.</summary>
    internal async Task SettleAsync()
    {
        var (now, jump) = ReadClock();
        var before = now - Options.StudyQuietTime;
        // Set back while nobody ran: then what was noted lies ahead.
        bool isAhead = await _readers.RunAsync(index =>
            index.Scalar("SELECT 1 FROM settling WHERE since > @0 LIMIT 1", (now + SmallestJump).ToUnixTimeMilliseconds()) is not null, default).ConfigureAwait(false);
        if (isAhead || jump.Duration() > SmallestJump) await Committer.RunAsync(index => ChangeLog.Shift(index, jump, now)).ConfigureAwait(false);
        // Only when one is due: writing makes whoever waits for changes look.
        bool isDue = await _readers.RunAsync(index =>
            index.Scalar("SELECT 1 FROM settling WHERE since <= @0 LIMIT 1", before.ToUnixTimeMilliseconds()) is not null, default).ConfigureAwait(false);
        if (isDue) await Committer.RunAsync(index => ChangeLog.Settle(index, now, before)).ConfigureAwait(false);
    }

    /// <summary>The time, and by how much the clock was set since this was last asked: time that passes is measured by another one,
    /// which nobody sets.</summary>
    private (DateTimeOffset Now, TimeSpan Jump) ReadClock()
    {
        lock (_clockLock)
        {
            var (now, ticks) = (Options.TimeProvider.GetUtcNow(), Options.TimeProvider.GetTimestamp());
            var jump = _clock.Ticks == 0 ? TimeSpan.Zero : now - _clock.Now - Options.TimeProvider.GetElapsedTime(_clock.Ticks, ticks);
            _clock = (now, ticks);
            return (now, jump);
        }
    }

    private static long NumberAt(DateTimeOffset time) => Math.Max(0, time.ToUnixTimeMilliseconds()) * ChangeLog.NumbersPerMillisecond;

    private async Task SettleNowAndThenAsync()
    {
        using var timer = new PeriodicTimer(SettleInterval, Options.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await SettleAsync().ConfigureAwait(false);
                }
                catch (Exception e) when (e is Microsoft.Data.Sqlite.SqliteException or ArchiveException)
                {
                    // Not now: what is due stays due. A damaged index shows itself to those who store and ask.
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The end.
        }
    }
}
