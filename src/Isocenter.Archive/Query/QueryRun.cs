using System.Globalization;
using Isocenter.Dicom;
using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <summary>One query on its way: loads rows by their keys and makes answers of them. Rows of the levels above are read
/// once for all below them.</summary>
internal sealed class QueryRun
{
    /// <summary>Rows that are loaded at once; between two loads nothing of the index is held.</summary>
    public const int ChunkLength = 128;

    private static readonly string[] Statements =
    [
        "SELECT key, identity, attributes FROM patients WHERE key IN (SELECT value FROM json_each(@0))",
        "SELECT key, patient_key, attributes, series_count, instance_count, modalities, sop_classes FROM studies WHERE key IN (SELECT value FROM json_each(@0))",
        "SELECT key, study_key, attributes, instance_count FROM series WHERE key IN (SELECT value FROM json_each(@0))",
        "SELECT key, series_key, attributes, transfer_syntax FROM instances WHERE key IN (SELECT value FROM json_each(@0))",
    ];

    private readonly Query _query;
    private readonly QueryPlan _plan;
    private readonly QueryLevel _top;
    private readonly Key[] _keys;
    private readonly Dictionary<(QueryLevel, long), Row> _above = [];

    /// <summary>Patients of several rows that were answered by one of them.</summary>
    private readonly HashSet<long> _answered = [];

    public QueryRun(Query query, QueryPlan plan)
    {
        _query = query;
        _plan = plan;
        _keys = ReturnKeys(query);
        _top = query.IncludeAll ? QueryLevel.Patient : query.Level;
        foreach (var key in _keys)
        {
            if (key.IsKnown && key.Level < _top && key.Tag != Tags.InstanceAvailability) _top = key.Level;
        }
        foreach (var key in plan.Unresolved)
        {
            if (QueryKeys.IsMatchingKey(key, query, out var level) && level < _top) _top = level;
        }
        if (plan.StudyTime is not null && QueryLevel.Study < _top) _top = QueryLevel.Study;
    }

    /// <summary>What an answer is to hold, prepared once.</summary>
    private readonly record struct Key(Tag Tag, VR VR, QueryLevel Level, bool IsKnown, bool IsComputed, DataSet? Item);

    /// <summary>The row of one level: its attributes, and what is counted and collected for it.</summary>
    private sealed record Row(long Key, long Parent, DataSet Attributes, long Series, long Instances, string First, string Second)
    {
        public long Studies { get; set; } = -1;
        public long PatientSeries { get; set; }
        public long PatientInstances { get; set; }
    }

    /// <summary>The answers for these keys, in their order; without those that do not match after all.</summary>
    public List<DataSet> Load(IndexConnection index, ReadOnlySpan<long> keys)
    {
        var rows = ReadRows(index, _query.Level, keys);
        ReadAbove(index, rows.Values);
        var answers = new List<DataSet>(keys.Length);
        var levels = new Row?[4];
        foreach (long key in keys)
        {
            // Gone since the keys were found: no answer.
            if (!rows.TryGetValue(key, out var row)) continue;
            levels[(int)_query.Level] = row;
            for (var level = _query.Level; level > _top && row is not null; level--)
                levels[(int)level - 1] = row = _above.GetValueOrDefault((level - 1, row.Parent));
            if (row is not null && Matches(index, levels) && IsFirstOfPatient(levels)) answers.Add(Answer(index, levels));
        }
        return answers;
    }

    private static Key[] ReturnKeys(Query query)
    {
        var keys = new List<Key>();
        foreach (var element in query.Identifier)
        {
            // The time zone says how a query is meant, and is one of the attributes that an answer has.
            if (!QueryKeys.IsControl(element.Tag) || element.Tag == Tags.TimezoneOffsetFromUTC) keys.Add(KeyOf(query, element.Tag, element.VR, element.Items is [{ Count: > 0 } item, ..] ? item : null));
        }
        for (var level = query.Level == QueryLevel.Patient ? QueryLevel.Patient : QueryLevel.Study; level <= query.Level; level++)
            Require(IndexedAttributes.UniqueKeyOf(level));
        if (query.IncludeAll)
        {
            foreach (var tag in IndexedAttributes.ComputedUpTo(query.Level))
            {
                // A patient's counts are asked for by name below the patient: they cost a look at all its studies.
                if (query.Level == QueryLevel.Patient || !IsPatientCount(tag)) Require(tag);
            }
        }
        return [.. keys];

        void Require(Tag tag)
        {
            if (!keys.Exists(key => key.Tag == tag)) keys.Add(KeyOf(query, tag, DataDictionary.VROf(tag), null));
        }
    }

