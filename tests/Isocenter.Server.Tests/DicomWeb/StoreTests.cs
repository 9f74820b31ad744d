using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class StoreTests
{
    [Fact]
    public async Task The_same_object_in_another_encoding_without_loss_is_acknowledged_and_another_one_refused()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        foreach (string syntax in new[] { "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.1.99" })
        {
            using var recoded = await server.GetAsync("dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.1", $"application/dicom; transfer-syntax={syntax}");
            Assert.Equal(HttpStatusCode.OK, recoded.StatusCode);
            byte[] file = await recoded.Content.ReadAsByteArrayAsync(TestServer.Cancel);

            using var again = await server.StowAsync("dicom-web/studies", file);
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);

            using var parsed = DicomFile.Read(file);
            var other = parsed.DataSet.Copy().Set(Tags.StudyDescription, "another");
            using var refused = await server.StowAsync("dicom-web/studies", SampleObject.ToFile(other, parsed.TransferSyntax));
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        }
        Assert.Single(Directory.GetFiles(Path.Combine(server.Folder["data"], "objects"), "*.dcm", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Several_objects_in_one_request_are_all_stored_and_named_in_the_answer()
    {
        await using var server = await TestServer.StartAsync();
        var objects = Enumerable.Range(1, 5).Select(i => SampleObject.Create("1.1", "1.1.1", $"1.1.1.{i}", number: i)).ToList();

        using var answer = await server.StowAsync("dicom-web/studies", [.. objects.Select(o => SampleObject.ToFile(o))]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var response = await ResponseAsync(answer);
        var stored = response.GetAll<DataSet>(Tags.ReferencedSOPSequence);
        Assert.Equal(objects.Select(o => o.Get<string>(Tags.SOPInstanceUID)), stored.Select(s => s.Get<string>(Tags.ReferencedSOPInstanceUID)));
        Assert.False(response.Contains(Tags.FailedSOPSequence));
        foreach (var item in stored)
        {
            using var fetched = await server.Http.GetAsync(item.Get<string>(Tags.RetrieveURL) + "/metadata", TestServer.Cancel);
            Assert.Equal(HttpStatusCode.OK, fetched.StatusCode);
        }
        Assert.EndsWith("/dicom-web/studies/1.1", response.Get<string>(Tags.RetrieveURL), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_object_again_is_a_success_again()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);

        using var answer = await server.StowAsync("dicom-web/studies", SampleObject.ToFile(dataSet));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single((await ResponseAsync(answer)).GetAll<DataSet>(Tags.ReferencedSOPSequence));
        Assert.Single(await server.GetJsonAsync("dicom-web/instances"));
    }

    [Fact]
    public async Task When_some_fail_the_answer_is_202_and_says_which()
    {
        await using var server = await TestServer.StartAsync();
        var first = SampleObject.Create(instance: "1.2.3");
        byte[] good = SampleObject.ToFile(first);
        byte[] conflicting = SampleObject.ToFile(first.Copy().Set(Tags.PatientID, "OTHER"));

        using var answer = await server.StowAsync("dicom-web/studies", good, good[..^9], conflicting, "not DICOM at all"u8.ToArray(), []);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var response = await ResponseAsync(answer);
        Assert.Single(response.GetAll<DataSet>(Tags.ReferencedSOPSequence));
        var failed = response.GetAll<DataSet>(Tags.FailedSOPSequence);
        Assert.Equal([0xC000, 0x0111], failed.Select(f => (int)f.Get<ushort>(Tags.FailureReason)));
        // What nobody can name is no SOP Instance (PS3.18 Table I.2-1).
        Assert.Equal([0xC000, 0xC000], response.GetAll<DataSet>(Tags.OtherFailuresSequence).Select(f => (int)f.Get<ushort>(Tags.FailureReason)));
        Assert.Equal("1.2.3", failed[1].Get<string>(Tags.ReferencedSOPInstanceUID));
    }

    [Fact]
    public async Task When_all_fail_the_answer_is_409_or_400_when_none_could_be_read()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);

        using var conflict = await server.StowAsync("dicom-web/studies", SampleObject.ToFile(dataSet.Copy().Set(Tags.PatientID, "OTHER")));
        using var nonsense = await server.StowAsync("dicom-web/studies", "not DICOM at all"u8.ToArray());

        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
        Assert.Single((await ResponseAsync(nonsense)).GetAll<DataSet>(Tags.OtherFailuresSequence));
    }

    [Fact]
    public async Task An_object_of_another_study_than_the_address_names_is_refused()
    {
        await using var server = await TestServer.StartAsync();

        using var other = await server.StowAsync("dicom-web/studies/1.9", SampleObject.ToFile(SampleObject.Create("1.1")));
        using var same = await server.StowAsync("dicom-web/studies/1.1", SampleObject.ToFile(SampleObject.Create("1.1")));

        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Equal(0xA900, (await ResponseAsync(other)).GetAll<DataSet>(Tags.FailedSOPSequence)[0].Get<ushort>(Tags.FailureReason));
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
    }

    [Theory]
    [InlineData("application/dicom", HttpStatusCode.BadRequest)]
    [InlineData("application/pdf", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=x", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/related; type=\"image/jpeg\"; boundary=x", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/related; type=\"application/dicom\"", HttpStatusCode.BadRequest)]
    [InlineData("multipart/related; type=\"application/dicom\"; boundary=other", HttpStatusCode.BadRequest)]
    [InlineData("multipart/related; type=\"application/dicom\"; boundary=x", HttpStatusCode.BadRequest)]
    public async Task A_body_that_is_not_what_it_should_be_is_refused(string contentType, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes("--x\r\nContent-Type: application/dicom\r\n\r\nno end"));
        Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", contentType));

        using var answer = await server.Http.PostAsync("dicom-web/studies", content, TestServer.Cancel);

        Assert.Equal(expected, answer.StatusCode);
        using var alive = await server.GetAsync("healthz");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task A_part_of_another_type_fails_alone()
    {
        await using var server = await TestServer.StartAsync();
        using var content = new MultipartContent("related", "b");
        content.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", "\"application/dicom\""));
        content.Add(new StringContent("hello", Encoding.UTF8, "text/plain"));
        var part = new ByteArrayContent(SampleObject.ToFile(SampleObject.Create()));
        part.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        content.Add(part);

        using var answer = await server.Http.PostAsync("dicom-web/studies", content, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task A_uid_in_the_address_that_is_none_is_a_bad_request()
    {
        await using var server = await TestServer.StartAsync();

        foreach (string path in new[] { "dicom-web/studies/..%2F..%2Fetc/metadata", "dicom-web/studies/1.2x", "dicom-web/studies/" + new string('1', 65) })
        {
            using var answer = await server.GetAsync(path);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    private static async Task<DataSet> ResponseAsync(HttpResponseMessage answer) =>
        DicomJson.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
}
