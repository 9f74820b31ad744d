using System.Diagnostics.CodeAnalysis;

namespace Isocenter.Dicom;

/// <content>Elements and items by path.</content>
public sealed partial class DataSet
{
    /// <summary>The elements that the path means: none, one, or several when it has a [*].</summary>
    /// <exception cref="ArgumentException">The path means items (<see cref="SelectItems"/>).</exception>
    public IEnumerable<DataElement> Select(ElementPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.IsItem) throw new ArgumentException($"{path} is an item, not an element", nameof(path));
        foreach (var dataSet in HoldersOf(path, create: false))
        {
            if (path.Steps[^1].TryResolve(dataSet, out var tag) && dataSet.TryFind(tag, out var element)) yield return element;
        }
    }

    /// <summary>The items that the path means: none, one, or several when it has a [*].</summary>
    /// <exception cref="ArgumentException">The path means elements (<see cref="Select"/>).</exception>
    public IEnumerable<DataSet> SelectItems(ElementPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.IsItem) throw new ArgumentException($"{path} is an element, not an item", nameof(path));
        foreach (var dataSet in HoldersOf(path, create: false))
        {
            foreach (var item in ItemsOf(dataSet, path.Steps[^1], create: false)) yield return item;
        }
    }

    /// <summary>The first value of the first element that the path means.</summary>
    /// <exception cref="DicomFormatException">Absent, empty, or not to be read as a <typeparamref name="T"/>.</exception>
    public T Get<T>(ElementPath path) =>
        TryGet(path, out T? value) ? value : throw new DicomFormatException($"there is no value to be read as {typeof(T).Name}", path: path.ToString());

    /// <summary>The first value of the first element that the path means.</summary>
    /// <returns>False when absent, empty, or not to be read as a <typeparamref name="T"/>.</returns>
    public bool TryGet<T>(ElementPath path, [NotNullWhen(true)] out T? value)
    {
        value = default;
        foreach (var element in Select(path)) return ValueReader.TryRead(element, 0, out value);
        return false;
    }

    /// <summary>All values of all elements that the path means.</summary>
    public IReadOnlyList<T> GetAll<T>(ElementPath path) => [.. Select(path).SelectMany(ValueReader.ReadAll<T>)];

    /// <summary>Sets the values of all elements that the path means, with the VR of the dictionary.</summary>
    /// <param name="path">Sequences and private blocks on the way are made where they are absent. An item is made when it is
    /// the first that is not there ([0] of none, [2] of two) or [+]; [*] means those that are there.</param>
    /// <param name="values">No values: an empty element.</param>
    /// <returns>In how many data sets the element was set.</returns>
    /// <exception cref="ArgumentException">A value does not fit the VR (PS3.5 Table 6.2-1), an item is not there, or the path
    /// ends with one.</exception>
    public int Set<T>(ElementPath path, params ReadOnlySpan<T> values) where T : notnull => Set(path, VR.None, values);

    /// <summary>Sets the values of all elements that the path means, with a VR of the caller's choice.</summary>
    /// <inheritdoc cref="Set{T}(ElementPath, ReadOnlySpan{T})"/>
    public int Set<T>(ElementPath path, VR vr, params ReadOnlySpan<T> values) where T : notnull
    {
        int count = 0;
        foreach (var (dataSet, tag) in Places(path))
        {
            dataSet.Set(tag, vr == VR.None ? dataSet.VROf(tag) : vr, values);
            count++;
        }
        return count;
    }

    /// <summary>The data sets and tags that a path to elements means, sequences, items and private blocks on the way made
    /// where they are absent (see <see cref="Set{T}(ElementPath, ReadOnlySpan{T})"/>).</summary>
    /// <exception cref="ArgumentException">An item is not there, or the path ends with one.</exception>
    public IReadOnlyList<(DataSet DataSet, Tag Tag)> Places(ElementPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfFrozen();
        if (path.IsItem) throw new ArgumentException($"{path} is an item, not an element", nameof(path));
        var places = new List<(DataSet, Tag)>();
        foreach (var dataSet in HoldersOf(path, create: true)) places.Add((dataSet, dataSet.TagToSet(path.Steps[^1])));
        return places;
    }

    /// <summary>Takes out all elements or items that the path means.</summary>
    /// <returns>How many there were.</returns>
    public int Remove(ElementPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfFrozen();
        int count = 0;
        var last = path.Steps[^1];
        foreach (var dataSet in HoldersOf(path, create: false))
        {
            if (!last.TryResolve(dataSet, out var tag)) continue;
            if (last.Item.IsNone)
            {
                count += dataSet.Remove(tag) ? 1 : 0;
                continue;
            }
            if (!dataSet.TryFind(tag, out var sequence)) continue;
            int items = sequence.Items.Count;
            if (last.Item.IsAll)
            {
                for (int i = items - 1; i >= 0; i--) count += dataSet.RemoveItem(tag, i) ? 1 : 0;
            }
            else
            {
                count += dataSet.RemoveItem(tag, last.Item.In(items)) ? 1 : 0;
            }
        }
        return count;
    }

    /// <summary>Puts an empty item in front of the one that the path means; [+], or the number of items, means behind the last.</summary>
    /// <returns>The new items.</returns>
    /// <exception cref="ArgumentException">The path ends with no item, or with [*]; or there is no such place.</exception>
    public IReadOnlyList<DataSet> Insert(ElementPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfFrozen();
        if (!path.IsItem || path.Steps[^1].Item.IsAll) throw new ArgumentException($"{path} does not say where an item is to go: end it with [0], [2] or [+]", nameof(path));
        var inserted = new List<DataSet>();
        foreach (var dataSet in HoldersOf(path, create: true))
        {
            var step = path.Steps[^1];
            var tag = dataSet.TagToSet(step);
            int count = dataSet.TryFind(tag, out var sequence) ? sequence.Items.Count : 0;
            int index = step.Item.Number == count ? count : step.Item.In(count);
            if (index < 0) throw NoSuchItem(dataSet, tag, step, count);
            inserted.Add(dataSet.InsertItem(tag, index));
        }
        return inserted;
    }

    /// <summary>The data sets in which the last step of the path is looked for.</summary>
    private List<DataSet> HoldersOf(ElementPath path, bool create)
    {
        var current = new List<DataSet> { this };
        foreach (var step in path.Steps.AsSpan()[..^1])
        {
            var next = new List<DataSet>();
            foreach (var dataSet in current) next.AddRange(ItemsOf(dataSet, step, create));
            current = next;
        }
        return current;
    }

    private static IReadOnlyList<DataSet> ItemsOf(DataSet dataSet, PathStep step, bool create)
    {
        bool isThere = step.TryResolve(dataSet, out var tag);
        var items = isThere && dataSet.TryFind(tag, out var sequence) ? sequence.Items : [];
        if (step.Item.IsAll) return items;
        int index = step.Item.In(items.Count);
        if (index >= 0 && index < items.Count) return [items[index]];
        if (!create) return [];
        if (!step.Item.IsNew && step.Item.Number != items.Count) throw NoSuchItem(dataSet, isThere ? tag : step.Tag, step, items.Count);
        return [dataSet.AddItem(dataSet.TagToSet(step))];
    }

    private static ArgumentException NoSuchItem(DataSet dataSet, Tag tag, PathStep step, int count) =>
        new($"{dataSet.PathTo(tag)}{step.Item}: there {(count == 1 ? "is 1 item" : $"are {count} items")}, counted from 0");

    private Tag TagToSet(PathStep step) =>
        step.PrivateCreator is { } creator ? ReservePrivateBlock(step.Tag.Group, creator).TagOf((byte)step.Tag.Element) : step.Tag;
}
