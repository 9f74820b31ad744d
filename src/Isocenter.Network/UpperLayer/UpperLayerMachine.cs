namespace Isocenter.Network.UpperLayer;

/// <summary>The states of PS3.8 Table 9-1 to 9-5.</summary>
internal enum UpperLayerState : byte
{
    /// <summary>Idle.</summary>
    Sta1 = 1,
    /// <summary>Transport connection open, awaiting A-ASSOCIATE-RQ.</summary>
    Sta2,
    /// <summary>Awaiting local A-ASSOCIATE response.</summary>
    Sta3,
    /// <summary>Awaiting transport connection.</summary>
    Sta4,
    /// <summary>Awaiting A-ASSOCIATE-AC or -RJ.</summary>
    Sta5,
    /// <summary>Association established, ready for data.</summary>
    Sta6,
    /// <summary>Awaiting A-RELEASE-RP.</summary>
    Sta7,
    /// <summary>Awaiting local A-RELEASE response.</summary>
    Sta8,
    /// <summary>Release collision, requestor side; awaiting local A-RELEASE response.</summary>
    Sta9,
    /// <summary>Release collision, acceptor side; awaiting A-RELEASE-RP.</summary>
    Sta10,
    /// <summary>Release collision, requestor side; awaiting A-RELEASE-RP.</summary>
    Sta11,
    /// <summary>Release collision, acceptor side; awaiting local A-RELEASE response.</summary>
    Sta12,
    /// <summary>Awaiting the close of the transport connection.</summary>
    Sta13,
}

/// <summary>The events of PS3.8 Table 9-10, in its order.</summary>
internal enum UpperLayerEvent : byte
{
    AssociateRequest = 1,
    TransportConfirm,
    AssociateAcceptReceived,
    AssociateRejectReceived,
    TransportIndication,
    AssociateRequestReceived,
    AssociateResponseAccept,
    AssociateResponseReject,
    DataRequest,
    DataReceived,
    ReleaseRequest,
    ReleaseRequestReceived,
    ReleaseResponseReceived,
    ReleaseResponse,
    AbortRequest,
    AbortReceived,
    TransportClosed,
    ArtimExpired,
    InvalidPdu,
}

/// <summary>The actions of PS3.8 Tables 9-6 to 9-9.</summary>
internal enum UpperLayerAction : byte
{
    /// <summary>An empty cell: the event cannot happen in the state.</summary>
    None,
    /// <summary>Open the transport connection.</summary>
    AE1,
    /// <summary>Send A-ASSOCIATE-RQ.</summary>
    AE2,
    /// <summary>Confirm: accepted.</summary>
    AE3,
    /// <summary>Confirm: rejected; close the transport.</summary>
    AE4,
    /// <summary>Answer the transport; start ARTIM.</summary>
    AE5,
    /// <summary>Stop ARTIM; indicate when the provider can accept the request, else send A-ASSOCIATE-RJ and start ARTIM.</summary>
    AE6,
    /// <summary>Send A-ASSOCIATE-AC.</summary>
    AE7,
    /// <summary>Send A-ASSOCIATE-RJ; start ARTIM.</summary>
    AE8,
    /// <summary>Send P-DATA-TF.</summary>
    DT1,
    /// <summary>Indicate P-DATA.</summary>
    DT2,
    /// <summary>Send A-RELEASE-RQ.</summary>
    AR1,
    /// <summary>Indicate A-RELEASE.</summary>
    AR2,
    /// <summary>Confirm A-RELEASE; close the transport.</summary>
    AR3,
    /// <summary>Send A-RELEASE-RP; start ARTIM.</summary>
    AR4,
    /// <summary>Stop ARTIM.</summary>
    AR5,
    /// <summary>Indicate P-DATA.</summary>
    AR6,
    /// <summary>Send P-DATA-TF.</summary>
    AR7,
    /// <summary>Indicate A-RELEASE, collision.</summary>
    AR8,
    /// <summary>Send A-RELEASE-RP.</summary>
    AR9,
    /// <summary>Confirm A-RELEASE.</summary>
    AR10,
    /// <summary>Send A-ABORT, source service user; start or restart ARTIM.</summary>
    AA1,
    /// <summary>Stop ARTIM; close the transport.</summary>
    AA2,
    /// <summary>Indicate A-ABORT or A-P-ABORT as the PDU's source says; close the transport.</summary>
    AA3,
    /// <summary>Indicate A-P-ABORT.</summary>
    AA4,
    /// <summary>Stop ARTIM.</summary>
    AA5,
    /// <summary>Ignore.</summary>
    AA6,
    /// <summary>Send A-ABORT.</summary>
    AA7,
    /// <summary>Send A-ABORT, source service provider; indicate A-P-ABORT; start ARTIM.</summary>
    AA8,
}

