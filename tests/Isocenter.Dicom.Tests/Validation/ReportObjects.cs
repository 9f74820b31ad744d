using System.Globalization;
using Isocenter.Dicom.Validation;

namespace Isocenter.Dicom.Tests.Validation;

/// <summary>Reports that are made of the rows of a template, to be broken by the tests.</summary>
internal sealed class ReportObjects
{
    private const int DeepestTree = 12;
    private const int MostItems = 150;

    private readonly bool _withOptions;
    private int _left = MostItems;

    private ReportObjects(bool withOptions) => _withOptions = withOptions;

    /// <summary>A report that follows a template: with its mandatory rows, those whose condition holds among them, or with all of
    /// them as long as there is room.</summary>
    public static DataSet Of(string sopClass, string template, bool withOptions)
    {
        var rows = ReportTemplates.Shared.Find(template)!.Rows;
        var root = ValidObjects.Report()
            .Set(Tags.SOPClassUID, sopClass)
            .Set(Tags.ContentTemplateSequence, new DataSet().Set(Tags.MappingResource, "DCMR").Set(Tags.TemplateIdentifier, template));
        root.Remove(Tags.ContentSequence);
        if (NameOf(rows[0], TemplateRow.NoArguments) is { } title) root.Set(Tags.ConceptNameCodeSequence, title);
        // What was added later may make a condition hold that did not.
        for (int pass = 0; pass < 3; pass++) new ReportObjects(withOptions).Fill(root, [], rows[0].Rows, "", TemplateRow.NoArguments, [template]);
        return root;
    }

    /// <summary>Appends an item to a content tree.</summary>
    public static void Append(DataSet parent, DataSet item) => parent.Set(Tags.ContentSequence, [.. parent.GetAll<DataSet>(Tags.ContentSequence), item]);

    private void Fill(DataSet root, List<int> path, TemplateRow[] rows, string relationship, IReadOnlyDictionary<string, string> parameters, List<string> around)
    {
        foreach (var row in rows.OrderBy(row => row.Condition is null ? 0 : 1))
        {
            bool? holds = row.Condition is null ? null : Holds(root, path, row.Condition);
            bool isOption = row.Requirement is RequirementType.UserOption or RequirementType.UserOptionConditional;
            if (holds == false || isOption && (!_withOptions || _left <= 0) || path.Count > DeepestTree) continue;
            string its = row.Relationship.Length > 0 ? row.Relationship : relationship;
            if (row.Included is { } included)
            {
                if (around.Count(included.Equals) > 1) continue;
                around.Add(included);
                Fill(root, path, ReportTemplates.Shared.Find(included)!.Rows, its, row.Arguments, around);
                around.RemoveAt(around.Count - 1);
                continue;
            }
            if (row.IsByReference)
            {
                Refer(root, At(root, path), row, its);
                continue;
            }
            var item = Item(row, its.Length == 0 ? "CONTAINS" : its, parameters);
            var found = At(root, path).GetAll<DataSet>(Tags.ContentSequence).Select((other, index) => (Index: index, IsSame: IsSame(other, item))).Where(other => other.IsSame).Select(other => other.Index).ToList();
            for (int i = 0; i < row.Multiplicity.Least; i++)
            {
                if (i >= found.Count)
                {
                    _left--;
                    var parent = At(root, path);
                    Append(parent, item.Copy());
                    found.Add(parent.GetAll<DataSet>(Tags.ContentSequence).Count - 1);
                }
                path.Add(found[i]);
                Fill(root, path, row.Rows, "", parameters, around);
                path.RemoveAt(path.Count - 1);
            }
        }
    }

    /// <summary>Appends a reference to the first item of the value type that the row asks for.</summary>
    private static void Refer(DataSet root, DataSet parent, TemplateRow row, string relationship)
    {
        if (row.Requirement is RequirementType.UserOption or RequirementType.UserOptionConditional || parent.GetAll<DataSet>(Tags.ContentSequence).Any(item => item.Contains(Tags.ReferencedContentItemIdentifier))) return;
        var path = new List<uint> { 1 };
        if (!Seek(ContentItem.Read(root, int.MaxValue, 256, out _))) return;
        Append(parent, new DataSet().Set(Tags.RelationshipType, relationship).Set(Tags.ReferencedContentItemIdentifier, [.. path]));

        bool Seek(ContentItem item)
        {
            foreach (var child in item.Children)
            {
                path.Add((uint)child.Number);
                if (child.ValueType == row.ValueType || Seek(child)) return true;
                path.RemoveAt(path.Count - 1);
            }
            return false;
        }
    }

    private static bool IsSame(DataSet a, DataSet b) => a.Get(Tags.ValueType, "") == b.Get(Tags.ValueType, "") && NameIn(a) == NameIn(b);

