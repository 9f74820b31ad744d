using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>Media Creation Management (PS3.4 Annex S), both sides: a request names instances, is started, and can be asked
/// after until the media are there.</summary>
/// <remarks>A request is IDLE, then PENDING, CREATING, and DONE or FAILURE for good (PS3.3 §C.22). Who makes the media tells
/// by <see cref="Report"/>. Safe from many threads.</remarks>
public sealed class MediaCreation
{
    private readonly ISopInstanceStore _store;
    private readonly Action<Uid, DataSet, string> _start;
    private readonly Func<Uid, bool> _cancel;
    private readonly Lock _lock = new();

    /// <summary>Keeps the requests in <paramref name="store"/>.</summary>
    /// <param name="store">Where the requests are kept.</param>
    /// <param name="start">Gets a request that is to be carried out, with its Requested Media Application Profile or number of
    /// copies in the data set and its priority (HIGH, MED, LOW); be quick.</param>
    /// <param name="cancel">Stops one that is being carried out; false: it cannot be interrupted (0xC202).</param>
    public MediaCreation(ISopInstanceStore store, Action<Uid, DataSet, string> start, Func<Uid, bool>? cancel = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(start);
        _store = store;
        _start = start;
        _cancel = cancel ?? (static _ => false);
    }

    /// <summary>Media Creation Management SOP Class.</summary>
    public static Uid SopClass { get; } = Uid.Parse(SopClasses.MediaCreationManagement);

    /// <summary>The handlers for a server.</summary>
    public ServiceHandlers Handlers => new()
    {
        AbstractSyntaxes = [SopClass],
        OnNCreate = (context, _) => ValueTask.FromResult(Create(context)),
        OnNAction = (context, _) => ValueTask.FromResult(Act(context)),
        OnNGet = (context, _) => ValueTask.FromResult(_store.Find(context.SopInstanceUid!) is { } request
            ? NormalizedResponse.Success(AttributeCheck.Select(request, context.AttributeIdentifierList)) : Status.NoSuchSopInstance),
    };

    /// <summary>As user: makes a request (N-CREATE). It is not started by that.</summary>
    public static Task<NormalizedResponse> CreateAsync(Association association, Uid request, IReadOnlyCollection<InstanceReference> instances,
        string? applicationProfile = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        return association.NCreateAsync(new NormalizedTarget(SopClass, request), new DataSet().Set(Tags.ReferencedSOPSequence,
        [
            .. instances.Select(instance =>
            {
                var item = StorageCommitment.Item(instance);
                return applicationProfile is null ? item : item.Set(Tags.RequestedMediaApplicationProfile, applicationProfile);
            }),
        ]), cancel);
    }

    /// <summary>As user: starts it (N-ACTION, Initiate Media Creation).</summary>
    /// <param name="association">With the provider.</param>
    /// <param name="request">A request that was made.</param>
    /// <param name="copies">How many media of each.</param>
    /// <param name="priority">HIGH, MED or LOW.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public static Task<NormalizedResponse> StartAsync(Association association, Uid request, int copies = 1, string priority = "MED", CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        return association.NActionAsync(new NormalizedTarget(SopClass, request), 1,
            new DataSet().SetText(Tags.NumberOfCopies, VR.IS, copies.ToString(System.Globalization.CultureInfo.InvariantCulture)).Set(Tags.RequestPriority, priority), cancel);
    }

    /// <summary>Tells how a request gets on, and what came of it.</summary>
    /// <param name="request">Which.</param>
    /// <param name="status">Execution Status: PENDING, CREATING, DONE or FAILURE.</param>
    /// <param name="information">Execution Status Info, as NORMAL or NO_INSTANCE.</param>
    /// <returns>False when there is none, or it is DONE or FAILURE already.</returns>
    public bool Report(Uid request, string status, string information = "NORMAL")
    {
        lock (_lock)
        {
            if (_store.Find(request) is not { } known || StatusOf(known) is "DONE" or "FAILURE") return false;
            Save(request, known, status, information);
            return true;
        }
    }

    private NormalizedResponse Create(NormalizedContext context)
    {
        var attributes = (context.DataSet ?? new DataSet()).Copy();
        if (AttributeCheck.Require(attributes, Tags.ReferencedSOPSequence) is { } missing) return missing;
        if (StorageCommitment.References(attributes, Tags.ReferencedSOPSequence).Count < attributes.GetAll<DataSet>(Tags.ReferencedSOPSequence).Count)
            return NormalizedResponse.Refuse(Status.InvalidAttributeValue.With("an item without SOP Class and Instance UID"), Tags.ReferencedSOPSequence);
        var uid = context.SopInstanceUid ?? Uid.New();
        lock (_lock)
        {
            if (_store.Find(uid) is not null) return Status.DuplicateSopInstance;
            Save(uid, attributes, "IDLE", "NORMAL");
        }
        return NormalizedResponse.Success(null, uid);
    }

    private NormalizedResponse Act(NormalizedContext context)
    {
        var uid = context.SopInstanceUid!;
        lock (_lock)
        {
            if (_store.Find(uid) is not { } request) return Status.NoSuchSopInstance;
            return context.ActionTypeId switch
            {
                1 => Start(uid, request, context.DataSet ?? new DataSet()),
                2 => Cancel(uid, request),
                _ => Status.NoSuchAction,
            };
        }
    }

    private NormalizedResponse Start(Uid uid, DataSet request, DataSet information)
    {
        if (StatusOf(request) != "IDLE") return new Status(0xA510, "it has been started already");
        string priority = information.Get(Tags.RequestPriority, "").Trim();
        if (priority is not ("" or "HIGH" or "MED" or "LOW")) return NormalizedResponse.Refuse(Status.InvalidArgumentValue, Tags.RequestPriority);
        if (information.TryFind(Tags.NumberOfCopies, out var copies) && !copies.IsEmpty && information.Get(Tags.NumberOfCopies, 0) < 1)
            return NormalizedResponse.Refuse(Status.InvalidArgumentValue, Tags.NumberOfCopies);
        var started = request.Copy();
        AttributeCheck.Modify(started, information);
        Save(uid, started, "PENDING", "QUEUED");
        _start(uid, started, priority.Length == 0 ? "LOW" : priority);
        return Status.Success;
    }

    /// <summary>PS3.4 Table S.3.2.2-4.</summary>
    private NormalizedResponse Cancel(Uid uid, DataSet request)
    {
        switch (StatusOf(request))
        {
            case "DONE" or "FAILURE": return new Status(0xC201, "it has come to its end");
            case "IDLE": break;
            default:
                if (!_cancel(uid)) return new Status(0xC202, "it is being carried out");
                break;
        }
        Save(uid, request, "FAILURE", "CANCELLED");
        return Status.Success;
    }

    private void Save(Uid uid, DataSet request, string status, string information)
    {
        var changed = request.Copy();
        changed.Set(Tags.ExecutionStatus, status).Set(Tags.ExecutionStatusInfo, information);
        changed.Set(Tags.SOPClassUID, SopClass.Value).SetText(Tags.SOPInstanceUID, VR.UI, uid.Value);
        _store.Save(uid, changed);
    }

    private static string StatusOf(DataSet request) => request.Get(Tags.ExecutionStatus, "").Trim();
}
