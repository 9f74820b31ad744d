using System.Collections.Concurrent;
using System.Text;

namespace Isocenter.Dicom.Validation;

/// <summary>The IODs, modules and macros of PS3.3, from the resource Iods.txt, whose head describes its lines.</summary>
/// <remarks>At first use the resource is loaded and its blocks are found; a block is read when it is asked for. What has
/// been read never changes. Safe from many threads.</remarks>
internal sealed class IodTables
{
    private static readonly Lazy<IodTables> OnFirstUse = new(Load);

    private readonly byte[] _text;
    private readonly Dictionary<string, Range> _blocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _iodOf = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Iod> _iods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RuleTable> _tables = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Condition> _conditions = new(StringComparer.Ordinal);

    /// <param name="text">Lines as the head of Iods.txt describes them.</param>
    public IodTables(byte[] text)
    {
        _text = text;
        FindBlocks();
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

    private static IodTables Load()
    {
        using var stream = typeof(IodTables).Assembly.GetManifestResourceStream("Isocenter.Dicom.Validation.Iods.txt")
            ?? throw new InvalidOperationException("the tables of PS3.3 are not part of this assembly");
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return new IodTables(text);
    }

    /// <summary>A block starts at a letter in the first column and ends where the next one starts.</summary>
    private void FindBlocks()
    {
        var text = _text.AsSpan();
        string? key = null;
        int start = 0;
        for (int at = 0; at < text.Length;)
        {
            int length = text[at..].IndexOf((byte)'\n');
            int next = length < 0 ? text.Length : at + length + 1;
            if (text[at] is not ((byte)'\t' or (byte)'#' or (byte)'\n'))
            {
                if (key is not null) _blocks[key] = start..at;
                var line = text[at..(next - 1)];
                int name = line.IndexOf((byte)'\t') + 1;
                int end = line[name..].IndexOf((byte)'\t');
                key = Encoding.ASCII.GetString(line[..(name + end)]);
                start = at;
                if (line.StartsWith("iod\t"u8))
                {
                    foreach (string uid in Encoding.ASCII.GetString(line[(line.LastIndexOf((byte)'\t') + 1)..]).Split('\\'))
                        _iodOf.TryAdd(uid, key[4..]);
                }
            }
            at = next;
        }
        if (key is not null) _blocks[key] = start..text.Length;
    }

    private string[] LinesOf(string key) =>
        _blocks.TryGetValue(key, out var range)
            ? Encoding.UTF8.GetString(_text.AsSpan(range)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new FormatException($"the tables of PS3.3 have no block '{key}'");

    private Iod ReadIod(string name)
    {
        string[] lines = LinesOf("iod\t" + name);
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
        string[] lines = LinesOf(key);
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
        ConditionParser.Parse(text[0] == '$' ? tables.LinesOf("condition\t" + text[1..])[0].Split('\t')[2] : text), this);

    /// <summary>Values, or those that $name refers to.</summary>
    public string[] ValuesOf(string text) =>
        (text.StartsWith('$') ? LinesOf("values\t" + text[1..])[0].Split('\t')[2] : text).Split('\\');

    private static int DepthOf(string line)
    {
        int depth = line.AsSpan().IndexOfAnyExcept('\t');
        return depth < 0 ? line.Length : depth;
    }

    private static string SectionOf(string section) =>
        section.Length == 0 || section.StartsWith("PS3", StringComparison.Ordinal) ? section : "PS3.3 §" + section;
}
