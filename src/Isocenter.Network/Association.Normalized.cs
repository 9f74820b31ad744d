using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

// The DIMSE-N operations (PS3.7 §10.1). A failure is a value, not an exception.
public sealed partial class Association
{
    /// <summary>N-GET (PS3.7 §10.1.2).</summary>
    /// <param name="target">Which instance.</param>
    /// <param name="attributes">Which attributes; empty: all.</param>
    /// <param name="cancel">Gives up waiting; the association stands.</param>
    /// <exception cref="NoPresentationContextException">The SOP class was not accepted.</exception>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public Task<NormalizedResponse> NGetAsync(NormalizedTarget target, IReadOnlyList<Tag>? attributes = null, CancellationToken cancel = default) =>
        InvokeNormalizedAsync(target, RequestFor(CommandField.NGetRQ, target) with { AttributeIdentifierList = attributes ?? [] }, null, cancel);

    /// <summary>N-SET (PS3.7 §10.1.3).</summary>
    /// <inheritdoc cref="NGetAsync" path="/exception"/>
    public Task<NormalizedResponse> NSetAsync(NormalizedTarget target, DataSet modifications, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(modifications);
        return InvokeNormalizedAsync(target, RequestFor(CommandField.NSetRQ, target), modifications, cancel);
    }

    /// <summary>N-ACTION (PS3.7 §10.1.4).</summary>
    /// <inheritdoc cref="NGetAsync" path="/exception"/>
    public Task<NormalizedResponse> NActionAsync(NormalizedTarget target, ushort actionTypeId, DataSet? information = null, CancellationToken cancel = default) =>
        InvokeNormalizedAsync(target, RequestFor(CommandField.NActionRQ, target) with { ActionTypeId = actionTypeId }, information, cancel);

    /// <summary>N-CREATE (PS3.7 §10.1.5). The response names the instance, also where the peer has chosen its UID.</summary>
    /// <inheritdoc cref="NGetAsync" path="/exception"/>
    public Task<NormalizedResponse> NCreateAsync(NormalizedTarget target, DataSet? attributes = null, CancellationToken cancel = default) =>
        InvokeNormalizedAsync(target, RequestFor(CommandField.NCreateRQ, target), attributes, cancel);

    /// <summary>N-DELETE (PS3.7 §10.1.6).</summary>
    /// <inheritdoc cref="NGetAsync" path="/exception"/>
    public Task<NormalizedResponse> NDeleteAsync(NormalizedTarget target, CancellationToken cancel = default) =>
        InvokeNormalizedAsync(target, RequestFor(CommandField.NDeleteRQ, target), null, cancel);

    /// <summary>N-EVENT-REPORT (PS3.7 §10.1.1), as the provider of a service that has asked for the association itself: the
    /// SOP class must have been proposed with <see cref="PresentationContextProposal.Scp"/>.</summary>
    /// <inheritdoc cref="NGetAsync" path="/exception"/>
    public Task<NormalizedResponse> NEventReportAsync(NormalizedTarget target, ushort eventTypeId, DataSet? information = null, CancellationToken cancel = default) =>
        InvokeNormalizedAsync(target, RequestFor(CommandField.NEventReportRQ, target) with { EventTypeId = eventTypeId }, information, cancel);

    private static CommandSet RequestFor(CommandField field, NormalizedTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.SopInstanceUid is null && field != CommandField.NCreateRQ)
            throw new ArgumentException("only N-CREATE may leave the SOP Instance UID to the peer", nameof(target));
        bool isAffected = field is CommandField.NEventReportRQ or CommandField.NCreateRQ;
        return new CommandSet
        {
            CommandField = field,
            AffectedSopClassUid = isAffected ? target.SopClassUid.Value : null,
            AffectedSopInstanceUid = isAffected ? target.SopInstanceUid?.Value : null,
            RequestedSopClassUid = isAffected ? null : target.SopClassUid.Value,
            RequestedSopInstanceUid = isAffected ? null : target.SopInstanceUid?.Value,
        };
    }

    private async Task<NormalizedResponse> InvokeNormalizedAsync(NormalizedTarget target, CommandSet command, DataSet? dataSet, CancellationToken cancel)
    {
        var context = command.CommandField == CommandField.NEventReportRQ
            ? ProviderContextFor(target.AbstractSyntax ?? target.SopClassUid)
            : ContextFor((target.AbstractSyntax ?? target.SopClassUid).Value);
        return await NormalizedHandling.InvokeAsync(_session, context, command, dataSet, cancel).ConfigureAwait(false);
    }

    private PresentationContext ProviderContextFor(Uid abstractSyntax)
    {
        foreach (var context in PresentationContexts)
            if (context.AbstractSyntax == abstractSyntax && context.IsAccepted && context.RequestorIsScp) return context;
        string name = UidDictionary.TryFind(abstractSyntax.Value, out var entry) ? entry.Name : abstractSyntax.Value;
        throw new NoPresentationContextException($"the peer does not accept us as the provider of {name}");
    }
}

/// <summary>The instance a DIMSE-N operation is about.</summary>
/// <param name="SopClassUid">Its SOP class.</param>
/// <param name="SopInstanceUid">Itself; null in an N-CREATE leaves the choice to the peer.</param>
public sealed record NormalizedTarget(Uid SopClassUid, Uid? SopInstanceUid)
{
    /// <summary>The abstract syntax of the presentation context to use, where it is not the SOP class: a meta SOP class
    /// (PS3.4 §H.3.2), or another class of the Unified Procedure Step service (PS3.4 §CC.2).</summary>
    public Uid? AbstractSyntax { get; init; }
}
