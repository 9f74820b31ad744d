namespace Isocenter.Dicom;

/// <summary>Which element stays when both data sets have it.</summary>
public enum MergeRule
{
    /// <summary>The one that is there.</summary>
    KeepExisting,
    /// <summary>The one that is there, unless it is empty.</summary>
    FillEmpty,
    /// <summary>The one that comes, empty or not.</summary>
    Replace,
}

/// <content>Taking over the elements of another data set.</content>
public sealed partial class DataSet
{
    /// <summary>Takes over the elements of another data set, sequences as a whole.</summary>
    /// <param name="other">Is not changed.</param>
    /// <param name="rule">Which one stays when both have it.</param>
    /// <returns>How many elements were taken over.</returns>
    /// <remarks>Private elements go into the block that their creator has here, which is reserved when there is none yet. Text
    /// goes over into the character set in force here; when that does not hold it, the data set changes to ISO_IR 192 (UTF-8),
    /// which holds both. Group lengths stay behind.</remarks>
    public int Merge(DataSet other, MergeRule rule = MergeRule.FillEmpty)
    {
        ArgumentNullException.ThrowIfNull(other);
        ThrowIfFrozen();
        var chosen = new List<(DataElement Element, Tag Tag)>();
        foreach (var element in other)
        {
            var tag = element.Tag;
            if (tag.IsGroupLength || tag.IsPrivateCreator || tag == CharacterSetTag) continue;
            if (other.PrivateCreatorOf(tag) is { } creator)
            {
                // Reserved even when nothing is taken from it: an empty block is no harm, a lost creator would be.
                tag = tag.Group >= 0x0009 ? ReservePrivateBlock(tag.Group, creator).TagOf((byte)tag.Element) : tag;
            }
            bool isThere = TryFind(tag, out var own);
            if (!isThere || rule == MergeRule.Replace || rule == MergeRule.FillEmpty && own.IsEmpty) chosen.Add((element, tag));
        }
        if (!SpecificCharacterSet.AreSame(CharacterSet, other.CharacterSet) && !HoldsAll(chosen)) ChangeCharacterSet("ISO_IR 192");
        foreach (var (element, tag) in chosen) Add(element, tag);
        return chosen.Count;
    }

    private bool HoldsAll(List<(DataElement Element, Tag Tag)> elements)
    {
        foreach (var (element, _) in elements)
        {
            var from = element.DataSet.CharacterSet;
            if (!TryReencode(element, from, CharacterSet, out _, out _)) return false;
            foreach (var item in element.Items)
            {
                if (!item.Contains(CharacterSetTag) && CollectText(item, from, CharacterSet, []) is not null) return false;
            }
        }
        return true;
    }
}
