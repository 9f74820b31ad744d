using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Isocenter.Server.Http;

/// <summary>Requests with a small JSON object as their body, and who makes them.</summary>
internal static class JsonBody
{
    private const int MaxLength = 256 * 1024;

    /// <summary>Reads the body and answers with it; what is wrong with it is answered here.</summary>
    /// <param name="http">The request.</param>
    /// <param name="answer">Takes the object and who asks: what the body says in "who", else the user, else the address.</param>
    public static async Task AnswerAsync(HttpContext http, Func<JsonElement, string, Task> answer)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxLength;
        // A page of another site can send a form without being asked, but no JSON.
        if (!http.Request.HasJsonContentType())
        {
            await Answers.ProblemAsync(http, StatusCodes.Status415UnsupportedMediaType, "a body of type application/json is expected");
            return;
        }
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            string? name = body.RootElement.ValueKind == JsonValueKind.Object ? Text(body.RootElement, "who") : null;
            await answer(body.RootElement, name is { Length: > 0 } ? name : http.User.Identity?.Name ?? http.Connection.RemoteIpAddress?.ToString() ?? "");
        }
        catch (BadHttpRequestException e)
        {
            await Answers.ProblemAsync(http, e.StatusCode, $"a body of at most {MaxLength} bytes is expected");
        }
        catch (IOException e) when (!http.RequestAborted.IsCancellationRequested)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status507InsufficientStorage, $"it could not be recorded: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a JSON object is expected, of texts and lists of texts");
        }
    }

    /// <summary>A text of the object, or null.</summary>
    /// <exception cref="InvalidOperationException">It is something else.</exception>
    public static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value.GetString() : null;
}
