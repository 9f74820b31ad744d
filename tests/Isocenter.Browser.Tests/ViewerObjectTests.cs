using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Isocenter.Browser.Tests;

/// <summary>One object of each kind in the diagnostic viewer: shown, or told why not.</summary>
public sealed class ViewerObjectTests(Chromium chromium, ViewerObjectTests.Specimen server) : IClassFixture<ViewerObjectTests.Specimen>
{
    /// <summary>A server with all of <see cref="Specimens"/>.</summary>
    public sealed class Specimen : IAsyncLifetime
    {
        private TestServer? _server;

        internal TestServer Server => _server!;

        internal Uri Address => _server!.Address;

        internal string Sample { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            _server = await TestServer.StartAsync();
            await _server.LoadSampleAsync();
            var ct = Specimens.SampleCT();
            Sample = ct[0].Get<string>(Tags.StudyInstanceUID);
            await _server.StoreAsync([Specimens.Segmentation(ct), Specimens.StructureSet(ct), Specimens.Report(ct), Specimens.Dose(ct), Specimens.KeyObjects(ct)]);
            await _server.StoreAsync([Specimens.Ecg(), Specimens.Contradicting(), .. new[] { 1024, 256 }.Select(size => Specimens.File(Specimens.Slide(size)))]);
        }

