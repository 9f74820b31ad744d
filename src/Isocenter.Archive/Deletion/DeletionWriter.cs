namespace Isocenter.Archive;

/// <summary>Rows of what is deleted and restored, inside a transaction of its caller. Done twice, it is as done once.</summary>
internal static class DeletionWriter
{
    private const string Applied = "deletions_applied";

    /// <summary>Does what stands in the journal and not in the index yet: after a crash, and after a reindex.</summary>
    public static void CatchUp(IndexConnection index, DeletionJournal journal, TimeProvider time)
    {
        long offset = index.Number($"SELECT value FROM settings WHERE name = '{Applied}'");
        foreach (var line in journal.ReadFrom(offset))
        {
            index.Begin();
            if (line.Act == DeletionAct.Delete) Delete(index, line, time.GetUtcNow());
            else if (line.Act == DeletionAct.Purge) Purge(index, line.Key, line.At);
            else Restore(index, line.Key, line.At, time.GetUtcNow());
            NoteApplied(index, line.End);
            index.Commit();
        }
    }

    public static void NoteApplied(IndexConnection index, long offset) =>
        index.Run($"INSERT OR REPLACE INTO settings(name, value) VALUES('{Applied}', @0)", offset);

    public static void Delete(IndexConnection index, DeletionJournal.Line line, DateTimeOffset now)
    {
        index.Run("INSERT OR REPLACE INTO deletions(key, at, who, reason, instances, rejection) VALUES(@0, @1, @2, @3, @4, @5)",
            line.Key, line.At.ToUnixTimeMilliseconds(), line.Who, line.Reason, line.Objects.Count, line.Rejection);
        var studies = new HashSet<long>();
        foreach (var id in line.Objects)
        {
            if (index.Scalar("UPDATE instances SET is_current = 0, deletion = @1 WHERE key = @0 RETURNING (SELECT study_key FROM series WHERE key = series_key)",
                id.High, line.Key) is not long study) continue;
            studies.Add(study);
            ChangeLog.Add(index, now, ChangeKind.Deleted, id.High);
        }
        foreach (long study in studies) Recount(index, study);
    }

    /// <summary>Files of purged deletions are not looked for: <c>i</c> is a row of instances.</summary>
    public const string IsNotPurged = "(i.deletion = 0 OR NOT EXISTS (SELECT 1 FROM deletions d WHERE d.key = i.deletion AND d.purged_at IS NOT NULL))";

    public static void Purge(IndexConnection index, long key, DateTimeOffset at) =>
        index.Run("UPDATE deletions SET purged_at = @1, files_gone = 0 WHERE key = @0", key, at.ToUnixTimeMilliseconds());

    /// <returns>How many instances are found again.</returns>
    public static int Restore(IndexConnection index, long key, DateTimeOffset at, DateTimeOffset now)
    {
        index.Run("UPDATE deletions SET restored_at = @1 WHERE key = @0", key, at.ToUnixTimeMilliseconds());
        var back = new List<(long Key, string SopUid, long Study)>();
        using (var rows = index.Read("""
            SELECT i.key, i.sop_uid, s.study_key FROM instances i JOIN series s ON s.key = i.series_key WHERE i.deletion = @0 AND i.deletion <> 0 ORDER BY i.key DESC
            """, key))
        {
            while (rows.Read()) back.Add((rows.GetInt64(0), rows.GetString(1), rows.GetInt64(2)));
        }
        int current = 0;
        foreach (var (row, sopUid, _) in back)
        {
            // The newest is current again, unless the object was stored anew since.
            bool isTaken = index.Scalar("SELECT 1 FROM instances WHERE sop_uid = @0 AND is_current = 1", sopUid) is not null;
            index.Run("UPDATE instances SET deletion = 0, is_current = @1 WHERE key = @0", row, isTaken ? 0 : 1);
            if (isTaken) continue;
            current++;
            ChangeLog.Add(index, now, ChangeKind.Restored, row);
        }
        foreach (long study in back.Select(b => b.Study).Distinct()) Recount(index, study);
        return current;
    }

    /// <summary>Makes the counts of a study and of its series anew.</summary>
    public static void Recount(IndexConnection index, long study)
    {
        index.Run("""
            UPDATE series SET instance_count = (SELECT COUNT(*) FROM instances i WHERE i.series_key = series.key AND i.is_current = 1) WHERE study_key = @0
            """, study);
        index.Run("""
            UPDATE studies SET
              series_count = (SELECT COUNT(*) FROM series s WHERE s.study_key = studies.key AND s.instance_count > 0),
              instance_count = (SELECT COALESCE(SUM(s.instance_count), 0) FROM series s WHERE s.study_key = studies.key),
              byte_count = (SELECT COALESCE(SUM(i.file_length), 0) FROM series s JOIN instances i ON i.series_key = s.key
                            WHERE s.study_key = studies.key AND i.is_current = 1),
              modalities = COALESCE('\' || (SELECT group_concat(m, '\') FROM (SELECT DISTINCT s.modality AS m FROM series s
                            WHERE s.study_key = studies.key AND s.instance_count > 0 AND s.modality <> '' ORDER BY 1)) || '\', ''),
              sop_classes = COALESCE('\' || (SELECT group_concat(c, '\') FROM (SELECT DISTINCT i.sop_class AS c FROM series s
                            JOIN instances i ON i.series_key = s.key WHERE s.study_key = studies.key AND i.is_current = 1 ORDER BY 1)) || '\', '')
            WHERE key = @0
            """, study);
    }
}
