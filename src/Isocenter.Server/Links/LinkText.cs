using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Links;

/// <summary>Links as <c>/api/links</c> and <c>isocenter correct link</c> ask for them and show them.</summary>
public static class LinkText
{
    /// <summary>Patients, each as ID or ID^^^ISSUER.</summary>
    /// <exception cref="CorrectionException">One has no ID.</exception>
    public static IReadOnlyList<LinkedPatient> PatientsOf(IEnumerable<string> texts) =>
        [.. texts.Select(text => LinkedPatient.Parse(text) ?? throw new CorrectionException($"'{text}' is no patient; an ID is expected, or ID^^^ISSUER"))];

    /// <summary>Writes links, as the answer to GET.</summary>
    public static void WriteAll(Utf8JsonWriter json, IEnumerable<PatientLink> links) => RecordJson.WriteAll(json, "links", links, Write);

    /// <summary>Writes a link.</summary>
    public static void Write(Utf8JsonWriter json, PatientLink link)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(link);
        json.WriteStartObject();
        RecordJson.WriteHead(json, link.Number, link.At, link.Who, link.Reason);
        json.WriteStartArray("patients");
        foreach (var patient in link.Patients) json.WriteStringValue(patient.ToString());
        json.WriteEndArray();
        if (link.Undone is { } undone) RecordJson.WriteEnding(json, "undone", undone.At, undone.Who, undone.Reason);
        json.WriteEndObject();
    }
}
