using System.Globalization;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network;

/// <summary>An association did not come about or came to an end before its time. Nothing more can be done on it.</summary>
public class AssociationException : Exception
{
    /// <summary>Says what happened.</summary>
    public AssociationException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}

/// <summary>No transport connection could be made: nobody listens there, or the name or the network is wrong.</summary>
public sealed class ConnectionFailedException : AssociationException
{
    /// <summary>Says what happened.</summary>
    public ConnectionFailedException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }
}

/// <summary>The peer said no (A-ASSOCIATE-RJ, PS3.8 §9.3.4). The message is a sentence a technician can act on.</summary>
public sealed class AssociationRejectedException : AssociationException
{
    /// <summary>Of the three numbers on the wire and the titles that were used.</summary>
    public AssociationRejectedException(RejectResult result, RejectSource source, byte reason, string callingAETitle, string calledAETitle)
        : base(Explain(result, source, reason, callingAETitle, calledAETitle))
    {
        Result = result;
        RejectedBy = source;
        ReasonNumber = reason;
    }

    /// <summary>Permanent or transient.</summary>
    public RejectResult Result { get; }

    /// <summary>Who rejected.</summary>
    public RejectSource RejectedBy { get; }

    /// <summary>The number on the wire; see <see cref="Reason"/>.</summary>
    public byte ReasonNumber { get; }

    /// <summary>Source and number together; possibly none of the names (PS3.8 Table 9-21).</summary>
    public RejectReason Reason => (RejectReason)((byte)RejectedBy << 8 | ReasonNumber);

    private static string Explain(RejectResult result, RejectSource source, byte reason, string calling, string called)
    {
        string why = (RejectReason)((byte)source << 8 | reason) switch
        {
            RejectReason.CallingAETitleNotRecognized =>
                $"the peer does not know our AE title '{calling}': enter it there among the known nodes, or call with another title",
            RejectReason.CalledAETitleNotRecognized =>
                $"the peer is not called '{called}': use the AE title configured there",
            RejectReason.ApplicationContextNameNotSupported => "the peer does not accept the DICOM application context",
            RejectReason.NoReasonGiven =>
                $"the peer's application gave no reason: its log may tell; often the pair of AE titles '{calling}' and '{called}' or our address is not allowed there, or it takes none of the SOP classes that we offer",
            RejectReason.AcseNoReasonGiven => "the peer gave no reason: its log may tell; this is the answer to a user who is not known there, to a wrong pass code, or to no user where one is required",
            RejectReason.ProtocolVersionNotSupported => "the peer does not support version 1 of the DICOM upper layer protocol",
            RejectReason.TemporaryCongestion => "the peer is too busy at the moment: try again later",
            RejectReason.LocalLimitExceeded => "the peer allows no more associations: close some, raise its limit, or try again later",
            _ => "the peer gave a reason that is not in the standard",
        };
        return string.Create(CultureInfo.InvariantCulture,
            $"association rejected ({(result == RejectResult.Transient ? "transient" : "permanent")}): {why} (result {(byte)result}, source {(byte)source}, reason {reason})");
    }
}

/// <summary>The association was aborted, or its connection was lost (PS3.8 §7.3, §7.4).</summary>
public sealed class AssociationAbortedException : AssociationException
{
    /// <summary>Says what happened.</summary>
    public AssociationAbortedException(string message, AbortOrigin origin, AbortSource source = AbortSource.ServiceUser,
        AbortReason reason = AbortReason.NotSpecified, Exception? innerException = null) : base(message, innerException)
    {
        Origin = origin;
        AbortedBy = source;
        Reason = reason;
    }

    /// <summary>Which side ended it.</summary>
    public AbortOrigin Origin { get; }

    /// <summary>From the A-ABORT PDU sent or received.</summary>
    public AbortSource AbortedBy { get; }

    /// <summary>From the A-ABORT PDU sent or received; without meaning when a service user aborted.</summary>
    public AbortReason Reason { get; }

