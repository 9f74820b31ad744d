using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Server.DicomWeb;
using Isocenter.Server.Http;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Portal;

/// <summary>What the page's desk asks for: who called, the known nodes, jobs that send, deletions and their undoing, numbers,
/// settings, the self-test, a study as a ZIP file.</summary>
internal sealed class DeskRoutes(ImageArchive archive, ServerSettings settings, KnownNodes nodes, CallLog calls, SendJobs jobs, Func<RunningEndPoints> endPoints, ILogger logger)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/calls", http => ObjectAsync(http, json => calls.Write(json, title => nodes.Find(title) is not null)));
        routes.MapGet("/api/nodes", http => ObjectAsync(http, WriteNodes));
        routes.MapPost("/api/nodes", http => JsonBody.AnswerAsync(http, (body, _) => AddNodeAsync(http, body)));
        routes.MapGet("/api/jobs", http => ObjectAsync(http, jobs.Write));
        routes.MapPost("/api/jobs", http => JsonBody.AnswerAsync(http, (body, _) => SendAsync(http, body)));
        routes.MapPost("/api/jobs/{number:long}/retry", http => jobs.Retry(Number(http)) ? DoneAsync(http) : Answers.NotFoundAsync(http, "there is no such job, or nothing of it has failed"));
        routes.MapPost("/api/studies/{study}/delete", DeleteAsync);
        routes.MapGet("/api/studies/{study}/zip", http => StudyDownload.AnswerAsync(http, archive, logger));
        routes.MapGet("/api/deletions", DeletionsAsync);
        // The page sends no body; a command says who asks.
        routes.MapPost("/api/deletions/{number:long}/restore", http => http.Request.HasJsonContentType() ? JsonBody.AnswerAsync(http, (_, who) => RestoreAsync(http, who)) : RestoreAsync(http, Who(http)));
        ArchiveStats.Map(routes, archive);
        routes.MapGet("/api/usage", UsageAsync);
        routes.MapGet("/api/attributes", AttributeNames.AnswerAsync);
        routes.MapGet("/api/settings", http => ObjectAsync(http, json => SettingsText.Write(json, settings)));
        routes.MapPost("/api/self-test", async http =>
        {
            var steps = await new SelfTest(archive, settings, endPoints).RunAsync(http.RequestAborted);
            await ObjectAsync(http, json => SelfTest.Write(json, steps));
        });
    }

    private void WriteNodes(Utf8JsonWriter json)
    {
        json.WriteBoolean("canAdd", settings.ConfigFile is not null);
        json.WriteStartArray("nodes");
        foreach (var node in nodes.All)
        {
            json.WriteStartObject();
            json.WriteString("aet", node.AETitle);
            json.WriteString("host", node.Host);
            json.WriteNumber("port", node.Port);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private async Task AddNodeAsync(HttpContext http, JsonElement body)
    {
        string aet = Text(body, "aet"), host = Text(body, "host");
        if (aet.Length is 0 or > 16 || host.Length is 0 or > 255 || !body.TryGetProperty("port", out var number) || !number.TryGetInt32(out int port) || port is < 1 or > 65535)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a node has an AE title of 1 to 16 letters, a host, and a port from 1 to 65535");
            return;
        }
        if (settings.ConfigFile is not { } file)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status409Conflict, "the server was started without a settings file, so that nodes have nowhere to be kept: 'isocenter serve --config FILE'");
            return;
        }
        try
        {
            NodeFile.Add(file, new Node(aet, host, port));
        }
        catch (Exception e) when (e is SettingsException or IOException or UnauthorizedAccessException)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status409Conflict, $"the settings file was not changed: {e.Message}");
            return;
        }
        await DoneAsync(http);
    }

    private async Task SendAsync(HttpContext http, JsonElement body)
    {
        if (!Uid.TryParseLenient(Text(body, "study"), out var study) || nodes.Find(Text(body, "node")) is not { } node)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a study and a known node are expected");
            return;
        }
        if (await jobs.StartAsync(study, node, http.RequestAborted) is not { } number) await Answers.NotFoundAsync(http, "there is no such study");
        else await ObjectAsync(http, json => json.WriteNumber("number", number));
    }

    private async Task DeleteAsync(HttpContext http)
    {
        if (!Scope.TryRead(http.Request.RouteValues, out var scope, out string? wrong))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, wrong);
            return;
        }
        try
        {
            if (await archive.DeleteAsync(scope.ToSelection(), Who(http), cancel: http.RequestAborted) is not { } deletion)
            {
                await Answers.NotFoundAsync(http, "there is no such study");
                return;
            }
            Log.Deleted(logger, deletion.Key, deletion.Instances, http.Request.Path, Who(http));
            await Answers.JsonAsync(http, json => DeletionText.Write(json, deletion));
        }
        catch (ArchiveException e) when (e.Problem == ArchiveProblem.OnHold)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status409Conflict, e.Message);
        }
    }

    private async Task DeletionsAsync(HttpContext http)
    {
        var deletions = await archive.GetDeletionsAsync(http.RequestAborted);
        await Answers.JsonAsync(http, json => DeletionText.WriteAll(json, deletions));
    }

    private async Task RestoreAsync(HttpContext http, string who)
    {
        if (await archive.RestoreAsync(Number(http), who) is not { } restored) await Answers.NotFoundAsync(http, "there is no such deletion, or it is undone already");
        else await ObjectAsync(http, json => json.WriteNumber("restored", restored));
    }

    private async Task UsageAsync(HttpContext http)
    {
        var usage = await archive.GetUsageAsync(http.RequestAborted);
        await ObjectAsync(http, json =>
        {
            foreach (var (name, rows) in new[] { ("modalities", usage.Modalities), ("months", usage.Months) })
            {
                json.WriteStartArray(name);
                foreach (var row in rows)
                {
                    json.WriteStartObject();
                    json.WriteString("name", row.Name);
                    json.WriteNumber("count", row.Count);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        });
    }

    private static string Who(HttpContext http) => http.User.Identity?.Name ?? http.Connection.RemoteIpAddress?.ToString() ?? "";

    private static long Number(HttpContext http) => long.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);

    private static string Text(JsonElement body, string name) => JsonBody.Text(body, name)?.Trim() ?? "";

    private static Task ObjectAsync(HttpContext http, Action<Utf8JsonWriter> write) => Answers.JsonAsync(http, json =>
    {
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    });

    private static Task DoneAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
