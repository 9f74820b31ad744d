using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <summary>The rows of legal holds, and the questions to them. What is held is found out in the transaction that would take it
/// away, so that no hold comes too late.</summary>
internal static class HoldRows
{
    private const string Applied = "holds_applied";

    /// <summary>Of a study <c>st</c> of a patient <c>p</c>: the number of a hold on it, NULL when there is none. A study that has got objects
    /// out of a held one is held as a whole, and what is held of a patient is held of those who are linked to that one.</summary>
    public const string OfStudy = """
        CASE WHEN EXISTS (SELECT 1 FROM holds WHERE released_at IS NULL) THEN COALESCE((SELECT MIN(h.key) FROM holds h WHERE h.study_uid = st.study_uid AND h.released_at IS NULL),
            (SELECT MIN(h.key) FROM holds h WHERE h.patient_id = p.patient_id AND h.issuer = p.issuer AND h.released_at IS NULL),
            (SELECT MIN(h.key) FROM linked a JOIN linked b ON b.person = a.person JOIN holds h ON h.patient_id = b.patient_id AND h.issuer = b.issuer
                WHERE a.patient_id = p.patient_id AND a.issuer = p.issuer AND h.released_at IS NULL),
            (SELECT MIN(h.key) FROM series se JOIN instances i ON i.series_key = se.key AND i.original_study IS NOT NULL
                JOIN holds h ON h.study_uid = i.original_study WHERE se.study_key = st.key AND h.released_at IS NULL)) END
        """;

    /// <summary>Does what stands in the journal and not in the index yet: after a crash, and after a reindex.</summary>
    public static void CatchUp(IndexConnection index, HoldJournal journal)
    {
        long offset = index.Number($"SELECT value FROM settings WHERE name = '{Applied}'");
        foreach (var line in journal.ReadFrom(offset))
        {
            index.Begin();
            Apply(index, line);
            index.Commit();
        }
    }

    /// <summary>Writes what a line says, inside a transaction of the caller. Done twice, it is as done once.</summary>
    public static void Apply(IndexConnection index, HoldJournal.Line line)
    {
        if (line.Subject is { } subject)
        {
            index.Run("INSERT OR REPLACE INTO holds(key, at, who, reason, study_uid, patient_id, issuer) VALUES(@0, @1, @2, @3, @4, @5, @6)",
                line.Number, line.At.ToUnixTimeMilliseconds(), line.Who, line.Reason, subject.StudyInstanceUid, subject.PatientId, subject.Issuer);
        }
        else
        {
            index.Run("UPDATE holds SET released_at = @1, released_by = @2, released_because = @3 WHERE key = @0",
                line.Number, line.At.ToUnixTimeMilliseconds(), line.Who, line.Reason);
        }
        index.Run($"INSERT OR REPLACE INTO settings(name, value) VALUES('{Applied}', @0)", line.End);
    }

    public static List<Hold> Read(IndexConnection index, bool all)
    {
        var holds = new List<Hold>();
        using var rows = index.Read($"""
            SELECT key, at, who, reason, study_uid, patient_id, issuer, released_at, released_by, released_because FROM holds
            {(all ? "" : "WHERE released_at IS NULL")} ORDER BY key
            """);
        while (rows.Read())
        {
            holds.Add(new Hold(rows.GetInt64(0), Time(rows, 1), rows.GetString(2), rows.GetString(3),
                rows.IsDBNull(4) ? HoldSubject.Patient(rows.GetString(5), rows.GetString(6)) : HoldSubject.Study(rows.GetString(4)),
                rows.IsDBNull(7) ? null : new HoldRelease(Time(rows, 7), rows.GetString(8), rows.GetString(9))));
        }
        return holds;

        static DateTimeOffset Time(SqliteDataReader rows, int column) => DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(column));
    }

    public static bool IsAny(IndexConnection index) => index.Scalar("SELECT 1 FROM holds WHERE released_at IS NULL LIMIT 1") is not null;

    /// <summary>Of these objects, those that are held, deleted ones too.</summary>
    /// <param name="index">Any connection.</param>
    /// <param name="objects">First halves of their names.</param>
    /// <returns>By object: the number of a hold, and the study.</returns>
    public static Dictionary<long, (long Hold, string StudyUid)> Among(IndexConnection index, IEnumerable<long> objects)
    {
        var held = new Dictionary<long, (long, string)>();
        if (!IsAny(index)) return held;
        using var rows = index.Read($"""
            WITH held AS MATERIALIZED (SELECT st.key AS key, st.study_uid AS uid, {OfStudy} AS hold FROM studies st JOIN patients p ON p.key = st.patient_key
                WHERE st.key IN (SELECT se.study_key FROM json_each(@0) k CROSS JOIN instances i ON i.key = k.value CROSS JOIN series se ON se.key = i.series_key))
            SELECT i.key, held.hold, held.uid FROM json_each(@0) k CROSS JOIN instances i ON i.key = k.value CROSS JOIN series se ON se.key = i.series_key
            JOIN held ON held.key = se.study_key WHERE held.hold IS NOT NULL
            """, QueryRun.KeyList([.. objects]));
        while (rows.Read()) held[rows.GetInt64(0)] = (rows.GetInt64(1), rows.GetString(2));
        return held;
    }

    /// <summary>The first of these studies that is held; null: none.</summary>
    public static (long Hold, string StudyUid)? FirstOf(IndexConnection index, IEnumerable<string> studies)
    {
        if (!IsAny(index)) return null;
        foreach (string study in studies)
        {
            if (index.Scalar($"SELECT {OfStudy} FROM studies st JOIN patients p ON p.key = st.patient_key WHERE st.study_uid = @0", study) is long hold) return (hold, study);
        }
        return null;
    }
}
