using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>An instance that somebody wants to be sure of.</summary>
/// <param name="SopClassUid">Its SOP class, as the one who asks knows it.</param>
/// <param name="SopInstanceUid">Itself.</param>
public sealed record InstanceReference(Uid SopClassUid, Uid SopInstanceUid);

/// <summary>An instance that is not committed, and why: Failure Reason (0008,1197), PS3.3 §C.14.1.1.</summary>
/// <param name="Instance">Which.</param>
/// <param name="Reason">0x0110 processing failure, 0x0112 no such instance, 0x0119 class and instance do not fit, 0x0122
/// SOP class not supported, 0x0213 resource limitation.</param>
public sealed record CommitmentFailure(InstanceReference Instance, Status Reason);

/// <summary>The result of a storage commitment: Event Information of its N-EVENT-REPORT (PS3.4 §J.3.3).</summary>
/// <param name="TransactionUid">Of the request.</param>
/// <param name="Committed">What is safe.</param>
/// <param name="Failed">What is not.</param>
public sealed record CommitmentResult(Uid TransactionUid, IReadOnlyList<InstanceReference> Committed, IReadOnlyList<CommitmentFailure> Failed)
{
    /// <summary>1: all is safe; 2: there are failures (PS3.4 §J.3.3.1).</summary>
    public ushort EventTypeId => Failed.Count == 0 ? (ushort)1 : (ushort)2;

    /// <summary>As Event Information.</summary>
    /// <param name="retrieveAETitle">Where the instances can be retrieved; null says nothing.</param>
    public DataSet ToDataSet(string? retrieveAETitle = null)
    {
        var information = new DataSet().Set(Tags.TransactionUID, TransactionUid.Value);
        if (!string.IsNullOrEmpty(retrieveAETitle)) information.Set(Tags.RetrieveAETitle, retrieveAETitle);
        if (Failed.Count > 0)
            information.Set(Tags.FailedSOPSequence, [.. Failed.Select(f => StorageCommitment.Item(f.Instance).Set<ushort>(Tags.FailureReason, f.Reason.Code))]);
        // Present and not empty as soon as one is committed; a result of failures only does not have it (PS3.4 Table J.3-2).
        if (Committed.Count > 0) information.Set(Tags.ReferencedSOPSequence, [.. Committed.Select(StorageCommitment.Item)]);
        return information;
    }

    /// <summary>Reads Event Information. Items without legible UIDs are left out.</summary>
    /// <returns>Null when there is no Transaction UID.</returns>
    public static CommitmentResult? Read(DataSet? information)
    {
        if (information is null || !Uid.TryParseLenient(information.Get(Tags.TransactionUID, ""), out var transaction)) return null;
        return new CommitmentResult(transaction, StorageCommitment.References(information, Tags.ReferencedSOPSequence),
            [.. information.GetAll<DataSet>(Tags.FailedSOPSequence).Select(item => StorageCommitment.TryRead(item, out var instance)
                ? new CommitmentFailure(instance, new Status(item.Get<ushort>(Tags.FailureReason, Status.ProcessingFailure.Code))) : null).OfType<CommitmentFailure>()]);
    }
}

/// <summary>Storage Commitment Push Model (PS3.4 Annex J), both sides.</summary>
public static class StorageCommitment
{
    /// <summary>Storage Commitment Push Model SOP Class.</summary>
    public static Uid SopClass { get; } = Uid.Parse(SopClasses.StorageCommitmentPushModel);

    /// <summary>Its one instance (PS3.4 §J.3.5).</summary>
    public static Uid SopInstance { get; } = Uid.Parse("1.2.840.10008.1.20.1.1");

