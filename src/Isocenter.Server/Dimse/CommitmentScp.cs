using System.Collections.Concurrent;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Dimse;

/// <summary>Storage Commitment as SCP (PS3.4 Annex J): an instance is committed when it is in the archive, of the class that
/// was named, and its file reads back as it was stored.</summary>
/// <remarks>A request is kept, as a file in <c>workflow/commitment</c>, until its result has been reported: a node that is down, or a
/// restart of ours, delays the report and does not lose it.</remarks>
internal sealed class CommitmentScp
{
    /// <summary>Between two rounds for nodes that could not be reached.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <summary>After this nobody waits for it any more.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    private readonly ImageArchive _archive;
    private readonly ServerSettings _settings;
    private readonly EventSender _events;
    private readonly ILogger _logger;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly FolderInstanceStore _unreported;

    /// <summary>When those became undelivered that are to be tried again.</summary>
    private readonly ConcurrentDictionary<Uid, DateTimeOffset> _waiting = new();

    public CommitmentScp(ImageArchive archive, ServerSettings settings, EventSender events, ILogger logger, CancellationToken stopping)
    {
        _archive = archive;
        _settings = settings;
        _events = events;
        _logger = logger;
        _unreported = new FolderInstanceStore(Path.Combine(settings.DataFolder, "workflow", "commitment"), StorageCommitment.SopClass);
        foreach (var (transaction, _) in _unreported.All) _waiting[transaction] = _time.GetUtcNow();
        _ = TryAgainAsync(stopping);
    }

    public ServiceHandlers Handlers => StorageCommitment.Provider(CheckAsync, async (receiver, result) =>
    {
        bool delivered = await DeliverAsync(receiver, result);
        if (!delivered) _waiting.TryAdd(result.TransactionUid, _time.GetUtcNow());
        return delivered;
    }, _settings.AETitle, _unreported);

    private async ValueTask<Status> CheckAsync(InstanceReference instance, CancellationToken cancel)
    {
        var found = await _archive.FindInstancesAsync(new Selection { SopInstanceUids = [instance.SopInstanceUid] }, cancel);
        if (found.Count == 0) return Status.NoSuchSopInstance;
        if (found[0].SopClassUid != instance.SopClassUid) return Status.ClassInstanceConflict;
        return await _archive.VerifyAsync(found[0], cancel) == VerifyResult.Intact ? Status.Success : Status.ProcessingFailure;
    }

    private Task<bool> DeliverAsync(string receiver, CommitmentResult result) =>
        _events.SendAsync(receiver, StorageCommitment.SopClass, to => StorageCommitment.ReportAsync(to, result, _settings.AETitle));

    /// <summary>What a run before this one has left, at once; then, now and again, what could not be delivered.</summary>
    private async Task TryAgainAsync(CancellationToken stopping)
    {
        await Task.Yield();
        using var rounds = new PeriodicTimer(Pause);
        try
        {
            do
            {
                await Task.WhenAll(_waiting.Select(pair => TryAgainAsync(pair.Key, pair.Value, stopping)));
            }
            while (await rounds.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // The next run goes on with it.
        }
    }

    private async Task TryAgainAsync(Uid transaction, DateTimeOffset since, CancellationToken stopping)
    {
        if (stopping.IsCancellationRequested) return;
        try
        {
            var request = _unreported.Find(transaction);
            // Not known (yet): no use in trying, and none in a line in the log each time.
            bool isDone = request is null || _events.Knows(request.Get(Tags.ReceivingAE, "").Trim()) && await StorageCommitment.ResumeAsync(request, CheckAsync, DeliverAsync);
            if (!isDone && _time.GetUtcNow() - since > LongestWait)
            {
                Log.CommitmentForgotten(_logger, transaction.Value, (int)LongestWait.TotalDays);
                isDone = true;
            }
            if (!isDone) return;
            _unreported.Remove(transaction);
            _waiting.TryRemove(transaction, out _);
        }
        catch (IOException e)
        {
            Log.Failed(_logger, e, $"reporting the storage commitment {transaction}");
        }
    }
}
