using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>An attribute that an archive keeps in its index beside those that every archive keeps.</summary>
/// <param name="Tag">A standard attribute that stands before the pixel data.</param>
/// <param name="Level">What it is an attribute of.</param>
public sealed record ExtraAttribute(Tag Tag, QueryLevel Level)
{
    /// <summary>Most of them in one archive.</summary>
    public const int Most = 64;

    /// <summary>Checks that an index can keep it.</summary>
    /// <returns>False, and why not as one sentence.</returns>
    public static bool TryMake(Tag tag, QueryLevel level, [NotNullWhen(true)] out ExtraAttribute? attribute, [NotNullWhen(false)] out string? problem)
    {
        var vr = DataDictionary.VROf(tag);
        problem = IndexedAttributes.TryLevelOf(tag, out _) || IndexedAttributes.IsComputed(tag, out _) ? $"{tag} is in the index of every archive"
            : tag.Group is < 0x0008 or >= 0x7FE0 || tag == Tags.SpecificCharacterSet || tag.IsGroupLength || vr is VR.UN or VR.None || !(vr == VR.SQ || vr.IsText())
                ? $"{tag} cannot be searched for: that is for standard attributes with text, numbers or sequences"
            : null;
        attribute = problem is null ? new ExtraAttribute(tag, level) : null;
        return problem is null;
    }
}

/// <summary>How far an index is with its extra attributes.</summary>
/// <param name="Attributes">Each, and whether it can be searched for already.</param>
/// <param name="Done">Objects that were read for those that cannot.</param>
/// <param name="Total">Objects to be read for them; 0 when all can.</param>
public sealed record ExtraAttributeProgress(IReadOnlyList<(ExtraAttribute Attribute, bool IsReady)> Attributes, long Done, long Total);

/// <summary>The attributes that one archive keeps: those of every archive, and its own. What is being filled in is kept of new
/// objects already, and not yet asked for.</summary>
internal sealed class ExtraAttributes
{
    public static readonly ExtraAttributes None = new([], []);

    private readonly FrozenDictionary<Tag, QueryLevel> _levels;
    private readonly FrozenSet<Tag> _building;

    public ExtraAttributes(IReadOnlyCollection<ExtraAttribute> all, IEnumerable<Tag> building)
    {
        All = all;
        _levels = all.ToFrozenDictionary(attribute => attribute.Tag, attribute => attribute.Level);
        _building = building.ToFrozenSet();
        var last = all.Select(attribute => attribute.Tag).DefaultIfEmpty().Max();
        HeaderOptions = last < IndexedAttributes.End ? ObjectHeader.HeaderOptions : ObjectHeader.HeaderOptions with { StopBefore = new Tag(last.Value + 1) };
    }

    public IReadOnlyCollection<ExtraAttribute> All { get; }

    /// <summary>Reads a file as far as it holds what is kept.</summary>
    public ReadOptions HeaderOptions { get; }

    public bool IsReady(Tag tag) => !_building.Contains(tag);

    /// <summary>It is taken from objects, or says how their text is to be read.</summary>
    public bool IsWanted(Tag tag) => IndexedAttributes.IsWanted(tag) || _levels.ContainsKey(tag);

    /// <returns>False when the index does not keep it.</returns>
    public bool TryLevelOf(Tag tag, out QueryLevel level) => IndexedAttributes.TryLevelOf(tag, out level) || _levels.TryGetValue(tag, out level);

    /// <returns>False when it cannot be asked for, or not yet.</returns>
    public bool TryReadyLevelOf(Tag tag, out QueryLevel level) => TryLevelOf(tag, out level) && IsReady(tag);

    /// <summary>The same, with all of them ready.</summary>
    public ExtraAttributes Ready() => new(All, []);

    /// <summary>00101002:0,00180015:2</summary>
    public static string Write(IEnumerable<ExtraAttribute> attributes) =>
        string.Join(',', attributes.Select(attribute => string.Create(CultureInfo.InvariantCulture, $"{attribute.Tag.Value:X8}:{(int)attribute.Level}")).Order(StringComparer.Ordinal));

    public static IReadOnlyList<ExtraAttribute> Read(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(one => new ExtraAttribute(
            new Tag(uint.Parse(one.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)), (QueryLevel)(one[9] - '0')))];
}
