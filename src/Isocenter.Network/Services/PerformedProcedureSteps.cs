using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>What happened to a performed procedure step: the Event Type ID of its notification (PS3.4 Table F.9-1).</summary>
public enum PerformedProcedureStepEvent : ushort
{
    /// <summary>Created, in progress.</summary>
    InProgress = 1,
    /// <summary>Completed.</summary>
    Completed = 2,
    /// <summary>Discontinued.</summary>
    Discontinued = 3,
    /// <summary>Changed while in progress.</summary>
    Updated = 4,
}

/// <summary>Modality Performed Procedure Step as provider, with Retrieve and Notification (PS3.4 §F.7 to §F.9).</summary>
/// <remarks>The rules: it is created IN PROGRESS, changed while it is, and never again once it is COMPLETED or
/// DISCONTINUED. Safe from many threads.</remarks>
/// <param name="store">Where the steps are kept.</param>
/// <param name="onChange">Hears of each change after it is kept; null: nobody does.</param>
public sealed class PerformedProcedureSteps(ISopInstanceStore store, Action<Uid, DataSet, PerformedProcedureStepEvent>? onChange = null)
{
    /// <summary>Error ID of an N-SET on a step that may no longer be updated (PS3.4 §F.7.2.2.3).</summary>
    public const ushort MayNoLongerBeUpdated = 0xA710;

    // Identity of patient and request: given once (PS3.4 Table F.7.2-1, "Not allowed" in N-SET).
    private static readonly Tag[] Fixed =
    [
        Tags.SOPClassUID, Tags.SOPInstanceUID, Tags.ScheduledStepAttributesSequence, Tags.PatientName, Tags.PatientID, Tags.IssuerOfPatientID,
        Tags.PatientBirthDate, Tags.PatientSex, Tags.ReferencedPatientSequence, Tags.PerformedProcedureStepID, Tags.PerformedStationAETitle,
        Tags.PerformedStationName, Tags.PerformedLocation, Tags.PerformedProcedureStepStartDate, Tags.PerformedProcedureStepStartTime,
        Tags.Modality, Tags.StudyID,
    ];

    private readonly Lock _lock = new();

    /// <summary>Modality Performed Procedure Step.</summary>
    public static Uid SopClass { get; } = Uid.Parse(SopClasses.ModalityPerformedProcedureStep);

    /// <summary>Modality Performed Procedure Step Retrieve.</summary>
    public static Uid RetrieveSopClass { get; } = Uid.Parse(SopClasses.ModalityPerformedProcedureStepRetrieve);

    /// <summary>Modality Performed Procedure Step Notification.</summary>
    public static Uid NotificationSopClass { get; } = Uid.Parse(SopClasses.ModalityPerformedProcedureStepNotification);

    /// <summary>The handlers for a server.</summary>
    public IReadOnlyList<ServiceHandlers> Handlers =>
    [
        new() { AbstractSyntaxes = [SopClass], OnNCreate = (c, _) => ValueTask.FromResult(Create(c)), OnNSet = (c, _) => ValueTask.FromResult(Set(c)) },
        // Steps are instances of the first class, whatever was negotiated (PS3.4 §F.8.3).
        new() { AbstractSyntaxes = [RetrieveSopClass], SopClasses = [RetrieveSopClass, SopClass], OnNGet = (c, _) => ValueTask.FromResult(Get(c)) },
    ];

    /// <summary>As provider: tells a subscriber, on an association that we have asked for (PS3.4 §F.9).</summary>
    public static Task<NormalizedResponse> NotifyAsync(Association association, Uid sopInstanceUid, PerformedProcedureStepEvent what, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        return association.NEventReportAsync(new NormalizedTarget(NotificationSopClass, sopInstanceUid), (ushort)what, null, cancel);
    }

    private NormalizedResponse Create(NormalizedContext context)
    {
        var attributes = context.DataSet ?? new DataSet();
        if (AttributeCheck.Require(attributes, Tags.PerformedProcedureStepStatus) is { } noStatus) return noStatus;
        if (StatusOf(attributes) != "IN PROGRESS")
            return NormalizedResponse.Refuse(Status.InvalidAttributeValue.With("a step is created IN PROGRESS"), Tags.PerformedProcedureStepStatus);
        if (AttributeCheck.Require(attributes, Tags.ScheduledStepAttributesSequence, Tags.PerformedProcedureStepID, Tags.PerformedStationAETitle,
            Tags.PerformedProcedureStepStartDate, Tags.PerformedProcedureStepStartTime, Tags.Modality) is { } missing) return missing;
        if (attributes.GetAll<DataSet>(Tags.ScheduledStepAttributesSequence).Any(item => item.Get(Tags.StudyInstanceUID, "").Length == 0))
            return NormalizedResponse.Refuse(Status.MissingAttribute.With("no StudyInstanceUID in ScheduledStepAttributesSequence"), Tags.StudyInstanceUID);
        var uid = context.SopInstanceUid ?? Uid.New();
        lock (_lock)
        {
            if (store.Find(uid) is not null) return Status.DuplicateSopInstance;
            store.Save(uid, attributes);
        }
        onChange?.Invoke(uid, attributes, PerformedProcedureStepEvent.InProgress);
        return NormalizedResponse.Success(null, uid);
    }

    private NormalizedResponse Set(NormalizedContext context)
    {
        var modifications = context.DataSet ?? new DataSet();
        var uid = context.SopInstanceUid!;
        DataSet changed;
        Tag[] ignored;
        lock (_lock)
        {
            if (store.Find(uid) is not { } step) return Status.NoSuchSopInstance;
            if (StatusOf(step) != "IN PROGRESS")
                return NormalizedResponse.FromStatus(Status.ProcessingFailure.With("Performed Procedure Step Object may no longer be updated")) with { ErrorId = MayNoLongerBeUpdated };
            if (modifications.Contains(Tags.PerformedProcedureStepStatus) && StatusOf(modifications) is not ("IN PROGRESS" or "COMPLETED" or "DISCONTINUED"))
                return NormalizedResponse.Refuse(Status.InvalidAttributeValue, Tags.PerformedProcedureStepStatus);
            ignored = [.. Fixed.Where(tag => modifications.TryFind(tag, out var element) && !IsSame(step, element))];
            changed = step.Copy();
            AttributeCheck.Modify(changed, modifications, Fixed);
            store.Save(uid, changed);
        }
        onChange?.Invoke(uid, changed, StatusOf(changed) switch
        {
            "COMPLETED" => PerformedProcedureStepEvent.Completed,
            "DISCONTINUED" => PerformedProcedureStepEvent.Discontinued,
            _ => PerformedProcedureStepEvent.Updated,
        });
        // Who and what is fixed with the creation; the rest has been taken.
        return ignored.Length == 0 ? Status.Success : NormalizedResponse.Refuse(Status.AttributeListError.With("attributes that an N-SET may not change"), ignored);
    }

    private NormalizedResponse Get(NormalizedContext context) => store.Find(context.SopInstanceUid!) is { } step
        ? NormalizedResponse.Success(AttributeCheck.Select(step, context.AttributeIdentifierList))
        : Status.NoSuchSopInstance;

    private static bool IsSame(DataSet step, DataElement element) =>
        step.TryFind(element.Tag, out var own) && !own.IsSequence && !element.IsSequence && own.Bytes.Span.SequenceEqual(element.Bytes.Span);

    private static string StatusOf(DataSet step) => step.Get(Tags.PerformedProcedureStepStatus, "").Trim();
}
