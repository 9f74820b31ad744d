using System.Text.Json;

namespace Isocenter.StandardTables.Iods;

/// <summary>A module of an IOD.</summary>
/// <param name="Name">Of the table; of a module without one its key in words.</param>
/// <param name="Usage">M, C or U (PS3.3 §A.1.3).</param>
/// <param name="Condition">Name of the condition under which it is looked at; null: always.</param>
/// <param name="HasTable">What stands in it is known.</param>
internal sealed record ModuleUse(string Name, string Usage, string? Condition, bool HasTable = true);

/// <summary>An IOD and the SOP classes that use it.</summary>
internal sealed record Iod(string Name, IReadOnlyList<string> SopClasses, IReadOnlyList<ModuleUse> Modules);

/// <summary>The IODs: those of dicom3tools (about 2024e), completed from the lists of highdicom (2026b).</summary>
internal sealed class IodReader(Conditions conditions, IReadOnlyDictionary<string, Table> tables)
{
    /// <summary>Modules that the two sources name differently.</summary>
    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal)
    {
        ["supplementalpalettecolorlookuptable"] = "SupplementalPaletteColorLUT",
    };

    private readonly Dictionary<string, string> _tableOf = MakeTableNames(tables);
    private readonly Dictionary<string, Dictionary<string, int>> _usualConditions = new(StringComparer.Ordinal)
    {
        ["EnhancedPatientOrientation"] = new(StringComparer.Ordinal) { ["NeedModuleEnhancedPatientOrientation"] = 1 },
    };

    public IReadOnlyList<Iod> Read(string ps33)
    {
        var iods = ReadTemplates(Path.Combine(ps33, "dicom3tools", "iodcomp"));
        using var classes = JsonDocument.Parse(File.ReadAllText(Path.Combine(ps33, "highdicom", "sop_class_iod_map.json")));
        using var modules = JsonDocument.Parse(File.ReadAllText(Path.Combine(ps33, "highdicom", "iod_module_map.json")));
        var byKey = classes.RootElement.EnumerateObject().GroupBy(p => p.Value.GetString()!, p => p.Name).ToDictionary(g => g.Key, g => g.ToList());
        foreach (var (key, uids) in byKey.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (!modules.RootElement.TryGetProperty(key, out var list)) continue;
            var newer = list.EnumerateArray().Select(m => (Key: m.GetProperty("key").GetString()!, Usage: m.GetProperty("usage").GetString()!)).ToList();
            for (int i = 0; i < iods.Count; i++)
                if (iods[i].SopClasses.Intersect(uids).Any()) iods[i] = Complete(iods[i], newer);
            var left = uids.Except(iods.SelectMany(iod => iod.SopClasses)).Order(StringComparer.Ordinal).ToList();
            if (left.Count > 0) iods.Add(new Iod(PascalCase(key), left, [.. newer.Select(m => UseOf(m.Key, m.Usage))]));
        }
        return iods;
    }

    private List<Iod> ReadTemplates(string folder)
    {
        var iods = new List<Iod>();
        (TemplateLine Head, List<ModuleUse> Modules)? open = null;
        foreach (var line in Template.Read(folder))
        {
            switch (line.Key)
            {
                case "CompositeIOD":
                    open = (line, []);
                    break;
                case "Module":
                    if (!tables.ContainsKey(line.Value)) throw line.Wrong($"there is no module {line.Value}");
                    string usage = line["Usage"] is "M" or "C" or "U" ? line["Usage"]! : throw line.Wrong("unknown usage");
                    if (line["Condition"] is { } condition) _ = conditions[condition];
                    if (usage != "M") Count(line.Value, line["Condition"] ?? "");
                    open!.Value.Modules.Add(new ModuleUse(line.Value, usage, line["Condition"]));
                    break;
                case "CompositeIODEnd":
                    var (head, modules) = open!.Value;
                    // Profiles of others (IHE, dental media) and private SOP classes are not the standard's.
                    if (!head.Has("Profile") && !head.Value.StartsWith("Private", StringComparison.Ordinal))
                        iods.Add(new Iod(head.Value, SopClassesOf(head), modules));
                    open = null;
                    break;
                case "InformationEntity" or "InformationEntityEnd":
                    break;
                default:
                    throw line.Wrong($"unknown line {line.Key}");
            }
        }
        return iods;
    }

    /// <summary>The SOP classes that its condition names.</summary>
    private List<string> SopClassesOf(TemplateLine line)
    {
        var uids = new List<string>();
        foreach (string test in conditions[line["Condition"]!].ToString()!.Split('|'))
        {
            string[] parts = test.Split('"');
            if (parts.Length != 3 || parts[0] is not ("/SOPClassUID=" or "/MediaStorageSOPClassUID=") || parts[2].Length > 0)
                throw line.Wrong($"not a choice of SOP classes: {test}");
            uids.Add(parts[1]);
        }
        return uids;
    }

    /// <summary>Adds the modules of the newer list, as if user optional: what was made before they came is not wrong.</summary>
    private Iod Complete(Iod iod, List<(string Key, string Usage)> newer)
    {
        var known = iod.Modules.Select(m => Normal(m.Name)).ToHashSet(StringComparer.Ordinal);
        var added = newer
            .Where(m => !known.Contains(Normal(TableOf(m.Key) ?? m.Key)) && !m.Key.EndsWith("multi-frame-functional-groups", StringComparison.Ordinal))
            .Select(m => UseOf(m.Key, "U"));
        return iod with { Modules = [.. iod.Modules, .. added] };
    }

    private ModuleUse UseOf(string key, string usage)
    {
        if (TableOf(key) is not { } name) return new ModuleUse(key.Replace('-', ' '), usage, null, HasTable: false);
        if (usage == "M") return new ModuleUse(name, usage, null);
        string? condition = _usualConditions.GetValueOrDefault(name)?.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).First().Key;
        // Without a condition that tells whether the module is in use, none of its attributes is demanded.
        return new ModuleUse(name, usage, condition is "" ? null : condition ?? "Never");
    }

    private void Count(string module, string condition)
    {
        if (!_usualConditions.TryGetValue(module, out var counts)) _usualConditions[module] = counts = new(StringComparer.Ordinal);
        counts[condition] = counts.GetValueOrDefault(condition) + 1;
    }

    private string? TableOf(string key) => OtherNames.GetValueOrDefault(Normal(key)) ?? _tableOf.GetValueOrDefault(Normal(key));

    private static Dictionary<string, string> MakeTableNames(IReadOnlyDictionary<string, Table> tables) =>
        tables.Values.Where(t => !t.IsMacro).GroupBy(t => Normal(t.Name)).ToDictionary(g => g.Key, g => g.First().Name, StringComparer.Ordinal);

    /// <summary>What is left of a name without spaces, hyphens and case.</summary>
    public static string Normal(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static string PascalCase(string key) =>
        string.Concat(key.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>Name and UID of each SOP class of dicom3tools.</summary>
    public static IReadOnlyDictionary<string, string> ReadSopClasses(string dicom3tools)
    {
        var uids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Template.Read(Path.Combine(dicom3tools, "sopcl.tpl")))
        {
            if (line["Name"] is { } name && line["Uid"] is { } uid) uids.TryAdd(name, uid);
        }
        return uids;
    }
}
