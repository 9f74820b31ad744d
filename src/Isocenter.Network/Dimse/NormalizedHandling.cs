using System.Buffers;
using System.Threading.Channels;
using Isocenter.Dicom;

namespace Isocenter.Network.Dimse;

/// <summary>The DIMSE-N operations on one association, in both directions (PS3.7 §10): the same for requestor and
/// acceptor, since events go against the stream.</summary>
/// <remarks>Operations are performed one after the other in the order of their arrival, beside the reading loop: a handler
/// may invoke an operation itself, and wait for the answer.</remarks>
internal sealed class NormalizedHandling(DimseSession session, int maxOperations)
{
    private Task _last = Task.CompletedTask;

    public static bool IsRequest(CommandField field) => field is CommandField.NEventReportRQ or CommandField.NGetRQ
        or CommandField.NSetRQ or CommandField.NActionRQ or CommandField.NCreateRQ or CommandField.NDeleteRQ;

    /// <summary>Takes the request apart, and has it performed beside the loop that called.</summary>
    /// <param name="request">Its data set is read here.</param>
    /// <param name="handler">Null: the operation is not recognized.</param>
    public async Task OnRequestAsync(IncomingRequest request, Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? handler)
    {
        var command = request.Command;
        var bytes = request.DataSet is { } incoming ? await session.ReadWholeAsync(incoming).ConfigureAwait(false) : default;
        if (handler is null)
        {
            await RespondAsync(request, Status.UnrecognizedOperation).ConfigureAwait(false);
            return;
        }
        if (Check(command, out var sopClass, out var sopInstance) is { } wrong)
        {
            await RespondAsync(request, wrong).ConfigureAwait(false);
            return;
        }
        DataSet? dataSet = null;
        try
        {
            if (request.DataSet is not null) dataSet = DicomFile.ReadDataSet(bytes, request.Context.TransferSyntax!).DataSet;
        }
        catch (DicomFormatException unreadable)
        {
            await RespondAsync(request, Status.ProcessingFailure.With(unreadable.Message)).ConfigureAwait(false);
            return;
        }
        var context = new NormalizedContext(session, request.Context, command, sopClass, sopInstance, dataSet);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Interlocked.Exchange(ref _last, done.Task);
        var started = session.Start(command.MessageId, maxOperations, cancel => PerformAsync(request, context, handler, before, done, cancel));
        if (started.IsSuccess) return;
        _ = before.ContinueWith(_ => done.SetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        context.SetResponded();
        await RespondAsync(request, started).ConfigureAwait(false);
    }

    /// <summary>Sends a request and waits for its response.</summary>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public static async Task<NormalizedResponse> InvokeAsync(
        DimseSession session, PresentationContext context, CommandSet command, DataSet? dataSet, CancellationToken cancel)
    {
        var operation = await session.InvokeAsync(context, command, dataSet is null ? null : Encoded(dataSet, context), cancel).ConfigureAwait(false);
        IncomingResponse response;
        try
        {
            do
            {
                response = await operation.Responses.ReadAsync(cancel).ConfigureAwait(false);
            }
            while (response.Status.IsPending);
        }
        catch (ChannelClosedException closed)
        {
            throw closed.InnerException as AssociationException ?? new AssociationException("the association ended before the response came", closed);
        }
        var answer = response.Command;
        return new NormalizedResponse
        {
            Status = response.Status,
            DataSet = response.DataSet.IsEmpty ? null : DicomFile.ReadDataSet(response.DataSet, context.TransferSyntax!).DataSet,
            SopClassUid = Uid.TryParseLenient(answer.AffectedSopClassUid, out var sopClass) ? sopClass : null,
            SopInstanceUid = Uid.TryParseLenient(answer.AffectedSopInstanceUid, out var sopInstance) ? sopInstance : null,
            OffendingElements = answer.OffendingElements,
            ErrorId = answer.ErrorId,
            EventTypeId = answer.EventTypeId,
            ActionTypeId = answer.ActionTypeId,
        };
    }

