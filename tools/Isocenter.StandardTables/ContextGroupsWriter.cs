using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Isocenter.StandardTables;

/// <summary>Writes ContextGroups.txt: the context groups of PS3.16 and the codes of DCM, read by Isocenter.Dicom when it
/// validates codes.</summary>
internal static partial class ContextGroupsWriter
{
    private const string Head = """
        # Made by tools/Isocenter.StandardTables; change the tables or the generator, not this file.
        # PS3.16: context groups from PixelMed (2026-06-08, about 2025a), codes of DCM from DCMTK (2026b).
        # Copyright (c) 2001-2026, David A. Clunie DBA PixelMed Publishing. All rights reserved.
        # Notices of the sources: THIRD-PARTY-NOTICES.md at the root of the repository.
        #
        # A line that starts with a letter begins a block; its fields and those of the rows below are separated by tabs.
        #   group      CID, name, extensible or closed, UID. Rows: + and the CIDs of the groups it includes; or a Coding Scheme
        #              Designator and its code values
        #   scheme     Coding Scheme Designator, section. Rows: current or retired, and code values
        # Code values and CIDs are separated by backslashes.
        """;

    public static string Write(string standard)
    {
        string ps316 = Path.Combine(standard, "ps3.16");
        var text = new StringBuilder(Head).Append('\n');
        var root = XDocument.Load(Path.Combine(ps316, "standardcontextgroups.xml")).Root!;
        foreach (var group in root.Elements().OrderBy(g => (int)g.Attribute("cid")!))
        {
            string kind = (string)group.Attribute("extensible")! switch
            {
                "T" => "extensible",
                "F" => "closed",
                var other => throw new InvalidDataException($"CID {group.Attribute("cid")?.Value}: extensible is '{other}'"),
            };
            text.Append($"group\t{(int)group.Attribute("cid")!}\t{NameOf(group)}\t{kind}\t{(string)group.Attribute("uid")!}\n");
            var includes = group.Elements().Where(e => e.Name.LocalName == "include").Select(e => (string)e.Attribute("cid")!).ToList();
            if (includes.Count > 0) text.Append($"\t+\t{string.Join('\\', includes)}\n");
            var schemes = group.Elements().Where(e => e.Name.LocalName == "contextgroupcode")
                .GroupBy(e => (string)e.Attribute("csd")!, e => (string)e.Attribute("cv")!, StringComparer.Ordinal);
            foreach (var scheme in schemes) text.Append($"\t{scheme.Key}\t{Values(scheme)}\n");
        }

        var codes = Tsv.Read(ps316, "dcm-codes.tsv").ToLookup(row => row["retired"] == "RET" ? "retired" : "current", row => row["code_value"]);
        text.Append("scheme\tDCM\tPS3.16 Annex D\n");
        foreach (var part in codes.OrderBy(part => part.Key, StringComparer.Ordinal)) text.Append($"\t{part.Key}\t{Values(part)}\n");
        return text.ToString();
    }

    /// <summary>In words: small ones are joined to those before them in the table, as in TypeforSmallAnimal.</summary>
    private static string NameOf(XElement group) => Words().Replace(SmallWords().Replace((string)group.Attribute("name")!, "$1 $2"), " ");

    private static string Values(IEnumerable<string> values)
    {
        var sorted = values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (sorted.Find(v => v.Length == 0 || v.AsSpan().ContainsAny('\t', '\\')) is { } odd) throw new InvalidDataException($"the code value '{odd}' cannot be written");
        return string.Join('\\', sorted);
    }

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Words();

    [GeneratedRegex("(?<=[a-z]{2})(.)(of|for)(?=[A-Z])")]
    private static partial Regex SmallWords();
}
