using System.Globalization;
using System.Runtime.CompilerServices;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>An event about a unified procedure step (PS3.4 Table CC.2.4-1).</summary>
/// <param name="ReceivingAETitle">Who has subscribed.</param>
/// <param name="SopInstanceUid">The step.</param>
/// <param name="EventTypeId">1 state report, 2 cancel requested, 3 progress report, 4 SCP status change, 5 assigned.</param>
/// <param name="Information">Event Information.</param>
public sealed record UnifiedProcedureStepEvent(string ReceivingAETitle, Uid SopInstanceUid, ushort EventTypeId, DataSet Information);

/// <summary>Unified Procedure Step as provider: Push, Pull, Watch, Event and Query (PS3.4 Annex CC).</summary>
/// <remarks>A step is SCHEDULED, then IN PROGRESS for the one who knows the Transaction UID, then COMPLETED or CANCELED for
/// good. Safe from many threads.</remarks>
public sealed partial class UnifiedProcedureSteps
{
    private static readonly string[] States = ["SCHEDULED", "IN PROGRESS", "COMPLETED", "CANCELED"];

    private readonly ISopInstanceStore _store;
    private readonly Func<string, bool> _knows;
    private readonly Action<UnifiedProcedureStepEvent> _onEvent;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly SubscriptionList _subscriptions;

    /// <summary>Keeps the steps in <paramref name="store"/>.</summary>
    /// <param name="store">Where the steps are kept.</param>
    /// <param name="knows">Events can be sent to an application entity of this title; others may not subscribe (0xC308).</param>
    /// <param name="onEvent">Gets each event for each subscriber, in order; be quick, and send it beside
    /// (<see cref="ReportAsync"/>).</param>
    /// <param name="time">The clock.</param>
    /// <param name="subscriptions">Where the subscriptions are kept, apart from the steps; null: in memory.</param>
    public UnifiedProcedureSteps(ISopInstanceStore store, Func<string, bool>? knows = null, Action<UnifiedProcedureStepEvent>? onEvent = null, TimeProvider? time = null,
        ISopInstanceStore? subscriptions = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _knows = knows ?? (static _ => true);
        _onEvent = onEvent ?? (static _ => { });
        _time = time ?? TimeProvider.System;
        _subscriptions = new SubscriptionList(subscriptions);
    }

    /// <summary>UPS Push: the class that all steps are of, whatever was negotiated (PS3.4 §CC.3.1).</summary>
    public static Uid PushSopClass { get; } = Uid.Parse(SopClasses.UnifiedProcedureStepPush);

    /// <summary>UPS Pull.</summary>
    public static Uid PullSopClass { get; } = Uid.Parse(SopClasses.UnifiedProcedureStepPull);

    /// <summary>UPS Watch.</summary>
    public static Uid WatchSopClass { get; } = Uid.Parse(SopClasses.UnifiedProcedureStepWatch);

    /// <summary>UPS Event.</summary>
    public static Uid EventSopClass { get; } = Uid.Parse(SopClasses.UnifiedProcedureStepEvent);

    /// <summary>UPS Query.</summary>
    public static Uid QuerySopClass { get; } = Uid.Parse(SopClasses.UnifiedProcedureStepQuery);

    /// <summary>UPS Global Subscription: stands for all steps in a subscription (PS3.4 §CC.2.3).</summary>
    public static Uid GlobalSubscription { get; } = Uid.Parse("1.2.840.10008.5.1.4.34.5");

    /// <summary>UPS Filtered Global Subscription: for all steps that match keys.</summary>
    public static Uid FilteredGlobalSubscription { get; } = Uid.Parse("1.2.840.10008.5.1.4.34.5.1");

    /// <summary>The handlers for a server: which operation goes with which negotiated class (PS3.4 Table CC.2-1).</summary>
    public IReadOnlyList<ServiceHandlers> Handlers
    {
        get
        {
            // Steps are instances of UPS Push; some name the class they negotiated.
            Uid[] classes = [PushSopClass, PullSopClass, WatchSopClass, QuerySopClass];
            return
            [
                new() { AbstractSyntaxes = [PushSopClass], SopClasses = classes, OnNCreate = (c, _) => Of(Create(c)), OnNGet = (c, _) => Of(Get(c)),
                    OnNAction = (c, _) => Of(Act(c, 2)) },
                new() { AbstractSyntaxes = [PullSopClass], SopClasses = classes, OnFind = Find, OnNGet = (c, _) => Of(Get(c)), OnNSet = (c, _) => Of(Set(c)),
                    OnNAction = (c, _) => Of(Act(c, 1)) },
                new() { AbstractSyntaxes = [WatchSopClass], SopClasses = classes, OnFind = Find, OnNGet = (c, _) => Of(Get(c)),
                    OnNAction = (c, _) => Of(Act(c, 2, 3, 4, 5)) },
                new() { AbstractSyntaxes = [QuerySopClass], SopClasses = classes, OnFind = Find },
                // Events go out on associations of ours; who asks for the class beforehand is not turned away.
                new() { AbstractSyntaxes = [EventSopClass], SopClasses = classes },
            ];

            static ValueTask<NormalizedResponse> Of(NormalizedResponse response) => ValueTask.FromResult(response);
        }
    }

    /// <summary>As provider: delivers an event on an association that we have asked for, with UPS Event in the role of SCP.</summary>
    public static Task<NormalizedResponse> ReportAsync(Association association, UnifiedProcedureStepEvent what, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        ArgumentNullException.ThrowIfNull(what);
        return association.NEventReportAsync(
            new NormalizedTarget(PushSopClass, what.SopInstanceUid) { AbstractSyntax = EventSopClass }, what.EventTypeId, what.Information, cancel);
    }

