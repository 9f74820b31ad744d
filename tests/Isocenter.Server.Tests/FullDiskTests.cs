using System.Net;
using System.Net.Http.Json;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Testing;

namespace Isocenter.Server.Tests;

/// <summary>A real disk that is really full, seen from outside.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_is_A700_and_507_what_is_there_is_given_out_and_all_is_well_when_it_has_space()
    {
        await using var disk = await SmallDisk.TakeAsync();
        await using var server = await TestServer.StartAsync(settings => settings with { DataFolder = Path.Combine(disk.Path, "data"), MinFreeSpace = 0 });
        var first = SampleObject.Create("1.1", "1.1.1", "1.1.1.1");
        Assert.True((await server.StoreAsync(first)).IsSuccess);
        disk.Fill();

        var acknowledged = new List<DataSet> { first };
        Status status;
        while ((status = await server.StoreAsync(Next())).IsSuccess) acknowledged.Add(Sent!);
        Assert.Equal(0xA700, status.Code);
        using (var refused = await server.StowAsync("dicom-web/studies", SampleObject.ToFile(Next())))
            Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
        using (var undeleted = await server.Http.DeleteAsync("dicom-web/studies/1.1", TestServer.Cancel))
            Assert.Equal(HttpStatusCode.InsufficientStorage, undeleted.StatusCode);
        using (var unheld = await server.Http.PostAsJsonAsync("api/holds", new { study = "1.1", reason = "why" }, TestServer.Cancel))
            Assert.Equal(HttpStatusCode.InsufficientStorage, unheld.StatusCode);
        foreach (var stored in acknowledged)
        {
            using var answer = await server.GetAsync(TestServer.PathOf(stored));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        disk.Free();

        Assert.True((await server.StoreAsync(Next())).IsSuccess);
        using var deleted = await server.Http.DeleteAsync("dicom-web/studies/1.1", TestServer.Cancel);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task Below_the_watermark_it_is_A700_and_507_and_not_ready()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { MinFreeSpace = long.MaxValue });

        Assert.Equal(0xA700, (await server.StoreAsync(Next())).Code);
        using var refused = await server.StowAsync("dicom-web/studies", SampleObject.ToFile(Next()));
        using var ready = await server.GetAsync("readyz");

        Assert.Equal((HttpStatusCode.InsufficientStorage, HttpStatusCode.ServiceUnavailable), (refused.StatusCode, ready.StatusCode));
    }

    private DataSet? Sent { get; set; }

    private DataSet Next() => Sent = SampleObject.Create("1.1", "1.1.1", size: 64);
}
