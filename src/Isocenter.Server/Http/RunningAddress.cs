using System.Net;

namespace Isocenter.Server.Http;

/// <summary>Where the server that works in a data folder can be asked: a file in it, for the commands of the same machine. What a
/// killed server left means nothing while nobody has the folder open.</summary>
public static class RunningAddress
{
    private const string Name = "server.address";

    /// <summary>The address of its HTTP service, with a slash at its end; null: it is not known.</summary>
    public static Uri? Read(string dataFolder)
    {
        try
        {
            string text = File.ReadAllText(Path.Combine(dataFolder, Name)).Trim();
            return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp ? address : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static void Write(string dataFolder, IPEndPoint http, string pathBase)
    {
        // An address that all networks reach is reached from here by loopback; one of a single network is not.
        var here = http.Address.Equals(IPAddress.Any) || http.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : http.Address;
        try
        {
            File.WriteAllText(Path.Combine(dataFolder, Name), $"http://{new IPEndPoint(here, http.Port)}{pathBase}/\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then commands say that the folder is in use.
        }
    }

    internal static void Remove(string dataFolder)
    {
        try
        {
            File.Delete(Path.Combine(dataFolder, Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It means nothing once the folder is free.
        }
    }
}
