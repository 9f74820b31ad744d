using System.Diagnostics.CodeAnalysis;
using Isocenter.Dicom;

namespace Isocenter.Network.Services;

/// <summary>What is asked for by an Initiate of Inventory Creation (PS3.4 Table KK.2-1).</summary>
/// <param name="TransactionUid">Names the production in all that follows.</param>
/// <param name="Level">STUDY, SERIES or INSTANCE: the deepest level that gets records.</param>
/// <param name="Scope">Key attributes that studies have to match; null: all studies.</param>
/// <param name="Purpose">Inventory Purpose; may be empty.</param>
/// <param name="Requestor">AE title of who asks.</param>
public sealed record InventoryOrder(Uid TransactionUid, string Level, DataSet? Scope, string Purpose, string Requestor);

/// <summary>States of a production (PS3.4 §KK.2.1.1).</summary>
public enum InventoryState
{
    /// <summary>Under way.</summary>
    Processing,
    /// <summary>Halted until it is resumed.</summary>
    Paused,
    /// <summary>Done, for good.</summary>
    Complete,
    /// <summary>Failed, for good.</summary>
    Failure,
    /// <summary>Cancelled, for good.</summary>
    Canceled,
}

/// <summary>An inventory that is being produced, as the one who produces it sees it. Safe from many threads.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer holds nothing; it lives as long as the transaction is remembered.")]
public sealed class InventoryProduction
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancelled = new();
    private TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _pausable = true;

    internal InventoryProduction(InventoryOrder order)
    {
        Order = order;
        _goOn.SetResult();
    }

    /// <summary>What was asked for.</summary>
    public InventoryOrder Order { get; }

    /// <summary>Where it stands.</summary>
    public InventoryState State { get; private set; }

    /// <summary>Study records so far, as <see cref="Report"/> told.</summary>
    public long StudyRecords { get; private set; }

    /// <summary>After a Cancel: what was made so far is to be kept.</summary>
    public bool RetainInstances { get; private set; }

    internal bool IsOver => State >= InventoryState.Complete;

    internal CancellationToken Cancelled => _cancelled.Token;

    internal string? Comment { get; private set; }

    /// <summary>Tells how many studies are in it by now.</summary>
    public void Report(long studyRecords)
    {
        lock (_lock) StudyRecords = studyRecords;
    }

    /// <summary>To be awaited between two pieces of work: goes on when the production is not paused.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task WhenResumedAsync()
    {
        Task goOn;
        lock (_lock) goOn = _goOn.Task;
        await goOn.WaitAsync(Cancelled).ConfigureAwait(false);
        Cancelled.ThrowIfCancellationRequested();
    }

    /// <returns>False: it is not in a state for that.</returns>
    internal bool TryPause()
    {
        lock (_lock)
        {
            if (State != InventoryState.Processing || !_pausable) return false;
            State = InventoryState.Paused;
            _goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    internal bool TryResume()
    {
        lock (_lock)
        {
            if (State != InventoryState.Paused) return false;
            State = InventoryState.Processing;
            _goOn.SetResult();
            return true;
        }
    }

    internal bool TryCancel(bool retain)
    {
        lock (_lock)
        {
            if (IsOver || !_pausable) return false;
            RetainInstances = retain;
            _pausable = false;
        }
        _cancelled.Cancel();
        return true;
    }

    internal void End(InventoryState state, string? comment)
    {
        lock (_lock)
        {
            _pausable = false;
            State = state;
            Comment = comment;
        }
    }

    internal DataSet ToDataSet(InstanceReference? inventory, string retrieveAETitle)
    {
        lock (_lock)
        {
            var information = new DataSet().Set(Tags.TransactionUID, Order.TransactionUid.Value).Set(Tags.TransactionStatus, State.ToString().ToUpperInvariant());
            if (Comment is not null) information.Set(Tags.TransactionStatusComment, Comment);
            if (inventory is not null)
            {
                information.Set(Tags.ReferencedSOPClassUID, inventory.SopClassUid.Value).Set(Tags.ReferencedSOPInstanceUID, inventory.SopInstanceUid.Value)
                    .Set(Tags.RetrieveAETitle, retrieveAETitle);
            }
            return information.Set(Tags.TotalNumberOfStudyRecords, (ulong)StudyRecords);
        }
    }
}
