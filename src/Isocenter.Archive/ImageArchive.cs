using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <summary>An archive of SOP Instances: objects as files, an index of them in SQLite. Safe from many threads.</summary>
/// <remarks>One archive has one data folder, and one process works in it at a time. Layout and durability:
/// docs/decisions/0004-blob-layout.md.</remarks>
public sealed partial class ImageArchive : IAsyncDisposable
{
    private const string IndexName = "index.db";
    private static readonly TimeSpan SettleInterval = TimeSpan.FromSeconds(1);
    private readonly FileStream _lock;
    private readonly IndexReaders _readers;
    private readonly IndexReaders _ingestReaders;
    private readonly SemaphoreSlim _syncs;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _settling;
    private readonly Task _scrubbing;

    private ImageArchive(ArchiveOptions options, FileStream folderLock, ObjectStore store, IndexConnection index, CorrectionBook corrections, ExtraAttributes extra, RecoveryReport recovery, long lastId)
    {
        Options = options;
        Store = store;
        Checks = new ReadCheck(store, options.TimeProvider);
        Recovery = recovery;
        Ids = new ObjectIdSource(options.TimeProvider, lastId);
        _corrections = corrections;
        _extra = extra;
        Committer = new IndexCommitter(index, Ids, options)
        {
            Refresh = added => ReferenceEquals(added.Book, _corrections) ? added
                : StoredFile.Describe(Store, added.Id, _corrections, added.Entry.Extra) ?? throw new ArchiveException(ArchiveProblem.ObjectMissing, $"the file {added.Id} is gone"),
        };
        _lock = folderLock;
        _deletions = new DeletionJournal(options.DataFolder);
        _correctionJournal = new CorrectionJournal(options.DataFolder);
        _conflicts = new ConflictJournal(options.DataFolder);
        _holds = new HoldJournal(options.DataFolder);
        _linkJournal = new LinkJournal(options.DataFolder);
        _links = _linkJournal.Read();
        NonPatientInstances = new NonPatientStore(options.DataFolder);
        _readers = new IndexReaders(Path.Combine(options.DataFolder, IndexName), options.MaxReaders);
        // Ingest has its own, so that no number of slow queries can hold it up.
        _ingestReaders = new IndexReaders(Path.Combine(options.DataFolder, IndexName), 2);
        store.Arrivals = new ArrivalLog(store, options);
        _syncs = new SemaphoreSlim(options.MaxParallelSyncs, options.MaxParallelSyncs);
        ReadClock();
        _settling = Task.Run(SettleNowAndThenAsync);
        _scrubbing = Task.Run(ScrubAsync);
        _filling = Task.Run(FillExtraAsync);
    }

    /// <summary>What was found and mended when the archive was opened.</summary>
    public RecoveryReport Recovery { get; }

    /// <summary>Instances that belong to no patient.</summary>
    public NonPatientStore NonPatientInstances { get; }

    /// <summary>The folder of the archive.</summary>
    public string DataFolder => Options.DataFolder;

    internal ArchiveOptions Options { get; }

    internal ArchiveMetrics Metrics { get; } = new();

    /// <summary>What the archive measures: objects that came, commits, searches, the scrub. Its instruments are for a
    /// <c>MeterListener</c> or OpenTelemetry; nobody's name is in them.</summary>
    public System.Diagnostics.Metrics.Meter Meter => Metrics.Meter;

    internal ObjectStore Store { get; }

    internal ReadCheck Checks { get; }

    internal ObjectIdSource Ids { get; }

    internal IndexCommitter Committer { get; }

