using System.Net.Security;
using System.Security.Authentication;

namespace Isocenter.Network;

/// <summary>Which protocol versions and cipher suites are used: the secure transport connection profiles of PS3.15
/// Annex B. All of them allow TLS 1.2 and 1.3 and nothing older, so none can be talked down to less.</summary>
public enum TlsProfile
{
    /// <summary>BCP 195 RFC 8996, 9325 (PS3.15 §B.12): ephemeral keys and authenticated encryption, 128 or 256 bits.</summary>
    Bcp195Rfc9325,
    /// <summary>Non-downgrading BCP 195 (PS3.15 §B.10): the suites of RFC 7525 §4.2; for peers that know this one.</summary>
    NonDowngradingBcp195,
    /// <summary>Extended BCP 195 (PS3.15 §B.11): 256 bits only.</summary>
    ExtendedBcp195,
    /// <summary>BCP 195 (PS3.15 §B.9): prefers the same suites, but takes what the operating system allows, for older
    /// peers.</summary>
    Bcp195,
}

/// <summary>What a <see cref="TlsProfile"/> means for a handshake.</summary>
internal static class TlsProfiles
{
    private const TlsCipherSuite
        Aes128 = TlsCipherSuite.TLS_AES_128_GCM_SHA256, Aes256 = TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        ChaCha = TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256;

    private static readonly TlsCipherSuite[] Rfc9325 =
    [
        Aes256, ChaCha, Aes128,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ];

    private static readonly TlsCipherSuite[] NonDowngrading =
    [
        Aes256, ChaCha, Aes128,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ];

    private static readonly TlsCipherSuite[] Extended =
    [
        Aes256, ChaCha,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
    ];

    public static SslProtocols Protocols => SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The suites; null where the operating system decides, which is everywhere on Windows and Android: there
    /// they are a matter of policy.</summary>
    public static CipherSuitesPolicy? CipherSuites(TlsProfile profile)
    {
        if (profile == TlsProfile.Bcp195 || !(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())) return null;
        return new CipherSuitesPolicy(profile switch
        {
            TlsProfile.NonDowngradingBcp195 => NonDowngrading,
            TlsProfile.ExtendedBcp195 => Extended,
            _ => Rfc9325,
        });
    }
}
