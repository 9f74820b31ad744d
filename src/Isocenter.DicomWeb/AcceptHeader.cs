using System.Globalization;

namespace Isocenter.DicomWeb;

/// <summary>One thing the client accepts.</summary>
/// <param name="Type">The media type: of multipart/related its root type, so that parts are compared with parts.</param>
/// <param name="IsMultipart">It is to come as multipart/related.</param>
/// <param name="TransferSyntax">The transfer syntax asked for; null when none is named, "*" for any (PS3.18 §8.7.3).</param>
/// <param name="Quality">Preference, 0 to 1.</param>
public sealed record Accepted(string Type, bool IsMultipart, string? TransferSyntax, double Quality)
{
    /// <summary>The type stands for <paramref name="type"/>, wildcards included.</summary>
    public bool Matches(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Type == "*/*" || Type == type || Type.EndsWith("/*", StringComparison.Ordinal) && type.StartsWith(Type[..^1], StringComparison.Ordinal);
    }
}

/// <summary>The Accept header and the accept query parameter (PS3.18 §8.3.3, §8.7).</summary>
public static class AcceptHeader
{
    private const int MaxEntries = 64;

    /// <summary>What is accepted, best first. An absent or empty header accepts everything. What cannot be read is left out.</summary>
    /// <param name="values">The values of the header, or of the query parameter, which comes first where both are given.</param>
    public static IReadOnlyList<Accepted> Parse(params IEnumerable<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var accepted = new List<Accepted>();
        bool any = false;
        foreach (string? value in values)
        {
            if (string.IsNullOrWhiteSpace(value)) continue;
            any = true;
            foreach (string piece in MediaType.Split(value, ','))
            {
                if (accepted.Count == MaxEntries || !MediaType.TryParse(piece, out var media)) continue;
                double quality = double.TryParse(media["q"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double q) ? Math.Min(q, 1) : 1;
                bool multipart = media.Type == "multipart/related";
                string type = multipart ? media["type"]?.ToLowerInvariant() ?? "*/*" : media.Type;
                if (quality > 0) accepted.Add(new Accepted(type, multipart, media["transfer-syntax"], quality));
            }
        }
        if (!any) accepted.Add(new Accepted("*/*", false, null, 1));
        return [.. accepted.OrderByDescending(a => a.Quality)];   // stable: the client's order among equals
    }
}
