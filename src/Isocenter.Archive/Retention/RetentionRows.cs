using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>Which studies the rules may be for, by what the index knows.</summary>
internal static class RetentionRows
{
    private const string Studies = $"""
        SELECT st.study_uid, st.study_date, st.description, st.modalities, st.instance_count, st.byte_count, {HoldRows.OfStudy},
            newest.key, newest.name_rest
        FROM studies st JOIN patients p ON p.key = st.patient_key JOIN instances newest ON newest.key =
            (SELECT MAX(i.key) FROM series se CROSS JOIN instances i ON i.series_key = se.key AND i.is_current = 1 WHERE se.study_key = st.key)
        WHERE st.series_count > 0 AND st.key NOT IN (SELECT study_key FROM settling WHERE since > @0) ORDER BY st.study_date, st.key
        """;

    /// <summary>A study with what the rules ask of it.</summary>
    internal sealed record Study(string Uid, string Date, string Description, string Modalities, long Instances, long Bytes, long? Hold, ObjectId Newest)
    {
        public DateTimeOffset ReceivedAt => Newest.Time;
    }

    /// <summary>The studies for which a rule could do something, the oldest first. Those that something is just coming for are left out.</summary>
    public static List<Study> Read(IndexConnection index, DateTimeOffset quietSince, Func<Study, bool> isWanted)
    {
        var studies = new List<Study>();
        using var rows = index.Read(Studies, quietSince.ToUnixTimeMilliseconds());
        while (rows.Read())
        {
            var study = new Study(rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetString(3).Trim('\\'), rows.GetInt64(4), rows.GetInt64(5),
                rows.IsDBNull(6) ? null : rows.GetInt64(6), new ObjectId(rows.GetInt64(7), unchecked((ulong)rows.GetInt64(8))));
            if (isWanted(study)) studies.Add(study);
        }
        return studies;
    }

    /// <summary>Studies of which a person took back a deletion, and when last: their time begins anew with it.</summary>
    public static Dictionary<string, DateTimeOffset> Restored(IndexConnection index, DeletionJournal journal)
    {
        var restored = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var (objects, at) in journal.Restored())
        {
            using var rows = index.Read("""
                SELECT DISTINCT st.study_uid FROM json_each(@0) k CROSS JOIN instances i ON i.key = k.value CROSS JOIN series se ON se.key = i.series_key CROSS JOIN studies st ON st.key = se.study_key
                """, QueryRun.KeyList([.. objects.Select(id => id.High)]));
            while (rows.Read())
            {
                string uid = rows.GetString(0);
                if (!restored.TryGetValue(uid, out var known) || known < at) restored[uid] = at;
            }
        }
        return restored;
    }

    /// <summary>Everything but the sources, which only the files know.</summary>
    public static bool Fits(RetentionRule rule, Study study, DateTimeOffset? correctedAt, DateTimeOffset? restoredAt, DateTimeOffset now)
    {
        var latest = now - TimeSpan.FromDays(rule.Days);
        bool isOld = rule.AgeOf switch
        {
            RetentionAge.StudyDate => study.Date.Length == 8 && string.CompareOrdinal(study.Date, latest.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)) <= 0,
            RetentionAge.Received => study.ReceivedAt <= latest,
            _ => study.ReceivedAt <= latest && !(correctedAt > latest),
        };
        return isOld && !(rule.Action == RetentionAction.Delete && restoredAt > latest)
            && (rule.Modalities.Count == 0 || study.Modalities.Split('\\').Any(has => rule.Modalities.Contains(has, StringComparer.Ordinal)))
            && (rule.Description is not { } pattern || Wildcard.Matches(pattern.ToUpperInvariant(), study.Description.ToUpperInvariant()));
    }
}
