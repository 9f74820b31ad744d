using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Corrections;

/// <summary><c>/api/corrections</c>: what was corrected, by whom and why; POST makes a <see cref="CorrectionRequest"/>, POST to
/// <c>/api/corrections/NUMBER/undo</c> with <c>{"reason": …}</c> undoes one.</summary>
internal static class CorrectionRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive)
    {
        routes.MapGet("/api/corrections", http => Answers.JsonAsync(http, json => CorrectionRequest.WriteAll(json, archive.GetCorrections())));
        routes.MapPost("/api/corrections", http => AnswerAsync(http, async (body, who) =>
        {
            var correction = await Request(body).RunAsync(archive, who, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status201Created;
            await Answers.JsonAsync(http, json => CorrectionRequest.Write(json, correction));
        }));
        routes.MapPost("/api/corrections/{number:long}/undo", http => AnswerAsync(http, async (body, who) =>
        {
            long number = long.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
            if (JsonBody.Text(body, "reason") is not { Length: > 0 } reason) throw new CorrectionException("a reason is needed, for the record");
            if (await archive.UndoCorrectionAsync(number, who, reason, http.RequestAborted)) http.Response.StatusCode = StatusCodes.Status204NoContent;
            else await Answers.NotFoundAsync(http, "there is no such correction, or it is undone already");
        }));
    }

    private static Task AnswerAsync(HttpContext http, Func<JsonElement, string, Task> answer) => JsonBody.AnswerAsync(http, async (body, who) =>
    {
        try
        {
            await answer(body, who);
        }
        catch (CorrectionException e)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (ArchiveException e) when (e.Problem == ArchiveProblem.OnHold)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status409Conflict, e.Message);
        }
    });

    private static CorrectionRequest Request(JsonElement body) => new()
    {
        Patient = JsonBody.Text(body, "patient"),
        Issuer = JsonBody.Text(body, "issuer") ?? "",
        Studies = JsonBody.Text(body, "study") is { } one ? [one] : List(body, "studies"),
        Series = List(body, "series"),
        Set = body.TryGetProperty("set", out var set) ? CorrectionRequest.SetOf(set.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString() ?? ""))) : null,
        IntoPatient = JsonBody.Text(body, "intoPatient"),
        IntoIssuer = JsonBody.Text(body, "intoIssuer") ?? "",
        IntoStudy = JsonBody.Text(body, "intoStudy"),
        Reason = JsonBody.Text(body, "reason") ?? "",
    };

    private static string[] List(JsonElement body, string name) =>
        body.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(value => value.GetString() ?? "")] : [];
}
