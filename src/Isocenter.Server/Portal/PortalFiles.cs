using System.Reflection;
using System.Text;
using Isocenter.Server.Http;

namespace Isocenter.Server.Portal;

/// <summary>The files of the web front end, which are embedded in this assembly by its build (eng/Ui.targets).</summary>
internal sealed class PortalFiles
{
    private const string Prefix = "ui/";
    private readonly Assembly _assembly = typeof(PortalFiles).Assembly;
    private readonly HashSet<string> _names;

    public PortalFiles() => _names = [.. _assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))];

    public async Task AnswerAsync(HttpContext http, string path)
    {
        string name = Prefix + path;
        if (!_names.Contains(name))
        {
            if (path == "index.html") await MissingAsync(http);
            else await Answers.ProblemAsync(http, StatusCodes.Status404NotFound, "there is nothing at this address");
            return;
        }
        // Names under assets/ hold a hash of the content, so that they never change.
        http.Response.Headers.CacheControl = path.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        http.Response.ContentType = ContentTypes.Of(path);
        await using var file = _assembly.GetManifestResourceStream(name)!;
        http.Response.ContentLength = file.Length;
        await file.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    /// <summary>Built without Node: everything works but the page.</summary>
    private static async Task MissingAsync(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        const string Page = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Isocenter</title></head><body>
            <h1>Isocenter is running</h1>
            <p>Its web pages are not part of this build: they need Node 20.19 or later (with npm) on the machine that builds.
            Install it, then start <code>./isocenter serve</code> again.</p>
            <p>DICOM and DICOMweb (<a href="/dicom-web/studies">/dicom-web/studies</a>) work without it.</p>
            </body></html>
            """;
        await http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(Page), http.RequestAborted);
    }
}
