using System.Globalization;
using System.Net.Http.Headers;
using Isocenter.Archive;

namespace Isocenter.Server.Events;

/// <summary>Tells one receiver of the changes, in their order, each until he has taken it: an event that is refused or cannot
/// be delivered is tried again, later and later, and those behind it wait. So none is lost and none overtakes another; after a
/// crash the last ones may be told twice, under the same ids.</summary>
internal sealed class WebhookSender : IAsyncDisposable
{
    private const int PageLength = 200;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    private readonly ImageArchive _archive;
    private readonly HttpClient _http;
    private readonly string _source;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly WebhookCursor _cursor;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private CancellationTokenSource _replayed = new();
    private Task _running = Task.CompletedTask;
    private long _position;

    public WebhookSender(Webhook hook, ImageArchive archive, HttpClient http, string source, string dataFolder, ILogger logger, TimeProvider? time = null)
    {
        Hook = hook;
        _archive = archive;
        _http = http;
        _source = source;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _cursor = new WebhookCursor(dataFolder, hook.Name);
    }

    public Webhook Hook { get; }

    /// <summary>Number of the last change that was dealt with.</summary>
    public long Position => Interlocked.Read(ref _position);

    /// <summary>Events that the receiver took since the start.</summary>
    public long Delivered { get; private set; }

    /// <summary>Failed attempts at the event that is next; 0: all is well.</summary>
    public int Attempts { get; private set; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>Begins. A receiver that is new is told of what happens from now on.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        if (_cursor.Read() is { } known) _position = known;
        else
        {
            _position = await _archive.GetLastChangeAsync(cancel);
            _cursor.Write(_position);
        }
        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Goes on from another place: what came behind it is told, or told again. Ends a waiting time.</summary>
    public void Replay(long since)
    {
        lock (_lock)
        {
            _cursor.Write(since);
            _position = since;
            var old = _replayed;
            _replayed = new CancellationTokenSource();
            old.Cancel();
            old.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _replayed.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            CancellationToken replayed;
            lock (_lock) replayed = _replayed.Token;
            using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, replayed);
            try
            {
                await TellAsync(both.Token);
            }
            catch (OperationCanceledException) when (both.IsCancellationRequested)
            {
                // The end, or from another place.
            }
#pragma warning disable CA1031 // Nothing that goes wrong here may end it for good; it is tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.Failed(_logger, e, $"webhook {Hook.Name}");
                await Task.Delay(LongestDelay, _time, both.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task TellAsync(CancellationToken cancel)
    {
        while (true)
        {
            long writes = _archive.WriteCount;
            var page = await _archive.GetChangesAsync(Position, PageLength, cancel: cancel);
            for (int i = 0; i < page.Count; i++)
            {
                bool isWanted = Hook.Wants(page[i]);
                if (isWanted) await DeliverAsync(page[i], cancel);
                Advance(page[i].Number, isWanted || i == page.Count - 1, cancel);
            }
            if (page.Count > 0) continue;
            while (_archive.WriteCount == writes) await Task.Delay(PollInterval, _time, cancel);
        }
    }

    private void Advance(long number, bool isToBeNoted, CancellationToken cancel)
    {
        lock (_lock)
        {
            // Somebody may have asked for another place just now.
            cancel.ThrowIfCancellationRequested();
            _position = number;
            if (isToBeNoted) _cursor.Write(number);
        }
    }

    private async Task DeliverAsync(Change change, CancellationToken cancel)
    {
        byte[] body = ChangeText.ToCloudEvent(change, _source);
        for (Attempts = 0; ; Attempts++)
        {
            LastProblem = await TryAsync(change, body, cancel);
            if (LastProblem is null) break;
            if (Attempts == 0) Log.EventNotDelivered(_logger, Hook.Name, LastProblem);
            await Task.Delay(DelayAfter(Attempts), _time, cancel);
        }
        Attempts = 0;
        Delivered++;
    }

    /// <summary>Doubles each time, and differs by chance, so that many servers do not come back at the same moment.</summary>
    private static TimeSpan DelayAfter(int attempts)
    {
        double seconds = Math.Min(LongestDelay.TotalSeconds, FirstDelay.TotalSeconds * Math.Pow(2, Math.Min(attempts, 16)));
        return TimeSpan.FromSeconds(seconds * (0.75 + Random.Shared.NextDouble() / 2));
    }

    /// <returns>What went wrong; null: he took it.</returns>
    private async Task<string?> TryAsync(Change change, byte[] body, CancellationToken cancel)
    {
        string id = ChangeText.EventId(change);
        long now = _time.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, Hook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/cloudevents+json; charset=utf-8");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToString(CultureInfo.InvariantCulture));
        if (Hook.Sign(id, now, body) is { } signature) request.Headers.Add("webhook-signature", signature);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return response.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"the answer was {(int)response.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }
}
