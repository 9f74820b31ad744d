using System.IO.Compression;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Server.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.Portal;

/// <summary>The diagnostic viewer (OHIF) under <c>/viewer</c>: embedded in this assembly by its build
/// (eng/Viewer.targets), configured for the DICOMweb of the same origin.</summary>
/// <remarks>It makes styles as it runs, compiles WebAssembly and makes workers and pictures of what it has in memory: its
/// policy allows that, and no more. Nothing comes from another origin, so that it works without the net. Its decoders for
/// compressed frames make functions out of text when they start (Emscripten); they run in workers, and a worker keeps to the
/// policy its own script came with: only scripts are given that freedom, so that the page itself has none.</remarks>
internal static partial class ViewerRoutes
{
    private const string Prefix = "viewer/";

    private const string ContentSecurityPolicy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; media-src 'self' blob:; "
        + "frame-src 'self' blob:; object-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static readonly string WorkerSecurityPolicy = ContentSecurityPolicy.Replace("'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'unsafe-eval'", StringComparison.Ordinal);

    private static readonly Assembly Assembly = typeof(ViewerRoutes).Assembly;
    private static readonly string[] GetAndHead = ["GET", "HEAD"];

    // The same build has the same files.
    private static readonly string Tag = $"\"{Assembly.ManifestModule.ModuleVersionId:n}\"";

    /// <summary>The build found the viewer, so that pages may lead to it.</summary>
    public static bool IsBuiltIn { get; } = Assembly.GetManifestResourceInfo(Prefix + "index.html") is not null;

    /// <summary>Stands in the path of the files: what is changed in them keeps its published name, so that a name alone says nothing to a
    /// browser that has an older build.</summary>
    private static readonly string Version = ReadText("version");

    public static void Map(IEndpointRouteBuilder routes, ImageArchive archive)
    {
        var names = Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToHashSet();
        routes.MapMethods("/viewer/{**path}", GetAndHead, http => AnswerAsync(http, archive, names, http.Request.RouteValues["path"] as string ?? ""));
    }

    private static Task AnswerAsync(HttpContext http, ImageArchive archive, HashSet<string> names, string path)
    {
        if (!IsBuiltIn) return MissingAsync(http);
        http.Response.Headers.ContentSecurityPolicy = path.EndsWith(".js", StringComparison.Ordinal) ? WorkerSecurityPolicy : ContentSecurityPolicy;
        if (path == "app-config.js") return TextAsync(http, path, Configuration(http.Request.PathBase));
        if (path != "index.html")
        {
            // A page of another build may be open still: its files may be ours, but are not to be kept as that build's.
            string file = VersionInPath().Replace(path, "");
            bool isOurs = path.Length > file.Length && path.StartsWith(Version, StringComparison.Ordinal);
            if (names.Contains(Prefix + file)) return FileAsync(http, file, isCompressed: false, isOurs);
            if (names.Contains(Prefix + file + ".gz")) return FileAsync(http, file, isCompressed: true, isOurs);
            // Every other path is a page of the viewer's own; but a file that is missing must not come as a page.
            if (ContentTypes.Of(path) != "application/octet-stream") return Answers.NotFoundAsync(http, "there is nothing at this address");
        }
        return PageAsync(http, archive);
    }

    /// <summary>The viewer's page. For a study it begins with a still of its first image, which a browser shows before the viewer has started.</summary>
    private static async Task PageAsync(HttpContext http, ImageArchive archive)
    {
        string? first = null;
        if (Uid.TryParseLenient(http.Request.Query["StudyInstanceUIDs"].FirstOrDefault()?.Split(',')[0], out var study))
            first = await FirstImage.FindAsync(archive, study, http.RequestAborted);
        string page = ReadText("index.html");
        if (first is null) page = Still().Replace(page, "");
        string prefix = $"{http.Request.PathBase}/viewer/";
        await TextAsync(http, "index.html", page
            .Replace("{{prefix}}", HtmlEncoder.Default.Encode(prefix), StringComparison.Ordinal)
            .Replace("{{files}}", HtmlEncoder.Default.Encode(prefix + Version + "/"), StringComparison.Ordinal)
            .Replace("{{first}}", HtmlEncoder.Default.Encode($"{http.Request.PathBase}{DicomWebRoutes.Root}{first}"), StringComparison.Ordinal));
    }

