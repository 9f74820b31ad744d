using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Corrections;

/// <summary><c>/api/corrections</c>: what was corrected, by whom and why; POST makes a <see cref="CorrectionRequest"/>, POST to
/// <c>/api/corrections/NUMBER/undo</c> with <c>{"reason": …}</c> undoes one.</summary>
internal static class CorrectionRoutes
{
    private const int MaxBody = 256 * 1024;

    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive)
    {
        routes.MapGet("/api/corrections", http => Answers.JsonAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("corrections");
            foreach (var correction in archive.GetCorrections()) CorrectionRequest.Write(json, correction);
            json.WriteEndArray();
            json.WriteEndObject();
        }));
        routes.MapPost("/api/corrections", http => AnswerAsync(http, async (body, who) =>
        {
            var correction = await Request(body).RunAsync(archive, who, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status201Created;
            await Answers.JsonAsync(http, json => CorrectionRequest.Write(json, correction));
        }));
        routes.MapPost("/api/corrections/{number:long}/undo", http => AnswerAsync(http, async (body, who) =>
        {
            long number = long.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
            if (Text(body, "reason") is not { Length: > 0 } reason) throw new CorrectionException("a reason is needed, for the record");
            if (await archive.UndoCorrectionAsync(number, who, reason, http.RequestAborted)) http.Response.StatusCode = StatusCodes.Status204NoContent;
            else await Answers.NotFoundAsync(http, "there is no such correction, or it is undone already");
        }));
    }

    private static async Task AnswerAsync(HttpContext http, Func<JsonElement, string, Task> answer)
    {
        try
        {
            if (http.Request.ContentLength is not (>= 0 and <= MaxBody))
            {
                await Answers.ProblemAsync(http, StatusCodes.Status413PayloadTooLarge, $"a body of at most {MaxBody} bytes is expected, and its length");
                return;
            }
            // A page of another site can send a form without being asked, but no JSON.
            if (!http.Request.HasJsonContentType())
            {
                await Answers.ProblemAsync(http, StatusCodes.Status415UnsupportedMediaType, "a body of type application/json is expected");
                return;
            }
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            string? name = body.RootElement.ValueKind == JsonValueKind.Object ? Text(body.RootElement, "who") : null;
            await answer(body.RootElement, name is { Length: > 0 } ? name : http.User.Identity?.Name ?? http.Connection.RemoteIpAddress?.ToString() ?? "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a JSON object is expected, of texts and lists of texts");
        }
        catch (CorrectionException e)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, e.Message);
        }
    }

    private static CorrectionRequest Request(JsonElement body) => new()
    {
        Patient = Text(body, "patient"),
        Issuer = Text(body, "issuer") ?? "",
        Studies = Text(body, "study") is { } one ? [one] : List(body, "studies"),
        Series = List(body, "series"),
        Set = body.TryGetProperty("set", out var set) ? CorrectionRequest.SetOf(set.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString() ?? ""))) : null,
        IntoPatient = Text(body, "intoPatient"),
        IntoIssuer = Text(body, "intoIssuer") ?? "",
        IntoStudy = Text(body, "intoStudy"),
        Reason = Text(body, "reason") ?? "",
    };

    private static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string[] List(JsonElement body, string name) =>
        body.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(value => value.GetString() ?? "")] : [];
}
