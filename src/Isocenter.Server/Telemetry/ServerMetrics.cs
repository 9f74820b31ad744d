using System.Diagnostics;
using System.Diagnostics.Metrics;
using Isocenter.Archive;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Server.Telemetry;

/// <summary>What the server measures of itself. The counts of the archive are taken when somebody is about to read them, and are at
/// most so old. No patient data: AE titles, SOP classes, statuses, counts.</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string Name = "Isocenter.Server";

    private readonly Meter _meter = new(Name);
    private readonly ActivitySource _source = new(Name);
    private readonly Histogram<double> _operations;
    private readonly ImageArchive _archive;
    private readonly TimeProvider _time;
    private ArchiveStatistics _counts = new(0, 0, 0, 0, 0);
    private long _openConflicts;

    public ServerMetrics(ImageArchive archive, string dataFolder, Func<AssociationServer?> dimse, TimeProvider time)
    {
        _archive = archive;
        _time = time;
        _operations = _meter.CreateHistogram<double>("isocenter.dimse.operation.duration", "s", "DIMSE operations, from the request to the last response");
        _meter.CreateObservableGauge("isocenter.dimse.associations", () => dimse()?.Associations.Count ?? 0, "{association}", "Associations at this moment");
        _meter.CreateObservableGauge("isocenter.archive.patients", () => _counts.Patients, "{patient}", "Patients in the archive");
        _meter.CreateObservableGauge("isocenter.archive.studies", () => _counts.Studies, "{study}", "Studies in the archive");
        _meter.CreateObservableGauge("isocenter.archive.series", () => _counts.Series, "{series}", "Series in the archive");
        _meter.CreateObservableGauge("isocenter.archive.instances", () => _counts.Instances, "{instance}", "Instances in the archive");
        _meter.CreateObservableGauge("isocenter.archive.size", () => _counts.Bytes, "By", "Bytes of the files of these instances");
        _meter.CreateObservableGauge("isocenter.archive.conflicts", () => _openConflicts, "{conflict}", "Conflicts that nobody has looked at");
        _meter.CreateObservableGauge("isocenter.disk.free", () => FreeBytes(dataFolder), "By", "Free bytes of the disk of the data folder");
    }

    /// <summary>It is of this server, not of another one in the process.</summary>
    public bool Has(Instrument instrument) => instrument.Meter == _meter || instrument.Meter == _archive.Meter;

    /// <summary>Takes the counts anew.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        _counts = await _archive.GetStatisticsAsync(cancel);
        _openConflicts = await _archive.CountConflictsAsync(cancel);
    }

    /// <summary>A C-STORE handler that is measured.</summary>
    public Func<StoreContext, CancellationToken, ValueTask<Status>> Measured(Func<StoreContext, CancellationToken, ValueTask<Status>> handler) => (context, cancel) =>
    {
        return IsWatched ? RunAsync() : handler(context, cancel);

        async ValueTask<Status> RunAsync()
        {
            using var operation = new Operation(this, "C-STORE", context);
            var status = await handler(context, cancel);
            operation.Status = status;
            return status;
        }
    };

    /// <summary>A C-GET handler that is measured.</summary>
    public Func<GetContext, CancellationToken, ValueTask> Measured(Func<GetContext, CancellationToken, ValueTask> handler) => async (context, cancel) =>
    {
        using var operation = IsWatched ? new Operation(this, "C-GET", context) : null;
        await handler(context, cancel);
        operation?.Status = context.Progress.FinalStatus;
    };

    /// <summary>A handler of C-FIND or C-MOVE that is measured: until its last answer is taken.</summary>
    public Func<TContext, CancellationToken, IAsyncEnumerable<TAnswer>> Measured<TContext, TAnswer>(string name, Func<TContext, CancellationToken, IAsyncEnumerable<TAnswer>> handler, Func<TAnswer, Status> statusOf)
        where TContext : OperationContext
    {
        return (context, cancel) => IsWatched ? RunAsync(context, cancel) : handler(context, cancel);

        async IAsyncEnumerable<TAnswer> RunAsync(TContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            using var operation = new Operation(this, name, context);
            var last = Status.Success;
            await foreach (var answer in handler(context, cancel).WithCancellation(cancel))
            {
                last = statusOf(answer);
                yield return answer;
            }
            operation.Status = last;
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _source.Dispose();
    }

    private static long FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A file system that cannot say.
            return -1;
        }
    }

    private bool IsWatched => _operations.Enabled || _source.HasListeners();

    /// <summary>One operation on its way. One that ends without a status was broken off or failed.</summary>
    private sealed class Operation(ServerMetrics metrics, string name, OperationContext context) : IDisposable
    {
        private readonly Activity? _activity = metrics._source.StartActivity(name, ActivityKind.Server);
        private readonly long _began = metrics._time.GetTimestamp();

        public Status? Status { get; set; }

        public void Dispose()
        {
            string outcome = Status is { } status ? status.Category.ToString() : "BrokenOff";
            metrics._operations.Record(metrics._time.GetElapsedTime(_began).TotalSeconds,
                new KeyValuePair<string, object?>("operation", name), new KeyValuePair<string, object?>("outcome", outcome));
            if (_activity is null) return;
            _activity.SetTag("dicom.calling_aet", context.Association.CallingAETitle);
            _activity.SetTag("dicom.sop_class", context.SopClassUid.Value);
            if (Status is { } known) _activity.SetTag("dicom.status", known.Code.ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
            if (outcome is "Failure" or "BrokenOff") _activity.SetStatus(ActivityStatusCode.Error);
            _activity.Dispose();
        }
    }
}