    private static string ReadText(string name)
    {
        if (!IsBuiltIn) return "";
        using var reader = new StreamReader(Assembly.GetManifestResourceStream(Prefix + name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static async Task FileAsync(HttpContext http, string path, bool isCompressed, bool isVersioned)
    {
        var headers = http.Response.Headers;
        headers.ETag = Tag;
        // What stands under the path with the version of these files never changes.
        headers.CacheControl = isVersioned ? "public, max-age=31536000, immutable" : "no-cache";
        if (isCompressed) headers.Vary = "Accept-Encoding";
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(Tag, StringComparison.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        http.Response.ContentType = ContentTypes.Of(path);
        await using var stored = Assembly.GetManifestResourceStream(Prefix + path + (isCompressed ? ".gz" : ""))!;
        bool unpack = isCompressed && !http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (isCompressed && !unpack) headers.ContentEncoding = "gzip";
        if (!unpack) http.Response.ContentLength = stored.Length;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await using var content = unpack ? new GZipStream(stored, CompressionMode.Decompress) : stored;
        await content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private static Task TextAsync(HttpContext http, string name, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        http.Response.ContentType = ContentTypes.Of(name);
        http.Response.Headers.CacheControl = "no-cache";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    /// <summary>What the viewer is told: where it stands, and one source of data, ours. Metadata come with their bulk data
    /// by reference, frames in the syntax they are stored in.</summary>
    private static string Configuration(PathString pathBase) => $$"""
        window.PUBLIC_URL = "{{JavaScriptEncoder.Default.Encode($"{pathBase}/viewer/{Version}/")}}";
        window.browserImportFunction = (moduleId) => import(moduleId);
        (() => {
          const root = window.location.origin + "{{JavaScriptEncoder.Default.Encode(pathBase + "/dicom-web")}}";
          window.config = {
            name: 'isocenter',
            routerBasename: "{{JavaScriptEncoder.Default.Encode(pathBase + "/viewer")}}",
            extensions: [],
            modes: [],
            customizationService: [{ 'ohif.tours': { $set: [] } }],
            showStudyList: true,
            maxNumberOfWebWorkers: 3,
            showWarningMessageForCrossOrigin: false,
            showCPUFallbackMessage: true,
            showLoadingIndicator: true,
            strictZSpacingForVolumeViewport: true,
            groupEnabledModesFirst: true,
            investigationalUseDialog: { option: 'never' },
            maxNumRequests: { interaction: 100, thumbnail: 25, prefetch: 25 },
            defaultDataSourceName: 'isocenter',
            dataSources: [{
              namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
              sourceName: 'isocenter',
              configuration: {
                friendlyName: 'Isocenter',
                name: 'isocenter',
                wadoUriRoot: root.replace(/dicom-web$/, 'wado'),
                qidoRoot: root,
                wadoRoot: root,
                qidoSupportsIncludeField: true,
                supportsReject: false,
                supportsFuzzyMatching: false,
                supportsWildcard: true,
                supportsStow: true,
                dicomUploadEnabled: true,
                imageRendering: 'wadors',
                thumbnailRendering: 'thumbnail',
                enableStudyLazyLoad: true,
                staticWado: false,
                omitQuotationForMultipartRequest: true,
                singlepart: 'video',
                bulkDataURI: { enabled: true }
              }
            }]
          };
        })();

        """;

    /// <summary>Built without Node or without the net: everything works but the viewer.</summary>
    private static Task MissingAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return TextAsync(http, "index.html", """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Isocenter</title></head><body>
            <h1>The diagnostic viewer is not part of this build</h1>
            <p>The build fetches it (OHIF, from the npm registry): this needs Node 20.19 or later with npm, and the net, on the
            machine that builds. Then start <code>./isocenter serve</code> again. Everything else works without it.</p>
            </body></html>
            """);
    }

    [GeneratedRegex("<link class=\"first-image\"[^>]*>\\s*|<div id=\"first-image\".*?</div>\\s*", RegexOptions.Singleline)]
    private static partial Regex Still();

    [GeneratedRegex("^[0-9a-f]{12}/")]
    private static partial Regex VersionInPath();
}
