using System.Text.Json;
using Isocenter.Archive;

namespace Isocenter.Server.Links;

/// <summary>Links as <c>/api/links</c> and <c>isocenter correct link</c> ask for them and show them.</summary>
public static class LinkText
{
    /// <summary>Patients, each as ID or ID^^^ISSUER.</summary>
    /// <exception cref="CorrectionException">One has no ID.</exception>
    public static IReadOnlyList<LinkedPatient> PatientsOf(IEnumerable<string> texts) =>
        [.. texts.Select(text => LinkedPatient.Parse(text) ?? throw new CorrectionException($"'{text}' is no patient; an ID is expected, or ID^^^ISSUER"))];

    /// <summary>Writes links, as the answer to GET.</summary>
    public static void WriteAll(Utf8JsonWriter json, IEnumerable<PatientLink> links)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(links);
        json.WriteStartObject();
        json.WriteStartArray("links");
        foreach (var link in links) Write(json, link);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes a link.</summary>
    public static void Write(Utf8JsonWriter json, PatientLink link)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(link);
        json.WriteStartObject();
        json.WriteNumber("number", link.Number);
        json.WriteString("at", link.At);
        json.WriteString("who", link.Who);
        json.WriteString("reason", link.Reason);
        json.WriteStartArray("patients");
        foreach (var patient in link.Patients) json.WriteStringValue(patient.ToString());
        json.WriteEndArray();
        if (link.Undone is { } undone)
        {
            json.WriteStartObject("undone");
            json.WriteString("at", undone.At);
            json.WriteString("who", undone.Who);
            json.WriteString("reason", undone.Reason);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
