using System.Globalization;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.Events;

/// <summary><c>/api/changes</c>: the change feed. <c>/api/webhooks</c>: how far each receiver was told; POST to
/// <c>/api/webhooks/NAME/replay?since=NUMBER</c> tells again.</summary>
internal static class EventRoutes
{
    private const int DefaultLimit = 1000;

    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive, Func<IReadOnlyList<WebhookSender>> senders)
    {
        routes.MapGet("/api/changes", http => ChangesAsync(http, archive));
        routes.MapGet("/api/webhooks", http => Answers.JsonAsync(http, json =>
        {
            json.WriteStartArray();
            foreach (var sender in senders())
            {
                json.WriteStartObject();
                json.WriteString("name", sender.Hook.Name);
                json.WriteString("url", sender.Hook.Url.GetLeftPart(UriPartial.Path));
                json.WriteNumber("position", sender.Position);
                json.WriteNumber("delivered", sender.Delivered);
                json.WriteNumber("failedAttempts", sender.Attempts);
                json.WriteString("lastProblem", sender.LastProblem);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }));
        routes.MapPost("/api/webhooks/{name}/replay", http => ReplayAsync(http, senders()));
    }

    private static async Task ChangesAsync(HttpContext http, ImageArchive archive)
    {
        var query = http.Request.Query;
        long since = 0;
        int limit = DefaultLimit;
        DateTimeOffset? from = null, to = null;
        string? problem = null;
        if (query["since"] is [{ } sinceText] && !TryNumber(sinceText, out since)) problem = "since is the number of a change";
        if (query["limit"] is [{ } limitText] && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > ImageArchive.MaxChanges))
            problem = $"limit is a number from 1 to {ImageArchive.MaxChanges}";
        if (query["from"] is [{ } fromText] && !TryTime(fromText, out from) || query["to"] is [{ } toText] && !TryTime(toText, out to))
            problem = "from and to are times such as 2026-11-29T06:00:00Z";
        if (problem is not null)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, problem);
            return;
        }
        var changes = await archive.GetChangesAsync(since, limit, from, to, http.RequestAborted);
        await Answers.JsonAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("changes");
            foreach (var change in changes) ChangeText.Write(json, change);
            json.WriteEndArray();
            json.WriteNumber("next", changes.Count > 0 ? changes[^1].Number : since);
            json.WriteBoolean("more", changes.Count == limit);
            json.WriteEndObject();
        });
    }

    private static async Task ReplayAsync(HttpContext http, IReadOnlyList<WebhookSender> senders)
    {
        if (senders.FirstOrDefault(s => s.Hook.Name == http.Request.RouteValues["name"] as string) is not { } sender)
            await Answers.NotFoundAsync(http, "there is no such webhook");
        else if (!TryNumber(http.Request.Query["since"].ToString(), out long since))
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "since is the number of a change; 0 is before the first");
        else
        {
            sender.Replay(since);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool TryTime(string text, out DateTimeOffset? time)
    {
        bool isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed);
        time = isTime ? parsed : null;
        return isTime;
    }
}
