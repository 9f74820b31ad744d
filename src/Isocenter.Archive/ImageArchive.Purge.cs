namespace Isocenter.Archive;

/// <content>Purging: files of deletions are removed for good.</content>
public sealed partial class ImageArchive
{
    /// <summary>Removes the files of old deletions for good. What a key object rejected stays, and what is under legal hold.</summary>
    /// <param name="deletedBefore">Deletions since then are not touched.</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="dryRun">Only counts.</param>
    /// <param name="cancel">Ends it between two deletions.</param>
    /// <exception cref="IOException">The record cannot be written, or a file not be removed; the next purge goes on.</exception>
    public async ValueTask<PurgeOutcome> PurgeAsync(DateTimeOffset deletedBefore, string who, bool dryRun = false, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(who);
        var due = await _readers.RunAsync(index => Numbers(index, """
            SELECT key FROM deletions WHERE at < @0 AND restored_at IS NULL AND rejection IS NULL AND purged_at IS NULL ORDER BY key
            """, deletedBefore.ToUnixTimeMilliseconds()), cancel).ConfigureAwait(false);
        // Of an earlier one that was broken off.
        if (!dryRun) await FinishPurgeAsync(cancel).ConfigureAwait(false);
        var outcome = new PurgeOutcome(0, 0, 0, 0);
        foreach (long key in due)
        {
            cancel.ThrowIfCancellationRequested();
            if (dryRun)
            {
                outcome = await _readers.RunAsync(index => HoldRows.Among(index, ObjectsOf(index, key).Select(o => o.Id.High)).Count > 0
                    ? outcome with { Held = outcome.Held + 1 } : Counted(outcome, ObjectsOf(index, key)), cancel).ConfigureAwait(false);
                continue;
            }
            await Committer.RunAsync(index =>
            {
                var objects = ObjectsOf(index, key);
                // Restored meanwhile: it has none.
                if (objects.Count == 0 && index.Scalar("SELECT 1 FROM deletions WHERE key = @0 AND restored_at IS NULL", key) is null) return;
                if (HoldRows.Among(index, objects.Select(o => o.Id.High)).Count > 0)
                {
                    outcome = outcome with { Held = outcome.Held + 1 };
                    return;
                }
                var at = Options.TimeProvider.GetUtcNow();
                long end = _deletions.Append(DeletionAct.Purge, key, at, who, "", []);
                index.Begin();
                DeletionWriter.Purge(index, key, at);
                DeletionWriter.NoteApplied(index, end);
                index.Commit();
                outcome = Counted(outcome, objects);
            }).ConfigureAwait(false);
            await FinishPurgeAsync(cancel).ConfigureAwait(false);
        }
        return outcome;

        static PurgeOutcome Counted(PurgeOutcome outcome, List<(ObjectId Id, long Length)> objects) =>
            outcome with { Deletions = outcome.Deletions + 1, Objects = outcome.Objects + objects.Count, Bytes = outcome.Bytes + objects.Sum(o => o.Length) };
    }

    /// <summary>Removes the files of purged deletions whose files may still be there. The record comes first: what it says is done, if not now, then by the next.</summary>
    private async ValueTask FinishPurgeAsync(CancellationToken cancel)
    {
        var purged = await _readers.RunAsync(index => Numbers(index, "SELECT key FROM deletions WHERE purged_at IS NOT NULL AND files_gone = 0"), cancel).ConfigureAwait(false);
        foreach (long key in purged)
        {
            var objects = await _readers.RunAsync(index => ObjectsOf(index, key), cancel).ConfigureAwait(false);
            foreach (var (id, _) in objects)
            {
                try
                {
                    ColdStore.Delete(Store, id);
                }
                catch (DirectoryNotFoundException)
                {
                    // It is gone with its folder.
                }
            }
            await Committer.RunAsync(index => index.Run("UPDATE deletions SET files_gone = 1 WHERE key = @0", key)).ConfigureAwait(false);
        }
    }

    private static List<(ObjectId Id, long Length)> ObjectsOf(IndexConnection index, long deletion)
    {
        var objects = new List<(ObjectId, long)>();
        using var rows = index.Read("SELECT key, name_rest, file_length FROM instances WHERE deletion = @0 AND deletion <> 0", deletion);
        while (rows.Read()) objects.Add((new ObjectId(rows.GetInt64(0), unchecked((ulong)rows.GetInt64(1))), rows.GetInt64(2)));
        return objects;
    }

    private static List<long> Numbers(IndexConnection index, string sql, params ReadOnlySpan<object?> parameters)
    {
        var numbers = new List<long>();
        using var rows = index.Read(sql, parameters);
        while (rows.Read()) numbers.Add(rows.GetInt64(0));
        return numbers;
    }
}
