using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

// Printing, and what is told of it (PS3.4 §H.4.1.2.4, §H.4.2.2.4, §H.4.5).
public sealed partial class PrintManagement
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Uid, DataSet> _jobs = [];
    private readonly Queue<Uid> _oldest = new();

    private async ValueTask<NormalizedResponse> PrintAsync(NormalizedContext context, CancellationToken cancel)
    {
        var state = StateOf(context);
        var uid = context.SopInstanceUid!;
        List<FilmBoxState> boxes;
        bool isSession = context.SopClassUid == PrintClasses.FilmSession;
        if (isSession)
        {
            if (state.Uid != uid) return Unknown(state, uid);
            boxes = state.Boxes;
        }
        else if (context.SopClassUid == PrintClasses.FilmBox)
        {
            if (state.BoxOf(uid) is not { } box) return Unknown(state, uid);
            boxes = [box];
        }
        else return Status.UnrecognizedOperation;
        if (context.ActionTypeId != 1) return Status.NoSuchAction;
        if (boxes.Count == 0) return new Status(0xC600);

        var job = Uid.New();
        var attributes = Begin(context, state);
        bool tells = IsAccepted(context, PrintClasses.PrintJob);
        string label = state.Session.Get(Tags.FilmSessionLabel, "").Trim();
        if (_options.MaxQueuedJobs > 0)
        {
            return TryQueue(context, job, attributes, label, [.. boxes.Select(box => Film(context, state, box, job))], tells)
                ? Printed() : new Status((ushort)(isSession ? 0xC601 : 0xC602), "the print queue is full");
        }
        Keep(job, attributes, "PRINTING", "NORMAL");
        try
        {
            foreach (var box in boxes) await _onFilm(Film(context, state, box, job), cancel).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            Keep(job, attributes, "FAILURE", fault is StatusException { Status.Code: 0xC601 or 0xC602 } ? "QUEUE FULL" : "CHECK PRINTER");
            throw;
        }
        Keep(job, attributes, "DONE", "NORMAL");
        if (tells) _ = AfterAsync(context.Responded, () => SendAsync(context, PrintClasses.PrintJob, job, 3, JobEvent("NORMAL", label)));
        return Printed();

        NormalizedResponse Printed()
        {
            var answer = boxes.TrueForAll(b => b.IsEmpty) ? NormalizedResponse.FromStatus(new Status((ushort)(isSession ? 0xB602 : 0xB603))) : NormalizedResponse.Success();
            return !tells ? answer : answer with
            {
                DataSet = new DataSet().Set(Tags.ReferencedPrintJobSequence, StorageCommitment.Item(new InstanceReference(PrintClasses.PrintJob, job))),
            };
        }
    }

    private static PrintedFilm Film(NormalizedContext context, FilmSessionState state, FilmBoxState box, Uid job) => new()
    {
        Association = context.Association,
        PrintJobUid = job,
        Session = state.Session.Copy().Freeze(),
        FilmBox = box.Attributes.Copy().Freeze(),
        Format = box.Format,
        Images = [.. box.Images.Select(i => i.Image is null ? null
            : new PrintedImage(i.Attributes.Copy().Freeze(), i.Image, LutOf(state, i.Attributes) ?? LutOf(state, box.Attributes)))],
        Annotations = [.. box.Annotations.Select((a, index) => (index + 1, a.Text)).Where(a => a.Text.Length > 0)],
        Copies = int.TryParse(state.Session.Get(Tags.NumberOfCopies, "1").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int copies) ? copies : 1,
        IsColor = box.IsColor,
    };

    private static DataSet? LutOf(FilmSessionState state, DataSet box) =>
        box.GetAll<DataSet>(Tags.ReferencedPresentationLUTSequence) is [var item, ..]
        && Uid.TryParseLenient(item.Get(Tags.ReferencedSOPInstanceUID, ""), out var uid) ? state.PresentationLuts.GetValueOrDefault(uid) : null;

    private DataSet Begin(NormalizedContext context, FilmSessionState state)
    {
        var now = _options.Time.GetLocalNow();
        return new DataSet()
            .Set(Tags.PrintPriority, state.Session.Get(Tags.PrintPriority, "MED").Trim())
            .SetText(Tags.CreationDate, VR.DA, now.ToString("yyyyMMdd", CultureInfo.InvariantCulture))
            .SetText(Tags.CreationTime, VR.TM, now.ToString("HHmmss", CultureInfo.InvariantCulture))
            .Set(Tags.PrinterName, _options.Name)
            .Set(Tags.Originator, context.Association.CallingAETitle);
    }

    private void Keep(Uid job, DataSet attributes, string executionStatus, string information)
    {
        lock (_lock)
        {
            if (!_jobs.ContainsKey(job)) _oldest.Enqueue(job);
            _jobs[job] = attributes.Copy().Set(Tags.ExecutionStatus, executionStatus).Set(Tags.ExecutionStatusInfo, information).Freeze();
            while (_oldest.Count > _options.MaxPrintJobs) _jobs.Remove(_oldest.Dequeue());
        }
    }

    private DataSet? FindJob(Uid uid)
    {
        lock (_lock) return _jobs.GetValueOrDefault(uid);
    }
}
