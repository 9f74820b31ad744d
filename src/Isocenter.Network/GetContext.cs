using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>A C-GET-RQ, with the means to perform its sub-operations (PS3.7 §9.3.3).</summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class GetContext : OperationContext
{
    /// <summary>Every sub-operation is reported up to this many, then not more often than <see cref="ReportInterval"/>.</summary>
    private const int ReportedOneByOne = 32;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(250);

    private readonly DimseSession _session;
    private readonly TimeProvider _time;
    private readonly List<Uid> _failedInstances = [];
    private long _lastReport;
    private int _total;
    private int _completed;
    private int _failed;
    private int _warning;

    internal GetContext(DimseSession session, TimeProvider time, PresentationContext context, CommandSet command, Uid sopClassUid, DataSet identifier)
        : base(session.Info, context, command, sopClassUid)
    {
        _session = session;
        _time = time;
        Identifier = identifier;
    }

    /// <summary>Unique keys and level.</summary>
    public DataSet Identifier { get; }

    /// <summary>Sub-operations there will be, for the counter of remaining ones. Set it before the first.</summary>
    public int Total
    {
        get => _total;
        set => _total = value;
    }

    /// <summary>The counters.</summary>
    public SubOperationProgress Progress => new(Math.Max(0, _total - _completed - _failed - _warning), _completed, _failed, _warning)
    {
        FailedInstances = _failedInstances,
    };

    /// <summary>Transfer syntaxes in which the peer takes objects of a SOP class on this association, in the order of its
    /// presentation contexts.</summary>
    public IEnumerable<TransferSyntax> AcceptedTransferSyntaxes(Uid sopClassUid) => Association.PresentationContexts
        .Where(c => c.IsAccepted && c.RequestorIsScp && c.AbstractSyntax == sopClassUid).Select(c => c.TransferSyntax!);

    /// <summary>Sends one object on the association of the C-GET, waits for the answer, and counts it.</summary>
    /// <param name="request">Used up, not disposed. Its transfer syntax must be one of
    /// <see cref="AcceptedTransferSyntaxes"/>, else it counts as failed.</param>
    /// <param name="cancel">The token the handler was given.</param>
    /// <returns>The peer's status; 0x0122 when it did not accept the object's SOP class and transfer syntax.</returns>
    /// <exception cref="OperationCanceledException">The C-GET was cancelled before the object was sent.</exception>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public async ValueTask<Status> StoreSubOperationAsync(StoreRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancel.ThrowIfCancellationRequested();
        var context = Association.PresentationContexts.FirstOrDefault(c => c.IsAccepted && c.RequestorIsScp
            && c.AbstractSyntax == request.SopClassUid && c.TransferSyntax!.Equals(request.TransferSyntax));
        var status = Status.SopClassNotSupported;
        if (context is not null)
        {
            // A sub-operation that has begun is brought to its end; the cancellation ends the next one.
            var operation = await _session.InvokeAsync(context, request.ToCommand(), request.Source, CancellationToken.None).ConfigureAwait(false);
            status = (await FinalAsync(operation).ConfigureAwait(false)).Status;
        }
        await CountAsync(request.SopInstanceUid, status).ConfigureAwait(false);
        return status;
    }

    /// <summary>Counts an object that could not be read or sent.</summary>
    public ValueTask FailSubOperationAsync(Uid sopInstanceUid) => CountAsync(sopInstanceUid, Status.ProcessingFailure);

    private static async ValueTask<IncomingResponse> FinalAsync(PendingOperation operation)
    {
        try
        {
            return await operation.Responses.ReadAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (System.Threading.Channels.ChannelClosedException closed)
        {
            throw closed.InnerException as AssociationException ?? new AssociationException("the association ended before the response came", closed);
        }
    }

    private async ValueTask CountAsync(Uid instance, Status status)
    {
        switch (status.Category)
        {
            case StatusCategory.Success: _completed++; break;
            case StatusCategory.Warning: _warning++; break;
            default:
                _failed++;
                _failedInstances.Add(instance);
                break;
        }
        var progress = Progress;
        if (progress.Remaining == 0) return;   // the final response says it
        if (_completed + _failed + _warning > ReportedOneByOne && _time.GetElapsedTime(_lastReport) < ReportInterval) return;
        _lastReport = _time.GetTimestamp();
        await RequestHandling.SendProgressAsync(_session, PresentationContext, Command, progress, Status.Pending).ConfigureAwait(false);
    }
}
