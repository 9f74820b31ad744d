using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Isocenter.Network.UpperLayer;

// Receiving: bytes to PDUs to indications.
internal sealed partial class UpperLayerConnection
{
    /// <summary>Bytes that count as progress. A peer that sends a byte a second does not keep an association alive.</summary>
    private const int ProgressBytes = 1024;

    private readonly PduLimits _limits;
    private PdvCutter _cutter;
    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private long _skip;
    private bool _framingLost;
    private TimeSpan _waited;
    private int _receivedWhileWaiting;
    private bool _isWaiting;
    private (AssociationTimeout Timeout, TimeSpan After) _expectation = (AssociationTimeout.Idle, Timeout.InfiniteTimeSpan);

    /// <summary>A message has begun and is not whole: the peer is expected to go on within the progress time-out.</summary>
    public bool IsInMessage { get; set; }

    /// <summary>Between messages: what is waited for and how long. May change while waiting; the time then starts anew.</summary>
    public (AssociationTimeout Timeout, TimeSpan After) Expectation
    {
        set
        {
            lock (_lock)
            {
                _expectation = value;
                if (_isWaiting && !IsWithinMessage) _watchdog.Arm(Watchdog.Slot.Receive, value.After);
            }
        }
    }

    private bool IsWithinMessage => IsInMessage || _cutter.IsInPdu || _end > _start;

    private (AssociationTimeout Timeout, TimeSpan After) WaitingFor
    {
        get
        {
            lock (_lock) return IsWithinMessage ? (AssociationTimeout.Progress, _options.Progress) : _expectation;
        }
    }

    /// <summary>Waits for the next indication.</summary>
    /// <returns>Data aliases the receive buffer and is valid until the next call.</returns>
    /// <exception cref="AssociationException">The association has ended; <see cref="Failure"/> says why.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Indication> ReceiveAsync()
    {
        while (true)
        {
            if (TryTake(out var indication, out int missing)) return indication;
            if (!await FillAsync(missing).ConfigureAwait(false))
            {
                ReturnBuffer();
                return Failure is { } failure ? throw failure : new Indication(IndicationKind.Closed);
            }
        }
    }

    /// <summary>Waits, without reporting anything, until the transport has ended. For the reader that has given up.</summary>
    public async ValueTask DrainAsync()
    {
        try
        {
            while ((await ReceiveAsync().ConfigureAwait(false)).Kind != IndicationKind.Closed)
            {
            }
        }
        catch (AssociationException)
        {
            // It has ended; the reason is in Failure.
        }
    }

    /// <summary>Takes the next indication out of what has been received.</summary>
    /// <param name="indication">What was taken.</param>
    /// <param name="missing">When false is returned: bytes the buffer must be able to hold from its start.</param>
    private bool TryTake(out Indication indication, out int missing)
    {
        indication = default;
        missing = RawPdu.HeaderLength;
        try
        {
            while (!_framingLost)
            {
                ReadOnlySpan<byte> input = _buffer.AsSpan(_start, _end - _start);
                if (_skip > 0)
                {
                    int skipped = (int)Math.Min(_skip, input.Length);
                    _skip -= skipped;
                    _start += skipped;
                    if (_skip > 0) return false;
                    continue;
                }
                if (_cutter.IsInPdu)
                {
                    if (!_cutter.TryCut(input, out int consumed, out var piece)) return false;
                    _start += consumed;
                    indication = new Indication(IndicationKind.Data, piece, _buffer.AsMemory(_start - piece.Length, piece.Length));
                    return true;
                }
                if (!PduReader.TryReadHeader(input, _limits, out var type, out uint length)) return false;
                if (type == PduType.PDataTF)
                {
                    _start += RawPdu.HeaderLength;
                    var action = Apply(UpperLayerEvent.DataReceived);
                    if (action is UpperLayerAction.DT2 or UpperLayerAction.AR6)
                    {
                        _cutter.Begin(length);
                        continue;
                    }
                    _skip = length;
                    OnUnexpected(action, type);
                    continue;
                }
                if (!PduReader.TryRead(ref input, _limits, out var pdu))
                {
                    // Grown as bytes arrive: a header alone must not cost us what it announces.
                    missing = Math.Min(RawPdu.HeaderLength + (int)length, Math.Max(_options.ReceiveBufferLength, 2 * input.Length));
                    return false;
                }
                _start += RawPdu.HeaderLength + (int)length;
                if (TryIndicate(pdu, out indication)) return true;
            }
            _start = _end;
        }
        catch (PduException violation)
        {
            OnInvalid(violation, framingLost: true);
            _start = _end;
        }
        return false;
    }