    private static Key KeyOf(Query query, Tag tag, VR vr, DataSet? item)
    {
        var known = DataDictionary.VROf(tag);
        if (known is not (VR.UN or VR.None)) vr = known;
        bool isComputed = IndexedAttributes.IsComputed(tag, out var level);
        bool isKnown = (isComputed || query.Extra.TryReadyLevelOf(tag, out level)) && level <= query.Level;
        return new Key(tag, vr, level, isKnown, isComputed, item);
    }

    private static bool IsPatientCount(Tag tag) => tag == Tags.NumberOfPatientRelatedStudies
        || tag == Tags.NumberOfPatientRelatedSeries || tag == Tags.NumberOfPatientRelatedInstances;

    private bool Matches(IndexConnection index, Row?[] levels)
    {
        if (_plan.StudyTime is { } studyTime && levels[(int)QueryLevel.Study] is { } study && !studyTime.Matches(study.Attributes)) return false;
        foreach (var key in _plan.Unresolved)
        {
            if (!QueryKeys.IsMatchingKey(key, _query, out var level) || levels[(int)level] is not { } row) return false;
            var attributes = row.Attributes;
            if (IndexedAttributes.IsComputed(key.Tag, out _)) SetComputed(index, attributes = new DataSet(), key.Tag, levels);
            if (!Matcher.Matches(key, attributes, _plan.Options)) return false;
        }
        return true;
    }

    /// <summary>One ID of one issuer is one patient (PS3.4 §C.6.1.1.2), whatever its objects call it: the first of its rows that matches answers.</summary>
    private bool IsFirstOfPatient(Row?[] levels) => _query.Level != QueryLevel.Patient || levels[0]!.Parent == 0 || _answered.Add(levels[0]!.Parent);

    private DataSet Answer(IndexConnection index, Row?[] levels)
    {
        var found = new List<DataElement>(_keys.Length);
        var answer = new DataSet();
        if (_query.IncludeAll)
        {
            foreach (var row in levels)
            {
                if (row is not null) found.AddRange(row.Attributes.Where(element => _query.Extra.TryReadyLevelOf(element.Tag, out _)));
            }
        }
        foreach (var key in _keys)
        {
            if (key.IsKnown && !key.IsComputed && levels[(int)key.Level] is { } row && row.Attributes.TryFind(key.Tag, out var element)) found.Add(element);
        }
        AttributeText.ChooseCharacterSet(answer, found);
        foreach (var element in found)
        {
            if (element.IsSequence && ItemOf(element.Tag) is { } item) Project(element, item, answer);
            else AttributeText.Copy(element, answer);
        }
        foreach (var key in _keys)
        {
            if (key.IsKnown && key.IsComputed) SetComputed(index, answer, key.Tag, levels);
            else if (!answer.Contains(key.Tag)) SetEmpty(answer, key.Tag, key.VR);
        }
        if (_query.Identifier.TryFind(Tags.QueryRetrieveLevel, out var queryLevel)) answer.Add(queryLevel);
        return answer;
    }

    private DataSet? ItemOf(Tag tag) => _query.IncludeAll ? null : Array.Find(_keys, key => key.Tag == tag).Item;

