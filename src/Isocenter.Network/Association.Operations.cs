using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

// The operations of a service class user.
public sealed partial class Association
{
    private Func<StoreContext, CancellationToken, ValueTask<Status>>? _onStore;

    /// <summary>C-ECHO (PS3.7 §9.1.5).</summary>
    /// <exception cref="NoPresentationContextException">Verification was not accepted.</exception>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public async Task<Status> EchoAsync(CancellationToken cancel = default)
    {
        var context = ContextFor(SopClasses.Verification);
        var operation = await _session.InvokeAsync(context, new CommandSet
        {
            CommandField = CommandField.CEchoRQ,
            AffectedSopClassUid = context.AbstractSyntax.Value,
        }, null, cancel).ConfigureAwait(false);
        return (await FinalResponseAsync(operation, cancel).ConfigureAwait(false)).Status;
    }

    /// <summary>C-STORE (PS3.7 §9.1.1).</summary>
    /// <param name="request">What to send. Used up, not disposed.</param>
    /// <param name="cancel">Before the first byte has left, withdraws; within the data set, aborts the association; while
    /// waiting for the response, gives up waiting and leaves the association standing.</param>
    /// <returns>What the peer says: a failure is a value, not an exception.</returns>
    /// <exception cref="NoPresentationContextException">The SOP class was not accepted in this transfer syntax.</exception>
    /// <exception cref="AssociationException">The association has ended; whether the object was stored is not known.</exception>
    public async Task<Status> StoreAsync(StoreRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var context = ContextFor(request.SopClassUid.Value, request.TransferSyntax);
        var operation = await _session.InvokeAsync(context, request.ToCommand(), request.Source, cancel).ConfigureAwait(false);
        return (await FinalResponseAsync(operation, cancel).ConfigureAwait(false)).Status;
    }

    /// <summary>C-FIND (PS3.7 §9.1.2). Matches come as they arrive; leaving the enumeration early, or cancelling, sends
    /// C-CANCEL and waits for the peer to end the operation, at most <see cref="AssociationOptions.CancelTimeout"/>, then
    /// aborts.</summary>
    /// <exception cref="StatusException">The peer ended the operation with a failure.</exception>
    /// <exception cref="DicomFormatException">A match cannot be read.</exception>
    /// <exception cref="NoPresentationContextException">The information model was not accepted.</exception>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public async IAsyncEnumerable<DataSet> FindAsync(FindRequest request, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var context = ContextFor(request.SopClassUid.Value);
        var operation = await _session.InvokeAsync(context, new CommandSet
        {
            CommandField = CommandField.CFindRQ,
            AffectedSopClassUid = request.SopClassUid.Value,
            Priority = request.Priority,
        }, Encoded(request.Identifier, context), cancel).ConfigureAwait(false);

