namespace Isocenter.Dicom;

/// <summary>A Person Name: up to three component groups of five components (PS3.5 §6.2.1).</summary>
/// <param name="Alphabetic">Family^Given^Middle^Prefix^Suffix in characters of the Latin alphabet, or the only group.</param>
/// <param name="Ideographic">The same name in ideographs.</param>
/// <param name="Phonetic">The same name in phonetic characters.</param>
public sealed record PersonName(string Alphabetic, string Ideographic = "", string Phonetic = "")
{
    /// <summary>Family name, of the first group that has one.</summary>
    public string FamilyName => Component(0);

    /// <summary>Given name, of the first group that has one.</summary>
    public string GivenName => Component(1);

    /// <summary>Cuts a PN value at its equals signs.</summary>
    public static PersonName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] groups = text.Split('=', 3);
        return new PersonName(Clean(groups[0]), groups.Length > 1 ? Clean(groups[1]) : "", groups.Length > 2 ? Clean(groups[2]) : "");
    }

    /// <summary>The PN value, without empty groups at the end.</summary>
    public override string ToString() => $"{Alphabetic}={Ideographic}={Phonetic}".TrimEnd('=');

    /// <summary>As people read it: given name first, carets away.</summary>
    public string ToDisplayText()
    {
        string group = Alphabetic.Length > 0 ? Alphabetic : Ideographic.Length > 0 ? Ideographic : Phonetic;
        string[] c = group.Split('^');
        string At(int i) => i < c.Length ? c[i] : "";
        return string.Join(' ', new[] { At(3), At(1), At(2), At(0), At(4) }.Where(part => part.Length > 0));
    }

    private string Component(int index)
    {
        foreach (string group in new[] { Alphabetic, Ideographic, Phonetic })
        {
            string[] components = group.Split('^');
            if (index < components.Length && components[index].Length > 0) return components[index];
        }
        return "";
    }

    private static string Clean(string group) => group.TrimEnd(' ', '^', '\0');
}
