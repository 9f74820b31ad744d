namespace Isocenter.Dicom;

/// <summary>The SOP classes of the Storage Service Class (PS3.4 §B.5), retired ones (§B.6), DICOS and DICONDE included,
/// and, apart from them, those of the Non-Patient Object Storage Service Class (PS3.4 §GG.3).</summary>
/// <remarks>Vendors store under UIDs of their own, too; they are not here. Safe from many threads.</remarks>
public static class StorageSopClasses
{
    /// <summary>Storage of composite instances, in ordinal order of the UIDs. Made at first use.</summary>
    public static IReadOnlyList<UidEntry> All { get; } = [.. UidDictionary.All.Where(e => Contains(e.Uid))];

    /// <summary>Storage of objects that have no patient and no study: hanging protocols, color palettes, implant
    /// templates, defined procedure protocols, inventories.</summary>
    public static IReadOnlyList<UidEntry> NonPatientObjects { get; } =
        [.. UidDictionary.All.Where(e => IsNonPatientObject(e.Uid))];

    /// <summary>Instances of this class belong to a patient, a study and a series. Allocates nothing.</summary>
    public static bool Contains(string uid) => UidDictionary.IsStorage(uid);

    /// <summary>Instances of this class are stored, but belong to no patient. Allocates nothing.</summary>
    public static bool IsNonPatientObject(string uid) => UidDictionary.IsNonPatientStorage(uid);
}
