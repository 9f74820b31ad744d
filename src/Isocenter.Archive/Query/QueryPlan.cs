using System.Globalization;
using System.Text;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>A query as SQL that finds the keys of rows, in the order of the answers. Where SQL says exactly what
/// <see cref="Matcher"/> would, limit and offset are in it; the other keys are left to the matcher.</summary>
internal sealed class QueryPlan
{
    private static readonly string[] Tables = ["patients p", "studies st", "series se", "instances i"];
    private static readonly string[] Down = ["", "st.patient_key = p.key", "se.study_key = st.key", "i.series_key = se.key"];

    private readonly List<object?> _parameters = [];
    private readonly List<string> _where = [];
    private readonly bool _literal;
    private readonly bool _isOfPatients;
    private QueryLevel _top;
    private QueryLevel _anchor;
    private bool _hasAnchor;
    private bool _oneStudy;
    private bool _oneSeries;

    /// <param name="query">The query.</param>
    /// <param name="literal">Asterisks and question marks mean themselves, as in retrieval.</param>
    /// <param name="narrow">False: everything is left to the matcher. For tests that compare the two.</param>
    public QueryPlan(Query query, bool literal = false, bool narrow = true)
    {
        _literal = literal;
        _isOfPatients = query.Level == QueryLevel.Patient;
        _top = _anchor = query.Level == QueryLevel.Patient ? QueryLevel.Patient : QueryLevel.Study;
        Options = new MatchingOptions(query.FuzzyMatching, query.EmptyValueMatching);
        if (query is { TimeZone: { } zone, Level: >= QueryLevel.Study } && ZonedStudyTime.Of(query.Identifier, zone) is { } studyTime) Narrow(StudyTime = studyTime);
        bool isCombined = StudyTime is not null || narrow && query.CombinedDateTime && query.Level >= QueryLevel.Study && TryCombine(query.Identifier);
        foreach (var key in query.Identifier)
        {
            if (!QueryKeys.IsMatchingKey(key, query, out var level) || isCombined && key.Tag == Tags.StudyTime) continue;
            if (StudyTime is not null && key.Tag == Tags.StudyDate) continue;
            if (query.LinkedPatients.Count > 0 && key.Tag == Tags.IssuerOfPatientID) continue;
            if (query.LinkedPatients.Count > 0 && key.Tag == Tags.PatientID)
            {
                Narrow(key, query.LinkedPatients, isOfAnyIssuer: query.Identifier.Get(Tags.IssuerOfPatientID, "").Length == 0);
                continue;
            }
            if (Options.EmptyValue && Matcher.IsEmptyValueKey(key)) Unresolved.Add(key);
            else if (!literal && Matcher.IsUniversal(key) || key.IsEmpty) continue;
            else if (!narrow || !TryNarrow(key, level))
            {
                if (narrow && !literal && !IndexedAttributes.TryLevelOf(key.Tag, out _)) NarrowByValues(key, level);
                Unresolved.Add(key);
            }
        }
        Sql = Compose(query);
    }

    public MatchingOptions Options { get; }

    /// <summary>Keys that are still to be matched, on the rows that the SQL finds.</summary>
    public List<DataElement> Unresolved { get; } = [];

    /// <summary>Study Date and Study Time, when they are asked for in a time zone; also still to be matched.</summary>
    public ZonedStudyTime? StudyTime { get; }

    /// <summary>The rows that the SQL finds are the answers: nothing is to be matched, and none is another row of the same patient.</summary>
    public bool IsExact => Unresolved.Count == 0 && StudyTime is null && !_isOfPatients;

    public string Sql { get; }

    public object?[] Parameters => [.. _parameters];

    /// <summary>How many rows there are without limit and offset.</summary>
    public string CountSql { get; private set; } = "";

    public object?[] CountParameters { get; private set; } = [];