    /// <summary>Of a sequence, the attributes that the key asks for (PS3.4 §C.2.2.2.6).</summary>
    private static void Project(DataElement sequence, DataSet wanted, DataSet answer)
    {
        var items = new List<DataSet>();
        foreach (var item in sequence.Items)
        {
            var part = new DataSet();
            // Text is in the character set of the item or of what is around it; the answer may be in another.
            AttributeText.ChooseCharacterSet(part, item.Where(element => wanted.Contains(element.Tag)));
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
        if (vr == VR.SQ) answer.Set<DataSet>(tag, VR.SQ);
        else answer.SetBytes(tag, vr, []);
    }

    private static void SetComputed(IndexConnection index, DataSet answer, Tag tag, Row?[] levels)
    {
        switch (tag.Value)
        {
            case 0x0008_0056:
                answer.Set(tag, "ONLINE");
                break;
            case 0x0008_0061:
                SetAll(answer, tag, levels[1]!.First);
                break;
            case 0x0008_0062:
                SetAll(answer, tag, levels[1]!.Second);
                break;
            case 0x0008_3002:
                answer.SetText(tag, VR.UI, levels[3]!.First);
                break;
            case 0x0020_1206:
                answer.Set(tag, levels[1]!.Series);
                break;
            case 0x0020_1208:
                answer.Set(tag, levels[1]!.Instances);
                break;
            case 0x0020_1209:
                answer.Set(tag, levels[2]!.Instances);
                break;
            default:
                var patient = levels[0]!;
                if (patient.Studies < 0) CountPatient(index, patient);
                answer.Set(tag, tag == Tags.NumberOfPatientRelatedStudies ? patient.Studies
                    : tag == Tags.NumberOfPatientRelatedSeries ? patient.PatientSeries : patient.PatientInstances);
                break;
        }
    }

    /// <summary>As bytes: what objects call a modality need not be a legal Code String.</summary>
    private static void SetAll(DataSet answer, Tag tag, string set) =>
        answer.SetBytes(tag, DataDictionary.VROf(tag), System.Text.Encoding.Latin1.GetBytes(set.Trim('\\')));

    /// <summary>Sees to it that the rows above these are at hand, up to the highest level that is needed.</summary>
    private void ReadAbove(IndexConnection index, IReadOnlyCollection<Row> rows)
    {
        if (_above.Count > 8 * ChunkLength) _above.Clear();
        for (var level = _query.Level; level > _top; level--)
        {
            var above = new List<Row>();
            var missing = new HashSet<long>();
            foreach (var row in rows)
            {
                if (_above.TryGetValue((level - 1, row.Parent), out var known)) above.Add(known);
                else missing.Add(row.Parent);
            }
            if (missing.Count > 0)
            {
                foreach (var (key, row) in ReadRows(index, level - 1, [.. missing]))
                {
                    _above.Add((level - 1, key), row);
                    above.Add(row);
                }
            }
            rows = above;
        }
    }

    private static Dictionary<long, Row> ReadRows(IndexConnection index, QueryLevel level, ReadOnlySpan<long> keys)
    {
        var rows = new Dictionary<long, Row>(keys.Length);
        using var row = index.Read(Statements[(int)level], KeyList(keys));
        while (row.Read()) rows.Add(row.GetInt64(0), RowOf(level, row));
        return rows;
    }

    private static Row RowOf(QueryLevel level, SqliteDataReader row)
    {
        long parent = row.GetInt64(1);
        var attributes = LevelAttributes.Read(row.GetFieldValue<byte[]>(2));
        return level switch
        {
            QueryLevel.Patient => new Row(row.GetInt64(0), parent, attributes, 0, 0, "", ""),
            QueryLevel.Study => new Row(row.GetInt64(0), parent, attributes, row.GetInt64(3), row.GetInt64(4), row.GetString(5), row.GetString(6)),
            QueryLevel.Series => new Row(row.GetInt64(0), parent, attributes, 0, row.GetInt64(3), "", ""),
            _ => new Row(row.GetInt64(0), parent, attributes, 0, 0, row.GetString(3), ""),
        };
    }

    private static void CountPatient(IndexConnection index, Row patient)
    {
        using var counts = index.Read("""
            SELECT COUNT(*), COALESCE(SUM(series_count), 0), COALESCE(SUM(instance_count), 0) FROM studies
            WHERE series_count > 0 AND patient_key IN (SELECT @0 UNION SELECT key FROM patients WHERE identity = @1 AND identity <> 0)
            """, patient.Key, patient.Parent);
        counts.Read();
        (patient.Studies, patient.PatientSeries, patient.PatientInstances) = (counts.GetInt64(0), counts.GetInt64(1), counts.GetInt64(2));
    }

    internal static string KeyList(ReadOnlySpan<long> keys)
    {
        var text = new System.Text.StringBuilder("[");
        foreach (long key in keys) text.Append(CultureInfo.InvariantCulture, $"{key},");
        if (text.Length > 1) text.Length--;
        return text.Append(']').ToString();
    }
}
