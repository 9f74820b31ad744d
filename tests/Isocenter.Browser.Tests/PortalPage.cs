using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Isocenter.Browser.Tests;

/// <summary>A page of the portal, with what a test looks at, and an ear for everything that goes wrong in it.</summary>
public sealed class PortalPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = [];

    private PortalPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        // A breach of the Content-Security-Policy is an error on the console too.
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
    }

    public IPage Page { get; }

    public static async Task<PortalPage> OpenAsync(IBrowserContext context, Uri address)
    {
        var page = new PortalPage(context, await context.NewPageAsync());
        await page.Page.GotoAsync(address.ToString());
        return page;
    }

    public ILocator Rows => Page.Locator(".list tbody tr");

    public ILocator Study => Page.Locator("section.study");

    public ILocator Thumbnails => Page.Locator(".strip .thumbnail img");

    public ILocator Picture => Page.Locator(".viewport > img");

    public ILocator Uploads => Page.GetByRole(AriaRole.Complementary, new() { Name = "Upload" });

    /// <summary>Opens the first study whose row holds these words.</summary>
    public async Task OpenStudyAsync(string words)
    {
        await Rows.Filter(new() { HasText = words }).First.ClickAsync();
        await Assertions.Expect(Picture).ToBeVisibleAsync();
    }

    /// <summary>How many different shades a picture on the page really has: 0 when none was drawn.</summary>
    public static Task<int> ShadesAsync(ILocator picture) => picture.EvaluateAsync<int>("""
        async image => {
          await image.decode();
          if (image.naturalWidth === 0) return 0;
          const canvas = document.createElement('canvas');
          canvas.width = image.naturalWidth;
          canvas.height = image.naturalHeight;
          const paper = canvas.getContext('2d');
          paper.drawImage(image, 0, 0);
          const pixels = new Uint32Array(paper.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          return new Set(pixels).size;
        }
        """);

    /// <summary>The mean brightness of a picture on the page, 0 to 255.</summary>
    public static Task<double> BrightnessAsync(ILocator picture) => picture.EvaluateAsync<double>("""
        async image => {
          await image.decode();
          const canvas = document.createElement('canvas');
          canvas.width = image.naturalWidth;
          canvas.height = image.naturalHeight;
          const paper = canvas.getContext('2d');
          paper.drawImage(image, 0, 0);
          const bytes = paper.getImageData(0, 0, canvas.width, canvas.height).data;
          let sum = 0;
          for (let at = 0; at < bytes.length; at += 4) sum += bytes[at];
          return sum / (bytes.length / 4);
        }
        """);

    /// <summary>Nothing went wrong on the page, but for what the test expects.</summary>
    /// <param name="expected">A part of each message that is all right.</param>
    public void AssertNoComplaints(string? expected = null)
    {
        string[] unexpected = [.. _complaints.Where(text => expected is null || !text.Contains(expected, StringComparison.Ordinal))];
        Assert.Empty(unexpected);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
