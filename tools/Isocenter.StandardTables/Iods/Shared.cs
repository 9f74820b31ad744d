namespace Isocenter.StandardTables.Iods;

/// <summary>Conditions and lists of values: short ones are written where they are used, long ones once under their name.</summary>
/// <param name="valueSets">All of them.</param>
internal sealed class Shared(IReadOnlyDictionary<(string Kind, string Name), string> valueSets)
{
    private const int LongestCondition = 90;
    private const int LongestValues = 60;

    /// <summary>A condition, or its name after $.</summary>
    public static string Refer(Conditions conditions, string name, ISet<string> referred)
    {
        string text = conditions[name].ToString()!;
        if (text.Length <= LongestCondition) return text;
        referred.Add(name);
        return "$" + name;
    }

    /// <summary>Values, or their name after $.</summary>
    public string Refer(string kind, string name, HashSet<(string Kind, string Name)> referred, TemplateLine line)
    {
        if (!valueSets.TryGetValue((kind, name), out string? values)) throw line.Wrong($"there are no {kind} {name}");
        if (values.Length <= LongestValues) return values;
        referred.Add((kind, name));
        return "$" + name;
    }
}
