using Isocenter.Dicom;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Isocenter.Browser.Tests;

/// <summary>The diagnostic viewer, as far as it is ours: that it is reached, finds its files and the images, and asks nobody else.</summary>
public sealed class ViewerTests(Chromium chromium, LoadedServer server) : IClassFixture<LoadedServer>
{
    [Fact]
    public async Task One_click_in_the_list_shows_the_study_in_the_viewer()
    {
        OpenedViewer.Require();
        await using var portal = await chromium.OpenAsync(server.Address);
        List<string> wrong = [];
        portal.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(server.Address.ToString(), StringComparison.Ordinal) && request.Url.StartsWith("http", StringComparison.Ordinal))
                wrong.Add("asks another server: " + request.Url);
        };
        portal.Page.Response += (_, response) =>
        {
            if (response.Status >= 400) wrong.Add($"{response.Status} {response.Url}");
        };

        await portal.Page.GetByRole(AriaRole.Link, new() { Name = "Open Phantom, Isocenter in the viewer" }).ClickAsync();

        await Expect(portal.Page.Locator(".cornerstone-canvas").First).ToBeVisibleAsync(new() { Timeout = 90_000 });
        await Expect(portal.Page.GetByText("CT head 2.5 mm").First).ToBeVisibleAsync();
        await WaitForImageAsync(portal);
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_still_of_the_first_image_stands_there_until_the_viewer_shows_it()
    {
        OpenedViewer.Require();
        await using var other = await TestServer.StartAsync();
        var mammogram = Specimens.Mammogram("L", "CC");
        string study = mammogram.Get<string>(Tags.StudyInstanceUID);
        await other.StoreAsync([Specimens.File(mammogram)]);
        await using var portal = await chromium.OpenAsync(new Uri(other.Address, "viewer/viewer?StudyInstanceUIDs=" + study));
        var still = portal.Page.Locator("#first-image");

        await Expect(still).ToContainTextAsync("The viewer is loading");
        Assert.True(await PortalPage.ShadesAsync(still.Locator("img")) > 20);

        await WaitForImageAsync(portal);
        await Expect(still).ToHaveCountAsync(0, new() { Timeout = 10_000 }); // not only when its patience ends
    }

    [Theory]
    [InlineData("MONOCHROME2")]
    [InlineData("YBR_FULL_422")]
    public async Task An_image_of_one_bit_or_of_two_samples_a_pixel_is_shown(string photometricInterpretation)
    {
        OpenedViewer.Require();
        await using var other = await TestServer.StartAsync();
        byte[] disc = Roster.Disc(photometricInterpretation);
        await other.StoreAsync([disc]);
        using var file = DicomFile.Read(disc);
        string study = file.DataSet.Get<string>(Tags.StudyInstanceUID);
        await using var portal = await chromium.OpenAsync(new Uri(other.Address, "viewer/viewer?StudyInstanceUIDs=" + study));

        await WaitForImageAsync(portal);
    }

    /// <summary>Until the canvas of the viewer has grey values of an image on it.</summary>
    private static async Task WaitForImageAsync(PortalPage portal) => await portal.Page.WaitForFunctionAsync("""
        () => {
          const canvas = document.querySelector('.cornerstone-canvas');
          if (!canvas?.width) return false;
          const paper = document.createElement('canvas');
          paper.width = canvas.width;
          paper.height = canvas.height;
          const context = paper.getContext('2d');
          context.drawImage(canvas, 0, 0);
          return new Set(new Uint32Array(context.getImageData(0, 0, paper.width, paper.height).data.buffer)).size > 20;
        }
        """, null, new() { Timeout = 90_000 });

    [Fact]
    public async Task List_of_the_viewer_shows_studies_even_when_one_has_no_modality()
    {
        OpenedViewer.Require();
        await using var other = await TestServer.StartAsync();
        await other.StoreAsync([Roster.WithoutModality()]);
        await using var portal = await chromium.OpenAsync(new Uri(other.Address, "viewer/"));

        await Expect(portal.Page.GetByText("Nobody").First).ToBeVisibleAsync(new() { Timeout = 90_000 });
    }
}
