using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Dicom.FileSets;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

/// <summary>What holds for every representation: validators, ranges, HEAD, compression, transfer syntaxes.</summary>
public sealed class RepresentationTests
{
    private const string Study = "dicom-web/studies/1.1";
    private const string Instance = Study + "/series/1.1.1/instances/1.1.1.1";
    private static readonly TransferSyntax Rle = TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.5"));

    [Theory]
    [InlineData(Instance, "application/dicom")]
    [InlineData(Study, "multipart/related; type=\"application/dicom\"")]
    [InlineData(Study + "/metadata", "application/dicom+json")]
    [InlineData(Instance + "/frames/1", "application/octet-stream")]
    [InlineData(Instance + "/bulkdata/7FE00010", "application/octet-stream")]
    [InlineData(Instance + "/rendered", "image/jpeg")]
    public async Task A_client_that_has_it_already_is_told_so(string path, string accept)
    {
        await using var server = await FilledAsync();
        using var first = await server.GetAsync(path, accept);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.NotNull(first.Content.Headers.LastModified);

        using var byTag = await ConditionalAsync(request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        using var byOther = await ConditionalAsync(request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\"")));
        using var byTime = await ConditionalAsync(request => request.Headers.IfModifiedSince = first.Content.Headers.LastModified);
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.9"));
        using var later = await ConditionalAsync(request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!));

        Assert.Equal(HttpStatusCode.NotModified, byTag.StatusCode);
        Assert.Equal(HttpStatusCode.OK, byOther.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, byTime.StatusCode);
        Assert.Equal(path.StartsWith(Instance, StringComparison.Ordinal) ? HttpStatusCode.NotModified : HttpStatusCode.OK, later.StatusCode);

        Task<HttpResponseMessage> ConditionalAsync(Action<HttpRequestMessage> condition)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            condition(request);
            return server.Http.SendAsync(request, TestServer.Cancel);
        }
    }

    [Theory]
    [InlineData(Study, "multipart/related; type=\"application/dicom\"")]
    [InlineData(Study, "application/zip")]
    [InlineData(Instance, "application/dicom")]
    [InlineData(Study + "/metadata", "application/dicom+json")]
    [InlineData(Instance + "/metadata", "multipart/related; type=\"application/dicom+xml\"")]
    [InlineData(Instance + "/frames/1", "*/*")]
    [InlineData(Instance + "/frames/1", "application/octet-stream")]
    [InlineData(Study + "/bulkdata", "*/*")]
    [InlineData(Instance + "/bulkdata/7FE00010", "application/octet-stream")]
    [InlineData(Instance + "/rendered", "image/png")]
    public async Task A_resource_says_where_it_is_and_a_refusal_does_not(string path, string accept)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync(path + "?other=1", accept);
        using var refused = await server.GetAsync(path, "text/rtf");

        Assert.Equal($"{server.Root}{path}", answer.Content.Headers.ContentLocation?.ToString());
        Assert.Equal(HttpStatusCode.NotAcceptable, refused.StatusCode);
        Assert.Null(refused.Content.Headers.ContentLocation);
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=100-", 100, 412)]
    [InlineData("bytes=-5", 507, 5)]
    [InlineData("bytes=500-9999", 500, 12)]
    [InlineData("bytes=1-3", 1, 3)]
    public async Task A_range_of_bytes_comes_alone(string range, int offset, int length)
    {
        await using var server = await FilledAsync();
        byte[] whole = await (await server.GetAsync(Instance + "/bulkdata/7FE00010", "application/octet-stream")).Content.ReadAsByteArrayAsync(TestServer.Cancel);
        foreach (string path in new[] { "/bulkdata/7FE00010", "/frames/1" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Instance + path);
            request.Headers.Accept.ParseAdd("application/octet-stream");
            request.Headers.TryAddWithoutValidation("Range", range);

            using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

            Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
            Assert.Equal((offset, offset + length - 1, 512), (answer.Content.Headers.ContentRange!.From, answer.Content.Headers.ContentRange.To, answer.Content.Headers.ContentRange.Length));
            Assert.Equal(whole.AsSpan(offset, length).ToArray(), await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        }
    }

    [Theory]
    [InlineData("/bulkdata/7FE00010", "application/octet-stream")]
    [InlineData("/frames/1", "application/octet-stream")]
    [InlineData("", "application/dicom")]
    public async Task A_range_is_of_the_one_body_that_there_is_for_who_takes_any_type(string path, string type)
    {
        await using var server = await FilledAsync();
        foreach (string? accept in new[] { null, "*/*", "application/*" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Instance + path);
            if (accept is not null) request.Headers.Accept.ParseAdd(accept);
            request.Headers.TryAddWithoutValidation("Range", "bytes=4-7");

            using var answer = await server.Http.SendAsync(request, TestServer.Cancel);
            using var whole = await server.GetAsync(Instance + path, accept);

            Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
            Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal(4, answer.Content.Headers.ContentLength);
            Assert.Equal("multipart/related", whole.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Frames_come_in_a_lossless_type_of_the_range_that_is_taken()
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync(Instance + "/frames/1", "image/*");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.70", Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel)), StringComparison.Ordinal);
    }

    /// <summary>Fragments without an offset table, some frames of two: where they lie is found out by the first request and kept.</summary>
    [Fact]
    public async Task Frames_of_a_large_object_come_the_same_when_it_is_known_where_they_lie()
    {
        await using var server = await TestServer.StartAsync();
        var syntax = TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.80"));
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        var dataSet = SampleObject.Create("1.1", "1.1.1", "1.1.1.1").Set(Tags.NumberOfFrames, 70);
        dataSet.Remove(Tags.PixelData);
        System.Buffers.BuffersExtensions.Write(bytes, SampleObject.ToFile(dataSet, syntax));
        Element([0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        Element([0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]);
        for (byte i = 1; i <= 70; i++)
        {
            Element([0xFE, 0xFF, 0x00, 0xE0, 6, 0, 0, 0, 0xFF, 0xD8, i, 1, 2, 3]);
            if (i % 3 == 0) Element([0xFE, 0xFF, 0x00, 0xE0, 4, 0, 0, 0, i, 0, 0, i]);
        }
        Element([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
        using (var stored = await server.StowAsync("dicom-web/studies", bytes.WrittenSpan.ToArray())) Assert.Equal(HttpStatusCode.OK, stored.StatusCode);

        for (int round = 0; round < 3; round++)
        {
            Assert.Equal([0xFF, 0xD8, 2, 1, 2, 3], await FrameAsync(2, HttpStatusCode.OK));
            Assert.Equal([0xFF, 0xD8, 69, 1, 2, 3, 69, 0, 0, 69], await FrameAsync(69, HttpStatusCode.OK));
            await FrameAsync(71, HttpStatusCode.NotFound);
            string file = Assert.Single(Directory.GetFiles(Path.Combine(server.Folder["data"], "derived", "frames"), "*.frames", SearchOption.AllDirectories));
            // The second time it is from the file; the third, the file is damaged.
            if (round == 1) File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
            await server.RestartAsync();
        }

        async Task<byte[]> FrameAsync(int number, HttpStatusCode expected)
        {
            using var answer = await server.GetAsync($"{Instance}/frames/{number}", "image/jls; transfer-syntax=*");
            Assert.Equal(expected, answer.StatusCode);
            return await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        }

        void Element(byte[] raw) => System.Buffers.BuffersExtensions.Write(bytes, raw);
    }

    [Theory]
    [InlineData("bytes=512-", HttpStatusCode.RequestedRangeNotSatisfiable)]
    [InlineData("bytes=5-3", HttpStatusCode.OK)]
    [InlineData("bytes=0-9,4-12", HttpStatusCode.OK)]
    [InlineData("bytes=0-1,x", HttpStatusCode.OK)]
    [InlineData("bytes=600-700,800-", HttpStatusCode.RequestedRangeNotSatisfiable)]
    [InlineData("lines=0-1", HttpStatusCode.OK)]
    public async Task A_range_that_is_none_is_ignored_and_one_beyond_the_end_refused(string range, HttpStatusCode expected)
    {
        await using var server = await FilledAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Instance + "/frames/1");
        request.Headers.Accept.ParseAdd("application/octet-stream");
        request.Headers.TryAddWithoutValidation("Range", range);

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("dicom-web/studies", null)]
    [InlineData(Study + "/metadata", null)]
    [InlineData(Study, null)]
    [InlineData(Study, "application/zip")]
    [InlineData(Instance, "application/dicom")]
    [InlineData(Instance + "/frames/1", null)]
    [InlineData(Instance + "/rendered", null)]
    public async Task A_head_request_gets_the_headers_alone(string path, string? accept)
    {
        await using var server = await FilledAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotNull(answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
    }

    [Fact]
    public async Task Metadata_that_are_asked_for_again_come_compressed_to_who_takes_it_and_are_the_same()
    {
        await using var server = await TestServer.StartAsync();
        for (int i = 1; i <= 70; i++) await server.StowAsync(SampleObject.Create("1.1", "1.1.1", $"1.1.1.{i}", number: i));
        const string path = "dicom-web/studies/1.1/metadata";
        using var first = await server.GetAsync(path);
        byte[] plain = await first.Content.ReadAsByteArrayAsync(TestServer.Cancel);

        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var zipped = await server.Http.SendAsync(request, TestServer.Cancel);
        using var again = await server.GetAsync(path);

        Assert.Equal(Enumerable.Range(1, 70), DicomJson.ReadArray(plain).Select(one => one.Get<int>(Tags.InstanceNumber)));
        Assert.Equal("gzip", zipped.Content.Headers.ContentEncoding.Single());
        using var opened = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(await zipped.Content.ReadAsStreamAsync(TestServer.Cancel), System.IO.Compression.CompressionMode.Decompress))
            await gzip.CopyToAsync(opened, TestServer.Cancel);
        Assert.Equal(plain, opened.ToArray());
        Assert.Empty(again.Content.Headers.ContentEncoding);
        Assert.Equal(plain, await again.Content.ReadAsByteArrayAsync(TestServer.Cancel));
    }

    [Fact]
    public async Task Json_is_compressed_for_who_takes_it()
    {
        await using var server = await FilledAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Study + "/metadata");
        request.Headers.AcceptEncoding.ParseAdd("gzip");

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal("gzip", Assert.Single(answer.Content.Headers.ContentEncoding));
        await using var gzip = new GZipStream(await answer.Content.ReadAsStreamAsync(TestServer.Cancel), CompressionMode.Decompress);
        using var json = new MemoryStream();
        await gzip.CopyToAsync(json, TestServer.Cancel);
        Assert.Equal(2, DicomJson.ReadArray(json.ToArray()).Count);
    }

    [Theory]
    [InlineData("bytes=0-9,500-", 2)]
    [InlineData("bytes=-3, 8-8 ,600-700", 2)]
    public async Task Several_ranges_come_in_parts(string range, int count)
    {
        await using var server = await FilledAsync();
        byte[] whole = await (await server.GetAsync(Instance + "/frames/1", "application/octet-stream")).Content.ReadAsByteArrayAsync(TestServer.Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, Instance + "/frames/1");
        request.Headers.Accept.ParseAdd("application/octet-stream");
        request.Headers.TryAddWithoutValidation("Range", range);

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal("multipart/byteranges", answer.Content.Headers.ContentType?.MediaType);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(body.Length, answer.Content.Headers.ContentLength);
        string boundary = answer.Content.Headers.ContentType!.Parameters.Single(p => p.Name == "boundary").Value!;
        string[] parts = Encoding.Latin1.GetString(body).Split("--" + boundary);
        Assert.Equal("--\r\n", parts[^1]);
        Assert.Equal(count, parts.Length - 2);
        foreach (string part in parts[1..^1])
        {
            string[] pieces = part.Split("\r\n\r\n", 2);
            var place = ContentRangeHeaderValue.Parse(pieces[0].Split("Content-Range: ")[1]);
            Assert.Equal(512, place.Length);
            Assert.Equal(whole[(int)place.From!.Value..((int)place.To!.Value + 1)], Encoding.Latin1.GetBytes(pieces[1][..^2]));
        }
    }

    [Fact]
    public async Task A_zip_file_may_be_a_file_set_for_a_medium()
    {
        await using var server = await FilledAsync();
        using var folder = new TemporaryFolder();

        using var answer = await server.GetAsync(Study + "?dicomdir=true", "application/zip");
        using var refused = await server.GetAsync(Study + "?dicomdir=perhaps", "application/zip");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await using (var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(TestServer.Cancel))) await zip.ExtractToDirectoryAsync(folder["medium"], TestServer.Cancel);
        var set = FileSet.Open(folder["medium"]);
        Assert.Empty(set.Findings);
        var files = set.Walk().Where(record => record.FileId.Count > 0).ToList();
        Assert.Equal(["1.1.1.1", "1.1.1.2"], files.Select(record =>
        {
            using var file = DicomFile.Open(set.PathOf(record)!);
            return file.DataSet.Get<string>(Tags.SOPInstanceUID);
        }));
    }

    [Fact]
    public async Task A_zip_file_holds_all_objects()
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync(Study, "application/zip");

        Assert.Equal("application/zip", answer.Content.Headers.ContentType?.MediaType);
        await using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(TestServer.Cancel));
        Assert.Equal(["1.1/1.1.1/1.1.1.1.dcm", "1.1/1.1.1/1.1.1.2.dcm"], zip.Entries.Select(e => e.FullName));
        using var content = new MemoryStream();
        await using (var entry = await zip.Entries[0].OpenAsync(TestServer.Cancel)) await entry.CopyToAsync(content, TestServer.Cancel);
        using var file = DicomFile.Read(content.ToArray());
        Assert.Equal("1.1.1.1", file.DataSet.Get<string>(Tags.SOPInstanceUID));
    }

    [Fact]
    public async Task Metadata_come_as_xml_in_parts_too()
    {
        await using var server = await FilledAsync();

        using var parts = await server.GetAsync(Study + "/metadata", "multipart/related; type=\"application/dicom+xml\"");
        using var one = await server.GetAsync(Instance + "/metadata", "application/dicom+xml");
        using var many = await server.GetAsync(Study + "/metadata", "application/dicom+xml");
        using var json = await server.GetAsync(Study + "/metadata", "application/dicom+xml, application/json; q=0.5");

        string text = await parts.Content.ReadAsStringAsync(TestServer.Cancel);
        Assert.Equal(2, text.Split("Content-Type: application/dicom+xml").Length - 1);
        Assert.Contains("/instances/1.1.1.2/bulkdata/7FE00010", text, StringComparison.Ordinal);
        Assert.Equal("1.1.1.1", DicomXml.Read(await one.Content.ReadAsByteArrayAsync(TestServer.Cancel)).Get<string>(Tags.SOPInstanceUID));
        Assert.Equal(HttpStatusCode.NotAcceptable, many.StatusCode);
        Assert.Equal("application/json", json.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/bulkdata", 2)]
    [InlineData("/pixeldata", 2)]
    [InlineData("/series/1.1.1/pixeldata", 2)]
    [InlineData("/series/1.1.1/instances/1.1.1.1/pixeldata", 1)]
    public async Task All_bulk_data_come_in_parts(string path, int expected)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync(Study + path, "multipart/related; type=\"application/octet-stream\"");
        using var alone = await server.GetAsync(Study + path, "application/octet-stream");

        string text = Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal(expected, text.Split("/bulkdata/7FE00010\r\n").Length - 1);
        Assert.Equal(HttpStatusCode.NotAcceptable, alone.StatusCode);
    }

    [Theory]
    [InlineData("application/dicom", "1.2.840.10008.1.2.1")]
    [InlineData("application/dicom; transfer-syntax=*", "1.2.840.10008.1.2.5")]
    [InlineData("application/dicom; transfer-syntax=1.2.840.10008.1.2.5", "1.2.840.10008.1.2.5")]
    [InlineData("application/dicom; transfer-syntax=1.2.840.10008.1.2.8.1", "1.2.840.10008.1.2.8.1")]
    public async Task Compressed_objects_are_transcoded_to_what_is_asked_for(string accept, string expected)
    {
        await using var server = await TestServer.StartAsync();
        var native = SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 2);
        await server.StowAsync(Compressed(native), Rle);

        using var answer = await server.GetAsync(Instance, accept);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var file = DicomFile.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal(expected, file.TransferSyntax.Uid.Value);
        Assert.Equal($"application/dicom; transfer-syntax={expected}", answer.Content.Headers.ContentType?.ToString());
        if (expected != "1.2.840.10008.1.2.1") return;
        Assert.True(native.TryFind(Tags.PixelData, out var before));
        Assert.True(file.DataSet.TryFind(Tags.PixelData, out var after));
        Assert.Equal(before.Bytes.ToArray(), after.Bytes.ToArray());
    }

    [Theory]
    [InlineData("application/octet-stream", "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1")]
    [InlineData("image/dicom-rle", "image/dicom-rle; transfer-syntax=1.2.840.10008.1.2.5")]
    [InlineData("image/dicom-rle; transfer-syntax=*", "image/dicom-rle; transfer-syntax=1.2.840.10008.1.2.5")]
    [InlineData("application/octet-stream; transfer-syntax=*", "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.5")]
    public async Task Compressed_frames_are_decoded_or_not_as_the_client_likes(string accept, string expected)
    {
        await using var server = await TestServer.StartAsync();
        var native = SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 2);
        await server.StowAsync(Compressed(native), Rle);

        using var answer = await server.GetAsync(Instance + "/frames/2", accept);

        Assert.Equal(expected, answer.Content.Headers.ContentType?.ToString());
        if (!expected.EndsWith("1.2.840.10008.1.2.1", StringComparison.Ordinal)) return;
        Assert.True(native.TryFind(Tags.PixelData, out var before));
        Assert.Equal(before.Bytes[512..].ToArray(), await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
    }

    [Theory]
    [InlineData("/bulkdata/7FE00010", "application/octet-stream", "1.2.840.10008.1.2.1", 1)]
    [InlineData("/bulkdata/7FE00010", "multipart/related; type=\"application/octet-stream\"", "1.2.840.10008.1.2.1", 1)]
    [InlineData("/bulkdata/7FE00010", "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*", "1.2.840.10008.1.2.5", 2)]
    [InlineData("/bulkdata/7FE00010", "multipart/related; type=\"image/*\"", "1.2.840.10008.1.2.5", 2)]
    [InlineData("/bulkdata", "multipart/related; type=\"application/octet-stream\"", "1.2.840.10008.1.2.1", 1)]
    [InlineData("/pixeldata", "multipart/related; type=\"image/jls\"", "1.2.840.10008.1.2.4.80", 2)]
    [InlineData("/pixeldata", "multipart/related; type=\"image/*\"", "1.2.840.10008.1.2.5", 2)]
    [InlineData("/pixeldata", "*/*", "1.2.840.10008.1.2.1", 1)]
    public async Task Compressed_pixel_data_are_decoded_or_not_as_the_client_likes(string resource, string accept, string syntax, int parts)
    {
        await using var server = await TestServer.StartAsync();
        var native = SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 2);
        await server.StowAsync(Compressed(native), Rle);

        using var answer = await server.GetAsync(Instance + resource, accept);

        byte[] body = await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        string text = Encoding.Latin1.GetString(body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        if (accept == "application/octet-stream") Assert.Equal($"{accept}; transfer-syntax={syntax}", answer.Content.Headers.ContentType?.ToString());
        else Assert.Equal(parts, text.Split($"; transfer-syntax={syntax}\r\n").Length - 1);
        Assert.True(native.TryFind(Tags.PixelData, out var pixels));
        Assert.Equal(syntax == "1.2.840.10008.1.2.1", text.Contains(Encoding.Latin1.GetString(pixels.Bytes.Span), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_compressed_frames_are_not_one_body()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(Compressed(SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 2)), Rle);

        using var answer = await server.GetAsync(Instance + "/bulkdata/7FE00010", "image/dicom-rle");

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
    }

    private static DataSet Compressed(DataSet native)
    {
        string folder = Directory.CreateTempSubdirectory("isocenter-test-").FullName;
        try
        {
            string path = Path.Combine(folder, "rle.dcm");
            using var file = new DicomFile(native.Copy(), TransferSyntax.ExplicitVRLittleEndian);
            Imaging.Transcoder.TranscodeAsync(file, path, new Imaging.TranscodeOptions(Rle), TestServer.Cancel).GetAwaiter().GetResult();
            using var made = DicomFile.Read(File.ReadAllBytes(path));
            return made.DataSet.Copy();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<TestServer> FilledAsync()
    {
        var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.2", number: 2));
        return server;
    }
}
