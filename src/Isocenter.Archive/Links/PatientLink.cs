namespace Isocenter.Archive;

/// <summary>A patient as it is named in a link: an ID and its issuer.</summary>
/// <param name="Id">Patient ID.</param>
/// <param name="Issuer">Issuer of Patient ID; empty: none.</param>
public sealed record LinkedPatient(string Id, string Issuer = "")
{
    private const string Separator = "^^^";

    /// <summary>Reads ID or ID^^^ISSUER, as HL7 writes it; null: there is no ID.</summary>
    public static LinkedPatient? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.IndexOf(Separator, StringComparison.Ordinal);
        var patient = at < 0 ? new LinkedPatient(text) : new LinkedPatient(text[..at], text[(at + Separator.Length)..]);
        return patient.Id.Length is > 0 and <= 64 ? patient : null;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Issuer.Length == 0 ? Id : Id + Separator + Issuer;
}

/// <summary>A link: these patients are one person. Their objects stay as they are; a query for one finds the others when it asks so.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="At">When it was made.</param>
/// <param name="Who">Who asked for it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Patients">The patients, two or more.</param>
/// <param name="Undone">When and by whom it was undone; null: it holds.</param>
public sealed record PatientLink(long Number, DateTimeOffset At, string Who, string Reason, IReadOnlyList<LinkedPatient> Patients, CorrectionUndo? Undone = null);
