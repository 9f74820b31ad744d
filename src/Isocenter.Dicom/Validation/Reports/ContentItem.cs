namespace Isocenter.Dicom.Validation;

/// <summary>A content item of a report (PS3.3 §C.17.3), or a reference to one.</summary>
internal sealed class ContentItem
{
    private ContentItem(DataSet dataSet, ContentItem? parent, int number)
    {
        (DataSet, Parent, Number) = (dataSet, parent, number);
        Relationship = dataSet.Get(Tags.RelationshipType, "").Trim();
        ValueType = dataSet.Get(Tags.ValueType, "").Trim();
        Reference = dataSet.GetAll<long>(Tags.ReferencedContentItemIdentifier) is { Count: > 0 } reference ? reference : null;
        if (dataSet.GetAll<DataSet>(Tags.ConceptNameCodeSequence) is [var name, ..] && CodeRules.TryCode(name, out var code)) Name = code;
    }

    public DataSet DataSet { get; }

    /// <summary>The source of its relationship; null at the root.</summary>
    public ContentItem? Parent { get; }

    /// <summary>Among the items of its parent, from 1.</summary>
    public int Number { get; }

    /// <summary>To its parent, as HAS OBS CONTEXT.</summary>
    public string Relationship { get; }

    /// <summary>As CONTAINER; empty for a reference.</summary>
    public string ValueType { get; }

    /// <summary>The concept name; null when there is none.</summary>
    public Code? Name { get; }

    /// <summary>The path of the item that is referred to, of numbers from 1, the root's first; null for an item by value.</summary>
    public IReadOnlyList<long>? Reference { get; }

    /// <summary>What is below it, in order.</summary>
    public IReadOnlyList<ContentItem> Children { get; private set; } = [];

    /// <summary>The template it says it follows (PS3.3 §C.18.8.1.2); empty: none.</summary>
    public string Template => DataSet.GetAll<DataSet>(Tags.ContentTemplateSequence) is [var template, ..] && template.Get(Tags.MappingResource, "DCMR").Trim() == "DCMR"
        ? template.Get(Tags.TemplateIdentifier, "").Trim() : "";

    /// <summary>Reads the content tree of a report.</summary>
    /// <param name="root">The data set.</param>
    /// <param name="mostItems">No more of them are read.</param>
    /// <param name="deepest">What is deeper is not read.</param>
    /// <param name="isWhole">Neither limit was met.</param>
    public static ContentItem Read(DataSet root, int mostItems, int deepest, out bool isWhole)
    {
        isWhole = true;
        var item = new ContentItem(root, null, 1);
        item.ReadChildren(ref mostItems, deepest, ref isWhole);
        return item;
    }

    private void ReadChildren(ref int left, int deepest, ref bool isWhole)
    {
        var items = DataSet.GetAll<DataSet>(Tags.ContentSequence);
        if (items.Count == 0) return;
        if (deepest == 0)
        {
            isWhole = false;
            return;
        }
        var children = new List<ContentItem>(Math.Min(items.Count, left));
        Children = children;
        for (int i = 0; i < items.Count; i++)
        {
            if (--left < 0)
            {
                isWhole = false;
                return;
            }
            var child = new ContentItem(items[i], this, i + 1);
            children.Add(child);
            child.ReadChildren(ref left, deepest - 1, ref isWhole);
        }
    }

    /// <summary>What a reference below this root refers to; null when there is nothing.</summary>
    public ContentItem? Resolve(ContentItem reference)
    {
        if (reference.Reference is not [1, ..]) return null;
        var target = this;
        foreach (long number in reference.Reference.Skip(1))
        {
            if (number < 1 || number > target.Children.Count) return null;
            target = target.Children[(int)number - 1];
        }
        return target;
    }

    /// <summary>It stands around the other, or is it.</summary>
    public bool IsAround(ContentItem other)
    {
        for (ContentItem? item = other; item is not null; item = item.Parent)
        {
            if (ReferenceEquals(item, this)) return true;
        }
        return false;
    }

    public override string ToString() => Name is { } name ? $"{ValueType} {name}" : ValueType;
}
