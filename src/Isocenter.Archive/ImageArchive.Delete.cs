namespace Isocenter.Archive;

/// <content>Deletion.</content>
public sealed partial class ImageArchive
{
    private readonly DeletionJournal _deletions;

    /// <summary>Deletes what the selection names, superseded versions with it: it is not found any more. Files stay, and
    /// <see cref="RestoreAsync"/> undoes it. The same objects may be stored anew.</summary>
    /// <param name="selection">What.</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <param name="cancel">Ends the search; what is found is deleted whole.</param>
    /// <returns>The record; null: nothing is selected. What is returned survives a power cut.</returns>
    /// <exception cref="ArchiveException">Some of it is under legal hold; nothing is deleted.</exception>
    /// <exception cref="IOException">The record cannot be written; nothing is deleted.</exception>
    public async ValueTask<DeletionRecord?> DeleteAsync(Selection selection, string who, string reason = "", CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(who);
        ArgumentNullException.ThrowIfNull(reason);
        var found = await FindInstancesAsync(selection, cancel).ConfigureAwait(false);
        if (found.Count == 0) return null;
        var record = await DeleteAsync(found, who, reason, rejection: null).ConfigureAwait(false);
        await UndoRejectionsAsync(found, who, cancel).ConfigureAwait(false);
        return record;
    }

    /// <param name="found">What.</param>
    /// <param name="who">Who asks for it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="rejection">SOP Instance UID of the key object that rejects it; null: it is not rejected.</param>
    /// <param name="held">What becomes of it when some of it is under legal hold.</param>
    private async ValueTask<DeletionRecord?> DeleteAsync(IReadOnlyList<StoredInstance> found, string who, string reason, string? rejection, WhenHeld held = WhenHeld.Refuse)
    {
        DeletionRecord? record = null;
        await Committer.RunAsync(index =>
        {
            var objects = new List<ObjectId>();
            foreach (var instance in found)
            {
                using var versions = index.Read("SELECT key, name_rest FROM instances WHERE sop_uid = @0 AND deletion = 0", instance.SopInstanceUid.Value);
                while (versions.Read()) objects.Add(new ObjectId(versions.GetInt64(0), unchecked((ulong)versions.GetInt64(1))));
            }
            if (held != WhenHeld.DeleteAllTheSame && HoldRows.Among(index, objects.Select(id => id.High)) is { Count: > 0 } kept)
            {
                if (held == WhenHeld.Refuse) throw OnHold(kept.Values.First(), "nothing was deleted");
                objects.RemoveAll(id => kept.ContainsKey(id.High));
            }
            // Somebody else was faster.
            if (objects.Count == 0) return;
            long key = index.Number("SELECT COALESCE(MAX(key), 0) + 1 FROM deletions");
            var at = Options.TimeProvider.GetUtcNow();
            long end = _deletions.Append(DeletionAct.Delete, key, at, who, reason, objects, rejection);
            index.Begin();
            DeletionWriter.Delete(index, new DeletionJournal.Line(DeletionAct.Delete, key, at, who, reason, objects, end, rejection), at);
            DeletionWriter.NoteApplied(index, end);
            index.Commit();
            record = new DeletionRecord(key, at, who, reason, objects.Count, null, rejection);
        }).ConfigureAwait(false);
        return record;
    }

    /// <summary>Undoes a deletion. What was stored anew meanwhile stays current.</summary>
    /// <param name="key">Its number.</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <returns>How many instances are found again; null: there is no such deletion, or it is undone already, or its files are purged.</returns>
    /// <exception cref="IOException">The record cannot be written; nothing is restored.</exception>
    public async ValueTask<int?> RestoreAsync(long key, string who)
    {
        ArgumentNullException.ThrowIfNull(who);
        int? restored = null;
        var keyObjects = await KeyObjectsOfAsync(key).ConfigureAwait(false);
        await Committer.RunAsync(index =>
        {
            if (index.Scalar("SELECT 1 FROM deletions WHERE key = @0 AND restored_at IS NULL AND purged_at IS NULL", key) is null) return;
            var at = Options.TimeProvider.GetUtcNow();
            long end = _deletions.Append(DeletionAct.Restore, key, at, who, "", []);
            index.Begin();
            restored = DeletionWriter.Restore(index, key, at, at);
            DeletionWriter.NoteApplied(index, end);
            index.Commit();
        }).ConfigureAwait(false);
        // A key object that is back rejects again.
        if (restored is not null && keyObjects.Count > 0)
        {
            foreach (var keyObject in await FindInstancesAsync(new Selection { SopInstanceUids = keyObjects }).ConfigureAwait(false))
                await RejectAsync(keyObject, who, CancellationToken.None).ConfigureAwait(false);
        }
        return restored;
    }

    /// <summary>All deletions, the newest first.</summary>
    public ValueTask<IReadOnlyList<DeletionRecord>> GetDeletionsAsync(CancellationToken cancel = default) => _readers.RunAsync<IReadOnlyList<DeletionRecord>>(index =>
    {
        var records = new List<DeletionRecord>();
        using var rows = index.Read("SELECT key, at, who, reason, instances, restored_at, rejection, purged_at FROM deletions ORDER BY key DESC");
        while (rows.Read())
        {
            records.Add(new DeletionRecord(rows.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(1)), rows.GetString(2), rows.GetString(3),
                rows.GetInt32(4), rows.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(5)), rows.IsDBNull(6) ? null : rows.GetString(6),
                rows.IsDBNull(7) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(7))));
        }
        return records;
    }, cancel);
}
