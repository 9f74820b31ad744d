using System.Text;

namespace Isocenter.Dicom;

/// <summary>The VRs among which the standard lets the data set choose (PS3.6 §6, "US or SS").</summary>
public enum VRChoice
{
    /// <summary>There is one VR.</summary>
    One,
    /// <summary>US or SS, by Pixel Representation (0028,0103).</summary>
    USOrSS,
    /// <summary>OB or OW, by the transfer syntax and the bits allocated; OW in Implicit VR (PS3.5 §A.1).</summary>
    OBOrOW,
    /// <summary>US or OW: LUT Data.</summary>
    USOrOW,
    /// <summary>US, SS or OW: Gray Lookup Table Data.</summary>
    USOrSSOrOW,
}

/// <summary>One line of the data dictionary (PS3.6 §6).</summary>
/// <param name="Tag">The tag; for a repeating group (50xx, 60xx, …) the tag that was asked for.</param>
/// <param name="VR">The VR. Where the standard allows several, the one <see cref="DataDictionary.VROf"/> gives: US of
/// "US or SS", OW where OW is among them.</param>
/// <param name="Keyword">The keyword, as PatientName.</param>
/// <param name="Name">The name in words, as Patient's Name.</param>
/// <param name="VM">The value multiplicity as printed, as 1-n.</param>
/// <param name="IsRetired">Retired, kept for the objects that have it.</param>
/// <param name="Choice">Which VRs the standard allows, when there are several.</param>
public readonly record struct DictionaryEntry(
    Tag Tag, VR VR, string Keyword, string Name, string VM, bool IsRetired, VRChoice Choice = VRChoice.One);

/// <summary>The data dictionary: PS3.6 §6–§9 and the command elements of PS3.7 Annex E.</summary>
/// <remarks>The tables lie in the image and cost nothing before the first look-up; strings are made when an entry is
/// asked for. Safe from many threads.</remarks>
public static partial class DataDictionary
{
    /// <summary>How many entries there are, repeating ones counted once.</summary>
    public static int Count => TagTable.Length;

    /// <summary>All entries in tag order, a repeating one at one of its tags.</summary>
    public static IEnumerable<DictionaryEntry> All
    {
        get
        {
            for (int i = 0; i < Count; i++) yield return Entry(i, new Tag(TagTable[i]));
        }
    }

    /// <summary>The VR of a tag, for data that does not tell (Implicit VR). Allocates nothing.</summary>
    /// <returns>The VR; where several are allowed (<see cref="ChoiceOf"/>), US of "US or SS", and OW where OW is among
    /// them. UN for private and unknown elements, None for items and delimiters.</returns>
    public static VR VROf(Tag tag)
    {
        int index = IndexOf(tag);
        return index >= 0 ? (VR)VRTable[index] : GenericVR(tag);
    }

    /// <summary>Which VRs the standard allows for a tag. Allocates nothing.</summary>
    public static VRChoice ChoiceOf(Tag tag)
    {
        int index = IndexOf(tag);
        return index >= 0 ? (VRChoice)(FactTable[index] >> 5 & 7) : VRChoice.One;
    }

    /// <summary>What a rule check asks of a tag, without making strings of names.</summary>
    /// <returns>False when the tag is in no table; generic lines do not count.</returns>
    internal static bool TryFindFacts(Tag tag, out VR vr, out VRChoice choice, out string vm, out bool isRetired)
    {
        int index = IndexOf(tag);
        int facts = index >= 0 ? FactTable[index] : 0;
        (vr, choice) = (index >= 0 ? (VR)VRTable[index] : VR.None, (VRChoice)(facts >> 5 & 7));
        (vm, isRetired) = (index >= 0 ? VMOf(facts & 0x1F) : "", (facts & 1 << 11) != 0);
        return index >= 0;
    }

    /// <summary>The standard allows several VRs for this tag.</summary>
    public static bool IsAmbiguous(Tag tag) => ChoiceOf(tag) != VRChoice.One;

