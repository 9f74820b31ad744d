namespace Isocenter.Dicom.Validation;

/// <summary>What is wrong with a content item, seen as a row of a template.</summary>
/// <param name="Item">The item.</param>
/// <param name="Tag">Of the element; null: the item itself.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Rule">Template or context group.</param>
/// <param name="Row">The row.</param>
/// <param name="Message">In words.</param>
internal sealed record TemplateFault(ContentItem Item, Tag? Tag, ValidationSeverity Severity, ValidationRule Rule, TemplateRow Row, string Message)
{
    /// <summary>What speaks against taking an item for a row: an error more than any number of warnings.</summary>
    public static int Weigh(IReadOnlyList<TemplateFault> faults)
    {
        int weight = 0;
        foreach (var fault in faults) weight += fault.Severity switch { ValidationSeverity.Error => 1000, ValidationSeverity.Warning => 1, _ => 0 };
        return weight;
    }
}
