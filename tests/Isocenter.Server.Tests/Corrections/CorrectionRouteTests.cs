using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Corrections;

public sealed class CorrectionRouteTests
{
    private const string Path = "dicom-web/studies/1.2.3/series/1.2.3.1/instances/1.2.3.1.1";

    [Fact]
    public async Task Every_way_out_gives_the_corrected_values_until_the_correction_is_undone()
    {
        await using var server = await FilledAsync();
        using var before = await server.GetAsync(Path, "application/dicom");

        using var made = await PostAsync(server, "", """{ "study": "1.2.3", "set": { "PatientName": "Roe^Zoë", "PatientID": "P-0009" }, "who": "anna", "reason": "mixed up" }""");
        using var record = JsonDocument.Parse(await made.Content.ReadAsStringAsync(TestServer.Cancel));

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal((1, "anna", "Roe^Zoë"), (record.RootElement.GetProperty("number").GetInt32(), record.RootElement.GetProperty("who").GetString(),
            record.RootElement.GetProperty("set").GetProperty("PatientName").GetString()));
        Assert.All(await NamesAsync(server), way => Assert.Equal((way.Way, "Roe^Zoë"), way));
        using (var after = await server.GetAsync(Path, "application/dicom"))
        {
            Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
            Assert.True(after.Content.Headers.LastModified >= before.Content.Headers.LastModified);
        }
        using (var frame = await server.GetAsync(Path + "/frames/1", "application/octet-stream"))
            Assert.Equal(2 * SampleObject.Size * SampleObject.Size, (await frame.Content.ReadAsByteArrayAsync(TestServer.Cancel)).Length);

        using var undone = await PostAsync(server, "/1/undo", """{ "reason": "it was right" }""");
        Assert.Equal(HttpStatusCode.NoContent, undone.StatusCode);
        Assert.All(await NamesAsync(server), way => Assert.Equal((way.Way, "Müller^Jürgen"), way));
        using var list = JsonDocument.Parse(await server.Http.GetStringAsync("/api/corrections", TestServer.Cancel));
        Assert.Equal("it was right", list.RootElement.GetProperty("corrections")[0].GetProperty("undone").GetProperty("reason").GetString());
        using var changes = JsonDocument.Parse(await server.Http.GetStringAsync("/api/changes", TestServer.Cancel));
        Assert.Equal(2, changes.RootElement.GetProperty("changes").EnumerateArray().Count(change => change.GetProperty("type").GetString() == "study.corrected"));
    }

    [Fact]
    public async Task Patients_are_merged_and_series_moved_into_a_new_study()
    {
        await using var server = await FilledAsync();
        await server.StoreAsync(SampleObject.Create("1.2.4").Set(Tags.PatientID, "OTHER").Set(Tags.PatientName, "Other^Name"));

        using var merged = await PostAsync(server, "", """{ "patient": "OTHER", "intoPatient": "P-0001", "reason": "one person" }""");
        using var moved = await PostAsync(server, "", """{ "study": "1.2.3", "series": ["1.2.3.1"], "intoStudy": "new", "reason": "two examinations" }""");

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created], [merged.StatusCode, moved.StatusCode]);
        Assert.Equal(2, (await server.GetJsonAsync("dicom-web/studies?PatientID=P-0001")).Count);
        using var record = JsonDocument.Parse(await moved.Content.ReadAsStringAsync(TestServer.Cancel));
        string study = record.RootElement.GetProperty("set").GetProperty("StudyInstanceUID").GetString()!;
        Assert.Equal("1.2.3.1.1", Assert.Single(await server.GetJsonAsync($"dicom-web/studies/{study}/metadata")).Get<string>(Tags.SOPInstanceUID));
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("dicom-web/studies/1.2.3/metadata")).StatusCode);
    }

    [Theory]
    [InlineData("""{ "study": "1.2.3", "set": { "PatientName": "A^B" } }""")]
    [InlineData("""{ "set": { "PatientName": "A^B" }, "reason": "r" }""")]
    [InlineData("""{ "study": "1.2.3", "reason": "r" }""")]
    [InlineData("""{ "study": "1.2.3", "set": { "NoSuchThing": "A^B" }, "reason": "r" }""")]
    [InlineData("""{ "study": "1.2.3", "set": { "Modality": "MR" }, "reason": "r" }""")]
    [InlineData("""{ "study": "9.9", "set": { "PatientName": "A^B" }, "reason": "r" }""")]
    [InlineData("""{ "study": 7, "set": { "PatientName": "A^B" }, "reason": "r" }""")]
    [InlineData("""[ "study" ]""")]
    [InlineData("""{ "study": """)]
    public async Task What_is_no_correction_is_a_bad_request_and_changes_nothing(string body)
    {
        await using var server = await FilledAsync();

        using var answer = await PostAsync(server, "", body);
        using var form = await server.Http.PostAsync("/api/corrections", new StringContent(body), TestServer.Cancel);

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.UnsupportedMediaType], [answer.StatusCode, form.StatusCode]);
        Assert.Contains("\"corrections\":[]", await server.Http.GetStringAsync("/api/corrections", TestServer.Cancel), StringComparison.Ordinal);
    }

    private static async Task<TestServer> FilledAsync()
    {
        var server = await TestServer.StartAsync();
        await server.StoreAsync(SampleObject.Create("1.2.3", "1.2.3.1", "1.2.3.1.1"));
        return server;
    }

    /// <summary>The patient's name as each way out tells it.</summary>
    private static async Task<List<(string Way, string Name)>> NamesAsync(TestServer server)
    {
        var names = new List<(string, string)>
        {
            ("QIDO-RS", (await server.GetJsonAsync("dicom-web/studies?StudyInstanceUID=1.2.3"))[0].Get<string>(Tags.PatientName)),
            ("metadata", (await server.GetJsonAsync(Path + "/metadata"))[0].Get<string>(Tags.PatientName)),
            ("C-FIND", (await server.FindAsync(SopClasses.StudyRootQueryRetrieveInformationModelFind, new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY")
                .Set(Tags.StudyInstanceUID, "1.2.3").Set<string>(Tags.PatientName)))[0].Get<string>(Tags.PatientName)),
        };
        foreach (string accept in new[] { "application/dicom", "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.80", "application/dicom; transfer-syntax=*" })
        {
            using var answer = await server.GetAsync(Path, accept);
            names.Add((accept, await NameAsync(answer)));
        }
        using (var answer = await server.GetAsync("wado?requestType=WADO&studyUID=1.2.3&seriesUID=1.2.3.1&objectUID=1.2.3.1.1&contentType=application/dicom")) names.Add(("WADO-URI", await NameAsync(answer)));
        using (var answer = await server.GetAsync("dicom-web/studies/1.2.3", "application/zip"))
        {
            await using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(TestServer.Cancel));
            await using var entry = await Assert.Single(zip.Entries).OpenAsync(TestServer.Cancel);
            using var file = await DicomFile.ReadAsync(entry, cancel: TestServer.Cancel);
            names.Add(("ZIP", file.DataSet.Get<string>(Tags.PatientName)));
        }
        return names;
    }

    private static async Task<string> NameAsync(HttpResponseMessage answer)
    {
        using var file = DicomFile.Read(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        return file.DataSet.Get<string>(Tags.PatientName);
    }

    private static Task<HttpResponseMessage> PostAsync(TestServer server, string path, string body) =>
        server.Http.PostAsync("/api/corrections" + path, new StringContent(body, Encoding.UTF8, "application/json"), TestServer.Cancel);
}
