using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>The content tree of a report against the template that it follows (PS3.16 Annex A).</summary>
/// <remarks>An item is taken for the row, among those that its value type and concept name allow, that leaves least to find
/// fault with. Each pair of item and row is looked at once, so that templates that include themselves come to an end.</remarks>
internal sealed class TemplateRules
{
    /// <summary>Pairs of items and rows that are compared: the largest reports need a tenth.</summary>
    private const int MostComparisons = 5_000_000;

    private readonly ValidationRun _run;
    private readonly ContentItem _root;
    private readonly ContentConditions _conditions;
    private readonly Dictionary<(ContentItem Item, TemplateRow Row, object Parameters), IReadOnlyList<TemplateFault>> _seen = [];
    private int _left = MostComparisons;

    private TemplateRules(ValidationRun run, ContentItem root) => (_run, _root, _conditions) = (run, root, new ContentConditions(root));

    public static void Check(ValidationRun run, ReportDocument document, string section, ContentItem root)
    {
        if (RootTemplateOf(run, document, section, root) is not { } template) return;
        new TemplateRules(run, root).CheckRoot(template);
    }

    /// <summary>The template that the document names, or is known by its title to follow.</summary>
    private static ReportTemplate? RootTemplateOf(ValidationRun run, ReportDocument document, string section, ContentItem root)
    {
        string named = root.Template;
        if (named.Length > 0)
        {
            if (ReportTemplates.Shared.Find(named) is { Rows: [{ Included: null, ValueType: "CONTAINER" }] } template) return template;
            run.Note(Tags.ContentTemplateSequence, "PS3.16 Annex A", $"names TID {named}, which the tables do not have; the content is not compared with it");
            return null;
        }
        var known = document.Roots.FirstOrDefault(candidate => candidate.IsRequired || IsKnownBy(candidate, root));
        if (known is null)
        {
            run.Note(Tags.ContentTemplateSequence, "PS3.16 Annex A", "is absent: no template is known that the content could be compared with");
            return null;
        }
        if (known.IsRequired) run.Error(ValidationRule.ReportTemplate, Tags.ContentTemplateSequence, section, $"is absent, but a {document.Name} follows TID {known.Template} and says so");
        return ReportTemplates.Shared.Find(known.Template);
    }

    private static bool IsKnownBy(RootTemplate candidate, ContentItem root)
    {
        if (root.Name is not { } title || !candidate.Title.Any(code => IsSame(code, title))) return false;
        return candidate.Procedure.Count == 0 || root.Children.Any(child => child.Name is { Value: "121058", Scheme: "DCM" }
            && child.DataSet.GetAll<DataSet>(Tags.ConceptCodeSequence) is [var item, ..] && CodeRules.TryCode(item, out var procedure) && candidate.Procedure.Any(code => IsSame(code, procedure)));
    }

    private void CheckRoot(ReportTemplate template)
    {
        var row = template.Rows[0];
        var faults = new List<TemplateFault>();
        if (_root.ValueType != row.ValueType) return;
        if (row.ConceptName is { } name && !IsName(name, _root.Name, TemplateRow.NoArguments))
            AddCodeFault(faults, _root, Tags.ConceptNameCodeSequence, row, name, _root.Name, TemplateRow.NoArguments, "the document title");
        faults.AddRange(CheckItem(_root, row, TemplateRow.NoArguments));
        foreach (var fault in faults)
        {
            if (fault.Severity == ValidationSeverity.Note && !_run.WantsNotes) continue;
            _run.AddAt(fault.Item, fault.Severity, fault.Rule, fault.Tag, $"PS3.16 {fault.Row.Template}", fault.Message);
        }
        if (_left < 0) _run.Warning(ValidationRule.Limit, Tags.ContentSequence, "", "has so many content items that not all of them were compared with the template");
    }

    /// <summary>What is wrong with an item that is taken for a row: its values, and what is below it.</summary>
    private IReadOnlyList<TemplateFault> CheckItem(ContentItem item, TemplateRow row, IReadOnlyDictionary<string, string> parameters)
    {
        if (_seen.TryGetValue((item, row, parameters), out var known)) return known;
        var faults = new List<TemplateFault>();
        if (item.Reference is null)
        {
            CheckValues(item, row, parameters, faults);
            CheckChildren(item, row, parameters, faults);
        }
        IReadOnlyList<TemplateFault> result = faults.Count == 0 ? [] : faults;
        _seen[(item, row, parameters)] = result;
        return result;
    }

