using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>Where an element or an item is in a data set: PatientName, (0010,0010), ReferencedImageSequence[0].CodeValue,
/// (0008,1140)[2](0008,1155), (0029,"SIEMENS CSA HEADER",10).</summary>
/// <remarks>
/// <para>Steps stand behind each other, with a dot between them where a bracket does not part them already. A step is a
/// keyword of PS3.6 or a tag, and all but the last say which item they go into. Items count from 0: [0] is the first,
/// [-1] the last, [*] all of them, [+] a new one behind the last. A path that ends with an item means the item.</para>
/// <para>A private element is named by its tag as it stands in the data set, or by group, creator and the last two digits,
/// whichever block the creator has there (PS3.5 §7.8.1). A quotation mark within a creator is written twice.</para>
/// <para>Immutable. Findings and errors print paths of this syntax.</para>
/// </remarks>
public sealed partial class ElementPath : IEquatable<ElementPath>, ISpanParsable<ElementPath>
{
    private ElementPath(ImmutableArray<PathStep> steps) => Steps = steps;

    /// <summary>Makes a path of its steps.</summary>
    /// <exception cref="ArgumentException">No step, or one before the last that says no item.</exception>
    public ElementPath(params ReadOnlySpan<PathStep> steps)
    {
        if (steps.IsEmpty) throw new ArgumentException("a path has a step at least", nameof(steps));
        foreach (var step in steps[..^1])
        {
            if (step.Item.IsNone) throw new ArgumentException($"{step}: a step that is followed by another one goes into an item", nameof(steps));
        }
        Steps = [.. steps];
    }

    /// <summary>From the data set inwards.</summary>
    public ImmutableArray<PathStep> Steps { get; }

    /// <summary>It means an item of a sequence, not an element.</summary>
    public bool IsItem => !Steps[^1].Item.IsNone;

    /// <summary>It may mean several places: there is a [*] in it.</summary>
    public bool IsPattern => Steps.Any(step => step.Item.IsAll);

    /// <summary>The path of one element of a data set.</summary>
    public static ElementPath Of(Tag tag) => new(new PathStep(tag));

    /// <summary>The place of an element, from the outermost data set.</summary>
    public static ElementPath Of(DataElement element) => element.DataSet.PathTo(element.Tag);

    /// <summary>The place of an item, from the outermost data set.</summary>
    /// <exception cref="ArgumentException">The data set is no item of a sequence.</exception>
    public static ElementPath Of(DataSet item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.StepInParent is not { } step) throw new ArgumentException("the data set is no item of a sequence", nameof(item));
        var around = item.Parent!.PathTo(step.Tag);
        return around.ItemAt(step.Item.Number!.Value);
    }

    /// <summary>The path with one more step, or with another item of its last one.</summary>
    public ElementPath Append(PathStep step)
    {
        if (!IsItem) throw new InvalidOperationException($"{this} is an element; only items hold others");
        return new ElementPath(Steps.Add(step));
    }

    /// <summary>The place of an item of this sequence.</summary>
    public ElementPath ItemAt(int index)
    {
        if (IsItem) throw new InvalidOperationException($"{this} is an item already");
        return new ElementPath(Steps.SetItem(Steps.Length - 1, Steps[^1] with { Item = ItemIndex.At(index) }));
    }

    /// <summary>This path means <paramref name="place"/>, or something around it: a pattern such as
    /// ReferencedImageSequence[*] covers (0008,1140)[2](0008,1155).</summary>
    /// <param name="place">Without patterns and without creators, as a walk gives it.</param>
    /// <param name="creatorOf">The creator of a private tag of the place, step by step; needed for paths that name one.</param>
    public bool Covers(ElementPath place, Func<int, string?>? creatorOf = null)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (Steps.Length > place.Steps.Length) return false;
        for (int i = 0; i < Steps.Length; i++)
        {
            PathStep mine = Steps[i], other = place.Steps[i];
            bool sameTag = mine.PrivateCreator is not { } creator ? mine.Tag == other.Tag
                : mine.Tag.Group == other.Tag.Group && (mine.Tag.Element & 0xFF) == (other.Tag.Element & 0xFF) && other.Tag.Element >= 0x1000
                    && creator == (other.PrivateCreator ?? creatorOf?.Invoke(i));
            if (!sameTag) return false;
            bool last = i == Steps.Length - 1;
            if (last && mine.Item.IsNone) return true;
            if (!mine.Item.IsAll && mine.Item != other.Item) return false;
            if (mine.Item.IsAll && other.Item.IsNone) return false;
        }
        return true;
    }

    /// <summary>With tags, as findings print it: (0008,1140)[2](0008,1155).</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var step in Steps) text.Append(step.ToString());
        return text.ToString();
    }

    /// <summary>With keywords where there are any: ReferencedImageSequence[2].ReferencedSOPInstanceUID.</summary>
    public string ToKeywords()
    {
        var text = new StringBuilder();
        foreach (var step in Steps)
        {
            if (text.Length > 0) text.Append('.');
            text.Append(step.ToKeyword());
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(ElementPath? other) => other is not null && Steps.AsSpan().SequenceEqual(other.Steps.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ElementPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var step in Steps) hash.Add(step);
        return hash.ToHashCode();
    }
}

