using System.Globalization;

namespace Isocenter.StandardTables.Iods;

/// <summary>The conditions of dicom3tools (condn.tpl), each as an expression in the notation that the validator reads.</summary>
/// <remarks>A condition is a fold from the left that starts with false: each line or group is joined to what is there by its
/// Operator, Or when it has none.</remarks>
internal sealed class Conditions
{
    /// <summary>Their first line says And by mistake: there is nothing before it, and the rule would never hold.</summary>
    private static readonly HashSet<string> StartsWithAnd = new(StringComparer.Ordinal)
    {
        "MPEG2MPHLTransferSyntaxAndRowsNot720Or1080", "MPEG2MPHLTransferSyntaxAndColumnsNot1280Or1920",
        "MPEG2MPHLTransferSyntaxAndColumnsInconsistentWithRows", "ViewModifierCodeSequenceEmptyAndNotMammography",
    };

    private readonly Dictionary<string, Expression> _all = new(StringComparer.Ordinal)
    {
        ["Always"] = Expression.True,
        ["Never"] = Expression.False,
        // For a module of the supplement.
        ["NeedModuleEnhancedPatientOrientation"] = new Term("PatientOrientationCodeSequence"),
    };

    private readonly IReadOnlyDictionary<string, string> _sopClasses;

    private Conditions(IReadOnlyDictionary<string, string> sopClasses) => _sopClasses = sopClasses;

    /// <summary>The expression of a condition.</summary>
    public Expression this[string name] => _all.TryGetValue(name, out var expression)
        ? expression
        : throw new InvalidDataException($"there is no condition {name}");

    public bool Contains(string name) => _all.ContainsKey(name);

    /// <param name="dicom3tools">The folder.</param>
    /// <param name="sopClasses">Name as in the templates, and UID.</param>
    public static Conditions Read(string dicom3tools, IReadOnlyDictionary<string, string> sopClasses)
    {
        var conditions = new Conditions(sopClasses);
        string? name = null;
        var open = new Stack<(Expression Value, bool IsFirst)>();
        foreach (var line in Template.Read(Path.Combine(dicom3tools, "condn.tpl")))
        {
            switch (line.Key)
            {
                case "Condition":
                    name = line.Value;
                    open.Clear();
                    open.Push((Expression.False, true));
                    break;
                case "ConditionEnd":
                    if (name is null || open.Count != 1) throw line.Wrong("brackets do not match");
                    var (value, isEmpty) = open.Pop();
                    // Without a test: it cannot be told from the data set.
                    if (!conditions._all.TryAdd(name, isEmpty ? new Term("?") : value)) throw line.Wrong($"{name} stands twice");
                    name = null;
                    break;
                case "(":
                    open.Push((Expression.False, true));
                    break;
                case ")":
                    if (open.Count < 2) throw line.Wrong("brackets do not match");
                    Join(open.Pop().Value, line);
                    break;
                case "Element":
                    Join(conditions.Term(line), line);
                    break;
                default:
                    throw line.Wrong($"unknown line {line.Key}");
            }
        }
        return conditions;

        void Join(Expression term, TemplateLine line)
        {
            if (line["Modifier"] is { } modifier) term = modifier == "Not" ? Expression.Not(term) : throw line.Wrong($"unknown modifier {modifier}");
            var (value, isFirst) = open.Pop();
            string operation = line["Operator"] ?? "Or";
            if (isFirst && StartsWithAnd.Contains(name!)) operation = "Or";
            open.Push((operation switch
            {
                "Or" => Expression.Or(value, term),
                "And" => Expression.And(value, term),
                _ => throw line.Wrong($"unknown operator {operation}"),
            }, false));
        }
    }

