using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Isocenter.StandardTables;

/// <summary>Writes ReportTemplates.txt: the templates of PS3.16 Annex A and which content items may stand in which relationship
/// (PS3.3 §A.35), read by Isocenter.Dicom when it validates structured reports.</summary>
internal sealed partial class ReportTemplatesWriter
{
    private const string Head = """
        # Made by tools/Isocenter.StandardTables; change the tables or the generator, not this file.
        # PS3.16 Annex A and PS3.3 A.35: templates and relationships from PixelMed (2026-06-08).
        # Copyright (c) 2001-2026, David A. Clunie DBA PixelMed Publishing. All rights reserved.
        # Notices of the sources: THIRD-PARTY-NOTICES.md at the root of the repository.
        #
        # A line that starts with a letter begins a block; its fields and those of the rows below are separated by tabs.
        #   document   SOP Class UID, IOD. Rows: a source value type, a relationship, and the target value types, those that may
        #              also be referred to marked by R-; or root, a template, and required, or title= (and procedure=) codes by
        #              which a document is known that names no template
        #   template   name here, TID, name, extensible or closed. Rows, nested by tabs: row, requirement type, VM, relationship,
        #              then a value type or @ and the template that is included, then options:
        #                name=      concept name: one of these codes            names=   concept name: of this context group
        #                value=     the value: this code                        values=  the value: of this context group
        #                units=     the units: this code                        unitsof= the units: of this context group
        #                baseline   (in place of the group's letter D) a suggestion only
        #                graphic=   Graphic Types    points= how many           if=      condition, an XPath over the content tree
        #                exact      matches by relationship, too                mbpo     may be present otherwise
        #                $name=     a parameter of the included template, where $name stands for a group
        #   group      a context group that the templates list by themselves, or codes that one of PS3.16 has been given; name,
        #              name. Rows as in ContextGroups.txt
        # Codes are value^scheme, those of DCM with their meaning, and separated by backslashes.
        """;

    private static readonly string[] Private = ["RPH_", "QIICR_", "IHE_"];

    private readonly StringBuilder _text = new(Head + "\n");
    private readonly SortedSet<string> _groups = new(StringComparer.Ordinal);
    private readonly ILookup<string, string> _toSct, _toSrt;

    private ReportTemplatesWriter(XElement mapping)
    {
        _toSct = mapping.Elements().ToLookup(m => (string)m.Attribute("srt")!, m => (string)m.Attribute("sct")!, StringComparer.Ordinal);
        _toSrt = mapping.Elements().ToLookup(m => (string)m.Attribute("sct")!, m => (string)m.Attribute("srt")!, StringComparer.Ordinal);
    }

    public static string Write(string standard)
    {
        string folder = Path.Combine(standard, "ps3.16");
        var writer = new ReportTemplatesWriter(XDocument.Load(Path.Combine(folder, "srtsctmapping.xml")).Root!);
        var root = XDocument.Load(Path.Combine(folder, "DicomSRDescriptionsSource.xml")).Root!;
        var relationships = root.Elements("definecontentitemconstraints").ToDictionary(e => (string)e.Attribute("name")!, StringComparer.Ordinal);
        foreach (var iod in root.Elements("defineiod")) writer.WriteDocument(iod, relationships[(string)iod.Element("invokecontentitemconstraints")!.Attribute("name")!]);
        foreach (var template in root.Elements("definetemplate").Where(t => !IsPrivate((string)t.Attribute("tid")!))) writer.WriteTemplate(template);
        writer.WriteGroups(XDocument.Load(Path.Combine(folder, "extendedcontextgroups.xml")).Root!);
        return writer._text.ToString();
    }

    private static bool IsPrivate(string name) => Private.Any(start => name.StartsWith(start, StringComparison.Ordinal));

