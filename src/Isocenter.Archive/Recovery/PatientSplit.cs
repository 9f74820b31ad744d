namespace Isocenter.Archive;

/// <summary>Once, after an index of schema 3 or older was brought up to date: takes patients apart that were one row only
/// because their ID is the same. The files say what each study's objects say. What is done is noted with each group of
/// patients, so that the next start goes on where this one was broken off.</summary>
internal static class PatientSplit
{
    /// <summary>The setting that says up to which patient it is done; without it there is nothing to do.</summary>
    public const string Done = "patients_split";

    private const int BatchLength = 64;

    public static void Run(ObjectStore store, IndexConnection index, CancellationToken cancel)
    {
        if (index.Scalar($"SELECT value FROM settings WHERE name = '{Done}'") is not long done) return;
        while (Next(index, done) is { Count: > 0 } patients)
        {
            index.Begin();
            foreach (long patient in patients)
            {
                cancel.ThrowIfCancellationRequested();
                Split(store, index, patient);
            }
            done = patients[^1];
            index.Run($"UPDATE settings SET value = @0 WHERE name = '{Done}'", done);
            index.Commit();
        }
        index.Run($"DELETE FROM settings WHERE name = '{Done}'");
    }

    /// <summary>Patients with several studies; the others cannot be several.</summary>
    private static List<long> Next(IndexConnection index, long after)
    {
        var patients = new List<long>();
        using var rows = index.Read("SELECT patient_key FROM studies WHERE patient_key > @0 GROUP BY patient_key HAVING COUNT(*) > 1 ORDER BY 1 LIMIT @1", after, BatchLength);
        while (rows.Read()) patients.Add(rows.GetInt64(0));
        return patients;
    }

    private static void Split(ObjectStore store, IndexConnection index, long patient)
    {
        var studies = new List<(long Key, IndexEntry Entry)>();
        foreach (long study in StudiesOf(index, patient))
        {
            if (FirstObject(store, index, study) is { } entry) studies.Add((study, entry));
        }
        if (studies.Count == 0 || studies.TrueForAll(study => PatientRows.IsSame(index, patient, study.Entry))) return;
        // What the row got from studies that are not this patient's goes again.
        PatientRows.Update(index, patient, studies[0].Entry.Patient);
        foreach (var (key, entry) in studies)
        {
            long own = PatientRows.For(index, entry).Key;
            if (own != patient) index.Run("UPDATE studies SET patient_key = @1 WHERE key = @0", key, own);
        }
    }

    private static List<long> StudiesOf(IndexConnection index, long patient)
    {
        var studies = new List<long>();
        using var rows = index.Read("SELECT key FROM studies WHERE patient_key = @0 ORDER BY key", patient);
        while (rows.Read()) studies.Add(rows.GetInt64(0));
        return studies;
    }

    /// <summary>What the object says that came first for a study; null when its file cannot be read.</summary>
    private static IndexEntry? FirstObject(ObjectStore store, IndexConnection index, long study)
    {
        ObjectId id;
        using (var row = index.Read("""
            SELECT i.key, i.name_rest FROM series se JOIN instances i ON i.series_key = se.key WHERE se.study_key = @0 ORDER BY i.key LIMIT 1
            """, study))
        {
            if (!row.Read()) return null;
            id = new ObjectId(row.GetInt64(0), unchecked((ulong)row.GetInt64(1)));
        }
        try
        {
            return StoredFile.TryReadSeal(store, id, out var seal) && StoredFile.TryDescribe(store, id, seal, CorrectionBook.Empty, ExtraAttributes.None, out var described, out _) ? described.Entry : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
