using System.Net;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network;

// From a connection to an association: limits, policy, answer.
public sealed partial class AssociationServer
{
    private async Task ServeAsync(Served served, Stream transport, bool isTls)
    {
        var info = new AssociationInfo { Id = served.Id, IsRequestor = false, RemoteEndPoint = served.Remote };
        try
        {
            if (isTls)
            {
                var handshake = TlsHandshake.AcceptAsync(transport, _options.Tls!, _options.Time, _stopping.Token);
                ReportUnusableFiles(info, _options.Tls!);
                var tls = await handshake.ConfigureAwait(false);
                transport = tls;
                info = info with { Tls = TlsHandshake.Info(tls) };
            }
            else if (_options.SecureTransport is { } secure) transport = await SecureAsync(secure, transport, served.Remote).ConfigureAwait(false);
            var connection = new UpperLayerConnection(transport, isRequestor: false, _options.ForUpperLayer());
            served.Connection = connection;
            await using (connection.ConfigureAwait(false))
            {
                if (_stopping.IsCancellationRequested) return;
                await NegotiateAsync(served, connection, info).ConfigureAwait(false);
            }
        }
        catch (Exception refused) when (refused is TlsException or AssociationTimeoutException { Timeout: AssociationTimeout.Tls })
        {
            Report(AssociationEventKind.TlsFailed, info, refused.Message, refused.InnerException);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever goes wrong costs this connection and nothing more.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Report(AssociationEventKind.Failed, info, $"the connection failed: {fault.Message}", fault);
            await transport.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _served.TryRemove(served.Id, out _);
        }
    }

    private void ReportUnusableFiles(AssociationInfo info, TlsOptions tls)
    {
        foreach (var problem in new[] { tls.Certificate?.TakeProblem(), tls.Trust?.TakeProblem() })
        {
            if (problem is not null)
                Report(AssociationEventKind.TlsFilesUnusable, info, $"changed certificates are not used, the former ones are: {problem.Message}", problem);
        }
    }

