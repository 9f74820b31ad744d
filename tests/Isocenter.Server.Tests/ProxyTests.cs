using System.Net;
using Isocenter.Dicom;
using Isocenter.Server.Settings;
using Isocenter.Testing;

namespace Isocenter.Server.Tests;

public sealed class ProxyTests
{
    [Fact]
    public async Task Behind_a_proxy_on_this_machine_addresses_are_those_the_client_knows()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "dicom-web/studies");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "pacs.example:8443");
        request.Headers.Add("X-Forwarded-Prefix", "/imaging");

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        var study = Assert.Single(DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel)));
        Assert.Equal("https://pacs.example:8443/imaging/dicom-web/studies/1.1", study.Get<string>(Tags.RetrieveURL));
    }

    [Theory]
    [InlineData("for=192.0.2.60;proto=https;host=pacs.example", "https://pacs.example/")]
    [InlineData("proto=https;host=\"pacs.example:8443\", for=10.0.0.1;host=inner", "https://pacs.example:8443/")]
    [InlineData("Host=pacs.example", "http://pacs.example/")]
    [InlineData("host=evil/x", null)]
    [InlineData("nonsense;;=;host", null)]
    public async Task A_proxy_may_say_it_with_the_standard_header(string forwarded, string? expected)
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "dicom-web/studies");
        Assert.True(request.Headers.TryAddWithoutValidation("Forwarded", forwarded));

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        var study = Assert.Single(DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel)));
        Assert.Equal($"{expected ?? server.Root.ToString()}dicom-web/studies/1.1", study.Get<string>(Tags.RetrieveURL));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.0/24,2001:db8::/32", "::ffff:192.0.2.9", true)]
    [InlineData("192.0.2.0/24,2001:db8::/32", "2001:db8::1", true)]
    [InlineData("192.0.2.0/24", "198.51.100.1", false)]
    [InlineData("", "192.0.2.7", false)]
    public async Task Only_proxies_that_are_configured_are_believed(string setting, string peer, bool isBelieved)
    {
        var settings = SettingsReader.Read(environment: new Dictionary<string, string>(), commandLine: [new("http:trustedProxies", setting)]);
        var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        http.Request.Host = new Microsoft.AspNetCore.Http.HostString("inner");
        http.Request.Headers["X-Forwarded-Host"] = "pacs.example";

        await new Isocenter.Server.Http.BehindProxy(_ => Task.CompletedTask, settings.TrustedProxies).InvokeAsync(http);

        Assert.Equal(isBelieved ? "pacs.example" : "inner", http.Request.Host.Value);
    }

    [Theory]
    [InlineData("X-Forwarded-Host", "a b")]
    [InlineData("X-Forwarded-Host", "evil/x")]
    [InlineData("X-Forwarded-Prefix", "no-slash")]
    [InlineData("X-Forwarded-Proto", "gopher")]
    public async Task Nonsense_of_a_proxy_is_ignored(string name, string value)
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "dicom-web/studies");
        Assert.True(request.Headers.TryAddWithoutValidation(name, value));

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        var study = Assert.Single(DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel)));
        Assert.Equal($"{server.Root}dicom-web/studies/1.1", study.Get<string>(Tags.RetrieveURL));
    }

    [Fact]
    public async Task A_path_base_comes_before_everything()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { PathBase = "/pacs" });
        using var stored = await server.StowAsync("pacs/dicom-web/studies", SampleObject.ToFile(SampleObject.Create("1.1")));

        var study = Assert.Single(await server.GetJsonAsync("pacs/dicom-web/studies"));

        Assert.Equal($"{server.Root}pacs/dicom-web/studies/1.1", study.Get<string>(Tags.RetrieveURL));
    }

    [Fact]
    public async Task Pages_of_configured_origins_may_ask_and_store_and_others_may_not()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { CorsOrigins = ["https://viewer.example"] });

        using var preflight = await SendAsync(HttpMethod.Options, "https://viewer.example", preflight: true);
        using var search = await SendAsync(HttpMethod.Get, "https://viewer.example");
        using var store = await SendAsync(HttpMethod.Post, "https://viewer.example");
        using var stranger = await SendAsync(HttpMethod.Post, "https://evil.example");
        using var strangerSearch = await SendAsync(HttpMethod.Get, "https://evil.example");

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal("x-header", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Headers")));
        Assert.Equal("https://viewer.example", Assert.Single(search.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, store.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        Assert.False(strangerSearch.Headers.Contains("Access-Control-Allow-Origin"));

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string origin, bool preflight = false)
        {
            using var request = new HttpRequestMessage(method, "dicom-web/studies");
            request.Headers.Add("Origin", origin);
            if (preflight) request.Headers.Add("Access-Control-Request-Method", "POST");
            if (preflight) request.Headers.Add("Access-Control-Request-Headers", "x-header");
            return await server.Http.SendAsync(request, TestServer.Cancel);
        }
    }

    [Theory]
    [InlineData("http:pathBase", "pacs")]
    [InlineData("http:pathBase", "/pacs/")]
    [InlineData("http:corsOrigins", "viewer.example")]
    [InlineData("http:trustedProxies", "10.0.0.0/99")]
    [InlineData("http:trustedProxies", "proxy.example")]
    [InlineData("http:corsOrigins", "https://viewer.example/path")]
    public void A_setting_that_cannot_be_is_refused(string name, string value) =>
        Assert.Throws<SettingsException>(() => SettingsReader.Read(environment: new Dictionary<string, string>(), commandLine: [new(name, value)]));
}