    private void CheckChildren(ContentItem item, TemplateRow row, IReadOnlyDictionary<string, string> parameters, List<TemplateFault> faults)
    {
        var slots = TemplateSlot.Below(row.Rows, item, parameters, _conditions, out bool mayHaveMore);
        if (slots.Count == 0 && item.Children.Count == 0) return;
        var possible = new int[slots.Count];         // items that could be of the row
        var taken = new int[slots.Count];            // items that can be of no other one
        var strangers = new List<ContentItem>();
        foreach (var child in item.Children)
        {
            if ((_left -= slots.Count + 1) < 0) return;
            var candidates = CandidatesFor(child, slots);
            if (candidates.Count == 0)
            {
                strangers.Add(child);
                continue;
            }
            foreach (int candidate in candidates) possible[candidate]++;
            if (candidates.Count == 1) taken[candidates[0]]++;
            faults.AddRange(candidates.Select(candidate => CheckAs(child, slots[candidate], item)).MinBy(TemplateFault.Weigh)!);
        }
        for (int i = 0; i < slots.Count; i++) CheckNumber(item, slots[i], possible[i], taken[i], strangers, faults);
        if (row.Template.IsClosed && !mayHaveMore)
        {
            foreach (var stranger in strangers)
                faults.Add(new TemplateFault(stranger, null, ValidationSeverity.Warning, ValidationRule.ReportTemplate, row, $"is {Describe(stranger)}, which is not in {row.Template} ({row.Template.Title}) below row {row.Number}; the template is not extensible"));
        }
    }

    private List<int> CandidatesFor(ContentItem child, List<TemplateSlot> slots)
    {
        var target = child.Reference is null ? child : _root.Resolve(child);
        var candidates = new List<int>();
        if (target is null) return candidates;
        for (int i = 0; i < slots.Count; i++)
        {
            var row = slots[i].Row;
            if (row.IsByReference != child.Reference is not null || row.ValueType != target.ValueType || row.ConceptName is { } name && !IsName(name, target.Name, slots[i].Parameters)) continue;
            if (row.IsExact && slots[i].Relationship != child.Relationship) continue;
            candidates.Add(i);
        }
        // An item that names its own template is of that one.
        if (candidates.Count > 1 && child.Template is { Length: > 0 } template && candidates.FindAll(i => slots[i].Row.Template.Tid == template) is { Count: > 0 } named) return named;
        return candidates;
    }

    private IReadOnlyList<TemplateFault> CheckAs(ContentItem child, TemplateSlot slot, ContentItem parent)
    {
        var row = slot.Row;
        var below = CheckItem(child, row, slot.Parameters);
        string? relationship = slot.Relationship.Length == 0 || child.Relationship == slot.Relationship ? null
            : $"is {child.Relationship}, but {Describe(row)}, is in the relationship {slot.Relationship}";
        bool isAllowed = row.Condition is null || row.MayBePresentOtherwise || _conditions.Holds(row.Condition, parent);
        if (relationship is null && isAllowed) return below;
        var faults = new List<TemplateFault>(below);
        if (relationship is not null) faults.Add(new TemplateFault(child, Tags.RelationshipType, ValidationSeverity.Error, ValidationRule.ReportTemplate, row, relationship));
        if (!isAllowed)
        {
            var severity = row.Requirement == RequirementType.MandatoryConditional ? ValidationSeverity.Error : ValidationSeverity.Warning;
            faults.Add(new TemplateFault(child, null, severity, ValidationRule.ReportTemplate, row, $"is present, but {Describe(row)}, is conditional, and its condition does not hold"));
        }
        return faults;
    }

    private void CheckNumber(ContentItem item, TemplateSlot slot, int possible, int taken, List<ContentItem> strangers, List<TemplateFault> faults)
    {
        var row = slot.Row;
        if (possible == 0)
        {
            bool isRequired = slot.IsDemanded && (row.Requirement == RequirementType.Mandatory
                || row.Requirement == RequirementType.MandatoryConditional && row.Condition is not null && _conditions.Holds(row.Condition, item));
            if (!isRequired) return;
            // What has the right place and another name may be meant: a group of names can be extended.
            if (row.ConceptName is { Group: not null } && strangers.Exists(stranger => stranger.ValueType == row.ValueType)) return;
            if (row.IsByReference && item.Children.Any(child => child.Reference is not null)) return;
            string why = row.Requirement == RequirementType.MandatoryConditional ? ", and its condition holds" : "";
            string also = strangers.Find(stranger => stranger.Name is { } name && row.ConceptName?.Codes.Any(code => IsSame(code, name)) == true) is { } other ? $"; there is one of the value type {other.ValueType}" : "";
            faults.Add(new TemplateFault(item, Tags.ContentSequence, ValidationSeverity.Error, ValidationRule.ReportTemplate, row, $"has no item for {Describe(row)}, which is mandatory{why}{also}"));
            return;
        }
        string? number = taken > slot.Most ? string.Create(CultureInfo.InvariantCulture, $"at most {slot.Most} may be there")
            : possible < row.Multiplicity.Least ? string.Create(CultureInfo.InvariantCulture, $"at least {row.Multiplicity.Least} are asked for")
            : null;
        if (number is not null)
            faults.Add(new TemplateFault(item, Tags.ContentSequence, ValidationSeverity.Error, ValidationRule.ReportTemplate, row, string.Create(CultureInfo.InvariantCulture, $"has {Count(Math.Max(taken, possible))} for {Describe(row)}, but {number}")));
    }