    private void WriteDocument(XElement iod, XElement relationships)
    {
        _text.Append(CultureInfo.InvariantCulture, $"document\t{iod.Attribute("sopclass")!.Value}\t{InWords(iod.Attribute("name")!.Value)}\n");
        foreach (var source in relationships.Elements("parentcontentitem"))
        {
            foreach (var relationship in source.Elements("permittedchildcontentitem").GroupBy(c => Spaced((string)c.Attribute("relationship")!), StringComparer.Ordinal))
            {
                var targets = relationship.Select(c => ((string?)c.Attribute("byreference") == "T" ? "R-" : "") + Capital((string)c.Attribute("name")!));
                _text.Append(CultureInfo.InvariantCulture, $"\t{Capital((string)source.Attribute("name")!)}\t{relationship.Key}\t{string.Join('\\', targets)}\n");
            }
        }
        foreach (var root in iod.Elements("invokeroottemplate").Where(r => !IsPrivate((string)r.Attribute("tid")!)))
        {
            _text.Append(CultureInfo.InvariantCulture, $"\troot\t{root.Attribute("tid")!.Value}");
            if ((string?)root.Attribute("tidRequired") == "T") _text.Append("\trequired");
            AppendCode("title", root, "DocumentTitle");
            AppendCode("procedure", root, "ProcedureReported");
            _text.Append('\n');
        }
    }

    private void WriteTemplate(XElement template)
    {
        string name = (string)template.Attribute("tid")!;
        _text.Append(CultureInfo.InvariantCulture, $"template\t{name}\t{TidOf(name)}\t{InWords((string)template.Attribute("name")!)}\t{((string?)template.Attribute("extensible") == "F" ? "closed" : "extensible")}\n");
        WriteRows(template, depth: 1);
    }

    private void WriteRows(XElement parent, int depth)
    {
        foreach (var row in parent.Elements().Where(e => e.Name.LocalName is "templatecontentitem" or "includetemplate"))
        {
            if (row.Attribute("tid") is { } tid && IsPrivate(tid.Value)) continue;
            string least = Text(row, "vmmin", "1"), most = Text(row, "vmmax", "1");
            if (most.StartsWith("1-", StringComparison.Ordinal)) most = most[2..];
            string type = Text(row, "requiredType", "U"), relationship = Spaced(Text(row, "relationship", "-"));
            string what = row.Attribute("tid") is { } included ? "@" + included.Value : Capital((string)row.Attribute("valueType")!);
            _text.Append('\t', depth).Append(CultureInfo.InvariantCulture, $"{Text(row, "row", "?")}\t{type}\t{(least == most ? least : $"{least}-{most}")}\t{relationship}\t{what}");
            AppendOptions(row);
            _text.Append('\n');
            WriteRows(row, depth + 1);
        }
    }

    private void AppendOptions(XElement row)
    {
        AppendCode("name", row, "ConceptName", "AltConceptName");
        AppendGroup("names", row, "conceptNameCID", "conceptNameBDE");
        AppendCode("value", row, "Value");
        AppendGroup("values", row, "valueSetCID", "valueSetBDE");
        if (row.Attribute("valueSetCID") is null && row.Attribute("tid") is null && ParameterBehind(row) is { } parameter) _text.Append(CultureInfo.InvariantCulture, $"\tvalues=${parameter}");
        AppendCode("units", row, "Units");
        AppendGroup("unitsof", row, "unitsCID", "unitsBDE");
        if (Text(row, "graphicType", "") is { Length: > 0 } graphic) _text.Append(CultureInfo.InvariantCulture, $"\tgraphic={GraphicTypes(graphic)}");
        if (row.Attribute("numpointsmin") is { } points)
        {
            string most = Text(row, "numpointsmax", "n");
            _text.Append(CultureInfo.InvariantCulture, $"\tpoints={(points.Value == most ? most : $"{points.Value}-{most}")}");
        }
        if (Text(row, "condition", "") is { Length: > 0 } condition) _text.Append("\tif=").Append(Spaces().Replace(condition.Trim(), " "));
        if ((string?)row.Attribute("matchRelationship") == "T") _text.Append("\texact");
        if ((string?)row.Attribute("mbpo") == "T") _text.Append("\tmbpo");
        foreach (var argument in row.Elements("parameter"))
        {
            _text.Append(CultureInfo.InvariantCulture, $"\t${argument.Attribute("name")!.Value}={argument.Attribute("value")!.Value}");
            Use(argument.Attribute("value")!.Value);
        }
    }

    /// <summary>The source names the parameter that a value set comes from in a comment, behind the row or at its start.</summary>
    private static string? ParameterBehind(XElement row) =>
        new[] { row.NextNode, row.FirstNode }.OfType<XComment>().Select(comment => ParameterName().Match(comment.Value)).FirstOrDefault(match => match.Success)?.Groups[1].Value;

