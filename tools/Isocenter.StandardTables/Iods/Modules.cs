using System.Globalization;

namespace Isocenter.StandardTables.Iods;

/// <summary>A module or macro: its rows as they are written, and what they refer to.</summary>
internal sealed record Table(string Name, bool IsMacro)
{
    public List<string> Rows { get; } = [];

    public HashSet<string> Macros { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Conditions { get; } = new(StringComparer.Ordinal);

    public HashSet<(string Kind, string Name)> ValueSets { get; } = [];
}

/// <summary>The modules and macros of dicom3tools (module/*.tpl).</summary>
internal sealed class Modules(Conditions conditions, Shared shared, IReadOnlySet<string> keywords)
{
    private static readonly HashSet<string> Understood = new(StringComparer.Ordinal)
    {
        "Name", "Sequence", "Verify", "InvokeMacro", "Type", "VM", "Condition", "NoCondition", "mbpo", "ValueSelector",
        "StringEnumValues", "StringDefinedTerms", "BinaryEnumValues", "TagEnumValues", "BinaryBitMap",
        "NotZeroError", "NotZeroWarning", "ThenErrorMessage", "ThenWarningMessage", "ElseWarningMessage", "ShowValueWithMessage", "DoNotSetUsed",
        // The last is a slip of the pen: PS3.3 has Baseline and Defined context groups (BCID, DCID), and says DCID there.
        "BaselineContextID", "DefinedContextID", "EnmeratedContextID",
    };

    /// <summary>Modules that IODs have got since the snapshot, in the notation of the templates.</summary>
    private const string Supplement = """
        Module="EnhancedPatientOrientation"
        Sequence="PatientOrientationCodeSequence" Type="1" VM="1"
        InvokeMacro="CodeSequenceMacro"
        Sequence="PatientOrientationModifierCodeSequence" Type="1C" VM="1" NoCondition=""
        InvokeMacro="CodeSequenceMacro"
        SequenceEnd
        SequenceEnd
        Sequence="PatientEquipmentRelationshipCodeSequence" Type="3" VM="1"
        InvokeMacro="CodeSequenceMacro"
        SequenceEnd
        ModuleEnd
        """;

    public IReadOnlyDictionary<string, Table> Read(string dicom3tools)
    {
        var tables = new Dictionary<string, Table>(StringComparer.Ordinal);
        Table? table = null;
        int depth = 0;
        foreach (var line in Template.Read(Path.Combine(dicom3tools, "module")).Concat(Template.Parse(Supplement, "supplement")))
        {
            switch (line.Key)
            {
                case "Module" or "DefineMacro":
                    if (table is not null) throw line.Wrong("the one before has no end");
                    table = new Table(line.Value, line.Key == "DefineMacro");
                    depth = 1;
                    break;
                case "ModuleEnd" or "MacroEnd":
                    if (table is null || depth != 1) throw line.Wrong("sequences do not match");
                    if (!tables.TryAdd(KeyOf(table.Name, table.IsMacro), table)) throw line.Wrong($"{table.Name} stands twice");
                    table = null;
                    break;
                case "SequenceEnd":
                    if (--depth < 1) throw line.Wrong("no sequence to end");
                    break;
                case "Name" or "Sequence" or "Verify" or "InvokeMacro":
                    if (table is null) throw line.Wrong("outside of a module");
                    if (line.Attributes.Keys.FirstOrDefault(k => !Understood.Contains(k)) is { } unknown) throw line.Wrong($"unknown key {unknown}");
                    table.Rows.Add(new string('\t', depth) + Row(line, table));
                    if (line.Key == "Sequence") depth++;
                    break;
                default:
                    throw line.Wrong($"unknown line {line.Key}");
            }
        }
        return tables;
    }

    /// <summary>A module and a macro may have the same name.</summary>
    public static string KeyOf(string name, bool isMacro) => isMacro ? "@" + name : name;

    private string Row(TemplateLine line, Table table)
    {
        if (line.Key == "InvokeMacro")
        {
            table.Macros.Add(line.Value);
            return $"@{line.Value}{If(line, table)}{Codes(line)}";
        }
        if (!keywords.Contains(line.Value)) throw line.Wrong($"{line.Value} is no keyword of PS3.6");
        // A Type on a Verify line says again what the line of the attribute says.
        string row = line.Key == "Verify" ? "!" + line.Value : $"{line.Value}\t{TypeOf(line)}";
        if (line.Key == "Sequence") row += "\titems=" + (line["VM"] ?? throw line.Wrong("no number of items"));
        else if (line["VM"] is { } vm) row += "\tvm=" + vm;
        row += If(line, table);
        if (line["mbpo"] == "true") row += "\tmbpo";
        if (line.Has("DoNotSetUsed")) row += "\taside";
        string at = line["ValueSelector"] is { } selector && selector != "*"
            ? string.Create(CultureInfo.InvariantCulture, $"[{int.Parse(selector, CultureInfo.InvariantCulture) + 1}]")
            : "";
        row += Values(line, table, "StringEnumValues", "StringValues", at + "enum")
            + Values(line, table, "StringDefinedTerms", "StringValues", at + "term")
            + Values(line, table, "BinaryEnumValues", "BinaryValues", at + "number")
            + Values(line, table, "TagEnumValues", "TagValues", at + "tag")
            + Values(line, table, "BinaryBitMap", "BinaryBitMap", at + "bits");
        if (line.Has("NotZeroError")) row += "\tzero=error";
        if (line.Has("NotZeroWarning")) row += "\tzero=warning";
        foreach (var (key, option) in new[] { ("ThenErrorMessage", "error"), ("ThenWarningMessage", "warning"), ("ElseWarningMessage", "else") })
            if (line[key] is { } message) row += $"\t{option}={message.Trim()}";
        return row;
    }

    private static string TypeOf(TemplateLine line) => line["Type"] switch
    {
        "1" or "1C" or "2" or "2C" or "3" => line["Type"]!,
        // Type 3C is not in the standard; nothing is required.
        "3C" => "3",
        null when line.Value == "AudioComments" => "3",
        _ => throw line.Wrong($"unknown type {line["Type"]}"),
    };

    /// <summary>The condition; "?" when it is one of the real world, which no data set tells.</summary>
    private string If(TemplateLine line, Table table)
    {
        if (line["Condition"] is { } name) return "\tif=" + Shared.Refer(conditions, name, table.Conditions);
        if (line.Has("NoCondition")) return "\tif=?";
        return line["Type"] is "1C" or "2C" && line.Key is "Name" or "Sequence" ? "\tif=?" : "";
    }

    /// <summary>The context groups of PS3.16 that the codes are from, "4018 or 4019" being one of two.</summary>
    private static string Codes(TemplateLine line)
    {
        string option = "";
        foreach (var (key, name) in new[] { ("BaselineContextID", "baseline"), ("DefinedContextID", "defined"), ("EnmeratedContextID", "defined") })
        {
            if (line[key] is not { } value) continue;
            string[] groups = value.Split(" or ");
            if (Array.Exists(groups, g => !int.TryParse(g, NumberStyles.None, CultureInfo.InvariantCulture, out _))) throw line.Wrong($"no context group: {value}");
            option += $"\t{name}={string.Join('\\', groups)}";
        }
        return option;
    }

    private string Values(TemplateLine line, Table table, string key, string kind, string option) =>
        line[key] is { } name ? $"\t{option}={shared.Refer(kind, name, table.ValueSets, line)}" : "";
}
