using System.Net;
using Isocenter.Archive;
using Isocenter.Network;
using Isocenter.Server.Conflicts;
using Isocenter.Server.Corrections;
using Isocenter.Server.Dimse;
using Isocenter.Server.DicomWeb;
using Isocenter.Server.Events;
using Isocenter.Server.Holds;
using Isocenter.Server.Http;
using Isocenter.Server.Links;
using Isocenter.Server.Portal;
using Isocenter.Server.Retention;
using Isocenter.Server.Settings;
using Isocenter.Server.Telemetry;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Isocenter.Server;

/// <summary>Where the server listens now.</summary>
/// <param name="Dicom">DIMSE.</param>
/// <param name="Http">HTTP.</param>
public sealed record RunningEndPoints(IPEndPoint Dicom, IPEndPoint Http)
{
    /// <summary>DIMSE over TLS; null when it is not set up.</summary>
    public IPEndPoint? DicomTls { get; init; }
}

/// <summary>The server: one archive, DIMSE and HTTP in front of it, in one process.</summary>
public sealed class IsocenterServer : IAsyncDisposable
{
    /// <summary>HTTP connections at a time, those that are being answered not counted in.</summary>
    private const int MaxConnections = 1000;

    private readonly WebApplication _web;
    private readonly AssociationServer _dimse;
    private readonly ImageArchive _archive;
    private readonly EventDelivery _events;
    private readonly Measuring _measuring;
    private readonly SendJobs _jobs;
    private readonly SeriesMetadata _metadata;
    private readonly RetentionSchedule _retention;
    private readonly CancellationTokenSource _stopping;
    private bool _stopped;

    private IsocenterServer(WebApplication web, AssociationServer dimse, ImageArchive archive, EventDelivery events, Measuring measuring, SeriesMetadata metadata, SendJobs jobs, RetentionSchedule retention,
        CancellationTokenSource stopping, RunningEndPoints endPoints)
    {
        _stopping = stopping;
        _web = web;
        _dimse = dimse;
        _archive = archive;
        _events = events;
        _measuring = measuring;
        _jobs = jobs;
        _metadata = metadata;
        _retention = retention;
        EndPoints = endPoints;
    }

    /// <summary>Where it listens, with the ports that were really taken.</summary>
    public RunningEndPoints EndPoints { get; }

