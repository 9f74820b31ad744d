using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <content>Rebuilding the index.</content>
public sealed partial class ImageArchive
{
    private const string NewIndexName = "index.new.db";
    private const string OldIndexName = "index.old.db";
    private const int ReindexBatch = 256;

    /// <summary>Makes a new index from the files alone, beside the old one, and puts it in its place when it is whole.
    /// The archive must not be open. Files are taken in the order in which they arrived, so the same versions are
    /// current as before.</summary>
    /// <param name="options">As for <see cref="OpenAsync"/>.</param>
    /// <param name="progress">Told after every few hundred files.</param>
    /// <param name="cancel">Leaves the old index as it was.</param>
    /// <exception cref="ArchiveException">The folder is in use.</exception>
    public static Task<ReindexProgress> ReindexAsync(ArchiveOptions options, IProgress<ReindexProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        string folder = Path.GetFullPath(options.DataFolder);
        return Task.Run(() => Reindex(folder, options, progress, cancel), cancel);
    }

    private static ReindexProgress Reindex(string folder, ArchiveOptions options, IProgress<ReindexProgress>? progress, CancellationToken cancel)
    {
        var time = options.TimeProvider;
        SQLitePCL.Batteries_V2.Init();
        using var folderLock = LockFolder(folder);
        var store = new ObjectStore(folder);
        ArrivalLog.Replay(store, folder, cancel);
        string path = Path.Combine(folder, NewIndexName);
        DeleteDatabase(path);
        ReindexProgress result;
        using (var index = IndexConnection.Open(path, write: true))
        {
            var journal = new DeletionJournal(folder);
            DeletionWriter.CatchUp(index, journal, time);
            var book = new CorrectionJournal(folder).Read(0, out _, out long corrected);
            TakeBackFromQuarantine(store, book, options.UnknownClassPolicy, cancel);
            result = Fill(store, index, journal.Deleted(), book, time, progress, cancel);
            CorrectionWriter.NoteApplied(index, corrected);
            using var checkpoint = index.Read("PRAGMA wal_checkpoint(TRUNCATE)");
            checkpoint.Read();
        }
        Swap(folder);
        return result;
    }

    /// <summary>What could not be indexed once, perhaps by an older program, is tried again.</summary>
    private static void TakeBackFromQuarantine(ObjectStore store, CorrectionBook book, UnknownClassPolicy unknown, CancellationToken cancel)
    {
        foreach (var id in store.Quarantined())
        {
            if (!store.TryTakeBack(id)) continue;
            bool isGood = StoredFile.TryReadSeal(store, id, out var seal) && StoredFile.Matches(store, id, seal, cancel) && StoredFile.TryDescribe(store, id, seal, book, ExtraAttributes.None, out var described, out _)
                && (unknown == UnknownClassPolicy.Accept || ObjectHeader.IsKnownClass(described.Entry.SopClassUid));
            if (!isGood) store.Quarantine(id);
        }
    }

    private static ReindexProgress Fill(ObjectStore store, IndexConnection index, Dictionary<long, long> deleted, CorrectionBook book, TimeProvider time, IProgress<ReindexProgress>? progress, CancellationToken cancel)
    {
        long seen = 0, indexed = 0, unfinished = 0, failed = 0, last = 0;
        string? problem = null;
        var writer = new IndexWriter(index, time);
        var batch = new List<NewObject>(ReindexBatch);
        foreach (var id in store.From(0))
        {
            cancel.ThrowIfCancellationRequested();
            seen++;
            last = id.High;
            if (!StoredFile.TryReadSeal(store, id, out var seal)) unfinished++;
            else if (!StoredFile.TryDescribe(store, id, seal, book, ExtraAttributes.None, out var found, out string? why)) (failed, problem) = (failed + 1, $"{id}: {why}");
            else batch.Add(found);
            if (batch.Count < ReindexBatch) continue;
            indexed += Write(index, writer, batch, deleted, ref failed, ref problem);
            progress?.Report(new ReindexProgress(seen, indexed, unfinished, failed, problem));
        }
        indexed += Write(index, writer, batch, deleted, ref failed, ref problem);
        IndexCommitter.WriteWatermark(index, last + 1);
        var result = new ReindexProgress(seen, indexed, unfinished, failed, problem);
        progress?.Report(result);
        return result;
    }

    /// <summary>What is here was accepted once, or its acceptance is not known: different content is a version, a copy is
    /// passed over.</summary>
    private static int Write(IndexConnection index, IndexWriter writer, List<NewObject> batch, Dictionary<long, long> deleted, ref long failed, ref string? problem)
    {
        int written = 0;
        index.Begin();
        foreach (var found in batch)
        {
            try
            {
                if (writer.Add(found, keep: true, deletion: deleted.GetValueOrDefault(found.Id.High)) != IngestStatus.AlreadyStored) written++;
            }
            catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_CONSTRAINT)
            {
                // Two files with one half of a name: brought here from another archive.
                failed++;
                problem = $"{found.Id}: {e.Message}";
                writer.Forget();
            }
        }
        index.Commit();
        batch.Clear();
        return written;
    }

    /// <summary>Puts the new index in place of the old. A crash in the middle leaves no database, or no log to one: the
    /// next start then completes an empty index from the files (SQLite removes a log whose database is empty).</summary>
    private static void Swap(string folder)
    {
        string old = Path.Combine(folder, IndexName), fresh = Path.Combine(folder, NewIndexName), aside = Path.Combine(folder, OldIndexName);
        DeleteDatabase(aside);
        if (File.Exists(old)) File.Move(old, aside);
        File.Delete(old + "-wal");
        File.Delete(old + "-shm");
        DiskSync.FlushDirectory(folder);
        File.Move(fresh, old);
        DiskSync.FlushDirectory(folder);
        DeleteDatabase(aside);
    }

    private static void DeleteDatabase(string path)
    {
        foreach (string end in (ReadOnlySpan<string>)["", "-wal", "-shm"]) File.Delete(path + end);
    }
}
