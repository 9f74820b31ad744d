using System.Net;
using System.Text.RegularExpressions;
using Isocenter.Dicom;
using Isocenter.Server.Portal;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Portal;

public sealed class ViewerTests
{
    [Theory]
    [InlineData("", null, "/viewer/")]
    [InlineData("/pacs", null, "/pacs/viewer/")]
    [InlineData("/pacs", "/hospital", "/hospital/pacs/viewer/")]
    [InlineData("", "/a\"b", "/viewer/")]
    public async Task The_viewer_finds_its_files_below_any_path(string pathBase, string? forwardedPrefix, string expected)
    {
        RequireViewer();
        await using var server = await TestServer.StartAsync(settings => settings with { PathBase = pathBase });
        server.Http.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-Prefix", forwardedPrefix);
        string below = pathBase.TrimStart('/') + (pathBase.Length > 0 ? "/" : "");

        string page = await server.Http.GetStringAsync(below + "viewer/viewer?StudyInstanceUIDs=1.2", TestServer.Cancel);
        string configuration = await server.Http.GetStringAsync(below + "viewer/app-config.js", TestServer.Cancel);

        Assert.Contains($"src=\"{expected}app-config.js\"", page, StringComparison.Ordinal);
        string files = Regex.Match(page, $"href=\"({expected}[0-9a-f]{{12}}/)app\\.bundle\\.css\"").Groups[1].Value;
        Assert.Contains($"window.PUBLIC_URL = \"{files}\"", configuration, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page + configuration, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_of_the_viewer_is_kept_by_browsers_and_comes_unpacked_to_who_cannot()
    {
        RequireViewer();
        await using var server = await TestServer.StartAsync();
        string page = await server.Http.GetStringAsync("viewer/", TestServer.Cancel);
        string bundle = Regex.Match(page, "href=\"/(viewer/[0-9a-f]{12}/app\\.bundle\\.[0-9a-f]+\\.js)\"").Groups[1].Value;

        using var plain = await server.Http.GetAsync(bundle, TestServer.Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, bundle);
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var packed = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal("text/javascript", plain.Content.Headers.ContentType?.MediaType);
        Assert.True(plain.Headers.CacheControl?.MaxAge > TimeSpan.FromDays(300));
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal("gzip", Assert.Single(packed.Content.Headers.ContentEncoding));
        Assert.True((await packed.Content.ReadAsByteArrayAsync(TestServer.Cancel)).Length < (await plain.Content.ReadAsByteArrayAsync(TestServer.Cancel)).Length / 3);
    }

    [Fact]
    public async Task Files_of_the_viewer_are_kept_only_under_the_path_of_their_version()
    {
        RequireViewer();
        await using var server = await TestServer.StartAsync();
        string page = await server.Http.GetStringAsync("viewer/", TestServer.Cancel);
        string bundle = Regex.Match(page, "href=\"/viewer/[0-9a-f]{12}/(app\\.bundle\\.[0-9a-f]+\\.js)\"").Groups[1].Value;

        foreach (string path in new[] { "viewer/" + bundle, "viewer/0123456789ab/" + bundle })
        {
            using var answer = await server.Http.GetAsync(path, TestServer.Cancel);
            Assert.True(answer.IsSuccessStatusCode);
            Assert.True(answer.Headers.CacheControl?.NoCache);
            Assert.NotNull(answer.Headers.ETag);
        }
    }

    [Fact]
    public async Task The_viewer_may_run_nothing_that_stands_in_a_page()
    {
        RequireViewer();
        await using var server = await TestServer.StartAsync();

        using var answer = await server.Http.GetAsync("viewer/", TestServer.Cancel);

        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self' 'wasm-unsafe-eval';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_of_the_viewer_is_missing_and_no_page()
    {
        await using var server = await TestServer.StartAsync();

        using var answer = await server.Http.GetAsync("viewer/1234.bundle.0.js", TestServer.Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    /// <summary>As the viewer sorts them: it shows the first of them first.</summary>
    [Theory]
    [InlineData(true, "1.1.1.3")]
    [InlineData(false, "1.1.1.1")]
    public async Task The_still_is_the_slice_at_the_far_end_of_a_stack_and_else_the_first(bool isStack, string expected)
    {
        RequireViewer();
        await using var server = await TestServer.StartAsync();
        for (int number = 1; number <= 3; number++)
        {
            var slice = SampleObject.Create("1.1", "1.1.1", $"1.1.1.{number}", number);
            if (isStack) slice.Set(Tags.ImageOrientationPatient, 1, 0, 0, 0, 1, 0).Set(Tags.ImagePositionPatient, 0.0, 0.0, number * 2.5);
            await server.StowAsync(slice);
        }

        string page = await server.Http.GetStringAsync("viewer/viewer?StudyInstanceUIDs=1.1", TestServer.Cancel);

        Assert.Contains($"/instances/{expected}/frames/1/thumbnail", page, StringComparison.Ordinal);
    }

    private static void RequireViewer()
    {
        if (!ViewerRoutes.IsBuiltIn) Assert.Skip("the server was built without the viewer (no Node, or no net)");
    }
}
