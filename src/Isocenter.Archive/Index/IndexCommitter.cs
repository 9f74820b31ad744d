using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <summary>The one place where the index is written. Whatever waits, from all associations and uploads, goes into one
/// transaction (group commit); everybody gets an answer when it is committed.</summary>
/// <remarks>There is no thread for it: who comes while nobody writes does the writing, for himself and for all who came
/// meanwhile. So a single sender pays for no change of threads, and many share their transactions.</remarks>
internal sealed class IndexCommitter : IAsyncDisposable
{
    private const int MaxWaiting = 1024;
    private const int MaxBatch = 256;

    /// <summary>Rows after which the write-ahead log is brought into the database, so that it stays small.</summary>
    private const int CheckpointRows = 1000;

    private readonly IndexConnection _index;
    private readonly IndexWriter _writer;
    private readonly ObjectIdSource _ids;
    private readonly bool _keepVersions;
    private readonly bool _refuseConflicts;
    private readonly Lock _writing = new();
    private readonly ConcurrentQueue<Work> _queue = new();
    private readonly SemaphoreSlim _places = new(MaxWaiting, MaxWaiting);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _timer;
    private int _rowsSinceCheckpoint;
    private long _changes;
    private bool _isClosed;

    /// <summary>A new object, or anything else to be done on the writing connection.</summary>
    private sealed record Work(NewObject? Object, Action<IndexConnection>? Action)
    {
        public TaskCompletionSource<IngestStatus> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <param name="index">The writing connection; belongs to this from now on.</param>
    /// <param name="ids">Knows from where on files may be without a row.</param>
    /// <param name="options">Policy, clock and interval.</param>
    public IndexCommitter(IndexConnection index, ObjectIdSource ids, ArchiveOptions options)
    {
        _index = index;
        _writer = new IndexWriter(index, options.TimeProvider);
        _ids = ids;
        _refuseConflicts = options.ConflictPolicy == ConflictPolicy.Refuse;
        _keepVersions = options.DuplicatePolicy == DuplicatePolicy.Keep;
        _timer = Task.Run(() => CheckpointNowAndThenAsync(options.CheckpointInterval, options.TimeProvider));
    }

    /// <summary>Brings the entry of an object up to date that was made before corrections changed.</summary>
    public required Func<NewObject, NewObject> Refresh { get; init; }

    /// <summary>Another number whenever the index has changed.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Writes the rows of an object that is on disk. Completes when they are committed.</summary>
    /// <exception cref="SqliteException">The index could not be written.</exception>
    public Task<IngestStatus> AddAsync(NewObject added) => WriteAsync(new Work(added, null));

    /// <summary>Runs something on the writing connection, between transactions.</summary>
    public Task RunAsync(Action<IndexConnection> action) => WriteAsync(new Work(null, action));

    /// <summary>Commits what waits, brings everything to disk, closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_writing)
        {
            if (_isClosed) return;
        }
        await _stop.CancelAsync().ConfigureAwait(false);
        await _timer.ConfigureAwait(false);
        lock (_writing)
        {
            while (TakeBatch()) { }
            try
            {
                Checkpoint("TRUNCATE");
            }
            catch (SqliteException)
            {
                // The next start completes the index from the files.
            }
            _index.Dispose();
            _isClosed = true;
        }
    }

    /// <summary>Files from this name on may lack their row.</summary>
    public static long ReadWatermark(IndexConnection index) =>
        Convert.ToInt64(index.Scalar("SELECT value FROM settings WHERE name = 'watermark'") ?? 0L, CultureInfo.InvariantCulture);

    public static void WriteWatermark(IndexConnection index, long watermark) =>
        index.Run("INSERT OR REPLACE INTO settings(name, value) VALUES('watermark', @0)", watermark);

    private async Task<IngestStatus> WriteAsync(Work work)
    {
        await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            _queue.Enqueue(work);
            Drain(work);
            return await work.Done.Task.ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Writes what waits, unless somebody is at it: he will look again after he has left.</summary>
    private void Drain(Work? own)
    {
        while (!_queue.IsEmpty && _writing.TryEnter())
        {
            bool isOwnDone = false;
            try
            {
                while (!isOwnDone && TakeBatch()) isOwnDone = own is not null && own.Done.Task.IsCompleted;
            }
            finally
            {
                _writing.Exit();
            }
            // Our own is done; the others are not for us to hold up our sender with.
            if (!isOwnDone || _queue.IsEmpty) continue;
            ThreadPool.UnsafeQueueUserWorkItem(static committer => committer.Drain(null), this, preferLocal: false);
            return;
        }
    }

    /// <returns>False when nothing waits.</returns>
    private bool TakeBatch()
    {
        var batch = new List<Work>();
        while (batch.Count < MaxBatch && _queue.TryDequeue(out var work))
        {
            if (_isClosed) work.Done.TrySetException(new ObjectDisposedException(nameof(ImageArchive)));
            else if (work.Object is not null) batch.Add(work);
            else RunAction(work);
        }
        if (batch.Count == 0) return !_queue.IsEmpty;
        Commit(batch);
        if (_rowsSinceCheckpoint >= CheckpointRows) TryCheckpoint();
        return true;
    }

    private void Commit(List<Work> batch)
    {
        var outcomes = new IngestStatus[batch.Count];
        try
        {
            _index.Begin();
            for (int i = 0; i < batch.Count; i++) outcomes[i] = _writer.Add(Refresh(batch[i].Object!), _keepVersions, _refuseConflicts);
            _index.Commit();
        }
#pragma warning disable CA1031 // Whatever went wrong with one object goes to its sender; the others must not fall with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _index.Rollback();
            _writer.Forget();
            if (batch.Count == 1)
            {
                batch[0].Done.TrySetException(e);
                return;
            }
            foreach (var work in batch) Commit([work]);
            return;
        }
        _rowsSinceCheckpoint += batch.Count;
        Interlocked.Increment(ref _changes);
        for (int i = 0; i < batch.Count; i++) batch[i].Done.TrySetResult(outcomes[i]);
    }

    private void RunAction(Work work)
    {
        try
        {
            work.Action!(_index);
            // It may have changed what the writer remembers.
            _writer.Forget();
            Interlocked.Increment(ref _changes);
            work.Done.TrySetResult(default);
        }
#pragma warning disable CA1031 // Goes to whoever asked for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _index.Rollback();
            work.Done.TrySetException(e is SqliteException full && IndexConnection.IsFull(full) ? new IOException($"the index cannot be written: {full.Message}", full) : e);
        }
    }

    private void TryCheckpoint()
    {
        try
        {
            Checkpoint("PASSIVE");
        }
        catch (SqliteException)
        {
            // Not now. Nothing is lost: the watermark stays where it is.
            _rowsSinceCheckpoint = 0;
        }
    }

    /// <summary>Brings the rows to disk and notes from where on the next start has to look at the files.</summary>
    private void Checkpoint(string mode)
    {
        long watermark = _ids.Watermark();
        _rowsSinceCheckpoint = 0;
        using (var row = _index.Read($"PRAGMA wal_checkpoint({mode})"))
        {
            // busy | frames in the log | frames brought over
            if (!row.Read() || row.GetInt64(0) != 0 || row.GetInt64(1) != row.GetInt64(2)) return;
        }
        WriteWatermark(_index, watermark);
    }

    private async Task CheckpointNowAndThenAsync(TimeSpan interval, TimeProvider time)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                if (Volatile.Read(ref _rowsSinceCheckpoint) > 0) await RunAsync(_ => TryCheckpoint()).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
