using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>The Studies Service (PS3.18 §10) under <c>/dicom-web</c>: which address does what.</summary>
internal static class DicomWebRoutes
{
    public const string Root = "/dicom-web";

    private const string Study = Root + "/studies/{study}";
    private const string Series = Study + "/series/{series}";
    private const string Instance = Series + "/instances/{instance}";

    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive, ILogger logger)
    {
        var search = new SearchService(archive);
        Get(Root + "/studies", (http, _) => search.AnswerAsync(http, QueryLevel.Study, Scope.None));
        Get(Root + "/series", (http, _) => search.AnswerAsync(http, QueryLevel.Series, Scope.None));
        Get(Root + "/instances", (http, _) => search.AnswerAsync(http, QueryLevel.Image, Scope.None));
        Get(Study + "/series", (http, scope) => search.AnswerAsync(http, QueryLevel.Series, scope));
        Get(Study + "/instances", (http, scope) => search.AnswerAsync(http, QueryLevel.Image, scope));
        Get(Series + "/instances", (http, scope) => search.AnswerAsync(http, QueryLevel.Image, scope));

        var retrieve = new RetrieveService(archive, logger);
        var metadata = new MetadataService(archive);
        var pictures = new PictureService(archive);
        foreach (string resource in new[] { Study, Series, Instance })
        {
            Get(resource, retrieve.InstancesAsync);
            Get(resource + "/metadata", metadata.AnswerAsync);
            Get(resource + "/thumbnail", pictures.ThumbnailAsync);
        }
        Get(Instance + "/frames/{frames}", retrieve.FramesAsync);
        Get(Instance + "/bulkdata/{**path}", retrieve.BulkDataAsync);
        Get(Instance + "/rendered", pictures.RenderedAsync);
        Get(Instance + "/frames/{frames}/rendered", pictures.RenderedAsync);

        var store = new StoreService(archive, logger);
        routes.MapPost(Root + "/studies", Guarded((http, scope) => store.AnswerAsync(http, scope.Study)));
        routes.MapPost(Study, Guarded((http, scope) => store.AnswerAsync(http, scope.Study)));

        void Get(string pattern, Func<HttpContext, Scope, Task> answer) => routes.MapGet(pattern, Guarded(answer));
    }

    /// <summary>Turns what went wrong into the status that says so.</summary>
    private static RequestDelegate Guarded(Func<HttpContext, Scope, Task> answer) => async http =>
    {
        try
        {
            if (!Scope.TryRead(http.Request.RouteValues, out var scope, out string? problem))
                await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, problem);
            else
                await answer(http, scope);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is left to answer.
        }
        catch (Exception e) when (!http.Response.HasStarted && StatusOf(e) is { } status)
        {
            await Answers.ProblemAsync(http, status, e.Message);
        }
    };

    private static int? StatusOf(Exception e) => e switch
    {
        SearchParameterException => StatusCodes.Status400BadRequest,
        MultipartException => StatusCodes.Status400BadRequest,
        BadHttpRequestException bad => bad.StatusCode,
        NotAcceptableException => StatusCodes.Status406NotAcceptable,
        ArchiveException { Problem: ArchiveProblem.ObjectMissing } => StatusCodes.Status410Gone,
        ArchiveException or DicomFormatException => StatusCodes.Status500InternalServerError,
        _ => null,
    };
}

/// <summary>Nothing that the client accepts can be made of the resource.</summary>
internal sealed class NotAcceptableException(string message) : Exception(message);
