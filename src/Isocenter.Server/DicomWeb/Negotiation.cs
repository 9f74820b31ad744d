using Isocenter.DicomWeb;

namespace Isocenter.Server.DicomWeb;

/// <summary>What the client accepts, by the accept parameter or else by the header (PS3.18 §8.7.5).</summary>
internal static class Negotiation
{
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