    private static void CheckValues(ContentItem item, TemplateRow row, IReadOnlyDictionary<string, string> parameters, List<TemplateFault> faults)
    {
        if (row.Value is { } value && item.ValueType == "CODE" && item.DataSet.GetAll<DataSet>(Tags.ConceptCodeSequence) is [var code, ..] && CodeRules.TryCode(code, out var its) && !IsName(value, its, parameters))
            AddCodeFault(faults, item, Tags.ConceptCodeSequence, row, value, its, parameters, "the value");
        if (row.Units is { } units && item.ValueType == "NUM" && item.DataSet.GetAll<DataSet>(Tags.MeasuredValueSequence) is [var measured, ..]
            && measured.GetAll<DataSet>(Tags.MeasurementUnitsCodeSequence) is [var unit, ..] && CodeRules.TryCode(unit, out var itsUnit) && !IsName(units, itsUnit, parameters))
            AddCodeFault(faults, item, Tags.MeasuredValueSequence, row, units, itsUnit, parameters, "the unit");
        if (row.GraphicTypes.Length == 0) return;
        string type = item.DataSet.Get(Tags.GraphicType, "").Trim();
        if (type.Length > 0 && !row.GraphicTypes.Contains(type))
            faults.Add(new TemplateFault(item, Tags.GraphicType, ValidationSeverity.Error, ValidationRule.ReportTemplate, row, $"is {type}, but {Describe(row)}, is {string.Join(" or ", row.GraphicTypes)}"));
        int points = item.DataSet.TryFind(Tags.GraphicData, out var data) ? ElementValues.Count(data) / (item.ValueType == "SCOORD3D" ? 3 : 2) : 0;
        if (row.Points is { } wanted && points > 0 && !wanted.Allows(points))
            faults.Add(new TemplateFault(item, Tags.GraphicData, ValidationSeverity.Error, ValidationRule.ReportTemplate, row, string.Create(CultureInfo.InvariantCulture, $"has {points} points, but {Describe(row)}, has {(wanted.Most == wanted.Least ? $"{wanted.Most}" : wanted.Most == int.MaxValue ? $"at least {wanted.Least}" : $"{wanted.Least} to {wanted.Most}")}")));
    }

    /// <summary>A group that can be extended makes a warning, one that is only suggested a note.</summary>
    private static void AddCodeFault(List<TemplateFault> faults, ContentItem item, Tag tag, TemplateRow row, CodeChoice choice, Code? code, IReadOnlyDictionary<string, string> parameters, string what)
    {
        var groups = GroupsOf(choice, parameters);
        bool isExtensible = groups.Any(group => group.IsExtensible);
        var severity = !choice.IsDefined ? ValidationSeverity.Note : isExtensible ? ValidationSeverity.Warning : ValidationSeverity.Error;
        string wanted = choice.Codes.Count > 0 ? string.Join(" or ", choice.Codes) : groups is [{ Cid: > 0 } standard, ..] ? $"from {standard.Title()}{(isExtensible ? ", which may be extended" : "")}" : "one that the template lists";
        faults.Add(new TemplateFault(item, tag, severity, choice.Group is null ? ValidationRule.ReportTemplate : ValidationRule.ContextGroup, row, $"is {(code is null ? "absent" : code.ToString())}, but {what} of {Describe(row)}, is {wanted}"));
    }

    private static bool IsName(CodeChoice choice, Code? code, IReadOnlyDictionary<string, string> parameters)
    {
        if (choice.Codes.Count > 0) return code is { } its && choice.Codes.Any(wanted => IsSame(wanted, its));
        var groups = GroupsOf(choice, parameters);
        if (groups.Count == 0) return true;             // not known here
        if (code is not { } mine) return false;
        foreach (var group in groups)
        {
            if (CodeRules.HasOpenPart(group) || CodeRules.IsIn(group, mine)) return true;
        }
        return false;
    }

    private static IReadOnlyList<ContextGroup> GroupsOf(CodeChoice choice, IReadOnlyDictionary<string, string> parameters)
    {
        if (choice.Group is not { } name) return [];
        if (name[0] == '$' && !parameters.TryGetValue(name, out name!)) return [];
        return ReportTemplates.Shared.GroupsOf(name);
    }

    private static bool IsSame(TemplateCode wanted, Code code) => wanted.Value == code.Value && wanted.Scheme == code.GroupScheme;

    private static string Describe(TemplateRow row)
    {
        string name = row.ConceptName is { Codes: [var code, ..] } ? $" {code}" : row.ConceptName?.Group is { } group && char.IsAsciiDigit(group[0]) && !group.Contains('_', StringComparison.Ordinal) ? $" of CID {group}" : "";
        return $"row {row.Number} of {row.Template} ({row.Template.Title}), {row.ValueType}{name}";
    }

    private static string Count(int items) => string.Create(CultureInfo.InvariantCulture, $"{items} item{(items == 1 ? "" : "s")}");

    private static string Describe(ContentItem item) => item.Reference is not null ? "a reference" : item.Name is { } name ? $"{item.ValueType} {name}" : item.ValueType;
}