    /// <summary>Opens the archive in a folder, or makes a new one there. Completes the index from the files, as far as a
    /// crash or a power cut left it incomplete.</summary>
    /// <exception cref="ArchiveException">The folder is in use, or the index is damaged or from a newer program.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public static async Task<ImageArchive> OpenAsync(ArchiveOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options with { DataFolder = Path.GetFullPath(options.DataFolder) };
        return await Task.Run(() => Open(options, cancel), cancel).ConfigureAwait(false);
    }

    /// <summary>Waits for what is being written, then closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _settling.ConfigureAwait(false);
        await _scrubbing.ConfigureAwait(false);
        await _filling.ConfigureAwait(false);
        await Committer.DisposeAsync().ConfigureAwait(false);
        Store.Arrivals!.Dispose();
        _readers.Dispose();
        _ingestReaders.Dispose();
        _syncs.Dispose();
        _correcting.Dispose();
        _stop.Dispose();
        Metrics.Dispose();
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Can objects be stored: are the folder and the index writable, is there space?</summary>
    /// <returns>Null when all is well, else what is wrong, as one sentence.</returns>
    public async ValueTask<string?> CheckWritableAsync(CancellationToken cancel = default)
    {
        if (FreeBytesProblem() is { } problem) return problem;
        // Damage does not heal: who met it once may rely on nothing in there.
        if (_readers.Damage is { } damage) return damage.Message;
        if (Store.Arrivals!.Problem is { } unsynced) return unsynced;
        var id = Ids.Next();
        try
        {
            using (var file = Store.Create(id)) RandomAccess.Write(file, "x"u8, 0);
            Store.Delete(id);
            await Committer.RunAsync(index =>
            {
                index.Begin();
                index.Run("INSERT OR REPLACE INTO settings(name, value) VALUES('probe', 0)");
                index.Rollback();
            }).WaitAsync(TimeSpan.FromSeconds(5), Options.TimeProvider, cancel).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the data folder is not writable: {e.Message}";
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26)
        {
            return IndexConnection.Damaged(e).Message;
        }
        catch (Exception e) when (e is SqliteException or TimeoutException)
        {
            return $"the index is not writable: {e.Message}";
        }
        finally
        {
            Ids.Close(id);
        }
    }

    /// <summary>How much is stored; current versions.</summary>
    public ValueTask<ArchiveStatistics> GetStatisticsAsync(CancellationToken cancel = default) => _readers.RunAsync(index =>
    {
        using var row = index.Read("""
            SELECT (SELECT COUNT(*) FROM patients WHERE identity = 0 OR identity = key), COUNT(*), COALESCE(SUM(series_count), 0), COALESCE(SUM(instance_count), 0),
                COALESCE(SUM(byte_count), 0) FROM studies WHERE series_count > 0
            """);
        row.Read();
        return new ArchiveStatistics(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
    }, cancel);

    /// <summary>What kinds of objects there are, and when their studies were made.</summary>
    public ValueTask<ArchiveUsage> GetUsageAsync(CancellationToken cancel = default) => _readers.RunAsync(index => new ArchiveUsage(
        Counts(index, "SELECT modality, SUM(instance_count) FROM series WHERE instance_count > 0 GROUP BY modality ORDER BY 2 DESC, 1 LIMIT 40"),
        Counts(index, "SELECT substr(study_date, 1, 6), COUNT(*) FROM studies WHERE series_count > 0 GROUP BY 1 ORDER BY 1 DESC LIMIT 36")), cancel);

    private static List<(string Name, long Count)> Counts(IndexConnection index, string sql)
    {
        var counts = new List<(string, long)>();
        using var rows = index.Read(sql);
        while (rows.Read()) counts.Add((rows.GetString(0), rows.GetInt64(1)));
        return counts;
    }

    private static ImageArchive Open(ArchiveOptions options, CancellationToken cancel)
    {
        SQLitePCL.Batteries_V2.Init();
        var folderLock = LockFolder(options.DataFolder);
        IndexConnection? index = null;
        try
        {
            var store = new ObjectStore(options.DataFolder);
            int restored = ArrivalLog.Replay(store, options.DataFolder, cancel);
            index = IndexConnection.Open(Path.Combine(options.DataFolder, IndexName), write: true, options.IndexLockTimeout);
            var journal = new DeletionJournal(options.DataFolder);
            // First: an object that was stored anew must not be taken for a copy of a deleted one.
            DeletionWriter.CatchUp(index, journal, options.TimeProvider);
            PatientSplit.Run(store, index, cancel);
            var extra = ExtraRows.Prepare(index, options.ExtraAttributes);
            var correctionJournal = new CorrectionJournal(options.DataFolder);
            var corrections = correctionJournal.Read(0, out _, out _);
            var (report, lastId) = IndexRecovery.Run(store, index, journal, corrections, extra, options.TimeProvider, cancel);
            CorrectionWriter.CatchUp(index, store, correctionJournal, extra, options.TimeProvider);
            new ConflictJournal(options.DataFolder).CatchUp(index);
            HoldRows.CatchUp(index, new HoldJournal(options.DataFolder));
            index.Begin();
            LinkRows.Write(index, new LinkJournal(options.DataFolder).Read());
            index.Commit();
            return new ImageArchive(options, folderLock, store, index, corrections, extra, report with { Restored = restored }, lastId);
        }
        catch (Exception e)
        {
            index?.Dispose();
            folderLock.Dispose();
            if (e is SqliteException { SqliteErrorCode: 11 or 26 } damaged) throw IndexConnection.Damaged(damaged);
            if (e is SqliteException { SqliteErrorCode: 5 or 6 }) throw new ArchiveException(ArchiveProblem.FolderInUse, $"another process has the index in {options.DataFolder} locked", e);
            throw;
        }
    }

    internal static FileStream LockFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, "isocenter.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new ArchiveException(ArchiveProblem.FolderInUse, $"another process works in {folder}, or it cannot be locked: {e.Message}", e);
        }
    }
}

/// <summary>How much an archive holds.</summary>
/// <param name="Patients">Patients.</param>
/// <param name="Studies">Studies.</param>
/// <param name="Series">Series.</param>
/// <param name="Instances">SOP Instances.</param>
/// <param name="Bytes">Bytes of their files.</param>
public sealed record ArchiveStatistics(long Patients, long Studies, long Series, long Instances, long Bytes);

/// <summary>What kinds of objects are stored, and when their studies were made.</summary>
/// <param name="Modalities">Instances by modality, the most first; at most 40.</param>
/// <param name="Months">Studies by month as yyyyMM, empty where there is no date, the latest first; at most 36.</param>
public sealed record ArchiveUsage(IReadOnlyList<(string Name, long Count)> Modalities, IReadOnlyList<(string Name, long Count)> Months);
