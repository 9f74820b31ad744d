using System.Runtime.CompilerServices;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>Query/Retrieve of instances that belong to no patient, as provider: C-FIND, C-MOVE and C-GET in an
/// <see cref="InstanceModel"/> (PS3.4 Annex U and those that follow it).</summary>
/// <param name="model">What is served.</param>
/// <param name="instances">The instances there are, whole. Asked anew for each operation; others than those of the model's
/// SOP classes are passed over.</param>
/// <param name="destination">How to call the application entity that a C-MOVE names; null: it is not known (0xA801).
/// Without this function there is no C-MOVE.</param>
public sealed class InstanceRetrieval(InstanceModel model, Func<CancellationToken, IEnumerable<DataSet>> instances, Func<string, AssociationOptions?>? destination = null)
{
    private static readonly TransferSyntax[] Written =
    [
        TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.DeflatedExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian,
    ];

    /// <summary>From a store, in memory or in a folder.</summary>
    public InstanceRetrieval(InstanceModel model, ISopInstanceStore store, Func<string, AssociationOptions?>? destination = null)
        : this(model, _ => store.All.Select(pair => pair.Value), destination)
    {
        ArgumentNullException.ThrowIfNull(store);
    }

    /// <summary>The handlers for a server.</summary>
    public ServiceHandlers Handlers => new()
    {
        AbstractSyntaxes = destination is null ? [model.Find, model.Get] : [model.Find, model.Move, model.Get],
        OnFind = FindAsync,
        OnMove = destination is null ? null : MoveAsync,
        OnGet = GetAsync,
    };

    private async IAsyncEnumerable<DataSet> FindAsync(FindContext context, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (context.SopClassUid != model.Find) throw new StatusException(Status.SopClassNotSupported);
        await Task.Yield();     // off the loop that reads: instances may come from a disk
        foreach (var instance in Ours(cancel))
        {
            cancel.ThrowIfCancellationRequested();
            if (Matcher.Matches(context.Identifier, instance)) yield return ReturnKeys.Of(context.Identifier, instance);
        }
    }

    private async ValueTask GetAsync(GetContext context, CancellationToken cancel)
    {
        if (context.SopClassUid != model.Get) throw new StatusException(Status.SopClassNotSupported);
        await Task.Yield();
        var selected = Select(context.Identifier, cancel);
        context.Total = selected.Count;
        foreach (var instance in selected)
        {
            var syntax = context.AcceptedTransferSyntaxes(ClassOf(instance)!).FirstOrDefault(Written.Contains) ?? TransferSyntax.ExplicitVRLittleEndian;
            using var request = StoreRequest.FromDataSet(instance, syntax);
            await context.StoreSubOperationAsync(request, cancel).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<SubOperationProgress> MoveAsync(MoveContext context, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (context.SopClassUid != model.Move) throw new StatusException(Status.SopClassNotSupported);
        await Task.Yield();
        string title = context.Destination.Trim();
        if (destination!(title) is not { } peer) throw new StatusException(Status.MoveDestinationUnknown.With($"'{title}' is not known here"));
        var selected = Select(context.Identifier, cancel);
        var counted = new SubOperationProgress(selected.Count, 0, 0, 0);
        if (selected.Count > 0)
        {
            var association = await ConnectAsync(peer, selected, cancel).ConfigureAwait(false);
            await using var end = association.ConfigureAwait(false);
            foreach (var instance in selected)
            {
                cancel.ThrowIfCancellationRequested();
                counted = Count(counted, instance, await SendAsync(association, instance, context, cancel).ConfigureAwait(false));
                if (counted.Remaining > 0) yield return counted;
            }
            if (association.Failure is null) await association.ReleaseAsync(cancel).ConfigureAwait(false);
        }
        yield return counted with
        {
            Status = counted.Failed == 0 && counted.Warning == 0 ? Status.Success
                : counted.Completed == 0 && counted.Warning == 0 ? Status.UnableToPerformSubOperations
                : Status.CompletedWithFailures,
        };
    }

    /// <exception cref="StatusException">The destination cannot be reached: 0xA702.</exception>
    private static async Task<Association> ConnectAsync(AssociationOptions peer, List<DataSet> selected, CancellationToken cancel)
    {
        try
        {
            return await Association.ConnectAsync(peer with
            {
                PresentationContexts = [.. selected.Select(i => ClassOf(i)!).Distinct()
                    .Select(sopClass => new PresentationContextProposal(sopClass, [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian]))],
            }, cancel).ConfigureAwait(false);
        }
        catch (AssociationException failed)
        {
            throw new StatusException(Status.UnableToPerformSubOperations.With(failed.Message));
        }
    }

    private static async Task<Status> SendAsync(Association association, DataSet instance, MoveContext context, CancellationToken cancel)
    {
        try
        {
            var syntax = association.PresentationContexts.FirstOrDefault(c => c.IsAccepted && c.AbstractSyntax == ClassOf(instance))?.TransferSyntax;
            using var request = StoreRequest.FromDataSet(instance, syntax ?? TransferSyntax.ExplicitVRLittleEndian);
            return await association.StoreAsync(request.ForMove(context.Association.CallingAETitle, context.MessageId), cancel).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is AssociationException or NoPresentationContextException)
        {
            return Status.ProcessingFailure.With(failed.Message);
        }
    }

    private static SubOperationProgress Count(SubOperationProgress before, DataSet instance, Status status)
    {
        var now = before with { Remaining = before.Remaining - 1 };
        return status.Category switch
        {
            StatusCategory.Success => now with { Completed = now.Completed + 1 },
            StatusCategory.Warning => now with { Warning = now.Warning + 1 },
            _ => now with { Failed = now.Failed + 1, FailedInstances = [.. now.FailedInstances, InstanceOf(instance)] },
        };
    }

    /// <summary>SOP Instance UID is the only key of a retrieval, one or a list (PS3.4 §U.4.2.2.1).</summary>
    private List<DataSet> Select(DataSet identifier, CancellationToken cancel)
    {
        var wanted = identifier.GetAll<string>(Tags.SOPInstanceUID).Select(text => text.Trim()).Where(text => text.Length > 0).ToHashSet(StringComparer.Ordinal);
        if (wanted.Count == 0) throw new StatusException(Status.DataSetDoesNotMatchSopClass.With("no SOP Instance UID"));
        if (wanted.FirstOrDefault(text => !Uid.TryParseLenient(text, out _)) is { } wrong)
            throw new StatusException(Status.DataSetDoesNotMatchSopClass.With($"'{wrong}' is not a UID"));
        return [.. Ours(cancel).Where(instance => wanted.Contains(instance.Get(Tags.SOPInstanceUID, "").Trim()))];
    }

    private IEnumerable<DataSet> Ours(CancellationToken cancel) => instances(cancel).Where(instance => ClassOf(instance) is { } sopClass && model.Instances.Contains(sopClass));

    /// <summary>It was selected by it, so that it is one.</summary>
    private static Uid InstanceOf(DataSet instance) => Uid.TryParseLenient(instance.Get(Tags.SOPInstanceUID, ""), out var uid) ? uid : throw new InvalidOperationException("an instance without UID");

    private static Uid? ClassOf(DataSet instance) => Uid.TryParseLenient(instance.Get(Tags.SOPClassUID, ""), out var sopClass) ? sopClass : null;
}