    /// <summary>As user: asks a provider to commit itself to instances (N-ACTION, Request Storage Commitment). The result
    /// comes by N-EVENT-REPORT, on this association (<see cref="AssociationOptions.OnEventReport"/>) or on another that the
    /// provider asks for.</summary>
    public static Task<NormalizedResponse> RequestAsync(
        Association association, Uid transactionUid, IReadOnlyCollection<InstanceReference> instances, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        ArgumentNullException.ThrowIfNull(transactionUid);
        return association.NActionAsync(new NormalizedTarget(SopClass, SopInstance), 1, new DataSet()
            .Set(Tags.TransactionUID, transactionUid.Value)
            .Set(Tags.ReferencedSOPSequence, [.. instances.Select(Item)]), cancel);
    }

    /// <summary>As user: takes the results. For <see cref="AssociationOptions.OnEventReport"/>, and for a server.</summary>
    /// <param name="onResult">Gets each result that can be read.</param>
    public static Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>> Receive(Action<CommitmentResult> onResult) => (context, _) =>
    {
        NormalizedResponse answer = Status.Success;
        if (context.EventTypeId is not (1 or 2)) answer = Status.NoSuchEventType;
        else if (CommitmentResult.Read(context.DataSet) is { } result) onResult(result);
        else answer = NormalizedResponse.Refuse(Status.ProcessingFailure.With("no Transaction UID"), Tags.TransactionUID);
        return ValueTask.FromResult(answer);
    };

    /// <summary>As provider: delivers a result on an association that we have asked for, with
    /// <see cref="PresentationContextProposal.Scp"/>.</summary>
    public static Task<NormalizedResponse> ReportAsync(Association association, CommitmentResult result, string? retrieveAETitle = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        ArgumentNullException.ThrowIfNull(result);
        return association.NEventReportAsync(new NormalizedTarget(SopClass, SopInstance), result.EventTypeId, result.ToDataSet(retrieveAETitle), cancel);
    }

    /// <summary>As provider: answers the request at once, checks the instances after that, and reports on the same association
    /// when it still stands and the user takes it there, else by <paramref name="deliver"/>.</summary>
    /// <param name="check">Says of each instance what is wrong with it: a status that becomes its Failure Reason, or Success. An
    /// exception is 0x0110 for all of them.</param>
    /// <param name="deliver">Reports to the application entity that asked, by its AE title, on an association of its own; false: it
    /// could not. Runs beside everything; what it throws is lost.</param>
    /// <param name="retrieveAETitle">Told to the user as the place to retrieve from.</param>
    /// <param name="unreported">Keeps each request, by its Transaction UID, from before it is accepted until its result has been
    /// reported: what is left in it after a crash is for <see cref="ResumeAsync"/>. Null: a request lives in memory only.</param>
    public static ServiceHandlers Provider(Func<InstanceReference, CancellationToken, ValueTask<Status>> check,
        Func<string, CommitmentResult, Task<bool>> deliver, string? retrieveAETitle = null, ISopInstanceStore? unreported = null) => new()
        {
            AbstractSyntaxes = [SopClass],
            OnNAction = (context, cancel) =>
            {
                if (context.SopInstanceUid != SopInstance) return ValueTask.FromResult<NormalizedResponse>(Status.NoSuchSopInstance);
                if (context.ActionTypeId != 1) return ValueTask.FromResult<NormalizedResponse>(Status.NoSuchAction);
                var information = context.DataSet ?? new DataSet();
                if (AttributeCheck.Require(information, Tags.TransactionUID, Tags.ReferencedSOPSequence) is { } missing) return ValueTask.FromResult(missing);
                if (!Uid.TryParseLenient(information.Get(Tags.TransactionUID, ""), out var transaction))
                    return ValueTask.FromResult(NormalizedResponse.Refuse(Status.InvalidArgumentValue, Tags.TransactionUID));
                var instances = References(information, Tags.ReferencedSOPSequence);
                if (instances.Count < information.GetAll<DataSet>(Tags.ReferencedSOPSequence).Count)
                    return ValueTask.FromResult(NormalizedResponse.Refuse(Status.InvalidArgumentValue.With("an item without SOP Class and Instance UID"), Tags.ReferencedSOPSequence));
                unreported?.Save(transaction, information.Copy().Set(Tags.ReceivingAE, context.Association.CallingAETitle));
                _ = Task.Run(async () =>
                {
                    if (await FollowAsync(context, transaction, instances, check, deliver, retrieveAETitle).ConfigureAwait(false)) unreported?.Remove(transaction);
                }, CancellationToken.None);
                return ValueTask.FromResult<NormalizedResponse>(Status.Success);
            },
        };

