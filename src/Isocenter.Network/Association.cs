using System.Net;
using System.Net.Sockets;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network;

/// <summary>An association we asked for: the service class user (PS3.7, PS3.8).</summary>
/// <remarks>Safe from many threads; operations beyond the negotiated window wait for their turn. Disposing releases it
/// in order when it still stands, and aborts it when that fails.</remarks>
public sealed partial class Association : IAsyncDisposable
{
    /// <summary>Event reports that may wait for their handler; one more is answered with 0x0213.</summary>
    private const int MaxEvents = 64;

    private static long _lastId;

    private readonly AssociationOptions _options;
    private readonly DimseSession _session;
    private readonly NormalizedHandling _normalized;

    private Association(AssociationOptions options, UpperLayerConnection connection, AssociationInfo info)
    {
        _options = options;
        _session = new DimseSession(connection, info, options, OnRequestAsync);
        _normalized = new NormalizedHandling(_session, MaxEvents);
    }

    /// <summary>What was negotiated.</summary>
    public AssociationInfo Info => _session.Info;

    /// <summary>All presentation contexts proposed, with the peer's answers.</summary>
    public IReadOnlyList<PresentationContext> PresentationContexts => Info.PresentationContexts;

    /// <summary>Ends when the association has, for whatever reason; never fails.</summary>
    public Task Ended => _session.Ended;

    /// <summary>Why the association ended before its time; null while it stands and after an orderly release.</summary>
    public AssociationException? Failure => _session.Failure;

