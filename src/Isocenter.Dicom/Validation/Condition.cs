namespace Isocenter.Dicom.Validation;

/// <summary>Where a condition is asked.</summary>
/// <param name="DataSet">The data set the rule is about.</param>
/// <param name="Around">The one whose sequence holds it; null at the top.</param>
/// <param name="Root">The top level data set.</param>
/// <param name="FileMeta">Group 0002; null when there is none.</param>
/// <param name="GroupOffset">Added to the tags of repeating groups; -1 when any of them will do.</param>
internal readonly record struct Scope(DataSet DataSet, DataSet? Around, DataSet Root, DataSet? FileMeta, int GroupOffset = -1);

/// <summary>A condition of Type 1C, 2C or a module, as a tree that a data set answers.</summary>
internal abstract class Condition
{
    /// <summary>It asks the top level data set only: the answer is the same for all items. Set for whole conditions.</summary>
    public bool IsAboutRoot { get; private set; }

    /// <summary>The expression, as it stands in the tables. Set for whole conditions.</summary>
    public string Text { get; private set; } = "";

    protected abstract bool AsksRootOnly { get; }

    public abstract bool Holds(in Scope scope);

    /// <summary>Makes it a whole condition.</summary>
    public Condition Complete(string text)
    {
        (Text, IsAboutRoot) = (text, AsksRootOnly);
        return this;
    }

    public override string ToString() => Text;

    protected static bool AskRootOnly(Condition[] parts) => parts.All(part => part.AsksRootOnly);
}

internal sealed class ConstantCondition(bool value) : Condition
{
    protected override bool AsksRootOnly => true;

    public override bool Holds(in Scope scope) => value;
}

internal sealed class AllCondition(Condition[] parts) : Condition
{
    protected override bool AsksRootOnly => AskRootOnly(parts);

    public override bool Holds(in Scope scope)
    {
        foreach (var part in parts)
        {
            if (!part.Holds(scope)) return false;
        }
        return true;
    }
}

internal sealed class AnyCondition(Condition[] parts) : Condition
{
    protected override bool AsksRootOnly => AskRootOnly(parts);

    public override bool Holds(in Scope scope)
    {
        foreach (var part in parts)
        {
            if (part.Holds(scope)) return true;
        }
        return false;
    }
}

internal sealed class NotCondition(Condition inner) : Condition
{
    protected override bool AsksRootOnly => AskRootOnly([inner]);

    public override bool Holds(in Scope scope) => !inner.Holds(scope);
}

/// <summary>Where the element of a test is looked for.</summary>
internal enum Place : byte
{
    Here,
    Around,
    Root,
}

/// <summary>A test of one element: at a place, or in the items of a sequence there.</summary>
internal abstract class ElementCondition : Condition
{
    /// <summary>Functional groups nest a few sequences; what is deeper is not what a condition means.</summary>
    private const int DeepestSearch = 8;

    /// <summary>Items that a search looks into. More are in no object; a data set that holds itself has no end of them.</summary>
    private const int MostItems = 300_000;

    public required Place Place { get; init; }

    /// <summary>The sequence whose items are asked; null when the data set itself is.</summary>
    public Tag? Sequence { get; init; }

    /// <summary>Only the first item of it.</summary>
    public bool IsFirstItem { get; init; }

    /// <summary>At any depth below those items, not in the items themselves only.</summary>
    public bool IsDeep { get; init; }

    public required Tag Tag { get; init; }

    protected override bool AsksRootOnly => Place == Place.Root;

    public override bool Holds(in Scope scope)
    {
        var start = Place switch { Place.Here => scope.DataSet, Place.Around => scope.Around, _ => scope.Root };
        if (start is null) return false;
        if (Sequence is { } sequence)
        {
            if (!start.TryFind(sequence, out var element)) return false;
            var items = element.Items;
            int left = MostItems;
            for (int i = 0; i < items.Count && (i == 0 || !IsFirstItem); i++)
            {
                if (HoldsIn(items[i], scope) || IsDeep && HoldsBelow(items[i], scope, DeepestSearch, ref left)) return true;
            }
            return false;
        }
        // Group 0002 is part of no data set; conditions on the transfer syntax ask the top level for it.
        if (Tag.Group == 0x0002 && ReferenceEquals(start, scope.Root)) return scope.FileMeta is { } meta && HoldsIn(meta, scope);
        return HoldsIn(start, scope);
    }

