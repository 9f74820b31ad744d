namespace Isocenter.Network;

/// <summary>What went wrong in TLS, in words a technician can act on.</summary>
/// <remarks>The cause reaches us as text only: .NET and OpenSSL put the alert (RFC 8446 §6.2) into their messages.</remarks>
internal static class TlsWords
{
    /// <summary>The words; for what TLS has nothing to do with, the message as it is.</summary>
    public static string Of(Exception fault, bool isServer = false)
    {
        string text = fault.InnerException is { } inner ? $"{fault.Message} {inner.Message} {inner.InnerException?.Message}" : fault.Message;
        bool Says(string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
        if (Says("unknown_ca") || Says("UnknownCA") || Says("unknown ca"))
            return "the peer does not believe our certificate: it does not know who issued it";
        if (Says("certificate_required") || Says("CertificateRequired") || Says("certificate required") || Says("peer did not return a certificate"))
            return isServer ? "the peer shows no certificate, and we require one" : "the peer requires a certificate of us";
        if (Says("bad certificate") || Says("BadCertificate")) return "the peer does not believe our certificate, or requires one of us";
        if (Says("certificate expired") || Says("CertificateExpired")) return "the peer says that our certificate has expired";
        if (Says("certificate unknown") || Says("CertificateUnknown")) return "the peer does not believe our certificate";
        if (Says("no shared cipher") || Says("no_shared_cipher")) return "no cipher suite that both sides allow: compare the TLS profiles";
        if (Says("handshake failure") || Says("HandshakeFailure"))
            return "the peer refuses the handshake: no cipher suite or no kind of certificate in common, or it requires a certificate of us";
        if (Says("unsupported protocol") || Says("protocol version") || Says("ProtocolVersion"))
            return "no TLS version that both sides allow: 1.2 or 1.3 is needed";
        if (Says("wrong version number") || Says("Cannot determine the frame size") || Says("corrupted frame") || Says("packet length too long"))
            return isServer ? "the peer does not speak TLS" : "the peer does not speak TLS on this port";
        if (Says("unexpected EOF") || Says("0 bytes from the transport") || Says("connection reset") || Says("Connection closed"))
            return "the peer closed the connection within the handshake: it may not speak TLS on this port, or not believe us";
        return text.Trim();
    }
}
