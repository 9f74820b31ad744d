using System.Buffers;
using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.DicomWeb;

/// <summary>A query parameter of a search cannot be understood: answer 400 (PS3.18 §8.3.4.1).</summary>
public sealed class SearchParameterException(string message) : Exception(message);

/// <summary>The query part of a QIDO-RS request (PS3.18 §8.3.4, §10.6.1).</summary>
/// <param name="Keys">Matching keys as in a C-FIND identifier; sequences hold one item. In UTF-8.</param>
/// <param name="IncludeFields">Attributes asked for beside the usual ones.</param>
/// <param name="IncludeAll">includefield=all.</param>
/// <param name="FuzzyMatching">fuzzymatching=true.</param>
/// <param name="EmptyValueMatching">emptyvaluematching=true: a value of two quotation marks matches what is empty.</param>
/// <param name="Limit">Most results wanted; null when not given.</param>
/// <param name="Offset">Results to skip.</param>
/// <param name="OrderBy">orderby, an extension: attributes to sort by, each from high to low when a hyphen precedes it.</param>
public sealed record SearchParameters(DataSet Keys, IReadOnlyList<Tag> IncludeFields, bool IncludeAll, bool FuzzyMatching,
    bool EmptyValueMatching, int? Limit, int Offset, IReadOnlyList<(Tag Tag, bool IsDescending)> OrderBy)
{
    /// <summary>linkedpatients=true, an extension: patients who are the same person as the one asked for match too.</summary>
    public bool LinkedPatients { get; init; }

    /// <summary>samepatientas, an extension: the UID of a study, of whose patient the studies are asked for; a Patient ID has no
    /// place in an address. Null when not given.</summary>
    public string? SamePatientAs { get; init; }

    /// <summary>Parameters that are neither ours nor attributes: to be ignored, and told of (PS3.18 §8.3).</summary>
    public IReadOnlyList<string> Unsupported { get; init; } = [];

    private const int MaxParameters = 200;
    private const int MaxOrderBy = 8;
    private static readonly SearchValues<char> OfTags = SearchValues.Create("0123456789ABCDEFabcdef,()");

    /// <summary>Reads the decoded name–value pairs of the query string.</summary>
    /// <exception cref="SearchParameterException">A tag or a path is malformed, a value does not fit.</exception>
    public static SearchParameters Parse(IEnumerable<KeyValuePair<string, string>> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var keys = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        var include = new List<Tag>();
        bool all = false, fuzzy = false, empty = false, multiple = false, linked = false;
        var matches = new List<(string Name, string Value)>();
        var unsupported = new List<string>();
        var orderBy = new List<(Tag, bool)>();
        var once = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        int? limit = null;
        string? samePatientAs = null;
        int offset = 0, count = 0;
        foreach (var (name, value) in query)
        {
            if (++count > MaxParameters) throw new SearchParameterException($"more than {MaxParameters} query parameters");
            if (name.ToLowerInvariant() is "limit" or "offset" or "fuzzymatching" or "emptyvaluematching" or "multiplevaluematching" or "samepatientas" && !once.Add(name))
                throw new SearchParameterException($"{name} is given twice");
            switch (name.ToLowerInvariant())
            {
                case "limit":
                    limit = Number(name, value);
                    break;
                case "offset":
                    offset = Number(name, value);
                    break;
                case "fuzzymatching":
                    fuzzy = Flag(name, value);
                    break;
                case "emptyvaluematching":
                    empty = Flag(name, value);
                    break;
                case "multiplevaluematching":
                    multiple = Flag(name, value);
                    break;
                case "linkedpatients":
                    linked = Flag(name, value);
                    break;
                case "orderby":
                    foreach (string field in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    {
                        if (orderBy.Count == MaxOrderBy) throw new SearchParameterException($"orderby names more than {MaxOrderBy} attributes");
                        if (AttributePath(field.TrimStart('-')) is not [var by]) throw new SearchParameterException("orderby names attributes outside of sequences");
                        orderBy.Add((by, field.StartsWith('-')));
                    }
                    break;
                case "samepatientas":
                    samePatientAs = value;
                    break;
                case "accept" or "charset":
                    break;
                case "includefield":
                    foreach (string field in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    {
                        if (field.Equals("all", StringComparison.OrdinalIgnoreCase)) all = true;
                        else include.Add(AttributePath(field)[0]);
                    }
                    break;
                case var _ when IsUnsupported(name):
                    unsupported.Add(Shorten(name));
                    break;
                default:
                    matches.Add((name, value));
                    break;
            }
        }
        foreach (var (name, value) in matches) AddKey(keys, AttributePath(name), value, empty, multiple);
        return new SearchParameters(keys, include, all, fuzzy, empty, limit, offset, orderBy) { LinkedPatients = linked, SamePatientAs = samePatientAs, Unsupported = unsupported };
    }

    /// <summary>A word that no attribute has. What looks like a tag or a path is meant to be one.</summary>
    private static bool IsUnsupported(string name) =>
        name.AsSpan().ContainsAnyExcept(OfTags) && !name.Contains('.', StringComparison.Ordinal) && !Tag.TryParse(name, CultureInfo.InvariantCulture, out _);

    /// <summary>{attributeID}: a tag or keyword, or several joined by dots for attributes in sequences (PS3.18 §8.3.4.1).</summary>
    private static Tag[] AttributePath(string text)
    {
        string[] parts = text.Split('.');
        if (parts.Length > 8) throw new SearchParameterException($"'{Shorten(text)}' is nested too deeply");
        var path = new Tag[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!Tag.TryParse(parts[i], CultureInfo.InvariantCulture, out path[i]))
                throw new SearchParameterException($"'{Shorten(parts[i])}' is neither an attribute keyword nor a tag of eight digits");
        }
        return path;
    }

    private static void AddKey(DataSet keys, Tag[] path, string value, bool allowsEmpty, bool allowsMultiple)
    {
        foreach (var sequence in path.AsSpan(0, path.Length - 1))
        {
            if (DataDictionary.VROf(sequence) != VR.SQ) throw new SearchParameterException($"{sequence} is not a sequence");
            if (!keys.TryGet(sequence, out DataSet? item))
            {
                item = new DataSet();
                keys.Set(sequence, item);
            }
            keys = item;
        }
        var tag = path[^1];
        var vr = DataDictionary.VROf(tag);
        if (vr == VR.SQ) throw new SearchParameterException($"{tag} is a sequence: name an attribute in it");
        // A list of UIDs comes with commas (PS3.18 §8.3.4.1), and in a data set with backslashes.
        // With Multiple Value Matching commas separate codes too, in which they are not legal (PS3.5 Table 6.2-1).
        if (vr == VR.UI || vr == VR.CS && allowsMultiple) value = value.Replace(',', '\\');
        if (keys.TryFind(tag, out var earlier))
        {
            // An attribute is named once (PS3.18 §8.3.4.1). What some write instead of a list is one, if it cannot be anything else.
            if (vr is not (VR.UI or VR.CS)) throw new SearchParameterException($"{tag} is given twice; several values are one parameter, with backslashes between them");
            if (!earlier.IsEmpty && value.Length > 0) value = $"{string.Join('\\', keys.GetAll<string>(tag))}\\{value}";
        }
        try
        {
            if (allowsEmpty && value == "\"\"" && vr.IsText()) keys.SetBytes(tag, vr, "\"\""u8.ToArray());
            else if (value.Length == 0) keys.SetBytes(tag, vr, default);
            // Illegal UIDs and codes are stored as they come, and must be found.
            else if (vr is VR.UI or VR.CS) keys.SetText(tag, vr, value);
            else keys.Set(tag, vr, value);
        }
        catch (ArgumentException e)
        {
            throw new SearchParameterException(e.Message);
        }
    }

    private static bool Flag(string name, string value) => value.ToLowerInvariant() switch
    {
        "true" => true,
        "false" => false,
        _ => throw new SearchParameterException($"{name} is true or false"),
    };

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new SearchParameterException($"{name} is not a whole number");

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