    /// <summary>Finds a tag: standard ones, repeating groups and elements, any group length, any private creator.
    /// Other private elements are in <c>PrivateDictionary</c>, by creator.</summary>
    public static bool TryFind(Tag tag, out DictionaryEntry entry)
    {
        int index = IndexOf(tag);
        entry = index >= 0 ? Entry(index, tag)
            : tag.IsGroupLength ? new(tag, VR.UL, "GenericGroupLength", "Generic Group Length", "1", IsRetired: true)
            : tag.IsPrivateCreator ? new(tag, VR.LO, "PrivateCreator", "Private Creator", "1", IsRetired: false)
            : default;
        return entry.Keyword is not null;
    }

    /// <summary>The keyword of a tag in ASCII; empty when the dictionary has none. Allocates nothing.</summary>
    public static ReadOnlySpan<byte> Utf8KeywordOf(Tag tag)
    {
        int index = IndexOf(tag);
        return index >= 0 ? WordPool.Column(Words, (int)WordOffsets[index], 0) : default;
    }

    /// <summary>Finds a keyword of PS3.6, case sensitive.</summary>
    /// <param name="keyword">As PatientName.</param>
    /// <param name="entry">For a repeating group its lowest tag, as (6000,3000); for a repeating element one of its
    /// tags.</param>
    public static bool TryFind(ReadOnlySpan<char> keyword, out DictionaryEntry entry)
    {
        entry = default;
        int low = 0, high = KeywordOrder.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int index = KeywordOrder[middle];
            int order = WordPool.Compare(WordPool.Column(Words, (int)WordOffsets[index], 0), keyword);
            if (order == 0)
            {
                entry = Entry(index, new Tag(TagTable[index]));
                return true;
            }
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return false;
    }

    /// <summary>The keyword of a tag in ASCII; empty when it has none. Allocates nothing.</summary>
    internal static ReadOnlySpan<byte> KeywordOf(Tag tag)
    {
        int index = IndexOf(tag);
        return index >= 0 ? WordPool.Column(Words, (int)WordOffsets[index], 0) : default;
    }

    /// <summary>VR of what is a rule and not a line of the table.</summary>
    private static VR GenericVR(Tag tag) => tag.IsGroupLength ? VR.UL : tag.IsPrivateCreator ? VR.LO : VR.UN;

    /// <summary>Index of the entry for a tag, or -1.</summary>
    private static int IndexOf(Tag tag)
    {
        if (tag.IsPrivate) return -1;
        int index = Slot(tag.Value);
        return index >= 0 || tag.IsGroupLength ? index : RepeatingIndexOf(tag.Value);
    }

    private static int Slot(uint tag)
    {
        var slots = SlotTable;
        var tags = TagTable;
        for (uint slot = unchecked(tag * HashMultiplier) >> HashShift; ; slot = (slot + 1) & (uint)(slots.Length - 1))
        {
            int index = slots[(int)slot] - 1;
            if (index < 0 || tags[index] == tag) return index;
        }
    }

    private static int RepeatingIndexOf(uint tag)
    {
        for (int i = 0; i < MaskTable.Length; i++)
        {
            int found = RepeatingKeys.IndexOf(tag & MaskTable[i], MaskStarts[i], MaskStarts[i + 1]);
            if (found >= 0) return RepeatingTable[found];
        }
        return -1;
    }

    private static DictionaryEntry Entry(int index, Tag tag)
    {
        int facts = FactTable[index], offset = (int)WordOffsets[index];
        return new DictionaryEntry(tag, (VR)VRTable[index],
            Encoding.ASCII.GetString(WordPool.Column(Words, offset, 0)),
            Encoding.ASCII.GetString(WordPool.Column(Words, offset, 1)),
            VMOf(facts & 0x1F), (facts & 1 << 11) != 0, (VRChoice)(facts >> 5 & 7));
    }
}