/// <summary>The protocol machine of the upper layer: PS3.8 Table 9-10, and nothing else. Pure.</summary>
internal static class UpperLayerMachine
{
    /// <summary>What to do when <paramref name="occurred"/> happens in <paramref name="state"/>.</summary>
    /// <param name="state">The present state.</param>
    /// <param name="occurred">The event.</param>
    /// <param name="isRequestor">We asked for the association: decides AR-8 between Sta9 and Sta10.</param>
    /// <param name="requestIsAcceptable">For AE-6: the service provider (not its user) can accept the request; decides
    /// between Sta3 and Sta13.</param>
    /// <returns>The action and the next state; <see cref="UpperLayerAction.None"/> and the same state for an empty cell.</returns>
    public static (UpperLayerAction Action, UpperLayerState Next) Next(
        UpperLayerState state, UpperLayerEvent occurred, bool isRequestor = false, bool requestIsAcceptable = true) =>
        occurred switch
        {
            UpperLayerEvent.AssociateRequest => state switch
            {
                Sta1 => (UpperLayerAction.AE1, Sta4),
                _ => Empty(state),
            },
            UpperLayerEvent.TransportConfirm => state switch
            {
                Sta4 => (UpperLayerAction.AE2, Sta5),
                _ => Empty(state),
            },
            UpperLayerEvent.AssociateAcceptReceived => state switch
            {
                Sta5 => (UpperLayerAction.AE3, Sta6),
                _ => Unexpected(state),
            },
            UpperLayerEvent.AssociateRejectReceived => state switch
            {
                Sta5 => (UpperLayerAction.AE4, Sta1),
                _ => Unexpected(state),
            },
            UpperLayerEvent.TransportIndication => state switch
            {
                Sta1 => (UpperLayerAction.AE5, Sta2),
                _ => Empty(state),
            },
            UpperLayerEvent.AssociateRequestReceived => state switch
            {
                Sta2 => (UpperLayerAction.AE6, requestIsAcceptable ? Sta3 : Sta13),
                Sta13 => (UpperLayerAction.AA7, Sta13),
                _ => Unexpected(state),
            },
            UpperLayerEvent.AssociateResponseAccept => state switch
            {
                Sta3 => (UpperLayerAction.AE7, Sta6),
                _ => Empty(state),
            },
            UpperLayerEvent.AssociateResponseReject => state switch
            {
                Sta3 => (UpperLayerAction.AE8, Sta13),
                _ => Empty(state),
            },
            UpperLayerEvent.DataRequest => state switch
            {
                Sta6 => (UpperLayerAction.DT1, Sta6),
                Sta8 => (UpperLayerAction.AR7, Sta8),
                _ => Empty(state),
            },
            UpperLayerEvent.DataReceived => state switch
            {
                Sta6 => (UpperLayerAction.DT2, Sta6),
                Sta7 => (UpperLayerAction.AR6, Sta7),
                _ => Unexpected(state),
            },
            UpperLayerEvent.ReleaseRequest => state switch
            {
                Sta6 => (UpperLayerAction.AR1, Sta7),
                _ => Empty(state),
            },
            UpperLayerEvent.ReleaseRequestReceived => state switch
            {
                Sta6 => (UpperLayerAction.AR2, Sta8),
                Sta7 => (UpperLayerAction.AR8, isRequestor ? Sta9 : Sta10),
                _ => Unexpected(state),
            },
            UpperLayerEvent.ReleaseResponseReceived => state switch
            {
                Sta7 => (UpperLayerAction.AR3, Sta1),
                Sta10 => (UpperLayerAction.AR10, Sta12),
                Sta11 => (UpperLayerAction.AR3, Sta1),
                _ => Unexpected(state),
            },
            UpperLayerEvent.ReleaseResponse => state switch
            {
                Sta8 => (UpperLayerAction.AR4, Sta13),
                Sta9 => (UpperLayerAction.AR9, Sta11),
                Sta12 => (UpperLayerAction.AR4, Sta13),
                _ => Empty(state),
            },
            UpperLayerEvent.AbortRequest => state switch
            {
                Sta4 => (UpperLayerAction.AA2, Sta1),
                Sta3 or (>= Sta5 and <= Sta12) => (UpperLayerAction.AA1, Sta13),
                _ => Empty(state),
            },
            UpperLayerEvent.AbortReceived => state switch
            {
                Sta2 or Sta13 => (UpperLayerAction.AA2, Sta1),
                Sta3 or (>= Sta5 and <= Sta12) => (UpperLayerAction.AA3, Sta1),
                _ => Empty(state),
            },
            UpperLayerEvent.TransportClosed => state switch
            {
                Sta2 => (UpperLayerAction.AA5, Sta1),
                >= Sta3 and <= Sta12 => (UpperLayerAction.AA4, Sta1),
                Sta13 => (UpperLayerAction.AR5, Sta1),
                _ => Empty(state),
            },
            UpperLayerEvent.ArtimExpired => state switch
            {
                Sta2 or Sta13 => (UpperLayerAction.AA2, Sta1),
                _ => Empty(state),
            },
            UpperLayerEvent.InvalidPdu => state switch
            {
                Sta13 => (UpperLayerAction.AA7, Sta13),
                _ => Unexpected(state),
            },
            _ => throw new ArgumentOutOfRangeException(nameof(occurred)),
        };

    private const UpperLayerState Sta1 = UpperLayerState.Sta1, Sta2 = UpperLayerState.Sta2, Sta3 = UpperLayerState.Sta3,
        Sta4 = UpperLayerState.Sta4, Sta5 = UpperLayerState.Sta5, Sta6 = UpperLayerState.Sta6, Sta7 = UpperLayerState.Sta7,
        Sta8 = UpperLayerState.Sta8, Sta9 = UpperLayerState.Sta9, Sta10 = UpperLayerState.Sta10, Sta11 = UpperLayerState.Sta11,
        Sta12 = UpperLayerState.Sta12, Sta13 = UpperLayerState.Sta13;

    private static (UpperLayerAction, UpperLayerState) Empty(UpperLayerState state) => (UpperLayerAction.None, state);

    /// <summary>A PDU that has no business in the state. There is no transport in Sta1 and Sta4, so none can come.</summary>
    private static (UpperLayerAction, UpperLayerState) Unexpected(UpperLayerState state) => state switch
    {
        Sta2 => (UpperLayerAction.AA1, Sta13),
        Sta3 or (>= Sta5 and <= Sta12) => (UpperLayerAction.AA8, Sta13),
        Sta13 => (UpperLayerAction.AA6, Sta13),
        _ => Empty(state),
    };
}
