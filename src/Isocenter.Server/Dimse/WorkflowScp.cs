using System.Threading.Channels;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Dimse;

/// <summary>Worklist, MPPS, Unified Procedure Steps and Instance Availability as SCP, each with a folder below
/// <c>workflow</c> in the data folder. Worklist entries are DICOM files that somebody puts there.</summary>
internal sealed class WorkflowScp
{
    /// <summary>Events that wait for one receiver: the oldest go first when it is down for long.</summary>
    private const int MaxWaitingEvents = 1000;

    private readonly string _worklist;
    private readonly PerformedProcedureSteps _performed;
    private readonly UnifiedProcedureSteps _unified;
    private readonly ILogger _logger;
    private readonly EventSender _events;
    private readonly Dictionary<string, ChannelWriter<UnifiedProcedureStepEvent>> _receivers = new(StringComparer.Ordinal);

    public WorkflowScp(ServerSettings settings, EventSender events, ILogger logger)
    {
        _logger = logger;
        _events = events;
        string folder = Path.Combine(settings.DataFolder, "workflow");
        _worklist = Directory.CreateDirectory(Path.Combine(folder, "worklist")).FullName;
        _performed = new PerformedProcedureSteps(new FolderInstanceStore(Path.Combine(folder, "mpps"), PerformedProcedureSteps.SopClass));
        _unified = new UnifiedProcedureSteps(new FolderInstanceStore(Path.Combine(folder, "ups"), UnifiedProcedureSteps.PushSopClass),
            events.Knows, Send,
            subscriptions: new FolderInstanceStore(Path.Combine(folder, "ups-subscriptions"), UnifiedProcedureSteps.WatchSopClass));
    }

    public IReadOnlyList<ServiceHandlers> Handlers =>
    [
        ModalityWorklist.Provider(Entries),
        .. _performed.Handlers,
        .. _unified.Handlers,
        InstanceAvailability.Provider((association, _, notification, _) =>
        {
            Log.InstancesAvailable(_logger, association.CallingAETitle, notification.Get(Tags.StudyInstanceUID, ""));
            return ValueTask.FromResult(Status.Success);
        }),
    ];

    /// <summary>Read anew for each query: files come and go.</summary>
    private IEnumerable<DataSet> Entries(CancellationToken cancel)
    {
        foreach (string path in Directory.EnumerateFiles(_worklist).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            DataSet entry;
            try
            {
                using var file = DicomFile.Open(path);
                entry = file.DataSet.Copy();
            }
            catch (Exception unreadable) when (unreadable is DicomFormatException or IOException)
            {
                Log.WorklistEntryUnreadable(_logger, path, unreadable.Message);
                continue;
            }
            yield return entry;
        }
    }

    /// <summary>To each receiver in order; a receiver that is down does not keep the others waiting.</summary>
    private void Send(UnifiedProcedureStepEvent e)
    {
        lock (_receivers)
        {
            if (!_receivers.TryGetValue(e.ReceivingAETitle, out var queue)) _receivers.Add(e.ReceivingAETitle, queue = StartReceiver(e.ReceivingAETitle));
            queue.TryWrite(e);
        }
    }

    private ChannelWriter<UnifiedProcedureStepEvent> StartReceiver(string title)
    {
        var queue = Channel.CreateBounded<UnifiedProcedureStepEvent>(new BoundedChannelOptions(MaxWaitingEvents) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Log.EventGivenUp(_logger, title));
        _ = Task.Run(async () =>
        {
            await foreach (var e in queue.Reader.ReadAllAsync())
                await _events.SendAsync(title, UnifiedProcedureSteps.EventSopClass, to => UnifiedProcedureSteps.ReportAsync(to, e));
        });
        return queue.Writer;
    }
}