    /// <summary>There is an element that passes.</summary>
    protected abstract bool Passes(DataElement element);

    private bool HoldsBelow(DataSet dataSet, in Scope scope, int depth, ref int left)
    {
        for (int i = 0; i < dataSet.Count && depth > 0; i++)
        {
            var element = dataSet.ElementAt(i);
            if (!element.IsSequence || element.Tag.IsPrivate) continue;
            foreach (var item in element.Items)
            {
                if (--left < 0) return false;
                if (HoldsIn(item, scope) || HoldsBelow(item, scope, depth - 1, ref left)) return true;
            }
        }
        return false;
    }

    private bool HoldsIn(DataSet dataSet, in Scope scope)
    {
        if (!RepeatingGroups.Contains(Tag)) return dataSet.TryFind(Tag, out var one) && Passes(one);
        if (scope.GroupOffset >= 0) return dataSet.TryFind(RepeatingGroups.Shift(Tag, scope.GroupOffset), out var shifted) && Passes(shifted);
        foreach (int offset in RepeatingGroups.OffsetsIn(dataSet, Tag))
        {
            if (dataSet.TryFind(RepeatingGroups.Shift(Tag, offset), out var any) && Passes(any)) return true;
        }
        return false;
    }
}

/// <summary>The element is present.</summary>
internal sealed class PresentCondition : ElementCondition
{
    protected override bool Passes(DataElement element) => true;
}

/// <summary>The element has a value, or so many values that the one asked for is there and not empty.</summary>
internal sealed class HasValueCondition : ElementCondition
{
    public int Value { get; init; } = 1;

    protected override bool Passes(DataElement element) => ElementValues.VROf(element).IsText()
        ? !ElementValues.TextAt(element, Value).IsEmpty
        : !element.IsEmpty;
}

/// <summary>A value is this text.</summary>
internal sealed class TextCondition : ElementCondition
{
    /// <summary>Counted from 1; 0 is any.</summary>
    public int Value { get; init; } = 1;

    public required string Wanted { get; init; }

    protected override bool Passes(DataElement element)
    {
        if (Value > 0) return ElementValues.IsText(element, Value, Wanted);
        int count = ElementValues.Count(element);
        for (int i = 1; i <= count; i++)
        {
            if (ElementValues.IsText(element, i, Wanted)) return true;
        }
        return false;
    }
}

/// <summary>A value compares so with this number.</summary>
internal sealed class NumberCondition : ElementCondition
{
    public int Value { get; init; } = 1;

    public required string Comparison { get; init; }

    public required double Wanted { get; init; }

    protected override bool Passes(DataElement element)
    {
        if (Value > 0) return Compares(element, Value);
        int count = ElementValues.Count(element);
        for (int i = 1; i <= count; i++)
        {
            if (Compares(element, i)) return true;
        }
        return false;
    }

    private bool Compares(DataElement element, int value) => ElementValues.TryNumber(element, value, out double number) && Compare(number, Comparison, Wanted);

    public static bool Compare(double a, string comparison, double b) => comparison switch
    {
        "=" => a == b,
        "!=" => a != b,
        "<" => a < b,
        ">" => a > b,
        "<=" => a <= b,
        _ => a >= b,
    };
}

/// <summary>A value is this tag.</summary>
internal sealed class TagCondition : ElementCondition
{
    public int Value { get; init; } = 1;

    public required Tag Wanted { get; init; }

    protected override bool Passes(DataElement element)
    {
        int count = ElementValues.Count(element);
        for (int i = 1; i <= count; i++)
        {
            if ((Value == 0 || Value == i) && ElementValues.TryTag(element, i, out var tag) && tag == Wanted) return true;
        }
        return false;
    }
}

/// <summary>The number of items compares so with this number.</summary>
internal sealed class ItemsCondition : ElementCondition
{
    public required string Comparison { get; init; }

    public required double Wanted { get; init; }

    protected override bool Passes(DataElement element) => NumberCondition.Compare(element.Items.Count, Comparison, Wanted);
}

/// <summary>There is an element of the group.</summary>
internal sealed class GroupCondition(ushort group) : Condition
{
    protected override bool AsksRootOnly => true;

    public override bool Holds(in Scope scope)
    {
        var start = group == 0x0002 ? scope.FileMeta : scope.Root;
        return start is not null && start.Any(element => element.Tag.Group == group);
    }
}
