using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>The rows of patients, inside a transaction of the caller. One ID of one issuer is one patient; where objects
/// disagree about who that is, each of them has a row, and none is changed into another.</summary>
internal static class PatientRows
{
    /// <summary>The row for a new study: one of the same ID whose name, birth date and sex do not contradict the object's,
    /// or a new one.</summary>
    /// <returns>Its key; and that of the patient whose ID the new one has too, 0 when there is none.</returns>
    public static (long Key, long Rival) For(IndexConnection index, IndexEntry entry)
    {
        string onlyStudy = entry.PatientId.Length == 0 ? entry.StudyUid : "";
        long first = 0;
        using (var rows = index.Read("""
            SELECT key, name, name_ideographic, birth_date, sex, attributes FROM patients WHERE patient_id = @0 AND issuer = @1 AND only_study = @2 ORDER BY key
            """, entry.PatientId, entry.Issuer, onlyStudy))
        {
            while (rows.Read())
            {
                // What a person wrote is shown as it was written.
                bool isOwn = entry.Corrections is null || rows.GetFieldValue<byte[]>(5).AsSpan().SequenceEqual(entry.Patient);
                if (isOwn && Agrees(entry, rows)) return (rows.GetInt64(0), 0);
                if (first == 0) first = rows.GetInt64(0);
            }
        }
        if (first != 0) index.Run("UPDATE patients SET identity = @0 WHERE key = @0", first);
        long key = (long)index.Scalar("""
            INSERT INTO patients(patient_id, issuer, only_study, name, name_ideographic, name_phonetic, birth_date, sex, attributes, identity)
            VALUES(@0, @1, @2, @3, @4, @5, @6, @7, @8, @9) RETURNING key
            """, entry.PatientId, entry.Issuer, onlyStudy, entry.PatientName.Alphabetic, NullIfEmpty(entry.PatientName.Ideographic),
            NullIfEmpty(entry.PatientName.Phonetic), entry.BirthDate, entry.Sex, entry.Patient, first)!;
        return (key, first);
    }

    /// <summary>The object may be of the patient of this row: same ID and issuer, and nothing against it.</summary>
    public static bool IsSame(IndexConnection index, long key, IndexEntry entry)
    {
        using var row = index.Read("""
            SELECT key, name, name_ideographic, birth_date, sex FROM patients WHERE key = @0 AND patient_id = @1 AND issuer = @2
            """, key, entry.PatientId, entry.Issuer);
        return row.Read() && Agrees(entry, row);
    }

    /// <summary>The ID is known, and everybody who has it contradicts the object.</summary>
    public static bool IsRival(IndexConnection index, IndexEntry entry)
    {
        if (entry.PatientId.Length == 0) return false;
        using var rows = index.Read("""
            SELECT key, name, name_ideographic, birth_date, sex FROM patients WHERE patient_id = @0 AND issuer = @1 AND only_study = '' ORDER BY key
            """, entry.PatientId, entry.Issuer);
        bool isKnown = false;
        while (rows.Read())
        {
            if (Agrees(entry, rows)) return false;
            isKnown = true;
        }
        return isKnown;
    }

    /// <summary>The attributes of the patient of an ID; null: there is none with studies.</summary>
    public static byte[]? AttributesOf(IndexConnection index, string patientId, string issuer) => (byte[]?)index.Scalar("""
        SELECT attributes FROM patients p WHERE patient_id = @0 AND issuer = @1 AND patient_id <> ''
        AND EXISTS (SELECT 1 FROM studies st WHERE st.patient_key = p.key AND st.series_count > 0) ORDER BY key LIMIT 1
        """, patientId, issuer);

    /// <summary>Study Instance UIDs of a patient.</summary>
    public static IReadOnlyList<string> StudiesOf(IndexConnection index, string patientId, string issuer)
    {
        var studies = new List<string>();
        using var rows = index.Read("""
            SELECT st.study_uid FROM patients p JOIN studies st ON st.patient_key = p.key WHERE p.patient_id = @0 AND p.issuer = @1 AND st.series_count > 0 ORDER BY st.key
            """, patientId, issuer);
        while (rows.Read()) studies.Add(rows.GetString(0));
        return studies;
    }

    /// <summary>Removes a row that no study has any more, unless others are known by it.</summary>
    public static void DeleteUnused(IndexConnection index, long key) =>
        index.Run("DELETE FROM patients WHERE key = @0 AND identity = 0 AND NOT EXISTS (SELECT 1 FROM studies WHERE patient_key = @0)", key);

    /// <summary>The attributes of a row.</summary>
    public static byte[] Attributes(IndexConnection index, long key) => (byte[])index.Scalar("SELECT attributes FROM patients WHERE key = @0", key)!;

    /// <summary>Gives a row other attributes, and the columns made of them.</summary>
    public static void Update(IndexConnection index, long key, byte[] attributes)
    {
        var all = LevelAttributes.Read(attributes);
        string Text(Tag tag) => all.TryGet(tag, out string? text) ? text : "";
        var name = SearchName.Of(Text(Tags.PatientName));
        index.Run("""
            UPDATE patients SET attributes = @1, name = @2, name_ideographic = @3, name_phonetic = @4, birth_date = @5, sex = @6 WHERE key = @0
            """, key, attributes, name.Alphabetic, NullIfEmpty(name.Ideographic), NullIfEmpty(name.Phonetic),
            TemporalRange.Normalize(VR.DA, Text(Tags.PatientBirthDate)) ?? "", Text(Tags.PatientSex));
    }

    /// <summary>What one of the two does not say is no contradiction. Names are compared as in searches, and in the group
    /// that both have: case, accents and empty components do not make another person.</summary>
    private static bool Agrees(IndexEntry entry, Microsoft.Data.Sqlite.SqliteDataReader row) =>
        Agrees(entry.PatientName.Alphabetic, row.GetString(1))
        && Agrees(entry.PatientName.Ideographic, row.IsDBNull(2) ? "" : row.GetString(2))
        && Agrees(entry.BirthDate, row.GetString(3)) && Agrees(entry.Sex, row.GetString(4));

    private static bool Agrees(string a, string b) => a.Length == 0 || b.Length == 0 || a == b;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
