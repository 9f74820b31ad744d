using System.Collections.Concurrent;

namespace Isocenter.Dicom.Validation;

/// <summary>The IODs, modules and macros of PS3.3, from the resource Iods.txt, whose head describes its lines.</summary>
/// <remarks>At first use the resource is loaded and its blocks are found; a block is read when it is asked for. What has
/// been read never changes. Safe from many threads.</remarks>
internal sealed class IodTables
{
    private static readonly Lazy<IodTables> OnFirstUse = new(() => new IodTables(TableText.Load("Iods.txt")));

    private readonly TableText _text;
    private readonly Dictionary<string, string> _iodOf = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Iod> _iods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RuleTable> _tables = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Condition> _conditions = new(StringComparer.Ordinal);

    /// <param name="text">Lines as the head of Iods.txt describes them.</param>
    public IodTables(TableText text)
    {
        _text = text;
        foreach (string key in text.Keys.Where(key => key.StartsWith("iod\t", StringComparison.Ordinal)))
        {
            foreach (string uid in text.HeadOf(key).Split('\t')[^1].Split('\\')) _iodOf.TryAdd(uid, key["iod\t".Length..]);
        }
    }

    /// <summary>Those of the resource.</summary>
    public static IodTables Shared => OnFirstUse.Value;

    /// <summary>UIDs of the SOP classes whose IOD is known.</summary>
    public IEnumerable<string> SopClasses => _iodOf.Keys;

    /// <summary>The IOD of a SOP class; null when it is not known.</summary>
    public Iod? FindIod(string sopClassUid) =>
        _iodOf.TryGetValue(sopClassUid, out string? name) ? _iods.GetOrAdd(name, ReadIod) : null;

    /// <summary>A module, by its name in the tables.</summary>
    public RuleTable Module(string name) => _tables.GetOrAdd("module\t" + name, ReadTable);

    /// <summary>A macro, by its name in the tables.</summary>
    public RuleTable Macro(string name) => _tables.GetOrAdd("macro\t" + name, ReadTable);

    private Iod ReadIod(string name)
    {
        string[] lines = _text.LinesOf("iod\t" + name);
        string[] head = lines[0].Split('\t');
        var modules = new List<ModuleUse>(lines.Length - 1);
        foreach (string line in lines.AsSpan(1))
        {
            string[] fields = line[1..].Split('\t');
            bool hasTable = fields[0][0] != '-';
            string? condition = fields.Length > 2 ? fields[2]["if=".Length..] : null;
            modules.Add(new ModuleUse(hasTable ? fields[0] : fields[0][1..], fields[1][0], condition is null ? null : ConditionOf(condition), hasTable));
        }
        return new Iod(head[2], SectionOf(head[3]), modules);
    }

    private RuleTable ReadTable(string key)
    {
        string[] lines = _text.LinesOf(key);
        string[] head = lines[0].Split('\t');
        var table = new RuleTable($"{head[2]} {(key[1] == 'o' ? "Module" : "Macro")}", SectionOf(head[3]));
        int at = 1;
        ReadRows(table, lines, ref at, depth: 1);
        return table;
    }

    private void ReadRows(RuleTable table, string[] lines, ref int at, int depth)
    {
        var rows = new List<Rule>();
        while (at < lines.Length && DepthOf(lines[at]) == depth)
        {
            string[] fields = lines[at++][depth..].Split('\t');
            RuleTable? items = null;
            if (at < lines.Length && DepthOf(lines[at]) > depth)
            {
                items = new RuleTable(table.Title, table.Section);
                ReadRows(items, lines, ref at, depth + 1);
            }
            rows.Add(RowParser.Parse(fields, items, table, this));
        }
        table.Rows = [.. rows];
        table.Repeats = rows.Any(row => row is AttributeRule { Tag: var tag } && RepeatingGroups.Contains(tag));
    }

    /// <summary>A condition, or the one that $name refers to.</summary>
    public Condition ConditionOf(string text) => _conditions.GetOrAdd(text, static (text, tables) =>
        ConditionParser.Parse(text[0] == '$' ? tables._text.LinesOf("condition\t" + text[1..])[0].Split('\t')[2] : text), this);

    /// <summary>Values, or those that $name refers to.</summary>
    public string[] ValuesOf(string text) =>
        (text.StartsWith('$') ? _text.LinesOf("values\t" + text[1..])[0].Split('\t')[2] : text).Split('\\');

    private static int DepthOf(string line)
    {
        int depth = line.AsSpan().IndexOfAnyExcept('\t');
        return depth < 0 ? line.Length : depth;
    }

    private static string SectionOf(string section) =>
        section.Length == 0 || section.StartsWith("PS3", StringComparison.Ordinal) ? section : "PS3.3 §" + section;
}
