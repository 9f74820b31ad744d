using System.Net;
using System.Net.Http.Headers;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class NonPatientTests
{
    private const string Root = "dicom-web/hanging-protocols";

    [Fact]
    public async Task What_is_stored_is_found_and_retrieved_also_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();

        using var stored = await PostAsync(server, Root, Protocol("1.2.1", "CHEST"));
        using var second = await PostAsync(server, Root + "/1.2.2", Protocol("1.2.2", "HEAD"));
        using var again = await PostAsync(server, Root, Protocol("1.2.1", "CHEST"));
        await server.RestartAsync();

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK], new[] { stored, second, again }.Select(a => a.StatusCode));
        Assert.Equal(2, (await server.GetJsonAsync(Root)).Count);
        var found = Assert.Single(await server.GetJsonAsync(Root + "?HangingProtocolName=CH*"));
        Assert.Equal("1.2.1", found.Get<string>(Tags.SOPInstanceUID));
        Assert.EndsWith("/dicom-web/hanging-protocols/1.2.1", found.Get<string>(Tags.RetrieveURL), StringComparison.Ordinal);
        using var file = await server.GetAsync(Root + "/1.2.1", "application/dicom");
        using var read = DicomFile.Read(await file.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal("CHEST", read.DataSet.Get<string>(Tags.HangingProtocolName));
        Assert.Equal("CHEST", Assert.Single(await server.GetJsonAsync(Root + "/1.2.1")).Get<string>(Tags.HangingProtocolName));
    }

    [Theory]
    [InlineData("application/dicom+json")]
    [InlineData("application/dicom+xml")]
    public async Task They_are_stored_as_json_and_xml_too(string type)
    {
        await using var server = await TestServer.StartAsync();
        using var file = DicomFile.Read(Protocol("1.2.1", "CHEST"));
        byte[] text = type.EndsWith("json", StringComparison.Ordinal) ? DicomJson.ToUtf8Bytes(file.DataSet) : DicomXml.ToUtf8Bytes(file.DataSet);

        using var stored = await PostAsync(server, Root, text, type);
        using var nonsense = await PostAsync(server, Root, "{"u8.ToArray(), type);

        Assert.Equal(HttpStatusCode.OK, stored.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
        Assert.Equal("CHEST", Assert.Single(await server.GetJsonAsync(Root)).Get<string>(Tags.HangingProtocolName));
    }

    [Fact]
    public async Task What_does_not_belong_here_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var first = await PostAsync(server, Root, Protocol("1.2.1", "CHEST"));

        using var other = await PostAsync(server, Root, Protocol("1.2.1", "OTHER"));
        using var elsewhere = await PostAsync(server, Root + "/1.2.9", Protocol("1.2.3", "HEAD"));
        using var palette = await PostAsync(server, "dicom-web/color-palettes", Protocol("1.2.4", "HEAD"));
        using var image = await PostAsync(server, Root, SampleObject.ToFile(SampleObject.Create()));
        using var nonsense = await PostAsync(server, Root, "no DICOM"u8.ToArray());
        using var text = await PostAsync(server, Root, "x"u8.ToArray(), "text/plain");
        using var missing = await server.GetAsync(Root + "/1.2.9");
        using var wrongCategory = await server.GetAsync("dicom-web/color-palettes/1.2.1");
        using var none = await server.GetAsync("dicom-web/color-palettes");

        Assert.All(new[] { other, elsewhere, palette, image }, a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, text.StatusCode);
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NoContent], new[] { missing, wrongCategory, none }.Select(a => a.StatusCode));
        Assert.Single(await server.GetJsonAsync(Root));
    }

    [Theory]
    [InlineData("/1.2.1", null, "application/dicom+json")]
    [InlineData("/1.2.1", "*/*", "application/dicom+json")]
    [InlineData("/1.2.1", "application/dicom", "application/dicom")]
    [InlineData("/1.2.1", "multipart/related; type=\"application/dicom\"", "multipart/related")]
    [InlineData("/1.2.1", "multipart/related; type=\"application/dicom+xml\"", "multipart/related")]
    [InlineData("", null, "application/dicom+json")]
    [InlineData("", "multipart/related; type=\"application/dicom+xml\"", "multipart/related")]
    public async Task They_come_in_the_media_types_that_the_standard_wants(string resource, string? accept, string expected)
    {
        await using var server = await TestServer.StartAsync();
        using var stored = await PostAsync(server, Root, Protocol("1.2.1", "CHEST"));

        using var answer = await server.GetAsync(Root + resource, accept);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(expected, answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("CHEST", await answer.Content.ReadAsStringAsync(TestServer.Cancel), StringComparison.Ordinal);
    }

    private static byte[] Protocol(string uid, string name) => SampleObject.ToFile(new DataSet()
        .Set(Tags.SOPClassUID, SopClasses.HangingProtocolStorage).Set(Tags.SOPInstanceUID, uid).Set(Tags.HangingProtocolName, name));

    private static async Task<HttpResponseMessage> PostAsync(TestServer server, string path, byte[] body, string type = "application/dicom")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await server.Http.PostAsync(path, content, TestServer.Cancel);
    }
}
