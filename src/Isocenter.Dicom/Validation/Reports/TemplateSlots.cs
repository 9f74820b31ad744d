namespace Isocenter.Dicom.Validation;

/// <summary>A row of a template, or of one that it includes, at the place where its items would stand.</summary>
/// <param name="Row">The row.</param>
/// <param name="Relationship">That of the row, or where it does not say of the row that includes it; empty: any.</param>
/// <param name="Most">Of the row and what includes it.</param>
/// <param name="IsDemanded">The templates around it must be there: then what they demand must be, too.</param>
/// <param name="Parameters">What parameters stand for.</param>
internal sealed record TemplateSlot(
    TemplateRow Row, string Relationship, int Most, bool IsDemanded, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>The rows below an item, with those of the templates that they include in their place.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="item">The item: conditions are asked there.</param>
    /// <param name="parameters">What parameters stand for.</param>
    /// <param name="conditions">Answers them.</param>
    /// <param name="mayHaveMore">One of the templates is extensible.</param>
    public static List<TemplateSlot> Below(TemplateRow[] rows, ContentItem item, IReadOnlyDictionary<string, string> parameters, ContentConditions conditions, out bool mayHaveMore)
    {
        var slots = new List<TemplateSlot>();
        var expansion = new Expansion(item, conditions, slots);
        expansion.Add(rows, new Include("", Multiple: false, IsDemanded: true, parameters), []);
        mayHaveMore = expansion.MayHaveMore;
        return slots;
    }

    /// <summary>What an including row says of the rows that it includes.</summary>
    private readonly record struct Include(string Relationship, bool Multiple, bool IsDemanded, IReadOnlyDictionary<string, string> Parameters);

    private sealed class Expansion(ContentItem item, ContentConditions conditions, List<TemplateSlot> slots)
    {
        public bool MayHaveMore { get; private set; }

        /// <param name="rows">The rows.</param>
        /// <param name="include">Of the row around them.</param>
        /// <param name="around">Templates that are being included: one that includes itself without an item in between has no end.</param>
        public void Add(TemplateRow[] rows, Include include, List<string> around)
        {
            foreach (var row in rows)
            {
                if (row.Included is null) AddSlot(row, include);
                else if (row.Condition is null || conditions.Holds(row.Condition, item)) AddTemplate(row, include, around);
            }
        }

        private void AddSlot(TemplateRow row, Include include) => slots.Add(new TemplateSlot(row, row.Relationship.Length > 0 ? row.Relationship : include.Relationship,
            include.Multiple ? int.MaxValue : row.Multiplicity.Most, include.IsDemanded, include.Parameters));

        private void AddTemplate(TemplateRow row, Include include, List<string> around)
        {
            if (around.Contains(row.Included!) || ReportTemplates.Shared.Find(row.Included!) is not { } template) return;
            if (!template.IsClosed) MayHaveMore = true;
            // Under a template that is an option, a condition that holds because something is there shows that it is used.
            bool isDemanded = row.Requirement == RequirementType.Mandatory ? include.IsDemanded
                : row.Requirement == RequirementType.MandatoryConditional && row.Condition is not null
                    && (include.IsDemanded || !row.Condition.Contains("..", StringComparison.Ordinal) && !conditions.HoldsOfNothing(row.Condition));
            var parameters = row.Arguments.Count == 0 ? TemplateRow.NoArguments : row.Arguments;
            around.Add(row.Included!);
            Add(template.Rows, new Include(row.Relationship.Length > 0 ? row.Relationship : include.Relationship, include.Multiple || row.Multiplicity.Most > 1, isDemanded, parameters), around);
            around.RemoveAt(around.Count - 1);
        }
    }
}
