using System.Globalization;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Conflicts;

/// <summary><c>/api/conflicts</c>: objects that contradict what was known of their patient or study, with <c>since</c>,
/// <c>limit</c> and <c>all=true</c>; POST to <c>/api/conflicts/NUMBER/resolve</c> with <c>{"note": …}</c> says that a person has
/// looked at one.</summary>
internal static class ConflictRoutes
{
    private const int DefaultLimit = 1000;

    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive)
    {
        routes.MapGet("/api/conflicts", http => ListAsync(http, archive));
        routes.MapPost("/api/conflicts/{number:long}/resolve", http => ResolveAsync(http, archive));
    }

    private static async Task ListAsync(HttpContext http, ImageArchive archive)
    {
        var query = http.Request.Query;
        long since = 0;
        int limit = DefaultLimit;
        if (query["since"] is [{ } sinceText] && !long.TryParse(sinceText, NumberStyles.None, CultureInfo.InvariantCulture, out since)
            || query["limit"] is [{ } limitText] && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > ImageArchive.MaxConflicts))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, $"since is the number of a conflict, limit a number from 1 to {ImageArchive.MaxConflicts}");
            return;
        }
        var conflicts = await archive.GetConflictsAsync(query["all"] is ["true"], since, limit, http.RequestAborted);
        await Answers.JsonAsync(http, json => ConflictText.WritePage(json, conflicts, since, limit));
    }

    private static Task ResolveAsync(HttpContext http, ImageArchive archive) => JsonBody.AnswerAsync(http, async (body, who) =>
    {
        long number = long.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
        if (await archive.ResolveConflictAsync(number, who, JsonBody.Text(body, "note") ?? "")) http.Response.StatusCode = StatusCodes.Status204NoContent;
        else await Answers.NotFoundAsync(http, "there is no such conflict, or it is resolved already");
    });
}
