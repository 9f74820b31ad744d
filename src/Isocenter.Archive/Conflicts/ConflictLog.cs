using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>The conflict inbox in the index (docs/formats/conflicts.md): rows in the transaction of the object that makes them, so
/// that they come back with it after a power cut and a reindex.</summary>
internal static class ConflictLog
{
    /// <summary>Attributes that are the same in all objects of a patient or a study, or something is wrong.</summary>
    private static readonly Tag[] Watched =
    [
        Tags.PatientID, Tags.IssuerOfPatientID, Tags.PatientName, Tags.PatientBirthDate, Tags.PatientSex,
        Tags.StudyDate, Tags.StudyTime, Tags.AccessionNumber, Tags.StudyID, Tags.ReferringPhysicianName,
    ];

    /// <summary>A scanner that gives each image another time shall not fill the inbox.</summary>
    private const int MaxOfStudy = 64;

    /// <summary>What an object says otherwise than is known.</summary>
    public static List<(Tag Tag, string Known, string Incoming)> Between(byte[] known, byte[] incoming)
    {
        var different = new List<(Tag, string, string)>();
        if (known.AsSpan().SequenceEqual(incoming)) return different;
        DataSet ours = LevelAttributes.Read(known), theirs = LevelAttributes.Read(incoming);
        foreach (var tag in Watched)
        {
            if (ours.TryGet(tag, out string? a) && theirs.TryGet(tag, out string? b) && Differ(tag, a, b)) different.Add((tag, a, b));
        }
        return different;
    }

    /// <summary>Notes it.</summary>
    public static void Note(IndexConnection index, TimeProvider time, long study, ObjectId id, byte[] known, byte[] incoming)
    {
        foreach (var (tag, ours, theirs) in Between(known, incoming))
        {
            index.Run($"""
                INSERT OR IGNORE INTO conflicts(at, study_key, tag, known, incoming, instance)
                SELECT @0, @1, @2, @3, @4, @5 WHERE (SELECT COUNT(*) FROM conflicts WHERE study_key = @1) < {MaxOfStudy}
                """, time.GetUtcNow().ToUnixTimeMilliseconds(), study, (long)tag.Value, ours, theirs, id.High);
        }
    }

    /// <summary>Conflicts in their order, behind a number.</summary>
    public static List<Conflict> Read(IndexConnection index, bool all, long after, int limit)
    {
        var conflicts = new List<Conflict>();
        using var rows = index.Read($"""
            SELECT c.key, c.at, st.study_uid, COALESCE(i.sop_uid, ''), c.tag, c.known, c.incoming, c.resolved_at, c.resolved_by, c.note
            FROM conflicts c JOIN studies st ON st.key = c.study_key LEFT JOIN instances i ON i.key = c.instance
            WHERE c.key > @0 {(all ? "" : "AND c.resolved_at IS NULL")} ORDER BY c.key LIMIT @1
            """, after, limit);
        while (rows.Read())
        {
            conflicts.Add(new Conflict(rows.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(1)), rows.GetString(2), rows.GetString(3),
                new Tag((uint)rows.GetInt64(4)), rows.GetString(5), rows.GetString(6),
                rows.IsDBNull(7) ? null : new ConflictResolution(DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(7)), rows.GetString(8), rows.GetString(9))));
        }
        return conflicts;
    }

    /// <summary>Marks a conflict as looked at.</summary>
    public static void Resolve(IndexConnection index, ConflictJournal.Line line) => index.Run("""
        UPDATE conflicts SET resolved_at = @3, resolved_by = @4, note = @5
        WHERE study_key = (SELECT key FROM studies WHERE study_uid = @0) AND tag = @1 AND incoming = @2 AND resolved_at IS NULL
        """, line.StudyUid, (long)line.Tag.Value, line.Incoming, line.At.ToUnixTimeMilliseconds(), line.Who, line.Note);

    /// <summary>Case, accents and empty components make no other name; other ways to write a date or time no other date.</summary>
    private static bool Differ(Tag tag, string a, string b)
    {
        if (a.Length == 0 || b.Length == 0 || a == b) return false;
        return DataDictionary.VROf(tag) switch
        {
            var vr when vr == VR.PN => SearchName.Of(a) is var known && SearchName.Of(b) is var other
                && (DifferWhereBoth(known.Alphabetic, other.Alphabetic) || DifferWhereBoth(known.Ideographic, other.Ideographic)),
            var vr when vr == VR.DA || vr == VR.TM => (TemporalRange.Normalize(vr, a) ?? a) != (TemporalRange.Normalize(vr, b) ?? b),
            _ => true,
        };
    }

    private static bool DifferWhereBoth(string a, string b) => a.Length > 0 && b.Length > 0 && a != b;
}