    private async Task<Stream> SecureAsync(Func<Stream, EndPoint?, CancellationToken, ValueTask<Stream>> secure, Stream transport, EndPoint? remote)
    {
        using var deadline = new CancellationTokenSource(_options.ArtimTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        return await secure(transport, remote, either.Token).ConfigureAwait(false);
    }

    private async Task NegotiateAsync(Served served, UpperLayerConnection connection, AssociationInfo info)
    {
        AAssociateRQ request;
        try
        {
            var first = await connection.ReceiveAsync().ConfigureAwait(false);
            if (first.Kind == IndicationKind.Closed) return;
            served.HasAsked();
            request = (AAssociateRQ)first.Pdu!;
        }
        catch (AssociationException failure)
        {
            // A connection that closes without a word is a port check: no line in the log for it. After a TLS handshake it is
            // a peer that does not like us: with TLS 1.3 it knows of our certificate only when we are done.
            if (failure is AssociationAbortedException { Origin: AbortOrigin.ConnectionLost })
            {
                if (info.Tls is not null)
                    Report(AssociationEventKind.TlsFailed, info, "the peer closed the connection right after the TLS handshake: it may not believe our certificate");
            }
            else Report(AssociationEventKind.ProtocolViolation, info, failure.Message, failure);
            await connection.DrainAsync().ConfigureAwait(false);
            return;
        }

        info = info with { CallingAETitle = request.CallingAETitle, CalledAETitle = request.CalledAETitle };
        if (!TryCount(served.Remote, out string limit))
        {
            await RejectAsync(connection, info, AssociationDecision.Reject(RejectReason.LocalLimitExceeded, RejectResult.Transient), limit).ConfigureAwait(false);
            return;
        }
        try
        {
            var decision = await DecideAsync(request, info).ConfigureAwait(false);
            if (!decision.IsAccepted)
            {
                await RejectAsync(connection, info, decision, decision.Explanation ?? $"{decision.RejectReason}").ConfigureAwait(false);
                return;
            }
            var accept = Answer(request, decision);
            info = Negotiated(info, request, accept);
            var handling = new RequestHandling(_options);
            var session = new DimseSession(connection, info, _options, handling.OnRequestAsync);
            handling.Session = session;
            served.Session = session;
            await connection.AcceptAssociationAsync(accept).ConfigureAwait(false);
            Report(AssociationEventKind.Established, info, "association established");
            if (_stopping.IsCancellationRequested) session.Stop();
            await session.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            Uncount(served.Remote);
        }
    }

    private async Task RejectAsync(UpperLayerConnection connection, AssociationInfo info, AssociationDecision decision, string why)
    {
        Report(AssociationEventKind.Rejected, info, $"association rejected: {why}");
        connection.RejectAssociation(new AAssociateRJ(decision.RejectResult, decision.RejectReason));
        await connection.DrainAsync().ConfigureAwait(false);   // until the peer has closed, or ARTIM
    }

    private async ValueTask<AssociationDecision> DecideAsync(AAssociateRQ request, AssociationInfo info)
    {
        if (request.ApplicationContext != AAssociateRQ.ApplicationContextName)
            return AssociationDecision.Reject(RejectReason.ApplicationContextNameNotSupported);
        if (_stopping.IsCancellationRequested)
            return AssociationDecision.Reject(RejectReason.TemporaryCongestion, RejectResult.Transient);
        if (request.UserInformation.MaximumLength is > 0 and < DimseSession.LeastPduLength)
            return AssociationDecision.Reject(RejectReason.NoReasonGiven);
        try
        {
            using var deadline = new CancellationTokenSource(_options.ArtimTimeout, _options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
            return await _options.OnAssociate(ToRequest(request, info), either.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A policy that fails, as for want of a database, lets nobody in and takes nothing down.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Report(AssociationEventKind.Failed, info, $"the policy for associations failed: {fault.Message}", fault);
            return AssociationDecision.Reject(RejectReason.TemporaryCongestion, RejectResult.Transient);
        }
    }

    private static AssociationRequest ToRequest(AAssociateRQ request, AssociationInfo info)
    {
        List<ProposedContext> contexts = [];
        foreach (var proposed in request.PresentationContexts)
        {
            if (!Uid.TryParseLenient(proposed.AbstractSyntax, out var abstractSyntax)) continue;
            List<TransferSyntax> syntaxes = [];
            foreach (string text in proposed.TransferSyntaxes)
                if (Uid.TryParseLenient(text, out var uid)) syntaxes.Add(TransferSyntax.Of(uid));
            var role = request.UserInformation.RoleSelections.FirstOrDefault(r => r.SopClassUid == proposed.AbstractSyntax);
            contexts.Add(new ProposedContext(proposed.Id, abstractSyntax, syntaxes, role?.Scu ?? true, role?.Scp ?? false, role is not null));
        }
        var user = request.UserInformation;
        return new AssociationRequest
        {
            CallingAETitle = request.CallingAETitle,
            CalledAETitle = request.CalledAETitle,
            RemoteEndPoint = info.RemoteEndPoint,
            Tls = info.Tls,
            ApplicationContext = request.ApplicationContext,
            PresentationContexts = contexts,
            UserIdentity = user.UserIdentity,
            ExtendedNegotiations = user.ExtendedNegotiations,
            CommonExtendedNegotiations = user.CommonExtendedNegotiations,
            ImplementationClassUid = user.ImplementationClassUid,
            ImplementationVersionName = user.ImplementationVersionName,
        };
    }

    private AAssociateAC Answer(AAssociateRQ request, AssociationDecision decision)
    {
        List<PresentationContextAC> contexts = [];
        List<RoleSelection> roles = [];
        foreach (var proposed in request.PresentationContexts)
        {
            var answer = decision.Contexts.FirstOrDefault(c => c.Id == proposed.Id);
            // The policy may choose only what was proposed.
            bool accepted = answer is { Result: PresentationContextResult.Acceptance, TransferSyntax: { } syntax }
                && proposed.TransferSyntaxes.Contains(syntax.Uid.Value);
            var result = accepted ? PresentationContextResult.Acceptance
                : answer is null or { Result: PresentationContextResult.Acceptance } ? PresentationContextResult.NoReason
                : answer.Result;
            // A refused context carries a transfer syntax that is not to be looked at; some requestors want one to be there.
            contexts.Add(new PresentationContextAC(proposed.Id, result, accepted
                ? answer!.TransferSyntax!.Uid.Value
                : proposed.TransferSyntaxes is [var first, ..] ? first : TransferSyntax.ImplicitVRLittleEndian.Uid.Value));

            var asked = request.UserInformation.RoleSelections.FirstOrDefault(r => r.SopClassUid == proposed.AbstractSyntax);
            if (accepted && asked is not null && !roles.Exists(r => r.SopClassUid == asked.SopClassUid))
                roles.Add(new RoleSelection(asked.SopClassUid, asked.Scu && answer!.AcceptScu, asked.Scp && answer!.AcceptScp));
        }
        return new AAssociateAC
        {
            CalledAETitle = request.CalledAETitle,
            CallingAETitle = request.CallingAETitle,
            FixedFields = request.FixedFields,
            PresentationContexts = contexts,
            UserInformation = NetworkOptions.OurUserInformation(_options) with
            {
                AsynchronousOperationsWindow = Window(request) is { } window ? window : null,
                RoleSelections = roles,
                ExtendedNegotiations = decision.ExtendedNegotiations,
                UserIdentityResponse = decision.UserIdentityResponse,
            },
        };
    }

    /// <summary>Answered only when asked for; never wider than asked for (PS3.7 §D.3.3.3.2).</summary>
    private AsynchronousOperationsWindow? Window(AAssociateRQ request) =>
        request.UserInformation.AsynchronousOperationsWindow is { } asked
            ? new AsynchronousOperationsWindow(
                Narrower(asked.Invoked, _options.MaxOperationsPerformed), Narrower(asked.Performed, _options.MaxOperationsInvoked))
            : null;

    private AssociationInfo Negotiated(AssociationInfo info, AAssociateRQ request, AAssociateAC accept)
    {
        List<PresentationContext> contexts = [];
        foreach (var (proposed, answer) in request.PresentationContexts.Zip(accept.PresentationContexts))
        {
            if (!Uid.TryParseLenient(proposed.AbstractSyntax, out var abstractSyntax)) continue;
            bool accepted = answer.Result == PresentationContextResult.Acceptance;
            var role = accept.UserInformation.RoleSelections.FirstOrDefault(r => r.SopClassUid == proposed.AbstractSyntax);
            List<TransferSyntax> syntaxes = [];
            foreach (string text in proposed.TransferSyntaxes)
                if (Uid.TryParseLenient(text, out var uid)) syntaxes.Add(TransferSyntax.Of(uid));
            contexts.Add(new PresentationContext(proposed.Id, abstractSyntax, syntaxes)
            {
                Result = answer.Result,
                TransferSyntax = accepted ? syntaxes.Find(s => s.Uid.Value == answer.TransferSyntax) : null,
                RequestorIsScu = role?.Scu ?? true,
                RequestorIsScp = role?.Scp ?? false,
            });
        }
        var window = accept.UserInformation.AsynchronousOperationsWindow ?? new(1, 1);
        return info with
        {
            PresentationContexts = contexts,
            PeerMaxPduLength = request.UserInformation.MaximumLength,
            PeerImplementationClassUid = request.UserInformation.ImplementationClassUid,
            PeerImplementationVersionName = request.UserInformation.ImplementationVersionName,
            UserIdentity = request.UserInformation.UserIdentity,
            ExtendedNegotiations = request.UserInformation.ExtendedNegotiations,
            CommonExtendedNegotiations = request.UserInformation.CommonExtendedNegotiations,
            MaxOperationsInvoked = window.Invoked,
            MaxOperationsPerformed = window.Performed,
            EstablishedAt = _options.Time.GetUtcNow(),
        };
    }

    /// <summary>The smaller window; 0 is without limit.</summary>
    private static ushort Narrower(ushort a, ushort b) => a == 0 ? b : b == 0 ? a : Math.Min(a, b);

    private bool TryCount(EndPoint? remote, out string limit)
    {
        limit = $"{_options.MaxAssociations} associations stand (MaxAssociations)";
        if (Interlocked.Increment(ref _associations) > _options.MaxAssociations)
        {
            Interlocked.Decrement(ref _associations);
            return false;
        }
        if (remote is not IPEndPoint peer) return true;
        if (_perPeer.AddOrUpdate(peer.Address, 1, static (_, n) => n + 1) <= _options.MaxAssociationsPerPeer) return true;
        limit = $"{_options.MaxAssociationsPerPeer} associations stand from {peer.Address} (MaxAssociationsPerPeer)";
        Uncount(remote);
        return false;
    }

    private void Uncount(EndPoint? remote)
    {
        Interlocked.Decrement(ref _associations);
        if (remote is not IPEndPoint peer) return;
        int left = _perPeer.AddOrUpdate(peer.Address, 0, static (_, n) => n - 1);
        if (left <= 0) _perPeer.TryRemove(new KeyValuePair<IPAddress, int>(peer.Address, left));
    }

    private void Report(AssociationEventKind kind, AssociationInfo info, string message, Exception? exception = null) =>
        _options.OnEvent?.Invoke(new AssociationEvent(kind, info, message, exception));
}
