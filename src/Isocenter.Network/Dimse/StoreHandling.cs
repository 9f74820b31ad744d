using Isocenter.Dicom;

namespace Isocenter.Network.Dimse;

/// <summary>Runs the handler of a C-STORE: the same on a server and for the sub-operations of a C-GET.</summary>
internal static class StoreHandling
{
    /// <returns>The status to answer with. The data set may not have been read to its end.</returns>
    /// <exception cref="AssociationException">The association ended within the data set.</exception>
    public static async ValueTask<Status> RunAsync(
        DimseSession session, IncomingRequest request, Func<StoreContext, CancellationToken, ValueTask<Status>> handler)
    {
        var command = request.Command;
        if (request.DataSet is not { } dataSet) return Status.DataSetDoesNotMatchSopClass.With("no data set");
        if (!Uid.TryParseLenient(command.AffectedSopClassUid, out var sopClass))
            return Status.NoSuchSopClass.With("Affected SOP Class UID is missing or not a UID");
        if (!Uid.TryParseLenient(command.AffectedSopInstanceUid, out var sopInstance))
            return Status.InvalidSopInstance.With("Affected SOP Instance UID is missing or not a UID");
        try
        {
            var context = new StoreContext(session.Info, request.Context, command, sopClass, sopInstance, dataSet);
            return await handler(context, session.Aborted).ConfigureAwait(false);
        }
        catch (StatusException refused)
        {
            return refused.Status;
        }
#pragma warning disable CA1031 // Whatever a handler throws costs its operation a failure status and nothing more.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            // An association that ended under the handler is told by the loop, which ends with the same exception.
            if (session.Failure is { } failure) throw failure;
            session.Report(AssociationEventKind.OperationFailed, $"C-STORE of {sopInstance}: {fault.Message}", fault);
            return Status.ProcessingFailure.With(fault.Message);
        }
    }
}
