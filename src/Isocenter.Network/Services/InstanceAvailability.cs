using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>Instance Availability Notification (PS3.4 Annex R), both sides.</summary>
public static class InstanceAvailability
{
    /// <summary>Instance Availability Notification SOP Class.</summary>
    public static Uid SopClass { get; } = Uid.Parse(SopClasses.InstanceAvailabilityNotification);

    /// <summary>A notification of instances of one study (PS3.4 Table R.3.2-1).</summary>
    /// <param name="studyInstanceUid">The study.</param>
    /// <param name="instances">Its instances, with the series each is in.</param>
    /// <param name="retrieveAETitle">Where they can be retrieved.</param>
    /// <param name="availability">ONLINE, NEARLINE, OFFLINE or UNAVAILABLE.</param>
    public static DataSet Notification(Uid studyInstanceUid, IEnumerable<(Uid SeriesInstanceUid, InstanceReference Instance)> instances,
        string retrieveAETitle, string availability = "ONLINE")
    {
        ArgumentNullException.ThrowIfNull(studyInstanceUid);
        var series = instances.GroupBy(i => i.SeriesInstanceUid).Select(one => new DataSet()
            .Set(Tags.SeriesInstanceUID, one.Key.Value)
            .Set(Tags.ReferencedSOPSequence, [.. one.Select(i => StorageCommitment.Item(i.Instance)
                .Set(Tags.InstanceAvailability, availability).Set(Tags.RetrieveAETitle, retrieveAETitle))]));
        return new DataSet()
            .Set<DataSet>(Tags.ReferencedPerformedProcedureStepSequence)
            .Set(Tags.StudyInstanceUID, studyInstanceUid.Value)
            .Set(Tags.ReferencedSeriesSequence, [.. series]);
    }

    /// <summary>As user: sends a notification (N-CREATE).</summary>
    public static Task<NormalizedResponse> NotifyAsync(Association association, DataSet notification, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        return association.NCreateAsync(new NormalizedTarget(SopClass, Uid.New()), notification, cancel);
    }

    /// <summary>As provider: takes notifications.</summary>
    /// <param name="onNotification">Gets each that has what it must have.</param>
    public static ServiceHandlers Provider(Func<AssociationInfo, Uid, DataSet, CancellationToken, ValueTask<Status>> onNotification) => new()
    {
        AbstractSyntaxes = [SopClass],
        OnNCreate = async (context, cancel) =>
        {
            var attributes = context.DataSet ?? new DataSet();
            if (AttributeCheck.Require(attributes, Tags.StudyInstanceUID, Tags.ReferencedSeriesSequence) is { } missing) return missing;
            foreach (var series in attributes.GetAll<DataSet>(Tags.ReferencedSeriesSequence))
            {
                if (AttributeCheck.Require(series, Tags.SeriesInstanceUID, Tags.ReferencedSOPSequence) is { } incomplete) return incomplete;
                foreach (var item in series.GetAll<DataSet>(Tags.ReferencedSOPSequence))
                {
                    if (AttributeCheck.Require(item, Tags.ReferencedSOPClassUID, Tags.ReferencedSOPInstanceUID, Tags.InstanceAvailability) is { } part) return part;
                    if (item.Get(Tags.InstanceAvailability, "") is not ("ONLINE" or "NEARLINE" or "OFFLINE" or "UNAVAILABLE"))
                        return NormalizedResponse.Refuse(Status.InvalidAttributeValue, Tags.InstanceAvailability);
                }
            }
            var uid = context.SopInstanceUid ?? Uid.New();
            var status = await onNotification(context.Association, uid, attributes, cancel).ConfigureAwait(false);
            return NormalizedResponse.FromStatus(status) with { SopInstanceUid = uid };
        },
    };
}
