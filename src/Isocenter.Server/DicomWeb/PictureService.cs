using System.Globalization;
using System.Runtime.CompilerServices;
using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Imaging;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Rendered Resources and thumbnails (PS3.18 §10.4.1.1.3, §10.4.1.1.4) of studies, series, instances and frames.</summary>
#pragma warning disable CA1001 // The turns live as long as the server, and hold no handle of the system.
internal sealed class PictureService(ImageArchive archive, ILogger logger)
#pragma warning restore CA1001
{
    private const int ThumbnailSize = 256;
    /// <summary>SOP classes of softcopy presentation states begin so (PS3.4 §N.3).</summary>
    private const string PresentationStates = "1.2.840.10008.5.1.4.1.1.11.";
    /// <summary>Instances that are tried for a picture of a study or series; reports and the like have none.</summary>
    private const int MaxTries = 16;
    /// <summary>Frames of which the nearest is laid over another image by a blending state.</summary>
    private const int MaxSuperimposed = 2000;
    private const int MaxRegistrations = 16;

    /// <summary>Pictures as they were sent last: a client that pages to and fro asks again, and many clients ask for the same.</summary>
    private readonly RecentAnswers<(StoredInstance Instance, Rendition Rendition)> _recent = new(maxLength: 32 << 20);

    /// <summary>Pictures take a processor each; who waits for his turn does not take a thread, so that those who ask for less are answered.</summary>
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    /// <summary>A small picture: of the one in the middle.</summary>
    public Task ThumbnailAsync(HttpContext http, Scope scope) => AnswerAsync(http, scope, isThumbnail: true);

    /// <summary>As it looks through its window, or as the parameters say. Of a study or a series all instances when the client
    /// takes parts, else the one in the middle.</summary>
    public Task RenderedAsync(HttpContext http, Scope scope) => AnswerAsync(http, scope, isThumbnail: false);

    private async Task AnswerAsync(HttpContext http, Scope scope, bool isThumbnail)
    {
        var parameters = isThumbnail ? RenderParameters.ParseThumbnail(http.Request.Query, ThumbnailSize) : RenderParameters.Parse(http.Request.Query);
        int[] frames = ReadFrames(http);
        var accepted = Negotiation.Accepted(http.Request);
        var found = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (found.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such study, series or instance");
            return;
        }
        string representation = $"{(isThumbnail ? "thumbnail" : "rendered")} {string.Join(',', frames)} {parameters.Key} {string.Join(' ', accepted)}";
        if (Conditional.IsUnchanged(http, found, representation)) return;
        bool isParts = !isThumbnail && (accepted is [{ IsMultipart: true }, ..] || frames.Length > 1 && accepted is [{ IsWildcard: true }, ..]);
        try
        {
            if (isParts) await PartsAsync(http, Readable.Of(http, archive, found, logger), frames, accepted, parameters);
            else if (frames.Length == 0 && found is [var one] && one.SopClassUid.Value.StartsWith(PresentationStates, StringComparison.Ordinal)
                && await TryPresentAsync(http, one, accepted, parameters, isThumbnail)) return;
            else if (frames.Length > 1 && !isThumbnail) throw new NotAcceptableException("several frames come in multipart/related");
            else
            {
                // Of several frames one stands for all (PS3.18 §10.4.1.1.4).
                if (frames.Length > 1) frames = [frames[frames.Length / 2]];
                var (instance, rendition) = await RecentOrNewAsync(http.Response.Headers.ETag.ToString(), () => RenderOne(found, frames.Length == 1 ? frames[0] : null, accepted, parameters, isThumbnail), http.RequestAborted);
                rendition.Warn(http);
                await SinglePart.SendAsync(http, rendition.ContentType, rendition.Content, Location(http, instance, frames, isThumbnail));
            }
        }
        catch (Exception e) when (e is PixelDataException or CodecException && !http.Response.HasStarted)
        {
            Conditional.Forget(http);
            await Answers.ProblemAsync(http, StatusOf(e), e.Message);
        }
    }

    /// <summary>Of a presentation state: the first image that it refers to and that is here, as it presents it (PS3.18
    /// §10.4.1.1.3).</summary>
    /// <returns>False: it shows nothing that is here.</returns>
    private async Task<bool> TryPresentAsync(HttpContext http, StoredInstance state, IReadOnlyList<Accepted> accepted, RenderParameters parameters, bool isThumbnail)
    {
        if (!isThumbnail && parameters.Contradicts) throw new BadParameterException("a presentation state has its own window and its own part of the image (PS3.18 §8.3.5.1.3, §8.3.5.1.4)");
        using var file = archive.OpenDataSet(state);
        var presentation = PresentationState.Of(file.DataSet);
        await foreach (var (found, frame) in ReferredAsync(state, presentation.Series, http.RequestAborted))
        {
            using var picture = archive.OpenDataSet(found);
            List<DicomFile> opened = [];
            try
            {
                List<SuperimposedImage> superimposed = [];
                await foreach (var (above, aboveFrame) in ReferredAsync(state, presentation.SuperimposedSeries, http.RequestAborted))
                {
                    if (superimposed.Count == MaxSuperimposed) break;
                    var one = archive.OpenDataSet(above);
                    opened.Add(one);
                    int[] frames = aboveFrame is { } only ? [only] : [.. Enumerable.Range(0, Math.Min(FrameRenderer.FrameCount(one.DataSet), MaxSuperimposed - superimposed.Count))];
                    superimposed.AddRange(frames.Select(index => new SuperimposedImage(one.DataSet, index, one.TransferSyntax)));
                }
                List<DataSet> registrations = [];
                await foreach (var (registration, _) in ReferredAsync(state, presentation.RegistrationSeries, http.RequestAborted))
                {
                    if (registrations.Count == MaxRegistrations) break;
                    var one = archive.OpenDataSet(registration);
                    opened.Add(one);
                    registrations.Add(one.DataSet);
                }
                var rendition = Rendition.Of(picture, frame, accepted, parameters, isThumbnail, presentation, superimposed, registrations);
                rendition.Warn(http);
                await SinglePart.SendAsync(http, rendition.ContentType, rendition.Content, Location(http, state, [], isThumbnail));
                return true;
            }
            finally
            {
                foreach (var one in opened) one.Dispose();
            }
        }
        return false;
    }

    /// <summary>The images or other objects of a Referenced Series Sequence that are here, each with its frame when the state names one.</summary>
    private async IAsyncEnumerable<(StoredInstance Image, int? Frame)> ReferredAsync(StoredInstance state, IReadOnlyList<DataSet> allSeries, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var series in allSeries)
        {
            foreach (var image in series.GetAll<DataSet>(Tags.ReferencedImageSequence).Concat(series.GetAll<DataSet>(Tags.ReferencedSOPSequence)))
            {
                if (!Uid.TryParseLenient(series.Get(Tags.SeriesInstanceUID, ""), out var seriesUid)
                    || !Uid.TryParseLenient(image.Get(Tags.ReferencedSOPInstanceUID, ""), out var imageUid)) continue;
                var found = await archive.FindInstancesAsync(Selection.Of(state.StudyInstanceUid, seriesUid, imageUid), cancel);
                if (found.Count > 0) yield return (found[0], image.TryGet(Tags.ReferencedFrameNumber, out int number) && number > 0 ? number - 1 : null);
            }
        }
    }

    /// <summary>As it was sent before, when the file that it was made of is still what was stored.</summary>
    private async Task<(StoredInstance, Rendition)> RecentOrNewAsync(string tag, Func<(StoredInstance, Rendition)> render, CancellationToken cancel)
    {
        if (_recent.TryFind(tag, out var known) && archive.FindProblem(known.Instance) is null) return known;
        await _turns.WaitAsync(cancel);
        try
        {
            var (instance, rendition) = render();
            _recent.Keep(tag, (instance, rendition), rendition.Content.Length);
            return (instance, rendition);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>The middle one; the others around it when that has no picture.</summary>
    private (StoredInstance, Rendition) RenderOne(IReadOnlyList<StoredInstance> found, int? frameIndex, IReadOnlyList<Accepted> accepted, RenderParameters parameters, bool isThumbnail)
    {
        int middle = found.Count / 2;
        for (int i = 0; ; i++)
        {
            // middle, the next, the one before, …
            int at = middle + ((i & 1) == 1 ? (i + 1) / 2 : -i / 2);
            bool isLast = i + 1 >= Math.Min(found.Count, MaxTries);
            if (at < 0 || at >= found.Count) at = Math.Clamp(at, 0, found.Count - 1);
            try
            {
                using var file = archive.OpenDataSet(found[at]);
                return (found[at], Rendition.Of(file, frameIndex, accepted, parameters, isThumbnail));
            }
            catch (Exception e) when (isLast && isThumbnail && frameIndex is null && IsWithoutPicture(found[at], e))
            {
                using var file = archive.OpenDataSet(found[middle]);
                return (found[middle], Rendition.OfObject(file.DataSet, accepted, parameters));
            }
            catch (Exception e) when (!isLast && (e is ArchiveException || IsWithoutPicture(found[at], e)))
            {
                // A report between the images, or a file that is lost: another one stands for all.
            }
        }
    }

    /// <summary>It has no pixels, or they are a video, which is passed on but not decoded.</summary>
    private static bool IsWithoutPicture(StoredInstance instance, Exception e) => e is PixelDataException { Problem: PixelDataProblem.None }
        || e is PixelDataException or CodecException && FrameCodecs.Find(instance.TransferSyntax.Uid.Value) is { IsVideo: true };

    private async Task PartsAsync(HttpContext http, IReadOnlyList<StoredInstance> found, int[] frames, IReadOnlyList<Accepted> accepted, RenderParameters parameters)
    {
        MultipartBody? body = null;
        Exception? problem = null;
        foreach (var instance in found)
        {
            using var file = archive.OpenDataSet(instance);
            foreach (int? frame in frames.Length == 0 ? [null] : frames.Select(f => (int?)f))
            {
                Rendition rendition;
                try
                {
                    rendition = Rendition.Of(file, frame, accepted, parameters, isThumbnail: false);
                }
                catch (Exception e) when (e is PixelDataException or CodecException or NotAcceptableException && found.Count > 1)
                {
                    // What has no picture is left out of a study's.
                    problem ??= e;
                    continue;
                }
                body ??= MultipartBody.Start(http, rendition.ContentType.Split(';')[0]);
                body.Begin(rendition.ContentType, rendition.Content.Length, Location(http, instance, frame is { } f ? [f] : [], isThumbnail: false));
                await body.WriteAsync(rendition.Content);
                body.End();
            }
        }
        if (body is null) throw problem ?? new PixelDataException(PixelDataProblem.None, "nothing of it has a picture");
        await body.FinishAsync();
    }

    private static string Location(HttpContext http, StoredInstance instance, int[] frames, bool isThumbnail)
    {
        string address = Addresses.Of(Addresses.Root(http.Request), instance);
        if (frames.Length == 1) address += string.Create(CultureInfo.InvariantCulture, $"/frames/{frames[0] + 1}");
        return address + (isThumbnail ? "/thumbnail" : "/rendered");
    }

    private static int[] ReadFrames(HttpContext http)
    {
        if (http.Request.RouteValues["frames"] is not string text) return [];
        if (!FrameService.TryReadList(text, out var numbers)) throw new BadParameterException("a list of frame numbers, counted from 1, is expected");
        return [.. numbers.Select(number => number - 1)];
    }

    internal static int StatusOf(Exception e) => e switch
    {
        PixelDataException { Problem: PixelDataProblem.None or PixelDataProblem.NoSuchFrame } => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status406NotAcceptable,
    };
}
