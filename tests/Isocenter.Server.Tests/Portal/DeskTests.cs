using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Dicom.FileSets;
using Isocenter.Network;
using Isocenter.Server.Settings;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Portal;

public sealed class DeskTests
{
    [Fact]
    public async Task A_study_comes_as_a_ZIP_with_a_directory_that_names_each_file()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        await server.StowAsync(SampleObject.Create("1.1", "1.1.2", "1.1.2.1"));

        using var answer = await server.GetAsync("api/studies/1.1/zip");
        using var folder = new TemporaryFolder();
        using (var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(TestServer.Cancel))) zip.ExtractToDirectory(folder.Path);

        var set = FileSet.Open(folder.Path);
        var files = set.Walk().Where(record => record.FileId.Count > 0).Select(record => set.PathOf(record)!).ToList();
        Assert.Equal(2, files.Count);
        Assert.All(files, path =>
        {
            using var file = DicomFile.Open(path);
            Assert.Equal("1.1", file.DataSet.Get<string>(Tags.StudyInstanceUID));
        });
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("api/studies/1.9/zip")).StatusCode);
    }

    [Fact]
    public async Task A_search_takes_its_parameters_from_the_body_as_well()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));

        using var found = await server.Http.PostAsync("api/search", new FormUrlEncodedContent([new("PatientName", "müller*"), new("limit", "1")]), TestServer.Cancel);
        using var none = await server.Http.PostAsync("api/search", new FormUrlEncodedContent([new("PatientName", "Nobody*")]), TestServer.Cancel);
        using var tooLong = await server.Http.PostAsync("api/search", new FormUrlEncodedContent([new("PatientName", new string('x', 9000))]), TestServer.Cancel);

        using var studies = await JsonAsync(found);
        Assert.Single(studies.RootElement.EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
    }

    [Fact]
    public async Task A_deletion_is_listed_and_undone()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));

        using var deleted = await server.Http.PostAsync("api/studies/1.1/delete", null, TestServer.Cancel);
        using var record = await JsonAsync(deleted);
        long number = record.RootElement.GetProperty("number").GetInt64();
        Assert.Equal(HttpStatusCode.NoContent, (await server.GetAsync("dicom-web/studies")).StatusCode);
        using var list = await JsonAsync(await server.GetAsync("api/deletions"));
        Assert.Equal(number, Assert.Single(list.RootElement.GetProperty("deletions").EnumerateArray()).GetProperty("number").GetInt64());

        using var restored = await server.Http.PostAsync($"api/deletions/{number}/restore", null, TestServer.Cancel);
        using var again = await server.Http.PostAsync($"api/deletions/{number}/restore", null, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.OK, restored.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Single(await server.GetJsonAsync("dicom-web/studies"));
    }

    [Fact]
    public async Task Who_called_is_told_with_what_they_proposed_and_why_it_was_refused()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { StoreUnknownSopClasses = false });
        await using (var association = await server.ConnectAsync(new PresentationContextProposal(Uid.Parse(SopClasses.Verification)), new PresentationContextProposal(Uid.Parse("1.2.3.4"))))
            await association.ReleaseAsync(TestServer.Cancel);

        using var calls = await JsonAsync(await server.GetAsync("api/calls"));

        var call = Assert.Single(calls.RootElement.GetProperty("calls").EnumerateArray());
        Assert.Equal("127.0.0.1", call.GetProperty("address").GetString());
        Assert.False(call.GetProperty("known").GetBoolean());
        var proposals = call.GetProperty("proposals").EnumerateArray().ToList();
        Assert.True(proposals[0].GetProperty("accepted").GetBoolean());
        Assert.False(proposals[1].GetProperty("accepted").GetBoolean());
        Assert.Equal("this service is not offered here", proposals[1].GetProperty("how").GetString());
    }

    [Fact]
    public async Task A_study_is_sent_to_another_node_and_its_job_says_so()
    {
        await using var other = await TestServer.StartAsync(settings => settings with { AETitle = "OTHER" });
        await using var server = await TestServer.StartAsync(settings => settings with { Nodes = [new Node("OTHER", "127.0.0.1", other.Server.EndPoints.Dicom.Port)] });
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));

        using var begun = await server.Http.PostAsJsonAsync("api/jobs", new { study = "1.1", node = "OTHER" }, TestServer.Cancel);

        Assert.Equal("done", await StateWhenEndedAsync(server));
        Assert.Single(await other.GetJsonAsync("dicom-web/studies"));
    }

    [Fact]
    public async Task Jobs_outlive_the_server_and_what_was_on_its_way_goes_on()
    {
        int port;
        await using (var gone = await TestServer.StartAsync()) port = gone.Server.EndPoints.Dicom.Port;
        await using var server = await TestServer.StartAsync(settings => settings with { Nodes = [new Node("OTHER", "127.0.0.1", port)] });
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        using var begun = await server.Http.PostAsJsonAsync("api/jobs", new { study = "1.1", node = "OTHER" }, TestServer.Cancel);

        await server.RestartAsync();
        await using var other = await TestServer.StartAsync(settings => settings with { AETitle = "OTHER", Dicom = new IPEndPoint(IPAddress.Loopback, port) });
        Assert.Equal("done", await StateWhenEndedAsync(server));
        Assert.Single(await other.GetJsonAsync("dicom-web/studies"));

        await server.RestartAsync();
        using var jobs = await JsonAsync(await server.GetAsync("api/jobs"));
        var job = Assert.Single(jobs.RootElement.GetProperty("jobs").EnumerateArray());
        Assert.Equal(("done", 1, 0), (job.GetProperty("state").GetString(), job.GetProperty("stored").GetInt32(), job.GetProperty("failed").GetInt32()));
    }

    [Fact]
    public async Task A_file_of_jobs_that_is_damaged_keeps_no_server_from_starting()
    {
        await using var server = await TestServer.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(server.Settings.DataFolder, "jobs.json"), "{\"jobs\":[{\"number\":1}]}", TestServer.Cancel);

        await server.RestartAsync();

        using var jobs = await JsonAsync(await server.GetAsync("api/jobs"));
        Assert.Empty(jobs.RootElement.GetProperty("jobs").EnumerateArray());
    }

    private static async Task<string> StateWhenEndedAsync(TestServer server)
    {
        string state;
        do
        {
            using var jobs = await JsonAsync(await server.GetAsync("api/jobs"));
            state = Assert.Single(jobs.RootElement.GetProperty("jobs").EnumerateArray()).GetProperty("state").GetString()!;
        }
        while (state is "waiting" or "running");
        return state;
    }

    [Fact]
    public async Task A_node_is_kept_in_the_settings_file_and_known_at_once()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "isocenter.json");
        await using var server = await TestServer.StartAsync(settings => settings with { ConfigFile = file });

        using var added = await server.Http.PostAsJsonAsync("api/nodes", new { aet = "CT1", host = "10.0.0.7", port = 104 }, TestServer.Cancel);
        using var wrong = await server.Http.PostAsJsonAsync("api/nodes", new { aet = "CT1", host = "10.0.0.7", port = 0 }, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.NoContent, added.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(new Node("CT1", "10.0.0.7", 104), Assert.Single(SettingsReader.ReadNodes(file)));
        using var nodes = await JsonAsync(await server.GetAsync("api/nodes"));
        Assert.Equal("CT1", Assert.Single(nodes.RootElement.GetProperty("nodes").EnumerateArray()).GetProperty("aet").GetString());
    }

    [Fact]
    public async Task The_self_test_of_a_healthy_server_finds_nothing_but_perhaps_no_viewer()
    {
        await using var server = await TestServer.StartAsync();

        using var answer = await server.Http.PostAsync("api/self-test", null, TestServer.Cancel);
        using var result = await JsonAsync(answer);

        Assert.All(result.RootElement.GetProperty("steps").EnumerateArray().SkipLast(1), step => Assert.True(step.GetProperty("good").GetBoolean(), step.ToString()));
    }

    [Fact]
    public void A_setting_says_where_it_comes_from()
    {
        var settings = SettingsReader.Read(environment: new Dictionary<string, string> { ["ISOCENTER__AET"] = "PACS" }, commandLine: [new("http:port", "0")]);

        Assert.Equal(("PACS", "ISOCENTER", "environment"), Of("aet"));
        Assert.Equal(("0", "8080", "command line"), Of("http:port"));
        Assert.Equal(("refuse", "refuse", "default"), Of("duplicates"));

        (string, string, string) Of(string name)
        {
            var fact = Assert.Single(settings.Facts, fact => fact.Name == name);
            return (fact.Value, fact.Default, fact.Source);
        }
    }

    private static async Task<JsonDocument> JsonAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestServer.Cancel));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestServer.Cancel));
    }
}
