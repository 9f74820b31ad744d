using System.Net;
using System.Xml.Linq;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class CapabilitiesTests
{
    [Theory]
    [InlineData("dicom-web/", null)]
    [InlineData("dicom-web/studies", "application/vnd.sun.wadl+xml")]
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
