using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isocenter.Server.Events;
using Isocenter.Server.Settings;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Events;

/// <summary>A receiver of real HTTP that checks what it gets by itself.</summary>
public sealed class WebhookTests
{
    private const string Secret = "a key nobody knows";

    [Fact]
    public async Task Events_are_signed_in_order_and_tried_again_until_they_are_taken()
    {
        await using var receiver = new Receiver { Failures = 2 };
        await using var server = await TestServer.StartAsync(settings => settings with { Webhooks = [new Webhook("test", receiver.Url, Secret, [])] });

        for (int i = 1; i <= 3; i++) await server.StoreAsync(Instance(i));
        var events = await receiver.WaitAsync(3);

        Assert.Equal(["1", "2", "3"], events.Select(e => e.Body.GetProperty("data").GetProperty("instance").GetString()!.Split('.')[^1]));
        Assert.All(events, e =>
        {
            Assert.True(e.IsSignatureRight);
            Assert.Equal("org.isocenter.instance.stored", e.Body.GetProperty("type").GetString());
            Assert.Equal("1.0", e.Body.GetProperty("specversion").GetString());
            Assert.Equal(e.Id, e.Body.GetProperty("id").GetString());
        });
        Assert.Equal(2, receiver.Refused);
    }

    [Fact]
    public async Task What_happens_while_the_receiver_is_away_is_told_after_a_restart_and_again_when_it_is_asked_for()
    {
        await using var receiver = new Receiver { Failures = int.MaxValue };
        await using var server = await TestServer.StartAsync(settings => settings with { Webhooks = [new Webhook("test", receiver.Url, Secret, [])] });
        await server.StoreAsync(Instance(1));
        await receiver.WaitForRefusalAsync();
        receiver.Failures = 0;

        await server.RestartAsync();
        var first = Assert.Single(await receiver.WaitAsync(1));
        using var replay = await server.Http.PostAsync("/api/webhooks/test/replay?since=0", null, TestServer.Cancel);
        var both = await receiver.WaitAsync(2);

        Assert.Equal(HttpStatusCode.NoContent, replay.StatusCode);
        Assert.Equal(first.Id, both[1].Id);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.PostAsync("/api/webhooks/other/replay?since=0", null, TestServer.Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_feed_is_read_page_by_page_and_a_complete_study_is_told()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { StudyQuietTime = TimeSpan.FromSeconds(1) });
        for (int i = 1; i <= 3; i++) await server.StoreAsync(Instance(i));

        var page = await FeedAsync(server, "?limit=2");
        var rest = await FeedAsync(server, $"?since={page.GetProperty("next").GetInt64()}");
        while (!rest.GetProperty("changes").EnumerateArray().Any(c => c.GetProperty("type").GetString() == "study.complete"))
        {
            await Task.Delay(50, TestServer.Cancel);
            rest = await FeedAsync(server, $"?since={page.GetProperty("next").GetInt64()}");
        }

        Assert.True(page.GetProperty("more").GetBoolean());
        Assert.Equal(2, page.GetProperty("changes").GetArrayLength());
        Assert.Equal(["instance.stored", "study.complete"], rest.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("type").GetString()));
        foreach (string wrong in new[] { "?since=x", "?limit=0", "?limit=100000", "?from=yesterday" })
            Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.GetAsync("/api/changes" + wrong, TestServer.Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("""{ "name": "a b", "url": "https://x/" }""", "webhooks:0:name")]
    [InlineData("""{ "name": "a", "url": "ftp://x/" }""", "webhooks:0:url")]
    [InlineData("""{ "name": "a", "url": "https://x/", "secret": "whsec_!" }""", "webhooks:0:secret")]
    [InlineData("""{ "name": "a", "url": "https://x/", "events": "study.done" }""", "webhooks:0:events")]
    [InlineData("""{ "name": "a", "url": "https://x/", "colour": "red" }""", "webhooks:0:colour")]
    public void A_wrong_setting_of_a_webhook_is_named(string hook, string setting)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["isocenter.json"], $$"""{ "webhooks": [{{hook}}] }""");

        var problem = Assert.Throws<SettingsException>(() => SettingsReader.Read(folder["isocenter.json"], new Dictionary<string, string>()));

        Assert.Equal(setting, problem.Setting);
    }

    private static Dicom.DataSet Instance(int number) => SampleObject.Create("1.2.5", "1.2.5.1", $"1.2.5.1.{number}", number);

    private static async Task<JsonElement> FeedAsync(TestServer server, string query) =>
        JsonDocument.Parse(await server.Http.GetStringAsync("/api/changes" + query, TestServer.Cancel)).RootElement;

    private sealed record Event(string Id, JsonElement Body, bool IsSignatureRight);

    private sealed class Receiver : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<Event> _events = new();
        private readonly Task _running;

        public Receiver()
        {
            for (int port = 24_100; ; port++)
            {
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
                try
                {
                    _listener.Start();
                    Url = new Uri($"http://127.0.0.1:{port}/hook");
                    break;
                }
                catch (HttpListenerException) when (port < 24_900)
                {
                    // Taken by somebody else.
                }
            }
            _running = RunAsync();
        }

        public Uri Url { get; }

        /// <summary>So many requests are refused.</summary>
        public int Failures { get; set; }

        public int Refused { get; private set; }

        public async Task<Event[]> WaitAsync(int count)
        {
            while (_events.Count < count) await Task.Delay(20, TestServer.Cancel);
            return [.. _events];
        }

        public async Task WaitForRefusalAsync()
        {
            while (Refused == 0) await Task.Delay(20, TestServer.Cancel);
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _running;
            _listener.Close();
        }

        private async Task RunAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (Refused < Failures)
                {
                    Refused++;
                    context.Response.StatusCode = 503;
                }
                else
                {
                    string id = context.Request.Headers["webhook-id"]!;
                    byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{context.Request.Headers["webhook-timestamp"]}."), .. body.ToArray()];
                    string right = "v1," + Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed));
                    _events.Enqueue(new Event(id, JsonDocument.Parse(body.ToArray()).RootElement, context.Request.Headers["webhook-signature"] == right));
                    context.Response.StatusCode = 204;
                }
                context.Response.Close();
            }
        }
    }
}
