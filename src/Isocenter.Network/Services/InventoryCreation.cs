using System.Collections.Concurrent;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>Inventory Creation (PS3.4 Annex KK), both sides: a repository is asked to write down all it holds, and tells when that
/// is done.</summary>
/// <remarks>Status is told when it changes and when it is asked for; Requested Status Interval is not followed. Transactions are
/// remembered as long as the object lives. Safe from many threads.</remarks>
public sealed class InventoryCreation
{
    private readonly Func<InventoryProduction, CancellationToken, Task<InstanceReference?>> _produce;
    private readonly Func<string, ushort, DataSet, Task> _deliver;
    private readonly string _retrieveAETitle;
    private readonly ConcurrentDictionary<Uid, InventoryProduction> _productions = new();

    /// <summary>As provider.</summary>
    /// <param name="produce">Makes the inventory and returns its root instance. An exception is FAILURE. Cancelled, it may still return what it
    /// has, when <see cref="InventoryProduction.RetainInstances"/>.</param>
    /// <param name="deliver">Reports an event (its type and its information) to an application entity whose association has ended.</param>
    /// <param name="retrieveAETitle">Where the inventory can be retrieved.</param>
    public InventoryCreation(Func<InventoryProduction, CancellationToken, Task<InstanceReference?>> produce, Func<string, ushort, DataSet, Task> deliver, string retrieveAETitle)
    {
        ArgumentNullException.ThrowIfNull(produce);
        ArgumentNullException.ThrowIfNull(deliver);
        _produce = produce;
        _deliver = deliver;
        AETitle.Require(retrieveAETitle, nameof(retrieveAETitle));
        _retrieveAETitle = retrieveAETitle;
    }

    /// <summary>Inventory Creation SOP Class.</summary>
    public static Uid SopClass { get; } = Uid.Parse(SopClasses.InventoryCreation);

    /// <summary>Its one instance, Storage Management (PS3.4 §KK.1.3.2).</summary>
    public static Uid SopInstance { get; } = Uid.Parse("1.2.840.10008.5.1.4.1.1.201.1.1");

    /// <summary>The handlers for a server.</summary>
    public ServiceHandlers Handlers => new() { AbstractSyntaxes = [SopClass], OnNAction = (context, _) => ValueTask.FromResult(Act(context)) };

    /// <summary>As user: asks for an inventory (Initiate).</summary>
    public static Task<NormalizedResponse> InitiateAsync(Association association, Uid transaction, string level = "INSTANCE", DataSet? scope = null, string? purpose = null, CancellationToken cancel = default)
    {
        var information = Transaction(transaction).Set(Tags.InventoryLevel, level);
        if (scope is null) information.Set<DataSet>(Tags.ScopeOfInventorySequence);
        else information.Set(Tags.ScopeOfInventorySequence, scope);
        if (purpose is not null) information.Set(Tags.InventoryPurpose, purpose);
        return ActAsync(association, 11, information, cancel);
    }

    /// <summary>As user: asks where it stands; the answer is an event.</summary>
    public static Task<NormalizedResponse> RequestStatusAsync(Association association, Uid transaction, CancellationToken cancel = default) =>
        ActAsync(association, 12, Transaction(transaction), cancel);

    /// <summary>As user: ends it before its time.</summary>
    public static Task<NormalizedResponse> CancelAsync(Association association, Uid transaction, bool retainInstances, CancellationToken cancel = default) =>
        ActAsync(association, 13, Transaction(transaction).Set(Tags.RetainInstances, retainInstances ? "YES" : "NO"), cancel);

    /// <summary>As user: halts it.</summary>
    public static Task<NormalizedResponse> PauseAsync(Association association, Uid transaction, CancellationToken cancel = default) =>
        ActAsync(association, 14, Transaction(transaction), cancel);

    /// <summary>As user: lets it go on.</summary>
    public static Task<NormalizedResponse> ResumeAsync(Association association, Uid transaction, CancellationToken cancel = default) =>
        ActAsync(association, 15, Transaction(transaction), cancel);

    /// <summary>As user: takes the events. For <see cref="AssociationOptions.OnEventReport"/>, and for a server.</summary>
    /// <param name="onEvent">Gets the event type (11: ended, with an inventory; 12: status; 13: ended without) and its information.</param>
    public static Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>> Receive(Action<ushort, DataSet> onEvent) => (context, _) =>
    {
        if (context.EventTypeId is not (11 or 12 or 13)) return ValueTask.FromResult<NormalizedResponse>(Status.NoSuchEventType);
        onEvent(context.EventTypeId, context.DataSet ?? new DataSet());
        return ValueTask.FromResult<NormalizedResponse>(Status.Success);
    };

    private static DataSet Transaction(Uid transaction) => new DataSet().Set(Tags.TransactionUID, transaction.Value);

    private static Task<NormalizedResponse> ActAsync(Association association, ushort action, DataSet information, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(association);
        return association.NActionAsync(new NormalizedTarget(SopClass, SopInstance), action, information, cancel);
    }

