using System.Text.RegularExpressions;

namespace Isocenter.StandardTables.Iods;

/// <summary>One line of a template of dicom3tools: <c>Name="PatientSex" Type="2" StringEnumValues="Sex"</c>.</summary>
/// <param name="Source">File and line, for messages.</param>
/// <param name="Key">The first key, or the word the line consists of, or a bracket.</param>
/// <param name="Attributes">All keys with their values.</param>
internal sealed record TemplateLine(string Source, string Key, IReadOnlyDictionary<string, string> Attributes)
{
    public string Value => Attributes[Key];

    public string? this[string key] => Attributes.GetValueOrDefault(key);

    public bool Has(string key) => Attributes.ContainsKey(key);

    public InvalidDataException Wrong(string problem) => new($"{Source}: {problem}");
}

/// <summary>Reads the templates (*.tpl) of dicom3tools. A line that is not understood stops the run.</summary>
internal static partial class Template
{
    /// <summary>Slips of the pen in the snapshot, and what was meant.</summary>
    private static readonly (string Wrong, string Right)[] Repairs =
    [
        ("VM=\"1\"-n", "VM=\"1-n\""),
        ("\"NotZeroError=", "\" NotZeroError="),
        ("\"ElementPresent=", "\" ElementPresent="),
        ("SlideRelative\"\"", "SlideRelative\""),
        ("StringDefinedTerms =", "StringDefinedTerms="),
        ("\"3\"`", "\"3\""),
        ("\"1C\"\"", "\"1C\""),
        ("\"true\"\"", "\"true\""),
        ("WaveformAnnotation\"\"", "WaveformAnnotation\""),
        ("DetectorSecondaryAngle\"\"", "DetectorSecondaryAngle\""),
        ("ContextID=1203", "ContextID=\"1203"),
        ("StringValue=\"StringValue=\"YES\"", "StringValue=\"RECTANGLE\""),
        ("StringValue=\"StringValue=\"", "StringValue=\""),
        ("Name=Ophth", "Name=\"Ophth"),
    ];

    /// <summary>The lines of all templates in a folder, or of one file, without comments and empty lines.</summary>
    public static IEnumerable<TemplateLine> Read(string path)
    {
        string[] files = Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.tpl").Order(StringComparer.Ordinal)] : [path];
        foreach (string file in files)
        {
            foreach (var line in Parse(File.ReadLines(file), Path.GetFileName(file))) yield return line;
        }
    }

    /// <summary>The lines of a text.</summary>
    public static IEnumerable<TemplateLine> Parse(string text, string name) => Parse(text.Split('\n'), name);

    private static IEnumerable<TemplateLine> Parse(IEnumerable<string> lines, string name)
    {
        int number = 0;
        foreach (string text in lines)
        {
            number++;
            string line = WithoutComment(text).Trim();
            // A lone brace closes nothing in condn.tpl.
            if (line.Length == 0 || line == "}" && name == "condn.tpl") continue;
            yield return ParseLine($"{name} line {number}", line);
        }
    }

    /// <summary>A comment starts at a # that does not stand in quotes.</summary>
    public static string WithoutComment(string text)
    {
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            else if (text[i] == '#' && !quoted) return text[..i];
        }
        int comment = text.IndexOf('#', StringComparison.Ordinal);
        return quoted && comment >= 0 ? text[..comment] : text;     // a quote is missing or too many
    }

    private static TemplateLine ParseLine(string source, string line)
    {
        foreach (var (wrong, right) in Repairs) line = line.Replace(wrong, right, StringComparison.Ordinal);
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        string? key = null;
        var word = Word().Match(line);
        if (word.Success)
        {
            key = word.Value;
            line = line[word.Length..];
        }
        foreach (Match match in Attribute().Matches(line))
        {
            key ??= match.Groups[1].Value;
            attributes[match.Groups[1].Value] = match.Groups[2].Value.Trim();
        }
        string rest = Attribute().Replace(line, "").Trim();
        if (key is null || rest.Length > 0) throw new InvalidDataException($"{source}: not understood: {line}");
        return new TemplateLine(source, key, attributes);
    }

    [GeneratedRegex("([A-Za-z]+)=\"([^\"]*)\"")]
    private static partial Regex Attribute();

    [GeneratedRegex("^([A-Za-z]+(?![A-Za-z]*=)|[()])")]
    private static partial Regex Word();
}