    /// <summary>Connects, and asks for an association.</summary>
    /// <exception cref="ArgumentException">The options cannot be put on the wire.</exception>
    /// <exception cref="ConnectionFailedException">No connection.</exception>
    /// <exception cref="TlsException">TLS was asked for and did not come about.</exception>
    /// <exception cref="AssociationRejectedException">The peer said no.</exception>
    /// <exception cref="AssociationAbortedException">The peer aborted, or hung up.</exception>
    /// <exception cref="AssociationTimeoutException">The peer does not answer.</exception>
    public static async Task<Association> ConnectAsync(AssociationOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var (transport, remote) = await OpenAsync(options, cancel).ConfigureAwait(false);
        TlsInfo? tls = null;
        if (options.Tls is { } wanted)
        {
            var secured = await TlsHandshake.ConnectAsync(transport, options.Host, wanted, options.Time, cancel).ConfigureAwait(false);
            transport = secured;
            tls = TlsHandshake.Info(secured);
        }
        var connection = new UpperLayerConnection(transport, isRequestor: true, options.ForUpperLayer())
        {
            Expectation = (AssociationTimeout.Association, options.AssociationTimeout),
        };
        try
        {
            var request = Request(options);
            AAssociateAC accept;
            using (cancel.UnsafeRegister(static c => ((UpperLayerConnection)c!).Abort(
                new AssociationAbortedException("the association was cancelled before it was answered", AbortOrigin.Local)), connection))
            {
                try
                {
                    await connection.RequestAssociationAsync(request).ConfigureAwait(false);
                    var answer = await ReceiveAnswerAsync(connection).ConfigureAwait(false);
                    accept = answer.Pdu as AAssociateAC ?? throw new AssociationException("the peer did not answer the request for an association");
                }
                catch (AssociationException) when (cancel.IsCancellationRequested)
                {
                    throw new OperationCanceledException(cancel);
                }
            }
            var info = Negotiated(options, request, accept, remote) with { Tls = tls };
            if (accept.UserInformation.MaximumLength is > 0 and < DimseSession.LeastPduLength)
            {
                throw Refuse(connection, PduException.Invalid(
                    $"the peer accepts PDUs of {accept.UserInformation.MaximumLength} bytes only", "PS3.8 §D.1"));
            }
            var association = new Association(options, connection, info);
            association._session.Report(AssociationEventKind.Established, "association established");
            _ = Task.Run(association._session.RunAsync, CancellationToken.None);
            return association;
        }
        catch (AssociationAbortedException lost) when (tls is not null && lost.Origin == AbortOrigin.ConnectionLost)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            // With TLS 1.3 our handshake is over before the peer has looked at our certificate.
            throw new TlsException("the peer closed the connection right after the TLS handshake: it requires a certificate of us, "
                + "or does not believe the one we have shown", lost);
        }
        catch
        {
            // After an A-ABORT the reader, see below, waits for the peer to close.
            if (connection.State != UpperLayerState.Sta13) await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the association in order (A-RELEASE, PS3.8 §7.2). Does nothing when it has ended already.</summary>
    /// <exception cref="AssociationTimeoutException">The peer did not answer; the association has been aborted.</exception>
    public async Task ReleaseAsync(CancellationToken cancel = default)
    {
        using var deadline = new CancellationTokenSource(_options.ReleaseTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        try
        {
            await _session.RequestReleaseAsync(either.Token).ConfigureAwait(false);
            await _session.Ended.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var timeout = new AssociationTimeoutException(AssociationTimeout.Release, _options.ReleaseTimeout);
            _session.Abort(timeout);
            throw timeout;
        }
    }

    /// <summary>Ends the association at once (A-ABORT, PS3.8 §7.3). What waits on it fails.</summary>
    public void Abort() => _session.Abort(new AssociationAbortedException("the association was aborted by us", AbortOrigin.Local));

    /// <summary>Releases, or aborts when that fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_session.Ended.IsCompleted) return;
        try
        {
            await ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (AssociationException)
        {
            // It has ended, one way or another.
        }
    }

    private static async Task<(Stream, EndPoint?)> OpenAsync(AssociationOptions options, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        try
        {
            if (options.OpenTransport is { } open) return (await open(either.Token).ConfigureAwait(false), null);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(options.Host, options.Port, either.Token).ConfigureAwait(false);
                return (new SocketTransport(socket), socket.RemoteEndPoint);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new AssociationTimeoutException(AssociationTimeout.Connect, options.ConnectTimeout);
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            throw new ConnectionFailedException($"no connection to {options.Host}:{options.Port}: {fault.Message}", fault);
        }
    }

    /// <summary>Receives the answer, but does not wait, after an abort of ours, for the peer to close: that goes on behind.</summary>
    private static async Task<Indication> ReceiveAnswerAsync(UpperLayerConnection connection)
    {
        var receiving = connection.ReceiveAsync().AsTask();
        if (await Task.WhenAny(receiving, connection.Failed).ConfigureAwait(false) == receiving)
            return await receiving.ConfigureAwait(false);
        _ = DrainAndDisposeAsync(connection, receiving);
        throw connection.Failure ?? new AssociationException("the association ended before it was answered");
    }

    private static async Task DrainAndDisposeAsync(UpperLayerConnection connection, Task<Indication> receiving)
    {
        try
        {
            await receiving.ConfigureAwait(false);
            await connection.DrainAsync().ConfigureAwait(false);
        }
        catch (AssociationException)
        {
            // Told already.
        }
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private static AssociationException Refuse(UpperLayerConnection connection, PduException violation)
    {
        connection.AbortForViolation(violation);
        _ = DrainAndDisposeAsync(connection, Task.FromResult(default(Indication)));
        return connection.Failure ?? AssociationAbortedException.Violation(violation);
    }

    private static AAssociateRQ Request(AssociationOptions options)
    {
        List<PresentationContextRQ> contexts = [];
        List<RoleSelection> roles = [];
        foreach (var proposal in options.PresentationContexts)
        {
            contexts.Add(new PresentationContextRQ((byte)(2 * contexts.Count + 1), proposal.AbstractSyntax.Value,
                [.. proposal.TransferSyntaxes.Select(s => s.Uid.Value)]));
            // Roles are selected for a SOP class, not for a context: one item each (PS3.7 §D.3.3.4).
            if ((proposal.Scp || !proposal.Scu) && !roles.Exists(r => r.SopClassUid == proposal.AbstractSyntax.Value))
                roles.Add(new RoleSelection(proposal.AbstractSyntax.Value, proposal.Scu, proposal.Scp));
        }
        bool asynchronous = options.MaxOperationsInvoked != 1 || options.MaxOperationsPerformed != 1;
        return new AAssociateRQ
        {
            CalledAETitle = options.CalledAETitle,
            CallingAETitle = options.CallingAETitle,
            PresentationContexts = contexts,
            UserInformation = NetworkOptions.OurUserInformation(options) with
            {
                AsynchronousOperationsWindow = asynchronous ? new(options.MaxOperationsInvoked, options.MaxOperationsPerformed) : null,
                RoleSelections = roles,
                ExtendedNegotiations = options.ExtendedNegotiations,
                CommonExtendedNegotiations = options.CommonExtendedNegotiations,
                UserIdentity = options.UserIdentity,
            },
        };
    }

    private static AssociationInfo Negotiated(AssociationOptions options, AAssociateRQ request, AAssociateAC accept, EndPoint? remote)
    {
        List<PresentationContext> contexts = [];
        foreach (var (proposal, asked) in options.PresentationContexts.Zip(request.PresentationContexts))
        {
            var answer = accept.PresentationContexts.FirstOrDefault(a => a.Id == asked.Id);
            var role = accept.UserInformation.RoleSelections.FirstOrDefault(r => r.SopClassUid == asked.AbstractSyntax);
            bool accepted = answer is { Result: PresentationContextResult.Acceptance };
            // Some acceptors answer with padding or in another order, but it must be one we proposed.
            var syntax = accepted ? proposal.TransferSyntaxes.FirstOrDefault(s => s.Uid.Value == answer!.TransferSyntax) : null;
            contexts.Add(new PresentationContext(asked.Id, proposal.AbstractSyntax, proposal.TransferSyntaxes)
            {
                Result = accepted && syntax is null ? PresentationContextResult.TransferSyntaxesNotSupported
                    : answer?.Result ?? PresentationContextResult.NoReason,
                TransferSyntax = syntax,
                // Without an answer the default roles should stand (PS3.7 §D.3.3.4), but some acceptors forget to answer
                // and send the sub-operations of a C-GET all the same: what we proposed we also take.
                RequestorIsScu = proposal.Scu && (role?.Scu ?? true),
                RequestorIsScp = proposal.Scp && (role?.Scp ?? true),
            });
        }
        var window = accept.UserInformation.AsynchronousOperationsWindow ?? new(1, 1);
        return new AssociationInfo
        {
            Id = Interlocked.Increment(ref _lastId),
            IsRequestor = true,
            CallingAETitle = options.CallingAETitle,
            CalledAETitle = options.CalledAETitle,
            RemoteEndPoint = remote,
            PresentationContexts = contexts,
            PeerMaxPduLength = accept.UserInformation.MaximumLength,
            PeerImplementationClassUid = accept.UserInformation.ImplementationClassUid,
            PeerImplementationVersionName = accept.UserInformation.ImplementationVersionName,
            UserIdentity = options.UserIdentity,
            ExtendedNegotiations = accept.UserInformation.ExtendedNegotiations,
            CommonExtendedNegotiations = options.CommonExtendedNegotiations,
            UserIdentityResponse = accept.UserInformation.UserIdentityResponse,
            MaxOperationsInvoked = Narrower(options.MaxOperationsInvoked, window.Invoked),
            MaxOperationsPerformed = Narrower(options.MaxOperationsPerformed, window.Performed),
            EstablishedAt = options.Time.GetUtcNow(),
        };
    }

    /// <summary>The smaller window; 0 is without limit.</summary>
    private static ushort Narrower(ushort a, ushort b) => a == 0 ? b : b == 0 ? a : Math.Min(a, b);
}
