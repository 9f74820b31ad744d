using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;

namespace Isocenter.Server.DicomWeb;

/// <summary>Store Transaction, STOW-RS (PS3.18 §10.5), of application/dicom parts.</summary>
internal sealed class StoreService(ImageArchive archive, ILogger logger)
{
    public async Task AnswerAsync(HttpContext http, Uid? study)
    {
        bool isDicom = MediaType.TryParse(http.Request.ContentType, out var type) && type.Type == "multipart/related"
            && (type["type"] ?? "application/dicom").Equals("application/dicom", StringComparison.OrdinalIgnoreCase);
        if (!isDicom)
        {
            await Http.Answers.ProblemAsync(http, StatusCodes.Status415UnsupportedMediaType, "expected multipart/related; type=\"application/dicom\"");
            return;
        }
        // Objects are as long as they are; the archive has its own limit for each.
        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;

        var reader = new MultipartReader(http.Request.BodyReader, type!["boundary"]);
        var response = new StoreResponse();
        var studies = new HashSet<Uid>();
        string root = Addresses.Root(http.Request);
        bool full = false;
        while (await reader.NextPartAsync(http.RequestAborted) is { } headers)
        {
            if (headers.TryGetValue("content-type", out string? partType)
                && (!MediaType.TryParse(partType, out var media) || media.Type != "application/dicom"))
            {
                response.AddFailed(null, null, FailureReasons.CannotUnderstand, $"a part is {partType}, not application/dicom");
                continue;
            }
            await using var part = new PartStream(reader);
            var result = await archive.IngestFileAsync(part, study: study, cancel: http.RequestAborted);
            full |= result.Status == IngestStatus.OutOfResources;
            if (result.IsSuccess)
            {
                if (result.Instance is { } stored) studies.Add(stored.StudyInstanceUid);
                response.AddStored(result.SopClassUid!, result.SopInstanceUid!, result.Instance is null ? null : Addresses.Of(root, result.Instance));
                continue;
            }
            Log.NotStored(logger, result.SopInstanceUid ?? "an object", http.Connection.RemoteIpAddress?.ToString() ?? "?", result.Problem ?? result.Status.ToString());
            response.AddFailed(result.SopClassUid, result.SopInstanceUid, FailureReasons.Of(result.Status), result.Problem ?? "");
        }
        if (response.Stored + response.Failed == 0)
        {
            await Http.Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "the request holds no part");
            return;
        }
        http.Response.StatusCode = full && response.Stored == 0 ? StatusCodes.Status507InsufficientStorage : response.StatusCode;
        http.Response.ContentType = "application/dicom+json";
        string? studyUrl = studies.Count == 1 ? $"{root}/studies/{studies.Single()}" : null;
        DicomJson.Write(response.ToDataSet(studyUrl), http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>Failure Reason (0008,1197) (PS3.18 Table I.2-2).</summary>
    private static class FailureReasons
    {
        public const ushort CannotUnderstand = 0xC000;

        public static ushort Of(IngestStatus status) => status switch
        {
            IngestStatus.Conflict => 0x0111,
            IngestStatus.Mismatch => 0xA900,
            IngestStatus.OutOfResources or IngestStatus.TooLong => 0xA700,
            _ => CannotUnderstand,
        };
    }
}
