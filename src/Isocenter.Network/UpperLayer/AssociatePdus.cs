namespace Isocenter.Network.UpperLayer;

/// <summary>A-ASSOCIATE-RQ (PS3.8 §9.3.2).</summary>
/// <remarks>UIDs are text here: what the peer sends may be anything. They become <c>Uid</c> where they are judged.</remarks>
internal sealed record AAssociateRQ
{
    /// <summary>Bit 0 stands for version 1, the only one there is.</summary>
    public ushort ProtocolVersion { get; init; } = 1;

    /// <summary>Without the spaces that fill it to 16.</summary>
    public required string CalledAETitle { get; init; }

    /// <summary>Without the spaces that fill it to 16.</summary>
    public required string CallingAETitle { get; init; }

    /// <summary>Both AE titles and the reserved bytes behind them as they came, 64 bytes, for the answer; empty in one of ours.</summary>
    public ReadOnlyMemory<byte> FixedFields { get; init; }

    public string ApplicationContext { get; init; } = ApplicationContextName;

    public IReadOnlyList<PresentationContextRQ> PresentationContexts { get; init; } = [];

    public UserInformation UserInformation { get; init; } = new();

    /// <summary>The DICOM Application Context Name (PS3.7 §A.2.1).</summary>
    public const string ApplicationContextName = "1.2.840.10008.3.1.1.1";

    /// <summary>Identifiers are odd and one byte long (PS3.8 §9.3.2.2).</summary>
    public const int MaxPresentationContexts = 128;
}

/// <summary>A proposed presentation context (PS3.8 §9.3.2.2).</summary>
internal sealed record PresentationContextRQ(byte Id, string AbstractSyntax, IReadOnlyList<string> TransferSyntaxes);

/// <summary>A-ASSOCIATE-AC (PS3.8 §9.3.3).</summary>
internal sealed record AAssociateAC
{
    public ushort ProtocolVersion { get; init; } = 1;

    /// <summary>Echoes the request; of no meaning (PS3.8 Table 9-17).</summary>
    public string CalledAETitle { get; init; } = "";

    /// <summary>Echoes the request; of no meaning (PS3.8 Table 9-17).</summary>
    public string CallingAETitle { get; init; } = "";

    /// <summary>What the acceptance repeats of the request byte by byte (PS3.8 Table 9-17); empty: the titles, padded.</summary>
    public ReadOnlyMemory<byte> FixedFields { get; init; }

    public string ApplicationContext { get; init; } = AAssociateRQ.ApplicationContextName;

    public IReadOnlyList<PresentationContextAC> PresentationContexts { get; init; } = [];

    public UserInformation UserInformation { get; init; } = new();
}

/// <summary>The answer to a proposed presentation context (PS3.8 §9.3.3.2).</summary>
/// <param name="Id">Of the proposal.</param>
/// <param name="Result">Acceptance or the reason of refusal.</param>
/// <param name="TransferSyntax">The one chosen; without meaning when refused.</param>
internal sealed record PresentationContextAC(byte Id, PresentationContextResult Result, string TransferSyntax);

/// <summary>A-ASSOCIATE-RJ (PS3.8 §9.3.4).</summary>
/// <param name="Result">Permanent or transient.</param>
/// <param name="Source">Who rejects.</param>
/// <param name="Reason">The number on the wire; its meaning depends on the source.</param>
internal readonly record struct AAssociateRJ(RejectResult Result, RejectSource Source, byte Reason)
{
    public AAssociateRJ(RejectResult result, RejectReason reason)
        : this(result, (RejectSource)((ushort)reason >> 8), (byte)reason)
    {
    }
}

/// <summary>A-ABORT (PS3.8 §9.3.8).</summary>
internal readonly record struct AAbort(AbortSource Source, AbortReason Reason);

/// <summary>The User Information item (PS3.8 §D, PS3.7 §D.3.3). Sub-items we do not know are skipped.</summary>
internal sealed record UserInformation
{
    /// <summary>Longest P-DATA-TF body the sender of this item accepts, in bytes; 0 is without limit (PS3.8 §D.1).</summary>
    public uint MaximumLength { get; init; }

    public string? ImplementationClassUid { get; init; }

    public string? ImplementationVersionName { get; init; }

    /// <summary>Null when not negotiated: one operation at a time (PS3.7 §D.3.3.3).</summary>
    public AsynchronousOperationsWindow? AsynchronousOperationsWindow { get; init; }

    public IReadOnlyList<RoleSelection> RoleSelections { get; init; } = [];

    public IReadOnlyList<ExtendedNegotiation> ExtendedNegotiations { get; init; } = [];

    public IReadOnlyList<CommonExtendedNegotiation> CommonExtendedNegotiations { get; init; } = [];

    /// <summary>In a request.</summary>
    public UserIdentity? UserIdentity { get; init; }

    /// <summary>In an acceptance: the server response, empty for user name and pass code (PS3.7 §D.3.3.7.2).</summary>
    public ReadOnlyMemory<byte>? UserIdentityResponse { get; init; }
}
