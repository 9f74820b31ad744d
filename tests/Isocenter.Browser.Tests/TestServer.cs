using System.Collections.Concurrent;
using System.Net;
using Isocenter.Server;
using Isocenter.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Isocenter.Browser.Tests;

/// <summary>A whole server of our own on free ports, with its archive in a temporary folder.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly IsocenterServer _server;
    private readonly DirectoryInfo _folder;

    private readonly LogKeeper _log;

    private TestServer(IsocenterServer server, DirectoryInfo folder, LogKeeper log)
    {
        _server = server;
        _folder = folder;
        _log = log;
    }

    /// <summary>All that the server has logged, the web server's part too.</summary>
    public string Log => _log.Text;

    public Uri Address => new($"http://{_server.EndPoints.Http}/");

    public int DicomPort => _server.EndPoints.Dicom.Port;

    public static async Task<TestServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("isocenter-browser-");
        var log = new LogKeeper();
        var server = await IsocenterServer.StartAsync(new ServerSettings
        {
            DataFolder = folder.FullName,
            Dicom = new IPEndPoint(IPAddress.Loopback, 0),
            Http = new IPEndPoint(IPAddress.Loopback, 0),
            MinFreeSpace = 0,
        }, logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        return new TestServer(server, folder, log);
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

    private sealed class LogKeeper : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public string Text => string.Join('\n', _lines);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
