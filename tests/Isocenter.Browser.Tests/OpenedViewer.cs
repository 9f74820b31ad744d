using Isocenter.Server;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Isocenter.Browser.Tests;

/// <summary>The diagnostic viewer with a study in it, as a test works with it.</summary>
internal sealed class OpenedViewer(PortalPage portal) : IAsyncDisposable
{
    private const float Patience = 90_000; // milliseconds; the viewer is large, and draws without a graphics card here

    public IPage Page => portal.Page;

    public static async Task<OpenedViewer> OpenAsync(Chromium chromium, Uri server, string study)
    {
        Require();
        return new OpenedViewer(await chromium.OpenAsync(new Uri(server, "viewer/viewer?StudyInstanceUIDs=" + study)));
    }

    /// <summary>Skips the running test when the server was built without the viewer.</summary>
    public static void Require()
    {
        if (typeof(IsocenterServer).Assembly.GetManifestResourceInfo("viewer/index.html") is null)
            Assert.Skip("the server was built without the viewer (no Node, or no net)");
    }

    /// <summary>Until so many viewports have an image on their canvas.</summary>
    public Task WaitForImagesAsync(int viewports = 1) => WaitForPixelsAsync("pixels => new Set(pixels).size > 20", viewports);

    /// <summary>Until a viewport has a colour on its canvas that greys do not have.</summary>
    public Task WaitForColourAsync() => WaitForPixelsAsync("""
        pixels => pixels.filter(pixel => Math.abs((pixel & 255) - (pixel >> 8 & 255)) > 40).length > 500
        """, viewports: 1);

    private async Task WaitForPixelsAsync(string isRight, int viewports) => await Page.WaitForFunctionAsync($$"""
        viewports => [...document.querySelectorAll('.cornerstone-canvas')].filter(canvas => {
          if (!canvas.width) return false;
          const paper = document.createElement('canvas');
          paper.width = canvas.width;
          paper.height = canvas.height;
          const context = paper.getContext('2d');
          context.drawImage(canvas, 0, 0);
          return ({{isRight}})(new Uint32Array(context.getImageData(0, 0, paper.width, paper.height).data.buffer));
        }).length >= viewports
        """, viewports, new() { Timeout = Patience });

    /// <summary>Puts a series into the viewport.</summary>
    /// <param name="description">Its Series Description.</param>
    public async Task ShowAsync(string description) => await Page.Locator("[data-cy=studyBrowser-panel]").GetByText(description, new() { Exact = true }).DblClickAsync();

    /// <summary>Until the words at the viewport's edge name this series.</summary>
    public async Task WaitForSeriesAsync(string description) =>
        await Expect(Page.Locator("[data-cy=viewport-overlay-top-left]").GetByText(description)).ToBeVisibleAsync(new() { Timeout = Patience });

    /// <summary>Answers a question of the viewer.</summary>
    public async Task SayYesAsync() => await Page.GetByRole(AriaRole.Button, new() { Name = "Yes" }).ClickAsync();

    public ValueTask DisposeAsync() => portal.DisposeAsync();
}
