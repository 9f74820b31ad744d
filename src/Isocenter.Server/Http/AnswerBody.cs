using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Isocenter.Server.Http;

/// <summary>Where the body of an answer is written. What is compressed goes through the middleware that compresses; for anything
/// else that would be one more copy of every byte, as soon as the client names an encoding it takes.</summary>
internal static class AnswerBody
{
    /// <summary>Text only: pixels are compressed where it was asked for, or do not get smaller fast.</summary>
    public static readonly string[] CompressedTypes = ["application/dicom+json", "application/json", "application/dicom+xml", "application/xml",
        "application/vnd.sun.wadl+xml", "text/html", "text/plain", "text/css", "text/javascript", "image/svg+xml"];

    /// <summary>Goes before the middleware that compresses.</summary>
    public static IApplicationBuilder UseAnswerBody(this IApplicationBuilder web) => web.Use(static (http, next) =>
    {
        http.Features.Set(new Plain(http.Features.GetRequiredFeature<IHttpResponseBodyFeature>()));
        return next(http);
    });

    /// <summary>The body, once its type and its encoding are set.</summary>
    public static PipeWriter Of(HttpContext http) =>
        IsCompressed(http.Response) && TakesCompressed(http.Request) || http.Features.Get<Plain>() is not { } plain ? http.Response.BodyWriter : plain.Body.Writer;

    /// <summary>What is written there goes to the connection as it is.</summary>
    public static bool IsPlain(HttpContext http, PipeWriter body) => http.Features.Get<Plain>()?.Body.Writer == body;

    private static bool TakesCompressed(HttpRequest request)
    {
        string accepted = request.Headers.AcceptEncoding.ToString();
        return accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase) || accepted.Contains("br", StringComparison.OrdinalIgnoreCase) || accepted.Contains('*', StringComparison.Ordinal);
    }

    private static bool IsCompressed(HttpResponse response)
    {
        if (response.Headers.ContentEncoding.Count > 0) return false;
        var type = new StringSegment(response.ContentType ?? "");
        int end = type.IndexOf(';');
        if (end >= 0) type = type.Subsegment(0, end).TrimEnd();
        return Array.Exists(CompressedTypes, compressed => type.Equals(compressed, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The body of the connection.</summary>
    private sealed record Plain(IHttpResponseBodyFeature Body);
}