    private bool TryNarrow(DataElement key, QueryLevel level)
    {
        string? condition = key.Tag.Value switch
        {
            0x0010_0020 => Text(key, "p.patient_id", QueryLevel.Patient),
            0x0010_0021 => Text(key, "p.issuer", null),
            0x0010_0010 => Name(key),
            0x0010_0030 => Temporal(key, VR.DA, "p.birth_date", QueryLevel.Patient),
            0x0010_0040 => Text(key, "p.sex", null),
            0x0020_000D => Uids(key, "st.study_uid", QueryLevel.Study),
            0x0008_0020 => Temporal(key, VR.DA, "st.study_date", null),
            0x0008_0030 => Temporal(key, VR.TM, "st.study_time", null),
            0x0008_0050 => Accession(key),
            0x0020_0010 => Text(key, "st.study_id", null),
            0x0008_1030 => Text(key, "st.description", null),
            0x0008_0061 or 0x0008_0062 => InSet(key, key.Tag == Tags.ModalitiesInStudy ? "st.modalities" : "st.sop_classes"),
            0x0020_000E => Uids(key, "se.series_uid", QueryLevel.Series),
            0x0008_0060 => Text(key, "se.modality", null),
            0x0020_0011 => Number(key, "se.number"),
            0x0008_0018 => Uids(key, "i.sop_uid", QueryLevel.Image),
            0x0008_0016 => Uids(key, "i.sop_class", null),
            0x0020_0013 => Number(key, "i.number"),
            _ => null,
        };
        if (condition is null) return false;
        _where.Add(condition);
        if (level < _top) _top = level;
        return true;
    }

    /// <summary>Extra attributes: the rows that once had one of the values. The matcher looks at them again.</summary>
    private void NarrowByValues(DataElement key, QueryLevel level)
    {
        if (level == QueryLevel.Patient || !ExtraRows.IsExact(DataDictionary.VROf(key.Tag))) return;
        var any = new List<string>();
        foreach (string value in key.DataSet.GetAll<string>(key.Tag))
        {
            if (value.Length == 0) continue;
            bool hasWildcard = Wildcard.IsIn(value) && Matcher.HasWildcards(DataDictionary.VROf(key.Tag));
            // Values that are not noted may be among those of a pattern.
            if (hasWildcard || !ExtraRows.IsNoted(value)) return;
            any.Add($"value = {Add(value)}");
        }
        if (any.Count == 0) return;
        _where.Add($"{Alias(level)}.key IN (SELECT key FROM extra_values WHERE tag = {Add((long)key.Tag.Value)} AND {Any(any)})");
        Anchor(level);
    }

    private string Compose(Query query)
    {
        var level = query.Level;
        string order = Sorted(query.OrderBy, level);
        // The joins are in our order (CROSS JOIN): from the table with the most selective key down, then up.
        var sql = new StringBuilder("SELECT ").Append(Alias(level)).Append(".key FROM ").Append(Tables[(int)_anchor]);
        for (var at = _anchor + 1; at <= level; at++) sql.Append(" CROSS JOIN ").Append(Tables[(int)at]).Append(" ON ").Append(Down[(int)at]);
        for (var at = _anchor; at > _top; at--) sql.Append(" CROSS JOIN ").Append(Tables[(int)at - 1]).Append(" ON ").Append(Down[(int)at]);
        _where.Add(level switch
        {
            QueryLevel.Patient => "EXISTS (SELECT 1 FROM studies x WHERE x.patient_key = p.key AND x.series_count > 0)",
            QueryLevel.Study => "st.series_count > 0",
            QueryLevel.Series => "se.instance_count > 0 AND st.series_count > 0",
            _ => "i.is_current = 1 AND st.series_count > 0",
        });
        sql.Append(" WHERE ").AppendJoin(" AND ", _where);
        CountSql = sql.ToString().Replace($"SELECT {Alias(level)}.key FROM", "SELECT COUNT(*) FROM", StringComparison.Ordinal);
        CountParameters = [.. _parameters];
        sql.Append(" ORDER BY ").Append(order).Append(Order(level));
        if (IsExact && (query.Limit is not null || query.Offset > 0))
        {
            sql.Append(CultureInfo.InvariantCulture, $" LIMIT @{_parameters.Count} OFFSET @{_parameters.Count + 1}");
            _parameters.Add(query.Limit ?? -1);
            _parameters.Add(query.Offset);
        }
        return sql.ToString();
    }

    /// <summary>Where an attribute that can be sorted by stands.</summary>
    public static (string? Column, QueryLevel Level) SortColumn(Tag tag) => tag.Value switch
    {
        0x0010_0010 => ("p.name", QueryLevel.Patient),
        0x0010_0020 => ("p.patient_id", QueryLevel.Patient),
        0x0010_0030 => ("p.birth_date", QueryLevel.Patient),
        0x0010_0040 => ("p.sex", QueryLevel.Patient),
        0x0020_000D => ("st.study_uid", QueryLevel.Study),
        0x0008_0020 => ("st.study_date", QueryLevel.Study),
        0x0008_0030 => ("st.study_time", QueryLevel.Study),
        0x0008_0050 => ("st.accession", QueryLevel.Study),
        0x0008_0061 => ("st.modalities", QueryLevel.Study),
        0x0008_1030 => ("st.description", QueryLevel.Study),
        0x0020_0010 => ("st.study_id", QueryLevel.Study),
        0x0020_1206 => ("st.series_count", QueryLevel.Study),
        0x0020_1208 => ("st.instance_count", QueryLevel.Study),
        0x0020_000E => ("se.series_uid", QueryLevel.Series),
        0x0008_0060 => ("se.modality", QueryLevel.Series),
        0x0020_0011 => ("se.number", QueryLevel.Series),
        0x0020_1209 => ("se.instance_count", QueryLevel.Series),
        0x0008_0018 => ("i.sop_uid", QueryLevel.Image),
        0x0008_0016 => ("i.sop_class", QueryLevel.Image),
        0x0020_0013 => ("i.number", QueryLevel.Image),
        _ => (null, QueryLevel.Image),
    };

