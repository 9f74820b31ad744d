namespace Isocenter.Dicom;

/// <summary>The negotiable parts of matching.</summary>
/// <param name="Fuzzy">Names match by the beginnings of their words (PS3.4 §C.2.2.2.1.1).</param>
/// <param name="EmptyValue">A key of two quotation marks matches an empty or absent value (PS3.4 §C.2.2.2.8).</param>
public sealed record MatchingOptions(bool Fuzzy = false, bool EmptyValue = false)
{
    /// <summary>Neither.</summary>
    public static MatchingOptions Default { get; } = new();
}
