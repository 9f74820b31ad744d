namespace Isocenter.Dicom;

/// <summary>An element met on a walk through a data set.</summary>
public readonly struct WalkedElement
{
    private readonly Walker _walker;

    internal WalkedElement(DataElement element, int depth, Walker walker)
    {
        Element = element;
        Depth = depth;
        _walker = walker;
    }

    /// <summary>The element.</summary>
    public DataElement Element { get; }

    /// <summary>How many items it is in; 0 at the top.</summary>
    public int Depth { get; }

    /// <summary>Where it is. Made when asked for; ask before the walk goes on.</summary>
    public ElementPath Path => _walker.PathOf(Element.Tag);
}

/// <content>Walking through all elements, those of items included.</content>
public sealed partial class DataSet
{
    /// <summary>All elements in order: each sequence before the elements of its items. Takes no stack, however deep it goes.</summary>
    /// <param name="maxDepth">How many items deep; 0 stays at the top. What is deeper is left out.</param>
    /// <param name="goesInto">Which sequences to go into; all when null.</param>
    /// <remarks>Values may be replaced on the way. To add or remove elements, collect first.</remarks>
    public IEnumerable<WalkedElement> Walk(int maxDepth = int.MaxValue, Predicate<DataElement>? goesInto = null)
    {
        var walker = new Walker(this);
        while (walker.TryNext(out var element))
        {
            int depth = walker.Depth;
            yield return new WalkedElement(element, depth, walker);
            if (depth < maxDepth && element.Items.Count > 0 && goesInto?.Invoke(element) != false) walker.Enter(element.Items);
        }
    }
}

/// <summary>A place in a data set that moves on.</summary>
internal sealed class Walker(DataSet root)
{
    private Level[] _outer = new Level[4];
    private Level _level = new() { DataSet = root, Next = 0, Item = -1 };

    public int Depth { get; private set; }

    public bool TryNext(out DataElement element)
    {
        while (true)
        {
            if (_level.Next < _level.DataSet.Count)
            {
                element = _level.DataSet.ElementAt(_level.Next++);
                return true;
            }
            // The next item of the sequence, or back to what is behind it.
            if (_level.Items is { } items && _level.Item + 1 < items.Count)
            {
                _level = _level with { Item = _level.Item + 1, DataSet = items[_level.Item + 1], Next = 0 };
                continue;
            }
            if (Depth == 0)
            {
                element = default;
                return false;
            }
            _level = _outer[--Depth];
        }
    }

    public void Enter(IReadOnlyList<DataSet> items)
    {
        if (Depth == _outer.Length)
        {
            var longer = new Level[2 * Depth];
            Array.Copy(_outer, longer, Depth);
            _outer = longer;
        }
        _outer[Depth++] = _level;
        _level = new Level { Items = items, Item = 0, DataSet = items[0], Next = 0 };
    }

    public ElementPath PathOf(Tag tag)
    {
        var steps = new PathStep[Depth + 1];
        steps[Depth] = new PathStep(tag);
        int item = _level.Item;
        for (int at = Depth - 1; at >= 0; at--)
        {
            var level = _outer[at];
            steps[at] = new PathStep(level.DataSet.ElementAt(level.Next - 1).Tag, null, ItemIndex.At(Math.Min(item, ItemIndex.Largest)));
            item = level.Item;
        }
        return new ElementPath(steps);
    }

    private struct Level
    {
        public IReadOnlyList<DataSet>? Items;
        public int Item;
        public required DataSet DataSet;
        public int Next;
    }
}
