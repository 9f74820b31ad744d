using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Server.Dimse;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Portal;

/// <summary>Sends studies to other nodes for the page: two at a time, the others wait. A lost association is tried again with
/// growing pauses; what failed can be sent once more. Jobs live in memory, and end with the server.</summary>
internal sealed class SendJobs(ImageArchive archive, ServerSettings settings, ILogger logger, TimeProvider clock) : IAsyncDisposable
{
    private const int Kept = 200, AtOnce = 2, Attempts = 4;

    private readonly Lock _lock = new();
    private readonly List<Job> _jobs = [];
    private readonly SemaphoreSlim _turns = new(AtOnce);
    private readonly CancellationTokenSource _stop = new();
    private long _last;

    private sealed class Job(long number, DateTimeOffset at, Uid study, Node node)
    {
        public long Number { get; } = number;

        public DateTimeOffset At { get; } = at;

        public Uid Study { get; } = study;

        public Node Node { get; } = node;

        public string State { get; set; } = "waiting";

        public string? Problem { get; set; }

        public int Total { get; set; }

        public int Stored { get; set; }

        public List<StoredInstance> Failed { get; } = [];

        public Task Running { get; set; } = Task.CompletedTask;
    }

    /// <summary>Begins to send what a study holds now.</summary>
    /// <returns>The number of the job; null: there is no such study.</returns>
    public async Task<long?> StartAsync(Uid study, Node node, CancellationToken cancel)
    {
        var found = await archive.FindInstancesAsync(Selection.Of(study), cancel);
        if (found.Count == 0) return null;
        lock (_lock)
        {
            var job = new Job(++_last, clock.GetUtcNow(), study, node) { Total = found.Count };
            _jobs.Insert(0, job);
            while (_jobs.Count > Kept && _jobs.FindLast(old => old.Running.IsCompleted) is { } old) _jobs.Remove(old);
            Begin(job, found);
            return job.Number;
        }
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
            (job.State, job.Problem) = ("waiting", null);
            Begin(job, again);
            return true;
        }
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
                json.WriteString("node", job.Node.AETitle);
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

    private void Begin(Job job, IReadOnlyList<StoredInstance> instances) =>
        job.Running = Task.Run(() => RunAsync(job, instances, _stop.Token), CancellationToken.None);

    private async Task RunAsync(Job job, IReadOnlyList<StoredInstance> instances, CancellationToken cancel)
    {
        var left = instances.ToDictionary(instance => instance.SopInstanceUid.Value);
        string? problem = null;
        try
        {
            await _turns.WaitAsync(cancel);
            try
            {
                lock (_lock) job.State = "running";
                await foreach (var outcome in StoreQueue.SendAsync(instances.Select(Item), OptionsFor(job.Node), cancel))
                {
                    lock (_lock)
                    {
                        if (outcome.IsStored) job.Stored++;
                        else if (left.TryGetValue(outcome.Item.SopInstanceUid.Value, out var instance)) job.Failed.Add(instance);
                        left.Remove(outcome.Item.SopInstanceUid.Value);
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
            problem = "the server was stopped";
        }
#pragma warning disable CA1031 // Whatever ends a job is said in it; the server goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Failed(logger, e, $"sending to {job.Node.AETitle}");
            problem = e.Message;
        }
        lock (_lock)
        {
            job.Failed.AddRange(left.Values);
            (job.State, job.Problem) = (job.Failed.Count == 0 ? "done" : "failed", problem);
        }
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
