using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>One query on its way: loads rows by their keys and makes answers of them. Rows of the levels above are read
/// once for all below them.</summary>
internal sealed class QueryRun(Query query, QueryPlan plan)
{
    /// <summary>Rows that are loaded at once; between two loads nothing of the index is held.</summary>
    public const int ChunkLength = 128;

    private static readonly string[] Rows =
    [
        "SELECT key, 0, attributes FROM patients WHERE key IN (SELECT value FROM json_each(@0))",
        "SELECT key, patient_key, attributes, series_count, instance_count, modalities, sop_classes FROM studies WHERE key IN (SELECT value FROM json_each(@0))",
        "SELECT key, study_key, attributes, instance_count FROM series WHERE key IN (SELECT value FROM json_each(@0))",
        "SELECT key, series_key, attributes, transfer_syntax FROM instances WHERE key IN (SELECT value FROM json_each(@0))",
    ];

    private readonly Dictionary<(QueryLevel, long), Row> _above = [];
    private readonly QueryLevel _top = TopLevel(query);
    private readonly bool _needsPatientCounts = query.Level == QueryLevel.Patient && query.IncludeAll
        || query.Identifier.Contains(Tags.NumberOfPatientRelatedStudies) || query.Identifier.Contains(Tags.NumberOfPatientRelatedSeries)
        || query.Identifier.Contains(Tags.NumberOfPatientRelatedInstances);

    /// <summary>The row of one level: its attributes, and what is computed for it.</summary>
    private sealed record Row(long Parent, DataSet Attributes, DataSet Computed);

    /// <summary>The answers for these keys, in their order; without those that do not match after all.</summary>
    public List<DataSet> Load(IndexConnection index, ReadOnlySpan<long> keys)
    {
        var rows = ReadRows(index, query.Level, keys);
        var answers = new List<DataSet>(keys.Length);
        foreach (long key in keys)
        {
            // Gone since the keys were found: no answer.
            if (!rows.TryGetValue(key, out var row)) continue;
            var levels = new Row?[(int)query.Level + 1];
            levels[(int)query.Level] = row;
            for (var level = query.Level; level > _top && row is not null; level--)
                levels[(int)level - 1] = row = Above(index, level - 1, row.Parent);
            if (Matches(levels)) answers.Add(Answer(levels));
        }
        return answers;
    }

    private bool Matches(Row?[] levels)
    {
        foreach (var key in plan.Unresolved)
        {
            if (!Matcher.Matches(key, Find(levels, key.Tag, out var element) ? element.DataSet : null, plan.Options)) return false;
        }
        return true;
    }

    private DataSet Answer(Row?[] levels)
    {
        var found = new List<DataElement>();
        var answer = new DataSet();
        var empty = new List<(Tag, VR)>();
        if (query.IncludeAll)
        {
            foreach (var row in levels)
            {
                if (row is null) continue;
                found.AddRange(row.Attributes.Where(element => element.Tag != Tags.SpecificCharacterSet));
                found.AddRange(row.Computed);
            }
        }
        foreach (var key in query.Identifier)
        {
            if (QueryKeys.IsControl(key.Tag)) continue;
            if (Find(levels, key.Tag, out var element)) found.Add(element);
            else empty.Add((key.Tag, key.VR));
        }
        for (var level = query.Level == QueryLevel.Patient ? QueryLevel.Patient : QueryLevel.Study; level <= query.Level; level++)
        {
            if (Find(levels, IndexedAttributes.UniqueKeyOf(level), out var element)) found.Add(element);
        }
        AttributeText.ChooseCharacterSet(answer, found);
        foreach (var element in found)
        {
            if (element.IsSequence && query.Identifier.TryFind(element.Tag, out var key) && !query.IncludeAll
                && key.Items.Count > 0 && key.Items[0].Count > 0) Project(element, key.Items[0], answer);
            else AttributeText.Copy(element, answer);
        }
        foreach (var (tag, vr) in empty) SetEmpty(answer, tag, vr);
        if (query.Identifier.TryFind(Tags.QueryRetrieveLevel, out var queryLevel)) answer.Add(queryLevel);
        return answer;
    }

    /// <summary>Of a sequence, the attributes that the key asks for (PS3.4 §C.2.2.2.6).</summary>
    private static void Project(DataElement sequence, DataSet wanted, DataSet answer)
    {
        var items = new List<DataSet>();
        foreach (var item in sequence.Items)
        {
            var part = new DataSet();
            foreach (var key in wanted)
            {
                if (item.TryFind(key.Tag, out var element)) AttributeText.Copy(element, part);
                else SetEmpty(part, key.Tag, key.VR);
            }
            items.Add(part);
        }
        answer.Set<DataSet>(sequence.Tag, VR.SQ, [.. items]);
    }

