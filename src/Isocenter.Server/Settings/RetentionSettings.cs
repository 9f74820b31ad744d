using System.Globalization;
using System.Text.Json.Nodes;
using Isocenter.Archive;

namespace Isocenter.Server.Settings;

/// <summary>What is deleted by rule, and when.</summary>
public sealed record RetentionSettings
{
    /// <summary>The rules; the first that is for a study decides.</summary>
    public IReadOnlyList<RetentionRule> Rules { get; init; } = [];

    /// <summary>When in the day, by the clock on the wall, the server does it.</summary>
    public TimeOnly Time { get; init; } = new(2, 30);

    /// <summary>Most studies of one night.</summary>
    public int MaxStudies { get; init; } = 1000;

    /// <summary>Most bytes of one night; 0: any number.</summary>
    public long MaxBytes { get; init; }

    /// <summary>Files of what was deleted are removed for good after so many days; 0: never.</summary>
    public int PurgeDays { get; init; }

    /// <summary>There is something to do.</summary>
    public bool IsOn => Rules.Count > 0 || PurgeDays > 0;

    private static readonly string[] Members = ["name", "action", "days", "of", "modality", "source", "description"];

    /// <summary>The rules of a settings file.</summary>
    /// <exception cref="SettingsException">One of them makes no sense.</exception>
    internal static List<RetentionRule> ReadRules(JsonNode? value)
    {
        if (value is not JsonArray list) throw new SettingsException("retention:rules", "a list is expected");
        var rules = new List<RetentionRule>();
        for (int i = 0; i < list.Count; i++)
        {
            string setting = string.Create(CultureInfo.InvariantCulture, $"retention:rules:{i}");
            if (list[i] is not JsonObject rule) throw new SettingsException(setting, """expected { "name": "…", "action": "delete", "days": 3650, … }""");
            foreach (var (name, _) in rule)
            {
                if (!Members.Contains(name)) throw new SettingsException($"{setting}:{name}", $"is unknown; a rule has {string.Join(", ", Members)}");
            }
            var read = Read(setting, name => rule[name]?.ToString() ?? "");
            if (rules.Exists(known => known.Name == read.Name)) throw new SettingsException(setting + ":name", $"'{read.Name}' is there twice");
            rules.Add(read);
        }
        return rules;
    }

    private static RetentionRule Read(string setting, Func<string, string> text)
    {
        if (text("name") is { Length: 0 or > 64 }) throw new SettingsException(setting + ":name", "a name of up to 64 characters is expected");
        var action = text("action") switch
        {
            "keep" => RetentionAction.Keep,
            "delete" => RetentionAction.Delete,
            "move" => RetentionAction.Move,
            var other => throw new SettingsException(setting + ":action", $"'{other}' is none of keep, delete, move"),
        };
        // A rule that does something says after how long: it was not forgotten.
        int days = 0;
        if ((action != RetentionAction.Keep || text("days").Length > 0)
            && (!int.TryParse(text("days"), NumberStyles.None, CultureInfo.InvariantCulture, out days) || days is < 1 or > 100_000))
            throw new SettingsException(setting + ":days", $"'{text("days")}' is not a number of days from 1 to 100000");
        return new RetentionRule
        {
            Name = text("name"),
            Action = action,
            Days = days,
            AgeOf = text("of") switch
            {
                "" or "studyDate" => RetentionAge.StudyDate,
                "received" => RetentionAge.Received,
                "changed" => RetentionAge.Changed,
                var other => throw new SettingsException(setting + ":of", $"'{other}' is none of studyDate, received, changed"),
            },
            Modalities = List(text("modality")),
            Sources = List(text("source")),
            Description = text("description") is { Length: > 0 } pattern ? pattern : null,
        };
    }

    private static string[] List(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
