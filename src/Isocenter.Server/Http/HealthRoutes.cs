using Isocenter.Archive;

namespace Isocenter.Server.Http;

/// <summary><c>/healthz</c>: the process lives. <c>/readyz</c>: database and storage can be written.</summary>
internal static class HealthRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive)
    {
        routes.MapGet("/healthz", http => Answers.JsonAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", "live");
            json.WriteEndObject();
        }));
        routes.MapGet("/readyz", async http =>
        {
            string? problem = await archive.CheckWritableAsync(http.RequestAborted);
            if (problem is not null) http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await Answers.JsonAsync(http, json =>
            {
                json.WriteStartObject();
                json.WriteString("status", problem is null ? "ready" : "not ready");
                if (problem is not null) json.WriteString("problem", problem);
                json.WriteEndObject();
            });
        });
    }
}
