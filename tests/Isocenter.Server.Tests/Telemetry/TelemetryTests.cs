using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Server.Settings;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Telemetry;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_count_what_was_done_and_what_is_there_and_name_no_patient()
    {
        await using var server = await TestServer.StartAsync();
        // What is counted is counted from the first scrape on.
        await server.Http.GetStringAsync("/metrics", TestServer.Cancel);
        await server.StoreAsync(Instance(1));
        await server.StoreAsync(Instance(2).Set(Tags.PatientName, "SOMEBODY^ELSE"));
        await server.Http.GetStringAsync("/dicom-web/studies?PatientName=SOMEBODY*", TestServer.Cancel);

        using var answer = await server.Http.GetAsync("/metrics", TestServer.Cancel);
        string text = await answer.Content.ReadAsStringAsync(TestServer.Cancel);

        Assert.StartsWith("text/plain", answer.Content.Headers.ContentType!.ToString());
        Assert.Matches("""(?m)^isocenter_archive_instances\{?[^\n]* 2\b""", text);
        Assert.Matches("""(?m)^isocenter_archive_conflicts\{?[^\n]* 1\b""", text);
        Assert.Matches("""(?m)^isocenter_archive_ingested(_total)?\{[^\n]*outcome="Stored"[^\n]* [2-9]""", text);
        Assert.Matches("""(?m)^isocenter_dimse_operation_duration_seconds_count\{[^\n]*operation="C-STORE"[^\n]* [2-9]""", text);
        // The duration of a request is known when its answer is out; that this one is being answered is known now.
        Assert.Matches("""(?m)^http_server_active_requests\{""", text);
        Assert.DoesNotContain("SOMEBODY", text);
    }

    [Fact]
    public async Task A_collector_gets_measurements_and_traces_without_queries()
    {
        using var collector = new Collector();
        await using var server = await TestServer.StartAsync(settings => settings with { Telemetry = new TelemetrySettings(collector.Address, IsHttp: true, TimeSpan.FromMilliseconds(200)) });
        await server.StoreAsync(Instance(1));
        await server.Http.GetStringAsync("/dicom-web/studies?PatientName=SECRET*", TestServer.Cancel);

        string metrics = await collector.WaitForAsync("/v1/metrics", "isocenter.archive.ingested");
        string traces = await collector.WaitForAsync("/v1/traces", "C-STORE");
        await server.DisposeAsync();

        Assert.Contains("isocenter.dimse.operation.duration", metrics);
        Assert.Contains("TESTER", traces);
        Assert.DoesNotContain("SECRET", collector.Everything);
    }

    private static DataSet Instance(int number) => SampleObject.Create("1.2.5", "1.2.5.1", $"1.2.5.1.{number}", number);

    /// <summary>Takes what is posted to it.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<(string Path, string Body)> _posts = new();
        private readonly SemaphoreSlim _came = new(0);

        public Collector()
        {
            for (int port = 26_100; ; port++)
            {
                try
                {
                    Address = new Uri($"http://127.0.0.1:{port}/");
                    _listener.Prefixes.Clear();
                    _listener.Prefixes.Add(Address.AbsoluteUri);
                    _listener.Start();
                    break;
                }
                catch (HttpListenerException) when (port < 26_900)
                {
                    // Taken by somebody else.
                }
            }
            _ = RunAsync();
        }

        public Uri Address { get; }

        public string Everything => string.Concat(_posts.Select(post => post.Body));

        /// <summary>The first post to a path that has the text in it.</summary>
        public async Task<string> WaitForAsync(string path, string text)
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (true)
            {
                if (_posts.FirstOrDefault(post => post.Path == path && post.Body.Contains(text, StringComparison.Ordinal)).Body is { } found) return found;
                await _came.WaitAsync(timeout.Token);
            }
        }

        public void Dispose()
        {
            _listener.Close();
            _came.Dispose();
        }

        private async Task RunAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    _posts.Enqueue((context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                    context.Response.Close();
                    _came.Release();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The end.
            }
        }
    }
}
