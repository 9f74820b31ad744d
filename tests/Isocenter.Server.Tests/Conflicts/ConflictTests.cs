using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Conflicts;

public sealed class ConflictTests
{
    [Fact]
    public async Task The_inbox_lists_what_nobody_has_looked_at()
    {
        await using var server = await TestServer.StartAsync();
        await server.StoreAsync(Instance(1));
        await server.StoreAsync(Instance(2).Set(Tags.PatientName, "SOMEBODY^ELSE"));

        var conflict = Assert.Single((await ListAsync(server, "")).EnumerateArray());
        Assert.Equal("PatientName", conflict.GetProperty("attribute").GetString());
        Assert.Equal("SOMEBODY^ELSE", conflict.GetProperty("incoming").GetString());

        string resolve = $"/api/conflicts/{conflict.GetProperty("number").GetInt64()}/resolve";
        var resolved = await server.Http.PostAsJsonAsync(resolve, new { note = "scanner mended" }, TestServer.Cancel);
        Assert.Equal(HttpStatusCode.NoContent, resolved.StatusCode);
        Assert.Empty((await ListAsync(server, "")).EnumerateArray());
        Assert.Equal("scanner mended", (await ListAsync(server, "?all=true"))[0].GetProperty("resolution").GetProperty("note").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.PostAsJsonAsync(resolve, new { }, TestServer.Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.PostAsync(resolve, new StringContent("{", System.Text.Encoding.UTF8, "application/json"), TestServer.Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_too_long_or_no_JSON_is_not_read()
    {
        await using var server = await TestServer.StartAsync();
        using var tooLong = new StringContent($"{{\"note\":\"{new string('x', 300_000)}\"}}", System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.Http.PostAsync("/api/conflicts/1/resolve", tooLong, TestServer.Cancel)).StatusCode);
        using var form = new StringContent("note=x", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await server.Http.PostAsync("/api/conflicts/1/resolve", form, TestServer.Cancel)).StatusCode);
    }

    [Fact]
    public async Task Where_the_settings_say_so_a_contradiction_is_refused_with_a_status()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { Conflicts = ConflictPolicy.Refuse });
        await server.StoreAsync(Instance(1));

        var status = await server.StoreAsync(Instance(2).Set(Tags.PatientName, "SOMEBODY^ELSE"));
        Assert.Equal(Status.UnableToProcess.Code, status.Code);
    }

    private static DataSet Instance(int number) => SampleObject.Create("1.2.5", "1.2.5.1", $"1.2.5.1.{number}", number);

    private static async Task<JsonElement> ListAsync(TestServer server, string query) =>
        JsonDocument.Parse(await server.Http.GetStringAsync("/api/conflicts" + query, TestServer.Cancel)).RootElement.GetProperty("conflicts");
}
