using System.Text.Encodings.Web;
using System.Text.Json;
using Isocenter.Dicom;

namespace Isocenter.Cli.Dump;

/// <summary>Writes differences for machines.</summary>
internal static class DiffJson
{
    public static void Write(Stream stream, IReadOnlyList<Difference> differences)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteBoolean("equal", differences.Count == 0);
            json.WriteStartArray("differences");
            foreach (var difference in differences)
            {
                json.WriteStartObject();
                json.WriteString("path", difference.Path.ToString());
                json.WriteString("keyword", difference.Path.ToKeywords());
                json.WriteString("kind", difference.Kind switch
                {
                    DifferenceKind.OnlyInFirst => "onlyInFirst",
                    DifferenceKind.OnlyInSecond => "onlyInSecond",
                    DifferenceKind.VR => "vr",
                    _ => "value",
                });
                if (difference.Kind != DifferenceKind.OnlyInSecond) WriteSide(json, "first", difference, difference.First);
                if (difference.Kind != DifferenceKind.OnlyInFirst) WriteSide(json, "second", difference, difference.Second);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        stream.Write("\n"u8);
    }

    /// <summary>The element or item in the DICOM JSON Model, by its tag; pixel data and other long values only by their length.</summary>
    private static void WriteSide(Utf8JsonWriter json, string name, Difference difference, DataElement? element)
    {
        if (element is not { } present) return;
        if (difference.Path.IsItem)
        {
            json.WritePropertyName(name);
            DicomJson.Write(present.Items[difference.Path.Steps[^1].Item.Number!.Value], json, new JsonOptions { OmitPixelData = true });
            return;
        }
        json.WriteStartObject(name);
        json.WriteString("vr", present.VR.ToText());
        if (present.Fragments is { } fragments) json.WriteNumber("length", fragments.Length);
        else if (!present.IsSequence) json.WriteNumber("length", present.Length);
        if (!present.IsSequence && present.Fragments is null && present.Length <= 4096)
        {
            json.WriteStartArray("value");
            foreach (string value in present.DataSet.GetAll<string>(present.Tag)) json.WriteStringValue(value);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
