using System.Buffers;
using Isocenter.Dicom;

namespace Isocenter.Network.Dimse;

/// <summary>The performing side of a server: takes a request apart, calls the handler, sends the responses (PS3.7 §9.3).</summary>
internal sealed class RequestHandling(AssociationServerOptions options)
{
    /// <summary>Set once the session exists; requests come only after.</summary>
    public DimseSession Session { get; set; } = null!;

    private NormalizedHandling? _normalized;

    public async Task OnRequestAsync(IncomingRequest request)
    {
        var command = request.Command;
        // Events come from the provider. Some ask for the association without selecting that role, and mean it.
        if (command.CommandField == CommandField.NEventReportRQ)
        {
            await NormalizedAsync(request, options.OnEventReport).ConfigureAwait(false);
            return;
        }
        if (!request.Context.RequestorIsScu)
        {
            await RespondAsync(request, Status.SopClassNotSupported.With("the SCU role was not accepted")).ConfigureAwait(false);
            return;
        }
        if (IsOfContext(request, out _) && !OperationsOfClass.Allow(command.CommandField, request.Context.AbstractSyntax))
        {
            await RespondAsync(request, Status.UnrecognizedOperation.With("no operation of this SOP class")).ConfigureAwait(false);
            return;
        }
        switch (command.CommandField)
        {
            case CommandField.CEchoRQ: await EchoAsync(request).ConfigureAwait(false); break;
            case CommandField.CStoreRQ: await StoreAsync(request).ConfigureAwait(false); break;
            case CommandField.CFindRQ when options.OnFind is { } find:
                await StartAsync(request, (sop, identifier, cancel) =>
                    FindAsync(request, find, new FindContext(Session.Info, request.Context, command, sop, identifier), cancel)).ConfigureAwait(false);
                break;
            case CommandField.CMoveRQ when options.OnMove is { } move:
                await StartAsync(request, (sop, identifier, cancel) =>
                    MoveAsync(request, move, new MoveContext(Session.Info, request.Context, command, sop, identifier), cancel)).ConfigureAwait(false);
                break;
            case CommandField.CGetRQ when options.OnGet is { } get:
                await StartAsync(request, (sop, identifier, cancel) =>
                    GetAsync(request, get, new GetContext(Session, options.Time, request.Context, command, sop, identifier), cancel)).ConfigureAwait(false);
                break;
            case CommandField.NGetRQ: await NormalizedAsync(request, options.OnNGet).ConfigureAwait(false); break;
            case CommandField.NSetRQ: await NormalizedAsync(request, options.OnNSet).ConfigureAwait(false); break;
            case CommandField.NActionRQ: await NormalizedAsync(request, options.OnNAction).ConfigureAwait(false); break;
            case CommandField.NCreateRQ: await NormalizedAsync(request, options.OnNCreate).ConfigureAwait(false); break;
            case CommandField.NDeleteRQ: await NormalizedAsync(request, options.OnNDelete).ConfigureAwait(false); break;
            default: await RespondAsync(request, Status.UnrecognizedOperation).ConfigureAwait(false); break;
        }
    }

    private Task NormalizedAsync(IncomingRequest request, Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? handler) =>
        (_normalized ??= new NormalizedHandling(Session, options.MaxOperations)).OnRequestAsync(request, handler);

    private async Task EchoAsync(IncomingRequest request)
    {
        Status status;
        if (!Uid.TryParseLenient(request.Command.AffectedSopClassUid, out var sopClass)) sopClass = request.Context.AbstractSyntax;
        // Some ask for an echo on whatever context there is: that is answered, as long as it is Verification that they ask for.
        else if (sopClass.Value != SopClasses.Verification && !IsOfContext(request, out status))
        {
            await RespondAsync(request, status).ConfigureAwait(false);
            return;
        }
        try
        {
            var context = new OperationContext(Session.Info, request.Context, request.Command, sopClass);
            status = await options.OnEcho(context, Session.Aborted).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a handler throws costs its operation a failure status and nothing more.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            status = StatusOf(fault, Status.ProcessingFailure, "C-ECHO");
        }
        await RespondAsync(request, status).ConfigureAwait(false);
    }

