using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Isocenter.Network.UpperLayer;

// Sending: the request and response primitives of PS3.8 §7.
internal sealed partial class UpperLayerConnection
{
    /// <summary>After a failed write, the time for the reader to find out why.</summary>
    private static readonly TimeSpan BrokenGrace = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _sending = new(1, 1);
    private AAssociateRQ? _sentRequest;
    private Exception? _sendFailure;

    /// <summary>A-ASSOCIATE request: AE-2, the transport being open already.</summary>
    public Task RequestAssociationAsync(AAssociateRQ request)
    {
        _sentRequest = request;
        Require(Apply(UpperLayerEvent.TransportConfirm), UpperLayerAction.AE2);
        var pdu = new ArrayBufferWriter<byte>(4096);
        PduWriter.Write(pdu, request);
        return SendControlAsync(pdu.WrittenMemory);
    }

    /// <summary>A-ASSOCIATE response, accepting.</summary>
    public Task AcceptAssociationAsync(AAssociateAC accept)
    {
        var pdu = new ArrayBufferWriter<byte>(4096);
        PduWriter.Write(pdu, accept);
        Require(Apply(UpperLayerEvent.AssociateResponseAccept), UpperLayerAction.AE7);
        return SendControlAsync(pdu.WrittenMemory);
    }

    /// <summary>A-ASSOCIATE response, rejecting. Receive on until the peer has closed; ARTIM runs.</summary>
    public void RejectAssociation(AAssociateRJ reject)
    {
        Require(Apply(UpperLayerEvent.AssociateResponseReject), UpperLayerAction.AE8);
        SendInBackground(reject);
    }

    /// <summary>A-RELEASE request. The confirmation comes by <see cref="ReceiveAsync"/>.</summary>
    /// <returns>False when the state does not allow it: the association has ended, or the peer was first.</returns>
    public async Task<bool> RequestReleaseAsync()
    {
        if (Apply(UpperLayerEvent.ReleaseRequest) != UpperLayerAction.AR1) return false;
        var pdu = new ArrayBufferWriter<byte>(16);
        PduWriter.WriteReleaseRequest(pdu);
        await SendControlAsync(pdu.WrittenMemory).ConfigureAwait(false);
        return true;
    }

    /// <summary>A-RELEASE response, also in a release collision. Receive on until the transport has ended.</summary>
    public Task RespondReleaseAsync()
    {
        switch (Apply(UpperLayerEvent.ReleaseResponse))
        {
            case UpperLayerAction.AR4: _watchdog.Arm(Watchdog.Slot.Artim, _options.Artim); break;
            case UpperLayerAction.AR9: break;
            default: return Task.CompletedTask;
        }
        var pdu = new ArrayBufferWriter<byte>(16);
        PduWriter.WriteReleaseResponse(pdu);
        return SendControlAsync(pdu.WrittenMemory);
    }

    /// <summary>Waits for the right to send: one message at a time, their fragments must not mix (PS3.8 §E.1).</summary>
    public Task AcquireSendAsync(CancellationToken cancel) => _sending.WaitAsync(cancel);

    /// <summary>Gives back the right to send.</summary>
    public void ReleaseSend() => _sending.Release();

    /// <summary>P-DATA request: sends whole P-DATA-TF PDUs. The caller holds the right to send.</summary>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public ValueTask SendDataAsync(ReadOnlyMemory<byte> pdus)
    {
        var action = Apply(UpperLayerEvent.DataRequest);
        return action is UpperLayerAction.DT1 or UpperLayerAction.AR7
            ? WriteAsync(pdus)
            : throw Failure ?? new AssociationException("nothing can be sent any more: the association is being released");
    }

    private void SendInBackground(AAssociateRJ reject)
    {
        _watchdog.Arm(Watchdog.Slot.Artim, _options.Artim);
        var pdu = new ArrayBufferWriter<byte>(16);
        PduWriter.Write(pdu, reject);
        _ = SendControlAsync(pdu.WrittenMemory);
    }

    /// <summary>Sends a PDU other than P-DATA-TF. Never throws: a broken transport shows at the reader.</summary>
    private async Task SendControlAsync(ReadOnlyMemory<byte> pdu)
    {
        await _sending.WaitAsync().ConfigureAwait(false);   // ends at the latest when ARTIM closes the transport
        try
        {
            await WriteAsync(pdu).ConfigureAwait(false);
            _watchdog.Disarm(Watchdog.Slot.Broken);
        }
        catch (AssociationException)
        {
            // Recorded in Failure.
        }
        finally
        {
            _sending.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            // No token: half a PDU on the wire could not be taken back.
            var writing = _transport.WriteAsync(bytes, CancellationToken.None);
            if (writing.IsCompleted)
            {
                await writing.ConfigureAwait(false);
                return;
            }
            _watchdog.Arm(Watchdog.Slot.Send, _options.Progress);
            try
            {
                await writing.ConfigureAwait(false);
            }
            finally
            {
                _watchdog.Disarm(Watchdog.Slot.Send);
            }
        }
        catch (Exception lost) when (lost is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            OnSendFailed(lost);
            throw Failure ?? AssociationAbortedException.ConnectionLost(lost);
        }
    }

    /// <summary>A failed write does not end the transport yet: what the peer sent before it closed, an A-ABORT or an
    /// A-ASSOCIATE-RJ, still waits to be read and explains more. The reader closes.</summary>
    private void OnSendFailed(Exception lost)
    {
        lock (_lock)
        {
            if (_state == UpperLayerState.Sta1) return;
            _sendFailure ??= lost;
            _watchdog.Arm(Watchdog.Slot.Broken, BrokenGrace);
        }
    }

    private void Require(UpperLayerAction found, UpperLayerAction expected)
    {
        if (found != expected) throw Failure ?? new AssociationException("the association is not in a state for this");
    }
}
