using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>The answer to a DIMSE-N operation (PS3.7 §10.1): what an invoker receives and what a handler gives back.</summary>
/// <remarks>A failure is a value. A handler that has nothing to say but a status returns the <see cref="Dimse.Status"/>.</remarks>
public sealed record NormalizedResponse
{
    /// <summary>Status (0000,0900) with its Error Comment.</summary>
    public Status Status { get; init; }

    /// <summary>Attribute List, Modification List, Action Reply or Event Reply; null when there is none.</summary>
    public DataSet? DataSet { get; init; }

    /// <summary>Affected SOP Class UID (0000,0002). From a handler, null: that of the request.</summary>
    public Uid? SopClassUid { get; init; }

    /// <summary>Affected SOP Instance UID (0000,1000). From a handler, null: that of the request; an N-CREATE that came
    /// without one is answered with the UID that was given (PS3.7 §10.1.5.1.4).</summary>
    public Uid? SopInstanceUid { get; init; }

    /// <summary>Offending Element (0000,0901): the attributes that are unknown, missing or wrong (PS3.7 Annex C).</summary>
    public IReadOnlyList<Tag> OffendingElements { get; init; } = [];

    /// <summary>Error ID (0000,0903).</summary>
    public ushort? ErrorId { get; init; }

    /// <summary>Event Type ID (0000,1002), of an N-EVENT-REPORT-RSP.</summary>
    public ushort? EventTypeId { get; init; }

    /// <summary>Action Type ID (0000,1008), of an N-ACTION-RSP.</summary>
    public ushort? ActionTypeId { get; init; }

    /// <summary>Nothing but a status.</summary>
    public static implicit operator NormalizedResponse(Status status) => FromStatus(status);

    /// <summary>Nothing but a status.</summary>
    public static NormalizedResponse FromStatus(Status status) => new() { Status = status };

    /// <summary>Success, with an attribute list or a reply.</summary>
    public static NormalizedResponse Success(DataSet? dataSet = null, Uid? sopInstanceUid = null) =>
        new() { DataSet = dataSet, SopInstanceUid = sopInstanceUid };

    /// <summary>A status and the attributes that are to blame.</summary>
    public static NormalizedResponse Refuse(Status status, params IReadOnlyList<Tag> offendingElements) =>
        new() { Status = status, OffendingElements = offendingElements };
}

/// <summary>A DIMSE-N request, whole (PS3.7 §10.1).</summary>
public sealed class NormalizedContext : OperationContext
{
    private readonly DimseSession _session;
    private readonly TaskCompletionSource _responded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal NormalizedContext(DimseSession session, PresentationContext context, CommandSet command, Uid sopClassUid, Uid? sopInstanceUid, DataSet? dataSet)
        : base(session.Info, context, command, sopClassUid)
    {
        _session = session;
        SopInstanceUid = sopInstanceUid;
        DataSet = dataSet;
    }

    /// <summary>Requested, or Affected, SOP Instance UID; null for an N-CREATE that leaves the choice to us.</summary>
    public Uid? SopInstanceUid { get; }

    /// <summary>Attribute List, Modification List, Action Information or Event Information; null when none came.</summary>
    public DataSet? DataSet { get; }

    /// <summary>Attribute Identifier List (0000,1005) of an N-GET; empty: all attributes.</summary>
    public IReadOnlyList<Tag> AttributeIdentifierList => Command.AttributeIdentifierList;

    /// <summary>Action Type ID (0000,1008) of an N-ACTION.</summary>
    public ushort ActionTypeId => Command.ActionTypeId ?? 0;

    /// <summary>Event Type ID (0000,1002) of an N-EVENT-REPORT.</summary>
    public ushort EventTypeId => Command.EventTypeId ?? 0;

    /// <summary>Ends when the response has been sent, or when the association has ended before that; never fails. What has
    /// to follow the response, as the event report of a storage commitment, waits for it.</summary>
    public Task Responded => _responded.Task;

    /// <summary>Ends when the association has; never fails.</summary>
    public Task AssociationEnded => _session.Ended;

    /// <summary>N-EVENT-REPORT on this association, on the presentation context of the request (PS3.7 §10.1.1). May be
    /// called within the handler and, while the association stands, after it.</summary>
    /// <exception cref="AssociationException">The association has ended; whether the event arrived is not known.</exception>
    public Task<NormalizedResponse> EventReportAsync(
        Uid sopClassUid, Uid sopInstanceUid, ushort eventTypeId, DataSet? information, CancellationToken cancel = default) =>
        NormalizedHandling.InvokeAsync(_session, PresentationContext,
            NormalizedHandling.EventReport(sopClassUid, sopInstanceUid, eventTypeId), information, cancel);

    /// <summary>The same on the presentation context of another abstract syntax, where the peer has it: a print job is told
    /// of on its own, not on that of the meta SOP class.</summary>
    internal Task<NormalizedResponse> EventReportAsync(
        Uid abstractSyntax, Uid sopClassUid, Uid sopInstanceUid, ushort eventTypeId, DataSet? information, CancellationToken cancel) =>
        NormalizedHandling.InvokeAsync(_session,
            Association.PresentationContexts.FirstOrDefault(c => c.IsAccepted && c.AbstractSyntax == abstractSyntax) ?? PresentationContext,
            NormalizedHandling.EventReport(sopClassUid, sopInstanceUid, eventTypeId), information, cancel);

    internal void SetResponded() => _responded.TrySetResult();
}
