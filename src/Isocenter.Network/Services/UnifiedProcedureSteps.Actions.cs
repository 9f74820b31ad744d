using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

// N-ACTION: change of state, request for cancellation, subscriptions (PS3.4 §CC.2.1 to §CC.2.3).
public sealed partial class UnifiedProcedureSteps
{
    private NormalizedResponse Act(NormalizedContext context, params ReadOnlySpan<int> allowed)
    {
        if (!allowed.Contains(context.ActionTypeId)) return Status.NoSuchAction;
        var information = context.DataSet ?? new DataSet();
        lock (_lock)
        {
            return context.ActionTypeId switch
            {
                1 => ChangeState(context.SopInstanceUid!, information),
                2 => RequestCancel(context.SopInstanceUid!, information, context.Association.CallingAETitle),
                3 => Subscribe(context.SopInstanceUid!, information),
                4 => Unsubscribe(context.SopInstanceUid!, information),
                _ => SuspendGlobal(context.SopInstanceUid!, information),
            };
        }
    }

    /// <summary>Every cell of PS3.4 Table CC.1.1-2.</summary>
    private NormalizedResponse ChangeState(Uid uid, DataSet information)
    {
        if (_store.Find(uid) is not { } step) return new Status(0xC307);
        if (AttributeCheck.Require(information, Tags.ProcedureStepState) is { } missing) return missing;
        string now = StateOf(step), asked = StateOf(information), transaction = information.Get(Tags.TransactionUID, "");
        if (!States.Contains(asked)) return NormalizedResponse.Refuse(Status.InvalidArgumentValue, Tags.ProcedureStepState);
        if (asked == "SCHEDULED") return new Status(0xC303);
        bool holdsLock = transaction.Length > 0 && transaction == step.Get(Tags.TransactionUID, "");
        switch (now)
        {
            case "SCHEDULED":
                if (asked != "IN PROGRESS") return new Status(0xC310);
                if (!Uid.TryParseLenient(transaction, out _)) return new Status(0xC301);
                break;
            case "IN PROGRESS":
                // Whoever asks: the step is taken.
                if (asked == "IN PROGRESS") return new Status(0xC302);
                if (!holdsLock) return new Status(0xC301);
                if (asked == "COMPLETED" && Unfinished(step) is { } unfinished) return new Status(0xC304, unfinished);
                break;
            default:
                if (asked != now) return now == "COMPLETED" && asked == "CANCELED" ? new Status(0xC311) : new Status(0xC300);
                return holdsLock ? new Status(now == "CANCELED" ? (ushort)0xB304 : (ushort)0xB306) : new Status(0xC301);
        }
        var changed = step.Copy();
        if (asked == "IN PROGRESS") changed.SetText(Tags.TransactionUID, VR.UI, transaction);
        if (asked == "CANCELED") NoteCancellation(changed);
        Enter(uid, changed, asked);
        return Status.Success;
    }

    private NormalizedResponse RequestCancel(Uid uid, DataSet information, string requestor)
    {
        if (_store.Find(uid) is not { } step) return new Status(0xC307);
        switch (StateOf(step))
        {
            case "COMPLETED": return new Status(0xC311);
            case "CANCELED": return new Status(0xB304);
            case "SCHEDULED":
                // Nobody performs it: it goes through IN PROGRESS to CANCELED at once (PS3.4 §CC.2.2.3).
                var changed = step.Copy();
                changed.Set(Tags.TransactionUID, Uid.New().Value);
                Enter(uid, changed, "IN PROGRESS");
                changed = changed.Copy();
                if (information.TryFind(Tags.ReasonForCancellation, out var reason)) changed.Add(reason);
                NoteCancellation(changed, information);
                Enter(uid, changed, "CANCELED");
                return Status.Success;
        }
        if (!_subscriptions.Of(uid).Any()) return new Status(0xC312);
        var request = new DataSet().SetText(Tags.RequestingAE, VR.AE, requestor);
        request.Merge(information, MergeRule.Replace);
        Report(uid, 2, request);
        return Status.Success;
    }

