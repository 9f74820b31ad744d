using Isocenter.Dicom;
using Isocenter.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Isocenter.Browser.Tests;

/// <summary>The pages about the server, and what can be done with a whole study.</summary>
public sealed class DeskPageTests(Chromium chromium)
{
    [Fact]
    public async Task A_study_is_deleted_and_brought_back_by_one_click()
    {
        await using var server = await TestServer.StartAsync();
        await server.LoadSampleAsync();
        await using var portal = await chromium.OpenAsync(server.Address);
        await portal.OpenStudyAsync("Phantom");

        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Download, send or delete" }).ClickAsync();
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Delete the study" }).ClickAsync();
        await Expect(portal.Page.GetByText("Deleted 66 objects.")).ToBeVisibleAsync();
        await Expect(portal.Rows).ToHaveCountAsync(0);
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await Expect(portal.Rows).ToHaveCountAsync(1);
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task A_conflict_is_looked_at_and_goes()
    {
        await using var server = await TestServer.StartAsync();
        await server.StoreAsync([Instance(1, "DOE^JOHN"), Instance(2, "SMITH^JANE")]);
        await using var portal = await chromium.OpenAsync(server.Address);
        await portal.Page.GetByRole(AriaRole.Link, new() { Name = "Server", Exact = true }).ClickAsync();
        await portal.Page.GetByRole(AriaRole.Link, new() { Name = "Conflicts", Exact = true }).ClickAsync();

        await Expect(portal.Page.GetByText("“DOE^JOHN” was known, “SMITH^JANE” came")).ToBeVisibleAsync();
        await portal.Page.GetByLabel("What was decided").FillAsync("scanner mended");
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Conflict 1 is looked at" }).ClickAsync();

        await Expect(portal.Page.GetByText("Nothing waits.")).ToBeVisibleAsync();
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Attributes_are_found_by_a_part_of_their_name_or_value()
    {
        await using var server = await TestServer.StartAsync();
        await server.LoadSampleAsync();
        await using var portal = await chromium.OpenAsync(server.Address);
        await portal.OpenStudyAsync("Phantom");

        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "All attributes" }).ClickAsync();
        await portal.Page.GetByPlaceholder("Search tags, names, values").FillAsync("0028,1050");

        var rows = portal.Page.Locator(".metadata tbody tr");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("Window Center");
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task The_page_of_the_server_tests_it_and_shows_who_called()
    {
        await using var server = await TestServer.StartAsync();
        await using var portal = await chromium.OpenAsync(server.Address);

        await portal.Page.GetByRole(AriaRole.Link, new() { Name = "Server", Exact = true }).ClickAsync();
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Test this server" }).ClickAsync();

        await Expect(portal.Page.GetByText("Good: DICOM answers")).ToBeVisibleAsync();
        await Expect(portal.Page.Locator(".calls").GetByText("SELFTEST")).ToBeVisibleAsync();
        foreach (string page in new[] { "Jobs", "Deleted", "Conflicts", "Numbers", "Settings" })
        {
            await portal.Page.GetByRole(AriaRole.Link, new() { Name = page, Exact = true }).ClickAsync();
            await Expect(portal.Page.GetByRole(AriaRole.Heading, new() { Name = page, Exact = true })).ToBeVisibleAsync();
        }
        portal.AssertNoComplaints();
    }

    private static byte[] Instance(int number, string name) =>
        new DicomFile(SampleObject.Create("1.2.6", "1.2.6.1", $"1.2.6.1.{number}", number).Set(Tags.PatientName, name), TransferSyntax.ExplicitVRLittleEndian).ToArray();
}
