using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace Isocenter.Cli.Receiving;

/// <summary>Where to listen, as it stands on a command line: PORT on this machine only, ADDRESS:PORT, *:PORT on all.</summary>
internal static class ListenAddress
{
    public const string Help = "TCP port to listen on, on this machine only; ADDRESS:PORT for another address, *:PORT for all; 0 takes a free port.";

    /// <summary>For <see cref="Argument{T}.CustomParser"/> and <see cref="Option{T}.CustomParser"/>.</summary>
    public static IPEndPoint Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (TryParse(text, out var endPoint)) return endPoint;
        result.AddError($"'{text}' is no place to listen at: PORT, ADDRESS:PORT or *:PORT");
        return new IPEndPoint(IPAddress.Loopback, 0);
    }

    public static bool TryParse(string text, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        int colon = text.LastIndexOf(':');
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535) return false;
        string host = colon < 0 ? "127.0.0.1" : text[..colon].Trim('[', ']');
        var address = host switch
        {
            "*" => Socket6() ? IPAddress.IPv6Any : IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host, out var parsed) ? parsed : null,
        };
        if (address is null) return false;
        endPoint = new IPEndPoint(address, port);
        return true;
    }

    private static bool Socket6() => System.Net.Sockets.Socket.OSSupportsIPv6;
}
