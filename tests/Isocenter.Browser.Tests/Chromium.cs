using Isocenter.Server;
using Isocenter.Testing;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Isocenter.Browser.Tests.Chromium))]
[assembly: CollectionBehavior(DisableTestParallelization = true)] // one browser is load enough beside a server

namespace Isocenter.Browser.Tests;

/// <summary>The browser of this machine, started by the first test that needs it and shared by all.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private const float Patience = 30_000; // milliseconds; nothing takes so long unless the machine is very busy

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Opens a page that is alone in its context: no cookies, no storage, no cache of the tests before.</summary>
    /// <remarks>Without a browser, or with a server that was built without its pages, skips the running test by name, or
    /// fails it when <c>ISOCENTER_REQUIRE_INTEROP=1</c>.</remarks>
    public async Task<PortalPage> OpenAsync(Uri address, int width = 1440, int height = 900, bool phone = false)
    {
        var browser = await StartAsync();
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            DeviceScaleFactor = phone ? 2 : 1,
            HasTouch = phone,
            ServiceWorkers = ServiceWorkerPolicy.Block,
        });
        context.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        return await PortalPage.OpenAsync(context, address);
    }

    private async Task<IBrowser> StartAsync()
    {
        if (_browser is not null) return _browser;
        if (typeof(IsocenterServer).Assembly.GetManifestResourceInfo("ui/index.html") is null)
            Missing("the server was built without its pages (no Node)");
        string program = ForeignTool.Require("chromium");
        _playwright = await Playwright.CreateAsync();
        return _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"], // WebGL without a graphics card
        });
    }

    private static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("ISOCENTER_REQUIRE_INTEROP") == "1")
            Assert.Fail(reason + ", and ISOCENTER_REQUIRE_INTEROP=1 demands it");
        Assert.Skip(reason);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