    private async Task StoreAsync(IncomingRequest request)
    {
        var status = options.OnStore is not { } store ? Status.UnrecognizedOperation
            : IsOfContext(request, out var wrong) ? await StoreHandling.RunAsync(Session, request, store).ConfigureAwait(false)
            : wrong;
        await RespondAsync(request, status).ConfigureAwait(false);
    }

    /// <summary>A composite operation is one of the SOP class that its presentation context was negotiated for (PS3.7 §9.3,
    /// PS3.8 §7.1.1.13): what was not agreed to does not come in by another door. What is no UID is for others to refuse.</summary>
    private static bool IsOfContext(IncomingRequest request, out Status refusal)
    {
        refusal = Status.Success;
        if (!Uid.TryParseLenient(request.Command.AffectedSopClassUid, out var sopClass) || sopClass == request.Context.AbstractSyntax) return true;
        refusal = Status.SopClassNotSupported.With("not the SOP class of this presentation context");
        return false;
    }

    /// <summary>Reads the identifier, then lets the operation run beside the reading loop.</summary>
    private async Task StartAsync(IncomingRequest request, Func<Uid, DataSet, CancellationToken, Task> operation)
    {
        if (request.DataSet is not { } dataSet)
        {
            await RespondAsync(request, Status.DataSetDoesNotMatchSopClass.With("no identifier")).ConfigureAwait(false);
            return;
        }
        var bytes = await Session.ReadWholeAsync(dataSet).ConfigureAwait(false);
        if (!Uid.TryParseLenient(request.Command.AffectedSopClassUid, out var sopClass))
        {
            await RespondAsync(request, Status.NoSuchSopClass.With("Affected SOP Class UID is missing or not a UID")).ConfigureAwait(false);
            return;
        }
        if (!IsOfContext(request, out var notThere))
        {
            await RespondAsync(request, notThere).ConfigureAwait(false);
            return;
        }
        DataSet identifier;
        try
        {
            identifier = DicomFile.ReadDataSet(bytes, request.Context.TransferSyntax!).DataSet;
        }
        catch (DicomFormatException wrong)
        {
            await RespondAsync(request, Status.DataSetDoesNotMatchSopClass.With(wrong.Message)).ConfigureAwait(false);
            return;
        }
        var started = Session.Start(request.Command.MessageId, options.MaxOperations, cancel => operation(sopClass, identifier, cancel));
        if (!started.IsSuccess) await RespondAsync(request, started).ConfigureAwait(false);
    }

