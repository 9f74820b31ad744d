using Isocenter.Dicom;

namespace Isocenter.Network.Services;

// The queue of print jobs, and what is told without being asked for (PS3.4 §H.4.5.2.1, §H.4.6.2.1).
public sealed partial class PrintManagement
{
    private readonly Lock _queueLock = new();
    private Task _last = Task.CompletedTask;
    private int _queued;
    private volatile PrinterState _printer = new("NORMAL", "NORMAL");

    private sealed record PrinterState(string Status, string Information);

    /// <summary>Says how the printer is: N-GET tells it from then on, and every association that has used the printer is told at
    /// once (PS3.4 §H.4.6.2.1).</summary>
    /// <param name="status">NORMAL, WARNING or FAILURE.</param>
    /// <param name="information">Printer Status Info (PS3.3 §C.13.9.1), as SUPPLY LOW; NORMAL for NORMAL.</param>
    public void SetPrinterStatus(string status, string information)
    {
        ushort eventTypeId = status switch
        {
            "NORMAL" => 1,
            "WARNING" => 2,
            "FAILURE" => 3,
            _ => throw new ArgumentException($"'{status}' is neither NORMAL, WARNING nor FAILURE", nameof(status)),
        };
        _printer = new PrinterState(status, information);
        var told = new DataSet().Set(Tags.PrinterStatusInfo, information).Set(Tags.PrinterName, _options.Name).Freeze();
        foreach (var state in _sessions.Values)
            if (state.User is { } user) _ = SendAsync(user, PrintClasses.Printer, PrintClasses.PrinterInstance, eventTypeId, told);
    }

    /// <returns>False: the queue is full.</returns>
    private bool TryQueue(NormalizedContext context, Uid job, DataSet attributes, string label, List<PrintedFilm> films, bool tells)
    {
        lock (_queueLock)
        {
            if (_queued >= _options.MaxQueuedJobs) return false;
            _queued++;
            Keep(job, attributes, "PENDING", "QUEUED");
            _last = PrintLaterAsync(_last, context, job, attributes, label, films, tells);
            return true;
        }
    }

    /// <summary>Prints when those before it have been. Never fails.</summary>
    private async Task PrintLaterAsync(Task before, NormalizedContext context, Uid job, DataSet attributes, string label, List<PrintedFilm> films, bool tells)
    {
        await context.Responded.ConfigureAwait(false);     // which tells the user the name of the job
        var told = Task.CompletedTask;
        if (!before.IsCompleted) Tell(1, "QUEUED");
        await before.ConfigureAwait(false);
        Keep(job, attributes, "PRINTING", "NORMAL");
        Tell(2, "NORMAL");
        try
        {
            foreach (var film in films) await _onFilm(film, CancellationToken.None).ConfigureAwait(false);
            Keep(job, attributes, "DONE", "NORMAL");
            Tell(3, "NORMAL");
        }
#pragma warning disable CA1031 // A film that cannot be printed costs its job; the next in the queue is printed.
        catch (Exception)
#pragma warning restore CA1031
        {
            Keep(job, attributes, "FAILURE", "CHECK PRINTER");
            Tell(4, "CHECK PRINTER");
        }
        finally
        {
            lock (_queueLock) _queued--;
        }

        // In order, but nobody who is slow to confirm holds the queue up.
        void Tell(ushort eventTypeId, string information)
        {
            if (tells) told = AfterAsync(told, () => SendAsync(context, PrintClasses.PrintJob, job, eventTypeId, JobEvent(information, label)));
        }
    }

    private static async Task AfterAsync(Task before, Func<Task> next)
    {
        await before.ConfigureAwait(false);
        await next().ConfigureAwait(false);
    }

    private DataSet JobEvent(string information, string label) => new DataSet()
        .Set(Tags.ExecutionStatusInfo, information).Set(Tags.FilmSessionLabel, label).Set(Tags.PrinterName, _options.Name);

    /// <summary>On the presentation context of the class, where it has one of its own.</summary>
    private static async Task SendAsync(NormalizedContext context, Uid sopClass, Uid instance, ushort eventTypeId, DataSet information)
    {
        try
        {
            await context.EventReportAsync(sopClass, sopClass, instance, eventTypeId, information, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AssociationException)
        {
            // The user has left; how things stand can be asked for with N-GET.
        }
    }
}
