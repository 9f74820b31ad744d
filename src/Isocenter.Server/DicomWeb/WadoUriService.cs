using System.Globalization;
using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Imaging;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>The URI Service, WADO-URI (PS3.18 §9): one instance, named by query parameters, as a file or rendered.</summary>
internal sealed class WadoUriService(ImageArchive archive, ILogger logger)
{
    private static readonly string[] OfNoPresentation = ["region", "windowCenter", "windowWidth"];
    private static readonly string[] OfDicomOnly = ["transferSyntax", "anonymize"];
    private static readonly string[] OfRenderedOnly = ["frameNumber", "imageQuality", "rows", "columns", "region", "windowCenter", "windowWidth", "annotation", "presentationUID", "presentationSeriesUID"];

    public async Task AnswerAsync(HttpContext http, Scope none)
    {
        var query = http.Request.Query;
        if (query["requestType"].ToString() != "WADO") throw new BadParameterException("requestType=WADO is expected (PS3.18 §9.1.2.1)");
        var selection = Selection.Of(UidOf(query, "studyUID"), UidOf(query, "seriesUID"), UidOf(query, "objectUID"));
        if (query["anonymize"].ToString() is { Length: > 0 } anonymize)
            throw anonymize == "yes" ? new NotAcceptableException("objects are not anonymized here") : new BadParameterException("anonymize is yes, or not given");
        var accepted = Accepted(http.Request);
        bool wantsDicom = accepted.Count > 0 && accepted[0].Type == MediaTypes.Dicom;
        foreach (string name in wantsDicom ? OfRenderedOnly : OfDicomOnly)
        {
            if (query.ContainsKey(name)) throw new BadParameterException($"{name} has no meaning for {(wantsDicom ? MediaTypes.Dicom : "what is rendered")} (PS3.18 §9.{(wantsDicom ? 4 : 5)}.1.2)");
        }
        var presentation = wantsDicom || !query.ContainsKey("presentationUID") && !query.ContainsKey("presentationSeriesUID") ? null
            : Selection.Of(UidOf(query, "studyUID"), UidOf(query, "presentationSeriesUID"), UidOf(query, "presentationUID"));
        if (presentation is not null && Array.Exists(OfNoPresentation, query.ContainsKey))
            throw new BadParameterException("a presentation state has its own window and its own part of the image (PS3.18 §9.5.1.2)");
        var parameters = wantsDicom ? null : RenderParameters.ParseUri(query);
        int? frameIndex = FrameOf(query);
        var found = await archive.FindInstancesAsync(selection, http.RequestAborted);
        if (found.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such instance");
            return;
        }
        if (wantsDicom) await DicomAsync(http, found);
        else await RenderedAsync(http, found, frameIndex, accepted, parameters!, presentation);
    }

    private async Task DicomAsync(HttpContext http, IReadOnlyList<StoredInstance> found)
    {
        var target = SyntaxChoice.Of(found[0], [new Accepted(MediaTypes.Dicom, false, SyntaxOf(http.Request.Query), 1)]);
        if (Conditional.IsUnchanged(http, found, $"uri {target.Uid}")) return;
        await using var file = await ObjectFile.OpenAsync(archive, found[0], target, logger, http.RequestAborted);
        await SinglePart.SendAsync(http, MediaTypes.Dicom, file.Content);
    }

    private async Task RenderedAsync(HttpContext http, IReadOnlyList<StoredInstance> found, int? frameIndex, IReadOnlyList<Accepted> accepted, RenderParameters parameters,
        Selection? presentation)
    {
        if (presentation is not null)
        {
            var states = await archive.FindInstancesAsync(presentation, http.RequestAborted);
            if (states.Count == 0)
            {
                await Answers.NotFoundAsync(http, "there is no such presentation state");
                return;
            }
            found = [found[0], states[0]];
        }
        if (Conditional.IsUnchanged(http, found, $"uri rendered {frameIndex} {parameters.Key} {string.Join(' ', accepted)}")) return;
        try
        {
            using var file = archive.OpenDataSet(found[0]);
            if (frameIndex >= file.DataSet.Get(Tags.NumberOfFrames, 1) || frameIndex is not null && !file.DataSet.Contains(Tags.NumberOfFrames))
                throw new BadParameterException("frameNumber is the number of a frame of an object of several frames (PS3.18 §9.5.2.1)");
            using var state = found.Count > 1 ? archive.OpenDataSet(found[1]) : null;
            var rendition = Rendition.Of(file, frameIndex, accepted, parameters, isThumbnail: false, state is null ? null : PresentationState.Of(state.DataSet));
            rendition.Warn(http);
            await SinglePart.SendAsync(http, rendition.ContentType, rendition.Content);
        }
        catch (Exception e) when (e is PixelDataException or CodecException && !http.Response.HasStarted)
        {
            Conditional.Forget(http);
            await Answers.ProblemAsync(http, PictureService.StatusOf(e), e.Message);
        }
    }

    /// <summary>contentType comes before accept, which comes before the header (PS3.18 §9.1.2.2). There are no parts.</summary>
    private static List<Accepted> Accepted(HttpRequest request) => [.. (request.Query.TryGetValue("contentType", out var types) && !string.IsNullOrWhiteSpace(types)
        ? Negotiation.Accepted(request, "contentType")
        : Negotiation.Accepted(request)).Where(accepted => !accepted.IsMultipart)];

    private static int? FrameOf(IQueryCollection query)
    {
        if (!query.TryGetValue("frameNumber", out var text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number - 1
            : throw new BadParameterException("frameNumber is a whole number from 1");
    }

    /// <summary>One, if it is given, and one that there is (PS3.18 §9.4.2.4).</summary>
    private static string? SyntaxOf(IQueryCollection query)
    {
        if (!query.TryGetValue("transferSyntax", out var text)) return null;
        return Uid.TryParse(text, null, out var uid) && TransferSyntax.Of(uid).IsKnown ? uid.Value
            : throw new BadParameterException("transferSyntax is the UID of one transfer syntax");
    }

    private static Uid UidOf(IQueryCollection query, string name) => Uid.TryParseLenient(query[name], out var uid) ? uid
        : throw new BadParameterException($"{name} is missing or no UID (PS3.18 §9.1.2.1)");
}
