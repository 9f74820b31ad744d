namespace Isocenter.Archive;

/// <summary>What became of an object.</summary>
public enum IngestStatus
{
    /// <summary>On disk and found by queries.</summary>
    Stored,
    /// <summary>The same object was stored before; nothing changed. As good as <see cref="Stored"/>.</summary>
    AlreadyStored,
    /// <summary>On disk; under its SOP Instance UID there was a different object, which is kept
    /// (<see cref="DuplicatePolicy.Keep"/>).</summary>
    StoredAsVersion,
    /// <summary>A different object is stored under its SOP Instance UID (<see cref="DuplicatePolicy.Refuse"/>):
    /// DIMSE 0x0111.</summary>
    Conflict,
    /// <summary>Its patient or study attributes are not those of the other objects (<see cref="ConflictPolicy.Refuse"/>): DIMSE 0xC000.</summary>
    Contradiction,
    /// <summary>SOP Class or SOP Instance UID are not those that were announced: DIMSE 0xA900.</summary>
    Mismatch,
    /// <summary>A UID that every object has is missing or no UID: DIMSE 0xC000.</summary>
    NotIndexable,
    /// <summary>It ends too early, or is no data set: DIMSE 0xC000.</summary>
    Malformed,
    /// <summary>Its SOP class is unknown (<see cref="UnknownClassPolicy"/>): DIMSE 0x0122.</summary>
    UnknownClass,
    /// <summary>Longer than this archive takes.</summary>
    TooLong,
    /// <summary>No space, or the disk fails: DIMSE 0xA700, HTTP 507.</summary>
    OutOfResources,
}

/// <summary>What became of an object, and why.</summary>
/// <param name="Status">The outcome. Anything after <see cref="IngestStatus.StoredAsVersion"/> leaves nothing behind, but for a file in quarantine.</param>
/// <param name="Problem">Why it was refused, as one sentence; null when it was not.</param>
/// <param name="Instance">Where it is, when it is stored.</param>
/// <param name="SopClassUid">As the data set says, when it was readable.</param>
/// <param name="SopInstanceUid">As the data set says, when it was readable.</param>
public sealed record IngestResult(
    IngestStatus Status, string? Problem = null, StoredInstance? Instance = null, string? SopClassUid = null, string? SopInstanceUid = null)
{
    /// <summary>The object is safe in the archive: <see cref="IngestStatus.Stored"/>,
    /// <see cref="IngestStatus.AlreadyStored"/> or <see cref="IngestStatus.StoredAsVersion"/>.</summary>
    public bool IsSuccess => Status <= IngestStatus.StoredAsVersion;
}
