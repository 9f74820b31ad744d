using System.Net;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>Something an <see cref="AssociationProxy"/> saw pass.</summary>
/// <param name="Connection">Number of the connection, from 1.</param>
/// <param name="FromRequestor">It went from the side that connected to us to the other one.</param>
public abstract record ProxyEvent(long Connection, bool FromRequestor);

/// <summary>Somebody connected, and the other side was reached.</summary>
public sealed record ProxyConnected(long Connection, EndPoint? Remote) : ProxyEvent(Connection, true);

/// <summary>The connection has ended; <paramref name="Problem"/> says how, when it was not in order.</summary>
public sealed record ProxyClosed(long Connection, long BytesFromRequestor, long BytesFromAcceptor, string? Problem) : ProxyEvent(Connection, true);

/// <summary>The header of any PDU; its content follows as another event when it is whole.</summary>
/// <param name="Connection">Of which connection.</param>
/// <param name="FromRequestor">Its direction.</param>
/// <param name="Type">1 to 7 (PS3.8 §9.3.1).</param>
/// <param name="Length">Bytes of its body.</param>
public sealed record ProxyPdu(long Connection, bool FromRequestor, byte Type, uint Length) : ProxyEvent(Connection, FromRequestor);

/// <summary>A-ASSOCIATE-RQ or, from the acceptor, A-ASSOCIATE-AC (PS3.8 §9.3.2, §9.3.3).</summary>
public sealed record ProxyAssociate(long Connection, bool FromRequestor) : ProxyEvent(Connection, FromRequestor)
{
    /// <summary>Without the spaces that fill it.</summary>
    public required string CallingAETitle { get; init; }

    /// <summary>Without the spaces that fill it.</summary>
    public required string CalledAETitle { get; init; }

    /// <summary>1.2.840.10008.3.1.1.1, there is no other.</summary>
    public required string ApplicationContext { get; init; }

    /// <summary>As proposed or, from the acceptor, as answered; its proposals are matched by their identifiers.</summary>
    public required IReadOnlyList<ProxyContext> Contexts { get; init; }

    /// <summary>Longest P-DATA-TF its sender accepts; 0 is without limit.</summary>
    public uint MaxPduLength { get; init; }

    /// <summary>Of its sender.</summary>
    public string? ImplementationClassUid { get; init; }

    /// <summary>Of its sender.</summary>
    public string? ImplementationVersionName { get; init; }

    /// <summary>Asynchronous operations window: invoked, performed; null when it was not sent.</summary>
    public (ushort Invoked, ushort Performed)? Window { get; init; }

    /// <summary>Role selections: SOP class, SCU, SCP.</summary>
    public IReadOnlyList<(string SopClassUid, bool Scu, bool Scp)> Roles { get; init; } = [];

    /// <summary>SOP class extended negotiation.</summary>
    public IReadOnlyList<ExtendedNegotiation> ExtendedNegotiations { get; init; } = [];

    /// <summary>In a request. Its fields are secrets: show its type at most.</summary>
    public UserIdentity? UserIdentity { get; init; }
}

/// <summary>A presentation context that passed.</summary>
/// <param name="Id">Odd, 1 to 255.</param>
/// <param name="AbstractSyntax">The SOP class, as it stood in the request.</param>
/// <param name="TransferSyntaxes">The proposals or, from the acceptor, the one that was chosen.</param>
/// <param name="Result">From the acceptor; null in a request.</param>
public sealed record ProxyContext(byte Id, string AbstractSyntax, IReadOnlyList<string> TransferSyntaxes, PresentationContextResult? Result);

/// <summary>A-ASSOCIATE-RJ (PS3.8 §9.3.4); its message is a sentence.</summary>
public sealed record ProxyReject(long Connection, AssociationRejectedException Rejection) : ProxyEvent(Connection, false);

/// <summary>A-RELEASE-RQ or A-RELEASE-RP (PS3.8 §9.3.6, §9.3.7).</summary>
public sealed record ProxyRelease(long Connection, bool FromRequestor, bool IsResponse) : ProxyEvent(Connection, FromRequestor);

/// <summary>A-ABORT (PS3.8 §9.3.8).</summary>
public sealed record ProxyAbort(long Connection, bool FromRequestor, AbortSource Source, AbortReason Reason) : ProxyEvent(Connection, FromRequestor);

/// <summary>A command set (PS3.7 §6.3), when its last fragment has passed.</summary>
/// <param name="Connection">Of which connection.</param>
/// <param name="FromRequestor">Its direction.</param>
/// <param name="ContextId">Its presentation context.</param>
/// <param name="Command">What it says.</param>
public sealed record ProxyCommand(long Connection, bool FromRequestor, byte ContextId, CommandSet Command) : ProxyEvent(Connection, FromRequestor);

/// <summary>A data set, when its last fragment has passed.</summary>
/// <param name="Connection">Of which connection.</param>
/// <param name="FromRequestor">Its direction.</param>
/// <param name="ContextId">Its presentation context.</param>
/// <param name="TransferSyntax">Of the presentation context; null when its negotiation was not seen.</param>
/// <param name="Start">Its first bytes, as many as <see cref="AssociationProxyOptions.MaxDataSetBytes"/> allows.</param>
/// <param name="Length">All its bytes.</param>
public sealed record ProxyDataSet(long Connection, bool FromRequestor, byte ContextId, TransferSyntax? TransferSyntax,
    ReadOnlyMemory<byte> Start, long Length) : ProxyEvent(Connection, FromRequestor);

/// <summary>What passes is no DICOM, or breaks the protocol: this direction goes on unexplained.</summary>
public sealed record ProxyUnreadable(long Connection, bool FromRequestor, string Problem) : ProxyEvent(Connection, FromRequestor);
