namespace Isocenter.Archive;

/// <summary>What happened. The numbers are in the index: never change one.</summary>
public enum ChangeKind
{
    /// <summary>An instance is stored.</summary>
    Stored = 1,
    /// <summary>Another object is stored under a SOP Instance UID that was taken, and both are kept.</summary>
    StoredAsVersion = 2,
    /// <summary>An instance was deleted.</summary>
    Deleted = 3,
    /// <summary>The deletion of an instance was undone.</summary>
    Restored = 4,
    /// <summary>Nothing came for a study for the quiet time, after something had come.</summary>
    StudyComplete = 5,
    /// <summary>The corrections of a study changed: what is found and given out of it is other than before.</summary>
    Corrected = 6,
}

/// <summary>One entry of the change feed.</summary>
/// <param name="Number">Its place: numbers grow, with gaps, and are never given out twice. Microseconds since 1970, about.</param>
/// <param name="Kind">What happened.</param>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="SeriesInstanceUid">The series; null when the study as a whole is meant.</param>
/// <param name="SopInstanceUid">The instance; null when the study as a whole is meant.</param>
/// <param name="SopClassUid">The class of the instance; null when the study as a whole is meant.</param>
/// <param name="Id">Names the change itself: the same again after the index was made anew from the files, so that a reader who
/// is told twice can tell.</param>
public sealed record Change(long Number, ChangeKind Kind, string StudyInstanceUid, string? SeriesInstanceUid, string? SopInstanceUid, string? SopClassUid, string Id)
{
    /// <summary>When, by the clock of the archive. Never earlier than that of the change before.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(Number / ChangeLog.NumbersPerMillisecond);
}
