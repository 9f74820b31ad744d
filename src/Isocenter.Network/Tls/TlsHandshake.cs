using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network;

/// <summary>Makes a plain connection a secure one, and says in words why not.</summary>
internal static class TlsHandshake
{
    /// <summary>First byte of a TLS record that carries a handshake (RFC 8446 §5.1).</summary>
    private const byte HandshakeRecord = 0x16;

    /// <summary>The requestor's side.</summary>
    /// <param name="transport">Owned from here on, also when the handshake fails.</param>
    /// <param name="host">Who was called.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="time">The clock of the time-out.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TlsException">It did not come about.</exception>
    /// <exception cref="AssociationTimeoutException">Not in time.</exception>
    public static async Task<SslStream> ConnectAsync(
        Stream transport, string host, TlsOptions options, TimeProvider time, CancellationToken cancel)
    {
        string name = options.PeerName ?? host;
        var judge = new CertificateJudge(options, options.CheckPeerName ? name : null, time);
        var settings = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = TlsProfiles.Protocols,
            ClientCertificateContext = options.Certificate?.Current,
            CertificateChainPolicy = judge.ChainPolicy,
            RemoteCertificateValidationCallback = judge.Judge,
        };
        if (TlsProfiles.CipherSuites(options.Profile) is { } suites) settings.CipherSuitesPolicy = suites;
        var tls = new SslStream(transport);
        await RunAsync(tls, token => tls.AuthenticateAsClientAsync(settings, token), judge, options, time, isServer: false, cancel).ConfigureAwait(false);
        return tls;
    }

    /// <summary>The acceptor's side.</summary>
    /// <inheritdoc cref="ConnectAsync"/>
    public static async Task<SslStream> AcceptAsync(Stream transport, TlsOptions options, TimeProvider time, CancellationToken cancel)
    {
        var judge = new CertificateJudge(options, null, time);
        var settings = new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = TlsProfiles.Protocols,
            ServerCertificateContext = options.Certificate?.Current
                ?? throw new TlsException("an acceptor of TLS must have a certificate (TlsOptions.Certificate)"),
            ClientCertificateRequired = options.RequireClientCertificate || options.Trust is not null,
            AllowRenegotiation = false,
            CertificateChainPolicy = judge.ChainPolicy,
            RemoteCertificateValidationCallback = judge.Judge,
        };
        if (TlsProfiles.CipherSuites(options.Profile) is { } suites) settings.CipherSuitesPolicy = suites;
        var tls = new SslStream(transport);
        await RunAsync(tls, async token =>
        {
            await RequireTlsAsync(transport, token).ConfigureAwait(false);
            await tls.AuthenticateAsServerAsync(settings, token).ConfigureAwait(false);
        }, judge, options, time, isServer: true, cancel).ConfigureAwait(false);
        return tls;
    }

    /// <summary>What was established.</summary>
    public static TlsInfo Info(SslStream tls) => new(
        tls.SslProtocol switch { SslProtocols.Tls12 => "TLS 1.2", SslProtocols.Tls13 => "TLS 1.3", var other => other.ToString() },
        tls.NegotiatedCipherSuite.ToString(),
        tls.RemoteCertificate switch { null => null, X509Certificate2 full => full, var other => X509CertificateLoader.LoadCertificate(other.GetRawCertData()) });

    private static async Task RunAsync(SslStream tls, Func<CancellationToken, Task> authenticate, CertificateJudge judge,
        TlsOptions options, TimeProvider time, bool isServer, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        bool done = false;
        try
        {
            await authenticate(either.Token).ConfigureAwait(false);
            done = true;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new AssociationTimeoutException(AssociationTimeout.Tls, options.HandshakeTimeout);
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or SocketException or InvalidOperationException or NotSupportedException)
        {
            throw new TlsException($"no TLS: {judge.Refusal ?? TlsWords.Of(fault, isServer)}", fault);
        }
        finally
        {
            if (!done) await tls.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Looks at the first byte without taking it: a peer without TLS would leave OpenSSL puzzled, and the log too.</summary>
    private static async Task RequireTlsAsync(Stream transport, CancellationToken cancel)
    {
        if (transport is not SocketTransport socket) return;
        byte[] first = new byte[1];
        int count = await socket.Socket.ReceiveAsync(first, SocketFlags.Peek, cancel).ConfigureAwait(false);
        if (count == 0) throw new TlsException("no TLS: the peer closed the connection without a word");
        if (first[0] == HandshakeRecord) return;
        throw new TlsException(first[0] == (byte)PduType.AAssociateRQ
            ? "no TLS: the peer asks for an association without TLS, on a port that is for TLS"
            : $"no TLS: the peer begins with byte 0x{first[0]:X2}, which is not the beginning of a handshake");
    }

    /// <summary>Judges the peer's certificate and remembers why it was refused.</summary>
    private sealed class CertificateJudge(TlsOptions options, string? expectedName, TimeProvider time)
    {
        /// <summary>Why, or null when nothing was refused.</summary>
        public string? Refusal { get; private set; }

        public X509ChainPolicy ChainPolicy
        {
            get
            {
                // Revocation would mean to ask somebody on the Internet at each association.
                var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
                if (options.Trust is not { } trust) return policy;
                policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                policy.CustomTrustStore.AddRange(trust.Current);
                policy.ExtraStore.AddRange(trust.Current);
                policy.VerificationFlags = X509VerificationFlags.IgnoreEndRevocationUnknown;
                return policy;
            }
        }

        public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (options.AcceptAnyCertificate && (certificate is not null || !options.RequireClientCertificate)) return true;
            if (certificate is null)
            {
                if (expectedName is null && sender is SslStream { IsServer: true } && !options.RequireClientCertificate) return true;
                Refusal = $"the peer shows no certificate, and we require one";
                return false;
            }
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
                Refusal = Explain(certificate, chain);
            else if (expectedName is not null && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
                Refusal = $"the certificate of the peer is not for {expectedName}, but for {Names(certificate)}";
            return Refusal is null;
        }

        private string Explain(X509Certificate certificate, X509Chain? chain)
        {
            var full = certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
            string subject = $"the certificate of the peer, {full.Subject},";
            if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            {
                var late = full.NotAfter.ToUniversalTime();
                return late < time.GetUtcNow().UtcDateTime
                    ? string.Create(CultureInfo.InvariantCulture, $"{subject} expired on {late:yyyy-MM-dd HH:mm} UTC")
                    : string.Create(CultureInfo.InvariantCulture, $"{subject} or that of its issuer is not valid now: its own is from {full.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
            }
            if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
                return full.Subject == full.Issuer
                    ? $"{subject} is self-signed and not among those we believe"
                    : $"{subject} was issued by {full.Issuer}, whom we do not know";
            if (status.HasFlag(X509ChainStatusFlags.NotSignatureValid)) return $"{subject} does not bear the signature of its issuer";
            if (status.HasFlag(X509ChainStatusFlags.Revoked)) return $"{subject} has been revoked";
            if (status.HasFlag(X509ChainStatusFlags.NotValidForUsage)) return $"{subject} was not issued for this use";
            return $"{subject} is not valid: {status}";
        }

        private static string Names(X509Certificate certificate)
        {
            var names = TlsNames.Of(certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()));
            return names.Count == 0 ? certificate.Subject : string.Join(", ", names.Distinct());
        }
    }
}