    private NormalizedResponse Subscribe(Uid uid, DataSet information)
    {
        if (AttributeCheck.Require(information, Tags.ReceivingAE) is { } missing) return missing;
        string receiver = information.Get(Tags.ReceivingAE, "").Trim();
        bool locks = information.Get(Tags.DeletionLock, "").Trim() == "TRUE";
        if (!_knows(receiver)) return NormalizedResponse.Refuse(new Status(0xC308), Tags.ReceivingAE);
        if (uid == GlobalSubscription || uid == FilteredGlobalSubscription)
        {
            DataSet? filter = null;
            if (uid == FilteredGlobalSubscription)
            {
                filter = information.Copy();
                foreach (var tag in (ReadOnlySpan<Tag>)[Tags.ReceivingAE, Tags.DeletionLock, Tags.TransactionUID]) filter.Remove(tag);
            }
            foreach (var step in _subscriptions.SubscribeGlobally(receiver, locks, filter, _store.All)) InitialReport(receiver, step);
            return Status.Success;
        }
        if (_store.Find(uid) is not { } one) return new Status(0xC307);
        _subscriptions.Subscribe(receiver, uid, locks);
        InitialReport(receiver, new KeyValuePair<Uid, DataSet>(uid, one));
        return Status.Success;
    }

    private NormalizedResponse Unsubscribe(Uid uid, DataSet information)
    {
        if (AttributeCheck.Require(information, Tags.ReceivingAE) is { } missing) return missing;
        string receiver = information.Get(Tags.ReceivingAE, "").Trim();
        if (!_knows(receiver)) return NormalizedResponse.Refuse(new Status(0xC308), Tags.ReceivingAE);
        if (uid == GlobalSubscription || uid == FilteredGlobalSubscription) _subscriptions.UnsubscribeGlobally(receiver);
        else if (_store.Find(uid) is null) return new Status(0xC307);
        else _subscriptions.Unsubscribe(receiver, uid);
        return Status.Success;
    }

    private NormalizedResponse SuspendGlobal(Uid uid, DataSet information)
    {
        if (uid != GlobalSubscription && uid != FilteredGlobalSubscription) return new Status(0xC314);
        if (AttributeCheck.Require(information, Tags.ReceivingAE) is { } missing) return missing;
        string receiver = information.Get(Tags.ReceivingAE, "").Trim();
        if (!_knows(receiver)) return NormalizedResponse.Refuse(new Status(0xC308), Tags.ReceivingAE);
        _subscriptions.SuspendGlobally(receiver);
        return Status.Success;
    }

    /// <summary>A new subscriber learns at once how things stand (PS3.4 §CC.2.3.3).</summary>
    private void InitialReport(string receiver, KeyValuePair<Uid, DataSet> step) =>
        _onEvent(new UnifiedProcedureStepEvent(receiver, step.Key, 1, StateReport(step.Value)));

    private void Enter(Uid uid, DataSet step, string state)
    {
        step.Set(Tags.ProcedureStepState, state);
        step.SetText(Tags.ScheduledProcedureStepModificationDateTime, VR.DT, Now());
        _store.Save(uid, step);
        Report(uid, 1, StateReport(step));
    }

    /// <summary>What is missing for COMPLETED (PS3.4 Table CC.2.5-3, final state), or null.</summary>
    private static string? Unfinished(DataSet step)
    {
        if (step.GetAll<DataSet>(Tags.UnifiedProcedureStepPerformedProcedureSequence) is not [var performed, ..])
            return "no UnifiedProcedureStepPerformedProcedureSequence";
        foreach (var tag in (ReadOnlySpan<Tag>)[Tags.PerformedProcedureStepStartDateTime, Tags.PerformedProcedureStepEndDateTime])
            if (performed.Get(tag, "").Length == 0) return tag == Tags.PerformedProcedureStepStartDateTime ? "no PerformedProcedureStepStartDateTime" : "no PerformedProcedureStepEndDateTime";
        return null;
    }

    /// <summary>When, and why where it was told: needed in a CANCELED step, and the provider may supply it.</summary>
    private void NoteCancellation(DataSet step, DataSet? request = null)
    {
        var progress = step.GetAll<DataSet>(Tags.ProcedureStepProgressInformationSequence) is [var item, ..]
            ? item : step.AddItem(Tags.ProcedureStepProgressInformationSequence);
        if (progress.Get(Tags.ProcedureStepCancellationDateTime, "").Length == 0)
            progress.SetText(Tags.ProcedureStepCancellationDateTime, VR.DT, Now());
        if (request is not null && request.TryFind(Tags.ProcedureStepDiscontinuationReasonCodeSequence, out var reason)) progress.Add(reason);
    }
}
