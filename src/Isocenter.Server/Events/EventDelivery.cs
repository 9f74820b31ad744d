using Isocenter.Archive;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Events;

/// <summary>The senders of all webhooks, and the connections they share.</summary>
internal sealed class EventDelivery : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(15);
    private readonly List<WebhookSender> _senders = [];
    private HttpClient? _http;

    public IReadOnlyList<WebhookSender> Senders => _senders;

    public async Task StartAsync(ServerSettings settings, ImageArchive archive, ILogger logger, CancellationToken cancel)
    {
        if (settings.Webhooks.Count == 0) return;
        // An answer that sends us elsewhere is none: the address in the settings is the one that was meant.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = AnswerTime };
        string source = "urn:isocenter:" + Uri.EscapeDataString(settings.AETitle);
        foreach (var hook in settings.Webhooks)
        {
            var sender = new WebhookSender(hook, archive, _http, source, settings.DataFolder, logger);
            await sender.StartAsync(cancel);
            _senders.Add(sender);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in _senders) await sender.DisposeAsync();
        _http?.Dispose();
    }
}