    internal static AssociationAbortedException ByPeer(AAbort abort) => new(
        abort.Source == AbortSource.ServiceProvider
            ? $"the peer aborted the association: {Words(abort.Reason)}"
            : "the peer's application aborted the association", AbortOrigin.Peer, abort.Source, abort.Reason);

    internal static AssociationAbortedException ConnectionLost(Exception? cause, bool unanswered = false) => new(
        unanswered ? "the peer closed the connection instead of answering the request for an association: it may expect TLS,"
            + $" or not let our address in{(cause is null ? "" : $" ({TlsWords.Of(cause)})")}"
        : cause is null ? "the peer closed the connection without releasing the association" : $"the connection was lost: {TlsWords.Of(cause)}",
        AbortOrigin.ConnectionLost, innerException: cause);

    internal static AssociationAbortedException Violation(PduException violation) => new(
        $"the association was aborted because the peer broke the protocol: {violation.Message}", AbortOrigin.ProtocolViolation,
        AbortSource.ServiceProvider, violation.Reason, violation);

    private static string Words(AbortReason reason) => reason switch
    {
        AbortReason.UnrecognizedPdu => "it does not recognize a PDU we sent",
        AbortReason.UnexpectedPdu => "it did not expect a PDU we sent",
        AbortReason.UnrecognizedPduParameter => "it does not recognize a parameter of a PDU we sent",
        AbortReason.UnexpectedPduParameter => "it did not expect a parameter of a PDU we sent",
        AbortReason.InvalidPduParameterValue => "it finds an illegal value in a PDU we sent",
        _ => "its protocol machine gave no reason",
    };
}

/// <summary>Which side ended an association.</summary>
public enum AbortOrigin
{
    /// <summary>An A-ABORT came.</summary>
    Peer,
    /// <summary>We aborted because our caller wanted it.</summary>
    Local,
    /// <summary>We aborted because the peer broke the protocol.</summary>
    ProtocolViolation,
    /// <summary>The connection closed or failed without a word.</summary>
    ConnectionLost,
}

/// <summary>The peer kept us waiting too long; the association was aborted.</summary>
public sealed class AssociationTimeoutException : AssociationException
{
    /// <summary>Says which time-out expired.</summary>
    public AssociationTimeoutException(AssociationTimeout timeout, TimeSpan after)
        : base($"{Words(timeout)} within {after.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s")
    {
        Timeout = timeout;
        After = after;
    }

    /// <summary>Which one.</summary>
    public AssociationTimeout Timeout { get; }

    /// <summary>How long it was.</summary>
    public TimeSpan After { get; }

    private static string Words(AssociationTimeout timeout) => timeout switch
    {
        AssociationTimeout.Connect => "no connection could be made",
        AssociationTimeout.Tls => "the TLS handshake did not end",
        AssociationTimeout.Association => "the association was not answered",
        AssociationTimeout.Response => "the peer did not answer a request",
        AssociationTimeout.Progress => "the transfer made no progress",
        AssociationTimeout.Idle => "nothing was asked",
        AssociationTimeout.Release => "the release was not answered",
        AssociationTimeout.Cancel => "the peer did not end a cancelled operation",
        _ => "the peer did not close the connection",
    };
}

/// <summary>What was waited for in vain.</summary>
public enum AssociationTimeout
{
    /// <summary>A transport connection.</summary>
    Connect,
    /// <summary>The TLS handshake.</summary>
    Tls,
    /// <summary>A-ASSOCIATE-AC or -RJ.</summary>
    Association,
    /// <summary>A DIMSE response.</summary>
    Response,
    /// <summary>More bytes of a message, or the peer taking ours.</summary>
    Progress,
    /// <summary>Any request.</summary>
    Idle,
    /// <summary>A-RELEASE-RP.</summary>
    Release,
    /// <summary>The final response to a cancelled operation.</summary>
    Cancel,
    /// <summary>The end of the transport connection (ARTIM, PS3.8 §9.1.5).</summary>
    Artim,
}