    private async Task FindAsync(IncomingRequest request, Func<FindContext, CancellationToken, IAsyncEnumerable<DataSet>> handler,
        FindContext context, CancellationToken cancel)
    {
        var status = Status.Success;
        var batch = Session.Batch(request.Context);
        try
        {
            var matches = handler(context, cancel).GetAsyncEnumerator(cancel);
            await using var end = matches.ConfigureAwait(false);
            while (true)
            {
                var next = matches.MoveNextAsync();
                bool more;
                if (next.IsCompleted && !batch.IsFull)
                {
                    more = await next.ConfigureAwait(false);
                }
                else
                {
                    // Matches that are there already travel together; nobody waits for one that is not.
                    var searching = next.AsTask();
                    await Task.WhenAll(batch.FlushAsync().AsTask(), searching).ConfigureAwait(false);
                    more = await searching.ConfigureAwait(false);
                }
                if (!more || cancel.IsCancellationRequested) break;
                var pending = context.OptionalKeysNotSupported ? Status.PendingOptionalKeysNotSupported : Status.Pending;
                batch.Add(request.Command.Respond(pending), matches.Current);
            }
            if (cancel.IsCancellationRequested) status = Status.Cancel;
        }
#pragma warning disable CA1031 // Whatever a handler throws costs its operation a failure status and nothing more.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            status = cancel.IsCancellationRequested ? Status.Cancel : StatusOf(fault, Status.UnableToProcess, "C-FIND");
        }
        batch.Add(request.Command.Respond(status), null);
        await batch.FlushAsync().ConfigureAwait(false);
    }

    private async Task MoveAsync(IncomingRequest request, Func<MoveContext, CancellationToken, IAsyncEnumerable<SubOperationProgress>> handler,
        MoveContext context, CancellationToken cancel)
    {
        var last = new SubOperationProgress(0, 0, 0, 0);
        Status? status = null;
        try
        {
            await foreach (var progress in handler(context, cancel).WithCancellation(cancel).ConfigureAwait(false))
            {
                last = progress;
                if (cancel.IsCancellationRequested) break;
                if (progress.Status.IsPending && progress.Remaining > 0)
                    await SendProgressAsync(Session, request.Context, request.Command, progress, Status.Pending).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Whatever a handler throws costs its operation a failure status and nothing more.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (!cancel.IsCancellationRequested) status = StatusOf(fault, Status.UnableToProcess, "C-MOVE");
        }
        await SendFinalAsync(request, last, cancel.IsCancellationRequested ? Status.Cancel : status ?? last.FinalStatus).ConfigureAwait(false);
    }

    private async Task GetAsync(IncomingRequest request, Func<GetContext, CancellationToken, ValueTask> handler, GetContext context, CancellationToken cancel)
    {
        Status? status = null;
        try
        {
            await handler(context, cancel).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a handler throws costs its operation a failure status and nothing more.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (!cancel.IsCancellationRequested) status = StatusOf(fault, Status.UnableToProcess, "C-GET");
        }
        var progress = context.Progress;
        await SendFinalAsync(request, progress, cancel.IsCancellationRequested ? Status.Cancel : status ?? progress.FinalStatus).ConfigureAwait(false);
    }

    private Task SendFinalAsync(IncomingRequest request, SubOperationProgress progress, Status status)
    {
        // Remaining may be told only while pending and when cancelled (PS3.4 Table C.4-2).
        return SendProgressAsync(Session, request.Context, request.Command, progress, status);
    }

    /// <summary>A response with counters; the final one lists the failed instances (PS3.4 §C.4.2.1.4.2).</summary>
    public static Task SendProgressAsync(DimseSession session, PresentationContext context, CommandSet request, SubOperationProgress progress, Status status)
    {
        bool tellsRemaining = status.IsPending || status.Category == StatusCategory.Cancel;
        DataSetSource? identifier = null;
        if (!status.IsPending && status.Category != StatusCategory.Success && progress.FailedInstances.Count > 0)
        {
            string[] failed = [.. progress.FailedInstances.Select(u => u.Value)];
            identifier = Encoded(new DataSet().SetText(Tags.FailedSOPInstanceUIDList, VR.UI, failed), context);
        }
        return session.SendAsync(context, request.Respond(status) with
        {
            RemainingSubOperations = tellsRemaining ? Count(progress.Remaining) : null,
            CompletedSubOperations = Count(progress.Completed),
            FailedSubOperations = Count(progress.Failed),
            WarningSubOperations = Count(progress.Warning),
        }, identifier, CancellationToken.None);
    }

    private static ushort Count(int count) => (ushort)Math.Clamp(count, 0, ushort.MaxValue);

    private static DataSetSource Encoded(DataSet dataSet, PresentationContext context) =>
        DataSetSource.Of(new ReadOnlySequence<byte>(DataSetWriter.ToArray(dataSet, context.TransferSyntax!)));

    /// <summary>Answers without, or after, reading the data set: what is left of it is received first, since some
    /// requestors do not read before they have sent everything.</summary>
    private async Task RespondAsync(IncomingRequest request, Status status)
    {
        if (request.DataSet is { IsAtEnd: false } dataSet) await dataSet.DrainAsync().ConfigureAwait(false);
        await Session.SendAsync(request.Context, request.Command.Respond(status), null, CancellationToken.None).ConfigureAwait(false);
    }

    private Status StatusOf(Exception fault, Status otherwise, string operation)
    {
        if (fault is StatusException refused) return refused.Status;
        if (Session.Failure is { } failure) throw failure;
        Session.Report(AssociationEventKind.OperationFailed, $"{operation}: {fault.Message}", fault);
        return otherwise.With(fault.Message);
    }
}
