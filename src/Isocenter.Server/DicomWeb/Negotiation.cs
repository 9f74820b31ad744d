using Isocenter.DicomWeb;

namespace Isocenter.Server.DicomWeb;

/// <summary>What the client accepts, by the accept parameter or else by the header (PS3.18 §8.7.5).</summary>
internal static class Negotiation
{
    /// <summary>Text is UTF-8 (PS3.18 §8.8).</summary>
    /// <exception cref="BadParameterException">The charset parameter names others only (PS3.18 §8.3.3.2).</exception>
    public static void CheckCharset(HttpRequest request)
    {
        if (!request.Query.TryGetValue("charset", out var asked)) return;
        var names = asked.SelectMany(value => (value ?? "").Split(',')).Select(name => name.Split(';')[0].Trim().ToLowerInvariant()).Where(name => name.Length > 0).ToList();
        if (names.Count > 0 && !names.Exists(name => name.Trim('"') is "utf-8" or "utf8" or "iso_ir 192" or "*")) throw new BadParameterException("text comes in UTF-8");
    }

    /// <summary>What is accepted, best first: by the parameter, and after it the types that the header names (PS3.18 §8.7.8.1). The
    /// ranges of the header are not asked: many clients send one unasked, and who names a type wants that or a refusal.</summary>
    public static IReadOnlyList<Accepted> Accepted(HttpRequest request, string parameter = "accept")
    {
        bool isNamed = request.Query.TryGetValue(parameter, out var named) && named.Any(value => !string.IsNullOrWhiteSpace(value));
        if (!isNamed) return AcceptHeader.Parse(request.Headers.Accept);
        var accepted = AcceptHeader.ParseParameter(named);
        return [.. accepted, .. AcceptHeader.Parse(request.Headers.Accept).Where(one => !one.IsWildcard)];
    }

    /// <summary>The answer is one body: it was asked for by its type, or a part of it is, which a range of types cannot mean of a multipart.</summary>
    public static bool IsSinglePart(HttpRequest request, Accepted accepted) => !accepted.IsMultipart && (!accepted.IsWildcard || request.Headers.Range.Count > 0);

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
