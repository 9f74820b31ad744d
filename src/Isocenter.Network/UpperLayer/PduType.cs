namespace Isocenter.Network.UpperLayer;

/// <summary>The seven Protocol Data Units (PS3.8 §9.3).</summary>
internal enum PduType : byte
{
    AAssociateRQ = 0x01,
    AAssociateAC = 0x02,
    AAssociateRJ = 0x03,
    PDataTF = 0x04,
    AReleaseRQ = 0x05,
    AReleaseRP = 0x06,
    AAbort = 0x07,
}

/// <summary>Types of the items and sub-items of the A-ASSOCIATE PDUs (PS3.8 §9.3.2, §9.3.3, Annex D; PS3.7 Annex D.3.3).</summary>
internal enum ItemType : byte
{
    ApplicationContext = 0x10,
    PresentationContextRQ = 0x20,
    PresentationContextAC = 0x21,
    AbstractSyntax = 0x30,
    TransferSyntax = 0x40,
    UserInformation = 0x50,
    MaximumLength = 0x51,
    ImplementationClassUid = 0x52,
    AsynchronousOperationsWindow = 0x53,
    RoleSelection = 0x54,
    ImplementationVersionName = 0x55,
    SopClassExtendedNegotiation = 0x56,
    SopClassCommonExtendedNegotiation = 0x57,
    UserIdentityRQ = 0x58,
    UserIdentityAC = 0x59,
}

/// <summary>A whole PDU of which only the header has been looked at.</summary>
/// <param name="type">Its type; possibly none of the seven.</param>
/// <param name="body">What follows the header; aliases the input.</param>
internal readonly ref struct RawPdu(PduType type, ReadOnlySpan<byte> body)
{
    /// <summary>Type (1), reserved (1), length (4, big endian): PS3.8 §9.3.1.</summary>
    public const int HeaderLength = 6;

    public PduType Type { get; } = type;

    public ReadOnlySpan<byte> Body { get; } = body;
}
