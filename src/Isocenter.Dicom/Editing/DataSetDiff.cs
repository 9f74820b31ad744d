using System.Runtime.CompilerServices;

namespace Isocenter.Dicom;

/// <summary>In what two elements or items differ.</summary>
public enum DifferenceKind
{
    /// <summary>There is none in the second data set.</summary>
    OnlyInFirst,
    /// <summary>There is none in the first data set.</summary>
    OnlyInSecond,
    /// <summary>The VRs differ.</summary>
    VR,
    /// <summary>The values differ.</summary>
    Value,
}

/// <summary>One difference between two data sets.</summary>
/// <param name="Path">The element, or the item when only one of the sequences has it. In the numbering of private blocks of the
/// data set that has it, the first when both do.</param>
/// <param name="Kind">What differs.</param>
/// <param name="First">The element in the first data set; null where there is none. For an item, its sequence.</param>
/// <param name="Second">The same of the second data set.</param>
public sealed record Difference(ElementPath Path, DifferenceKind Kind, DataElement? First, DataElement? Second);

/// <summary>How to compare data sets.</summary>
public sealed record DiffOptions
{
    /// <summary>The defaults.</summary>
    public static DiffOptions Default { get; } = new();

    /// <summary>Every byte of a value counts, as well as VRs, private block numbers, group lengths and how pixel data are cut into
    /// fragments. Otherwise what counts is what a value means: padding, character set, byte order, 1.0 against 1.00, UN against
    /// the VR that is known do not.</summary>
    public bool Bytes { get; init; }

    /// <summary>What is not compared, with all below it.</summary>
    public IReadOnlyList<ElementPath> Ignore { get; init; } = [];

    /// <summary>What is not compared wherever it stands.</summary>
    public IReadOnlySet<Tag> IgnoreAnywhere { get; init; } = System.Collections.Immutable.ImmutableHashSet<Tag>.Empty;

    /// <summary>Ends after so many differences.</summary>
    public int MaxDifferences { get; init; } = int.MaxValue;
}

/// <summary>Finds the differences between two data sets, item by item.</summary>
public sealed class DataSetDiff
{
    private readonly DiffOptions _options;
    private readonly List<Difference> _differences = [];
    private readonly List<(PathStep Step, DataSet DataSet)> _place = [];

    private DataSetDiff(DiffOptions options) => _options = options;

    /// <summary>Compares two data sets. Neither is changed.</summary>
    /// <returns>The differences in the order of tags, none when they are equal.</returns>
    public static IReadOnlyList<Difference> Compare(DataSet first, DataSet second, DiffOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var diff = new DataSetDiff(options ?? DiffOptions.Default);
        diff.Level(first, second);
        return diff._differences;
    }

    private bool IsFull => _differences.Count >= _options.MaxDifferences;

    private void Level(DataSet first, DataSet second)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var others = new Dictionary<Key, DataElement>();
        Dictionary<int, string>? firstCreators = CreatorsOf(first), secondCreators = CreatorsOf(second);
        foreach (var element in second)
        {
            if (!IsLeftOut(element)) others.Add(KeyOf(element.Tag, secondCreators), element);
        }
        var pairs = new List<(DataElement? First, DataElement? Second)>();
        foreach (var element in first)
        {
            if (IsLeftOut(element)) continue;
            pairs.Add(others.Remove(KeyOf(element.Tag, firstCreators), out var other) ? (element, other) : (element, null));
        }
        foreach (var element in others.Values) pairs.Add((null, element));
        if (others.Count > 0) pairs = [.. pairs.OrderBy(pair => (pair.First ?? pair.Second)!.Value.Tag)];
        foreach (var (one, other) in pairs)
        {
            if (IsFull) return;
            Pair(one, other);
        }
    }

    private void Pair(DataElement? first, DataElement? second)
    {
        var present = (first ?? second)!.Value;
        var step = new PathStep(present.Tag);
        if (IsIgnored(step, present.DataSet)) return;
        if (first is not { } one || second is not { } other)
        {
            Report(step, first is null ? DifferenceKind.OnlyInSecond : DifferenceKind.OnlyInFirst, first, second);
            return;
        }
        if (one.IsSequence && other.IsSequence)
        {
            Items(one, other);
            return;
        }
        if (ValueComparison.Compare(one, other, _options.Bytes) is { } kind) Report(step, kind, first, second);
    }

    private void Items(DataElement first, DataElement second)
    {
        int both = Math.Min(first.Items.Count, second.Items.Count);
        for (int i = 0; i < Math.Max(first.Items.Count, second.Items.Count) && !IsFull; i++)
        {
            var step = new PathStep(first.Tag, null, ItemIndex.At(Math.Min(i, ItemIndex.Largest)));
            if (IsIgnored(step, first.DataSet)) continue;
            if (i >= both)
            {
                Report(step, i < first.Items.Count ? DifferenceKind.OnlyInFirst : DifferenceKind.OnlyInSecond, first, second);
                continue;
            }
            _place.Add((step, first.DataSet));
            Level(first.Items[i], second.Items[i]);
            _place.RemoveAt(_place.Count - 1);
        }
    }

    private void Report(PathStep step, DifferenceKind kind, DataElement? first, DataElement? second) =>
        _differences.Add(new Difference(PathOf(step), kind, first, second));

    private ElementPath PathOf(PathStep step) => new([.. _place.Select(place => place.Step), step]);

    private bool IsIgnored(PathStep step, DataSet dataSet)
    {
        if (_options.IgnoreAnywhere.Contains(step.Tag)) return true;
        if (_options.Ignore.Count == 0) return false;
        var path = PathOf(step);
        foreach (var ignored in _options.Ignore)
        {
            if (ignored.Covers(path, i => (i < _place.Count ? _place[i].DataSet : dataSet).PrivateCreatorOf(path.Steps[i].Tag))) return true;
        }
        return false;
    }

    /// <summary>Group lengths are no content (PS3.5 §7.2).</summary>
    private bool IsLeftOut(DataElement element) => !_options.Bytes && element.Tag.IsGroupLength;

    /// <summary>What makes two elements the same one: the tag, or for private ones creator and number in the block.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="creators">The creators of the data set by the high 24 bits of the tags in their blocks.</param>
    private static Key KeyOf(Tag tag, Dictionary<int, string>? creators)
    {
        if (creators is null || !tag.IsPrivate) return new Key(tag, null);
        int block = tag.IsPrivateCreator ? tag.Group << 8 | tag.Element : (int)(tag.Value >> 8);
        if (!creators.TryGetValue(block, out string? creator)) return new Key(tag, null);
        return new Key(new Tag(tag.Group, (ushort)(tag.IsPrivateCreator ? 0 : 0x1000 | tag.Element & 0xFF)), creator);
    }

    /// <summary>The first block of each creator; further ones of the same are known by their tags alone.</summary>
    private Dictionary<int, string>? CreatorsOf(DataSet dataSet)
    {
        if (_options.Bytes) return null;
        Dictionary<int, string>? creators = null;
        foreach (var block in dataSet.PrivateBlocks)
        {
            creators ??= [];
            bool isFirst = dataSet.TryFindPrivateBlock(block.Group, block.Creator, out var found) && found.Number == block.Number;
            if (isFirst) creators.Add(block.Group << 8 | block.Number, block.Creator);
        }
        return creators;
    }

    private readonly record struct Key(Tag Tag, string? Creator);
}
