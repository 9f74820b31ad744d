using System.Buffers;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;

namespace Isocenter.Server.DicomWeb;

/// <summary>Retrieve Transaction of metadata (PS3.18 §10.4.1.1.2): all attributes as JSON, large values by address.</summary>
internal sealed class MetadataService(ImageArchive archive)
{
    private static readonly ReadOptions Options = new() { LargeValueThreshold = 4096 };

    public async Task AnswerAsync(HttpContext http, Scope scope)
    {
        var accepted = AcceptHeader.Parse([http.Request.Query["accept"], .. http.Request.Headers.Accept]);
        if (!accepted.Any(a => !a.IsMultipart && (a.Matches("application/dicom+json") || a.Type == "application/json")))
            throw new NotAcceptableException("metadata come as application/dicom+json");

        var instances = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (instances.Count == 0)
        {
            await Http.Answers.ProblemAsync(http, StatusCodes.Status404NotFound, "there is no such study, series or instance");
            return;
        }
        string root = Addresses.Root(http.Request);
        http.Response.ContentType = "application/dicom+json";
        var body = http.Response.BodyWriter;
        for (int i = 0; i < instances.Count; i++)
        {
            using var file = archive.OpenDataSet(instances[i], Options);
            string address = Addresses.Of(root, instances[i]);
            body.Write(i == 0 ? "["u8 : ","u8);
            DicomJson.Write(file.DataSet, body, new JsonOptions { BulkData = (path, _) => $"{address}/bulkdata/{path}" });
            await body.FlushAsync(http.RequestAborted);
        }
        body.Write("]"u8);
        await body.FlushAsync(http.RequestAborted);
    }
}