    private NormalizedResponse Act(NormalizedContext context)
    {
        if (context.SopInstanceUid != SopInstance) return Status.NoSuchSopInstance;
        if (context.ActionTypeId is < 11 or > 15) return Status.NoSuchAction;
        var information = context.DataSet ?? new DataSet();
        if (AttributeCheck.Require(information, Tags.TransactionUID) is { } missing) return missing;
        if (!Uid.TryParseLenient(information.Get(Tags.TransactionUID, ""), out var transaction)) return NormalizedResponse.Refuse(Status.InvalidArgumentValue, Tags.TransactionUID);
        if (context.ActionTypeId == 11) return Initiate(context, transaction, information);
        if (!_productions.TryGetValue(transaction, out var production)) return NormalizedResponse.Refuse(Status.InvalidArgumentValue.With("no such transaction"), Tags.TransactionUID);
        if (context.ActionTypeId == 13) return Cancel(production, information);
        bool done = context.ActionTypeId switch { 14 => production.TryPause(), 15 => production.TryResume(), _ => true };
        if (!done) return Status.ProcessingFailure.With($"the production is {production.State}");
        _ = TellAsync(context, production, 12, production.ToDataSet(null, _retrieveAETitle));
        return Status.Success;
    }

    /// <summary>PS3.4 §KK.2.2.3: what cannot be followed is refused as a whole.</summary>
    private NormalizedResponse Initiate(NormalizedContext context, Uid transaction, DataSet information)
    {
        if (AttributeCheck.Require(information, Tags.InventoryLevel) is { } missing) return missing;
        if (!information.Contains(Tags.ScopeOfInventorySequence)) return NormalizedResponse.Refuse(Status.MissingAttribute, Tags.ScopeOfInventorySequence);
        string level = information.Get(Tags.InventoryLevel, "").Trim();
        if (level is not ("STUDY" or "SERIES" or "INSTANCE")) return NormalizedResponse.Refuse(Status.MistypedArgument.With($"Inventory Level '{level}'"), Tags.InventoryLevel);
        var scope = information.GetAll<DataSet>(Tags.ScopeOfInventorySequence) is [var item, ..] ? item.Copy().Freeze() : null;
        if (scope?.Get(Tags.ExtendedMatchingMechanisms, "") is { Length: > 0 } extended)
            return NormalizedResponse.Refuse(Status.MistypedArgument.With($"Extended Matching Mechanisms '{extended}'"), Tags.ExtendedMatchingMechanisms);
        var production = new InventoryProduction(new InventoryOrder(transaction, level, scope, information.Get(Tags.InventoryPurpose, ""), context.Association.CallingAETitle));
        if (!_productions.TryAdd(transaction, production)) return Status.DuplicateInvocation;
        _ = Task.Run(() => ProduceAsync(context, production), CancellationToken.None);
        return Status.Success;
    }

    private static NormalizedResponse Cancel(InventoryProduction production, DataSet information)
    {
        if (AttributeCheck.Require(information, Tags.RetainInstances) is { } missing) return missing;
        return information.Get(Tags.RetainInstances, "").Trim() switch
        {
            "YES" or "NO" when production.IsOver => Status.ProcessingFailure.With($"the production is {production.State}"),
            "YES" => production.TryCancel(retain: true) ? Status.Success : Status.ProcessingFailure.With("it is being cancelled"),
            "NO" => production.TryCancel(retain: false) ? Status.Success : Status.ProcessingFailure.With("it is being cancelled"),
            _ => NormalizedResponse.Refuse(Status.InvalidArgumentValue, Tags.RetainInstances),
        };
    }

    private async Task ProduceAsync(NormalizedContext context, InventoryProduction production)
    {
        await context.Responded.ConfigureAwait(false);
        InstanceReference? inventory = null;
        try
        {
            inventory = await _produce(production, production.Cancelled).ConfigureAwait(false);
            if (production.Cancelled.IsCancellationRequested) production.End(InventoryState.Canceled, null);
            else if (inventory is not null) production.End(InventoryState.Complete, null);
            else production.End(InventoryState.Failure, "nothing was produced");
        }
        catch (OperationCanceledException) when (production.Cancelled.IsCancellationRequested)
        {
            production.End(InventoryState.Canceled, null);
        }
#pragma warning disable CA1031 // Whatever goes wrong, the user must hear that there will be no inventory.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            production.End(InventoryState.Failure, fault.Message);
        }
        if (production.State == InventoryState.Canceled && !production.RetainInstances) inventory = null;
        await TellAsync(context, production, (ushort)(inventory is null ? 13 : 11), production.ToDataSet(inventory, _retrieveAETitle)).ConfigureAwait(false);
    }

    /// <summary>On the same association when it still stands and the user takes it there (PS3.4 §KK.2.3.2).</summary>
    private async Task TellAsync(NormalizedContext context, InventoryProduction production, ushort eventTypeId, DataSet information)
    {
        await context.Responded.ConfigureAwait(false);
        try
        {
            if ((await context.EventReportAsync(SopClass, SopInstance, eventTypeId, information).ConfigureAwait(false)).Status.IsSuccessOrWarning) return;
        }
        catch (AssociationException)
        {
            // The user has not waited for it.
        }
        await _deliver(production.Order.Requestor, eventTypeId, information).ConfigureAwait(false);
    }
}
