using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>An object came that contradicts what was known of its patient or its study. Both are kept as they are; which is right
/// is for a person to say.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">When the object arrived.</param>
/// <param name="StudyInstanceUid">The study that the object came for.</param>
/// <param name="SopInstanceUid">The first object that said so.</param>
/// <param name="Tag">The attribute.</param>
/// <param name="Known">What was known: from the first object of the study, or, for a new study, from the patient of the same
/// ID and issuer.</param>
/// <param name="Incoming">What the object says.</param>
/// <param name="Resolution">What a person decided; null: nobody did yet.</param>
public sealed record Conflict(long Number, DateTimeOffset At, string StudyInstanceUid, string SopInstanceUid, Tag Tag, string Known, string Incoming, ConflictResolution? Resolution)
{
    /// <summary>The keyword of the attribute.</summary>
    public string Attribute => DataDictionary.TryFind(Tag, out var entry) ? entry.Keyword : Tag.ToString();
}

/// <summary>A person has looked at a conflict.</summary>
/// <param name="At">When.</param>
/// <param name="Who">Who.</param>
/// <param name="Note">What was decided.</param>
public sealed record ConflictResolution(DateTimeOffset At, string Who, string Note);
