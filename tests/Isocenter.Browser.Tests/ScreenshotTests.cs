using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Isocenter.Browser.Tests;

/// <summary>The pictures of the documentation. With <c>ISOCENTER_SCREENSHOTS=1</c> they are written to docs/images; each
/// run walks the same way.</summary>
public sealed class ScreenshotTests(Chromium chromium, LoadedServer server) : IClassFixture<LoadedServer>
{
    [Fact]
    public async Task Welcome()
    {
        await using var empty = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(empty.Address);
        await Expect(portal.Page.Locator(".way dd")).ToHaveCountAsync(3);
        await TakeAsync(portal, empty.DicomPort, "portal-welcome");
    }

    [Fact]
    public async Task Studies()
    {
        await using var portal = await chromium.OpenAsync(server.Address);
        await Expect(portal.Rows).ToHaveCountAsync(50);
        await TakeAsync(portal, server.DicomPort, "portal-studies");
    }

    [Fact]
    public async Task Study()
    {
        await using var portal = await chromium.OpenAsync(server.Address);
        await portal.OpenStudyAsync("Phantom");
        await SettleAsync(portal);
        await TakeAsync(portal, server.DicomPort, "portal-study");

        await portal.Page.Keyboard.PressAsync("f");
        await portal.Page.Locator(".strip a").Nth(1).ClickAsync();
        await SettleAsync(portal);
        await TakeAsync(portal, server.DicomPort, "portal-quick-look");
    }

    [Fact]
    public async Task Phone()
    {
        await using var portal = await chromium.OpenAsync(server.Address, width: 390, height: 844, phone: true);
        await portal.OpenStudyAsync("Phantom");
        await SettleAsync(portal);
        await TakeAsync(portal, server.DicomPort, "portal-phone");
    }

    private static async Task SettleAsync(PortalPage portal)
    {
        await Expect(portal.Page.Locator(".edge-left")).ToBeVisibleAsync();
        await Expect(portal.Picture).ToHaveAttributeAsync("data-address", new Regex("viewport="));
        foreach (var thumbnail in await portal.Thumbnails.AllAsync()) await PortalPage.ShadesAsync(thumbnail);
    }

    private static async Task TakeAsync(PortalPage portal, int dicomPort, string name)
    {
        // The port is another one in each run; the documentation shows the usual one.
        await portal.Page.EvaluateAsync("port => document.querySelectorAll('.foot span, .way dd').forEach(one => one.textContent = one.textContent.replace(port, '11112'))",
            $"{dicomPort}");
        byte[] picture = await portal.Page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled });
        portal.AssertNoComplaints();
        if (Environment.GetEnvironmentVariable("ISOCENTER_SCREENSHOTS") != "1") return;
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot(), "docs", "images"));
        await System.IO.File.WriteAllBytesAsync(Path.Combine(folder.FullName, name + ".png"), picture);
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Isocenter.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException("Isocenter.slnx is in no folder above the tests");
    }
}
