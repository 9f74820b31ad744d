using Isocenter.DicomWeb;

namespace Isocenter.Server.DicomWeb;

/// <summary>What the client accepts, by the accept parameter or else by the header (PS3.18 §8.7.5).</summary>
internal static class Negotiation
{
    /// <summary>Text is UTF-8 (PS3.18 §8.8).</summary>
    /// <exception cref="NotAcceptableException">The charset parameter names others only.</exception>
    public static void CheckCharset(HttpRequest request)
    {
        if (!request.Query.TryGetValue("charset", out var asked)) return;
        var names = asked.SelectMany(value => (value ?? "").Split(',')).Select(name => name.Split(';')[0].Trim().ToLowerInvariant()).Where(name => name.Length > 0).ToList();
        if (names.Count > 0 && !names.Exists(name => name is "utf-8" or "utf8" or "*")) throw new NotAcceptableException("text comes in UTF-8");
    }

    public static IReadOnlyList<Accepted> Accepted(HttpRequest request) => request.Query.TryGetValue("accept", out var parameter) && parameter.Any(value => !string.IsNullOrWhiteSpace(value))
        ? AcceptHeader.ParseParameter(parameter)
        : AcceptHeader.Parse(request.Headers.Accept);

    /// <summary>The best of the single-part types that can be made, and how it was asked for; the first of them when the
    /// client does not mind.</summary>
    /// <exception cref="NotAcceptableException">None is accepted.</exception>
    public static string Choose(HttpRequest request, string what, params ReadOnlySpan<string> types)
    {
        foreach (var accepted in Accepted(request))
        {
            if (accepted.IsMultipart) continue;
            foreach (string type in types)
            {
                if (accepted.Matches(type)) return type;
            }
        }
        throw new NotAcceptableException($"{what} come as {string.Join(", ", types.ToArray())}");
    }
}
