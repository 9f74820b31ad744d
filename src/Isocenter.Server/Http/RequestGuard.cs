using System.Net;

namespace Isocenter.Server.Http;

/// <summary>What every request must pass: on loopback, only requests that are meant for this machine; from browsers, only
/// those of our own pages may change anything. And the headers that keep pages in their place.</summary>
/// <remarks>A page of a stranger that runs in the user's browser can reach 127.0.0.1, by a name that resolves to it or by
/// a form: the Host and Origin headers give it away.</remarks>
internal sealed class RequestGuard(RequestDelegate next, bool loopbackOnly, CrossOrigin crossOrigin, ILogger logger)
{
    private const string ContentSecurityPolicy = "default-src 'self'; img-src 'self' blob:; style-src 'self'; script-src 'self'; "
        + "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";

        if (loopbackOnly && !IsThisMachine(http.Request.Host.Host))
            return RefuseAsync(http, StatusCodes.Status421MisdirectedRequest, "this server answers to localhost only");
        if (!IsSafe(http.Request.Method) && http.Request.Headers.Origin is { Count: > 0 } origin && !IsOwnOrigin(origin.ToString(), http.Request)
            && !crossOrigin.Allows(origin.ToString()))
            return RefuseAsync(http, StatusCodes.Status403Forbidden, "requests from pages of other sites are refused");
        return crossOrigin.Answer(http) ? Task.CompletedTask : next(http);
    }

    private Task RefuseAsync(HttpContext http, int status, string reason)
    {
        Log.RequestRefused(logger, http.Request.Method, http.Request.Path, reason);
        return Answers.ProblemAsync(http, status, reason);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);

    private static bool IsOwnOrigin(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
