using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Portal;

/// <summary><c>/api/quarantine</c>: what is there and why; POST to <c>/api/quarantine/NAME/release</c> with <c>{}</c> tries to store it again, to
/// <c>/api/quarantine/NAME/discard</c> with <c>{"reason": …}</c> destroys it.</summary>
internal static class QuarantineRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive)
    {
        routes.MapGet("/api/quarantine", http => Answers.JsonAsync(http, json => QuarantineText.WriteAll(json, archive.GetQuarantine())));
        routes.MapPost("/api/quarantine/{name}/release", http => JsonBody.AnswerAsync(http, async (_, who) =>
        {
            if (await archive.ReleaseQuarantinedAsync((string)http.Request.RouteValues["name"]!, who, http.RequestAborted) is not { } result)
            {
                await NoSuchFileAsync(http);
                return;
            }
            if (!result.IsSuccess) http.Response.StatusCode = StatusCodes.Status409Conflict;
            await Answers.JsonAsync(http, json => QuarantineText.Write(json, result));
        }));
        routes.MapPost("/api/quarantine/{name}/discard", http => JsonBody.AnswerAsync(http, async (body, who) =>
        {
            if (JsonBody.Text(body, "reason") is not { Length: > 0 } reason)
                await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a reason is needed, for the record");
            else if (archive.DiscardQuarantined((string)http.Request.RouteValues["name"]!, who, reason)) http.Response.StatusCode = StatusCodes.Status204NoContent;
            else await NoSuchFileAsync(http);
        }));
    }

    private static Task NoSuchFileAsync(HttpContext http) => Answers.NotFoundAsync(http, "there is no such file in quarantine");
}
