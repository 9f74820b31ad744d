using System.Text.Json;

namespace Isocenter.Server.Http;

/// <summary>Short answers. Errors are problem details (RFC 9457), one clear sentence, no patient data.</summary>
internal static class Answers
{
    public static Task ProblemAsync(HttpContext http, int status, string detail)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("title", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status));
        json.WriteNumber("status", status);
        json.WriteString("detail", detail);
        json.WriteEndObject();
        json.Flush();
        return http.Response.BodyWriter.FlushAsync(http.RequestAborted).AsTask();
    }

    public static Task NotFoundAsync(HttpContext http, string what) => ProblemAsync(http, StatusCodes.Status404NotFound, what);

    public static async Task JsonAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        http.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(http.Response.BodyWriter)) write(json);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
