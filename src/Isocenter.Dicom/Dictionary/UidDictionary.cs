using System.Text;

namespace Isocenter.Dicom;

/// <summary>What kind of thing a well-known UID names (PS3.6 Annex A).</summary>
public enum UidKind
{
    /// <summary>None of the others.</summary>
    Other,
    /// <summary>A SOP Class.</summary>
    SopClass,
    /// <summary>A transfer syntax.</summary>
    TransferSyntax,
    /// <summary>A meta SOP class.</summary>
    MetaSopClass,
    /// <summary>A well-known SOP Instance.</summary>
    SopInstance,
    /// <summary>A well-known frame of reference.</summary>
    FrameOfReference,
    /// <summary>A coding scheme.</summary>
    CodingScheme,
    /// <summary>An application context name.</summary>
    ApplicationContext,
}

/// <summary>One line of PS3.6 Annex A.</summary>
/// <param name="Uid">The UID.</param>
/// <param name="Name">Its name in words.</param>
/// <param name="Keyword">Its keyword.</param>
/// <param name="Kind">What it names.</param>
/// <param name="IsRetired">Retired.</param>
public readonly record struct UidEntry(string Uid, string Name, string Keyword, UidKind Kind, bool IsRetired);

/// <summary>The well-known UIDs of PS3.6 Annex A, but for context groups and templates (PS3.16).</summary>
/// <remarks>The tables lie in the image; strings are made when an entry is asked for. Safe from many threads.</remarks>
public static partial class UidDictionary
{
    /// <summary>All entries, in ordinal order of the UIDs as text.</summary>
    public static IEnumerable<UidEntry> All
    {
        get
        {
            for (int i = 0; i < WordOffsets.Length; i++) yield return Entry(i);
        }
    }

    /// <summary>Finds a UID.</summary>
    public static bool TryFind(string uid, out UidEntry entry)
    {
        int index = IndexOf(uid);
        entry = index >= 0 ? Entry(index) : default;
        return index >= 0;
    }

    /// <summary>Finds a keyword of Annex A, as CTImageStorage, case sensitive.</summary>
    public static bool TryFindKeyword(ReadOnlySpan<char> keyword, out UidEntry entry)
    {
        int low = 0, high = KeywordOrder.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int index = KeywordOrder[middle];
            int order = WordPool.Compare(WordPool.Column(Words, (int)WordOffsets[index], 1), keyword);
            if (order == 0)
            {
                entry = Entry(index);
                return true;
            }
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        entry = default;
        return false;
    }

    internal static bool IsStorage(string uid) => IndexOf(uid) is >= 0 and var index && (KindTable[index] & 0x40) != 0;

    internal static bool IsNonPatientStorage(string uid) =>
        IndexOf(uid) is >= 0 and var index && (KindTable[index] & 0x20) != 0;

    private static int IndexOf(string uid)
    {
        ArgumentNullException.ThrowIfNull(uid);
        int low = 0, high = WordOffsets.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = WordPool.Compare(WordPool.Column(Words, (int)WordOffsets[middle], 0), uid);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    private static UidEntry Entry(int index)
    {
        int offset = (int)WordOffsets[index];
        return new UidEntry(
            Encoding.ASCII.GetString(WordPool.Column(Words, offset, 0)),
            Encoding.ASCII.GetString(WordPool.Column(Words, offset, 2)),
            Encoding.ASCII.GetString(WordPool.Column(Words, offset, 1)),
            (UidKind)(KindTable[index] & 0x0F), (KindTable[index] & 0x80) != 0);
    }
}
