using System.Reflection;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Server.Http;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Portal;

/// <summary>The page and the few things it needs beside DICOMweb.</summary>
internal static class PortalRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive, ServerSettings settings, Func<RunningEndPoints> endPoints)
    {
        var files = new PortalFiles();
        routes.MapGet("/", http => files.AnswerAsync(http, "index.html"));
        routes.MapGet("/{**path}", http => files.AnswerAsync(http, http.Request.RouteValues["path"] as string ?? ""));
        ViewerRoutes.Map(routes, archive);
        routes.MapGet("/api/info", http => InfoAsync(http, archive, settings, endPoints()));
        routes.MapPost("/api/demo", http => LoadDemoAsync(http, archive));
    }

    private static async Task InfoAsync(HttpContext http, ImageArchive archive, ServerSettings settings, RunningEndPoints endPoints)
    {
        var counts = await archive.GetStatisticsAsync(http.RequestAborted);
        await Answers.JsonAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("product", "Isocenter");
            json.WriteString("version", typeof(PortalRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]);
            json.WriteString("aet", settings.AETitle);
            json.WriteBoolean("viewer", ViewerRoutes.IsBuiltIn);
            foreach (var (name, endPoint) in new[] { ("dicom", endPoints.Dicom), ("http", endPoints.Http) })
            {
                json.WriteStartObject(name);
                json.WriteString("address", endPoint.Address.ToString());
                json.WriteNumber("port", endPoint.Port);
                json.WriteEndObject();
            }
            json.WriteStartObject("counts");
            json.WriteNumber("patients", counts.Patients);
            json.WriteNumber("studies", counts.Studies);
            json.WriteNumber("series", counts.Series);
            json.WriteNumber("instances", counts.Instances);
            json.WriteNumber("bytes", counts.Bytes);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>Stores the sample study, by the same way as any other. Twice does no harm.</summary>
    private static async Task LoadDemoAsync(HttpContext http, ImageArchive archive)
    {
        string study = "";
        foreach (var file in DemoStudy.Create())
        {
            using (file)
            {
                study = file.DataSet.Get<string>(Tags.StudyInstanceUID);
                using var bytes = new MemoryStream(file.ToArray(), writable: false);
                var result = await archive.IngestFileAsync(bytes, cancel: http.RequestAborted);
                if (result.IsSuccess) continue;
                await Answers.ProblemAsync(http, StatusCodes.Status507InsufficientStorage, result.Problem ?? "the sample study was not stored");
                return;
            }
        }
        await Answers.JsonAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("studyInstanceUid", study);
            json.WriteEndObject();
        });
    }
}
