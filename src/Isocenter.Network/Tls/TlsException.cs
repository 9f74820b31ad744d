namespace Isocenter.Network;

/// <summary>TLS did not come about: a certificate that is not believed, no common version, or a peer that does not speak
/// TLS. The message says which, in words.</summary>
public sealed class TlsException : AssociationException
{
    /// <summary>Says what happened.</summary>
    public TlsException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}
