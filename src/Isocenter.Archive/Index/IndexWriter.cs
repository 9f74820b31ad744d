using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>A file that is on disk and waits for its row.</summary>
internal sealed record NewObject(ObjectId Id, IndexEntry Entry, TransferSyntax TransferSyntax, long FileLength, long DataSetOffset, ContentHash Hash)
{
    /// <summary>The corrections that its entry was made with.</summary>
    public required CorrectionBook Book { get; init; }
}

/// <summary>Writes rows, inside a transaction of its caller. The same objects in any order give the same current versions.</summary>
internal sealed class IndexWriter(IndexConnection index, TimeProvider time)
{
    /// <summary>What is remembered of the studies and series that objects are just coming for.</summary>
    private const int MaxRemembered = 512;

    /// <summary>A study of which something comes without end is noted so often.</summary>
    private static readonly TimeSpan UnrestInterval = TimeSpan.FromSeconds(1);

    /// <summary>All versions of an object. Two halves, because each has its index.</summary>
    internal const string Versions = """
        SELECT key, hash, transfer_syntax, is_current, series_key FROM instances WHERE sop_uid = @0 AND is_current = 1
        UNION ALL
        SELECT key, hash, transfer_syntax, is_current, series_key FROM instances WHERE sop_uid = @0 AND is_current = 0 AND deletion = 0
        """;

    /// <summary>Rows are written anew, of objects that came before: no change is told, no conflict noted.</summary>
    public bool IsRedo { get; init; }

    private readonly Dictionary<string, Study> _studies = new(StringComparer.Ordinal);
    private readonly Dictionary<(long, string), Series> _series = [];
    private readonly Dictionary<(QueryLevel, long), byte[]> _filled = [];

    private sealed record Study(long Key, long PatientKey)
    {
        public required SortedSet<string> Modalities { get; init; }
        public required SortedSet<string> SopClasses { get; init; }
        public byte[]? LastSeen { get; set; }
        public byte[]? LastSeenPatient { get; set; }
        public DateTimeOffset NotedAt { get; set; }
    }

    private sealed record Series(long Key)
    {
        public byte[]? LastSeen { get; set; }
    }

    /// <summary>Forgets what was remembered, after a transaction that was rolled back.</summary>
    public void Forget()
    {
        _studies.Clear();
        _series.Clear();
    }

    /// <summary>Adds the rows of an object.</summary>
    /// <param name="added">The object.</param>
    /// <param name="keep">A different object under the same UID: keep both. Otherwise it is a conflict.</param>
    /// <param name="refuse">What contradicts the other objects of its patient or study is refused.</param>
    /// <param name="deletion">It is deleted: by which deletion. Then no other version counts, and it does not for others.</param>
    public IngestStatus Add(NewObject added, bool keep, bool refuse = false, long deletion = 0)
    {
        var entry = added.Entry;
        bool isVersion = false, isCurrent = deletion == 0;
        (long Key, long SeriesKey)? superseded = null;
        byte[] hash = added.Hash.ToArray();
        using (var versions = index.Read(Versions, entry.SopInstanceUid))
        {
            while (deletion == 0 && versions.Read())
            {
                if (versions.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(hash) && versions.GetString(2) == added.TransferSyntax.Uid.Value)
                    return IngestStatus.AlreadyStored;
                if (!keep) return IngestStatus.Conflict;
                isVersion = true;
                if (versions.GetInt64(3) == 0) continue;
                // The one that began to arrive last is current, whatever the order of commits, so that reindex agrees.
                if (versions.GetInt64(0) > added.Id.High) isCurrent = false;
                else superseded = (versions.GetInt64(0), versions.GetInt64(4));
            }
        }
        if (refuse && Contradicts(entry)) return IngestStatus.Contradiction;
        if (superseded is { } old) Supersede(old.Key, old.SeriesKey);

        var study = StudyOf(entry, added.Id);
        var series = SeriesOf(study, entry);
        index.Run("""
            INSERT INTO instances(key, name_rest, series_key, sop_uid, sop_class, transfer_syntax, number, frames, file_length,
                data_set_offset, hash, is_current, attributes, deletion, original_study) VALUES(@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14)
            """, added.Id.High, unchecked((long)added.Id.Low), series.Key, entry.SopInstanceUid, entry.SopClassUid, added.TransferSyntax.Uid.Value,
            entry.InstanceNumber, entry.NumberOfFrames, added.FileLength, added.DataSetOffset, hash, isCurrent ? 1 : 0, entry.Instance, deletion,
            entry.OriginalStudy);
        ExtraRows.NoteValues(index, entry.Extra, QueryLevel.Image, added.Id.High, entry.Instance);
        if (isCurrent) Count(study, series, entry, added.FileLength);
        if (deletion == 0 && !IsRedo) NoteChange(study, isVersion ? ChangeKind.StoredAsVersion : ChangeKind.Stored, added.Id);
        return isVersion ? IngestStatus.StoredAsVersion : IngestStatus.Stored;
    }

