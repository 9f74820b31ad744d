using System.Net;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class WadoUriTests
{
    private const string Address = "wado?requestType=WADO&studyUID=1.1&seriesUID=1.1.1&objectUID=1.1.1.1";

    [Theory]
    [InlineData("", null, "image/jpeg")]
    [InlineData("&contentType=image/png", null, "image/png")]
    [InlineData("&contentType=image%2Fgif", "text/html", "image/gif")]
    [InlineData("&contentType=application/dicom", null, "application/dicom")]
    [InlineData("&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.1", null, "application/dicom")]
    [InlineData("&frameNumber=2&rows=8&columns=8&region=0,0,0.5,0.5&windowCenter=100&windowWidth=50&imageQuality=50", null, "image/jpeg")]
    [InlineData("", "image/png", "image/png")]
    public async Task An_instance_comes_as_a_file_or_as_a_picture(string parameters, string? accept, string expected)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync(Address + parameters, accept);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(expected, answer.Content.Headers.ContentType?.MediaType);
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(answer.Content.Headers.ContentLength, bytes.Length);
        if (expected != "application/dicom") return;
        using var file = DicomFile.Read(bytes);
        Assert.Equal("1.1.1.1", file.DataSet.Get<string>(Tags.SOPInstanceUID));
    }

    [Theory]
    [InlineData("wado?studyUID=1.1&seriesUID=1.1.1&objectUID=1.1.1.1", HttpStatusCode.BadRequest)]
    [InlineData("wado?requestType=QIDO&studyUID=1.1&seriesUID=1.1.1&objectUID=1.1.1.1", HttpStatusCode.BadRequest)]
    [InlineData("wado?requestType=WADO&studyUID=1.1&seriesUID=1.1.1", HttpStatusCode.BadRequest)]
    [InlineData("wado?requestType=WADO&studyUID=1.1&seriesUID=1.1.1&objectUID=x", HttpStatusCode.BadRequest)]
    [InlineData("wado?requestType=WADO&studyUID=1.1&seriesUID=1.1.1&objectUID=1.9", HttpStatusCode.NotFound)]
    [InlineData(Address + "&contentType=text/html", HttpStatusCode.NotAcceptable)]
    [InlineData(Address + "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.50", HttpStatusCode.NotAcceptable)]
    [InlineData(Address + "&anonymize=yes", HttpStatusCode.NotAcceptable)]
    [InlineData(Address + "&anonymize=no", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&contentType=application/dicom&frameNumber=1", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&transferSyntax=1.2.840.10008.1.2.1", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&frameNumber=0", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&frameNumber=9", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&frameNumber=1&frameNumber=2", HttpStatusCode.BadRequest)]
    [InlineData(Address + "2&frameNumber=1", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&contentType=multipart/related", HttpStatusCode.NotAcceptable)]
    [InlineData(Address + "&contentType=application/dicom&transferSyntax=x", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&contentType=application/dicom&transferSyntax=1.2.3", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.1&transferSyntax=1.2.840.10008.1.2.1", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2", HttpStatusCode.NotAcceptable)]
    [InlineData(Address + "&presentationSeriesUID=1.1.2&presentationUID=1.1.2.1", HttpStatusCode.NotFound)]
    [InlineData(Address + "&presentationSeriesUID=1.1.2&presentationUID=1.1.2.1&windowCenter=1&windowWidth=2", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&presentationSeriesUID=1.1.2&presentationUID=1.1.2.1&region=0,0,1,1", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&rows=0", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&windowCenter=1", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&region=0,0,2,1", HttpStatusCode.BadRequest)]
    [InlineData(Address + "&imageQuality=101", HttpStatusCode.BadRequest)]
    public async Task What_makes_no_sense_is_refused(string path, HttpStatusCode expected)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync(path);

        Assert.Equal(expected, answer.StatusCode);
    }

    private static async Task<TestServer> FilledAsync()
    {
        var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 3));
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.12"));
        return server;
    }
}
