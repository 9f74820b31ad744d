using Isocenter.Archive;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Retention;

/// <summary>Does retention every night.</summary>
/// <remarks>A clock that has gone wrong must not delete anything: when more time than <see cref="LongestPause"/> seems to have passed since
/// the last night, a person has to look first, and goes on with <c>isocenter retention</c>.</remarks>
internal sealed class RetentionSchedule(ImageArchive archive, RetentionSettings settings, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Window = TimeSpan.FromHours(6);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(8);
    private readonly CancellationTokenSource _stop = new();
    private DateTimeOffset _complained;
    private Task _running = Task.CompletedTask;

    public void Start()
    {
        if (settings.IsOn) _running = Task.Run(LookNowAndThenAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Does it when its time has come.</summary>
    /// <returns>True: it was done.</returns>
    internal async Task<bool> RunWhenDueAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var local = TimeZoneInfo.ConvertTime(now, time.LocalTimeZone);
        var scheduled = local.DateTime.Date + settings.Time.ToTimeSpan();
        // A server that was started in the afternoon does not make up for the night.
        if (local.DateTime < scheduled || local.DateTime >= scheduled + Window) return false;
        if (await archive.GetRetentionRunAsync(cancel) is { } last)
        {
            // Also when the clock went back: then not before it is there again.
            if (TimeZoneInfo.ConvertTime(last, time.LocalTimeZone).DateTime >= scheduled) return false;
            if (now - last > LongestPause)
            {
                if (now - _complained > TimeSpan.FromDays(1)) Log.RetentionNotDone(logger, (int)(now - last).TotalDays);
                _complained = now;
                return false;
            }
        }
        var (deleted, purged) = await RetentionWork.RunAsync(archive, settings, now, cancel);
        Log.RetentionDone(logger, deleted.Studies, deleted.Bytes, deleted.Left, deleted.Moved, deleted.MovedBytes, purged.Objects, purged.Bytes);
        if (deleted.Problem is not null) Log.RetentionTrouble(logger, deleted.Problem);
        return true;
    }

    private async Task LookNowAndThenAsync()
    {
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await RunWhenDueAsync(_stop.Token);
                }
#pragma warning disable CA1031 // Whatever went wrong this time, the next night is another one.
                catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    Log.Failed(logger, e, "retention");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
