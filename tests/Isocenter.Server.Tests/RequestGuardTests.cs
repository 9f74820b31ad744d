using System.Net;
using System.Text.Json;

namespace Isocenter.Server.Tests;

public sealed class RequestGuardTests
{
    [Theory]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.evil.example:8080", HttpStatusCode.MisdirectedRequest)]
    [InlineData("10.0.0.1", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost:1234", HttpStatusCode.OK)]
    [InlineData("[::1]:1234", HttpStatusCode.OK)]
    public async Task On_loopback_only_requests_meant_for_this_machine_are_answered(string host, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "healthz");
        request.Headers.Host = host;

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task A_page_of_another_site_cannot_change_anything(string origin)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/demo");
        request.Headers.Add("Origin", origin);

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_page_of_our_own_may_store()
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "dicom-web/studies");
        request.Headers.Add("Origin", server.Root.GetLeftPart(UriPartial.Authority));

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);   // let through, and then it had no body
    }

    [Theory]
    [InlineData("")]
    [InlineData("healthz")]
    [InlineData("no/such/page")]
    public async Task Every_answer_keeps_pages_in_their_place(string path)
    {
        await using var server = await TestServer.StartAsync();

        using var answer = await server.GetAsync(path);

        string policy = string.Join(';', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("nosniff", answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task The_server_says_that_it_lives_and_that_it_can_write()
    {
        await using var server = await TestServer.StartAsync();

        using var live = await server.GetAsync("healthz");
        using var ready = await server.GetAsync("readyz");

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        using var json = JsonDocument.Parse(await ready.Content.ReadAsStringAsync(TestServer.Cancel));
        Assert.Equal("ready", json.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Without_space_the_server_is_not_ready_and_refuses_objects()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { MinFreeSpace = long.MaxValue });

        using var ready = await server.GetAsync("readyz");
        var status = await server.StoreAsync(Testing.SampleObject.Create());
        using var stow = await server.StowAsync("dicom-web/studies", Testing.SampleObject.ToFile(Testing.SampleObject.Create()));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(0xA700, status.Code);
        Assert.Equal(HttpStatusCode.InsufficientStorage, stow.StatusCode);
    }
}