    /// <summary>Opens the archive and starts to listen.</summary>
    /// <param name="settings">Validated settings, see <see cref="SettingsReader"/>.</param>
    /// <param name="logging">Where the log goes; null: nowhere.</param>
    /// <param name="cancel">Gives up starting.</param>
    /// <exception cref="ArchiveException">The data folder is in use, or its index damaged.</exception>
    /// <exception cref="IOException">An address is taken, or the data folder cannot be used.</exception>
    public static async Task<IsocenterServer> StartAsync(ServerSettings settings, Action<ILoggingBuilder>? logging = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ILogger? log = null;
        AssociationServer? dimse = null;
        var archive = await ImageArchive.OpenAsync(settings.Archive with
        {
            OnScrubbedBad = (instance, result) => Log.Scrubbed(log!, instance.SopInstanceUid.Value, result),
        }, cancel);
        WebApplication? web = null;
        SendJobs? jobs = null;
        var events = new EventDelivery();
        var stopping = new CancellationTokenSource();
        var measuring = new Measuring(archive, settings, () => dimse);
        var metadata = new SeriesMetadata(archive, settings.MetadataSpace, problem => Log.NotServed(log!, "metadata of whole series", problem));
        try
        {
            RunningEndPoints? endPoints = null;
            web = BuildWeb(settings, logging, archive, events, measuring, metadata, () => endPoints!);
            var logger = log = web.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Isocenter");
            if (archive.Recovery is { Restored: > 0 } or { Indexed: > 0 } or { Removed: > 0 } or { Quarantined: > 0 } or { Missing: > 0 }) Log.Recovered(logger, archive.Recovery);
            var nodes = new KnownNodes(settings, logger);
            var calls = new CallLog(TimeProvider.System);
            jobs = new SendJobs(archive, settings, nodes, logger, TimeProvider.System);
            new DeskRoutes(archive, settings, nodes, calls, jobs, () => endPoints!, logger).Map(web);
            dimse = new DimseScp(settings, archive, nodes, measuring.Metrics, calls, logger, stopping.Token).Create();
            dimse.Start();
            measuring.Start();
            await events.StartAsync(settings, archive, logger, cancel);
            await jobs.ResumeAsync(cancel);
            await web.StartAsync(cancel);
            var address = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            endPoints = new RunningEndPoints(dimse.EndPoints[0], new IPEndPoint(settings.Http.Address, address.Port))
            {
                DicomTls = dimse.TlsEndPoints is [var tls] ? tls : null,
            };
            RunningAddress.Write(settings.DataFolder, endPoints.Http, settings.PathBase);
            var retention = new RetentionSchedule(archive, settings.Retention, logger, TimeProvider.System);
            retention.Start();
            return new IsocenterServer(web, dimse, archive, events, measuring, metadata, jobs, retention, stopping, endPoints);
        }
        catch
        {
            await stopping.CancelAsync();
            if (jobs is not null) await jobs.DisposeAsync();
            if (dimse is not null) await dimse.DisposeAsync();
            if (web is not null) await web.DisposeAsync();
            await events.DisposeAsync();
            await measuring.DisposeAsync();
            await metadata.DisposeAsync();
            await archive.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes nothing new, lets what is running come to its end, and closes the archive.</summary>
    /// <param name="grace">After this what is still running is broken off.</param>
    public async Task StopAsync(TimeSpan grace)
    {
        if (_stopped) return;
        _stopped = true;
        await _jobs.DisposeAsync();
        await _retention.DisposeAsync();
        using var timeout = new CancellationTokenSource(grace);
        await Task.WhenAll(_dimse.StopAsync(grace), _web.StopAsync(timeout.Token));
        await _stopping.CancelAsync();
        await _dimse.DisposeAsync();
        await _web.DisposeAsync();
        await _events.DisposeAsync();
        await _measuring.DisposeAsync();
        await _metadata.DisposeAsync();
        RunningAddress.Remove(_archive.DataFolder);
        await _archive.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>Stops at once.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);

    private static WebApplication BuildWeb(ServerSettings settings, Action<ILoggingBuilder>? logging, ImageArchive archive, EventDelivery events, Measuring measuring, SeriesMetadata metadata, Func<RunningEndPoints> endPoints)
    {
        // The empty builder: no configuration files, no hosting environment, nothing that is not asked for.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var gate = new ConnectionGate(MaxConnections);
        // Requests and answers go on where the socket left off, on a thread of the pool, instead of from thread to thread twice a piece.
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(settings.Http, listen =>
            {
                gate.Use(listen);
                SocketOutput.Use(listen);
            });
            kestrel.Limits.MaxRequestBufferSize = 1 << 20;
            kestrel.Limits.MaxConcurrentConnections = 2 * MaxConnections;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddResponseCompression(compression =>
        {
            compression.MimeTypes = AnswerBody.CompressedTypes;
            compression.EnableForHttps = true;
            compression.Providers.Add<GzipCompressionProvider>();
            compression.Providers.Add<BrotliCompressionProvider>();
        });
        builder.Services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = System.IO.Compression.CompressionLevel.Fastest);
        builder.Services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = System.IO.Compression.CompressionLevel.Fastest);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        logging?.Invoke(builder.Logging);
        var web = builder.Build();
        var logger = web.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Isocenter");
        bool loopbackOnly = IPAddress.IsLoopback(settings.Http.Address);
        web.Use(next => http => gate.AnswerAsync(http, next));
        web.Use(next => http => UnreadBody.AnswerAsync(http, next));
        web.Use(next => new RequestGuard(next, loopbackOnly, new CrossOrigin(settings.CorsOrigins), logger).InvokeAsync);
        web.Use(next => new BehindProxy(next, settings.TrustedProxies).InvokeAsync);
        if (settings.PathBase.Length > 0) web.UsePathBase(settings.PathBase);
        web.UseAnswerBody();
        web.UseResponseCompression();
        // What the routing refuses by itself: 405 for the most part.
        web.UseStatusCodePages(context => Answers.ProblemAsync(context.HttpContext, context.HttpContext.Response.StatusCode,
            $"{context.HttpContext.Request.Method} cannot be done with this resource"));
        web.UseRouting();
        HealthRoutes.Map(web, archive);
        measuring.Map(web);
        ConflictRoutes.Map(web, archive);
        CorrectionRoutes.Map(web, archive);
        HoldRoutes.Map(web, archive);
        LinkRoutes.Map(web, archive);
        RetentionRoutes.Map(web, archive, settings.Retention);
        EventRoutes.Map(web, archive, () => events.Senders);
        DicomWebRoutes.Map(web, archive, metadata, new FrameTables(archive, settings.MetadataSpace / 8), logger);
        PortalRoutes.Map(web, archive, settings, endPoints);
        return web;
    }

    /// <summary>Signals are the command's business (<c>serve</c>), not the library's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