    /// <summary>What comes before the usual order. The tables it needs are joined.</summary>
    private string Sorted(IReadOnlyList<(Tag Tag, bool IsDescending)> orderBy, QueryLevel level)
    {
        var sql = new StringBuilder();
        foreach (var (tag, isDescending) in orderBy)
        {
            if (SortColumn(tag) is not ({ } column, var own) || own > level) throw new ArgumentException($"answers cannot be sorted by {tag}", nameof(orderBy));
            if (own < _top) _top = own;
            sql.Append(column).Append(isDescending ? " DESC, " : ", ");
        }
        return sql.ToString();
    }

    /// <summary>Patients by name, studies newest first, series and instances by number.</summary>
    private string Order(QueryLevel level)
    {
        if (level == QueryLevel.Patient) return "p.name, p.key";
        const string newestFirst = "st.study_date DESC, st.study_time DESC, st.key DESC";
        if (level == QueryLevel.Study) return newestFirst;
        string order = _oneStudy ? "" : newestFirst + ", ";
        if (level == QueryLevel.Series) return order + "se.number, se.key";
        return order + (_oneSeries ? "" : "se.number, se.key, ") + "i.number, i.key";
    }

    private string? Text(DataElement key, string column, QueryLevel? anchor)
    {
        var any = new List<string>();
        foreach (string value in key.DataSet.GetAll<string>(key.Tag))
        {
            if (value.Length == 0) continue;
            any.Add(!_literal && Wildcard.IsIn(value) ? Glob(column, value) : $"{column} = {Add(value)}");
        }
        if (any.Count == 0) return null;
        if (anchor is { } level) Anchor(level);
        return Any(any);
    }

    private string? Accession(DataElement key)
    {
        // Its index leaves out the many studies without one, and SQLite must be told that we do not mean them.
        string? text = Text(key, "st.accession", QueryLevel.Study);
        return text is null ? null : $"(st.accession <> '' AND {text})";
    }

    private string? Name(DataElement key)
    {
        if (Options.Fuzzy) return null;
        var any = new List<string>();
        foreach (string value in key.DataSet.GetAll<string>(key.Tag))
        {
            if (value.Length == 0) continue;
            string folded = SearchName.Of(value).Alphabetic;
            if (folded.Length == 0 || value.Contains('=', StringComparison.Ordinal)) return null;
            // One look into each index, which holds all that is needed.
            foreach (string column in (ReadOnlySpan<string>)["name", "name_ideographic", "name_phonetic"])
                any.Add($"SELECT key FROM patients WHERE {(Wildcard.IsIn(folded) ? Glob(column, folded) : $"{column} = {Add(folded)}")}");
        }
        if (any.Count == 0) return null;
        Anchor(QueryLevel.Patient);
        return $"p.key IN ({string.Join(" UNION ALL ", any)})";
    }

    private string? Temporal(DataElement key, VR vr, string column, QueryLevel? anchor)
    {
        var any = new List<string>();
        foreach (string value in key.DataSet.GetAll<string>(key.Tag))
        {
            if (value.Length == 0) continue;
            if (!TemporalRange.TryParse(vr, value, out var range)) return null;
            if (range.From == range.To) any.Add($"{column} = {Add(range.From)}");
            else if (range.To is null) any.Add($"{column} >= {Add(range.From)}");
            else any.Add($"({column} >= {Add(range.From ?? "0")} AND {column} <= {Add(range.To)})");
        }
        if (any.Count == 0) return null;
        if (anchor is { } level) Anchor(level);
        return Any(any);
    }

