using System.Buffers;

namespace Isocenter.Network.UpperLayer;

/// <summary>Time-outs and limits of a connection.</summary>
internal sealed record UpperLayerOptions
{
    /// <summary>Announced as Maximum Length; 0 is without limit.</summary>
    public uint MaxPduLength { get; init; } = 256 * 1024;

    /// <summary>Bytes received at once.</summary>
    public int ReceiveBufferLength { get; init; } = 128 * 1024;

    public TimeSpan Artim { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Progress { get; init; } = TimeSpan.FromSeconds(60);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>What a connection reports to its user: the indications and confirmations of PS3.8 §7.</summary>
internal enum IndicationKind
{
    /// <summary>P-DATA indication, a piece at a time.</summary>
    Data,
    /// <summary>A-ASSOCIATE indication.</summary>
    AssociateRequest,
    /// <summary>A-ASSOCIATE confirmation, accepted. A rejection is an exception.</summary>
    AssociateAccept,
    /// <summary>A-RELEASE indication.</summary>
    ReleaseRequest,
    /// <summary>A-RELEASE confirmation.</summary>
    ReleaseResponse,
    /// <summary>The transport connection has ended after a release or a rejection of ours.</summary>
    Closed,
}

/// <summary>One indication.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Piece">For data.</param>
/// <param name="Bytes">For data: the bytes of the piece, valid until the next receive.</param>
/// <param name="Pdu">For associations: the PDU.</param>
internal readonly record struct Indication(
    IndicationKind Kind, PdvPiece Piece = default, ReadOnlyMemory<byte> Bytes = default, object? Pdu = null);

/// <summary>Drives <see cref="UpperLayerMachine"/> over a transport: receives, sends, keeps the timers.</summary>
/// <remarks>One reader at a time calls <see cref="ReceiveAsync"/>; sending and aborting is safe from any thread. The
/// transport is any stream: a socket, TLS, or the two ends of a pipe in a test. Its pending reads must fail when it is
/// disposed, and a read into an empty buffer should wait until bytes are there.</remarks>
internal sealed partial class UpperLayerConnection : IAsyncDisposable
{
    private readonly Stream _transport;
    private readonly bool _isRequestor;
    private readonly UpperLayerOptions _options;
    private readonly Watchdog _watchdog;
    private readonly Lock _lock = new();
    private UpperLayerState _state;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AssociationException? _failure;
    private bool _transportClosed;

    /// <param name="transport">Open; owned from here on.</param>
    /// <param name="isRequestor">We ask for the association (Sta4), else we wait for the request (Sta2, ARTIM runs).</param>
    /// <param name="options">Limits and times.</param>
    public UpperLayerConnection(Stream transport, bool isRequestor, UpperLayerOptions options)
    {
        _transport = transport;
        _isRequestor = isRequestor;
        _options = options;
        _limits = new PduLimits(options.MaxPduLength == 0 ? uint.MaxValue : options.MaxPduLength, PduLimits.DefaultAssociate);
        _watchdog = new Watchdog(options.Time, OnExpired);
        _state = UpperLayerState.Sta1;
        Apply(isRequestor ? UpperLayerEvent.AssociateRequest : UpperLayerEvent.TransportIndication);
        if (!isRequestor) _watchdog.Arm(Watchdog.Slot.Artim, options.Artim);
    }

    public UpperLayerState State
    {
        get
        {
            lock (_lock) return _state;
        }
    }

    /// <summary>Why the association ended before its time; null while it lives and after an orderly release.</summary>
    public AssociationException? Failure
    {
        get
        {
            lock (_lock) return _failure;
        }
    }

    /// <summary>Completes when <see cref="Failure"/> is set: at once with an abort, while the transport still waits for the
    /// peer to close. Does not fail.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Ends the association at once: sends A-ABORT when the state allows, then waits, in the background, for the
    /// peer to close, at most ARTIM.</summary>
    /// <param name="cause">Becomes <see cref="Failure"/>, unless there is one.</param>
    public void Abort(AssociationException cause)
    {
        UpperLayerAction action;
        lock (_lock)
        {
            action = Apply(UpperLayerEvent.AbortRequest);
            if (action != UpperLayerAction.None) Fail(cause);
        }
        if (action == UpperLayerAction.AA1) SendAbortInBackground(new AAbort(AbortSource.ServiceUser, AbortReason.NotSpecified));
        else if (action == UpperLayerAction.AA2) CloseTransport();
    }

    /// <summary>Ends the association because what came above the PDUs breaks the protocol (Evt19).</summary>
    public void AbortForViolation(PduException violation) => OnInvalid(violation, framingLost: false);

    /// <summary>Closes the transport without a word; what waits on it fails.</summary>
    public ValueTask DisposeAsync()
    {
        CloseTransport();
        return ValueTask.CompletedTask;
    }

    private UpperLayerAction Apply(UpperLayerEvent occurred, bool requestIsAcceptable = true)
    {
        lock (_lock)
        {
            (var action, _state) = UpperLayerMachine.Next(_state, occurred, _isRequestor, requestIsAcceptable);
            return action;
        }
    }

    /// <summary>The transport ended (Evt17).</summary>
    private void OnTransportClosed(Exception? cause)
    {
        lock (_lock)
        {
            bool unanswered = _state == UpperLayerState.Sta5;
            var action = Apply(UpperLayerEvent.TransportClosed);
            // AA-5: nobody was told of an association yet, but its reader has to know.
            if (action is UpperLayerAction.AA4 or UpperLayerAction.AA5) Fail(AssociationAbortedException.ConnectionLost(cause, unanswered));
        }
        CloseTransport();
    }

    private void OnInvalid(PduException violation, bool framingLost)
    {
        UpperLayerAction action;
        lock (_lock)
        {
            action = Apply(UpperLayerEvent.InvalidPdu);
            Refuse(action, violation);
            _framingLost |= framingLost;
        }
        SendAbortAsTold(action, violation.Reason);
    }

    /// <summary>Carries out what the table says to a PDU that must not come now: AA-1, AA-6, AA-7 or AA-8.</summary>
    private void OnUnexpected(UpperLayerAction action, PduType type)
    {
        Refuse(action, new PduException(AbortReason.UnexpectedPdu, $"a PDU of type 0x{(byte)type:X2} must not come in this state", "PS3.8 Table 9-10"));
        SendAbortAsTold(action, AbortReason.UnexpectedPdu);
    }

    private void Refuse(UpperLayerAction action, PduException violation)
    {
        if (action is not (UpperLayerAction.AA1 or UpperLayerAction.AA8)) return;
        Fail(AssociationAbortedException.Violation(violation));
    }

    /// <summary>The first cause stays.</summary>
    private void Fail(AssociationException cause)
    {
        lock (_lock) _failure ??= cause;
        _failed.TrySetResult();
    }

    private void SendAbortAsTold(UpperLayerAction action, AbortReason reason)
    {
        switch (action)
        {
            case UpperLayerAction.AA1:
                SendAbortInBackground(new AAbort(AbortSource.ServiceUser, AbortReason.NotSpecified));
                break;
            case UpperLayerAction.AA7 or UpperLayerAction.AA8:
                SendAbortInBackground(new AAbort(AbortSource.ServiceProvider, reason));
                break;
            default: break;
        }
    }

    private void SendAbortInBackground(AAbort abort)
    {
        _watchdog.Arm(Watchdog.Slot.Artim, _options.Artim);
        var pdu = new ArrayBufferWriter<byte>(16);
        PduWriter.Write(pdu, abort);
        // A write that hangs stands in the way of the A-ABORT, and somebody may be waiting for it: no need to wait for ARTIM.
        _watchdog.Arm(Watchdog.Slot.Broken, BrokenGrace);
        _ = SendControlAsync(pdu.WrittenMemory);
    }

    private void OnExpired(Watchdog.Slot slot)
    {
        switch (slot)
        {
            case Watchdog.Slot.Artim:
                lock (_lock)
                {
                    if (_state == UpperLayerState.Sta2) Fail(new AssociationTimeoutException(AssociationTimeout.Association, _options.Artim));
                    if (Apply(UpperLayerEvent.ArtimExpired) == UpperLayerAction.None) return;
                }
                CloseTransport();
                break;
            case Watchdog.Slot.Receive:
                var (timeout, after) = WaitingFor;
                Abort(new AssociationTimeoutException(timeout, after));
                break;
            case Watchdog.Slot.Send:
                Abort(new AssociationTimeoutException(AssociationTimeout.Progress, _options.Progress));
                // The peer does not take our bytes, so it will not take the A-ABORT either.
                CloseTransport();
                break;
            case Watchdog.Slot.Broken:
                OnTransportClosed(_sendFailure);
                break;
            default: break;
        }
    }

    private void CloseTransport()
    {
        lock (_lock)
        {
            if (_transportClosed) return;
            _transportClosed = true;
            if (_state is not (UpperLayerState.Sta1 or UpperLayerState.Sta13) && _failure is null)
                Fail(new AssociationAbortedException("the association was closed by us", AbortOrigin.Local));
            _state = UpperLayerState.Sta1;
        }
        _watchdog.Dispose();
        _transport.Dispose();
    }
}
