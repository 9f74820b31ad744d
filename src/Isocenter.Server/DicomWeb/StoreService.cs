using System.IO.Compression;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Store Transaction, STOW-RS (PS3.18 §10.5): files, or metadata with bulk data.</summary>
internal sealed class StoreService(ImageArchive archive, ILogger logger)
{
    private readonly UploadSpool _spool = new();

    public async Task AnswerAsync(HttpContext http, Uid? study)
    {
        if (!MediaType.TryParse(http.Request.ContentType, out var type))
        {
            await UnsupportedAsync(http, "the request says no Content-Type");
            return;
        }
        string encoding = http.Request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        if (encoding is not ("" or "identity" or "gzip" or "x-gzip"))
        {
            http.Response.Headers.AcceptEncoding = "gzip";
            await UnsupportedAsync(http, "the body is encoded; it is taken as it is, or gzip");
            return;
        }
        if (encoding.EndsWith("gzip", StringComparison.Ordinal)) Unzip(http);
        bool isMultipart = type.Type == "multipart/related";
        string root = isMultipart ? (type["type"] ?? MediaTypes.Dicom).ToLowerInvariant() : type.Type;
        if (root is not (MediaTypes.Dicom or MediaTypes.DicomJson or MediaTypes.DicomXml or MediaTypes.Json))
        {
            await UnsupportedAsync(http, $"expected multipart/related of {MediaTypes.Dicom}, {MediaTypes.DicomJson} or {MediaTypes.DicomXml}, or one of these alone");
            return;
        }
        bool isXmlAnswer = AnswersXml(http.Request);
        // Objects are as long as they are; the archive has its own limit for each, and what is held in memory has another.
        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;

        var outcome = new Outcome(Addresses.Root(http.Request));
        try
        {
            await TakeAsync(http, type, root, study, outcome);
        }
        catch (InvalidDataException e) when (encoding.Length > 0)
        {
            throw new BadHttpRequestException($"the body is not gzip, as Content-Encoding says: {e.Message}");
        }
        if (outcome.Response.Stored + outcome.Response.Failed == 0)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "the request holds no object");
            return;
        }
        http.Response.StatusCode = outcome.StatusCode;
        var answer = outcome.Response.ToDataSet(outcome.StudyUrl);
        http.Response.ContentType = isXmlAnswer ? MediaTypes.DicomXml : MediaTypes.DicomJson;
        if (isXmlAnswer) DicomXml.Write(answer, http.Response.BodyWriter);
        else DicomJson.Write(answer, http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private async Task TakeAsync(HttpContext http, MediaType type, string root, Uid? study, Outcome outcome)
    {
        bool isMultipart = type.Type == "multipart/related";
        if (!isMultipart && root == MediaTypes.Dicom) await TakeFileAsync(http, http.Request.Body, study, outcome);
        else if (root == MediaTypes.Dicom) await TakeFilesAsync(http, new MultipartReader(http.Request.BodyReader, type["boundary"]), study, outcome);
        else
        {
            await _spool.RunAsync(http, MetadataUpload.MaxLength, async body => await TakeMetadataAsync(http, isMultipart
                ? await MetadataUpload.ReadAsync(new MultipartReader(body, type["boundary"]), root, http.RequestAborted)
                : await MetadataUpload.ReadSingleAsync(body, root, http.RequestAborted), study, outcome));
        }
    }

    /// <summary>What is read of the body is what was compressed; how long that is, is not known.</summary>
    private static void Unzip(HttpContext http)
    {
        var unzipped = new GZipStream(http.Request.Body, CompressionMode.Decompress);
        http.Response.RegisterForDispose(unzipped);
        http.Request.Body = unzipped;
        http.Request.ContentLength = null;
    }

    /// <summary>JSON, unless XML is liked better. A client that takes neither still hears what became of its objects.</summary>
    private static bool AnswersXml(HttpRequest request)
    {
        foreach (var accepted in Negotiation.Accepted(request))
        {
            if (accepted.Matches(MediaTypes.DicomJson) || accepted.Type == MediaTypes.Json) return false;
            if (accepted.Matches(MediaTypes.DicomXml)) return true;
        }
        return false;
    }

    private static Task UnsupportedAsync(HttpContext http, string problem) => Answers.ProblemAsync(http, StatusCodes.Status415UnsupportedMediaType, problem);

    private async Task TakeFilesAsync(HttpContext http, MultipartReader reader, Uid? study, Outcome outcome)
    {
        while (await reader.NextPartAsync(http.RequestAborted) is { } headers)
        {
            if (headers.TryGetValue("content-type", out string? partType)
                && (!MediaType.TryParse(partType, out var media) || media.Type != MediaTypes.Dicom))
            {
                outcome.Response.AddFailed(null, null, FailureReasons.CannotUnderstand, $"a part is {partType}, not {MediaTypes.Dicom}");
                continue;
            }
            await using var part = new PartStream(reader);
            await TakeFileAsync(http, part, study, outcome);
        }
    }

    private async Task TakeMetadataAsync(HttpContext http, MetadataUpload upload, Uid? study, Outcome outcome)
    {
        foreach (var (file, sopClass, sopInstance, problem, isCoerced) in upload.ToFiles(study))
        {
            if (file is null)
            {
                outcome.Response.AddFailed(sopClass, sopInstance, FailureReasons.CannotUnderstand, problem!);
                continue;
            }
            using (file)
            {
                await using var content = TemporaryFile.Of(stream => file.Save(stream));
                await TakeFileAsync(http, content, study, outcome, isCoerced ? WarningReasons.Coerced : null);
            }
        }
    }

    private async Task TakeFileAsync(HttpContext http, Stream part10, Uid? study, Outcome outcome, ushort? warning = null)
    {
        var result = await archive.IngestFileAsync(part10, study: study, cancel: http.RequestAborted);
        outcome.Add(result, warning);
        if (!result.IsSuccess && outcome.Response.Failed <= MaxLogged)
            Log.NotStored(logger, result.SopInstanceUid ?? "an object", http.Connection.RemoteIpAddress?.ToString() ?? "?", result.Problem ?? result.Status.ToString());
    }

    /// <summary>Of one request, so many failures are logged; its answer tells of all.</summary>
    private const int MaxLogged = 100;

    /// <summary>What became of the objects of one request.</summary>
    private sealed class Outcome(string root)
    {
        private readonly HashSet<Uid> _studies = [];
        private bool _isFull;
        private int _tooLong;

        public StoreResponse Response { get; } = new();

        public string? StudyUrl => _studies.Count == 1 ? $"{root}/studies/{_studies.Single()}" : null;

        public int StatusCode => Response.Stored > 0 ? Response.StatusCode
            : _isFull ? StatusCodes.Status507InsufficientStorage
            : _tooLong == Response.Failed ? StatusCodes.Status413PayloadTooLarge
            : Response.StatusCode;

        public void Add(IngestResult result, ushort? warning)
        {
            _isFull |= result.Status == IngestStatus.OutOfResources;
            if (result.Status == IngestStatus.TooLong) _tooLong++;
            if (!result.IsSuccess)
            {
                Response.AddFailed(result.SopClassUid, result.SopInstanceUid, FailureReasons.Of(result.Status), result.Problem ?? "");
                return;
            }
            if (result.Instance is { } stored) _studies.Add(stored.StudyInstanceUid);
            Response.AddStored(result.SopClassUid!, result.SopInstanceUid!, result.Instance is null ? null : Addresses.Of(root, result.Instance), warning);
        }
    }

    /// <summary>Warning Reason (0008,1196) (PS3.18 Table I.2-1).</summary>
    private static class WarningReasons
    {
        /// <summary>An element is not what was sent: the study of the address stands where none was named.</summary>
        public const ushort Coerced = 0xB000;
    }

    /// <summary>Failure Reason (0008,1197) (PS3.18 Table I.2-2).</summary>
    private static class FailureReasons
    {
        public const ushort CannotUnderstand = 0xC000;

        public static ushort Of(IngestStatus status) => status switch
        {
            IngestStatus.Conflict => 0x0111,
            IngestStatus.UnknownClass => 0x0122,
            IngestStatus.Mismatch => 0xA900,
            IngestStatus.OutOfResources or IngestStatus.TooLong => 0xA700,
            _ => CannotUnderstand,
        };
    }
}
