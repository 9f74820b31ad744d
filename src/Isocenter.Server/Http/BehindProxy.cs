using System.Net;

namespace Isocenter.Server.Http;

/// <summary>A proxy on this machine says under which address the client knows us: links and Retrieve URLs carry that. Of
/// other peers the headers are not believed.</summary>
internal sealed class BehindProxy(RequestDelegate next)
{
    private const int MaxLength = 255;

    public Task InvokeAsync(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer))
        {
            var request = http.Request;
            if (First(request, "X-Forwarded-Proto") is "http" or "https") request.Scheme = First(request, "X-Forwarded-Proto")!;
            if (First(request, "X-Forwarded-Host") is { } host && Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var uri) && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0)
                request.Host = new HostString(host);
            if (First(request, "X-Forwarded-Prefix") is { } prefix && prefix.StartsWith('/') && Uri.IsWellFormedUriString(prefix, UriKind.Relative))
                request.PathBase = new PathString(prefix.TrimEnd('/')).Add(request.PathBase);
        }
        return next(http);
    }

    private static string? First(HttpRequest request, string name)
    {
        string value = request.Headers[name].ToString().Split(',')[0].Trim();
        return value.Length is 0 or > MaxLength ? null : value;
    }
}
