using System.Net;
using System.Net.Http.Headers;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class CommitmentTests
{
    [Fact]
    public async Task Stored_instances_are_committed_and_others_say_why_not()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.2"));
        var request = new DataSet().Set(Tags.ReferencedSOPSequence, Reference("1.1.1.1"), Reference("1.9"), Reference("1.1.1.2", SopClasses.MRImageStorage));

        using var answer = await PostAsync(server, "2.25.1", DicomJson.ToUtf8Bytes(request));
        using var check = await server.GetAsync("dicom-web/commitment-requests/2.25.1", "application/dicom+json");
        using var twice = await PostAsync(server, "2.25.1", DicomJson.ToUtf8Bytes(request));
        using var unknown = await server.GetAsync("dicom-web/commitment-requests/2.25.2");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var result = DicomJson.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal("1.1.1.1", Assert.Single(result.GetAll<DataSet>(Tags.ReferencedSOPSequence)).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal([(ushort)0x0112, (ushort)0x0119], result.GetAll<DataSet>(Tags.FailedSOPSequence).Select(f => f.Get<ushort>(Tags.FailureReason)));
        Assert.Equal(await answer.Content.ReadAsStringAsync(TestServer.Cancel), await check.Content.ReadAsStringAsync(TestServer.Cancel));
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task What_is_asked_in_the_tree_of_studies_is_answered_in_it()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        await server.StowAsync(SampleObject.Create("1.2", "1.2.1", "1.2.1.1"));
        var request = new DataSet().Set(Tags.ReferencedStudySequence, Tree("1.1", "1.1.1", "1.1.1.1", "1.9"), Tree("1.3", "1.2.1", "1.2.1.1"));

        using var answer = await PostAsync(server, "2.25.1", DicomJson.ToUtf8Bytes(request));

        var result = DicomJson.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal(["1.1 1.1.1 1.1.1.1 "], Leaves(result, Tags.ReferencedStudySequence));
        Assert.Equal(["1.1 1.1.1 1.9 274", "1.3 1.2.1 1.2.1.1 274"], Leaves(result, Tags.FailedStudySequence));
        Assert.False(result.Contains(Tags.ReferencedSOPSequence) || result.Contains(Tags.FailedSOPSequence));

        static DataSet Tree(string study, string series, params string[] instances) => new DataSet().Set(Tags.StudyInstanceUID, study)
            .Set(Tags.ReferencedSeriesSequence, new DataSet().Set(Tags.SeriesInstanceUID, series)
                .Set(Tags.ReferencedInstancesBySOPClassSequence, new DataSet().Set(Tags.ReferencedSOPClassUID, SopClasses.CTImageStorage)
                    .Set(Tags.ReferencedInstanceSequence, [.. instances.Select(instance => new DataSet().Set(Tags.ReferencedSOPInstanceUID, instance))])));

        static IEnumerable<string> Leaves(DataSet result, Tag tag) =>
            from study in result.GetAll<DataSet>(tag)
            from series in study.GetAll<DataSet>(Tags.ReferencedSeriesSequence)
            from sopClass in series.GetAll<DataSet>(Tags.ReferencedInstancesBySOPClassSequence)
            from instance in sopClass.GetAll<DataSet>(Tags.ReferencedInstanceSequence)
            select $"{study.Get<string>(Tags.StudyInstanceUID)} {series.Get<string>(Tags.SeriesInstanceUID)} {instance.Get<string>(Tags.ReferencedSOPInstanceUID)} {instance.Get(Tags.FailureReason, "")}";
    }

    [Fact]
    public async Task A_file_that_was_changed_is_not_committed()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        string file = Assert.Single(Directory.GetFiles(Path.Combine(server.Settings.DataFolder, "objects"), "*.dcm", SearchOption.AllDirectories));
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            stream.Position = stream.Length - 10;
            stream.WriteByte(0xAA);
        }

        using var answer = await PostAsync(server, "2.25.1", DicomJson.ToUtf8Bytes(new DataSet().Set(Tags.ReferencedSOPSequence, Reference("1.1.1.1"))));

        var result = DicomJson.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal(0x0110, Assert.Single(result.GetAll<DataSet>(Tags.FailedSOPSequence)).Get<ushort>(Tags.FailureReason));
    }

    [Theory]
    [InlineData("2.25.1", "{}", "application/dicom+json", HttpStatusCode.BadRequest)]
    [InlineData("2.25.1", "no json", "application/dicom+json", HttpStatusCode.BadRequest)]
    [InlineData("2.25.1", "{}", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("x", "{}", "application/dicom+json", HttpStatusCode.BadRequest)]
    public async Task A_request_that_is_none_is_refused(string transaction, string body, string type, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();

        using var answer = await PostAsync(server, transaction, System.Text.Encoding.UTF8.GetBytes(body), type);

        Assert.Equal(expected, answer.StatusCode);
    }

    private static DataSet Reference(string instance, string sopClass = SopClasses.CTImageStorage) =>
        new DataSet().Set(Tags.ReferencedSOPClassUID, sopClass).Set(Tags.ReferencedSOPInstanceUID, instance);

    private static async Task<HttpResponseMessage> PostAsync(TestServer server, string transaction, byte[] body, string type = "application/dicom+json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await server.Http.PostAsync("dicom-web/commitment-requests/" + transaction, content, TestServer.Cancel);
    }
}
