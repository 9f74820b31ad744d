using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>The Non-Patient Instance Service (PS3.18 §12): retrieve, store and search of one of its categories.</summary>
internal sealed class NonPatientService(ImageArchive archive, string category, string[] sopClasses)
{
    private static readonly Tag[] Returned =
    [
        Tags.SOPClassUID, Tags.SOPInstanceUID, Tags.ContentLabel, Tags.ContentDescription, Tags.ContentCreatorName, Tags.HangingProtocolName,
        Tags.HangingProtocolDescription, Tags.HangingProtocolLevel, Tags.HangingProtocolCreator, Tags.HangingProtocolCreationDateTime,
        Tags.NumberOfPriorsReferenced, Tags.Manufacturer, Tags.ImplantName, Tags.ImplantPartNumber, Tags.ImplantSize, Tags.ProtocolName,
        Tags.PotentialScheduledProtocolCodeSequence, Tags.EquipmentModality,
    ];

    /// <summary>The categories and their SOP classes (PS3.18 Table 12.1.1-1, PS3.4 Table GG.3-1).</summary>
    private static readonly (string Category, string[] SopClasses)[] All =
    [
        ("color-palettes", [SopClasses.ColorPaletteStorage]),
        ("defined-procedure-protocols", [SopClasses.CTDefinedProcedureProtocolStorage, SopClasses.XADefinedProcedureProtocolStorage]),
        ("hanging-protocols", [SopClasses.HangingProtocolStorage]),
        ("implant-templates", [SopClasses.GenericImplantTemplateStorage, SopClasses.ImplantAssemblyTemplateStorage, SopClasses.ImplantTemplateGroupStorage]),
    ];

    private readonly UploadSpool _spool = new();

    public static IEnumerable<string> Categories => All.Select(category => category.Category);

    public static IEnumerable<NonPatientService> Create(ImageArchive archive) => All.Select(category => new NonPatientService(archive, category.Category, category.SopClasses));

    public string Path => $"{DicomWebRoutes.Root}/{category}";

    /// <summary>Retrieve Transaction (PS3.18 §12.4).</summary>
    public async Task RetrieveAsync(HttpContext http, Scope scope)
    {
        var (type, isParts) = Choose(http, "they", MediaTypes.DicomJson, MediaTypes.Json, MediaTypes.Dicom, MediaTypes.DicomXml);
        if (archive.NonPatientInstances.Find(scope.Instance!, sopClasses) is not { } bytes)
        {
            await Answers.NotFoundAsync(http, "there is no such instance");
            return;
        }
        string location = $"{Addresses.Root(http.Request)}/{category}/{scope.Instance}";
        ReadOnlyMemory<byte> content = bytes;
        if (type != MediaTypes.Dicom)
        {
            using var file = DicomFile.Read(bytes);
            content = type == MediaTypes.DicomXml ? DicomXml.ToUtf8Bytes(file.DataSet) : Array(file.DataSet);
        }
        if (isParts) await PartsAsync(http, type, [content], location);
        else await SinglePart.SendAsync(http, type, content, location);
    }

    /// <summary>JSON by default; files and XML also in parts (PS3.18 Table 12.1.3-1).</summary>
    private static (string Type, bool IsParts) Choose(HttpContext http, string what, params ReadOnlySpan<string> types)
    {
        foreach (var accepted in Negotiation.Accepted(http.Request))
        {
            foreach (string type in types)
            {
                bool isJson = type is MediaTypes.DicomJson or MediaTypes.Json;
                if (accepted.Matches(type) && !(accepted.IsMultipart && isJson)) return (type, accepted.IsMultipart);
            }
        }
        throw new NotAcceptableException($"{what} come as {string.Join(", ", types.ToArray())}");
    }

    private static async Task PartsAsync(HttpContext http, string type, IEnumerable<ReadOnlyMemory<byte>> parts, string? location = null)
    {
        var body = MultipartBody.Start(http, type);
        foreach (var part in parts)
        {
            body.Begin(type, part.Length, location);
            await body.WriteAsync(part);
            body.End();
        }
        await body.FinishAsync();
    }

