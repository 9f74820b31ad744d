using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Isocenter.Browser.Tests;

/// <summary>The first five minutes: an empty archive, and how the first images come in.</summary>
public sealed class WelcomeTests(Chromium chromium)
{
    [Fact]
    public async Task Empty_archive_says_how_to_fill_it()
    {
        await using var server = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(server.Address);

        await Expect(portal.Page.GetByRole(AriaRole.Heading, new() { Name = "Welcome to Isocenter" })).ToBeVisibleAsync();
        await Expect(portal.Page.Locator(".way dd")).ToHaveTextAsync(["ISOCENTER", "127.0.0.1", $"{server.DicomPort}"]);
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Sample_study_loads_by_its_button_and_opens_with_drawn_thumbnails()
    {
        await using var server = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(server.Address);

        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Load a sample study" }).ClickAsync();

        await Expect(portal.Study.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Phantom, Isocenter", new() { Timeout = 90_000 });
        await Expect(portal.Thumbnails).ToHaveCountAsync(3);
        foreach (var thumbnail in await portal.Thumbnails.AllAsync())
            Assert.True(await PortalPage.ShadesAsync(thumbnail) > 20);
        Assert.True(await PortalPage.ShadesAsync(portal.Picture) > 20);
        await Expect(portal.Rows).ToHaveCountAsync(1);
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Server_that_went_away_is_told_in_a_sentence()
    {
        var server = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(server.Address);
        await Expect(portal.Page.Locator(".foot .lamp.on")).ToBeVisibleAsync();

        await server.DisposeAsync();

        await Expect(portal.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The server does not answer");
        portal.AssertNoComplaints(expected: "ERR_CONNECTION");
    }
}
