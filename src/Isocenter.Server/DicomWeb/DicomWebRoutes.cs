using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Imaging;
using Isocenter.Server.Http;
using Microsoft.AspNetCore.Connections;

namespace Isocenter.Server.DicomWeb;

/// <summary>The Studies Service (PS3.18 §10), the Non-Patient Instance Service (§12), the Storage Commitment Service (§13)
/// and capabilities (§8.9) under <c>/dicom-web</c>, the URI Service (§9) at <c>/wado</c>: which address does what.</summary>
internal static class DicomWebRoutes
{
    public const string Root = "/dicom-web";

    /// <summary>The URI Service (PS3.18 §9).</summary>
    public const string UriRoot = "/wado";

    /// <summary>A search for studies whose parameters come in the body.</summary>
    private const string SearchForm = "/api/search";

    private const string Study = Root + "/studies/{study}";
    private const string Series = Study + "/series/{series}";
    private const string Instance = Series + "/instances/{instance}";
    private const string Frames = Instance + "/frames/{frames}";

    private static readonly string[] GetAndHead = ["GET", "HEAD"];

    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive, SeriesMetadata ready, FrameTables tables, ILogger logger)
    {
        var search = new SearchService(archive);
        Get(Root + "/studies", (http, _) => search.AnswerAsync(http, QueryLevel.Study, Scope.None));
        routes.MapPost(SearchForm, Guarded((http, _) => search.AnswerFormAsync(http)));
        Get(Root + "/series", (http, _) => search.AnswerAsync(http, QueryLevel.Series, Scope.None));
        Get(Root + "/instances", (http, _) => search.AnswerAsync(http, QueryLevel.Image, Scope.None));
        Get(Study + "/series", (http, scope) => search.AnswerAsync(http, QueryLevel.Series, scope));
        Get(Study + "/instances", (http, scope) => search.AnswerAsync(http, QueryLevel.Image, scope));
        Get(Series + "/instances", (http, scope) => search.AnswerAsync(http, QueryLevel.Image, scope));

        var bulkData = new BulkDataService(archive, logger);
        var instances = new InstanceService(archive, bulkData, logger);
        var metadata = new MetadataService(archive, ready, logger);
        var pictures = new PictureService(archive, logger);
        foreach (string resource in new[] { Study, Series, Instance })
        {
            Get(resource, instances.AnswerAsync);
            Get(resource + "/metadata", metadata.AnswerAsync);
            Get(resource + "/bulkdata", bulkData.AllAsync);
            Get(resource + "/pixeldata", bulkData.PixelDataAsync);
            Get(resource + "/rendered", pictures.RenderedAsync);
            Get(resource + "/thumbnail", pictures.ThumbnailAsync);
        }
        Get(Instance + "/bulkdata/{**path}", bulkData.ValueAsync);
        Get(Frames, new FrameService(archive, tables).AnswerAsync);
        Get(Frames + "/rendered", pictures.RenderedAsync);
        Get(Frames + "/thumbnail", pictures.ThumbnailAsync);

        var store = new StoreService(archive, logger);
        routes.MapPost(Root + "/studies", Guarded((http, scope) => store.AnswerAsync(http, scope.Study)));
        routes.MapPost(Study, Guarded((http, scope) => store.AnswerAsync(http, scope.Study)));

        var commitment = new CommitmentService(archive);
        Get(Root + "/commitment-requests/{transaction}", (http, scope) => commitment.CheckAsync(http, scope.Transaction!.Value));
        routes.MapPost(Root + "/commitment-requests/{transaction}", Guarded((http, scope) => commitment.RequestAsync(http, scope.Transaction!.Value)));

        foreach (var category in NonPatientService.Create(archive))
        {
            Get(category.Path, category.SearchAsync);
            Get(category.Path + "/{instance}", category.RetrieveAsync);
            routes.MapPost(category.Path, Guarded(category.StoreAsync));
            routes.MapPost(category.Path + "/{instance}", Guarded(category.StoreAsync));
        }

        Get(UriRoot, new WadoUriService(archive, logger).AnswerAsync);
        routes.MapMethods(Root + "/{**path}", ["OPTIONS"], Guarded(Capabilities.AnswerAsync));

        foreach (string resource in new[] { Study, Series, Instance })
        {
            routes.MapDelete(resource, Guarded(async (http, scope) =>
            {
                string who = http.User.Identity?.Name ?? http.Connection.RemoteIpAddress?.ToString() ?? "";
                try
                {
                    if (await archive.DeleteAsync(scope.ToSelection(), who, cancel: http.RequestAborted) is not { } deletion)
                    {
                        await Answers.NotFoundAsync(http, "there is no such study, series or instance");
                        return;
                    }
                    Log.Deleted(logger, deletion.Key, deletion.Instances, http.Request.Path, who);
                    http.Response.StatusCode = StatusCodes.Status204NoContent;
                }
                catch (IOException e)
                {
                    await Answers.ProblemAsync(http, StatusCodes.Status507InsufficientStorage, $"nothing was deleted: {e.Message}");
                }
            }));
        }

        RequestDelegate Guarded(Func<HttpContext, Scope, Task> answer) => Guard(answer, logger);

        void Get(string pattern, Func<HttpContext, Scope, Task> answer) => routes.MapMethods(pattern, GetAndHead, Guarded(answer));
    }

    /// <summary>Turns what went wrong into the status that says so.</summary>
    private static RequestDelegate Guard(Func<HttpContext, Scope, Task> answer, ILogger logger) => async http =>
    {
        try
        {
            if (!Scope.TryRead(http.Request.RouteValues, out var scope, out string? problem))
                await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, problem);
            else
            {
                Negotiation.CheckCharset(http.Request);
                await answer(http, scope);
            }
        }
        catch (Exception e) when (e is OperationCanceledException && (http.RequestAborted.IsCancellationRequested || e.InnerException is ConnectionAbortedException)
            || e is ConnectionResetException)
        {
            // The client has gone: nobody is left to answer.
        }
        catch (Exception e) when (!http.Response.HasStarted && StatusOf(e) is { } status)
        {
            if (e is ArchiveException { Problem: ArchiveProblem.OnHold }) Log.RequestRefused(logger, http.Request.Method, http.Request.Path, e.Message);
            else if (e is ArchiveException { Problem: not ArchiveProblem.QueryTooLong }) Log.NotServed(logger, http.Request.Path, e.Message);
            Conditional.Forget(http);
            await Answers.ProblemAsync(http, status, e.Message);
        }
    };

    private static int? StatusOf(Exception e) => e switch
    {
        SearchParameterException or BadParameterException or MultipartException => StatusCodes.Status400BadRequest,
        BadHttpRequestException bad => bad.StatusCode,
        // The length of a chunk that no number holds.
        IOException { InnerException: OverflowException } => StatusCodes.Status400BadRequest,
        NotAcceptableException => StatusCodes.Status406NotAcceptable,
        PreconditionFailedException => StatusCodes.Status412PreconditionFailed,
        ArchiveException { Problem: ArchiveProblem.ObjectMissing } => StatusCodes.Status410Gone,
        ArchiveException { Problem: ArchiveProblem.OnHold } => StatusCodes.Status409Conflict,
        ArchiveException { Problem: ArchiveProblem.QueryTooLong or ArchiveProblem.IndexDamaged } => StatusCodes.Status503ServiceUnavailable,
        ArchiveException or DicomFormatException or CodecException or PixelDataException => StatusCodes.Status500InternalServerError,
        _ => null,
    };
}

/// <summary>Nothing that the client accepts can be made of the resource.</summary>
internal sealed class NotAcceptableException(string message) : Exception(message);
