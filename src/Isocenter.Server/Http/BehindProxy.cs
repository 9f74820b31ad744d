using System.Net;

namespace Isocenter.Server.Http;

/// <summary>A proxy says under which address the client knows us: links and Retrieve URLs carry that. Believed are those on
/// this machine and those that are configured; of other peers the headers mean nothing.</summary>
internal sealed class BehindProxy(RequestDelegate next, IReadOnlyList<IPNetwork> proxies)
{
    private const int MaxLength = 255;

    public Task InvokeAsync(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is { } peer && IsTrusted(peer))
        {
            var request = http.Request;
            if (Said(request, "X-Forwarded-Proto", "proto") is "http" or "https") request.Scheme = Said(request, "X-Forwarded-Proto", "proto")!;
            if (Said(request, "X-Forwarded-Host", "host") is { } host && Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var uri) && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0)
                request.Host = new HostString(host);
            if (First(request.Headers["X-Forwarded-Prefix"]) is { } prefix && prefix.StartsWith('/') && Uri.IsWellFormedUriString(prefix, UriKind.Relative))
                request.PathBase = new PathString(prefix.TrimEnd('/')).Add(request.PathBase);
        }
        return next(http);
    }

    private bool IsTrusted(IPAddress peer)
    {
        if (peer.IsIPv4MappedToIPv6) peer = peer.MapToIPv4();
        return IPAddress.IsLoopback(peer) || proxies.Any(network => network.Contains(peer));
    }

    /// <summary>By the header that proxies usually write, or by the standard one (RFC 7239 §4): the first in the list is the one
    /// that the client spoke to.</summary>
    private static string? Said(HttpRequest request, string header, string parameter)
    {
        if (First(request.Headers[header]) is { } said) return said;
        foreach (string pair in (First(request.Headers["Forwarded"]) ?? "").Split(';'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair[..equals].Trim().Equals(parameter, StringComparison.OrdinalIgnoreCase)) return pair[(equals + 1)..].Trim().Trim('"');
        }
        return null;
    }

    private static string? First(Microsoft.Extensions.Primitives.StringValues header)
    {
        string value = header.ToString().Split(',')[0].Trim();
        return value.Length is 0 or > MaxLength ? null : value;
    }
}
