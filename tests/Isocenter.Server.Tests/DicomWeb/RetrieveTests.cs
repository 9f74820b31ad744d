using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class RetrieveTests
{
    private static readonly TransferSyntax Explicit = TransferSyntax.ExplicitVRLittleEndian;
    private static readonly TransferSyntax Jpeg2000 = TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.90"));

    [Theory]
    [InlineData("dicom-web/studies/1.1", 3)]
    [InlineData("dicom-web/studies/1.1/series/1.1.1", 2)]
    [InlineData("dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.2", 1)]
    public async Task Studies_series_and_instances_come_as_parts(string path, int expected)
    {
        await using var server = await TestServer.StartAsync();
        DataSet[] objects = [SampleObject.Create("1.1", "1.1.1", "1.1.1.1"), SampleObject.Create("1.1", "1.1.1", "1.1.1.2", number: 2), SampleObject.Create("1.1", "1.1.2", "1.1.2.1")];
        foreach (var o in objects) await server.StowAsync(o);

        using var answer = await server.GetAsync(path, "multipart/related; type=\"application/dicom\"");

        var parts = await PartsAsync(answer, "application/dicom");
        Assert.Equal(expected, parts.Count);
        foreach (var (headers, content) in parts)
        {
            Assert.Equal("application/dicom; transfer-syntax=1.2.840.10008.1.2.1", headers["content-type"]);
            using var file = DicomFile.Read(content);
            var sent = objects.Single(o => o.Get<string>(Tags.SOPInstanceUID) == file.DataSet.Get<string>(Tags.SOPInstanceUID));
            Assert.Equal(DataSetWriter.ToArray(sent, Explicit), TestServer.DataSetOf(content));
            Assert.EndsWith(TestServer.PathOf(sent), headers["content-location"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("dicom-web/studies/1.1", "application/dicom")]
    [InlineData("dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.1/frames/1", "application/octet-stream")]
    public async Task The_length_of_a_body_of_parts_is_named_beforehand_and_to_head(string path, string type)
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        await server.StowAsync(SampleObject.Create("1.1", "1.1.2", "1.1.2.1"));
        string accept = $"multipart/related; type=\"{type}\"";

        using var whole = await server.GetAsync(path, accept);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        Assert.True(request.Headers.TryAddWithoutValidation("Accept", accept));
        using var head = await server.Http.SendAsync(request, TestServer.Cancel);

        byte[] body = await whole.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Null(whole.Headers.TransferEncodingChunked);
        Assert.Equal(body.Length, whole.Content.Headers.ContentLength);
        Assert.Equal(body.Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestServer.Cancel));
    }

    [Fact]
    public async Task One_instance_comes_without_wrapping_when_that_is_asked_for()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync(TestServer.PathOf(dataSet), "application/dicom");

        Assert.StartsWith("application/dicom", answer.Content.Headers.ContentType?.ToString(), StringComparison.Ordinal);
        byte[] file = await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(answer.Content.Headers.ContentLength, file.Length);
        Assert.All(file[..128], b => Assert.Equal(0, b));
        Assert.Equal(DataSetWriter.ToArray(dataSet, Explicit), TestServer.DataSetOf(file));
    }

    [Theory]
    [InlineData("application/dicom; transfer-syntax=1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.1.99")]
    [InlineData("application/dicom; transfer-syntax=1.2.840.10008.1.2.4.110, application/dicom; transfer-syntax=1.2.840.10008.1.2.1.99;q=0.5", "1.2.840.10008.1.2.1.99")]
    [InlineData("application/dicom; transfer-syntax=1.2.840.10008.1.2, application/dicom; q=0.5", "1.2.840.10008.1.2.1")]
    [InlineData("application/dicom; transfer-syntax=*", "1.2.840.10008.1.2.1")]
    [InlineData("text/html, */*; q=0.1", "1.2.840.10008.1.2.1")]
    public async Task The_client_chooses_among_uncompressed_transfer_syntaxes(string accept, string expected)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync(TestServer.PathOf(dataSet), accept);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        byte[] file = answer.Content.Headers.ContentType?.MediaType == "multipart/related"
            ? (await PartsAsync(answer, "application/dicom"))[0].Content
            : await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        using var read = DicomFile.Read(file);
        Assert.Equal(expected, read.TransferSyntax.Uid.Value);
        Assert.Equal(DataSetWriter.ToArray(dataSet, Explicit), DataSetWriter.ToArray(read.DataSet, Explicit));
    }

    [Theory]
    [InlineData("application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50")]
    [InlineData("application/dicom; transfer-syntax=1.2.840.10008.1.2")]
    [InlineData("application/dicom; transfer-syntax=1.2.840.10008.1.2.2")]
    [InlineData("application/pdf")]
    public async Task What_cannot_be_made_is_not_acceptable(string accept)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync(TestServer.PathOf(dataSet), accept);

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2.2")]
    [InlineData("1.2.840.10008.1.2.1.99")]
    public async Task Objects_in_syntaxes_of_other_protocols_come_in_explicit_little_endian_or_as_they_are_stored(string stored)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet, TransferSyntax.Of(Uid.Parse(stored)));

        foreach (string accept in new[] { "application/dicom", "application/dicom; transfer-syntax=*" })
        {
            using var answer = await server.GetAsync(TestServer.PathOf(dataSet), accept);

            using var read = DicomFile.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
            Assert.Equal(accept.EndsWith('*') ? stored : "1.2.840.10008.1.2.1", read.TransferSyntax.Uid.Value);
            Assert.Equal(DataSetWriter.ToArray(dataSet, Explicit), DataSetWriter.ToArray(read.DataSet, Explicit));
        }
    }

    [Theory]
    [InlineData("dicom-web/studies/1.1", "application/dicom")]
    [InlineData("dicom-web/studies/1.1/series/1.1.1", "application/dicom; transfer-syntax=*")]
    [InlineData("dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.1/frames/1,2", "application/octet-stream")]
    public async Task A_type_of_one_body_is_not_enough_for_what_may_be_many(string path, string accept)
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 2));

        using var alone = await server.GetAsync(path, accept);
        using var parts = await server.GetAsync(path, $"{accept}, multipart/related; type=\"{accept.Split(';')[0]}\"; q=0.1");

        Assert.Equal(HttpStatusCode.NotAcceptable, alone.StatusCode);
        Assert.Equal("multipart/related", parts.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("dicom-web/studies/1.1", 2)]
    [InlineData("dicom-web/studies/1.1/series/1.1.1", 2)]
    [InlineData("dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.1", 1)]
    public async Task Objects_as_octets_are_their_bulk_data(string path, int expected)
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.2"));
        const string Octets = "multipart/related; type=\"application/octet-stream\"";

        using var objects = await server.GetAsync(path, Octets);
        using var bulkData = await server.GetAsync(path + "/bulkdata", Octets);

        var parts = await PartsAsync(objects, "application/octet-stream");
        Assert.Equal(expected, parts.Count);
        Assert.Equal((await PartsAsync(bulkData, "application/octet-stream")).Select(p => p.Content), parts.Select(p => p.Content));
        Assert.All(parts, p => Assert.EndsWith("/bulkdata/7FE00010", p.Headers["content-location"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_accept_parameter_cannot_have_is_looked_for_in_the_header()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);
        string path = TestServer.PathOf(dataSet) + "/rendered?accept=";

        using var byParameter = await server.GetAsync(path + "image/gif", "image/png");
        using var byHeader = await server.GetAsync(path + "text/html", "image/png");
        using var byAny = await server.GetAsync(path + "text/html", "*/*");
        using var none = await server.GetAsync(path + "text/html");

        Assert.Equal("image/gif", byParameter.Content.Headers.ContentType?.MediaType);
        Assert.Equal("image/png", byHeader.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotAcceptable, byAny.StatusCode);
        Assert.Equal(HttpStatusCode.NotAcceptable, none.StatusCode);
    }

    [Theory]
    [InlineData("dicom-web/studies/1.9")]
    [InlineData("dicom-web/studies/1.1/series/1.9")]
    [InlineData("dicom-web/studies/1.1/series/1.1.1/instances/1.9")]
    [InlineData("dicom-web/studies/1.9/metadata")]
    [InlineData("dicom-web/studies/1.1/series/1.1.1/instances/1.9/frames/1")]
    [InlineData("dicom-web/studies/1.1/series/1.1.1/instances/1.9/bulkdata/7FE00010")]
    [InlineData("dicom-web/studies/1.1/series/1.1.1/instances/1.9/rendered")]
    [InlineData("dicom-web/studies/1.9/thumbnail")]
    [InlineData("dicom-web/studies/1.2/series/1.1.1/instances/1.1.1.1")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));

        using var answer = await server.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Metadata_name_large_values_by_addresses_that_give_their_bytes()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create(size: 64);
        var item = new DataSet().SetBytes(Tags.EncapsulatedDocument, VR.OB, Enumerable.Range(0, 9000).Select(i => (byte)i).ToArray());
        dataSet.Set(Tags.ReferencedInstanceSequence, item);
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync(TestServer.PathOf(dataSet) + "/metadata");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        var instance = Assert.Single(json.RootElement.EnumerateArray().ToArray());

        string pixels = instance.GetProperty("7FE00010").GetProperty("BulkDataURI").GetString()!;
        string nested = instance.GetProperty("0008114A").GetProperty("Value")[0].GetProperty("00420011").GetProperty("BulkDataURI").GetString()!;
        Assert.True(dataSet.TryFind(Tags.PixelData, out var element));
        Assert.Equal(element.Bytes.ToArray(), await server.Http.GetByteArrayAsync(Raw(pixels), TestServer.Cancel));
        using var response = await server.GetAsync(nested, "application/octet-stream");
        Assert.True(item.TryFind(Tags.EncapsulatedDocument, out var document));
        Assert.Equal(document.Bytes.ToArray(), await response.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.False(instance.TryGetProperty("00020010", out _));

        static Uri Raw(string address) => new(address + "?accept=application/octet-stream");
    }

    [Theory]
    [InlineData("bulkdata/00100010", HttpStatusCode.OK)]
    [InlineData("bulkdata/00104000", HttpStatusCode.NotFound)]
    [InlineData("bulkdata/nonsense", HttpStatusCode.NotFound)]
    [InlineData("bulkdata/..%2F..%2Fetc", HttpStatusCode.NotFound)]
    [InlineData("frames/0", HttpStatusCode.BadRequest)]
    [InlineData("frames/one", HttpStatusCode.BadRequest)]
    [InlineData("frames/1,", HttpStatusCode.BadRequest)]
    [InlineData("frames/4", HttpStatusCode.NotFound)]
    [InlineData("frames/1,2,3,4", HttpStatusCode.NotFound)]
    [InlineData("frames/99999999999", HttpStatusCode.BadRequest)]
    [InlineData("frames/4/rendered", HttpStatusCode.NotFound)]
    public async Task Values_and_frames_that_are_not_there_are_refused(string path, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create(frames: 3);
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync($"{TestServer.PathOf(dataSet)}/{path}");

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.1")]
    [InlineData("1.2.840.10008.1.2.2")]
    [InlineData("1.2.840.10008.1.2")]
    public async Task Native_frames_come_as_little_endian_octets(string syntax)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create(frames: 3);
        await server.StowAsync(dataSet, TransferSyntax.Of(Uid.Parse(syntax)));

        using var answer = await server.GetAsync(TestServer.PathOf(dataSet) + "/frames/3,1", "multipart/related; type=\"application/octet-stream\"");

        var parts = await PartsAsync(answer, "application/octet-stream");
        Assert.True(dataSet.TryFind(Tags.PixelData, out var element));
        int length = 2 * SampleObject.Size * SampleObject.Size;
        Assert.Equal([element.Bytes.Slice(2 * length, length).ToArray(), element.Bytes[..length].ToArray()], parts.Select(p => p.Content));
    }

    [Theory]
    [InlineData("multipart/related; type=\"image/jp2\"", "image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90")]
    [InlineData("multipart/related; type=\"application/octet-stream\"; transfer-syntax=*", "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.90")]
    [InlineData("*/*", "image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90")]
    public async Task Encapsulated_frames_come_as_they_are(string accept, string contentType)
    {
        await using var server = await TestServer.StartAsync();
        byte[][] codeStreams = [[0xFF, 0x4F, 1, 2], [0xFF, 0x4F, 3, 4, 5, 6]];
        var dataSet = SampleObject.Create(frames: 2).SetFragments(Tags.PixelData, Fragments.FromFrames([.. codeStreams.Select(c => (ReadOnlyMemory<byte>)c)]));
        await server.StowAsync(dataSet, Jpeg2000);

        using var answer = await server.GetAsync(TestServer.PathOf(dataSet) + "/frames/1,2", accept);

        var parts = await PartsAsync(answer, contentType.Split(';')[0]);
        Assert.Equal(codeStreams, parts.Select(p => p.Content));
        Assert.All(parts, p => Assert.Equal(contentType, p.Headers["content-type"]));
    }

    [Fact]
    public async Task Encapsulated_frames_are_not_passed_off_as_uncompressed()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create().SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 0xFF, 0x4F, 1, 2 }]));
        await server.StowAsync(dataSet, Jpeg2000);

        using var frames = await server.GetAsync(TestServer.PathOf(dataSet) + "/frames/1", "multipart/related; type=\"application/octet-stream\"; transfer-syntax=1.2.840.10008.1.2.1");
        using var whole = await server.GetAsync(TestServer.PathOf(dataSet), "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");

        Assert.Equal(HttpStatusCode.NotAcceptable, frames.StatusCode);
        Assert.Equal(HttpStatusCode.NotAcceptable, whole.StatusCode);
    }

    [Theory]
    [InlineData("rendered", 16)]
    [InlineData("frames/2/rendered", 16)]
    [InlineData("thumbnail", 16)]
    [InlineData("rendered?viewport=8,8", 8)]
    [InlineData("rendered?window=100,50,linear", 16)]
    public async Task Pictures_are_png(string path, int width)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create(frames: 3);
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync($"{TestServer.PathOf(dataSet)}/{path}", "image/png");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("image/png", answer.Content.Headers.ContentType?.MediaType);
        byte[] png = await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
        Assert.Equal(width, png[19]);

        using var again = new HttpRequestMessage(HttpMethod.Get, $"{TestServer.PathOf(dataSet)}/{path}");
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        again.Headers.Accept.ParseAdd("image/png");
        using var unchanged = await server.Http.SendAsync(again, TestServer.Cancel);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [InlineData("rendered?viewport=0,5")]
    [InlineData("rendered?viewport=99999999,5")]
    [InlineData("rendered?window=1,2")]
    [InlineData("rendered?window=1,NaN,linear")]
    [InlineData("frames/x/rendered")]
    public async Task A_picture_that_cannot_be_is_a_bad_request(string path)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync($"{TestServer.PathOf(dataSet)}/{path}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<List<(IReadOnlyDictionary<string, string> Headers, byte[] Content)>> PartsAsync(HttpResponseMessage answer, string rootType)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(MediaType.TryParse(answer.Content.Headers.ContentType?.ToString(), out var type));
        Assert.Equal(("multipart/related", rootType), (type.Type, type["type"]));
        var reader = new MultipartReader(PipeReader.Create(await answer.Content.ReadAsStreamAsync(TestServer.Cancel)), type["boundary"]);
        var parts = new List<(IReadOnlyDictionary<string, string>, byte[])>();
        while (await reader.NextPartAsync(TestServer.Cancel) is { } headers)
        {
            using var content = new MemoryStream();
            await using (var part = new PartStream(reader)) await part.CopyToAsync(content, TestServer.Cancel);
            Assert.Equal(headers["content-length"], content.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            parts.Add((headers, content.ToArray()));
        }
        return parts;
    }
}
