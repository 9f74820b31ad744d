using System.Globalization;
using Isocenter.Archive;
using Isocenter.Server.Http;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Retention;

/// <summary><c>/api/retention</c>: what the rules would delete now, with <c>studies=N</c> the first N one by one; POST to
/// <c>/api/retention/run</c> does it, within the limits.</summary>
internal static class RetentionRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive, RetentionSettings settings)
    {
        routes.MapGet("/api/retention", async http =>
        {
            _ = int.TryParse(http.Request.Query["studies"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int listed);
            await Answers.JsonAsync(http, await RetentionWork.PlanAsync(archive, settings, TimeProvider.System.GetUtcNow(), listed, http.RequestAborted));
        });
        routes.MapPost("/api/retention/run", http => JsonBody.AnswerAsync(http, async (_, _) =>
        {
            var (deleted, purged) = await RetentionWork.RunAsync(archive, settings, TimeProvider.System.GetUtcNow(), http.RequestAborted);
            await Answers.JsonAsync(http, json => RetentionWork.Write(json, deleted, purged));
        }));
    }
}
