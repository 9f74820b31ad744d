using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Isocenter.Browser.Tests;

public sealed class StudyListTests(Chromium chromium, LoadedServer server) : IClassFixture<LoadedServer>
{
    [Fact]
    public async Task List_shows_the_newest_first_and_turns_its_pages()
    {
        await using var portal = await chromium.OpenAsync(server.Address);

        await Expect(portal.Rows).ToHaveCountAsync(50);
        await Expect(portal.Rows.First).ToContainTextAsync("Phantom, Isocenter");
        await Expect(portal.Page.Locator(".pager")).ToContainTextAsync("1–50 of 71 studies");

        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Older studies" }).ClickAsync();

        await Expect(portal.Rows).ToHaveCountAsync(21);
        await Expect(portal.Page.Locator(".pager")).ToContainTextAsync("51–71 of 71 studies");
        await Expect(portal.Page.GetByRole(AriaRole.Button, new() { Name = "Older studies" })).ToBeDisabledAsync();
        portal.AssertNoComplaints();
    }

    [Theory]
    [InlineData("nguy", "Nguyen")]
    [InlineData("ISO-DEMO-0001", "Phantom, Isocenter")]
    [InlineData("ISO-DEMO-A0001", "Phantom, Isocenter")]
    [InlineData("Isocenter Phantom", "Phantom, Isocenter")]
    [InlineData("phantom, iso", "Phantom, Isocenter")]
    [InlineData("P104233", "Müller, Maria")]
    public async Task One_box_finds_names_identifiers_and_accession_numbers(string words, string expected)
    {
        await using var portal = await chromium.OpenAsync(server.Address);
        await Expect(portal.Rows).ToHaveCountAsync(50);

        await portal.Page.GetByRole(AriaRole.Searchbox).FillAsync(words);

        await Expect(portal.Rows).Not.ToHaveCountAsync(50);
        foreach (var row in await portal.Rows.AllAsync()) await Expect(row).ToContainTextAsync(expected);
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Filters_by_modality_and_by_date_join_the_words()
    {
        await using var portal = await chromium.OpenAsync(server.Address);
        await Expect(portal.Rows).ToHaveCountAsync(50);

        await portal.Page.GetByLabel("Modality").SelectOptionAsync("MG");
        await Expect(portal.Rows).Not.ToHaveCountAsync(50);
        foreach (var row in await portal.Rows.AllAsync()) await Expect(row.Locator(".badge")).ToHaveTextAsync("MG");

        await portal.Page.GetByLabel("Modality").SelectOptionAsync("");
        await portal.Page.GetByLabel("Study date").SelectOptionAsync("own");
        await portal.Page.GetByLabel("From", new() { Exact = true }).FillAsync("2025-03-12");
        await portal.Page.GetByLabel("To", new() { Exact = true }).FillAsync("2025-03-12");
        await Expect(portal.Rows).ToHaveCountAsync(3);
        foreach (var row in await portal.Rows.AllAsync()) await Expect(row).ToContainTextAsync("12 Mar 2025");
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Search_without_a_match_offers_the_way_back()
    {
        await using var portal = await chromium.OpenAsync(server.Address);

        await portal.Page.GetByRole(AriaRole.Searchbox).FillAsync("nobody of that name");
        await Expect(portal.Page.GetByText("No study matches this search.")).ToBeVisibleAsync();
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Clear the search" }).ClickAsync();

        await Expect(portal.Rows).ToHaveCountAsync(50);
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Keys_lead_from_the_search_to_a_study_and_back()
    {
        await using var portal = await chromium.OpenAsync(server.Address);
        await Expect(portal.Rows).ToHaveCountAsync(50);
        var keys = portal.Page.Keyboard;

        await keys.PressAsync("/");
        await Expect(portal.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("ArrowDown");
        await Expect(portal.Rows.Nth(1).Locator("td.patient a")).ToBeFocusedAsync();
        await keys.PressAsync("ArrowUp");
        await keys.PressAsync("Enter");
        await Expect(portal.Study).ToBeFocusedAsync();
        await Expect(portal.Study.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Phantom, Isocenter");
        await keys.PressAsync("Escape");
        await Expect(portal.Study).ToHaveCountAsync(0);
        await Expect(portal.Rows.First.Locator("td.patient a")).ToBeFocusedAsync();
        portal.AssertNoComplaints();
    }

    [Fact]
    public async Task Nothing_about_patients_stays_in_the_address_or_in_the_browser()
    {
        await using var portal = await chromium.OpenAsync(server.Address);
        await portal.Page.GetByRole(AriaRole.Searchbox).FillAsync("phantom");
        await Expect(portal.Rows).ToHaveCountAsync(1);
        await portal.OpenStudyAsync("Phantom");

        Assert.Matches(new Regex("/#/studies/[0-9.]+$"), portal.Page.Url);
        Assert.Equal("0 0 ", await portal.Page.EvaluateAsync<string>("`${localStorage.length} ${sessionStorage.length} ${document.cookie}`"));
    }

    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task Every_control_has_a_name(int width)
    {
        await using var portal = await chromium.OpenAsync(server.Address, width);
        await portal.OpenStudyAsync("Phantom");
        await portal.Page.GetByRole(AriaRole.Button, new() { Name = "Upload" }).ClickAsync();

        string[] nameless = await portal.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('a, button, input, select, progress')]
              .filter(one => one.checkVisibility() && !(one.getAttribute('aria-label') || one.labels?.[0]?.innerText.trim() || one.innerText?.trim()))
              .map(one => one.outerHTML)
            """);

        Assert.Empty(nameless);
    }
}
