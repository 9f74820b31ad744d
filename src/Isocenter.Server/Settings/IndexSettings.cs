using System.Globalization;
using Isocenter.Archive;
using Isocenter.Dicom;

namespace Isocenter.Server.Settings;

/// <summary>Attributes that the index keeps beside the usual ones, by level.</summary>
internal static class IndexSettings
{
    private static readonly (string Name, QueryLevel Level)[] Levels =
        [("index:patient", QueryLevel.Patient), ("index:study", QueryLevel.Study), ("index:series", QueryLevel.Series), ("index:instance", QueryLevel.Image)];

    public static IEnumerable<KeyValuePair<string, string>> Names => Levels.Select(level => KeyValuePair.Create(level.Name,
        $"attributes of {(level.Level == QueryLevel.Image ? "an instance" : level.Level == QueryLevel.Series ? "a series" : level.Level == QueryLevel.Study ? "a study" : "a patient")} that can be searched for besides, separated by commas"));

    /// <returns>Null when there is no such setting: then the index keeps what it kept.</returns>
    public static IReadOnlyList<ExtraAttribute>? Read(IReadOnlyDictionary<string, string> values)
    {
        if (!Array.Exists(Levels, level => values.ContainsKey(level.Name))) return null;
        var attributes = new List<ExtraAttribute>();
        foreach (var (name, level) in Levels)
        {
            foreach (string text in (values.GetValueOrDefault(name) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!Tag.TryParse(text, CultureInfo.InvariantCulture, out var tag)) throw new SettingsException(name, $"'{text}' is neither the keyword of an attribute nor a tag of eight digits");
                if (!ExtraAttribute.TryMake(tag, level, out var attribute, out string? problem)) throw new SettingsException(name, problem);
                if (attributes.Exists(known => known.Tag == tag)) throw new SettingsException(name, $"'{text}' is there twice");
                attributes.Add(attribute);
            }
        }
        return attributes.Count <= ExtraAttribute.Most ? attributes : throw new SettingsException("index", string.Create(CultureInfo.InvariantCulture, $"at most {ExtraAttribute.Most} attributes are kept besides"));
    }
}