    public static CommandSet EventReport(Uid sopClassUid, Uid sopInstanceUid, ushort eventTypeId) => new()
    {
        CommandField = CommandField.NEventReportRQ,
        AffectedSopClassUid = sopClassUid.Value,
        AffectedSopInstanceUid = sopInstanceUid.Value,
        EventTypeId = eventTypeId,
    };

    private async Task PerformAsync(IncomingRequest request, NormalizedContext context,
        Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>> handler, Task before, TaskCompletionSource done, CancellationToken cancel)
    {
        try
        {
            await before.ConfigureAwait(false);
            NormalizedResponse response;
            try
            {
                response = await handler(context, cancel).ConfigureAwait(false);
            }
            catch (StatusException refused)
            {
                response = refused.Status;
            }
#pragma warning disable CA1031 // Whatever a handler throws costs its operation a failure status and nothing more.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                if (session.Failure is { } failure) throw failure;
                session.Report(AssociationEventKind.OperationFailed, $"{Name(request.Command.CommandField)}: {fault.Message}", fault);
                response = Status.ProcessingFailure.With(fault.Message);
            }
            await RespondAsync(request, response).ConfigureAwait(false);
        }
        finally
        {
            context.SetResponded();
            done.SetResult();
        }
    }

    /// <summary>The UIDs that the operation cannot do without (PS3.7 §10.3).</summary>
    private static NormalizedResponse? Check(CommandSet command, out Uid sopClass, out Uid? sopInstance)
    {
        sopInstance = null;
        bool isAffected = command.CommandField is CommandField.NEventReportRQ or CommandField.NCreateRQ;
        // Some write Affected where Requested is meant, and the other way round.
        string? classText = isAffected ? command.AffectedSopClassUid ?? command.RequestedSopClassUid : command.RequestedSopClassUid ?? command.AffectedSopClassUid;
        string? instanceText = isAffected ? command.AffectedSopInstanceUid ?? command.RequestedSopInstanceUid : command.RequestedSopInstanceUid ?? command.AffectedSopInstanceUid;
        if (!Uid.TryParseLenient(classText, out sopClass!)) return Status.NoSuchSopClass.With("SOP Class UID is missing or not a UID");
        if (Uid.TryParseLenient(instanceText, out sopInstance)) return null;
        if (command.CommandField == CommandField.NCreateRQ && string.IsNullOrEmpty(instanceText)) return null;
        return Status.InvalidSopInstance.With("SOP Instance UID is missing or not a UID");
    }

    private Task RespondAsync(IncomingRequest request, NormalizedResponse response)
    {
        var answer = request.Command.Respond(response.Status);
        answer = answer with
        {
            AffectedSopClassUid = response.SopClassUid?.Value ?? answer.AffectedSopClassUid,
            AffectedSopInstanceUid = response.SopInstanceUid?.Value ?? answer.AffectedSopInstanceUid,
            OffendingElements = response.OffendingElements,
            ErrorId = response.ErrorId,
            // Wanted with a reply, allowed without (PS3.7 §10.1.1.1.8, §10.1.4.1.10).
            EventTypeId = response.Status.IsSuccessOrWarning ? response.EventTypeId ?? request.Command.EventTypeId : null,
            ActionTypeId = response.Status.IsSuccessOrWarning ? response.ActionTypeId ?? request.Command.ActionTypeId : null,
        };
        return session.SendAsync(request.Context, answer,
            response.DataSet is null ? null : Encoded(response.DataSet, request.Context), CancellationToken.None);
    }

    private static DataSetSource Encoded(DataSet dataSet, PresentationContext context) =>
        DataSetSource.Of(new ReadOnlySequence<byte>(DataSetWriter.ToArray(dataSet, context.TransferSyntax!)));

    private static string Name(CommandField field) => field switch
    {
        CommandField.NEventReportRQ => "N-EVENT-REPORT",
        CommandField.NGetRQ => "N-GET",
        CommandField.NSetRQ => "N-SET",
        CommandField.NActionRQ => "N-ACTION",
        CommandField.NCreateRQ => "N-CREATE",
        _ => "N-DELETE",
    };
}
