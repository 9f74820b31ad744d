using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class StoreMetadataTests
{
    [Theory]
    [InlineData("application/dicom+json")]
    [InlineData("application/dicom+xml")]
    public async Task Metadata_and_bulk_data_become_an_object(string type)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create("1.1", "1.1.1", "1.1.1.1");
        Assert.True(dataSet.TryFind(Tags.PixelData, out var pixels));

        using var answer = await PostAsync(server, type, Text(dataSet, type, "urn:part:1"), ("urn:part:1", "application/octet-stream", pixels.Bytes.ToArray()));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var fetched = await server.GetAsync(TestServer.PathOf(dataSet), "application/dicom");
        using var file = DicomFile.Read(await fetched.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.True(file.DataSet.TryFind(Tags.PixelData, out var stored));
        Assert.Equal(pixels.Bytes.ToArray(), stored.Bytes.ToArray());
        Assert.Equal("Müller^Jürgen", file.DataSet.Get<string>(Tags.PatientName));
    }

    [Fact]
    public async Task An_image_is_kept_as_it_is_and_describes_itself()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create("1.1", "1.1.1", "1.1.1.1");
        byte[] jpeg = JpegPicture.ToArray(new Picture(24, 16, 1, new byte[24 * 16]));
        if (FrameCodecs.Identify(jpeg) is null)
        {
            // Without a codec nothing can be read of the picture: the metadata must say it.
            dataSet.Set(Tags.Rows, (ushort)16).Set(Tags.Columns, (ushort)24).Set(Tags.BitsAllocated, (ushort)8).Set(Tags.BitsStored, (ushort)8).Set(Tags.HighBit, (ushort)7);
        }
        else foreach (var tag in new[] { Tags.Rows, Tags.Columns, Tags.BitsAllocated, Tags.BitsStored, Tags.HighBit, Tags.SamplesPerPixel, Tags.PhotometricInterpretation }) dataSet.Remove(tag);

        using var answer = await PostAsync(server, "application/dicom+json", Text(dataSet, "application/dicom+json", "p"),
            ("p", "image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50", jpeg));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var frame = await server.GetAsync(TestServer.PathOf(dataSet) + "/frames/1", "image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50");
        Assert.Equal(jpeg, (await frame.Content.ReadAsByteArrayAsync(TestServer.Cancel))[..jpeg.Length]);
        var metadata = (await server.GetJsonAsync(TestServer.PathOf(dataSet) + "/metadata"))[0];
        Assert.Equal((16, 24), (metadata.Get<int>(Tags.Rows), metadata.Get<int>(Tags.Columns)));
    }

    [Fact]
    public async Task Where_the_study_is_put_in_the_response_warns()
    {
        await using var server = await TestServer.StartAsync();
        var report = SampleObject.Create("1.1", "1.1.1", "1.1.1.1");
        report.Remove(Tags.PixelData);
        report.Remove(Tags.StudyInstanceUID);
        using var content = new ByteArrayContent(Text(report, "application/dicom+json", ""));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom+json");

        using var answer = await server.Http.PostAsync("dicom-web/studies/1.1", content, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var response = DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel))[0];
        Assert.Equal(0xB000, Assert.Single(response.GetAll<DataSet>(Tags.ReferencedSOPSequence)).Get<int>(Tags.WarningReason));
        Assert.Single(await server.GetJsonAsync("dicom-web/studies?StudyInstanceUID=1.1"));
    }

    [Fact]
    public async Task Metadata_alone_are_an_object_when_nothing_is_behind_an_address()
    {
        await using var server = await TestServer.StartAsync();
        var report = SampleObject.Create("1.1", "1.1.1", "1.1.1.1");
        report.Remove(Tags.PixelData);
        using var content = new ByteArrayContent(DicomJson.ToUtf8Bytes(report));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom+json");

        using var answer = await server.Http.PostAsync("dicom-web/studies", content, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(await server.GetJsonAsync("dicom-web/instances"));
    }

    [Fact]
    public async Task One_file_without_parts_is_stored_and_the_answer_may_be_xml()
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "dicom-web/studies") { Content = new ByteArrayContent(SampleObject.ToFile(SampleObject.Create("1.1"))) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        request.Headers.Accept.ParseAdd("application/dicom+xml");

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var response = DicomXml.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.EndsWith("/dicom-web/studies/1.1", response.Get<string>(Tags.RetrieveURL), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_whose_part_is_missing_fails_its_object()
    {
        await using var server = await TestServer.StartAsync();

        using var answer = await PostAsync(server, "application/dicom+json", Text(SampleObject.Create(), "application/dicom+json", "urn:part:1"));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var failed = Assert.Single(DicomJson.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel)).GetAll<DataSet>(Tags.FailedSOPSequence));
        Assert.Equal(0xC000, failed.Get<ushort>(Tags.FailureReason));
        Assert.Contains("urn:part:1", failed.Get<string>(Tags.TextValue), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_is_missing_in_one_object_does_not_fail_the_others()
    {
        await using var server = await TestServer.StartAsync();
        var whole = SampleObject.Create("1.1", "1.1.1", "1.1.1.1");
        Assert.True(whole.TryFind(Tags.PixelData, out var pixels));
        string first = Encoding.UTF8.GetString(Text(whole, "application/dicom+json", "a")), second = Encoding.UTF8.GetString(Text(SampleObject.Create("1.1", "1.1.1", "1.1.1.2"), "application/dicom+json", "b"));

        using var answer = await PostAsync(server, "application/dicom+json", Encoding.UTF8.GetBytes($"[{second}, {first}, {{\"bad\":1}}]"),
            ("a", "application/octet-stream", pixels.Bytes.ToArray()));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var response = DicomJson.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal("1.1.1.1", Assert.Single(response.GetAll<DataSet>(Tags.ReferencedSOPSequence)).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal("1.1.1.2", Assert.Single(response.GetAll<DataSet>(Tags.FailedSOPSequence)).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Single(response.GetAll<DataSet>(Tags.OtherFailuresSequence));
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("image/gif")]
    public async Task Pictures_that_no_transfer_syntax_holds_are_stored_as_their_samples(string type)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create("1.1", "1.1.1", "1.1.1.1");
        byte[] samples = [.. Enumerable.Range(0, 24 * 16 * 3).Select(i => (byte)(i % 3 == 0 ? 255 : 0))];
        var picture = new Picture(24, 16, 3, samples);
        using var gif = new MemoryStream();
        using (var writer = new GifWriter(gif, picture)) writer.Add(picture);

        using var answer = await PostAsync(server, "application/dicom+json", Text(dataSet, "application/dicom+json", "p"), ("p", type, type == "image/png" ? PngWriter.ToArray(picture) : gif.ToArray()));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var frame = await server.GetAsync(TestServer.PathOf(dataSet) + "/frames/1", "application/octet-stream");
        Assert.Equal("application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1", frame.Content.Headers.ContentType?.ToString());
        Assert.Equal(samples, await frame.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        var metadata = (await server.GetJsonAsync(TestServer.PathOf(dataSet) + "/metadata"))[0];
        Assert.Equal((16, 24, "RGB", 8), (metadata.Get<int>(Tags.Rows), metadata.Get<int>(Tags.Columns), metadata.Get<string>(Tags.PhotometricInterpretation), metadata.Get<int>(Tags.BitsStored)));
        Assert.Equal("Müller^Jürgen", metadata.Get<string>(Tags.PatientName));
    }

    [Theory]
    [InlineData("gzip", HttpStatusCode.OK)]
    [InlineData("x-gzip", HttpStatusCode.OK)]
    [InlineData("identity", HttpStatusCode.OK)]
    [InlineData("compress", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("gzip, gzip", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_body_may_come_compressed(string encoding, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        foreach (bool isJson in new[] { false, true })
        {
            var dataSet = SampleObject.Create("1.1", "1.1.1", isJson ? "1.1.1.1" : "1.1.1.2");
            if (isJson) dataSet.Remove(Tags.PixelData);
            byte[] body = isJson ? DicomJson.ToUtf8Bytes(dataSet) : SampleObject.ToFile(dataSet);
            using var zipped = new MemoryStream();
            using (var gzip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(body);
            using var content = new ByteArrayContent(encoding == "identity" ? body : zipped.ToArray());
            content.Headers.ContentType = new MediaTypeHeaderValue(isJson ? "application/dicom+json" : "application/dicom");
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

            using var answer = await server.Http.PostAsync("dicom-web/studies", content, TestServer.Cancel);

            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_compressed_body_that_is_damaged_is_a_bad_request_and_one_that_swells_without_end_is_too_large()
    {
        await using var server = await TestServer.StartAsync();
        using var damaged = new ByteArrayContent([1, 2, 3]);
        using var swollen = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(swollen, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] blanks = new byte[1 << 20];
            blanks.AsSpan().Fill((byte)' ');
            for (int i = 0; i < 80; i++) gzip.Write(blanks);
        }
        using var endless = new ByteArrayContent(swollen.ToArray());
        foreach (var content in new[] { damaged, endless })
        {
            content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom+json");
            content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        }

        using var bad = await server.Http.PostAsync("dicom-web/studies", damaged, TestServer.Cancel);
        using var large = await server.Http.PostAsync("dicom-web/studies", endless, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Theory]
    [InlineData("application/dicom+json", 100_000)]
    [InlineData("application/dicom+xml", 20_000)]
    public async Task Endless_nesting_is_refused_and_the_server_lives(string type, int depth)
    {
        await using var server = await TestServer.StartAsync();
        var text = new StringBuilder();
        if (type.EndsWith("json", StringComparison.Ordinal))
            for (int i = 0; i < depth; i++) text.Append("""{"00081140":{"vr":"SQ","Value":[""");
        else
            for (int i = 0; i < depth; i++) text.Append("""<NativeDicomModel><DicomAttribute tag="00081140" vr="SQ"><Item number="1">""");

        using var answer = await PostAsync(server, type, Encoding.UTF8.GetBytes(text.ToString()));
        using var alive = await server.GetAsync("healthz");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    /// <summary>Each of them would take tens of megabytes for itself; they take turns.</summary>
    [Fact]
    public async Task Many_large_uploads_at_once_are_all_stored()
    {
        await using var server = await TestServer.StartAsync();
        const int count = 6, size = 2000;

        var answers = await Task.WhenAll(Enumerable.Range(1, count).Select(i => PostAsync(server, "application/dicom+json",
            Text(SampleObject.Create("1.1", size: size, number: i), "application/dicom+json", "urn:part:1"), ("urn:part:1", "application/octet-stream", new byte[2 * size * size]))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(count, (await server.GetJsonAsync("dicom-web/studies/1.1/instances")).Count);
        foreach (var answer in answers) answer.Dispose();
    }

    private static byte[] Text(DataSet dataSet, string type, string location) => type.EndsWith("json", StringComparison.Ordinal)
        ? DicomJson.ToUtf8Bytes(dataSet, new JsonOptions { BulkData = (_, element) => element.Tag == Tags.PixelData ? location : null })
        : DicomXml.ToUtf8Bytes(dataSet, new XmlOptions { BulkData = (_, element) => element.Tag == Tags.PixelData ? location : null });

    private static async Task<HttpResponseMessage> PostAsync(TestServer server, string type, byte[] metadata, params (string Location, string Type, byte[] Content)[] bulk)
    {
        using var content = new MultipartContent("related", "test-boundary");
        content.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", $"\"{type}\""));
        var first = new ByteArrayContent(metadata);
        first.Headers.ContentType = new MediaTypeHeaderValue(type);
        content.Add(first);
        foreach (var (location, partType, bytes) in bulk)
        {
            var part = new ByteArrayContent(bytes);
            part.Headers.TryAddWithoutValidation("Content-Type", partType);
            part.Headers.TryAddWithoutValidation("Content-Location", location);
            content.Add(part);
        }
        return await server.Http.PostAsync("dicom-web/studies", content, TestServer.Cancel);
    }
}