    private Term Term(TemplateLine line)
    {
        string element = line.Value;
        string place = Place(line, element);
        string selector = line["ValueSelector"] switch
        {
            null => "",
            "*" => "[*]",
            { } index => string.Create(CultureInfo.InvariantCulture, $"[{int.Parse(index, CultureInfo.InvariantCulture) + 1}]"),
        };
        foreach (var (key, value) in line.Attributes)
        {
            switch (key)
            {
                case "Element" or "Operator" or "Modifier" or "ValueSelector" or "ElementPresentWithin":
                    break;
                case "StringValue" or "StringValueAbove" or "StringValueFromRoot" or "StringValueFromRootAttribute":
                    return new Term($"{place}{selector}=\"{value}\"");
                case "StringConstant" or "StringConstantFromRootAttribute":
                    return new Term($"{place}{selector}=\"{Constant(line, value)}\"");
                case "BinaryValue" or "BinaryValueFromRootAttribute":
                    return new Term($"{place}{selector}{Comparison(line, value)}");
                case "TagValue":
                    return new Term($"{place}{selector}=({value.Replace("0x", "", StringComparison.Ordinal).ToUpperInvariant()})");
                case "ValuePresent":
                    return new Term($"{place}{selector}=*");
                case "SequenceHasItems" or "SequencePresentInPathFromRootHasItems" or "SequencePresentInPathFromRootFirstItemHasItems":
                    return new Term($"{place}#>0");
                case "SequenceHasOneItem":
                    return new Term($"{place}#=1");
                case "SequenceHasTwoItems":
                    return new Term($"{place}#=2");
                case "SequenceHasMultipleItems":
                    return new Term($"{place}#>1");
                case "GroupPresent":
                    return new Term($"{place}.group");
                // 0xff00: in any of the repeating groups; the validator looks at each of them.
                case "ElementPresent" or "ElementPresentAbove" or "ElementPresentInRoot"
                    or "ElementPresentInPathFromRoot" or "ElementPresentInPathFromRootFirstItem":
                    return new Term(place);
                default:
                    throw line.Wrong($"unknown test {key}");
            }
        }
        if (line.Has("ElementPresentWithin")) return new Term(place);
        throw line.Wrong("no test");
    }

    /// <summary>Where to look: here, ^ in the data set around, / at the top, or in items of a sequence. A path from the
    /// root leads to the element at any depth, as to Source Image Sequence within Derivation Image Sequence.</summary>
    private static string Place(TemplateLine line, string element)
    {
        foreach (var (key, value) in line.Attributes)
        {
            if (key.EndsWith("Above", StringComparison.Ordinal)) return $"^{element}";
            if (key.EndsWith("InPathFromRootFirstItem", StringComparison.Ordinal) || key == "SequencePresentInPathFromRootFirstItemHasItems")
                return $"/{value}[1]//{element}";
            if (key.EndsWith("InPathFromRoot", StringComparison.Ordinal) || key == "SequencePresentInPathFromRootHasItems")
                return $"/{value}[*]//{element}";
            if (key.EndsWith("FromRootAttribute", StringComparison.Ordinal) || key.EndsWith("FromRoot", StringComparison.Ordinal)
                || key.EndsWith("InRoot", StringComparison.Ordinal))
                return $"/{element}";
            if (key == "ElementPresentWithin") return $"{value}[*]/{element}";
        }
        return element;
    }

    private string Constant(TemplateLine line, string name)
    {
        const string Suffix = "SOPClassUID";
        if (name.EndsWith(Suffix, StringComparison.Ordinal) && _sopClasses.TryGetValue(name[..^Suffix.Length], out string? uid)) return uid;
        throw line.Wrong($"unknown constant {name}");
    }

    private static string Comparison(TemplateLine line, string text)
    {
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2 || parts[0] is not ("==" or "!=" or "<" or ">" or "<=" or ">=")) throw line.Wrong($"unknown comparison {text}");
        string number = parts[1].StartsWith("0x", StringComparison.Ordinal)
            ? Convert.ToInt64(parts[1], 16).ToString(CultureInfo.InvariantCulture)
            : parts[1];
        _ = double.Parse(number, CultureInfo.InvariantCulture);
        return (parts[0] == "==" ? "=" : parts[0]) + number;
    }
}