    /// <summary>Fills in what the rows of a stored object lack since the archive keeps more attributes.</summary>
    public void Fill(NewObject found)
    {
        var entry = found.Entry;
        long series, study, patient;
        using (var row = index.Read("""
            SELECT se.key, st.key, st.patient_key FROM instances i JOIN series se ON se.key = i.series_key JOIN studies st ON st.key = se.study_key WHERE i.key = @0
            """, found.Id.High))
        {
            if (!row.Read()) return;
            (series, study, patient) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
        }
        index.Run("UPDATE instances SET attributes = @1 WHERE key = @0", found.Id.High, entry.Instance);
        ExtraRows.NoteValues(index, entry.Extra, QueryLevel.Image, found.Id.High, entry.Instance);
        FillRow("series", QueryLevel.Series, series, entry.Series, entry.Extra);
        FillRow("studies", QueryLevel.Study, study, entry.Study, entry.Extra);
        if (PatientRows.IsSame(index, patient, entry)) FillRow("patients", QueryLevel.Patient, patient, entry.Patient, entry.Extra);
    }

    private void FillRow(string table, QueryLevel level, long key, byte[] incoming, ExtraAttributes extra)
    {
        if (_filled.TryGetValue((level, key), out byte[]? last) && incoming.AsSpan().SequenceEqual(last)) return;
        Merge(table, key, incoming, extra);
        // Also what was there: values of an attribute that came, went and came again.
        if (level != QueryLevel.Patient) ExtraRows.NoteValues(index, extra, level, key, (byte[])index.Scalar($"SELECT attributes FROM {table} WHERE key = @0", key)!);
        _filled[(level, key)] = incoming;
    }

    /// <summary>Only who it is decides: other attributes of a study differ between harmless objects of some scanners.</summary>
    private bool Contradicts(IndexEntry entry)
    {
        using var row = index.Read("SELECT p.attributes FROM studies st JOIN patients p ON p.key = st.patient_key WHERE st.study_uid = @0", entry.StudyUid);
        return row.Read() ? ConflictLog.Between(row.GetFieldValue<byte[]>(0), entry.Patient).Count > 0 : PatientRows.IsRival(index, entry);
    }

    private void Count(Study study, Series series, IndexEntry entry, long length)
    {
        bool isFirst = 1 == (long)index.Scalar(
            "UPDATE series SET instance_count = instance_count + 1 WHERE key = @0 RETURNING instance_count", series.Key)!;
        bool isNewModality = entry.Modality.Length > 0 && study.Modalities.Add(entry.Modality);
        bool isNewClass = study.SopClasses.Add(entry.SopClassUid);
        if (isFirst || isNewModality || isNewClass)
        {
            index.Run("""
                UPDATE studies SET instance_count = instance_count + 1, byte_count = byte_count + @1, series_count = series_count + @2,
                    modalities = @3, sop_classes = @4 WHERE key = @0
                """, study.Key, length, isFirst ? 1 : 0, JoinSet(study.Modalities), JoinSet(study.SopClasses));
        }
        else
        {
            index.Run("UPDATE studies SET instance_count = instance_count + 1, byte_count = byte_count + @1 WHERE key = @0",
                study.Key, length);
        }
    }

    private void NoteChange(Study study, ChangeKind kind, ObjectId id)
    {
        var now = time.GetUtcNow();
        ChangeLog.Add(index, now, kind, id.High);
        if ((now - study.NotedAt).Duration() < UnrestInterval) return;
        ChangeLog.NoteUnrest(index, now, study.Key);
        study.NotedAt = now;
    }

    /// <summary>An older version steps back: out of the counts, which are made anew for its study.</summary>
    private void Supersede(long key, long seriesKey)
    {
        index.Run("UPDATE instances SET is_current = 0 WHERE key = @0", key);
        long study = index.Number("SELECT study_key FROM series WHERE key = @0", seriesKey);
        DeletionWriter.Recount(index, study);
        Forget();
    }

    private Study StudyOf(IndexEntry entry, ObjectId id)
    {
        if (!_studies.TryGetValue(entry.StudyUid, out var study))
        {
            study = FindStudy(entry) ?? InsertStudy(entry, id);
            if (_studies.Count >= MaxRemembered) _studies.Clear();
            _studies.Add(entry.StudyUid, study);
        }
        if (study.LastSeen is null || !entry.Study.AsSpan().SequenceEqual(study.LastSeen))
        {
            NoteConflict(study.Key, id, Merge("studies", study.Key, entry.Study, entry.Extra), entry.Study);
            study.LastSeen = entry.Study;
        }
        if (study.LastSeenPatient is null || !entry.Patient.AsSpan().SequenceEqual(study.LastSeenPatient))
        {
            // Another ID, name, birth date or sex than the patient's own is a conflict for a person to solve; nothing is
            // merged from it.
            if (PatientRows.IsSame(index, study.PatientKey, entry)) Merge("patients", study.PatientKey, entry.Patient, entry.Extra);
            else NoteConflict(study.Key, id, PatientRows.Attributes(index, study.PatientKey), entry.Patient);
            study.LastSeenPatient = entry.Patient;
        }
        return study;
    }

