namespace Isocenter.Archive;

/// <summary>Makes the rows of studies anew after their corrections have changed, inside a transaction of the caller: from the
/// files, as a reindex would. Rows of files that cannot be read stay. Done twice, it is as done once.</summary>
internal static class CorrectionWriter
{
    private const string Applied = "corrections_applied";

    /// <summary>Up to which byte of the journal the index has what it says.</summary>
    public static long ReadApplied(IndexConnection index) => index.Number($"SELECT value FROM settings WHERE name = '{Applied}'");

    public static void NoteApplied(IndexConnection index, long offset) =>
        index.Run($"INSERT OR REPLACE INTO settings(name, value) VALUES('{Applied}', @0)", offset);

    /// <summary>Does what stands in the journal and not in the index yet: after a crash.</summary>
    public static void CatchUp(IndexConnection index, ObjectStore store, CorrectionJournal journal, ExtraAttributes extra, TimeProvider time)
    {
        var book = journal.Read(ReadApplied(index), out var changed, out long end);
        if (changed.Count == 0) return;
        index.Begin();
        foreach (var correction in changed) Redo(index, book.AffectedBy(correction), id => StoredFile.Describe(store, id, book, extra), time);
        NoteApplied(index, end);
        index.Commit();
    }

    /// <summary>The files of these studies, superseded and deleted ones too, as long as they are not purged.</summary>
    public static List<(ObjectId Id, long Deletion)> FilesOf(IndexConnection index, IEnumerable<string> studies)
    {
        var files = new List<(ObjectId, long)>();
        foreach (string study in studies)
        {
            using var rows = index.Read($"""
                SELECT i.key, i.name_rest, i.deletion FROM studies st JOIN series se ON se.study_key = st.key JOIN instances i ON i.series_key = se.key WHERE st.study_uid = @0 AND {DeletionWriter.IsNotPurged}
                """, study);
            while (rows.Read()) files.Add((new ObjectId(rows.GetInt64(0), unchecked((ulong)rows.GetInt64(1))), rows.GetInt64(2)));
        }
        return files;
    }

    /// <param name="index">The writing connection.</param>
    /// <param name="studies">Study Instance UIDs.</param>
    /// <param name="describe">Reads a file; null: it cannot be read.</param>
    /// <param name="time">The clock.</param>
    public static void Redo(IndexConnection index, IReadOnlyCollection<string> studies, Func<ObjectId, NewObject?> describe, TimeProvider time)
    {
        var found = new List<(NewObject Object, long Deletion)>();
        foreach (var (id, deletion) in FilesOf(index, studies))
        {
            if (describe(id) is { } described) found.Add((described, deletion));
        }
        // In the order of arrival: what came first decides, and the last version is current.
        found.Sort((a, b) => a.Object.Id.High.CompareTo(b.Object.Id.High));
        foreach (var (file, _) in found) index.Run("DELETE FROM instances WHERE key = @0", file.Id.High);
        foreach (string study in studies) Reset(index, study, found.Find(f => f.Object.Entry.StudyUid == study).Object?.Entry);
        var writer = new IndexWriter(index, time) { IsRedo = true };
        foreach (var (file, deletion) in found) writer.Add(file, keep: true, deletion: deletion);
        foreach (string study in studies)
        {
            if (index.Scalar("SELECT key FROM studies WHERE study_uid = @0 AND series_count > 0", study) is long key)
                ChangeLog.Add(index, time.GetUtcNow(), ChangeKind.Corrected, key);
        }
    }

    /// <summary>The row of the study stays, and with it what refers to it.</summary>
    private static void Reset(IndexConnection index, string studyUid, IndexEntry? first)
    {
        long study, patient;
        using (var row = index.Read("SELECT key, patient_key FROM studies WHERE study_uid = @0", studyUid))
        {
            if (!row.Read()) return;
            (study, patient) = (row.GetInt64(0), row.GetInt64(1));
        }
        index.Run("DELETE FROM series WHERE study_key = @0 AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.series_key = series.key)", study);
        DeletionWriter.Recount(index, study);
        if (first is null) return;
        long own = PatientRows.For(index, first).Key;
        index.Run("""
            UPDATE studies SET patient_key = @1, study_date = @2, study_time = @3, accession = @4, study_id = @5, description = @6, attributes = @7 WHERE key = @0
            """, study, own, first.StudyDate, first.StudyTime, first.AccessionNumber, first.StudyId, first.StudyDescription, first.Study);
        ExtraRows.NoteValues(index, first.Extra, QueryLevel.Study, study, first.Study);
        if (own != patient) PatientRows.DeleteUnused(index, patient);
    }
}
