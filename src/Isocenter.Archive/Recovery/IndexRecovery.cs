
namespace Isocenter.Archive;

/// <summary>Completes the index from the files after a crash or a power cut: only files that arrived after the watermark
/// can lack their rows, so a start is fast however much is stored.</summary>
internal static class IndexRecovery
{
    private const int BatchLength = 256;

    /// <returns>What was done, and the highest id that was ever seen.</returns>
    public static (RecoveryReport Report, long LastId) Run(ObjectStore store, IndexConnection index, DeletionJournal journal, CorrectionBook book, ExtraAttributes extra, TimeProvider time, CancellationToken cancel)
    {
        long watermark = IndexCommitter.ReadWatermark(index);
        long last = Math.Max(watermark, index.Number("SELECT MAX(key) FROM instances"));
        var known = new HashSet<long>();
        using (var keys = index.Read($"SELECT key FROM instances i WHERE key >= @0 AND {DeletionWriter.IsNotPurged}", watermark))
        {
            while (keys.Read()) known.Add(keys.GetInt64(0));
        }
        int seen = 0, indexed = 0, removed = 0, quarantined = 0;
        var batch = new List<NewObject>();
        var deleted = journal.Deleted();
        var writer = new IndexWriter(index, time);
        foreach (var id in store.From(watermark))
        {
            cancel.ThrowIfCancellationRequested();
            seen++;
            last = Math.Max(last, id.High);
            if (known.Remove(id.High)) continue;
            if (!StoredFile.TryReadSeal(store, id, out var seal))
            {
                store.Delete(id);
                removed++;
            }
            else if (!StoredFile.Matches(store, id, seal, cancel) || !StoredFile.TryDescribe(store, id, seal, book, extra, out var found, out _))
            {
                store.Quarantine(id);
                quarantined++;
            }
            else
            {
                batch.Add(found);
                if (batch.Count == BatchLength) indexed += Write(store, index, writer, batch, deleted);
            }
        }
        indexed += Write(store, index, writer, batch, deleted);
        return (new RecoveryReport(seen, indexed, removed, quarantined, known.Count), last);
    }

    /// <summary>Here a conflict is always kept, as a version: which of the two was acknowledged is not known any more.</summary>
    private static int Write(ObjectStore store, IndexConnection index, IndexWriter writer, List<NewObject> batch, Dictionary<long, long> deleted)
    {
        int written = 0;
        var copies = new List<ObjectId>();
        index.Begin();
        foreach (var found in batch)
        {
            if (writer.Add(found, keep: true, deletion: deleted.GetValueOrDefault(found.Id.High)) == IngestStatus.AlreadyStored) copies.Add(found.Id);
            else written++;
        }
        index.Commit();
        foreach (var copy in copies) store.Delete(copy);
        batch.Clear();
        return written;
    }
}
