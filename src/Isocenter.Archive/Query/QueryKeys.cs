using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>Which elements of an Identifier are keys, and of what.</summary>
public static class QueryKeys
{
    /// <summary>Elements of an Identifier that say how it is meant, and are no keys (PS3.4 §C.4.1.1.3).</summary>
    internal static bool IsControl(Tag tag) => tag.IsGroupLength || tag == Tags.SpecificCharacterSet || tag == Tags.QueryRetrieveLevel
        || tag == Tags.QueryRetrieveView || tag == Tags.TimezoneOffsetFromUTC || tag == Tags.RetrieveAETitle || tag == Tags.RetrieveURL;

    /// <summary>The index can match it on this level.</summary>
    internal static bool IsMatchingKey(DataElement key, Query query, out QueryLevel level)
    {
        level = default;
        if (IsControl(key.Tag)) return false;
        if (key.Tag == Tags.ModalitiesInStudy || key.Tag == Tags.SOPClassesInStudy)
        {
            level = QueryLevel.Study;
            return query.Level >= level;
        }
        return query.Extra.TryReadyLevelOf(key.Tag, out level) && level <= query.Level;
    }

    /// <summary>Keys of the query that the index knows nothing of, or not on its level. They match everything and come
    /// back empty; C-FIND tells with status 0xFF01 instead of 0xFF00 (PS3.4 Table C.4-1).</summary>
    internal static IReadOnlyList<Tag> Unsupported(Query query)
    {
        var unsupported = new List<Tag>();
        foreach (var key in query.Identifier)
        {
            if (IsControl(key.Tag) || IsMatchingKey(key, query, out _)) continue;
            // What is counted comes back, but cannot be asked for by value.
            if (!IndexedAttributes.IsComputed(key.Tag, out var level) || level > query.Level || !key.IsEmpty) unsupported.Add(key.Tag);
        }
        return unsupported;
    }

    /// <summary>Answers of this level can be sorted by the attribute.</summary>
    public static bool CanSortBy(Tag tag, QueryLevel level) => QueryPlan.SortColumn(tag) is (not null, var own) && own <= level;

    /// <summary>The value of Timezone Offset From UTC (0008,0201), such as +0100.</summary>
    public static bool TryParseTimeZone(string text, out TimeSpan zone) => ZonedStudyTime.TryParseZone(text, out zone);

    /// <summary>PATIENT, STUDY, SERIES or IMAGE (0008,0052).</summary>
    public static bool TryParseLevel(string? text, out QueryLevel level)
    {
        (bool isLevel, level) = text switch
        {
            "PATIENT" => (true, QueryLevel.Patient),
            "STUDY" => (true, QueryLevel.Study),
            "SERIES" => (true, QueryLevel.Series),
            "IMAGE" => (true, QueryLevel.Image),
            _ => (false, QueryLevel.Study),
        };
        return isLevel;
    }
}
