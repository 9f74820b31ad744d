using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Isocenter.Browser.Tests;

public sealed partial class QuickLookTests(Chromium chromium, LoadedServer server) : IClassFixture<LoadedServer>
{
    [Fact]
    public async Task Wheel_keys_and_slider_scroll_through_the_images()
    {
        await using var portal = await OpenSampleAsync();
        string first = await PictureAsync(portal);

        await portal.Page.Locator(".viewport").HoverAsync();
        await portal.Page.Mouse.WheelAsync(0, 100);
        await Expect(portal.Picture).ToHaveAttributeAsync("data-index", "32");
        Assert.NotEqual(first, await PictureAsync(portal));
        await Expect(portal.Page.Locator(".corner.bottom.left")).ToContainTextAsync("Image 33 of 64");

        await portal.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(portal.Picture).ToHaveAttributeAsync("data-index", "31");
        await portal.Page.Keyboard.PressAsync("End");
        await Expect(portal.Picture).ToHaveAttributeAsync("data-index", "63");
        await portal.Page.GetByRole(AriaRole.Slider, new() { Name = "Image" }).FillAsync("5");
        await Expect(portal.Picture).ToHaveAttributeAsync("data-index", "4");
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Preset_and_drag_change_the_window()
    {
        await using var portal = await OpenSampleAsync();
        var corner = portal.Page.Locator(".corner.bottom.right");

        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Brain" }).ClickAsync();
        await Expect(corner).ToContainTextAsync("W 80 · L 40");
        await PictureWithAsync(portal, "window=40,80");
        double brain = await PortalPage.BrightnessAsync(portal.Picture);

        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Bone" }).ClickAsync();
        await PictureWithAsync(portal, "window=480,2500");
        double bone = await PortalPage.BrightnessAsync(portal.Picture);
        Assert.True(brain > bone + 4, $"brain {brain}, bone {bone}");

        var box = (await portal.Page.Locator(".viewport").BoundingBoxAsync())!;
        await portal.Page.Mouse.MoveAsync(box.X + 300, box.Y + 200);
        await portal.Page.Mouse.DownAsync();
        await portal.Page.Mouse.MoveAsync(box.X + 350, box.Y + 140, new() { Steps = 8 });
        await portal.Page.Mouse.UpAsync();
        // 50 to the right of 2500/256 each widen it to 2988, 60 up lower the centre to -106.
        await Expect(corner).ToContainTextAsync("W 2988 · L -106");
        await PictureWithAsync(portal, "window=-106,2988");
        Assert.True(await PortalPage.BrightnessAsync(portal.Picture) > bone + 5);
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Edges_of_an_axial_slice_carry_the_directions_of_the_patient()
    {
        await using var portal = await OpenSampleAsync();

        await Expect(portal.Page.Locator(".edge-left")).ToHaveTextAsync("R");
        await Expect(portal.Page.Locator(".edge-right")).ToHaveTextAsync("L");
        await Expect(portal.Page.Locator(".edge-top")).ToHaveTextAsync("A");
        await Expect(portal.Page.Locator(".edge-bottom")).ToHaveTextAsync("P");
    }

    [Fact]
    public async Task Loop_plays_and_pauses()
    {
        await using var portal = await OpenSampleAsync();
        await portal.Page.Locator(".strip a").Nth(2).ClickAsync();
        await Expect(portal.Page.Locator(".corner.bottom.left")).ToContainTextAsync(FrameOf());

        string before = await portal.Picture.GetAttributeAsync("data-index") ?? "";
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await Expect(portal.Picture).Not.ToHaveAttributeAsync("data-index", before);
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(portal.Page.GetByRole(AriaRole.Button, new() { Name = "Play" })).ToBeVisibleAsync();
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task A_report_shows_its_first_page_and_the_way_to_the_whole()
    {
        await using var own = await TestServer.StartAsync();
        await own.StoreAsync([Roster.Document()]);
        await using var portal = await chromium.OpenAsync(own.Address);

        await portal.Rows.First.ClickAsync();

        Assert.True(await PortalPage.ShadesAsync(portal.Page.Locator(".viewport.document img")) > 1);
        Assert.True(await PortalPage.ShadesAsync(portal.Thumbnails.First) > 1);
        await Expect(portal.Page.GetByRole(AriaRole.Link, new() { Name = "Open the whole" })).ToHaveAttributeAsync("href", new Regex("/rendered$"));
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Page_works_on_a_phone()
    {
        await using var portal = await chromium.OpenAsync(server.Address, width: 390, height: 844, phone: true);
        await Expect(portal.Rows).ToHaveCountAsync(50);
        await AssertNothingSticksOutAsync(portal);

        await portal.OpenStudyAsync("Phantom");
        await Expect(portal.Rows.First).ToBeHiddenAsync();
        await AssertNothingSticksOutAsync(portal);
        var box = (await portal.Page.Locator(".viewport").BoundingBoxAsync())!;
        Assert.True(box is { Width: > 350, Height: > 250 }, $"the picture has {box.Width} × {box.Height}");

        await portal.Page.GetByRole(AriaRole.Link, new() { Name = "Back to the list" }).ClickAsync();
        await Expect(portal.Rows.First).ToBeVisibleAsync();
        portal.AssertNoComplaints();
    }

    private static async Task AssertNothingSticksOutAsync(PortalPage portal) =>
        Assert.Equal(390, await portal.Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth"));

    private async Task<PortalPage> OpenSampleAsync()
    {
        var portal = await chromium.OpenAsync(server.Address);
        await portal.OpenStudyAsync("Phantom");
        await Expect(portal.Picture).ToHaveAttributeAsync("data-index", "31"); // the middle of 64
        return portal;
    }

    private static async Task<string> PictureAsync(PortalPage portal)
    {
        Assert.True(await PortalPage.ShadesAsync(portal.Picture) > 20);
        return await portal.Picture.GetAttributeAsync("src") ?? "";
    }

    /// <summary>Waits until the picture on the screen is the one of this address.</summary>
    private static Task PictureWithAsync(PortalPage portal, string partOfAddress) =>
        Expect(portal.Picture).ToHaveAttributeAsync("data-address", new Regex(Regex.Escape(partOfAddress)));

    [GeneratedRegex("frame [0-9]+ of [0-9]+")]
    private static partial Regex FrameOf();
}