    /// <summary>Study Date and Study Time as one (PS3.4 §C.2.2.2.5.4). The date alone stays a key: it has the index.</summary>
    private bool TryCombine(DataSet identifier)
    {
        if (!TryRange(identifier, Tags.StudyDate, VR.DA, out var dates) || !TryRange(identifier, Tags.StudyTime, VR.TM, out var times)) return false;
        const string moment = "(st.study_date || st.study_time)";
        if (dates.From is not null) _where.Add($"{moment} >= {Add(dates.From + (times.From ?? ""))}");
        if (dates.To is not null) _where.Add($"{moment} <= {Add(dates.To + (times.To ?? "9"))}");
        if (QueryLevel.Study < _top) _top = QueryLevel.Study;
        return true;
    }

    /// <summary>The patient who is asked for, and those who are the same person.</summary>
    private void Narrow(DataElement id, IReadOnlyList<LinkedPatient> linked, bool isOfAnyIssuer)
    {
        var any = linked.Select(patient => $"(p.patient_id = {Add(patient.Id)} AND p.issuer = {Add(patient.Issuer)})").ToList();
        if (isOfAnyIssuer) any.Add($"p.patient_id = {Add(id.Text)}");
        Anchor(QueryLevel.Patient);
        _where.Add(Any(any));
    }

    private void Narrow(ZonedStudyTime studyTime)
    {
        if (studyTime.FirstDate is { } first) _where.Add($"st.study_date >= {Add(first)}");
        if (studyTime.LastDate is { } last) _where.Add($"st.study_date <= {Add(last)}");
        if (QueryLevel.Study < _top) _top = QueryLevel.Study;
    }

    private static bool TryRange(DataSet identifier, Tag tag, VR vr, out TemporalRange range)
    {
        range = default;
        return identifier.TryFind(tag, out var key) && !key.IsEmpty && key.DataSet.GetAll<string>(tag) is [var value] && TemporalRange.TryParse(vr, value, out range);
    }

    private string Uids(DataElement key, string column, QueryLevel? anchor)
    {
        // Digits and dots only, or nothing that is stored could match.
        var uids = key.DataSet.GetAll<string>(key.Tag).Where(value => Uid.TryParseLenient(value, out _)).ToList();
        if (anchor is { } level) Anchor(level);
        if (uids.Count == 1)
        {
            _oneStudy |= key.Tag == Tags.StudyInstanceUID;
            _oneSeries |= key.Tag == Tags.SeriesInstanceUID;
            return $"{column} = {Add(uids[0])}";
        }
        return $"{column} IN (SELECT value FROM json_each({Add($"[{string.Join(',', uids.Select(uid => $"\"{uid}\""))}]")}))";
    }

    private string? InSet(DataElement key, string column)
    {
        var any = new List<string>();
        foreach (string value in key.DataSet.GetAll<string>(key.Tag))
        {
            if (value.Length == 0) continue;
            if (Wildcard.IsIn(value)) return null;
            any.Add($"instr({column}, {Add($"\\{value}\\")}) > 0");
        }
        return any.Count == 0 ? null : Any(any);
    }

    private string? Number(DataElement key, string column)
    {
        var any = new List<string>();
        foreach (string value in key.DataSet.GetAll<string>(key.Tag))
        {
            if (value.Length == 0) continue;
            if (!int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number)) return null;
            any.Add($"{column} = {Add(number)}");
        }
        return any.Count == 0 ? null : Any(any);
    }

    /// <summary>The part before the first wildcard goes to the index, the whole to GLOB, which minds case and knows brackets too.</summary>
    private string Glob(string column, string pattern)
    {
        string prefix = Wildcard.Prefix(pattern);
        string glob = $"{column} GLOB {Add(pattern.Replace("[", "[[]", StringComparison.Ordinal))}";
        return prefix.Length == 0 ? glob : $"({column} >= {Add(prefix)} AND {column} < {Add(prefix + "\U0010FFFF")} AND {glob})";
    }

    private string Add(object? value)
    {
        _parameters.Add(value);
        return "@" + (_parameters.Count - 1).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The lowest level with such a key wins: its UID finds fewer rows than those above.</summary>
    private void Anchor(QueryLevel level)
    {
        bool isFirst = !_hasAnchor;
        _hasAnchor = true;
        if (isFirst || level > _anchor) _anchor = level;
        if (level < _top) _top = level;
    }

    private static string Any(List<string> conditions) => conditions.Count == 1 ? conditions[0] : $"({string.Join(" OR ", conditions)})";

    private static string Alias(QueryLevel level) => level switch
    {
        QueryLevel.Patient => "p",
        QueryLevel.Study => "st",
        QueryLevel.Series => "se",
        _ => "i",
    };
}
