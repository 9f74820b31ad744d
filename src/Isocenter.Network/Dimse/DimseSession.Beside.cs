namespace Isocenter.Network.Dimse;

// The side that performs: handlers run beside the reading loop.
internal sealed partial class DimseSession
{
    /// <summary>Requests performed at a time where the window that was negotiated has no limit (PS3.7 §D.3.3.3), or a
    /// larger one: memory has.</summary>
    private const int UnlimitedWindow = 64;

    private readonly SemaphoreSlim _performing;
    private readonly Dictionary<Task, ushort> _handlers = [];
    private readonly Dictionary<ushort, RunningOperation> _running = [];
    private readonly HashSet<ushort> _cancelledEarly = [];

    /// <summary>A handler or an operation goes on. To be called with the lock held.</summary>
    private bool IsPerforming => _handlers.Count > 0 || _running.Count > 0;

    /// <summary>Hands a request to its handler, and returns when the handler has ended or needs the connection no more.
    /// Waits first, and thereby slows the peer down, when it sends more requests than were negotiated.</summary>
    private async Task PerformAsync(IncomingRequest request)
    {
        await _performing.WaitAsync(_aborted.Token).ConfigureAwait(false);
        var handling = HandleAsync(request);
        if (handling.IsCompleted)
        {
            await handling.ConfigureAwait(false);
            return;
        }
        if (request.DataSet is { } dataSet)
        {
            await Task.WhenAny(handling, dataSet.Consumed).ConfigureAwait(false);
            if (handling.IsCompleted)
            {
                await handling.ConfigureAwait(false);
                return;
            }
        }
        lock (_lock) _handlers.Add(handling, request.Command.MessageId);
        Expect();
        _ = WatchAsync(handling, request.Command.MessageId);
    }

    private async Task HandleAsync(IncomingRequest request)
    {
        try
        {
            await _onRequest(request).ConfigureAwait(false);
            if (request.DataSet is { } dataSet) await dataSet.DrainAsync().ConfigureAwait(false);
        }
        finally
        {
            request.DataSet?.Release();
            _performing.Release();
        }
    }

    private async Task WatchAsync(Task handling, ushort messageId)
    {
        try
        {
            await handling.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A fault in a handler ends its association, never the server.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            EndFor(fault);
        }
        finally
        {
            lock (_lock)
            {
                _handlers.Remove(handling);
                _cancelledEarly.Remove(messageId);
            }
            Expect();
            EndIfStopping();
        }
    }

    /// <summary>Runs an operation beside the reading loop until it ends, is cancelled by C-CANCEL, or the association ends.</summary>
    /// <returns>Success, or the failure to answer with: the Message ID is in use, or too many operations are going on.</returns>
    public Status Start(ushort messageId, int limit, Func<CancellationToken, Task> operation)
    {
        var running = new RunningOperation(CancellationTokenSource.CreateLinkedTokenSource(_aborted.Token));
        Status? refused = null;
        lock (_lock)
        {
            if (_running.TryGetValue(messageId, out var other) && !other.IsAnswered)
                refused = Status.DuplicateInvocation.With($"Message ID {messageId} is in use");
            else if (_running.Values.Count(r => !r.IsAnswered) >= limit)
                refused = Status.ResourceLimitation.With($"{limit} operations are going on");
            else
                _running[messageId] = running;
            if (_cancelledEarly.Remove(messageId)) running.Cancellation.Cancel();   // nobody has registered with it yet
        }
        if (refused is { } status)
        {
            running.Cancellation.Dispose();
            return status;
        }
        Expect();
        running.Task = RunOperationAsync(messageId, running, operation);
        return Status.Success;
    }

    /// <summary>The final response is about to go out: from then on the peer may use the Message ID again, and some use 1
    /// for all they do.</summary>
    private void Answering(CommandSet response)
    {
        if (response.Status is not { IsPending: false } || response.MessageIdBeingRespondedTo is not { } id) return;
        lock (_lock)
        {
            if (_running.TryGetValue(id, out var running)) running.IsAnswered = true;
        }
    }

    private void Cancel(ushort messageId)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(messageId, out var running) && !running.IsAnswered) _ = running.Cancellation.CancelAsync();
            // The request has been received, but its handler is still looking at the identifier.
            else if (_handlers.ContainsValue(messageId)) _cancelledEarly.Add(messageId);
        }
    }

    private async Task RunOperationAsync(ushort messageId, RunningOperation running, Func<CancellationToken, Task> operation)
    {
        try
        {
            await Task.Yield();
            await operation(running.Cancellation.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A fault in one operation ends its association, never the server.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            EndFor(fault);
        }
        finally
        {
            lock (_lock)
            {
                if (_running.TryGetValue(messageId, out var present) && present == running) _running.Remove(messageId);
                running.Cancellation.Dispose();
            }
            Expect();
            EndIfStopping();
        }
    }

    /// <summary>Before a release is answered: what has been received is answered first.</summary>
    private async Task LetHandlersEndAsync()
    {
        Task[] handlers;
        lock (_lock) handlers = [.. _handlers.Keys];
        if (handlers.Length > 0) await EndedAsync(handlers).ConfigureAwait(false);
    }

    private async Task CancelRunningAsync()
    {
        Task[] tasks;
        lock (_lock)
        {
            tasks = [.. _handlers.Keys, .. _running.Values.Select(r => r.Task)];
            foreach (var running in _running.Values) _ = running.Cancellation.CancelAsync();
        }
        if (tasks.Length > 0 && !await EndedAsync(tasks).ConfigureAwait(false))
            Report(AssociationEventKind.OperationFailed, "a handler goes on although it was cancelled");
    }

    /// <returns>False when they go on after the time of ARTIM.</returns>
    private async Task<bool> EndedAsync(Task[] tasks)
    {
        var all = Task.WhenAll(tasks);
        try
        {
            await all.WaitAsync(_options.ArtimTimeout, _options.Time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!all.IsCompleted)
        {
            return false;
        }
#pragma warning disable CA1031 // Each has told of its own fault.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Ended, that is what was asked.
        }
        return true;
    }

    private sealed class RunningOperation(CancellationTokenSource cancellation)
    {
        public CancellationTokenSource Cancellation { get; } = cancellation;

        public Task Task { get; set; } = Task.CompletedTask;

        /// <summary>Its final response has been sent, or is being sent.</summary>
        public bool IsAnswered { get; set; }
    }
}
