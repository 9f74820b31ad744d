using System.Net;
using System.Net.Http.Json;
using Isocenter.Dicom;
using Isocenter.Server.Http;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Holds;

public sealed class HoldRouteTests
{
    [Fact]
    public async Task What_is_held_is_409_with_the_reason_for_every_way_to_delete_it()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));

        using var held = await server.Http.PostAsJsonAsync("api/holds", new { study = "1.1", who = "anna", reason = "case 7" }, TestServer.Cancel);
        Assert.Equal(HttpStatusCode.Created, held.StatusCode);
        foreach (string path in new[] { "dicom-web/studies/1.1", "dicom-web/studies/1.1/series/1.1.1", "dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.1" })
        {
            using var refused = await server.Http.DeleteAsync(path, TestServer.Cancel);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
            Assert.Contains("study 1.1 is under legal hold 1", await refused.Content.ReadAsStringAsync(TestServer.Cancel));
        }
        using var page = await server.Http.PostAsync("api/studies/1.1/delete", null, TestServer.Cancel);
        using var move = await server.Http.PostAsJsonAsync("api/corrections", new { study = "1.1", intoStudy = "new", reason = "hide" }, TestServer.Cancel);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (page.StatusCode, move.StatusCode));
        Assert.Contains("\"who\":\"anna\",\"reason\":\"case 7\",\"study\":\"1.1\"", await server.Http.GetStringAsync("api/holds", TestServer.Cancel));

        using var released = await server.Http.PostAsJsonAsync("api/holds/1/release", new { reason = "closed" }, TestServer.Cancel);
        using var deleted = await server.Http.DeleteAsync("dicom-web/studies/1.1", TestServer.Cancel);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (released.StatusCode, deleted.StatusCode));
        Assert.Equal("{\"holds\":[]}", await server.Http.GetStringAsync("api/holds", TestServer.Cancel));
    }

    [Theory]
    [InlineData("""{ "reason": "why" }""")]
    [InlineData("""{ "study": "1.1" }""")]
    [InlineData("""{ "study": "not a uid", "reason": "why" }""")]
    [InlineData("""{ "study": "1.1", "patient": "P1", "reason": "why" }""")]
    public async Task A_hold_on_nothing_or_without_a_reason_is_no_hold(string body)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await server.Http.PostAsync("api/holds", content, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Linked_patients_are_found_together_when_the_search_asks_so()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { LinkedPatients = true });
        await server.StowAsync(SampleObject.Create("1.1").Set(Tags.PatientID, "P1"));
        await server.StowAsync(SampleObject.Create("1.2").Set(Tags.PatientID, "P2").Set(Tags.IssuerOfPatientID, "ELSEWHERE"));
        using var alone = await server.Http.PostAsJsonAsync("api/links", new { patients = new[] { "P1" }, reason = "why" }, TestServer.Cancel);
        using var linked = await server.Http.PostAsJsonAsync("api/links", new { patients = new[] { "P1", "P2^^^ELSEWHERE" }, who = "anna", reason = "married" }, TestServer.Cancel);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Created), (alone.StatusCode, linked.StatusCode));
        Assert.Equal(2, (await server.GetJsonAsync("dicom-web/studies?PatientID=P1&linkedpatients=true")).Count);
        Assert.Single(await server.GetJsonAsync("dicom-web/studies?PatientID=P1"));
        var keys = new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.PatientID, "P1").Set<string>(Tags.StudyInstanceUID);
        Assert.Equal(2, (await server.FindAsync("1.2.840.10008.5.1.4.1.2.2.1", keys)).Count);
        Assert.Contains("\"patients\":[\"P1\",\"P2^^^ELSEWHERE\"]", await server.Http.GetStringAsync("api/links", TestServer.Cancel));
        using var undone = await server.Http.PostAsJsonAsync("api/links/1/undo", new { reason = "by mistake" }, TestServer.Cancel);
        Assert.Equal(HttpStatusCode.NoContent, undone.StatusCode);
        Assert.Single(await server.GetJsonAsync("dicom-web/studies?PatientID=P1&linkedpatients=true"));
    }

    [Fact]
    public async Task The_numbers_and_the_quarantine_are_told()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1"));

        Assert.Contains("\"instances\":1,", await server.Http.GetStringAsync("api/stats", TestServer.Cancel));
        Assert.Equal("{\"files\":[]}", await server.Http.GetStringAsync("api/quarantine", TestServer.Cancel));
    }

    [Fact]
    public async Task While_it_runs_a_server_says_where_it_can_be_asked()
    {
        var server = await TestServer.StartAsync();
        Assert.Equal(server.Root, RunningAddress.Read(server.Settings.DataFolder));
        await server.Server.StopAsync(TimeSpan.FromSeconds(5));
        Assert.Null(RunningAddress.Read(server.Settings.DataFolder));
        await server.DisposeAsync();
    }
}
