using System.Net;

namespace Isocenter.Network;

/// <summary>Facts about one association, fixed once it is negotiated.</summary>
public sealed record AssociationInfo
{
    /// <summary>Counts the associations of this process.</summary>
    public required long Id { get; init; }

    /// <summary>We asked for it.</summary>
    public required bool IsRequestor { get; init; }

    /// <summary>The requestor's AE title.</summary>
    public string CallingAETitle { get; init; } = "";

    /// <summary>The AE title it called.</summary>
    public string CalledAETitle { get; init; } = "";

    /// <summary>Address of the other side; null over a transport that has none.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>What TLS established; null without TLS, and where it was done elsewhere.</summary>
    public TlsInfo? Tls { get; init; }

    /// <summary>All presentation contexts, the refused ones too.</summary>
    public IReadOnlyList<PresentationContext> PresentationContexts { get; init; } = [];

    /// <summary>Longest P-DATA-TF body the peer accepts, in bytes; 0 is without limit.</summary>
    public uint PeerMaxPduLength { get; init; }

    /// <summary>The peer's Implementation Class UID.</summary>
    public string? PeerImplementationClassUid { get; init; }

    /// <summary>The peer's Implementation Version Name.</summary>
    public string? PeerImplementationVersionName { get; init; }

    /// <summary>Who uses the requestor, if it said.</summary>
    public UserIdentity? UserIdentity { get; init; }

    /// <summary>SOP class extended negotiation, as the other side sent it.</summary>
    public IReadOnlyList<ExtendedNegotiation> ExtendedNegotiations { get; init; } = [];

    /// <summary>Operations the requestor may have outstanding, as negotiated; 0 is without limit.</summary>
    public ushort MaxOperationsInvoked { get; init; } = 1;

    /// <summary>Operations the acceptor may have outstanding, as negotiated; 0 is without limit.</summary>
    public ushort MaxOperationsPerformed { get; init; } = 1;

    /// <summary>SOP class common extended negotiation of the requestor.</summary>
    public IReadOnlyList<CommonExtendedNegotiation> CommonExtendedNegotiations { get; init; } = [];

    /// <summary>For a requestor: the acceptor's server response to the user identity (PS3.7 §D.3.3.7.2): empty for user
    /// name and pass code, a ticket or token else; null when it sent none, and so may not have looked at it.</summary>
    public ReadOnlyMemory<byte>? UserIdentityResponse { get; init; }

    /// <summary>When it was established.</summary>
    public DateTimeOffset EstablishedAt { get; init; }

    /// <summary>As 12 MODALITY → ISOCENTER from 10.0.0.7:51234.</summary>
    public override string ToString() => $"{Id} {CallingAETitle} → {CalledAETitle}{(RemoteEndPoint is null ? "" : (IsRequestor ? " at " : " from ") + RemoteEndPoint)}";

    internal PresentationContext? Accepted(byte id)
    {
        foreach (var context in PresentationContexts)
            if (context.Id == id) return context.IsAccepted ? context : null;
        return null;
    }
}

/// <summary>What happened to an association.</summary>
public enum AssociationEventKind
{
    /// <summary>Negotiated; operations may begin.</summary>
    Established,
    /// <summary>Refused by us.</summary>
    Rejected,
    /// <summary>Ended in order.</summary>
    Released,
    /// <summary>The peer, or its application, ended it.</summary>
    AbortedByPeer,
    /// <summary>We ended it, because of a time-out or because we are stopping.</summary>
    Aborted,
    /// <summary>We ended it because the peer broke the protocol.</summary>
    ProtocolViolation,
    /// <summary>The connection was lost.</summary>
    ConnectionLost,
    /// <summary>An operation failed by an exception in its handler; the association lives on.</summary>
    OperationFailed,
    /// <summary>Something unexpected in our own code ended it.</summary>
    Failed,
    /// <summary>TLS did not come about; the message says why.</summary>
    TlsFailed,
    /// <summary>Files with certificates have changed and cannot be used: those read before stay in use. Told at the next handshake.</summary>
    TlsFilesUnusable,
    /// <summary>A connection was closed before it could become an association, because there are too many.</summary>
    ConnectionRefused,
}

/// <summary>One line for a log.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Association">To which association.</param>
/// <param name="Message">In words.</param>
/// <param name="Exception">The cause, where there is one.</param>
public sealed record AssociationEvent(AssociationEventKind Kind, AssociationInfo Association, string Message, Exception? Exception = null);
