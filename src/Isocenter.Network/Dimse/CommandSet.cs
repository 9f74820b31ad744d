using Isocenter.Dicom;

namespace Isocenter.Network.Dimse;

/// <summary>The command set of a DIMSE message: the elements of group 0000 (PS3.7 §6.3, Annex E).</summary>
/// <remarks>UIDs and AE titles are text, as they came; they are judged where they are used. Null stands for an absent
/// element.</remarks>
public sealed record CommandSet
{
    /// <summary>(0000,0100)</summary>
    public required CommandField CommandField { get; init; }

    /// <summary>(0000,0002)</summary>
    public string? AffectedSopClassUid { get; init; }

    /// <summary>(0000,0003)</summary>
    public string? RequestedSopClassUid { get; init; }

    /// <summary>(0000,0110), in requests.</summary>
    public ushort MessageId { get; init; }

    /// <summary>(0000,0120), in responses and C-CANCEL-RQ.</summary>
    public ushort? MessageIdBeingRespondedTo { get; init; }

    /// <summary>(0000,0600)</summary>
    public string? MoveDestination { get; init; }

    /// <summary>(0000,0700)</summary>
    public Priority? Priority { get; init; }

    /// <summary>A data set follows: Command Data Set Type (0000,0800) is not 0x0101.</summary>
    public bool HasDataSet { get; init; }

    /// <summary>(0000,0900) with (0000,0902); null in requests.</summary>
    public Status? Status { get; init; }

    /// <summary>(0000,0901)</summary>
    public IReadOnlyList<Tag> OffendingElements { get; init; } = [];

    /// <summary>(0000,0903)</summary>
    public ushort? ErrorId { get; init; }

    /// <summary>(0000,1000)</summary>
    public string? AffectedSopInstanceUid { get; init; }

    /// <summary>(0000,1001)</summary>
    public string? RequestedSopInstanceUid { get; init; }

    /// <summary>(0000,1002)</summary>
    public ushort? EventTypeId { get; init; }

    /// <summary>(0000,1005)</summary>
    public IReadOnlyList<Tag> AttributeIdentifierList { get; init; } = [];

    /// <summary>(0000,1008)</summary>
    public ushort? ActionTypeId { get; init; }

    /// <summary>(0000,1020)</summary>
    public ushort? RemainingSubOperations { get; init; }

    /// <summary>(0000,1021)</summary>
    public ushort? CompletedSubOperations { get; init; }

    /// <summary>(0000,1022)</summary>
    public ushort? FailedSubOperations { get; init; }

    /// <summary>(0000,1023)</summary>
    public ushort? WarningSubOperations { get; init; }

    /// <summary>(0000,1030)</summary>
    public string? MoveOriginatorAETitle { get; init; }

    /// <summary>(0000,1031)</summary>
    public ushort? MoveOriginatorMessageId { get; init; }

    /// <summary>A response: bit 15 of the command field is set.</summary>
    public bool IsResponse => ((ushort)CommandField & 0x8000) != 0;

    /// <summary>The response to this request, without a data set.</summary>
    /// <param name="status">Its status.</param>
    public CommandSet Respond(Status status) => new()
    {
        CommandField = (CommandField)((ushort)CommandField | 0x8000),
        AffectedSopClassUid = AffectedSopClassUid ?? RequestedSopClassUid,
        AffectedSopInstanceUid = AffectedSopInstanceUid ?? RequestedSopInstanceUid,
        MessageIdBeingRespondedTo = MessageId,
        Status = status,
    };
}
