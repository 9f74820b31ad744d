using System.Globalization;
using System.IO.Pipelines;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>DICOMweb with curl, as its documentation would show it.</summary>
public sealed class CurlTests
{
    [Fact]
    public async Task Curl_stores_a_form_of_files_finds_them_and_gets_them_back()
    {
        ForeignTool.Require("curl");
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        string root = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.HttpPort}/dicom-web");
        byte[][] sent = [SampleObject.ToFile(SampleObject.Create("1.1", "1.1.1", "1.1.1.1")), SampleObject.ToFile(SampleObject.Create("1.1", "1.1.1", "1.1.1.2", number: 2))];
        for (int i = 0; i < sent.Length; i++) await File.WriteAllBytesAsync(folder[$"{i}.dcm"], sent[i], IsocenterProcess.Cancel);

        var stow = await CurlAsync("-w", "%{http_code}", "-o", folder["stow.json"], "-H", "Content-Type: multipart/related; type=\"application/dicom\"",
            "-F", $"a=@{folder["0.dcm"]};type=application/dicom", "-F", $"b=@{folder["1.dcm"]};type=application/dicom", root + "/studies");
        Assert.Equal("200", stow.Output.Trim());

        var search = await CurlAsync("-H", "Accept: application/dicom+json", root + "/instances?StudyInstanceUID=1.1&PatientName=M%C3%BCl*&includefield=PatientName");
        Assert.Equal(2, DicomJson.ReadArray(System.Text.Encoding.UTF8.GetBytes(search.Output)).Count);

        await CurlAsync("-D", folder["headers"], "-o", folder["study"], "-H", "Accept: multipart/related; type=\"application/dicom\"", root + "/studies/1.1");
        string contentType = (await File.ReadAllLinesAsync(folder["headers"], IsocenterProcess.Cancel)).Single(l => l.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase))[13..];
        Assert.True(MediaType.TryParse(contentType, out var type));
        await using var body = File.OpenRead(folder["study"]);
        var reader = new MultipartReader(PipeReader.Create(body), type["boundary"]);
        for (int i = 0; i < sent.Length; i++)
        {
            Assert.NotNull(await reader.NextPartAsync(IsocenterProcess.Cancel));
            using var part = new MemoryStream();
            await using (var stream = new PartStream(reader)) await stream.CopyToAsync(part, IsocenterProcess.Cancel);
            Assert.Equal(IsocenterProcess.DataSetOf(sent[i]), IsocenterProcess.DataSetOf(part.ToArray()));
        }
        Assert.Null(await reader.NextPartAsync(IsocenterProcess.Cancel));

        var picture = await CurlAsync("-o", folder["picture.jpg"], "-w", "%{content_type}", root + "/studies/1.1/series/1.1.1/instances/1.1.1.1/rendered");
        Assert.Equal("image/jpeg", picture.Output.Trim());
        var metadata = await CurlAsync(root + "/studies/1.1/metadata");
        Assert.Equal(2, DicomJson.ReadArray(System.Text.Encoding.UTF8.GetBytes(metadata.Output)).Count);
    }

    [Fact]
    public async Task Curl_posts_a_body_that_was_prepared_in_pieces()
    {
        ForeignTool.Require("curl");
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        var dataSet = SampleObject.Create();
        byte[] body = [.. "--x\r\nContent-Type: application/dicom\r\n\r\n"u8, .. SampleObject.ToFile(dataSet), .. "\r\n--x--"u8];
        await File.WriteAllBytesAsync(folder["body"], body, IsocenterProcess.Cancel);

        var stow = await CurlAsync("-w", "%{http_code}", "-o", folder["stow.json"], "-H", "Transfer-Encoding: chunked", "-H", "Content-Type: multipart/related; type=\"application/dicom\"; boundary=x",
            "--data-binary", "@" + folder["body"], string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.HttpPort}/dicom-web/studies"));

        Assert.Equal("200", stow.Output.Trim());
        Assert.Equal(DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian), await server.FetchDataSetAsync(dataSet));
    }

    private static async Task<ToolResult> CurlAsync(params string[] arguments) => (await ForeignTool.RunAsync("curl", ["-sS", .. arguments])).AssertSuccess();
}
