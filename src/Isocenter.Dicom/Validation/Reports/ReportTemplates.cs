using System.Collections.Concurrent;
using System.Globalization;
using System.Xml.XPath;

namespace Isocenter.Dicom.Validation;

/// <summary>The templates of PS3.16 Annex A and the relationships of PS3.3 §A.35, from the resource ReportTemplates.txt, whose
/// head describes its lines.</summary>
/// <remarks>At first use the resource is loaded; a block is read when it is asked for. What has been read never changes. Safe
/// from many threads.</remarks>
internal sealed class ReportTemplates
{
    private static readonly Lazy<ReportTemplates> OnFirstUse = new(() => new ReportTemplates(TableText.Load("ReportTemplates.txt")));

    private readonly TableText _text;
    private readonly ConcurrentDictionary<string, ReportDocument> _documents = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ReportTemplate> _templates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ContextGroup[]> _groups = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, XPathExpression> _conditions = new(StringComparer.Ordinal);

    private ReportTemplates(TableText text) => _text = text;

    /// <summary>Those of the resource.</summary>
    public static ReportTemplates Shared => OnFirstUse.Value;

    /// <summary>Names of all templates.</summary>
    public IEnumerable<string> TemplateNames => NamesOf("template");

    /// <summary>SOP classes of the reports whose relationships are known.</summary>
    public IEnumerable<string> SopClasses => NamesOf("document");

    /// <summary>What is known of the reports of a SOP class; null: nothing.</summary>
    public ReportDocument? FindDocument(string sopClass) =>
        _text.Contains("document\t" + sopClass) ? _documents.GetOrAdd(sopClass, ReadDocument) : null;

    /// <summary>A template by its name in the tables; null when they have none.</summary>
    public ReportTemplate? Find(string name) => _text.Contains("template\t" + name) ? _templates.GetOrAdd(name, ReadTemplate) : null;

    /// <summary>A context group of PS3.16, with what the templates add to it, or one that the templates list themselves. Empty when
    /// it is not known.</summary>
    public IReadOnlyList<ContextGroup> GroupsOf(string name) => _groups.GetOrAdd(name, ReadGroups);

    /// <summary>A condition, ready to be asked. An expression is for one thread: take a clone.</summary>
    public XPathExpression ConditionOf(string text) => _conditions.GetOrAdd(text, static text => XPathExpression.Compile($"boolean({text})"));

    private IEnumerable<string> NamesOf(string kind) =>
        _text.Keys.Where(key => key.StartsWith(kind + "\t", StringComparison.Ordinal)).Select(key => key[(kind.Length + 1)..]);

    private ReportDocument ReadDocument(string sopClass)
    {
        string[] lines = _text.LinesOf("document\t" + sopClass);
        var targets = new Dictionary<(string, string), HashSet<string>>();
        var roots = new List<RootTemplate>();
        foreach (string line in lines.AsSpan(1))
        {
            string[] fields = line[1..].Split('\t');
            if (fields[0] == "root") roots.Add(new RootTemplate(fields[1], fields.Contains("required"), CodesOf(fields, "title="), CodesOf(fields, "procedure=")));
            else targets[(fields[0], fields[1])] = [.. fields[2].Split('\\')];
        }
        return new ReportDocument(lines[0].Split('\t')[2], targets, roots);
    }

    private ReportTemplate ReadTemplate(string name)
    {
        string[] lines = _text.LinesOf("template\t" + name);
        string[] head = lines[0].Split('\t');
        var template = new ReportTemplate(name, head[2], head[3], IsClosed: head[4] == "closed");
        int at = 1;
        template.Rows = ReadRows(template, lines, ref at, depth: 1);
        return template;
    }

    private static TemplateRow[] ReadRows(ReportTemplate template, string[] lines, ref int at, int depth)
    {
        var rows = new List<TemplateRow>();
        while (at < lines.Length && DepthOf(lines[at]) == depth)
        {
            var row = ReadRow(template, lines[at++][depth..].Split('\t'));
            row.Rows = ReadRows(template, lines, ref at, depth + 1);
            rows.Add(row);
        }
        return [.. rows];
    }

    private static TemplateRow ReadRow(ReportTemplate template, string[] fields)
    {
        bool isByReference = fields[3].StartsWith(ReportDocument.ByReference, StringComparison.Ordinal);
        string relationship = fields[3] == "-" ? "" : isByReference ? fields[3][ReportDocument.ByReference.Length..] : fields[3];
        string? points = fields.FirstOrDefault(field => field.StartsWith("points=", StringComparison.Ordinal))?["points=".Length..];
        return new TemplateRow
        {
            Template = template,
            Number = fields[0],
            Requirement = fields[1] switch
            {
                "M" => RequirementType.Mandatory,
                "MC" => RequirementType.MandatoryConditional,
                "UC" => RequirementType.UserOptionConditional,
                _ => RequirementType.UserOption,
            },
            Multiplicity = Multiplicity.Parse(fields[2]),
            Relationship = relationship,
            IsByReference = isByReference,
            ValueType = fields[4][0] == '@' ? "" : fields[4],
            Included = fields[4][0] == '@' ? fields[4][1..] : null,
            Arguments = fields[5..].Where(field => field[0] == '$').Select(field => field.Split('=')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
            ConceptName = ChoiceOf(fields, "name=", "names="),
            Value = ChoiceOf(fields, "value=", "values="),
            Units = ChoiceOf(fields, "units=", "unitsof="),
            GraphicTypes = fields.FirstOrDefault(field => field.StartsWith("graphic=", StringComparison.Ordinal))?["graphic=".Length..].Split('\\') ?? [],
            Points = points is null ? null : Multiplicity.Parse(points),
            Condition = fields.FirstOrDefault(field => field.StartsWith("if=", StringComparison.Ordinal))?["if=".Length..],
            MayBePresentOtherwise = fields.Contains("mbpo"),
            IsExact = fields.Contains("exact"),
        };
    }

    private static CodeChoice? ChoiceOf(string[] fields, string codes, string group)
    {
        // A row that has both takes the code as the concept, and the group for what the code is about.
        if (CodesOf(fields, codes) is { Length: > 0 } listed) return new CodeChoice(listed, null, IsDefined: true);
        if (fields.FirstOrDefault(field => field.StartsWith(group, StringComparison.Ordinal))?[group.Length..] is not { } named) return null;
        bool isDefined = !named.EndsWith(" baseline", StringComparison.Ordinal);
        return new CodeChoice([], isDefined ? named : named[..^" baseline".Length], isDefined);
    }

    private static TemplateCode[] CodesOf(string[] fields, string option) =>
        fields.FirstOrDefault(field => field.StartsWith(option, StringComparison.Ordinal)) is not { } text ? []
            : [.. text[option.Length..].Split('\\').Select(code => code.Split('^')).Select(parts => new TemplateCode(parts[0], parts[1], parts.Length > 2 ? parts[2] : null))];

    private ContextGroup[] ReadGroups(string name)
    {
        var groups = new List<ContextGroup>();
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int cid) && ContextGroups.Shared.Find(cid) is { } standard) groups.Add(standard);
        if (_text.Contains("group\t" + name)) groups.Add(ContextGroups.Read(_text.LinesOf("group\t" + name), cid, name, isExtensible: true, ""));
        return [.. groups];
    }

    private static int DepthOf(string line)
    {
        int depth = line.AsSpan().IndexOfAnyExcept('\t');
        return depth < 0 ? line.Length : depth;
    }
}
