using System.Text.Json;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Portal;

/// <summary>The settings as the page shows them. None of them is a secret: passwords stand in files of their own.</summary>
internal static class SettingsText
{
    public static void Write(Utf8JsonWriter json, ServerSettings settings)
    {
        json.WriteStartArray("settings");
        foreach (var fact in settings.Facts.Count > 0 ? settings.Facts : SettingsReader.Facts(new Dictionary<string, (string, string)>()))
        {
            json.WriteStartObject();
            json.WriteString("name", fact.Name);
            json.WriteString("value", fact.Value);
            json.WriteString("default", fact.Default);
            json.WriteString("source", fact.Source);
            json.WriteString("effect", fact.Effect);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