    /// <summary>As provider: takes up a request that was kept and not reported on. The instances are checked anew.</summary>
    /// <param name="request">As <see cref="Provider"/> keeps it.</param>
    /// <param name="check">As for <see cref="Provider"/>.</param>
    /// <param name="deliver">As for <see cref="Provider"/>.</param>
    /// <returns>It has been reported on, or is no request; the caller forgets it then.</returns>
    public static async Task<bool> ResumeAsync(DataSet request, Func<InstanceReference, CancellationToken, ValueTask<Status>> check, Func<string, CommitmentResult, Task<bool>> deliver)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(deliver);
        string receiver = request.Get(Tags.ReceivingAE, "").Trim();
        if (receiver.Length == 0 || !Uid.TryParseLenient(request.Get(Tags.TransactionUID, ""), out var transaction)) return true;
        return await deliver(receiver, await CheckAsync(transaction, References(request, Tags.ReferencedSOPSequence), check).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <returns>The user has heard of it.</returns>
    private static async Task<bool> FollowAsync(NormalizedContext context, Uid transaction, List<InstanceReference> instances,
        Func<InstanceReference, CancellationToken, ValueTask<Status>> check, Func<string, CommitmentResult, Task<bool>> deliver, string? retrieveAETitle)
    {
        await context.Responded.ConfigureAwait(false);
        var result = await CheckAsync(transaction, instances, check).ConfigureAwait(false);
        try
        {
            var answer = await context.EventReportAsync(SopClass, SopInstance, result.EventTypeId, result.ToDataSet(retrieveAETitle)).ConfigureAwait(false);
            if (answer.Status.IsSuccessOrWarning) return true;
        }
        catch (AssociationException)
        {
            // The user has not waited for it.
        }
        return await deliver(context.Association.CallingAETitle, result).ConfigureAwait(false);
    }

    private static async Task<CommitmentResult> CheckAsync(Uid transaction, List<InstanceReference> instances, Func<InstanceReference, CancellationToken, ValueTask<Status>> check)
    {
        List<InstanceReference> committed = [];
        List<CommitmentFailure> failed = [];
        foreach (var instance in instances)
        {
            Status reason;
            try
            {
                reason = await check(instance, CancellationToken.None).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // What cannot be checked is not committed; the user must hear of it all the same.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                reason = Status.ProcessingFailure.With(fault.Message);
            }
            if (reason.IsSuccess) committed.Add(instance);
            else failed.Add(new CommitmentFailure(instance, reason));
        }
        return new CommitmentResult(transaction, committed, failed);
    }

    internal static DataSet Item(InstanceReference instance) => new DataSet()
        .SetText(Tags.ReferencedSOPClassUID, VR.UI, instance.SopClassUid.Value)
        .SetText(Tags.ReferencedSOPInstanceUID, VR.UI, instance.SopInstanceUid.Value);

    internal static bool TryRead(DataSet item, out InstanceReference instance)
    {
        instance = null!;
        if (!Uid.TryParseLenient(item.Get(Tags.ReferencedSOPClassUID, ""), out var sopClass)
            || !Uid.TryParseLenient(item.Get(Tags.ReferencedSOPInstanceUID, ""), out var sopInstance)) return false;
        instance = new InstanceReference(sopClass, sopInstance);
        return true;
    }

    internal static List<InstanceReference> References(DataSet information, Tag sequence) =>
        [.. information.GetAll<DataSet>(sequence).Select(item => TryRead(item, out var instance) ? instance : null).OfType<InstanceReference>()];
}
