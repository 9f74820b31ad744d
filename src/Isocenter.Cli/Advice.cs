using System.Net.Sockets;
using System.Security.Authentication;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli;

/// <summary>What a technician can do about what a peer says, or does not say: added to the sentence of
/// <see cref="Failure"/>.</summary>
internal static class Advice
{
    /// <summary>The sentence for a failure on the way to a peer, with what to do about it.</summary>
    public static string Of(AssociationException error) => error switch
    {
        ConnectionFailedException { InnerException: SocketException socket } => $"{error.Message}: {Of(socket.SocketErrorCode)}",
        ConnectionFailedException { InnerException: AuthenticationException } => error.Message,
        AssociationTimeoutException { Timeout: AssociationTimeout.Connect } =>
            $"{error.Message}: the address is wrong, the machine is off, or a firewall drops what comes (--timeout waits longer)",
        AssociationTimeoutException { Timeout: AssociationTimeout.Association } =>
            $"{error.Message}: somebody listens there, but perhaps it is no DICOM peer, or it expects TLS",
        AssociationTimeoutException { Timeout: AssociationTimeout.Response } => $"{error.Message}: it works on the request, or hangs (--timeout waits longer)",
        AssociationTimeoutException { Timeout: AssociationTimeout.Progress } => $"{error.Message}: the network stalls, or the peer's disk does",
        AssociationAbortedException { Origin: AbortOrigin.ConnectionLost } =>
            $"{error.Message}: it may have crashed, expect TLS where we speak plainly or the other way, or not let our address in; its log tells",
        AssociationAbortedException { Origin: AbortOrigin.Peer } => $"{error.Message}; its log tells why",
        _ => error.Message,
    };

    /// <summary>A status with what to do about it.</summary>
    public static string Of(Status status) => Hint(status.Code) is { } hint ? $"{status} ({hint})" : status.ToString();

    private static string Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "nobody listens there. Is the peer running, and is this its DICOM port?",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "there is no host of that name. Is it spelled right, and does the name server know it?",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no way to that machine. Is the network up, and the address right?",
        SocketError.TimedOut => "it does not answer. Is the address right, and is a firewall between?",
        SocketError.ConnectionReset => "it closed the connection at once. Does it let our address in?",
        SocketError.AccessDenied => "this machine does not let us. Is a firewall or a policy in the way?",
        _ => "the network says no more than this",
    };

    /// <summary>PS3.7 Annex C; PS3.4 Tables B.2-1, C.4-1, C.4-2, C.4-3.</summary>
    private static string? Hint(ushort code) => code switch
    {
        0x0110 => "the peer's own program failed; its log tells why",
        0x0111 => "it has an object of this SOP Instance UID already",
        0x0117 => "the peer finds a UID illegal",
        0x0118 or 0x0122 => "the peer does not do this for this SOP class",
        0x0124 => "the peer does not allow this to us: see the rights of our AE title or user there",
        0x0211 => "the peer does not offer this operation",
        0x0212 => "the peer does not understand the request",
        0x0213 => "the peer has reached a limit of its own; try again later",
        0xA701 => "the peer cannot count what it would send; ask for less",
        0xA702 => "nothing of it could be sent: is the receiver running, does it know the peer, and take these objects?",
        0xA801 => "enter the destination's AE title, with its host and port, among the known nodes of the peer that was asked",
        >= 0xA700 and <= 0xA7FF => "the peer has no room: see its disk, then send again",
        >= 0xA900 and <= 0xA9FF => "the peer finds that keys or attributes do not fit the SOP class: level and unique keys of a query, UIDs of an object",
        0xB000 => "part of it was changed, or failed",
        0xB006 => "the peer left out elements",
        0xB007 => "the peer stored it although it does not fit its SOP class",
        >= 0xC000 and <= 0xCFFF => "the peer cannot process it; its log tells why",
        0xFE00 => "it was cancelled",
        _ => null,
    };
}
