using System.Globalization;
using Isocenter.Archive;
using Isocenter.DicomWeb;
using Isocenter.Imaging;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Rendered resources and thumbnails as PNG (PS3.18 §10.4.1.1.3, §10.4.1.1.4).</summary>
internal sealed class PictureService(ImageArchive archive)
{
    private const int ThumbnailSize = 256;
    private const int MaxSize = 8192;

    /// <summary>A small picture of a study, a series or an instance: of the one in its middle.</summary>
    public async Task ThumbnailAsync(HttpContext http, Scope scope)
    {
        EnsurePng(http.Request);
        if (!TryReadViewport(http.Request.Query["viewport"], out int width, out int height, ThumbnailSize))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, $"viewport is two numbers from 1 to {MaxSize}");
            return;
        }
        var instances = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (instances.Count == 0)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status404NotFound, "there is no such study, series or instance");
            return;
        }
        await RenderAsync(http, instances[instances.Count / 2], frameIndex: null, new RenderOptions { MaxWidth = width, MaxHeight = height });
    }

    /// <summary>A frame as it looks through its window, or through the one that is asked for.</summary>
    public async Task RenderedAsync(HttpContext http, Scope scope)
    {
        EnsurePng(http.Request);
        int? frameIndex = null;
        if (http.Request.RouteValues["frames"] is string text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1)
            {
                await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "one frame number, counted from 1, is expected");
                return;
            }
            frameIndex = number - 1;
        }
        if (!TryReadViewport(http.Request.Query["viewport"], out int width, out int height, MaxSize))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, $"viewport is two numbers from 1 to {MaxSize}");
            return;
        }
        if (!TryReadWindow(http.Request.Query["window"], out var window))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "window is center, width and linear, linear-exact or sigmoid (PS3.18 §8.3.5.1.4)");
            return;
        }
        var found = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (found.Count == 0)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status404NotFound, "there is no such instance");
            return;
        }
        await RenderAsync(http, found[0], frameIndex, new RenderOptions { MaxWidth = width, MaxHeight = height, Window = window });
    }

    private async Task RenderAsync(HttpContext http, StoredInstance instance, int? frameIndex, RenderOptions options)
    {
        string tag = string.Create(CultureInfo.InvariantCulture, $"\"{instance.ContentHash}-{frameIndex ?? -1}-{options.MaxWidth}x{options.MaxHeight}-{options.Window}\"").Replace(" ", "", StringComparison.Ordinal);
        // The browser may keep the picture if it asks each time whether it still holds.
        http.Response.Headers.CacheControl = "private, no-cache";
        http.Response.Headers.ETag = tag;
        if (http.Request.Headers.IfNoneMatch == tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        byte[] png;
        try
        {
            using var file = archive.OpenDataSet(instance);
            png = PngWriter.ToArray(FrameRenderer.Render(file.DataSet, frameIndex ?? FrameRenderer.RepresentativeFrame(file.DataSet), options, file.TransferSyntax));
        }
        catch (PixelDataException e)
        {
            http.Response.Headers.ETag = default;
            await Answers.ProblemAsync(http, StatusOf(e.Problem), e.Message);
            return;
        }
        http.Response.ContentType = "image/png";
        http.Response.ContentLength = png.Length;
        await http.Response.BodyWriter.WriteAsync(png, http.RequestAborted);
    }

    private static int StatusOf(PixelDataProblem problem) => problem switch
    {
        PixelDataProblem.None or PixelDataProblem.NoSuchFrame => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status406NotAcceptable,
    };

    private static void EnsurePng(HttpRequest request)
    {
        var accepted = AcceptHeader.Parse([request.Query["accept"], .. request.Headers.Accept]);
        if (!accepted.Any(a => a.Matches("image/png"))) throw new NotAcceptableException("pictures come as image/png");
    }

    private static bool TryReadViewport(string? text, out int width, out int height, int otherwise)
    {
        width = height = otherwise;
        if (string.IsNullOrEmpty(text)) return true;
        string[] parts = text.Split(',');
        return parts.Length is 2 or 6 && TryReadSize(parts[0], out width) && TryReadSize(parts[1], out height);
    }

    private static bool TryReadSize(string text, out int size) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size is >= 1 and <= MaxSize;

    private static bool TryReadWindow(string? text, out VoiWindow? window)
    {
        window = null;
        if (string.IsNullOrEmpty(text)) return true;
        string[] parts = text.Split(',');
        if (parts.Length != 3) return false;
        VoiFunction? function = parts[2].ToLowerInvariant() switch
        {
            "linear" => VoiFunction.Linear,
            "linear-exact" => VoiFunction.LinearExact,
            "sigmoid" => VoiFunction.Sigmoid,
            _ => null,
        };
        if (function is null || !TryReadNumber(parts[0], out double center) || !TryReadNumber(parts[1], out double width)) return false;
        window = new VoiWindow(center, width, function.Value);
        return window.Value.IsUsable;
    }

    private static bool TryReadNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
