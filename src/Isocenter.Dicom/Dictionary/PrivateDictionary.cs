using System.Text;

namespace Isocenter.Dicom;

/// <summary>What is known of private elements (PS3.5 §7.8), by private creator. A help for display and for Implicit VR;
/// vendors change their elements without notice, so nothing here is a rule to enforce.</summary>
/// <remarks>The tables lie in the image; strings are made when an entry is asked for. Safe from many threads.</remarks>
public static partial class PrivateDictionary
{
    /// <summary>The private creators known here, in ordinal order.</summary>
    public static IEnumerable<string> KnownCreators
    {
        get
        {
            for (int i = 0; i < CreatorOffsets.Length; i++)
                yield return Encoding.ASCII.GetString(WordPool.Column(Creators, CreatorOffsets[i], 0));
        }
    }

    /// <summary>The elements known of one creator, in tag order, as they stand in the block 10: (gggg,10ee).</summary>
    public static IEnumerable<DictionaryEntry> ElementsOf(string creator)
    {
        int index = CreatorIndexOf(creator);
        if (index < 0) yield break;
        for (int i = FirstElements[index]; i < FirstElements[index + 1]; i++)
            yield return Entry(i, new Tag(KeyTable[i] | 0x1000));
    }

    /// <summary>Finds an element.</summary>
    /// <param name="creator">The value of the block's creator element, as SIEMENS CSA HEADER; spaces at its end do not
    /// count.</param>
    /// <param name="tag">The element as it stands in the data set; whichever block it is in does not count.</param>
    /// <param name="entry">Its Keyword is empty: private elements have none.</param>
    public static bool TryFind(ReadOnlySpan<char> creator, Tag tag, out DictionaryEntry entry)
    {
        int index = IndexOf(creator, tag);
        entry = index >= 0 ? Entry(index, tag) : default;
        return index >= 0;
    }

    /// <summary>The VR of a private element, UN if it is not known. Allocates nothing.</summary>
    /// <param name="creator">See <see cref="TryFind"/>.</param>
    /// <param name="tag">See <see cref="TryFind"/>.</param>
    public static VR VROf(ReadOnlySpan<char> creator, Tag tag)
    {
        int index = IndexOf(creator, tag);
        return index >= 0 ? (VR)VRTable[index] : VR.UN;
    }

    private static int IndexOf(ReadOnlySpan<char> creator, Tag tag)
    {
        if (!tag.IsPrivate || tag.Element < 0x1000) return -1;
        return IndexOf(CreatorIndexOf(creator.TrimEnd(" \0")), tag);
    }

    private static int IndexOf(int index, Tag tag)
    {
        if (index < 0) return -1;
        int start = FirstElements[index], end = FirstElements[index + 1];
        uint key = tag.Value & 0xFFFF_00FF;
        int found = KeyTable.IndexOf(key, start, end);
        if (found >= 0) return found;
        found = KeyTable.IndexOf(key & 0xFF01_00FF, start, end);        // (60xx,ee) stands at 6001
        return found >= 0 && (FactTable[found] & 1 << 9) != 0 ? found : -1;
    }

    /// <summary>The VR of a private element of a creator that was looked up before.</summary>
    /// <param name="creatorIndex">From <see cref="CreatorIndexOf"/>; -1 for an unknown one.</param>
    /// <param name="tag">See <see cref="TryFind"/>.</param>
    internal static VR VROf(int creatorIndex, Tag tag)
    {
        int index = IndexOf(creatorIndex, tag);
        return index >= 0 ? (VR)VRTable[index] : VR.UN;
    }

    internal static int CreatorIndexOf(ReadOnlySpan<char> creator)
    {
        int low = 0, high = CreatorOffsets.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = WordPool.Compare(WordPool.Column(Creators, CreatorOffsets[middle], 0), creator);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    private static DictionaryEntry Entry(int index, Tag tag)
    {
        int facts = FactTable[index];
        return new DictionaryEntry(tag, (VR)VRTable[index], Keyword: "",
            Encoding.UTF8.GetString(WordPool.Column(Names, (int)NameOffsets[index], 0)),
            VMOf(facts & 0x3F), IsRetired: false, (VRChoice)(facts >> 6 & 7));
    }
}
