namespace Isocenter.Archive;

/// <summary>A legal hold: the objects of a study, or of all studies of a patient, cannot be deleted, whoever asks for it, until it is
/// released. Objects that come later are held too.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="At">Since when.</param>
/// <param name="Who">Who asked for it.</param>
/// <param name="Reason">Why, such as a case number.</param>
/// <param name="Subject">What is held.</param>
/// <param name="Release">When and by whom it was released; null: it holds.</param>
public sealed record Hold(long Number, DateTimeOffset At, string Who, string Reason, HoldSubject Subject, HoldRelease? Release = null);

/// <summary>What a legal hold is on: a study, or a patient.</summary>
public sealed record HoldSubject
{
    private HoldSubject()
    {
    }

    /// <summary>Study Instance UID; null: a patient is held.</summary>
    public string? StudyInstanceUid { get; private init; }

    /// <summary>Patient ID; null: a study is held.</summary>
    public string? PatientId { get; private init; }

    /// <summary>Issuer of that ID; empty: none.</summary>
    public string Issuer { get; private init; } = "";

    /// <summary>A study, wherever corrections may have moved its objects.</summary>
    public static HoldSubject Study(string studyInstanceUid) => new() { StudyInstanceUid = studyInstanceUid };

    /// <summary>All studies of a patient, those that come later too.</summary>
    public static HoldSubject Patient(string patientId, string issuer = "") => new() { PatientId = patientId, Issuer = issuer };
}

/// <summary>A legal hold was released.</summary>
/// <param name="At">When.</param>
/// <param name="Who">By whom.</param>
/// <param name="Reason">Why.</param>
public sealed record HoldRelease(DateTimeOffset At, string Who, string Reason);