    /// <summary>Store Transaction (PS3.18 §12.5): a file, JSON or XML, alone or in parts.</summary>
    public async Task StoreAsync(HttpContext http, Scope scope)
    {
        _ = MediaType.TryParse(http.Request.ContentType, out var type);
        bool isParts = type?.Type == "multipart/related";
        string root = (isParts ? type?["type"] ?? MediaTypes.Dicom : type?.Type ?? "").ToLowerInvariant();
        if (root is not (MediaTypes.Dicom or MediaTypes.DicomJson or MediaTypes.DicomXml or MediaTypes.Json))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status415UnsupportedMediaType, $"expected {MediaTypes.Dicom}, {MediaTypes.DicomJson} or {MediaTypes.DicomXml}, alone or in multipart/related");
            return;
        }
        var response = new StoreResponse();
        if (root != MediaTypes.Dicom)
        {
            await _spool.RunAsync(http, MetadataUpload.MaxLength, async body => await TakeMetadataAsync(http, isParts
                ? await MetadataUpload.ReadAsync(new MultipartReader(body, type?["boundary"]), root, http.RequestAborted)
                : await MetadataUpload.ReadSingleAsync(body, root, http.RequestAborted), scope, response));
        }
        else if (!isParts) await TakeAsync(http, http.Request.Body, scope, response);
        else
        {
            var reader = new MultipartReader(http.Request.BodyReader, type?["boundary"]);
            while (await reader.NextPartAsync(http.RequestAborted) is not null)
            {
                await using var part = new PartStream(reader);
                await TakeAsync(http, part, scope, response);
            }
        }
        if (response.Stored + response.Failed == 0)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "the request holds no object");
            return;
        }
        http.Response.StatusCode = response.StatusCode;
        http.Response.ContentType = MediaTypes.DicomJson;
        DicomJson.Write(response.ToDataSet(null), http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>Search Transaction (PS3.18 §12.6).</summary>
    public async Task SearchAsync(HttpContext http, Scope scope)
    {
        var (type, isParts) = Choose(http, "search results", MediaTypes.DicomJson, MediaTypes.Json, MediaTypes.DicomXml);
        var parameters = SearchParameters.Parse(http.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))));
        var found = archive.NonPatientInstances.Search(parameters.Keys, sopClasses, new MatchingOptions(parameters.FuzzyMatching, parameters.EmptyValueMatching));
        if (parameters.Unsupported.Count > 0) WarningHeader.Add(http, $"These query parameters are not supported, and were ignored: {string.Join(", ", parameters.Unsupported)}.");
        http.Response.Headers["X-Total-Count"] = found.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var page = found.Skip(parameters.Offset).Take(parameters.Limit ?? int.MaxValue).ToList();
        if (page.Count == 0)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        string root = $"{Addresses.Root(http.Request)}/{category}";
        if (isParts)
        {
            await PartsAsync(http, type, page.Select(header => (ReadOnlyMemory<byte>)DicomXml.ToUtf8Bytes(Answer(header, parameters, root))));
            return;
        }
        if (type == MediaTypes.DicomXml) throw new NotAcceptableException("XML comes in multipart/related");
        http.Response.ContentType = type;
        DicomJson.Write(page.Select(header => Answer(header, parameters, root)), http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private async Task TakeMetadataAsync(HttpContext http, MetadataUpload upload, Scope scope, StoreResponse response)
    {
        foreach (var (file, sopClass, sopInstance, problem, _) in upload.ToFiles(study: null))
        {
            if (file is null)
            {
                response.AddFailed(sopClass, sopInstance, 0xC000, problem!);
                continue;
            }
            using (file)
            {
                await using var content = TemporaryFile.Of(stream => file.Save(stream));
                await TakeAsync(http, content, scope, response);
            }
        }
    }

    private async Task TakeAsync(HttpContext http, Stream part10, Scope scope, StoreResponse response)
    {
        var result = await archive.NonPatientInstances.StoreAsync(part10, sopClasses, scope.Instance, http.RequestAborted);
        if (result.IsSuccess) response.AddStored(result.SopClassUid!, result.SopInstanceUid!, $"{Addresses.Root(http.Request)}/{category}/{result.SopInstanceUid}");
        else response.AddFailed(result.SopClassUid, result.SopInstanceUid, result.Status switch
        {
            IngestStatus.Conflict => 0x0111,
            IngestStatus.Mismatch => 0xA900,
            IngestStatus.TooLong => 0xA700,
            _ => 0xC000,
        }, result.Problem ?? "");
    }

    private static DataSet Answer(DataSet header, SearchParameters parameters, string root)
    {
        var answer = new DataSet();
        if (header.TryFind(Tags.SpecificCharacterSet, out var characterSet)) answer.Add(characterSet);
        foreach (var element in header)
        {
            bool isWanted = parameters.IncludeAll && element.Fragments is null && element.Length <= 1024 || Returned.Contains(element.Tag)
                || parameters.IncludeFields.Contains(element.Tag) || parameters.Keys.Contains(element.Tag);
            if (isWanted && element.Tag != Tags.SpecificCharacterSet) answer.Add(element);
        }
        return answer.SetText(Tags.RetrieveURL, VR.UR, $"{root}/{header.Get(Tags.SOPInstanceUID, "")}");
    }

    private static byte[] Array(DataSet dataSet)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        DicomJson.Write([dataSet], buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
