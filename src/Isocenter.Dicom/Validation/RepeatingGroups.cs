namespace Isocenter.Dicom.Validation;

/// <summary>Groups 50xx and 60xx: up to 16 curves and overlays, one to a group (PS3.5 §7.6).</summary>
internal static class RepeatingGroups
{
    /// <summary>It is the lowest tag of a repeating group, which stands for all of them in the tables.</summary>
    public static bool Contains(Tag tag) => tag.Group is 0x5000 or 0x6000;

    /// <summary>The tag in another of its groups.</summary>
    public static Tag Shift(Tag tag, int offset) => new(tag.Value + ((uint)offset << 16));

    /// <summary>How far the groups that are present are from the lowest.</summary>
    public static IEnumerable<int> OffsetsIn(DataSet dataSet, Tag tag)
    {
        int last = -1;
        for (int i = dataSet.LowerBound(new Tag(tag.Group, 0)); i < dataSet.Count; i++)
        {
            int offset = dataSet.ElementAt(i).Tag.Group - tag.Group;
            if (offset > 0x1E) yield break;
            if (offset == last || (offset & 1) != 0) continue;
            last = offset;
            yield return offset;
        }
    }
}