    /// <summary>Lets the machine judge a whole PDU, and carries out what it says.</summary>
    /// <returns>False when there is nothing to report; the state tells whether the association still stands.</returns>
    private bool TryIndicate(RawPdu pdu, out Indication indication)
    {
        indication = default;
        switch (pdu.Type)
        {
            case PduType.AAssociateRQ: return TryIndicateRequest(pdu, out indication);
            case PduType.AAssociateAC:
                if (State == UpperLayerState.Sta13) break;
                var accept = AssociateReader.ReadAccept(pdu.Body);
                switch (Apply(UpperLayerEvent.AssociateAcceptReceived))
                {
                    case UpperLayerAction.AE3:
                        indication = new Indication(IndicationKind.AssociateAccept, Pdu: accept);
                        return true;
                    case var other:
                        OnUnexpected(other, pdu.Type);
                        break;
                }
                break;
            case PduType.AAssociateRJ:
                var reject = PduReader.ReadReject(pdu.Body);
                switch (Apply(UpperLayerEvent.AssociateRejectReceived))
                {
                    case UpperLayerAction.AE4:
                        End(new AssociationRejectedException(reject.Result, reject.Source, reject.Reason,
                            _sentRequest?.CallingAETitle ?? "", _sentRequest?.CalledAETitle ?? ""));
                        break;
                    case var other:
                        OnUnexpected(other, pdu.Type);
                        break;
                }
                break;
            case PduType.AReleaseRQ:
                switch (Apply(UpperLayerEvent.ReleaseRequestReceived))
                {
                    case UpperLayerAction.AR2 or UpperLayerAction.AR8:
                        indication = new Indication(IndicationKind.ReleaseRequest);
                        return true;
                    case var other:
                        OnUnexpected(other, pdu.Type);
                        break;
                }
                break;
            case PduType.AReleaseRP:
                switch (Apply(UpperLayerEvent.ReleaseResponseReceived))
                {
                    case UpperLayerAction.AR3:
                        CloseTransport();
                        indication = new Indication(IndicationKind.ReleaseResponse);
                        return true;
                    case UpperLayerAction.AR10:
                        indication = new Indication(IndicationKind.ReleaseResponse);
                        return true;
                    case var other:
                        OnUnexpected(other, pdu.Type);
                        break;
                }
                break;
            case PduType.AAbort:
                var abort = PduReader.ReadAbort(pdu.Body);
                if (Apply(UpperLayerEvent.AbortReceived) != UpperLayerAction.None) End(AssociationAbortedException.ByPeer(abort));
                break;
            default: break;
        }
        return false;
    }

    /// <summary>AE-6: the service provider itself refuses only what it cannot speak; the rest is for its user.</summary>
    private bool TryIndicateRequest(RawPdu pdu, out Indication indication)
    {
        indication = default;
        if (State == UpperLayerState.Sta13)
        {
            SendAbortAsTold(Apply(UpperLayerEvent.AssociateRequestReceived), AbortReason.UnexpectedPdu);
            return false;
        }
        var request = AssociateReader.ReadRequest(pdu.Body);
        bool acceptable = (request.ProtocolVersion & 1) != 0;
        var action = Apply(UpperLayerEvent.AssociateRequestReceived, acceptable);
        if (action != UpperLayerAction.AE6)
        {
            OnUnexpected(action, pdu.Type);
            return false;
        }
        _watchdog.Disarm(Watchdog.Slot.Artim);
        if (acceptable)
        {
            indication = new Indication(IndicationKind.AssociateRequest, Pdu: request);
            return true;
        }
        Fail(AssociationAbortedException.Violation(PduException.Invalid(
            $"protocol version 0x{request.ProtocolVersion:X4} does not contain version 1", "PS3.8 §9.3.2")));
        SendInBackground(new AAssociateRJ(RejectResult.Permanent, RejectReason.ProtocolVersionNotSupported));
        return false;
    }

    private void End(AssociationException cause)
    {
        Fail(cause);
        CloseTransport();
    }

    /// <summary>Receives once.</summary>
    /// <param name="capacity">Bytes the buffer must hold from the first unread one.</param>
    /// <returns>False when the transport has ended.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillAsync(int capacity)
    {
        try
        {
            if (_start == _end)
            {
                _start = _end = 0;
                if (!IsInMessage && !_cutter.IsInPdu && _skip == 0)
                {
                    // Between messages no buffer is held: a thousand idle associations must not hold a thousand buffers.
                    ReturnBuffer();
                    await WaitAsync(_transport.ReadAsync(Memory<byte>.Empty)).ConfigureAwait(false);
                }
            }
            MakeRoom(capacity);
            int count = await WaitAsync(_transport.ReadAsync(_buffer.AsMemory(_end))).ConfigureAwait(false);
            _end += count;
            if (count > 0) return true;
            OnTransportClosed(null);
        }
        catch (Exception lost) when (lost is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            OnTransportClosed(lost);
        }
        return false;
    }

    private void MakeRoom(int capacity)
    {
        if (_buffer.Length - _start >= capacity && _end < _buffer.Length) return;

        int length = Math.Max(capacity, _options.ReceiveBufferLength);
        var buffer = _buffer.Length >= length ? _buffer : ArrayPool<byte>.Shared.Rent(length);
        Buffer.BlockCopy(_buffer, _start, buffer, 0, _end - _start);
        if (buffer != _buffer)
        {
            if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = buffer;
        }
        _end -= _start;
        _start = 0;
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    /// <summary>Waits for the transport within the time-out that applies now.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(ValueTask<int> receiving)
    {
        if (receiving.IsCompleted)
        {
            int already = await receiving.ConfigureAwait(false);
            CountProgress(already);
            return already;
        }
        long began = _options.Time.GetTimestamp();
        lock (_lock)
        {
            _isWaiting = true;
            _watchdog.Arm(Watchdog.Slot.Receive, IsWithinMessage ? _options.Progress - _waited : _expectation.After);
        }
        try
        {
            int count = await receiving.ConfigureAwait(false);
            if (IsWithinMessage) _waited += _options.Time.GetElapsedTime(began);
            CountProgress(count);
            return count;
        }
        finally
        {
            lock (_lock)
            {
                _isWaiting = false;
                _watchdog.Disarm(Watchdog.Slot.Receive);
            }
        }
    }

    private void CountProgress(int count)
    {
        _receivedWhileWaiting += count;
        if (_receivedWhileWaiting < ProgressBytes && IsWithinMessage) return;
        _receivedWhileWaiting = 0;
        _waited = TimeSpan.Zero;
    }
}