    private void AppendCode(string option, XElement row, params ReadOnlySpan<string> attributes)
    {
        var codes = new List<string>();
        foreach (string attribute in attributes)
        {
            string value = Text(row, "cv" + attribute, ""), scheme = Text(row, "csd" + attribute, option == "units" ? "UCUM" : "");
            if (value.Length == 0) continue;
            // Terms of SNOMED, LOINC and others belong to their owners; those of DCM are the standard's.
            string meaning = scheme == "DCM" && Text(row, "cm" + attribute, "") is { Length: > 0 } text ? "^" + text : "";
            codes.Add($"{value}^{scheme}{meaning}");
            // Reports name SNOMED codes as they were named at their time.
            if (scheme == "SRT") codes.AddRange(_toSct[value].Select(other => $"{other}^SCT"));
            if (scheme == "SCT") codes.AddRange(_toSrt[value].Select(other => $"{other}^SRT"));
        }
        if (codes.Count > 0) _text.Append(CultureInfo.InvariantCulture, $"\t{option}={string.Join('\\', codes.Distinct(StringComparer.Ordinal))}");
    }

    private void AppendGroup(string option, XElement row, string cid, string use)
    {
        if (Text(row, cid, "") is not { Length: > 0 } group) return;
        Use(group);
        _text.Append(CultureInfo.InvariantCulture, $"\t{option}={group}{(Text(row, use, "B") == "D" ? "" : " baseline")}");
    }

    private void Use(string group)
    {
        if (!IsPrivate(group)) _groups.Add(group);
    }

    /// <summary>Groups of the templates' own, and what has been added to those of PS3.16.</summary>
    private void WriteGroups(XElement root)
    {
        var all = root.Elements("definecontextgroup").ToLookup(e => (string)e.Attribute("cid")!, StringComparer.Ordinal);
        foreach (string name in _groups.ToList())
        {
            if (!all.Contains(name)) continue;
            var includes = new SortedSet<int>();
            var codes = new List<XElement>();
            Collect(name, includes, codes, []);
            _text.Append(CultureInfo.InvariantCulture, $"group\t{name}\t{name}\n");
            if (includes.Count > 0) _text.Append(CultureInfo.InvariantCulture, $"\t+\t{string.Join('\\', includes)}\n");
            foreach (var scheme in codes.GroupBy(c => (string)c.Attribute("csd")!, c => (string)c.Attribute("cv")!, StringComparer.Ordinal))
                _text.Append(CultureInfo.InvariantCulture, $"\t{scheme.Key}\t{string.Join('\\', scheme.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}\n");
        }

        void Collect(string name, SortedSet<int> includes, List<XElement> codes, HashSet<string> seen)
        {
            if (!seen.Add(name)) return;
            foreach (var group in all[name])
            {
                codes.AddRange(group.Elements("contextgroupcode"));
                foreach (var include in group.Elements("include"))
                {
                    string cid = (string)include.Attribute("cid")!;
                    if (int.TryParse(cid, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) includes.Add(number);
                    else Collect(cid, includes, codes, seen);
                }
            }
        }
    }

    /// <summary>The sources split some templates; the number stays: 1400M is TID 1400.</summary>
    private static string TidOf(string name) => Part().IsMatch(name) ? name.ToUpperInvariant()
        : string.Join(" and ", Numbers().Matches(name).Select(m => m.Value).Where(n => n.Length >= 3).DefaultIfEmpty(name).Take(name.Contains("for", StringComparison.Ordinal) ? 1 : 3));

    private static string GraphicTypes(string text) => text switch
    {
        "NOT_MULTIPOINT" => "POINT\\POLYLINE\\CIRCLE\\ELLIPSE",
        "MULTIPOINT" or "POINT" or "POLYLINE" or "CIRCLE" or "ELLIPSE" => text,
        _ => string.Join('\\', text.Replace("_OR_", "_", StringComparison.Ordinal).Split('_')),
    };

    private static string Text(XElement row, string attribute, string otherwise) => (string?)row.Attribute(attribute) is { Length: > 0 } text ? text : otherwise;

    private static string Capital(string text) => text.ToUpperInvariant();

    private static string Spaced(string text) => Spaces().Replace(text, " ");

    private static string InWords(string name) => Words().Replace(name.Trim().Replace('_', ' '), " ");

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Words();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"DCID \$(\w+)")]
    private static partial Regex ParameterName();

    [GeneratedRegex("^1[0-9]{4}[a-c]$")]
    private static partial Regex Part();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
