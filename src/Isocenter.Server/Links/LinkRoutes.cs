using System.Globalization;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Links;

/// <summary><c>/api/links</c>: patients that are one person; POST of <c>{"patients": ["P1", "P2^^^ISSUER"], "reason": …}</c> makes one,
/// POST to <c>/api/links/NUMBER/undo</c> with <c>{"reason": …}</c> undoes one.</summary>
internal static class LinkRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive)
    {
        routes.MapGet("/api/links", http => Answers.JsonAsync(http, json => LinkText.WriteAll(json, archive.GetLinks())));
        routes.MapPost("/api/links", http => JsonBody.AnswerAsync(http, async (body, who) =>
        {
            string[] patients = body.TryGetProperty("patients", out var list) ? [.. list.EnumerateArray().Select(value => value.GetString() ?? "")] : [];
            try
            {
                if (JsonBody.Text(body, "reason") is not { Length: > 0 } reason) throw new CorrectionException("a reason is needed, for the record");
                var link = await archive.LinkPatientsAsync(LinkText.PatientsOf(patients), who, reason, http.RequestAborted);
                http.Response.StatusCode = StatusCodes.Status201Created;
                await Answers.JsonAsync(http, json => LinkText.Write(json, link));
            }
            catch (CorrectionException e)
            {
                await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, e.Message);
            }
        }));
        routes.MapPost("/api/links/{number:long}/undo", http => JsonBody.AnswerAsync(http, async (body, who) =>
        {
            long number = long.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
            if (JsonBody.Text(body, "reason") is not { Length: > 0 } reason)
                await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a reason is needed, for the record");
            else if (await archive.UnlinkPatientsAsync(number, who, reason)) http.Response.StatusCode = StatusCodes.Status204NoContent;
            else await Answers.NotFoundAsync(http, "there is no such link, or it is undone already");
        }));
    }
}
