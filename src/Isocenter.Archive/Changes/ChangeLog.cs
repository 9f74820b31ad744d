using System.Globalization;

namespace Isocenter.Archive;

/// <summary>The change feed in the index (docs/formats/changes.md). A change is a row in the transaction that makes it.</summary>
/// <remarks>A power cut may take the last rows with it. They come back with those of their objects, with numbers of that time:
/// who saw them before sees them twice, and nobody misses one. That is why numbers are made of the clock.</remarks>
internal static class ChangeLog
{
    public const long NumbersPerMillisecond = 1000;

    private const string Query = """
        SELECT c.key, c.kind, c.subject, st.study_uid, se.series_uid, i.sop_uid, i.sop_class, i.name_rest
        FROM changes c LEFT JOIN instances i ON c.kind < 5 AND i.key = c.subject LEFT JOIN series se ON se.key = i.series_key
        JOIN studies st ON st.key = CASE WHEN c.kind < 5 THEN se.study_key ELSE c.subject END
        WHERE c.key > @0 AND c.key < @1 ORDER BY c.key LIMIT @2
        """;

    /// <summary>Adds a change, inside a transaction of its caller.</summary>
    /// <param name="index">The writing connection.</param>
    /// <param name="now">The clock.</param>
    /// <param name="kind">What happens.</param>
    /// <param name="subject">Key of the instance, or of the study for <see cref="ChangeKind.StudyComplete"/> and <see cref="ChangeKind.Corrected"/>.</param>
    public static void Add(IndexConnection index, DateTimeOffset now, ChangeKind kind, long subject) =>
        index.Run("INSERT INTO changes(key, kind, subject) VALUES(max(@0, COALESCE((SELECT MAX(key) FROM changes), 0) + 1), @1, @2)",
            now.ToUnixTimeMilliseconds() * NumbersPerMillisecond, (long)kind, subject);

    /// <summary>The number of the last change; 0: there is none.</summary>
    public static long Last(IndexConnection index) => index.Number("SELECT MAX(key) FROM changes");

    /// <summary>Changes with numbers between the two, the limits themselves left out.</summary>
    public static List<Change> Read(IndexConnection index, long after, long before, int limit)
    {
        var changes = new List<Change>();
        using var rows = index.Read(Query, after, before, limit);
        while (rows.Read())
        {
            var kind = (ChangeKind)rows.GetInt32(1);
            string? Text(int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
            string id = kind >= ChangeKind.StudyComplete ? rows.GetInt64(0).ToString(CultureInfo.InvariantCulture)
                : new ObjectId(rows.GetInt64(2), unchecked((ulong)rows.GetInt64(7))).ToString();
            // The same instance can be deleted and restored more than once, stored only once.
            if (kind is ChangeKind.Deleted or ChangeKind.Restored) id += rows.GetInt64(0).ToString("'-'0", CultureInfo.InvariantCulture);
            changes.Add(new Change(rows.GetInt64(0), kind, rows.GetString(3), Text(4), Text(5), Text(6), id));
        }
        return changes;
    }

    /// <summary>Notes that something came for a study.</summary>
    public static void NoteUnrest(IndexConnection index, DateTimeOffset now, long study) =>
        index.Run("INSERT INTO settling(study_key, since) VALUES(@0, @1) ON CONFLICT(study_key) DO UPDATE SET since = @1", study, now.ToUnixTimeMilliseconds());

    /// <summary>The clock was set: what was noted by the old one is brought to the new one.</summary>
    public static void Shift(IndexConnection index, TimeSpan jump, DateTimeOffset now) =>
        index.Run("UPDATE settling SET since = min(since + @0, @1)", (long)jump.TotalMilliseconds, now.ToUnixTimeMilliseconds());

    /// <summary>Tells of the studies that nothing has come for since <paramref name="before"/>.</summary>
    /// <returns>How many.</returns>
    public static int Settle(IndexConnection index, DateTimeOffset now, DateTimeOffset before)
    {
        var quiet = new List<long>();
        using (var rows = index.Read("SELECT study_key FROM settling WHERE since <= @0 ORDER BY since", before.ToUnixTimeMilliseconds()))
        {
            while (rows.Read()) quiet.Add(rows.GetInt64(0));
        }
        if (quiet.Count == 0) return 0;
        index.Begin();
        foreach (long study in quiet)
        {
            index.Run("DELETE FROM settling WHERE study_key = @0", study);
            // One that was emptied meanwhile has nothing that could be complete.
            if (index.Scalar("SELECT 1 FROM studies WHERE key = @0 AND series_count > 0", study) is not null) Add(index, now, ChangeKind.StudyComplete, study);
        }
        index.Commit();
        return quiet.Count;
    }
}
