using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>A block of 256 private elements that a creator has reserved in a data set (PS3.5 §7.8.1).</summary>
/// <param name="Group">Its odd group.</param>
/// <param name="Number">Element number of the element that names the creator, 0x10 to 0xFF; the high byte of its elements.</param>
/// <param name="Creator">Who reserved it, without padding.</param>
public readonly record struct PrivateBlock(ushort Group, byte Number, string Creator)
{
    /// <summary>The element that names the creator.</summary>
    public Tag CreatorTag => new(Group, Number);

    /// <summary>The tag of an element of the block.</summary>
    /// <param name="element">Its last two digits, as the creator documents it.</param>
    public Tag TagOf(byte element) => new(Group, (ushort)(Number << 8 | element));

    /// <summary>The tag is in this block.</summary>
    public bool Contains(Tag tag) => tag.Group == Group && tag.Element >> 8 == Number;

    /// <summary>As (0029,10xx) SIEMENS CSA HEADER.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Group:X4},{Number:X2}xx) {Creator}");
}

/// <content>Private elements, by creator (PS3.5 §7.8.1).</content>
public sealed partial class DataSet
{
    /// <summary>The blocks that are reserved here, in the order of their tags. Items have blocks of their own.</summary>
    public IEnumerable<PrivateBlock> PrivateBlocks
    {
        get
        {
            foreach (var element in this)
            {
                if (element.Tag.IsPrivateCreator && CreatorIn(element.Tag) is { } creator)
                    yield return new PrivateBlock(element.Tag.Group, (byte)element.Tag.Element, creator);
            }
        }
    }

    /// <summary>Finds the block of a creator, the first when it has several.</summary>
    /// <param name="group">An odd group.</param>
    /// <param name="creator">Spaces at its end do not count.</param>
    /// <param name="block">The block.</param>
    public bool TryFindPrivateBlock(ushort group, string creator, out PrivateBlock block)
    {
        ArgumentNullException.ThrowIfNull(creator);
        creator = creator.TrimEnd(' ');
        int index = IndexOf(new Tag(group, 0x0010));
        for (int i = index < 0 ? ~index : index; i < Count; i++)
        {
            var tag = ElementAt(i).Tag;
            if (tag.Group != group || !tag.IsPrivateCreator) break;
            if (CreatorIn(tag) != creator) continue;
            block = new PrivateBlock(group, (byte)tag.Element, creator);
            return true;
        }
        block = default;
        return false;
    }

    /// <summary>The block of a creator. Reserves the first free one when it has none yet.</summary>
    /// <exception cref="ArgumentException">The group is even, the creator no LO value, or all 240 blocks are taken.</exception>
    public PrivateBlock ReservePrivateBlock(ushort group, string creator)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(creator);
        if ((group & 1) == 0 || group is < 0x0009 or 0xFFFF)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{group:X4} is no group for private elements: odd, from 0009 on (PS3.5 §7.8)"), nameof(group));
        if (TryFindPrivateBlock(group, creator, out var block)) return block;
        ThrowIfFrozen();
        for (int number = 0x10; number <= 0xFF; number++)
        {
            // A block may be in use though nobody reserved it.
            var first = new Tag(group, (ushort)(number << 8));
            int index = IndexOf(first);
            index = index < 0 ? ~index : index;
            bool isUsed = Contains(new Tag(group, (ushort)number)) || index < Count && ElementAt(index).Tag.Value >> 8 == first.Value >> 8;
            if (isUsed) continue;
            Set(new Tag(group, (ushort)number), VR.LO, creator.TrimEnd(' '));
            return new PrivateBlock(group, (byte)number, creator.TrimEnd(' '));
        }
        throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"group {group:X4} has no free private block"), nameof(group));
    }

    /// <summary>Takes out a block with the element that names its creator.</summary>
    /// <returns>How many elements went, that one included.</returns>
    public int RemovePrivateBlock(PrivateBlock block)
    {
        ThrowIfFrozen();
        int removed = 0;
        foreach (var element in this.ToArray().Reverse())
        {
            if (block.Contains(element.Tag) || element.Tag == block.CreatorTag) removed += Remove(element.Tag) ? 1 : 0;
        }
        return removed;
    }

    /// <summary>Who reserved the block that <paramref name="tag"/> is in; null when nobody did or it is in none.</summary>
    public string? PrivateCreatorOf(Tag tag) => tag.IsPrivate && tag.Element >= 0x1000 ? CreatorIn(tag.PrivateCreator) : null;

    private string? CreatorIn(Tag tag) => TryGet(tag, out string? creator) ? creator : null;
}
