namespace Isocenter.Browser.Tests;

/// <summary>A server with the sample study and 70 small ones, for tests that change nothing.</summary>
public sealed class LoadedServer : IAsyncLifetime
{
    private TestServer? _server;

    public Uri Address => _server!.Address;

    public int DicomPort => _server!.DicomPort;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await _server.LoadSampleAsync();
        await _server.StoreAsync(Roster.Create(70));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
