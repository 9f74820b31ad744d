using System.Security.Cryptography.X509Certificates;

namespace Isocenter.Network;

/// <summary>TLS for one side of a connection, requestor or acceptor (PS3.15 Annex B).</summary>
public sealed record TlsOptions
{
    /// <summary>Versions and cipher suites.</summary>
    public TlsProfile Profile { get; init; } = TlsProfile.Bcp195Rfc9325;

    /// <summary>Who we are. An acceptor must have one; a requestor when the peer asks.</summary>
    public TlsCertificateSource? Certificate { get; init; }

    /// <summary>Whom we believe; null: whom the operating system believes.</summary>
    public TlsTrust? Trust { get; init; }

    /// <summary>For an acceptor: a peer without a certificate that we believe is not let in (mutual authentication). When
    /// this is off and <see cref="Trust"/> is set, a certificate is asked for, and must be good if one is shown.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary>For a requestor: the name that must stand in the peer's certificate; null: the host that is called.</summary>
    public string? PeerName { get; init; }

    /// <summary>For a requestor: compare the name in the certificate with the host. Turning it off leaves it at the
    /// authority: any certificate it issued will do.</summary>
    public bool CheckPeerName { get; init; } = true;

    /// <summary>Believe any certificate: encrypts, but does not know with whom. For tests.</summary>
    public bool AcceptAnyCertificate { get; init; }

    /// <summary>Longest wait for the handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>What TLS has established about a connection.</summary>
/// <param name="Protocol">As TLS 1.3.</param>
/// <param name="CipherSuite">As TLS_AES_256_GCM_SHA384.</param>
/// <param name="PeerCertificate">The peer's certificate, if it showed one: believed, unless
/// <see cref="TlsOptions.AcceptAnyCertificate"/> is set.</param>
public sealed record TlsInfo(string Protocol, string CipherSuite, X509Certificate2? PeerCertificate)
{
    /// <summary>The names in the peer's certificate that can stand for AE titles: the common name, and DNS names with
    /// their first label.</summary>
    public IReadOnlyList<string> PeerNames => PeerCertificate is null ? [] : TlsNames.Of(PeerCertificate);

    /// <summary>As TLS 1.3, TLS_AES_256_GCM_SHA384, CN=ct1.</summary>
    public override string ToString() =>
        $"{Protocol}, {CipherSuite}{(PeerCertificate is null ? "" : ", " + PeerCertificate.Subject)}";
}
