using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Server.Dimse;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Portal;

/// <summary>Sends studies to other nodes for the page: two at a time, the others wait. A lost association is tried again with
/// growing pauses; what failed can be sent once more. Jobs outlive the server: what was on its way goes on with the next start.</summary>
internal sealed class SendJobs(ImageArchive archive, ServerSettings settings, KnownNodes nodes, ILogger logger, TimeProvider clock) : IAsyncDisposable
{
    private const int Kept = 200, AtOnce = 2, Attempts = 4;

    private readonly Lock _lock = new();
    private readonly List<Job> _jobs = [];
    private readonly SemaphoreSlim _turns = new(AtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly JobFile _file = new(settings.DataFolder, logger);
    private long _last;

    private sealed class Job(long number, DateTimeOffset at, Uid study, string node)
    {
        public long Number { get; } = number;

        public DateTimeOffset At { get; } = at;

        public Uid Study { get; } = study;

        /// <summary>Its AE title.</summary>
        public string Node { get; } = node;

        public string State { get; set; } = "waiting";

        public string? Problem { get; set; }

        public int Total { get; set; }

        public int Stored { get; set; }

        public List<StoredInstance> Failed { get; } = [];

        /// <summary>What this run has still to send, by SOP Instance UID.</summary>
        public Dictionary<string, StoredInstance> Left { get; set; } = [];

        public Task Running { get; set; } = Task.CompletedTask;
    }

    /// <summary>Takes up the jobs of the last run.</summary>
    public async Task ResumeAsync(CancellationToken cancel)
    {
        foreach (var known in _file.Read())
        {
            var left = known.Left.ToHashSet();
            var instances = left.Count == 0 ? [] : (await archive.FindInstancesAsync(Selection.Of(known.Study), cancel)).Where(one => left.Contains(one.SopInstanceUid.Value)).ToList();
            var job = new Job(known.Number, known.At, known.Study, known.Node) { Total = known.Total, Stored = known.Stored, State = known.State, Problem = known.Problem };
            lock (_lock)
            {
                _jobs.Add(job);
                _last = Math.Max(_last, job.Number);
                if (job.State is "done" or "failed") job.Failed.AddRange(instances);
                else Begin(job, instances);
            }
        }
    }

    /// <summary>Begins to send what a study holds now.</summary>
    /// <returns>The number of the job; null: there is no such study.</returns>
    public async Task<long?> StartAsync(Uid study, Node node, CancellationToken cancel)
    {
        var found = await archive.FindInstancesAsync(Selection.Of(study), cancel);
        if (found.Count == 0) return null;
        long number;
        lock (_lock)
        {
            var job = new Job(++_last, clock.GetUtcNow(), study, node.AETitle) { Total = found.Count };
            _jobs.Insert(0, job);
            while (_jobs.Count > Kept && _jobs.FindLast(old => old.Running.IsCompleted) is { } old) _jobs.Remove(old);
            Begin(job, found);
            number = job.Number;
        }
        Save();
        return number;
    }

    /// <summary>Sends once more what failed.</summary>
    /// <returns>False: there is no such job, or nothing of it has failed.</returns>
    public bool Retry(long number)
    {
        lock (_lock)
        {
            if (_jobs.Find(job => job.Number == number) is not { } job || !job.Running.IsCompleted || job.Failed.Count == 0) return false;
            StoredInstance[] again = [.. job.Failed];
            job.Failed.Clear();
            Begin(job, again);
        }
        Save();
        return true;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("jobs");
        lock (_lock)
        {
            foreach (var job in _jobs)
            {
                json.WriteStartObject();
                json.WriteNumber("number", job.Number);
                json.WriteString("at", job.At);
                json.WriteString("study", job.Study.Value);
                json.WriteString("node", job.Node);
                json.WriteString("state", job.State);
                json.WriteNumber("total", job.Total);
                json.WriteNumber("stored", job.Stored);
                json.WriteNumber("failed", job.Failed.Count);
                json.WriteString("problem", job.Problem);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }

    private void Begin(Job job, IReadOnlyList<StoredInstance> instances)
    {
        (job.State, job.Problem) = ("waiting", null);
        job.Left = instances.ToDictionary(instance => instance.SopInstanceUid.Value);
        job.Running = Task.Run(() => RunAsync(job, instances, _stop.Token), CancellationToken.None);
    }

    private void Save() => _file.Write(() =>
    {
        lock (_lock)
        {
            return [.. _jobs.Select(job => new JobRecord(job.Number, job.At, job.Study, job.Node, job.State, job.Problem, job.Total, job.Stored,
                [.. job.Failed.Select(one => one.SopInstanceUid.Value).Concat(job.Left.Keys)]))];
        }
    });

    private async Task RunAsync(Job job, IReadOnlyList<StoredInstance> instances, CancellationToken cancel)
    {
        string? problem = null;
        bool isStopped = false;
        try
        {
            await _turns.WaitAsync(cancel);
            try
            {
                var node = nodes.Find(job.Node) ?? throw new InvalidOperationException($"{job.Node} is not known any more");
                lock (_lock) job.State = "running";
                await foreach (var outcome in StoreQueue.SendAsync(instances.Select(Item), OptionsFor(node), cancel))
                {
                    lock (_lock)
                    {
                        if (outcome.IsStored) job.Stored++;
                        else if (job.Left.TryGetValue(outcome.Item.SopInstanceUid.Value, out var instance)) job.Failed.Add(instance);
                        job.Left.Remove(outcome.Item.SopInstanceUid.Value);
                    }
                    if (!outcome.IsStored) problem ??= outcome.Failure?.Message ?? outcome.Status?.ToString();
                }
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            isStopped = true;
        }
#pragma warning disable CA1031 // Whatever ends a job is said in it; the server goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Failed(logger, e, $"sending to {job.Node}");
            problem = e.Message;
        }
        lock (_lock)
        {
            job.Failed.AddRange(job.Left.Values);
            job.Left = [];
            // What the server's end has broken off goes on with its next start.
            (job.State, job.Problem) = (isStopped ? "waiting" : job.Failed.Count == 0 ? "done" : "failed", problem);
        }
        Save();
    }

    private StoreItem Item(StoredInstance instance) => new(instance.SopClassUid, instance.SopInstanceUid, instance.TransferSyntax,
        async (syntax, cancel) => (await Outgoing.PrepareAsync(archive, instance, [syntax], cancel)).Request)
    {
        Alternatives = [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian],
        Length = instance.DataSetLength,
    };

    private StoreQueueOptions OptionsFor(Node node) => new()
    {
        Peer = new AssociationOptions { Host = node.Host, Port = node.Port, CallingAETitle = settings.AETitle, CalledAETitle = node.AETitle },
        MaxAttempts = Attempts,
        WaitForPeer = true,
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] running;
        lock (_lock) running = [.. _jobs.Select(job => job.Running)];
        await Task.WhenAll(running);
        _stop.Dispose();
        _turns.Dispose();
    }
}