/// <summary>One step of an <see cref="ElementPath"/>: an element, and which of its items the path goes into.</summary>
/// <param name="Tag">The tag; with a creator, its group and the last two digits of its element.</param>
/// <param name="PrivateCreator">The block of whom the element is in, whichever number that has; null: the tag says all.</param>
/// <param name="Item">Which items.</param>
public readonly record struct PathStep(Tag Tag, string? PrivateCreator = null, ItemIndex Item = default)
{
    /// <summary>The tag in <paramref name="dataSet"/>.</summary>
    /// <returns>False when the creator has no block there.</returns>
    public bool TryResolve(DataSet dataSet, out Tag tag)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        tag = Tag;
        if (PrivateCreator is null) return true;
        if (!dataSet.TryFindPrivateBlock(Tag.Group, PrivateCreator, out var block)) return false;
        tag = block.TagOf((byte)Tag.Element);
        return true;
    }

    /// <summary>As (0008,1140)[2].</summary>
    public override string ToString() => PrivateCreator is null
        ? $"{Tag}{Item}"
        : string.Create(CultureInfo.InvariantCulture, $"({Tag.Group:X4},\"{PrivateCreator.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{Tag.Element & 0xFF:X2}){Item}");

    internal string ToKeyword() => PrivateCreator is null && DataDictionary.TryFind(Tag, out var entry) && !Tag.IsPrivate && !Tag.IsGroupLength && IsOneOfItsKind(entry)
        ? entry.Keyword + Item.ToString()
        : ToString();

    /// <summary>A keyword of a repeating group means its first one only.</summary>
    private bool IsOneOfItsKind(DictionaryEntry entry) => DataDictionary.TryFind(entry.Keyword, out var named) && named.Tag == Tag;
}

/// <summary>Which items of a sequence a path goes into.</summary>
public readonly record struct ItemIndex
{
    internal const int Largest = 0x00FF_FFFF;
    private const int EveryItem = int.MaxValue, NewItem = int.MaxValue - 1;

    // 0 is none, so that the default is.
    private readonly int _code;

    private ItemIndex(int code) => _code = code;

    /// <summary>[*].</summary>
    public static ItemIndex All { get; } = new(EveryItem);

    /// <summary>[+], one that is to be added behind the last.</summary>
    public static ItemIndex New { get; } = new(NewItem);

    /// <summary>The path goes into no item.</summary>
    public bool IsNone => _code == 0;

    /// <summary>All items.</summary>
    public bool IsAll => _code == EveryItem;

    /// <summary>An item that is not there yet.</summary>
    public bool IsNew => _code == NewItem;

    /// <summary>One item.</summary>
    /// <param name="index">From 0; negative ones from the end, -1 is the last.</param>
    public static ItemIndex At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Largest);
        ArgumentOutOfRangeException.ThrowIfLessThan(index, -Largest);
        return new ItemIndex(index >= 0 ? index + 1 : index);
    }

    /// <summary>The index from 0 among <paramref name="count"/> items; -1 for none there.</summary>
    public int In(int count)
    {
        if (IsNone || IsAll) return -1;
        if (IsNew) return count;
        int index = _code > 0 ? _code - 1 : count + _code;
        return index >= 0 && index < count ? index : -1;
    }

    /// <summary>The number that was given; null for none, all and new.</summary>
    public int? Number => IsNone || IsAll || IsNew ? null : _code > 0 ? _code - 1 : _code;

    /// <summary>With its brackets; nothing for none.</summary>
    public override string ToString() => IsNone ? "" : IsAll ? "[*]" : IsNew ? "[+]" : string.Create(CultureInfo.InvariantCulture, $"[{Number}]");
}