    private NormalizedResponse Create(NormalizedContext context)
    {
        var attributes = (context.DataSet ?? new DataSet()).Copy();
        if (AttributeCheck.Require(attributes, Tags.ProcedureStepState) is { } noState) return noState;
        if (StateOf(attributes) != "SCHEDULED") return NormalizedResponse.Refuse(new Status(0xC309), Tags.ProcedureStepState);
        if (attributes.Get(Tags.TransactionUID, "").Length > 0)
            return NormalizedResponse.Refuse(Status.InvalidAttributeValue.With("a Transaction UID comes with IN PROGRESS"), Tags.TransactionUID);
        if (AttributeCheck.Require(attributes, Tags.ScheduledProcedureStepPriority, Tags.ProcedureStepLabel,
            Tags.ScheduledProcedureStepStartDateTime, Tags.InputReadinessState) is { } missing) return missing;
        var uid = context.SopInstanceUid ?? Uid.New();
        // What the provider has to supply (PS3.4 Table CC.2.5-3).
        if (attributes.Get(Tags.WorklistLabel, "").Length == 0) attributes.Set(Tags.WorklistLabel, "WORKLIST");
        attributes.SetText(Tags.ScheduledProcedureStepModificationDateTime, VR.DT, Now());
        attributes.Set(Tags.SOPClassUID, PushSopClass.Value).SetText(Tags.SOPInstanceUID, VR.UI, uid.Value);
        lock (_lock)
        {
            if (_store.Find(uid) is not null) return Status.DuplicateSopInstance;
            _store.Save(uid, attributes);
            _subscriptions.Added(uid, attributes);
            Report(uid, 1, StateReport(attributes));
        }
        return NormalizedResponse.Success(null, uid);
    }

    private NormalizedResponse Get(NormalizedContext context) => _store.Find(context.SopInstanceUid!) is { } step
        ? NormalizedResponse.Success(AttributeCheck.Select(step, context.AttributeIdentifierList, Tags.TransactionUID))   // it is a lock
        : new Status(0xC307);

    private NormalizedResponse Set(NormalizedContext context)
    {
        var modifications = context.DataSet ?? new DataSet();
        var uid = context.SopInstanceUid!;
        lock (_lock)
        {
            if (_store.Find(uid) is not { } step) return new Status(0xC307);
            string transaction = modifications.Get(Tags.TransactionUID, "");
            switch (StateOf(step))
            {
                case "SCHEDULED" when transaction.Length > 0: return new Status(0xC310);
                case "IN PROGRESS" when transaction != step.Get(Tags.TransactionUID, ""): return new Status(0xC301);
                case "COMPLETED" or "CANCELED": return new Status(0xC300);
            }
            if (modifications.Contains(Tags.ProcedureStepState))
            {
                return NormalizedResponse.Refuse(StateOf(modifications) == "SCHEDULED" ? new Status(0xC303)
                    : Status.InvalidAttributeValue.With("the state is changed by N-ACTION"), Tags.ProcedureStepState);
            }
            var changed = step.Copy();
            AttributeCheck.Modify(changed, modifications, Tags.TransactionUID, Tags.SOPClassUID, Tags.SOPInstanceUID);
            changed.SetText(Tags.ScheduledProcedureStepModificationDateTime, VR.DT, Now());
            _store.Save(uid, changed);
            if (modifications.Contains(Tags.InputReadinessState)) Report(uid, 1, StateReport(changed));
            if (modifications.TryFind(Tags.ProcedureStepProgressInformationSequence, out var progress))
            {
                var information = new DataSet();
                information.Add(progress);
                Report(uid, 3, information);
            }
            return Status.Success;
        }
    }

    private async IAsyncEnumerable<DataSet> Find(FindContext context, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.Yield();
        var keys = context.Identifier;
        foreach (var (_, step) in _store.All.OrderBy(s => s.Key.Value, StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            if (!Matcher.Matches(Visible(keys), step)) continue;
            var answer = ReturnKeys.Of(keys, step);
            if (answer.Contains(Tags.TransactionUID)) answer.SetBytes(Tags.TransactionUID, VR.UI, []);
            yield return answer;
        }
    }

    /// <summary>The lock may not be guessed by matching.</summary>
    private static DataSet Visible(DataSet keys)
    {
        if (!keys.Contains(Tags.TransactionUID)) return keys;
        var copy = keys.Copy();
        copy.Remove(Tags.TransactionUID);
        return copy;
    }

    private void Report(Uid uid, ushort eventTypeId, DataSet information)
    {
        foreach (string receiver in _subscriptions.Of(uid)) _onEvent(new UnifiedProcedureStepEvent(receiver, uid, eventTypeId, information));
    }

    private static DataSet StateReport(DataSet step)
    {
        var information = new DataSet()
            .Set(Tags.ProcedureStepState, StateOf(step))
            .Set(Tags.InputReadinessState, step.Get(Tags.InputReadinessState, "READY"));
        if (step.Get(Tags.ReasonForCancellation, "") is { Length: > 0 } reason && StateOf(step) == "CANCELED")
            information.SetText(Tags.ReasonForCancellation, VR.LT, reason);
        return information;
    }

    private string Now() => _time.GetLocalNow().ToString("yyyyMMddHHmmss.ffffff", CultureInfo.InvariantCulture);

    private static string StateOf(DataSet step) => step.Get(Tags.ProcedureStepState, "").Trim();
}