        var ending = new Ending(this, operation);
        await using var end = ending.ConfigureAwait(false);
        while (await ending.NextAsync(cancel).ConfigureAwait(false) is { } response)
        {
            if (response.Status.IsPending)
            {
                if (!response.DataSet.IsEmpty) yield return Decoded(response);
            }
            else if (response.Status.Category == StatusCategory.Failure)
            {
                throw new StatusException(response.Status);
            }
        }
    }

    /// <summary>C-MOVE (PS3.7 §9.1.4). Leaving early or cancelling is as with <see cref="FindAsync"/>.</summary>
    /// <returns>Progress as the peer reports it; the last one carries the final status, which may be a failure.</returns>
    /// <exception cref="NoPresentationContextException">The information model was not accepted.</exception>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public async IAsyncEnumerable<SubOperationProgress> MoveAsync(MoveRequest request, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        AETitle.Require(request.Destination, nameof(request));
        var context = ContextFor(request.SopClassUid.Value);
        var operation = await _session.InvokeAsync(context, new CommandSet
        {
            CommandField = CommandField.CMoveRQ,
            AffectedSopClassUid = request.SopClassUid.Value,
            Priority = request.Priority,
            MoveDestination = request.Destination,
        }, Encoded(request.Identifier, context), cancel).ConfigureAwait(false);

        var ending = new Ending(this, operation);
        await using var end = ending.ConfigureAwait(false);
        while (await ending.NextAsync(cancel).ConfigureAwait(false) is { } response) yield return Progress(response);
    }

    /// <summary>C-GET (PS3.7 §9.1.3): the objects come on this association, each to <paramref name="onStore"/>. Storage
    /// contexts must have been proposed with <see cref="PresentationContextProposal.Scp"/>. One C-GET at a time. Leaving
    /// early or cancelling is as with <see cref="FindAsync"/>.</summary>
    /// <param name="request">What to get.</param>
    /// <param name="onStore">As on a server: gets the data set as a pipe, returns the status to answer with. Its token is
    /// cancelled when the association ends. An exception becomes 0x0110.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Progress as the peer reports it; the last one carries the final status, which may be a failure.</returns>
    /// <exception cref="NoPresentationContextException">The information model was not accepted.</exception>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public async IAsyncEnumerable<SubOperationProgress> GetAsync(GetRequest request,
        Func<StoreContext, CancellationToken, ValueTask<Status>> onStore, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(onStore);
        var context = ContextFor(request.SopClassUid.Value);
        if (Interlocked.CompareExchange(ref _onStore, onStore, null) is not null)
            throw new InvalidOperationException("another C-GET is going on on this association");
        try
        {
            var operation = await _session.InvokeAsync(context, new CommandSet
            {
                CommandField = CommandField.CGetRQ,
                AffectedSopClassUid = request.SopClassUid.Value,
                Priority = request.Priority,
            }, Encoded(request.Identifier, context), cancel).ConfigureAwait(false);

            var ending = new Ending(this, operation);
            await using var end = ending.ConfigureAwait(false);
            while (await ending.NextAsync(cancel).ConfigureAwait(false) is { } response) yield return Progress(response);
        }
        finally
        {
            _onStore = null;
        }
    }

    /// <summary>The accepted presentation context for a SOP class; for objects, in their transfer syntax.</summary>
    /// <exception cref="NoPresentationContextException">There is none.</exception>
    private PresentationContext ContextFor(string sopClassUid, TransferSyntax? syntax = null)
    {
        PresentationContext? other = null;
        foreach (var context in PresentationContexts)
        {
            if (context.AbstractSyntax.Value != sopClassUid) continue;
            if (context.IsAccepted && context.RequestorIsScu && (syntax is null || context.TransferSyntax!.Equals(syntax))) return context;
            other = context.IsAccepted || other is null ? context : other;
        }
        string name = UidDictionary.TryFind(sopClassUid, out var entry) ? entry.Name : sopClassUid;
        var ofClass = PresentationContexts.Where(c => c.AbstractSyntax.Value == sopClassUid).ToArray();
        string proposed = string.Join(", ", ofClass.SelectMany(c => c.Proposed).Select(s => s.Name).Distinct());
        throw new NoPresentationContextException(other switch
        {
            null => $"{name} was not proposed on this association",
            { IsAccepted: false, Result: PresentationContextResult.AbstractSyntaxNotSupported } =>
                $"the peer does not accept {name}: it does not support this SOP class",
            { IsAccepted: false, Result: PresentationContextResult.TransferSyntaxesNotSupported } =>
                $"the peer does not accept {name} in the transfer syntaxes proposed: {proposed}",
            { IsAccepted: false } => $"the peer does not accept {name} and gives no reason ({other.Result}); proposed were {proposed}",
            { RequestorIsScu: false } => $"the peer accepts {name}, but does not let us send requests for it (the SCU role)",
            _ => $"the peer accepts {name} as {string.Join(", ", ofClass.Where(c => c.IsAccepted).Select(c => c.TransferSyntax!.Name).Distinct())}, not as {syntax?.Name}; proposed were {proposed}",
        });
    }

    private static DataSetSource Encoded(DataSet identifier, PresentationContext context) =>
        DataSetSource.Of(new System.Buffers.ReadOnlySequence<byte>(DataSetWriter.ToArray(identifier, context.TransferSyntax!)));

    private static DataSet Decoded(in IncomingResponse response) =>
        DicomFile.ReadDataSet(response.DataSet, response.Context.TransferSyntax!).DataSet;

    private static SubOperationProgress Progress(IncomingResponse response)
    {
        var command = response.Command;
        List<Uid> failed = [];
        if (!response.DataSet.IsEmpty && !response.Status.IsPending)
        {
            foreach (string text in Decoded(response).GetAll<string>(Tags.FailedSOPInstanceUIDList))
                if (Uid.TryParseLenient(text, out var uid)) failed.Add(uid);
        }
        return new SubOperationProgress(command.RemainingSubOperations ?? 0, command.CompletedSubOperations ?? 0,
            command.FailedSubOperations ?? 0, command.WarningSubOperations ?? 0)
        {
            Status = response.Status,
            FailedInstances = failed,
        };
    }

    private static async Task<IncomingResponse> FinalResponseAsync(PendingOperation operation, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var response = await operation.Responses.ReadAsync(cancel).ConfigureAwait(false);
                if (!response.Status.IsPending) return response;
            }
        }
        catch (ChannelClosedException closed)
        {
            throw closed.InnerException as AssociationException ?? new AssociationException("the association ended before the response came", closed);
        }
    }

    /// <summary>Requests of the peer: the sub-operations of our C-GET, and events.</summary>
    private async Task OnRequestAsync(IncomingRequest request)
    {
        var command = request.Command;
        if (NormalizedHandling.IsRequest(command.CommandField))
        {
            await _normalized.OnRequestAsync(request, command.CommandField == CommandField.NEventReportRQ ? _options.OnEventReport : null).ConfigureAwait(false);
            return;
        }
        if (command.CommandField != CommandField.CStoreRQ)
        {
            await _session.SendAsync(request.Context, command.Respond(Status.UnrecognizedOperation), null, CancellationToken.None).ConfigureAwait(false);
            return;
        }
        var status = !request.Context.RequestorIsScp ? Status.SopClassNotSupported.With("the SCP role was not accepted")
            : _onStore is not { } onStore ? Status.UnrecognizedOperation
            : await StoreHandling.RunAsync(_session, request, onStore).ConfigureAwait(false);
        if (request.DataSet is not null) await request.DataSet.DrainAsync().ConfigureAwait(false);
        await _session.SendAsync(request.Context, command.Respond(status), null, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Sees to it that an operation with many responses ends, whatever becomes of its enumeration.</summary>
    private sealed class Ending(Association association, PendingOperation operation) : IAsyncDisposable
    {
        private bool _ended;

        /// <summary>The next response; null after the last.</summary>
        public async ValueTask<IncomingResponse?> NextAsync(CancellationToken cancel)
        {
            if (_ended) return null;
            try
            {
                var response = await operation.Responses.ReadAsync(cancel).ConfigureAwait(false);
                _ended = !response.Status.IsPending;
                return response;
            }
            catch (ChannelClosedException closed)
            {
                _ended = true;
                throw closed.InnerException as AssociationException ?? new AssociationException("the association ended before the response came", closed);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_ended) return;
            using var grace = new CancellationTokenSource(association._options.CancelTimeout, association._options.Time);
            try
            {
                await association._session.SendCancelAsync(operation).WaitAsync(grace.Token).ConfigureAwait(false);
                while ((await operation.Responses.ReadAsync(grace.Token).ConfigureAwait(false)).Status.IsPending)
                {
                }
            }
            catch (OperationCanceledException)
            {
                association._session.Abort(new AssociationTimeoutException(AssociationTimeout.Cancel, association._options.CancelTimeout));
            }
            catch (Exception ended) when (ended is ChannelClosedException or AssociationException)
            {
                // The association has ended, and the operation with it.
            }
        }
    }
}
