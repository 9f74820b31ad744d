using System.Globalization;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Holds;

/// <summary><c>/api/holds</c>: legal holds, with <c>all=true</c> those that are released too; POST of <c>{"study"|"patient": …,
/// "issuer": …, "reason": …}</c> makes one, POST to <c>/api/holds/NUMBER/release</c> with <c>{"reason": …}</c> ends it.</summary>
internal static class HoldRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive)
    {
        routes.MapGet("/api/holds", async http =>
        {
            var holds = await archive.GetHoldsAsync(http.Request.Query["all"] is ["true"], http.RequestAborted);
            await Answers.JsonAsync(http, json => HoldRequest.WriteAll(json, holds));
        });
        routes.MapPost("/api/holds", http => JsonBody.AnswerAsync(http, async (body, who) =>
        {
            var subject = HoldRequest.SubjectOf(JsonBody.Text(body, "study"), JsonBody.Text(body, "patient"), JsonBody.Text(body, "issuer") ?? "");
            if (subject is null || JsonBody.Text(body, "reason") is not { Length: > 0 } reason)
            {
                await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "either a Study Instance UID or a Patient ID is to be named, and a reason, for the record");
                return;
            }
            var hold = await archive.HoldAsync(subject, who, reason);
            http.Response.StatusCode = StatusCodes.Status201Created;
            await Answers.JsonAsync(http, json => HoldRequest.Write(json, hold));
        }));
        routes.MapPost("/api/holds/{number:long}/release", http => JsonBody.AnswerAsync(http, async (body, who) =>
        {
            long number = long.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
            if (JsonBody.Text(body, "reason") is not { Length: > 0 } reason)
                await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a reason is needed, for the record");
            else if (await archive.ReleaseHoldAsync(number, who, reason)) http.Response.StatusCode = StatusCodes.Status204NoContent;
            else await Answers.NotFoundAsync(http, "there is no such hold, or it is released already");
        }));
    }
}
