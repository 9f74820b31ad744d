using System.Globalization;

namespace Isocenter.DicomWeb;

/// <summary>One representation that a client accepts.</summary>
/// <param name="Type">Media type in lower case, wildcards as they stand; of a multipart the type of its parts.</param>
/// <param name="IsMultipart">It was wrapped in multipart/related.</param>
/// <param name="TransferSyntax">The transfer syntax asked for; null when none is named, "*" for any (PS3.18 §8.7.3).</param>
/// <param name="Quality">Preference, 0 to 1.</param>
public sealed record Accepted(string Type, bool IsMultipart, string? TransferSyntax, double Quality)
{
    /// <summary>Types that the client refuses with q=0 although a wildcard would take them (RFC 9110 §12.5.1).</summary>
    internal HashSet<string>? Refused { get; init; }

    /// <summary>It names a range of types.</summary>
    public bool IsWildcard => Type.EndsWith('*');

    /// <summary>The type stands for <paramref name="type"/>, wildcards included.</summary>
    public bool Matches(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (Type == type) return true;
        bool isInRange = Type == "*/*" || Type.EndsWith("/*", StringComparison.Ordinal) && type.StartsWith(Type[..^1], StringComparison.Ordinal);
        return isInRange && Refused?.Contains(type) != true;
    }

    /// <summary>The type stands for <paramref name="type"/> and takes it as a body of its own: a multipart is none, a wildcard
    /// is one.</summary>
    public bool MatchesSingle(string type) => !IsMultipart && Matches(type);

    /// <inheritdoc/>
    public bool Equals(Accepted? other) => other is not null && Type == other.Type && IsMultipart == other.IsMultipart
        && TransferSyntax == other.TransferSyntax && Quality.Equals(other.Quality);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, IsMultipart, TransferSyntax, Quality);
}

/// <summary>The Accept header and the accept query parameter (PS3.18 §8.3.3, §8.7).</summary>
public static class AcceptHeader
{
    private const int MaxEntries = 64;

    /// <summary>What is accepted, best first. An absent or empty header accepts everything. What cannot be read is left out.</summary>
    /// <param name="values">The values of the header, or of the query parameter.</param>
    public static IReadOnlyList<Accepted> Parse(params IEnumerable<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var accepted = new List<Accepted>();
        HashSet<string>? refused = null;
        bool any = false;
        int count = 0;
        foreach (string? value in values)
        {
            if (string.IsNullOrWhiteSpace(value)) continue;
            any = true;
            foreach (string piece in MediaType.Split(value, ','))
            {
                if (count++ == MaxEntries) break;
                if (!MediaType.TryParse(piece, out var media)) continue;
                double quality = double.TryParse(media["q"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double q) ? Math.Min(q, 1) : 1;
                bool multipart = media.Type is "multipart/related" or "multipart/*";
                string type = multipart ? media["type"]?.ToLowerInvariant() ?? "*/*" : media.Type;
                if (type == "image/jpg") type = "image/jpeg";   // no registered name, and common
                if (quality > 0) accepted.Add(new Accepted(type, multipart, media["transfer-syntax"], quality));
                else if (!multipart) (refused ??= []).Add(type);
            }
        }
        if (!any) accepted.Add(new Accepted("*/*", false, null, 1));
        // Stable: the client's order among equals, but what is named goes before what a wildcard stands for (RFC 9110 §12.5.1).
        return [.. accepted.Select(a => refused is null ? a : a with { Refused = refused }).OrderByDescending(a => a.Quality).ThenBy(Range)];
    }

    /// <summary>The accept query parameter, which comes instead of the header (PS3.18 §8.3.3.1). A plus sign that was not
    /// encoded has become a blank.</summary>
    public static IReadOnlyList<Accepted> ParseParameter(IEnumerable<string?> values) => Parse(values.Select(value =>
        value?.Replace("dicom json", "dicom+json", StringComparison.OrdinalIgnoreCase).Replace("dicom xml", "dicom+xml", StringComparison.OrdinalIgnoreCase)));

    private static int Range(Accepted accepted) => accepted.Type == "*/*" ? 2 : accepted.IsWildcard ? 1 : 0;
}
