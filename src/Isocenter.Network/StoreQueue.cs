using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>Sends many objects over one or more associations (C-STORE as SCU, PS3.4 Annex B): proposes what they need, in
/// more than one association when 128 presentation contexts do not hold it, tries again with growing pauses when an
/// association is lost, and tells of each object what became of it.</summary>
/// <remarks>Objects are opened when their turn comes, so that memory does not go with their number or size.</remarks>
public static class StoreQueue
{
    /// <summary>Sends.</summary>
    /// <param name="items">What to send. An object whose association was lost may reach the peer twice.</param>
    /// <param name="options">To whom, and how.</param>
    /// <param name="cancel">Ends the sending; associations are aborted within an object, released between two.</param>
    /// <returns>One outcome for each item, in the order in which they end.</returns>
    public static async IAsyncEnumerable<StoreOutcome> SendAsync(IEnumerable<StoreItem> items, StoreQueueOptions options,
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Associations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAttempts, 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var run = new StoreRun(StorePortion.Plan(items), options, stop.Token);
        var running = Task.Run(run.RunAsync, CancellationToken.None);
        try
        {
            await foreach (var outcome in run.Outcomes.ReadAllAsync(cancel).ConfigureAwait(false)) yield return outcome;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await running.ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
    }
}

/// <summary>One run of a <see cref="StoreQueue"/>: so many workers, each with an association of its own.</summary>
internal sealed class StoreRun(List<StorePortion> portions, StoreQueueOptions options, CancellationToken cancel)
{
    private readonly Channel<StoreOutcome> _outcomes = Channel.CreateBounded<StoreOutcome>(256);
    private readonly Lock _lock = new();
    private int _associations;
    private volatile bool _everConnected;
    private volatile AssociationException? _givenUp;

    public ChannelReader<StoreOutcome> Outcomes => _outcomes.Reader;

    public async Task RunAsync()
    {
        try
        {
            int count = Math.Min(options.Associations, portions.Sum(portion => portion.Waiting.Count));
            await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(WorkAsync, CancellationToken.None))).ConfigureAwait(false);
            foreach (var entry in portions.SelectMany(portion => portion.Waiting))
                await TellAsync(entry, null, _givenUp ?? new AssociationException("it was not sent")).ConfigureAwait(false);
            _outcomes.Writer.TryComplete();
        }
#pragma warning disable CA1031 // Whatever it is, it is told to whoever enumerates.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _outcomes.Writer.TryComplete(fault);
            throw;
        }
    }

    private async Task WorkAsync()
    {
        int losses = 0;
        while (_givenUp is null && Choose() is { } portion)
        {
            try
            {
                var association = await ConnectAsync(portion).ConfigureAwait(false);
                if (association is null) return;
                await using var end = association.ConfigureAwait(false);
                bool progressed;
                try
                {
                    int lanes = Math.Max(1, (int)association.Info.MaxOperationsInvoked);
                    bool[] sent = await Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => SendAsync(association, portion))).ConfigureAwait(false);
                    progressed = Array.Exists(sent, s => s);
                }
                finally
                {
                    // From here on a worker that finds no connection may not count on this one any more.
                    lock (_lock) _associations--;
                }
                losses = association.Failure is null && !association.Ended.IsCompleted ? 0 : progressed ? 1 : losses + 1;
            }
            finally
            {
                lock (_lock) portion.Workers--;
            }
            if (losses > 0) await PauseAsync(losses).ConfigureAwait(false);
        }
    }

    /// <summary>The portion with most left to do for each of its workers.</summary>
    private StorePortion? Choose()
    {
        lock (_lock)
        {
            var portion = portions.Where(p => !p.Waiting.IsEmpty).MaxBy(p => p.Waiting.Count / (p.Workers + 1.0));
            if (portion is not null) portion.Workers++;
            return portion;
        }
    }

    /// <returns>Null when this worker is not needed: others work, or all has been given up.</returns>
    private async Task<Association?> ConnectAsync(StorePortion portion)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var association = await Association.ConnectAsync(options.Peer with { PresentationContexts = portion.Contexts }, cancel).ConfigureAwait(false);
                lock (_lock) _associations++;
                _everConnected = true;
                return association;
            }
            catch (AssociationException e)
            {
                // The peer allows fewer associations than we are workers.
                lock (_lock) if (_associations > 0) return null;
                if (_givenUp is not null) return null;
                bool isFinal = attempt >= options.MaxAttempts
                    || e is AssociationRejectedException { Result: RejectResult.Permanent }
                    || e is ConnectionFailedException && !_everConnected && !options.WaitForPeer;
                if (isFinal)
                {
                    _givenUp = e;
                    return null;
                }
            }
            await PauseAsync(attempt).ConfigureAwait(false);
        }
    }

    private Task PauseAsync(int losses)
    {
        double factor = Math.Pow(2, Math.Min(losses - 1, 20));
        // Not all at the same moment.
        double jitter = 0.75 + Random.Shared.NextDouble() / 2;
        var pause = TimeSpan.FromTicks((long)Math.Min(options.FirstPause.Ticks * factor * jitter, options.MaxPause.Ticks));
        return Task.Delay(pause, options.Peer.Time, cancel);
    }

    /// <summary>Sends one object after the other while the association stands.</summary>
    /// <returns>The peer answered at least once.</returns>
    private async Task<bool> SendAsync(Association association, StorePortion portion)
    {
        bool answered = false;
        while (association.Failure is null && !association.Ended.IsCompleted && portion.Waiting.TryDequeue(out var entry))
        {
            cancel.ThrowIfCancellationRequested();
            entry.Attempts++;
            var syntax = entry.Item.SyntaxFor(association.PresentationContexts);
            try
            {
                using var request = await entry.Item.OpenAsync(syntax, cancel).ConfigureAwait(false);
                var status = await association.StoreAsync(request, cancel).ConfigureAwait(false);
                answered = true;
                if (entry.Attempts < options.MaxAttempts && !status.IsSuccessOrWarning && options.RetryStatus(status))
                {
                    portion.Waiting.Enqueue(entry);
                    await PauseAsync(entry.Attempts).ConfigureAwait(false);
                    continue;
                }
                await TellAsync(entry, status, null, syntax).ConfigureAwait(false);
            }
            catch (AssociationException lost)
            {
                if (entry.Attempts < options.MaxAttempts) portion.Waiting.Enqueue(entry);
                else await TellAsync(entry, null, lost, syntax).ConfigureAwait(false);
                break;
            }
#pragma warning disable CA1031 // Whatever keeps one object from being read is its own outcome; the others go on.
            catch (Exception fault) when (fault is not OperationCanceledException || !cancel.IsCancellationRequested)
#pragma warning restore CA1031
            {
                await TellAsync(entry, null, fault).ConfigureAwait(false);
            }
        }
        return answered;
    }

    private ValueTask TellAsync(StoreEntry entry, Status? status, Exception? failure, TransferSyntax? sentAs = null) =>
        _outcomes.Writer.WriteAsync(new StoreOutcome(entry.Item, status, failure) { Attempts = entry.Attempts, SentAs = sentAs }, cancel);
}
