using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Holds;

/// <summary>A legal hold as <c>/api/holds</c> and <c>isocenter hold</c> ask for it and show it.</summary>
public static class HoldRequest
{
    /// <summary>What is to be held.</summary>
    /// <returns>Null: not exactly one of a study and a patient is named, or the UID is no UID.</returns>
    public static HoldSubject? SubjectOf(string? study, string? patient, string issuer) => (study, patient) switch
    {
        ({ Length: > 0 }, null or "") => Dicom.Uid.TryParseLenient(study, out var uid) ? HoldSubject.Study(uid.Value) : null,
        (null or "", { Length: > 0 and <= 64 }) => HoldSubject.Patient(patient, issuer),
        _ => null,
    };

    /// <summary>Writes the holds, as the answer to GET.</summary>
    public static void WriteAll(Utf8JsonWriter json, IEnumerable<Hold> holds) => RecordJson.WriteAll(json, "holds", holds, Write);

    /// <summary>Writes a hold.</summary>
    public static void Write(Utf8JsonWriter json, Hold hold)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(hold);
        json.WriteStartObject();
        RecordJson.WriteHead(json, hold.Number, hold.At, hold.Who, hold.Reason);
        if (hold.Subject.StudyInstanceUid is { } study) json.WriteString("study", study);
        if (hold.Subject.PatientId is { } patient)
        {
            json.WriteString("patient", patient);
            json.WriteString("issuer", hold.Subject.Issuer);
        }
        if (hold.Release is { } release) RecordJson.WriteEnding(json, "released", release.At, release.Who, release.Reason);
        json.WriteEndObject();
    }
}
