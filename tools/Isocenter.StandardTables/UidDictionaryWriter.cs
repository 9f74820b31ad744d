namespace Isocenter.StandardTables;

/// <summary>Writes UidDictionary.g.cs: the tables behind the look-ups in UidDictionary.cs.</summary>
internal static class UidDictionaryWriter
{
    public const string Origin = "PS3.6 Annex A 2025d from dicom-rs; frames of reference and older entries from pydicom 2024d.";

    private static readonly string[] Kinds =
    [
        "Other", "SopClass", "TransferSyntax", "MetaSopClass", "SopInstance", "FrameOfReference", "CodingScheme",
        "ApplicationContext",
    ];

    public static string Write(IReadOnlyList<KnownUid> uids)
    {
        var source = new Source(Origin, StorageClasses.Origin);
        source.Line("public static partial class UidDictionary").Line("{");
        var offsets = source.Pool("Words", "UID, tab, keyword, tab, name of each entry, in ordinal order of the UIDs.",
            [.. uids.Select(u => $"{u.Value}\t{u.Keyword}\t{u.Name}")]);
        source.Line();
        source.Numbers(4, "WordOffsets", "Where the line of each entry starts in Words.", offsets).Line();
        source.Numbers(1, "KindTable",
            "Bits 0–3: UidKind of each entry. Bit 5: stores non-patient objects. Bit 6: stores composite instances. Bit 7: retired.",
            uids.Select(u => (long)(Array.IndexOf(Kinds, u.Kind) | (StorageClasses.IsNonPatientStorage(u) ? 0x20 : 0)
                | (StorageClasses.IsStorage(u) ? 0x40 : 0) | (u.IsRetired ? 0x80 : 0)))).Line();
        source.Numbers(2, "KeywordOrder", "The entries in ordinal order of their keywords.",
            Enumerable.Range(0, uids.Count).OrderBy(i => uids[i].Keyword, StringComparer.Ordinal).Select(i => (long)i));
        return source.Line("}").ToString();
    }
}
