namespace Isocenter.Network;

/// <summary>Application Entity titles (PS3.5 §6.2, VR AE; PS3.8 Table 9-11).</summary>
public static class AETitle
{
    /// <summary>Longest title, in characters.</summary>
    public const int MaxLength = 16;

    /// <summary>1 to 16 characters of ISO 646 without backslash and control characters, not spaces alone.</summary>
    public static bool IsLegal(string? title) =>
        title is { Length: > 0 and <= MaxLength }
        && !string.IsNullOrWhiteSpace(title)
        && !title.AsSpan().ContainsAnyExceptInRange(' ', '~')
        && !title.Contains('\\', StringComparison.Ordinal);

    /// <exception cref="ArgumentException">It is not legal.</exception>
    internal static void Require(string title, string name)
    {
        if (!IsLegal(title))
            throw new ArgumentException($"'{title}' is not an AE title: 1 to 16 characters without backslash and control characters (PS3.5 §6.2)", name);
    }
}
