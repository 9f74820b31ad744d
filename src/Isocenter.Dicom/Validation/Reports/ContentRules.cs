namespace Isocenter.Dicom.Validation;

/// <summary>The content tree of a report: which items may stand in which relationship (PS3.3 §A.35), and the template that the
/// document follows (PS3.16 Annex A).</summary>
internal static class ContentRules
{
    /// <summary>Reports have some hundred items, the largest some ten thousand.</summary>
    private const int MostItems = 100_000;

    private static readonly HashSet<string> ValueTypes = new(StringComparer.Ordinal)
    {
        "CODE", "COMPOSITE", "CONTAINER", "DATE", "DATETIME", "IMAGE", "NUM", "PNAME", "SCOORD", "SCOORD3D", "TABLE", "TCOORD", "TEXT", "TIME", "UIDREF", "WAVEFORM",
    };

    public static void Check(ValidationRun run, string sopClass, Iod? iod, int deepest)
    {
        if (ReportTemplates.Shared.FindDocument(sopClass) is not { } document) return;
        var root = ContentItem.Read(run.Root, MostItems, deepest, out bool isWhole);
        if (!isWhole) run.Warning(ValidationRule.Limit, Tags.ContentSequence, "", $"has more than {MostItems} content items, or they are nested deeper than {deepest}; the rest is not compared with relationships and templates");
        string section = iod?.Section ?? "PS3.3 §A.35";
        if (iod is not null) document = document with { Name = iod.Title };
        CheckRelationships(run, document, section, root, root);
        if (isWhole) TemplateRules.Check(run, document, section, root);
    }

    private static void CheckRelationships(ValidationRun run, ReportDocument document, string section, ContentItem root, ContentItem source)
    {
        foreach (var child in source.Children)
        {
            if (child.Reference is not null) CheckReference(run, document, section, root, child);
            else if (child.ValueType.Length > 0 && child.Relationship.Length > 0) CheckTarget(run, document, section, child, child.ValueType, isByReference: false);
            CheckRelationships(run, document, section, root, child);
        }
    }

    private static void CheckReference(ValidationRun run, ReportDocument document, string section, ContentItem root, ContentItem reference)
    {
        const string Section = "PS3.3 §C.17.3.2.5";
        string path = string.Join('.', reference.Reference!);
        if (root.Resolve(reference) is not { } target)
            run.AddAt(reference, ValidationSeverity.Error, ValidationRule.ContentRelationship, Tags.ReferencedContentItemIdentifier, Section, $"is {path}, and there is no such content item");
        else if (target.IsAround(reference))
            run.AddAt(reference, ValidationSeverity.Error, ValidationRule.ContentRelationship, Tags.ReferencedContentItemIdentifier, Section, $"is {path}, which is around the reference: a loop");
        else if (target.Reference is null)
            CheckTarget(run, document, section, reference, target.ValueType, isByReference: true);
    }

    private static void CheckTarget(ValidationRun run, ReportDocument document, string section, ContentItem child, string valueType, bool isByReference)
    {
        // Another value type is none of the Enumerated Values, which the module tells.
        string source = child.Parent!.ValueType;
        if (child.Parent.Reference is not null || !ValueTypes.Contains(source) || !ValueTypes.Contains(valueType)) return;
        document.Targets.TryGetValue((source, child.Relationship), out var targets);
        if (targets is not null && targets.Contains(ReportDocument.ByReference + valueType)) return;
        bool isByValue = targets is not null && targets.Contains(valueType);
        if (isByValue && !isByReference) return;
        string problem = isByValue
            ? $"refers to a content item; {source} {child.Relationship} {valueType} is by value only in the {document.Name} IOD"
            : $"is {child.Relationship}, but {source} {child.Relationship} {valueType} is no relationship of the {document.Name} IOD";
        // Of a source that the tables do not name, less is known.
        var severity = document.Targets.Keys.Any(key => key.Source == source) ? ValidationSeverity.Error : ValidationSeverity.Warning;
        run.AddAt(child, severity, ValidationRule.ContentRelationship, Tags.RelationshipType, section, problem);
    }
}