    private static string NameIn(DataSet item) => item.GetAll<DataSet>(Tags.ConceptNameCodeSequence) is [var name, ..] && CodeRules.TryCode(name, out var code) ? code.Value + code.Scheme : "";

    private static DataSet At(DataSet root, List<int> path) => path.Aggregate(root, (item, index) => item.GetAll<DataSet>(Tags.ContentSequence)[index]);

    private static bool Holds(DataSet root, List<int> path, string condition)
    {
        var tree = ContentItem.Read(root, int.MaxValue, 256, out _);
        return new ContentConditions(tree).Holds(condition, path.Aggregate(tree, (item, index) => item.Children[index]));
    }

    private static DataSet Item(TemplateRow row, string relationship, IReadOnlyDictionary<string, string> parameters)
    {
        var item = new DataSet().Set(Tags.RelationshipType, relationship).Set(Tags.ValueType, row.ValueType);
        if ((NameOf(row, parameters) ?? (row.ValueType is "IMAGE" or "COMPOSITE" or "WAVEFORM" ? null : ValidObjects.Code("121071", "Finding"))) is { } name) item.Set(Tags.ConceptNameCodeSequence, name);
        switch (row.ValueType)
        {
            case "CONTAINER": return item.Set(Tags.ContinuityOfContent, "SEPARATE");
            case "TEXT": return item.Set(Tags.TextValue, "A text");
            case "CODE": return item.Set(Tags.ConceptCodeSequence, CodeOf(row.Value, parameters) ?? ValidObjects.Code("121071", "Finding"));
            case "DATE": return item.Set(Tags.Date, "20250314");
            case "TIME": return item.Set(Tags.Time, "0926");
            case "DATETIME": return item.Set(Tags.DateTime, "20250314092600");
            case "UIDREF": return item.Set(Tags.UID, "1.2.826.0.1.3680043.10.7");
            case "PNAME": return item.Set(Tags.PersonName, "Doe^Jane");
            case "NUM":
                var unit = CodeOf(row.Units, parameters) ?? Code("1", "UCUM");
                return item.Set(Tags.MeasuredValueSequence, new DataSet().Set(Tags.NumericValue, "12.5").Set(Tags.MeasurementUnitsCodeSequence, unit));
            case "SCOORD" or "SCOORD3D":
                string type = row.GraphicTypes.FirstOrDefault(type => type != "POINT" || row.Points is not { Least: > 1 }) ?? (row.Points?.Least > 1 ? "POLYLINE" : "POINT");
                int points = type switch { "POINT" => 1, "CIRCLE" => 2, "ELLIPSE" => 4, _ => Math.Max(3, row.Points?.Least ?? 3) };
                return item.Set(Tags.GraphicType, type).Set(Tags.GraphicData, [.. Enumerable.Range(1, points * (row.ValueType == "SCOORD" ? 2 : 3)).Select(i => (float)i)]);
            case "TCOORD": return item.Set(Tags.TemporalRangeType, "POINT").Set(Tags.ReferencedSamplePositions, 1u);
            default:
                return item.Set(Tags.ReferencedSOPSequence, new DataSet().Set(Tags.ReferencedSOPClassUID, SopClasses.CTImageStorage).Set(Tags.ReferencedSOPInstanceUID, "1.2.826.0.1.3680043.10.8"));
        }
    }

    private static DataSet? NameOf(TemplateRow row, IReadOnlyDictionary<string, string> parameters) => CodeOf(row.ConceptName, parameters);

    private static DataSet? CodeOf(CodeChoice? choice, IReadOnlyDictionary<string, string> parameters)
    {
        if (choice is null) return null;
        if (choice.Codes is [var code, ..]) return Code(code.Value, code.Scheme);
        string name = choice.Group![0] == '$' ? parameters.GetValueOrDefault(choice.Group, "") : choice.Group;
        foreach (var group in name.Length == 0 ? [] : ReportTemplates.Shared.GroupsOf(name))
        {
            if (FirstOf(group, []) is { } first) return first;
        }
        return null;
    }

    private static DataSet? FirstOf(ContextGroup group, HashSet<int> seen)
    {
        foreach (var (scheme, values) in group.Codes.OrderBy(pair => pair.Key is "SRT" ? 1 : 0))
            return Code(values.Order(StringComparer.Ordinal).First(), scheme);
        return group.Includes.Where(seen.Add).Select(cid => ContextGroups.Shared.Find(cid)).OfType<ContextGroup>().Select(included => FirstOf(included, seen)).FirstOrDefault(code => code is not null);
    }

    private static DataSet Code(string value, string scheme) => new DataSet()
        .Set(value.Length > 16 ? Tags.LongCodeValue : Tags.CodeValue, value)
        .Set(Tags.CodingSchemeDesignator, scheme)
        .Set(Tags.CodeMeaning, string.Create(CultureInfo.InvariantCulture, $"Meaning of {value}"));
}
