namespace Isocenter.Dicom;

/// <summary>The components of one group of a person name (PS3.5 §6.2.1.1).</summary>
/// <param name="FamilyName">Family name complex; Adams, de la Cruz.</param>
/// <param name="GivenName">Given name complex; several are separated by spaces.</param>
/// <param name="MiddleName">Middle name.</param>
/// <param name="Prefix">Rev., Dr.</param>
/// <param name="Suffix">B.A. M.Div., Jr.</param>
public readonly record struct NameComponents(string FamilyName, string GivenName = "", string MiddleName = "", string Prefix = "", string Suffix = "")
{
    /// <summary>Cuts a group at its carets. What is behind the fifth component stays with it.</summary>
    public static NameComponents Parse(string group)
    {
        ArgumentNullException.ThrowIfNull(group);
        string[] c = group.Split('^', 5);
        string At(int i) => i < c.Length ? c[i].Trim(' ') : "";
        return new NameComponents(At(0), At(1), At(2), At(3), At(4));
    }

    /// <summary>The group, without empty components at its end.</summary>
    public override string ToString() => $"{FamilyName}^{GivenName}^{MiddleName}^{Prefix}^{Suffix}".TrimEnd('^');
}

/// <summary>A Person Name: up to three component groups of five components (PS3.5 §6.2.1).</summary>
/// <param name="Alphabetic">Family^Given^Middle^Prefix^Suffix in characters of the Latin alphabet, or the only group.</param>
/// <param name="Ideographic">The same name in ideographs.</param>
/// <param name="Phonetic">The same name in phonetic characters.</param>
public sealed record PersonName(string Alphabetic, string Ideographic = "", string Phonetic = "")
{
    /// <summary>Makes a name of components.</summary>
    public PersonName(NameComponents alphabetic, NameComponents ideographic = default, NameComponents phonetic = default)
        : this(alphabetic.ToString(), ideographic.ToString(), phonetic.ToString())
    {
    }

    /// <summary>The components of the alphabetic group.</summary>
    public NameComponents AlphabeticComponents => NameComponents.Parse(Alphabetic);

    /// <summary>The components of the ideographic group.</summary>
    public NameComponents IdeographicComponents => NameComponents.Parse(Ideographic);

    /// <summary>The components of the phonetic group.</summary>
    public NameComponents PhoneticComponents => NameComponents.Parse(Phonetic);

    /// <summary>Family name, of the first group that has one.</summary>
    public string FamilyName => First(group => group.FamilyName);

    /// <summary>Given name, of the first group that has one.</summary>
    public string GivenName => First(group => group.GivenName);

    /// <summary>Middle name, of the first group that has one.</summary>
    public string MiddleName => First(group => group.MiddleName);

    /// <summary>Prefix, of the first group that has one.</summary>
    public string Prefix => First(group => group.Prefix);

    /// <summary>Suffix, of the first group that has one.</summary>
    public string Suffix => First(group => group.Suffix);

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
        var c = NameComponents.Parse(Alphabetic.Length > 0 ? Alphabetic : Ideographic.Length > 0 ? Ideographic : Phonetic);
        return string.Join(' ', new[] { c.Prefix, c.GivenName, c.MiddleName, c.FamilyName, c.Suffix }.Where(part => part.Length > 0));
    }

    private string First(Func<NameComponents, string> component)
    {
        foreach (string group in (ReadOnlySpan<string>)[Alphabetic, Ideographic, Phonetic])
        {
            if (component(NameComponents.Parse(group)) is { Length: > 0 } found) return found;
        }
        return "";
    }

    private static string Clean(string group) => group.TrimEnd(' ', '^', '\0');
}
