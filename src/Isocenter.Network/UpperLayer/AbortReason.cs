namespace Isocenter.Network;

/// <summary>Who aborted (PS3.8 Table 9-26).</summary>
public enum AbortSource : byte
{
    /// <summary>The application of the other side.</summary>
    ServiceUser = 0,
    /// <summary>Reserved by the standard; seen from peers that fill the field with something.</summary>
    Reserved = 1,
    /// <summary>The protocol machine of the other side.</summary>
    ServiceProvider = 2,
}

/// <summary>Why the service provider aborted (PS3.8 Table 9-26); without meaning when a service user did.</summary>
public enum AbortReason : byte
{
    /// <summary>Reason not specified.</summary>
    NotSpecified = 0,
    /// <summary>A PDU type that does not exist.</summary>
    UnrecognizedPdu = 1,
    /// <summary>A PDU that must not come in this state.</summary>
    UnexpectedPdu = 2,
    /// <summary>Reserved by the standard.</summary>
    Reserved = 3,
    /// <summary>A parameter that does not exist.</summary>
    UnrecognizedPduParameter = 4,
    /// <summary>A parameter that must not come here.</summary>
    UnexpectedPduParameter = 5,
    /// <summary>A parameter with an illegal value.</summary>
    InvalidPduParameterValue = 6,
}

/// <summary>How final a rejection is (PS3.8 Table 9-21).</summary>
public enum RejectResult : byte
{
    /// <summary>Trying again gives the same answer.</summary>
    Permanent = 1,
    /// <summary>Trying again later may succeed.</summary>
    Transient = 2,
}

/// <summary>Who rejects an association (PS3.8 Table 9-21).</summary>
public enum RejectSource : byte
{
    /// <summary>The application.</summary>
    ServiceUser = 1,
    /// <summary>The protocol machine, association control.</summary>
    ServiceProviderAcse = 2,
    /// <summary>The protocol machine, presentation.</summary>
    ServiceProviderPresentation = 3,
}

/// <summary>Why an association is rejected. The number on the wire depends on the source (PS3.8 Table 9-21): it is
/// the low byte here, the source is the high byte.</summary>
public enum RejectReason : ushort
{
    /// <summary>The application gives no reason.</summary>
    NoReasonGiven = 0x0101,
    /// <summary>The application context is unknown.</summary>
    ApplicationContextNameNotSupported = 0x0102,
    /// <summary>The peer does not know our AE title.</summary>
    CallingAETitleNotRecognized = 0x0103,
    /// <summary>The peer does not go by the AE title we called.</summary>
    CalledAETitleNotRecognized = 0x0107,
    /// <summary>The protocol machine gives no reason.</summary>
    AcseNoReasonGiven = 0x0201,
    /// <summary>The protocol version is unknown.</summary>
    ProtocolVersionNotSupported = 0x0202,
    /// <summary>Too busy for the moment.</summary>
    TemporaryCongestion = 0x0301,
    /// <summary>A limit on the number of associations is reached.</summary>
    LocalLimitExceeded = 0x0302,
}
