namespace Isocenter.Server.Http;

/// <summary>Pages of other sites that may use this server from a browser (CORS, Fetch §3.2). None unless configured.</summary>
internal sealed class CrossOrigin(IReadOnlyList<string> origins)
{
    private const string Exposed = "Content-Length, Content-Location, Content-Range, ETag, Last-Modified, Link, Location, Warning, X-Total-Count";

    /// <summary>Pages of this origin are let in.</summary>
    public bool Allows(string origin) => origins.Contains("*") || origins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    /// <summary>Tells the browser so; answers its question before the request (preflight).</summary>
    /// <returns>True: the answer is given.</returns>
    public bool Answer(HttpContext http)
    {
        if (origins.Count == 0 || http.Request.Headers.Origin is not { Count: 1 } origin || !Allows(origin[0]!)) return false;
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = Exposed;
        headers.Append("Vary", "Origin");
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        if (!HttpMethods.IsOptions(http.Request.Method) || http.Request.Headers.AccessControlRequestMethod.Count == 0) return false;
        headers.AccessControlAllowMethods = "GET, HEAD, POST, DELETE, OPTIONS";
        headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders.Count > 0 ? http.Request.Headers.AccessControlRequestHeaders : "*";
        headers.AccessControlMaxAge = "600";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
