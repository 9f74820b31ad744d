using System.Globalization;
using System.Xml;
using System.Xml.XPath;

namespace Isocenter.Dicom.Validation;

/// <summary>Answers the conditions of templates, which are XPaths over the content tree: an element for each item, named like its
/// value type in small letters, with concept, value and units below it.</summary>
/// <remarks>The tree is made at the first question: many reports meet no condition.</remarks>
internal sealed class ContentConditions(ContentItem root)
{
    private readonly Dictionary<string, XPathExpression> _expressions = new(StringComparer.Ordinal);
    private readonly Dictionary<ContentItem, XmlElement> _elements = new(ReferenceEqualityComparer.Instance);
    private XmlElement? _nothing;

    /// <summary>The condition holds at the item around the row it is about.</summary>
    public bool Holds(string condition, ContentItem item)
    {
        if (_nothing is null) MakeTree();
        return Holds(condition, _elements.TryGetValue(item, out var element) ? element : _nothing!);
    }

    /// <summary>The condition holds where there is nothing at all: it says that something is missing.</summary>
    public bool HoldsOfNothing(string condition)
    {
        if (_nothing is null) MakeTree();
        return Holds(condition, _nothing!);
    }

    private bool Holds(string condition, XmlElement element)
    {
        if (!_expressions.TryGetValue(condition, out var expression))
            _expressions[condition] = expression = ReportTemplates.Shared.ConditionOf(condition).Clone();
        return (bool)element.CreateNavigator()!.Evaluate(expression);
    }

    private void MakeTree()
    {
        var document = new XmlDocument { XmlResolver = null };
        _nothing = document.CreateElement("nothing");
        var report = document.AppendChild(document.CreateElement("DicomStructuredReport"))!;
        Append(report.AppendChild(document.CreateElement("DicomStructuredReportContent"))!, root);
    }

    private void Append(XmlNode parent, ContentItem item)
    {
        var element = parent.OwnerDocument!.CreateElement(item.Reference is not null ? "reference" : NameOf(item.ValueType));
        parent.AppendChild(element);
        _elements[item] = element;
        if (item.Relationship.Length > 0) element.SetAttribute("relationship", item.Relationship);
        if (item.Name is { } name) AppendCode(element, "concept", name);
        switch (item.ValueType)
        {
            case "CODE" when item.DataSet.GetAll<DataSet>(Tags.ConceptCodeSequence) is [var code, ..] && CodeRules.TryCode(code, out var value):
                AppendCode(element, "value", value);
                break;
            case "NUM" when item.DataSet.GetAll<DataSet>(Tags.MeasuredValueSequence) is [var measured, ..]:
                if (measured.TryGet(Tags.NumericValue, out double number)) AppendChild(element, "value").InnerText = number.ToString("R", CultureInfo.InvariantCulture);
                if (measured.GetAll<DataSet>(Tags.MeasurementUnitsCodeSequence) is [var units, ..] && CodeRules.TryCode(units, out var unit)) AppendCode(element, "units", unit);
                break;
            case "TEXT":
                AppendChild(element, "value").InnerText = item.DataSet.Get(Tags.TextValue, "");
                break;
        }
        foreach (var child in item.Children) Append(element, child);
    }

    private static void AppendCode(XmlElement element, string name, Code code)
    {
        var child = AppendChild(element, name);
        child.SetAttribute("cv", code.Value);
        child.SetAttribute("csd", code.GroupScheme);
    }

    private static XmlElement AppendChild(XmlElement element, string name) =>
        (XmlElement)element.AppendChild(element.OwnerDocument.CreateElement(name))!;

    /// <summary>Value types are capitals and digits; another one is nobody's.</summary>
    private static string NameOf(string valueType) =>
        valueType.Length > 0 && char.IsAsciiLetterUpper(valueType[0]) && valueType.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c))
            ? valueType.ToLowerInvariant()
            : "unknown";
}