    private static void SetEmpty(DataSet answer, Tag tag, VR vr)
    {
        var known = DataDictionary.VROf(tag);
        if (known is not (VR.UN or VR.None)) vr = known;
        if (vr == VR.SQ) answer.Set<DataSet>(tag, VR.SQ);
        else answer.SetBytes(tag, vr, []);
    }

    private static bool Find(Row?[] levels, Tag tag, out DataElement element)
    {
        element = default;
        foreach (var row in levels)
        {
            if (row is not null && (row.Attributes.TryFind(tag, out element) || row.Computed.TryFind(tag, out element))) return true;
        }
        return false;
    }

    private Row? Above(IndexConnection index, QueryLevel level, long key)
    {
        if (_above.TryGetValue((level, key), out var row)) return row;
        row = ReadRows(index, level, [key]).GetValueOrDefault(key);
        if (row is null) return null;
        if (_above.Count > 4 * ChunkLength) _above.Clear();
        _above.Add((level, key), row);
        return row;
    }

    private Dictionary<long, Row> ReadRows(IndexConnection index, QueryLevel level, ReadOnlySpan<long> keys)
    {
        var rows = new Dictionary<long, Row>(keys.Length);
        using (var row = index.Read(Rows[(int)level], KeyList(keys)))
        {
            while (row.Read())
            {
                var computed = new DataSet();
                if (level == query.Level || query.IncludeAll) computed.Set(Tags.InstanceAvailability, "ONLINE");
                switch (level)
                {
                    case QueryLevel.Study:
                        computed.Set(Tags.NumberOfStudyRelatedSeries, row.GetInt64(3)).Set(Tags.NumberOfStudyRelatedInstances, row.GetInt64(4))
                            .Set<string>(Tags.ModalitiesInStudy, row.GetString(5).Split('\\', StringSplitOptions.RemoveEmptyEntries))
                            .Set<string>(Tags.SOPClassesInStudy, row.GetString(6).Split('\\', StringSplitOptions.RemoveEmptyEntries));
                        break;
                    case QueryLevel.Series:
                        computed.Set(Tags.NumberOfSeriesRelatedInstances, row.GetInt64(3));
                        break;
                    case QueryLevel.Image:
                        computed.Set(Tags.AvailableTransferSyntaxUID, row.GetString(3));
                        break;
                }
                rows.Add(row.GetInt64(0), new Row(row.GetInt64(1), LevelAttributes.Read(row.GetFieldValue<byte[]>(2)), computed));
            }
        }
        if (level == QueryLevel.Patient && _needsPatientCounts)
        {
            foreach (var (key, row) in rows) CountPatient(index, key, row.Computed);
        }
        return rows;
    }

    private static void CountPatient(IndexConnection index, long key, DataSet computed)
    {
        using var counts = index.Read("""
            SELECT COUNT(*), COALESCE(SUM(series_count), 0), COALESCE(SUM(instance_count), 0) FROM studies
            WHERE patient_key = @0 AND instance_count > 0
            """, key);
        counts.Read();
        computed.Set(Tags.NumberOfPatientRelatedStudies, counts.GetInt64(0)).Set(Tags.NumberOfPatientRelatedSeries, counts.GetInt64(1))
            .Set(Tags.NumberOfPatientRelatedInstances, counts.GetInt64(2));
    }

    /// <summary>The highest level of which anything is asked.</summary>
    private static QueryLevel TopLevel(Query query)
    {
        if (query.IncludeAll) return QueryLevel.Patient;
        var top = query.Level;
        // The unique keys of the levels above are part of every answer; the study's is in the study's row.
        if (top > QueryLevel.Study) top = QueryLevel.Study;
        foreach (var key in query.Identifier)
        {
            if (key.Tag == Tags.InstanceAvailability) continue;
            if (IndexedAttributes.TryLevelOf(key.Tag, out var level) || IndexedAttributes.IsComputed(key.Tag, out level))
                top = level < top ? level : top;
        }
        return top;
    }

    internal static string KeyList(ReadOnlySpan<long> keys)
    {
        var text = new System.Text.StringBuilder("[");
        foreach (long key in keys) text.Append(key.ToString(CultureInfo.InvariantCulture)).Append(',');
        if (text.Length > 1) text.Length--;
        return text.Append(']').ToString();
    }
}
