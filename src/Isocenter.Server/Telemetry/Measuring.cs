using System.Diagnostics;
using System.Diagnostics.Metrics;
using Isocenter.Archive;
using Isocenter.Network;
using Isocenter.Server.Settings;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Isocenter.Server.Telemetry;

/// <summary>Gives out what is measured: at <c>/metrics</c> in the text format of Prometheus, and over OTLP to a collector when the
/// settings name one. Nothing is loaded or counted before somebody asks.</summary>
internal sealed class Measuring(ImageArchive archive, ServerSettings settings, Func<AssociationServer?> dimse) : IAsyncDisposable
{
    /// <summary>The counts of the archive are so old at most when they go to a collector.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(60);

    /// <summary>What is measured.</summary>
    public ServerMetrics Metrics { get; } = new(archive, settings.DataFolder, dimse, TimeProvider.System);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private IMeterFactory? _webMeters;
    private MeterProvider? _scraped;
    private RequestDelegate? _scrape;
    private MeterProvider? _pushed;
    private TracerProvider? _traces;
    private Task _refreshing = Task.CompletedTask;

    public void Map(WebApplication web)
    {
        _webMeters = web.Services.GetRequiredService<IMeterFactory>();
        web.MapGet("/metrics", async http =>
        {
            await Metrics.RefreshAsync(http.RequestAborted);
            await Scrape(web)(http);
        });
    }

    public void Start()
    {
        if (settings.Telemetry is not { } target) return;
        _pushed = Meters().AddOtlpExporter((otlp, reader) =>
        {
            target.Apply(otlp, "v1/metrics");
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)target.Interval.TotalMilliseconds;
        }).Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource()).AddSource(ServerMetrics.Name).AddSource("Microsoft.AspNetCore")
            .AddProcessor(new WithoutQueries()).AddOtlpExporter(otlp => target.Apply(otlp, "v1/traces")).Build();
        _refreshing = RefreshNowAndThenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _refreshing;
        _scraped?.Dispose();
        _pushed?.Dispose();
        _traces?.Dispose();
        Metrics.Dispose();
        _stop.Dispose();
    }

    private RequestDelegate Scrape(WebApplication web)
    {
        lock (_lock)
        {
            if (_scrape is not null) return _scrape;
            _scraped = Meters().AddPrometheusExporter(prometheus => prometheus.ScrapeResponseCacheDurationMilliseconds = 0).Build();
            var branch = ((IApplicationBuilder)web).New();
            branch.UseOpenTelemetryPrometheusScrapingEndpoint(_scraped, static _ => true, path: null, configureBranchedPipeline: null, optionsName: null);
            return _scrape = branch.Build();
        }
    }

    private MeterProviderBuilder Meters() => Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource())
        .AddMeter(ServerMetrics.Name, "Isocenter.Archive", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
        .AddView(instrument => IsOurs(instrument) ? null : MetricStreamConfiguration.Drop);

    /// <summary>Meters of one name in one process are one to the exporter, and fall silent when the first server of several ends.</summary>
    private bool IsOurs(Instrument instrument) => instrument.Meter.Name == "System.Runtime" || instrument.Meter.Scope == _webMeters || Metrics.Has(instrument);

    private ResourceBuilder Resource() => ResourceBuilder.CreateEmpty().AddService("isocenter", serviceInstanceId: settings.AETitle);

    private async Task RefreshNowAndThenAsync()
    {
        using var timer = new PeriodicTimer(RefreshInterval);
        try
        {
            do
            {
                await Metrics.RefreshAsync(_stop.Token);
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The end.
        }
    }

    /// <summary>Queries name patients: they stay here.</summary>
    private sealed class WithoutQueries : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            foreach (string tag in (ReadOnlySpan<string>)["url.query", "url.full", "http.url", "http.target"]) data.SetTag(tag, null);
        }
    }
}