        public async ValueTask DisposeAsync()
        {
            if (_server is not null) await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_CT_is_cut_in_three_planes()
    {
        await using var viewer = await OpenedViewer.OpenAsync(chromium, server.Address, server.Sample);
        await viewer.WaitForImagesAsync();

        await viewer.Page.Locator("[data-cy=Layout]").ClickAsync();
        await viewer.Page.GetByText("MPR", new() { Exact = true }).ClickAsync();

        await Expect(viewer.Page.Locator("[data-cy=viewport-pane]")).ToHaveCountAsync(3);
        await viewer.WaitForImagesAsync(viewports: 3);
    }

    [Fact]
    public async Task Segments_and_contours_lie_over_the_CT()
    {
        await using var viewer = await OpenedViewer.OpenAsync(chromium, server.Address, server.Sample);
        await viewer.WaitForImagesAsync();

        await viewer.ShowAsync("Ball, segmented");
        await viewer.SayYesAsync();
        await viewer.WaitForColourAsync();
        await viewer.ShowAsync("Ball, contoured");
        await viewer.SayYesAsync();

        await Expect(viewer.Page.Locator(".svg-layer path").First).ToBeAttachedAsync(new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task Report_ultrasound_loop_and_enhanced_MR_are_shown()
    {
        await using var viewer = await OpenedViewer.OpenAsync(chromium, server.Address, server.Sample);
        await viewer.WaitForImagesAsync();

        await viewer.ShowAsync("Report");
        await Expect(viewer.Page.GetByText("The phantom is in good health.")).ToBeVisibleAsync();

        await viewer.ShowAsync("Artery, colour Doppler");
        await viewer.WaitForColourAsync();
        var place = viewer.Page.Locator("[data-cy=viewport-overlay-bottom-right]").First;
        await Expect(place).ToContainTextAsync("(1/24)");
        await viewer.Page.Locator("[data-cy^=cine-player] svg, .cine-player svg, [data-cy=cinePlayer] svg").First.ClickAsync();
        await Expect(place).Not.ToContainTextAsync("(1/24)"); // it runs

        await viewer.ShowAsync("T2 TSE axial");
        await viewer.WaitForSeriesAsync("T2 TSE axial");
        await Expect(place).ToContainTextAsync("/32)");
        await viewer.WaitForImagesAsync();
    }

    [Fact]
    public async Task A_measurement_is_stored_as_a_report_and_drawn_again_after_a_reload()
    {
        await using var viewer = await OpenedViewer.OpenAsync(chromium, server.Address, server.Sample);
        await viewer.WaitForImagesAsync();
        await viewer.Page.Locator("[data-cy=MeasurementTools-split-button-primary]").ClickAsync();
        var canvas = await viewer.Page.Locator(".cornerstone-canvas").First.BoundingBoxAsync() ?? throw new InvalidOperationException("the canvas has no place");
        await viewer.Page.Mouse.ClickAsync(canvas.X + canvas.Width * 0.45f, canvas.Y + canvas.Height * 0.45f);
        await viewer.Page.Mouse.MoveAsync(canvas.X + canvas.Width * 0.5f, canvas.Y + canvas.Height * 0.5f, new() { Steps = 4 });
        await viewer.Page.Mouse.ClickAsync(canvas.X + canvas.Width * 0.55f, canvas.Y + canvas.Height * 0.55f);
        await viewer.SayYesAsync(); // track measurements of this series

        await viewer.Page.Locator("[data-cy=trackedMeasurements-btn]").ClickAsync();
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Create SR" }).ClickAsync();
        await viewer.Page.GetByPlaceholder("Report name").FillAsync("Length of the ball");
        var stored = await viewer.Page.RunAndWaitForResponseAsync(
            () => viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync(),
            response => response.Request.Method == "POST" && response.Url.EndsWith("dicom-web/studies", StringComparison.Ordinal));
        Assert.Equal(200, stored.Status);

        using var client = new HttpClient();
        string found = await client.GetStringAsync(new Uri(server.Address, $"dicom-web/studies/{server.Sample}/series?Modality=SR&includefield=SeriesDescription"));
        Assert.Contains("Length of the ball", found, StringComparison.Ordinal);
        await viewer.Page.ReloadAsync();
        await viewer.WaitForImagesAsync();
        await viewer.ShowAsync("Length of the ball");
        await viewer.SayYesAsync(); // go on with them
        await Expect(viewer.Page.Locator(".svg-layer").GetByText(" mm").First).ToBeVisibleAsync();
    }

    /// <summary>Each in another syntax: they are five series of one study.</summary>
    [Fact]
    public async Task Compressed_mammograms_are_decoded()
    {
        OpenedViewer.Require();
        await using var other = await TestServer.StartAsync();
        (string View, string Syntax)[] views =
        [
            ("CC", "1.2.840.10008.1.2.4.70"), // JPEG, lossless
            ("MLO", "1.2.840.10008.1.2.4.80"), // JPEG-LS
            ("ML", "1.2.840.10008.1.2.4.90"), // JPEG 2000
            ("XCCL", "1.2.840.10008.1.2.4.201"), // HTJ2K
            ("CV", "1.2.840.10008.1.2.5"), // RLE
        ];
        string study = "";
        foreach (var (view, syntax) in views)
        {
            var mammogram = Specimens.Mammogram("L", view);
            study = mammogram.Get<string>(Tags.StudyInstanceUID);
            await other.StoreAsync([await RecodedAsync(mammogram, syntax)]);
        }
        await using var viewer = await OpenedViewer.OpenAsync(chromium, other.Address, study);
        await viewer.WaitForImagesAsync();

        foreach (var (view, _) in views)
        {
            await viewer.ShowAsync("L " + view);
            await viewer.WaitForSeriesAsync("L " + view);
            await viewer.WaitForImagesAsync();
        }
    }

    private static async Task<byte[]> RecodedAsync(DataSet dataSet, string syntax)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".dcm");
        try
        {
            using var file = new DicomFile(dataSet.Freeze(), TransferSyntax.ExplicitVRLittleEndian);
            await Transcoder.TranscodeAsync(file, path, new TranscodeOptions(TransferSyntax.Of(Uid.Parse(syntax))));
            return await File.ReadAllBytesAsync(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task What_the_viewer_has_no_viewport_for_is_a_picture_that_says_so()
    {
        await using var viewer = await OpenedViewer.OpenAsync(chromium, server.Address, StudyOf(Specimens.Ecg()));

        var picture = viewer.Page.Locator("[data-cy=picture-of-object]");
        await Expect(picture).ToContainTextAsync("does not show objects of this kind (ECG)");
        Assert.True(await PortalPage.ShadesAsync(picture.Locator("img")) > 1);
    }

    [Fact]
    public async Task An_image_whose_header_contradicts_its_pixels_is_no_picture_but_the_reason()
    {
        await using var viewer = await OpenedViewer.OpenAsync(chromium, server.Address, StudyOf(Specimens.Contradicting()));

        await Expect(viewer.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("the pixel data have 4096 bytes, but one frame of 128 × 128 pixels needs 16384");
    }

    [Fact]
    public async Task A_whole_slide_is_shown()
    {
        await using var viewer = await OpenedViewer.OpenAsync(chromium, server.Address, Specimens.Slide(256).Get<string>(Tags.StudyInstanceUID));

        await viewer.Page.WaitForFunctionAsync("""
            () => [...document.querySelectorAll('[data-cy=viewport-grid] canvas')].some(canvas => {
              if (!canvas.width || canvas.classList.contains('cornerstone-canvas')) return false;
              const paper = document.createElement('canvas');
              paper.width = canvas.width;
              paper.height = canvas.height;
              const context = paper.getContext('2d');
              context.drawImage(canvas, 0, 0);
              return new Set(new Uint32Array(context.getImageData(0, 0, paper.width, paper.height).data.buffer)).size > 20;
            })
            """, null, new() { Timeout = 90_000 });
    }

    [Fact]
    public async Task A_video_is_played()
    {
        OpenedViewer.Require();
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "clip.mp4");
        var made = await ForeignTool.RunAsync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=2", "-c:v", "libx264", "-pix_fmt", "yuv420p", path]);
        Assert.Equal(0, made.ExitCode);
        var wrapper = new ObjectWrapper(new WrapOptions { Title = "Clip", Like = new DataSet().Set(Tags.PatientName, "Video^Vera").Set(Tags.StudyInstanceUID, "2.25.7") });
        using var file = wrapper.Wrap(await File.ReadAllBytesAsync(path));
        await server.Server.StoreAsync([file.ToArray()]);

        await using var viewer = await OpenedViewer.OpenAsync(chromium, server.Address, "2.25.7");

        await viewer.WaitForColourAsync();
    }

    [Fact]
    public async Task What_is_typed_into_the_list_of_the_viewer_stays_out_of_addresses_and_storage()
    {
        OpenedViewer.Require();
        await using var portal = await chromium.OpenAsync(new Uri(server.Address, "viewer/"));
        List<string> addresses = [];
        portal.Page.Request += (_, request) => addresses.Add(request.Url);
        await Expect(portal.Page.GetByText("Slide, Sina")).ToBeVisibleAsync(new() { Timeout = 90_000 });

        await portal.Page.GetByRole(AriaRole.Textbox).First.FillAsync("Hanna");
        await Expect(portal.Page.GetByText("Slide, Sina")).ToHaveCountAsync(0);
        await Expect(portal.Page.GetByText("Heart, Hanna")).ToBeVisibleAsync();

        string kept = await portal.Page.EvaluateAsync<string>("() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, location.href])");
        Assert.DoesNotContain("Hanna", kept, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(addresses, address => address.Contains("Hanna", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("Hanna", server.Server.Log, StringComparison.OrdinalIgnoreCase);
    }

    private static string StudyOf(byte[] bytes)
    {
        using var file = DicomFile.Read(bytes);
        return file.DataSet.Get<string>(Tags.StudyInstanceUID);
    }
}
