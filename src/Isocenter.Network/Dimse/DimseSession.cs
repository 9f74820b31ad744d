using System.Diagnostics.CodeAnalysis;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Dimse;

/// <summary>A request that has come.</summary>
/// <param name="Command">Its command set.</param>
/// <param name="Context">Its presentation context, accepted.</param>
/// <param name="DataSet">Its data set, to be read while it arrives; null when there is none. What is not read is dropped.</param>
internal sealed record IncomingRequest(CommandSet Command, PresentationContext Context, IncomingDataSet? DataSet);

/// <summary>A response that has come, its data set whole.</summary>
internal readonly record struct IncomingResponse(CommandSet Command, PresentationContext Context, ReadOnlyMemory<byte> DataSet)
{
    public Status Status => Command.Status ?? Status.Success;
}

/// <summary>One association as DIMSE sees it: requests and responses in both directions (PS3.7 §6, §7). Both sides use
/// it; who asked for the association makes no difference here but for roles.</summary>
/// <remarks>One loop reads. It hands each request to <c>onRequest</c> and waits until its data set has been consumed, so a
/// C-STORE is read by its handler straight from the connection. From then on the handler runs beside the loop, which reads
/// on: an A-ABORT or the end of the connection reaches the handler by <see cref="Aborted"/>, and further requests are
/// performed at the same time, up to the negotiated window (<c>DimseSession.Beside.cs</c>).</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Neither the semaphore nor the token source holds a handle or a timer.")]
internal sealed partial class DimseSession
{
    private readonly UpperLayerConnection _connection;
    private readonly NetworkOptions _options;
    private readonly Func<IncomingRequest, Task> _onRequest;
    private readonly MessageAssembler _assembler;
    private readonly Lock _lock = new();
    private readonly Dictionary<ushort, PendingOperation> _pending = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _aborted = new();
    private bool _inRequest;
    private bool _stopping;

    /// <param name="connection">In Sta6; owned from here on.</param>
    /// <param name="info">What was negotiated.</param>
    /// <param name="options">Limits and times.</param>
    /// <param name="onRequest">Called for each request, one at a time. It answers by <see cref="SendAsync"/>.</param>
    public DimseSession(UpperLayerConnection connection, AssociationInfo info, NetworkOptions options, Func<IncomingRequest, Task> onRequest)
    {
        _connection = connection;
        _options = options;
        _onRequest = onRequest;
        Info = info;
        _assembler = new MessageAssembler(id => info.Accepted(id) is not null, options.MaxCommandSetLength, options.MaxDataSetLength);
        ushort ours = info.IsRequestor ? info.MaxOperationsInvoked : info.MaxOperationsPerformed;
        ushort theirs = info.IsRequestor ? info.MaxOperationsPerformed : info.MaxOperationsInvoked;
        _invoking = new SemaphoreSlim(ours == 0 ? int.MaxValue : ours);
        _performing = new SemaphoreSlim(theirs == 0 ? UnlimitedWindow : Math.Min((int)theirs, UnlimitedWindow));
        Expect();
    }

    public AssociationInfo Info { get; }

    /// <summary>Ends when nothing more can be done on the association; its transport may still wait for the peer to close.
    /// Never fails.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why it ended before its time; null after an orderly release.</summary>
    public AssociationException? Failure => _connection.Failure;

    /// <summary>Reads until the association has ended. Never throws.</summary>
    public async Task RunAsync()
    {
        _ = FailEarlyAsync();
        try
        {
            await ReadAsync().ConfigureAwait(false);
        }
        catch (AssociationException)
        {
            // Failure says why.
        }
#pragma warning disable CA1031 // A fault in a handler or in our own code ends this association, never the server.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            EndFor(fault);
            await _connection.DrainAsync().ConfigureAwait(false);   // until the peer closes, at most ARTIM
        }
        await CleanUpAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the association at once, by A-ABORT.</summary>
    public void Abort(AssociationException cause)
    {
        _connection.Abort(cause);
        _ = _aborted.CancelAsync();   // wakes the loop where it waits for a consumer instead of the peer
    }

