using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Isocenter.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Isocenter.Browser.Tests;

public sealed class UploadTests(Chromium chromium)
{
    private static readonly Roster.Patient s_patient = new("Upload^Ursula", "U-1", "19800101", "F", "20250401", "101500", "OT", "Uploaded by hand", "U-ACC-1");

    [Fact]
    public async Task Chosen_file_is_stored_and_its_study_appears()
    {
        await using var server = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(server.Address);

        await ChooseAsync(portal, File("image.dcm", Roster.Object(s_patient)));

        await Expect(portal.Uploads).ToContainTextAsync("1 of 1 file stored");
        await Expect(portal.Rows).ToHaveCountAsync(1);
        await portal.Uploads.GetByRole(AriaRole.Link, new() { Name = "Open the study" }).ClickAsync();
        await Expect(portal.Study.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Upload, Ursula");
        Assert.True(await PortalPage.ShadesAsync(portal.Thumbnails.First) > 20);
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task File_that_is_not_DICOM_is_refused_with_the_reason_beside_those_that_are_stored()
    {
        await using var server = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(server.Address);

        await ChooseAsync(portal,
            File("image.dcm", Roster.Object(s_patient)),
            File("letter.txt", Encoding.UTF8.GetBytes("Dear colleague, thank you for sending us the patient.")),
            File("Thumbs.db", [1, 2, 3]));

        await Expect(portal.Uploads).ToContainTextAsync("1 of 2 files stored · 1 refused · 1 left out");
        var refused = portal.Uploads.Locator("li.refused");
        await Expect(refused).ToContainTextAsync("letter.txt");
        await Expect(refused.Locator(".reason")).ToHaveTextAsync(new Regex("not a DICOM file"));
        portal.AssertNoComplaints(expected: "400");
    }

    [Fact]
    public async Task Many_files_arrive_all_of_them()
    {
        await using var server = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(server.Address);

        await ChooseAsync(portal, [.. Roster.Create(60).Select((bytes, i) => File($"{i}.dcm", bytes))]);

        await Expect(portal.Uploads).ToContainTextAsync("60 of 60 files stored");
        await Expect(portal.Page.Locator(".foot")).ToContainTextAsync("60 studies");
        await Expect(portal.Page.Locator(".pager")).ToContainTextAsync("1–50 of 60 studies");
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task A_ZIP_of_a_CD_is_opened_and_what_is_damaged_in_it_is_told()
    {
        await using var server = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(server.Address);
        byte[][] objects = [.. Roster.Create(3)];
        using var disc = new MemoryStream();
        using (var zip = new ZipArchive(disc, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content, level) in new[]
            {
                ("DICOMDIR", [1, 2, 3], CompressionLevel.Optimal), ("DICOM/IM1", objects[0], CompressionLevel.Optimal), ("DICOM/IM2", objects[1], CompressionLevel.NoCompression),
                ("DICOM/IM3", objects[2], CompressionLevel.Fastest), ("README.TXT", Encoding.UTF8.GetBytes("not an image"), CompressionLevel.Optimal),
            })
            {
                using var member = zip.CreateEntry(path, level).Open();
                member.Write(content);
            }
        }

        await ChooseAsync(portal, File("disc.zip", disc.ToArray()), File("half.zip", disc.ToArray()[..200]));

        await Expect(portal.Uploads).ToContainTextAsync("3 of 5 files stored · 2 refused · 1 left out");
        await Expect(portal.Uploads.Locator("li.refused").Filter(new() { HasText = "disc.zip/README.TXT" }).Locator(".reason")).ToHaveTextAsync(new Regex("not a DICOM file"));
        await Expect(portal.Uploads.Locator("li.refused").Filter(new() { HasText = "half.zip" }).Locator(".reason")).ToHaveTextAsync("This is not a whole ZIP file.");
        await Expect(portal.Rows).ToHaveCountAsync(3);
        portal.AssertNoComplaints(expected: "400");
    }

    /// <summary>Dragged as a person does it: the browser opens the folder and the file itself.</summary>
    [Fact]
    public async Task A_CD_and_a_ZIP_that_are_dropped_on_the_page_are_stored()
    {
        byte[][] objects = [.. Roster.Create(3)];
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["CD/DICOM"]);
        await System.IO.File.WriteAllBytesAsync(folder["CD/DICOMDIR"], [1, 2, 3]);
        await System.IO.File.WriteAllBytesAsync(folder["CD/DICOM/IM1"], objects[0]);
        await System.IO.File.WriteAllBytesAsync(folder["CD/DICOM/IM2"], objects[1]);
        using (var zip = ZipFile.Open(folder["more.zip"], ZipArchiveMode.Create))
        {
            using var member = zip.CreateEntry("images/IM3").Open();
            member.Write(objects[2]);
        }
        await using var server = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(server.Address);
        await Expect(portal.Page.Locator(".welcome")).ToBeVisibleAsync();
        var devTools = await portal.Page.Context.NewCDPSessionAsync(portal.Page);

        foreach (string step in new[] { "dragEnter", "dragOver", "drop" })
        {
            await devTools.SendAsync("Input.dispatchDragEvent", new()
            {
                ["type"] = step,
                ["x"] = 600,
                ["y"] = 400,
                ["data"] = new { items = Array.Empty<object>(), files = new[] { folder["CD"], folder["more.zip"] }, dragOperationsMask = 1 },
            });
        }

        await Expect(portal.Uploads).ToContainTextAsync("3 of 3 files stored · 1 left out");
        await Expect(portal.Rows).ToHaveCountAsync(3);
        portal.AssertNoComplaints();
    }

    private static async Task ChooseAsync(PortalPage portal, params FilePayload[] files)
    {
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Upload" }).ClickAsync();
        await portal.Uploads.Locator("[data-pick=files]").SetInputFilesAsync(files);
    }

    private static FilePayload File(string name, byte[] bytes) => new() { Name = name, MimeType = "application/octet-stream", Buffer = bytes };
}
