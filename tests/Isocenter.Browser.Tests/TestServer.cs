using System.Net;
using Isocenter.Server;
using Isocenter.Server.Settings;

namespace Isocenter.Browser.Tests;

/// <summary>A whole server of our own on free ports, with its archive in a temporary folder.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly IsocenterServer _server;
    private readonly DirectoryInfo _folder;

    private TestServer(IsocenterServer server, DirectoryInfo folder)
    {
        _server = server;
        _folder = folder;
    }

    public Uri Address => new($"http://{_server.EndPoints.Http}/");

    public int DicomPort => _server.EndPoints.Dicom.Port;

    public static async Task<TestServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("isocenter-browser-");
        var server = await IsocenterServer.StartAsync(new ServerSettings
        {
            DataFolder = folder.FullName,
            Dicom = new IPEndPoint(IPAddress.Loopback, 0),
            Http = new IPEndPoint(IPAddress.Loopback, 0),
            MinFreeSpace = 0,
        });
        return new TestServer(server, folder);
    }

    /// <summary>Sends objects as another program would.</summary>
    public async Task StoreAsync(IEnumerable<byte[]> objects)
    {
        using var client = new HttpClient();
        using var body = new MultipartContent("related");
        foreach (byte[] bytes in objects)
        {
            var part = new ByteArrayContent(bytes);
            part.Headers.ContentType = new("application/dicom");
            body.Add(part);
        }
        body.Headers.ContentType!.Parameters.Add(new("type", "\"application/dicom\""));
        var answer = await client.PostAsync(new Uri(Address, "dicom-web/studies"), body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task LoadSampleAsync()
    {
        using var client = new HttpClient();
        (await client.PostAsync(new Uri(Address, "api/demo"), content: null)).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