    private void NoteConflict(long study, ObjectId id, byte[] known, byte[] incoming)
    {
        if (!IsRedo) ConflictLog.Note(index, time, study, id, known, incoming);
    }

    private Study? FindStudy(IndexEntry entry)
    {
        using var row = index.Read("SELECT key, patient_key, modalities, sop_classes FROM studies WHERE study_uid = @0", entry.StudyUid);
        return row.Read()
            ? new Study(row.GetInt64(0), row.GetInt64(1)) { Modalities = SplitSet(row.GetString(2)), SopClasses = SplitSet(row.GetString(3)) }
            : null;
    }

    private Study InsertStudy(IndexEntry entry, ObjectId id)
    {
        var (patient, rival) = PatientRows.For(index, entry);
        long key = (long)index.Scalar("""
            INSERT INTO studies(patient_key, study_uid, study_date, study_time, accession, study_id, description, series_count,
                instance_count, byte_count, modalities, sop_classes, attributes)
            VALUES(@0, @1, @2, @3, @4, @5, @6, 0, 0, 0, '', '', @7) RETURNING key
            """, patient, entry.StudyUid, entry.StudyDate, entry.StudyTime, entry.AccessionNumber, entry.StudyId, entry.StudyDescription, entry.Study)!;
        ExtraRows.NoteValues(index, entry.Extra, QueryLevel.Study, key, entry.Study);
        // What a person corrected contradicts others because that person said so.
        if (rival != 0 && entry.Corrections is null) NoteConflict(key, id, PatientRows.Attributes(index, rival), entry.Patient);
        return new Study(key, patient) { Modalities = SplitSet(""), SopClasses = SplitSet(""), LastSeen = entry.Study, LastSeenPatient = entry.Patient };
    }

    private Series SeriesOf(Study study, IndexEntry entry)
    {
        if (!_series.TryGetValue((study.Key, entry.SeriesUid), out var series))
        {
            long? key = (long?)index.Scalar("SELECT key FROM series WHERE series_uid = @0 AND study_key = @1", entry.SeriesUid, study.Key);
            series = new Series(key ?? (long)index.Scalar("""
                INSERT INTO series(study_key, series_uid, modality, number, instance_count, attributes)
                VALUES(@0, @1, @2, @3, 0, @4) RETURNING key
                """, study.Key, entry.SeriesUid, entry.Modality, entry.SeriesNumber, entry.Series)!)
            { LastSeen = key is null ? entry.Series : null };
            if (key is null) ExtraRows.NoteValues(index, entry.Extra, QueryLevel.Series, series.Key, entry.Series);
            if (_series.Count >= MaxRemembered) _series.Clear();
            _series.Add((study.Key, entry.SeriesUid), series);
        }
        if (series.LastSeen is null || !entry.Series.AsSpan().SequenceEqual(series.LastSeen))
        {
            Merge("series", series.Key, entry.Series, entry.Extra);
            series.LastSeen = entry.Series;
        }
        return series;
    }

    /// <summary>Fills in attributes that the first object did not have, and the columns made of them.</summary>
    /// <returns>What was known before.</returns>
    private byte[] Merge(string table, long key, byte[] incoming, ExtraAttributes extra)
    {
        byte[] stored = (byte[])index.Scalar($"SELECT attributes FROM {table} WHERE key = @0", key)!;
        if (LevelAttributes.Merge(stored, incoming) is not { } merged) return stored;
        var all = LevelAttributes.Read(merged);
        string Text(Tag tag) => all.TryGet(tag, out string? text) ? text : "";
        switch (table)
        {
            case "patients":
                PatientRows.Update(index, key, merged);
                break;
            case "studies":
                index.Run("""
                    UPDATE studies SET attributes = @1, study_date = @2, study_time = @3, accession = @4, study_id = @5, description = @6
                    WHERE key = @0
                    """, key, merged, TemporalRange.Normalize(VR.DA, Text(Tags.StudyDate)) ?? "",
                    TemporalRange.Normalize(VR.TM, Text(Tags.StudyTime)) ?? "", Text(Tags.AccessionNumber), Text(Tags.StudyID),
                    Text(Tags.StudyDescription));
                break;
            default:
                index.Run("UPDATE series SET attributes = @1, modality = @2, number = @3 WHERE key = @0", key, merged, Text(Tags.Modality),
                    all.TryGet(Tags.SeriesNumber, out int number) ? number : IndexEntry.NoNumber);
                break;
        }
        if (table != "patients") ExtraRows.NoteValues(index, extra, table == "studies" ? QueryLevel.Study : QueryLevel.Series, key, merged);
        return stored;
    }

    /// <summary>\CT\SR\, so that one of them is found by its text between two backslashes.</summary>
    private static string JoinSet(SortedSet<string> set) => set.Count == 0 ? "" : $"\\{string.Join('\\', set)}\\";

    private static SortedSet<string> SplitSet(string text) =>
        new(text.Split('\\', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}