    /// <summary>Asks for an orderly end. <see cref="Ended"/> tells when.</summary>
    public async Task RequestReleaseAsync(CancellationToken cancel)
    {
        await _connection.AcquireSendAsync(cancel).ConfigureAwait(false);   // let a message that is under way end first
        _connection.ReleaseSend();
        await _connection.RequestReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Takes no further operation: ends at once when none is going on, else when the last has ended.</summary>
    public void Stop()
    {
        bool idle;
        lock (_lock)
        {
            _stopping = true;
            idle = !_inRequest && !_assembler.IsInMessage && !IsPerforming;
        }
        if (idle) AbortToStop();
    }

    /// <summary>Is cancelled when the association ends.</summary>
    public CancellationToken Aborted => _aborted.Token;

    public void Report(AssociationEventKind kind, string message, Exception? exception = null) =>
        _options.OnEvent?.Invoke(new AssociationEvent(kind, Info, message, exception));

    private async Task ReadAsync()
    {
        while (true)
        {
            var next = await _connection.ReceiveAsync().ConfigureAwait(false);
            switch (next.Kind)
            {
                case IndicationKind.Data:
                    var command = _assembler.AddToCommand(next.Piece, next.Bytes.Span);
                    _connection.IsInMessage = _assembler.IsInMessage;
                    if (command is not null) await DispatchAsync(command).ConfigureAwait(false);
                    break;
                case IndicationKind.ReleaseRequest:
                    await LetHandlersEndAsync().ConfigureAwait(false);
                    await CancelRunningAsync().ConfigureAwait(false);
                    await _connection.RespondReleaseAsync().ConfigureAwait(false);
                    break;
                case IndicationKind.ReleaseResponse:
                    // In a release collision the acceptor's own response is due only now (Sta12).
                    if (_connection.State == UpperLayerState.Sta12) await _connection.RespondReleaseAsync().ConfigureAwait(false);
                    break;
                case IndicationKind.Closed: return;
                default: throw new PduException(AbortReason.UnexpectedPdu, "an association was negotiated twice", "PS3.8 Table 9-10");
            }
        }
    }

    private async Task DispatchAsync(CommandSet command)
    {
        var context = Info.Accepted(_assembler.ContextId)
            ?? throw new PduException(AbortReason.InvalidPduParameterValue, $"presentation context {_assembler.ContextId} was not accepted");
        var dataSet = command.HasDataSet ? new IncomingDataSet(_connection, _assembler) : null;
        lock (_lock) _inRequest = true;
        try
        {
            if (command.CommandField == CommandField.CCancelRQ)
            {
                Cancel(command.MessageIdBeingRespondedTo ?? 0);
            }
            else if (command.IsResponse)
            {
                await TakeResponseAsync(command, context, dataSet).ConfigureAwait(false);
            }
            else
            {
                await PerformAsync(new IncomingRequest(command, context, dataSet)).ConfigureAwait(false);
                dataSet = null;
            }
            if (dataSet is not null) await dataSet.DrainAsync().ConfigureAwait(false);
        }
        finally
        {
            dataSet?.Release();
            lock (_lock) _inRequest = false;
        }
        EndIfStopping();
    }

    private void EndIfStopping()
    {
        bool idle;
        lock (_lock) idle = _stopping && !_inRequest && !IsPerforming;
        if (idle) AbortToStop();
    }

    private void AbortToStop() =>
        _connection.Abort(new AssociationAbortedException("the association was aborted because we are stopping", AbortOrigin.Local));

    /// <summary>Who waits on the association is told of its end at once, not when the peer has closed.</summary>
    private async Task FailEarlyAsync()
    {
        await _connection.Failed.ConfigureAwait(false);
        await _aborted.CancelAsync().ConfigureAwait(false);
        FailPending();
        _ended.TrySetResult();
    }

    /// <summary>Ends the association for what was thrown in the loop or beside it.</summary>
    private void EndFor(Exception fault)
    {
        switch (fault)
        {
            case AssociationException: break;   // Failure says why
            case OperationCanceledException when _aborted.IsCancellationRequested: break;
            case PduException violation: _connection.AbortForViolation(violation); break;
            default:
                Report(AssociationEventKind.Failed, $"internal error: {fault.Message}", fault);
                _connection.Abort(new AssociationAbortedException($"internal error: {fault.Message}", AbortOrigin.Local, innerException: fault));
                break;
        }
    }

    private async Task CleanUpAsync()
    {
        await _aborted.CancelAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        FailPending();
        await CancelRunningAsync().ConfigureAwait(false);
        ReportEnd();
        _ended.TrySetResult();
    }

    private void ReportEnd()
    {
        switch (Failure)
        {
            case null: Report(AssociationEventKind.Released, "association released"); break;
            case AssociationAbortedException { Origin: AbortOrigin.Peer } a: Report(AssociationEventKind.AbortedByPeer, a.Message, a); break;
            case AssociationAbortedException { Origin: AbortOrigin.ConnectionLost } a: Report(AssociationEventKind.ConnectionLost, a.Message, a); break;
            case AssociationAbortedException { Origin: AbortOrigin.ProtocolViolation } a: Report(AssociationEventKind.ProtocolViolation, a.Message, a); break;
            case var other: Report(AssociationEventKind.Aborted, other.Message, other); break;
        }
    }

    /// <summary>Tells the connection what to wait for between messages.</summary>
    private void Expect()
    {
        lock (_lock)
        {
            _connection.Expectation = _pending.Count > 0 ? (AssociationTimeout.Response, _options.ResponseTimeout)
                : IsPerforming ? (AssociationTimeout.Idle, Timeout.InfiniteTimeSpan)
                : (AssociationTimeout.Idle, _options.IdleTimeout);
        }
    }
}
