using System.Net;
using System.Xml.Linq;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class CapabilitiesTests
{
    [Theory]
    [InlineData("dicom-web/", null)]
    [InlineData("dicom-web", "application/vnd.sun.wadl+xml")]
    public async Task Options_tell_what_can_be_asked_for(string path, string? accept)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/vnd.sun.wadl+xml", answer.Content.Headers.ContentType?.MediaType);
        var root = XDocument.Parse(await answer.Content.ReadAsStringAsync(TestServer.Cancel)).Root!;
        Assert.Equal("application", root.Name.LocalName);
        var resources = Assert.Single(root.Elements());
        Assert.Equal($"{server.Root}dicom-web", resources.Attribute("base")!.Value);
        Assert.Contains("studies", resources.Elements().Select(e => e.Attribute("path")!.Value));
        Assert.Contains("RetrieveStudyMetadata", resources.Descendants().Select(e => e.Attribute("id")?.Value));
    }

    [Theory]
    [InlineData("studies", "GET, HEAD, OPTIONS, POST", "SearchForStudies")]
    [InlineData("studies/1.1", "DELETE, GET, HEAD, OPTIONS, POST", "RetrieveStudy")]
    [InlineData("studies/1.1/series", "GET, HEAD, OPTIONS", "SearchForStudySeries")]
    [InlineData("studies/1.1/series/1.2/instances/1.3", "DELETE, GET, HEAD, OPTIONS", "RetrieveInstance")]
    [InlineData("studies/1.1/series/1.2/instances/1.3/frames/1", "GET, HEAD, OPTIONS", "RetrieveFrames")]
    [InlineData("studies/1.1/series/1.2/instances/1.3/bulkdata/7FE00010", "GET, HEAD, OPTIONS", "RetrieveBulkdata")]
    [InlineData("hanging-protocols", "GET, HEAD, OPTIONS, POST", "Search")]
    [InlineData("commitment-requests/1.1", "GET, HEAD, OPTIONS, POST", "RequestStorageCommitment")]
    public async Task Of_one_resource_they_tell_its_methods_and_what_is_below_it(string path, string allowed, string method)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, "dicom-web/" + path);

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(allowed, string.Join(", ", answer.Content.Headers.Allow));
        var resource = Assert.Single(Assert.Single(XDocument.Parse(await answer.Content.ReadAsStringAsync(TestServer.Cancel)).Root!.Elements()).Elements());
        Assert.Equal(path, resource.Attribute("path")!.Value);
        Assert.Contains(method, resource.Elements().Select(e => e.Attribute("id")?.Value));
        Assert.Equal(path is "studies" or "studies/1.1", resource.Descendants().Any(e => e.Attribute("id")?.Value == "RetrieveStudyMetadata"));
    }

    [Fact]
    public async Task What_is_no_resource_has_no_capabilities()
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, "dicom-web/nothing");

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Capabilities_in_another_type_are_not_acceptable()
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, "dicom-web/");
        request.Headers.Accept.ParseAdd("image/png");

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
    }
}
