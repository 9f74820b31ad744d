using System.Net;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

/// <summary>Metadata that are made before anybody asks for them, and are one read.</summary>
public sealed class SeriesMetadataTests
{
    private const string Study = "dicom-web/studies/1.1/metadata", Series = "dicom-web/studies/1.1/series/1.1.1/metadata";

    [Fact]
    public async Task A_complete_study_is_there_in_one_read_for_each_series_after_a_restart_too()
    {
        await using var server = await FilledAsync(TimeSpan.FromSeconds(1));
        await WaitForFilesAsync(server, 2);
        await server.RestartAsync();
        // Whatever the answer is made of, it is not the objects.
        foreach (string file in Objects(server)) File.WriteAllBytes(file, new byte[10]);

        var found = await server.GetJsonAsync(Study);

        Assert.Equal(["1.1.1.1", "1.1.1.2", "1.1.2.1"], found.Select(one => one.Get<string>(Tags.SOPInstanceUID)));
        string json = await (await server.GetAsync(Series)).Content.ReadAsStringAsync(TestServer.Cancel);
        Assert.Contains($"\"BulkDataURI\":\"{server.Root}dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.1/bulkdata/7FE00010\"", json, StringComparison.Ordinal);
        Assert.Equal(2, DicomJson.ReadArray(System.Text.Encoding.UTF8.GetBytes(json)).Count);
    }

    [Fact]
    public async Task What_is_ready_is_what_would_be_read()
    {
        await using var server = await FilledAsync(TimeSpan.FromHours(1));
        byte[] read = await BytesAsync(server, Study);
        await WaitForFilesAsync(server, 2);
        await server.RestartAsync();
        byte[] ready = await BytesAsync(server, Study);

        static string Portless(byte[] json) => System.Text.RegularExpressions.Regex.Replace(System.Text.Encoding.UTF8.GetString(json), "127.0.0.1:[0-9]+", "here");
        Assert.Equal(Portless(read), Portless(ready));
    }

    [Fact]
    public async Task What_came_later_is_in_it_and_a_damaged_file_is_made_anew()
    {
        await using var server = await FilledAsync(TimeSpan.FromHours(1));
        await BytesAsync(server, Study);
        await WaitForFilesAsync(server, 2);
        foreach (string file in Ready(server))
        {
            byte[] bytes = File.ReadAllBytes(file);
            bytes[^5] ^= 1;
            File.WriteAllBytes(file, bytes);
        }
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.3", number: 3));
        await server.RestartAsync();

        Assert.Equal(4, (await server.GetJsonAsync(Study)).Count);
        using var deleted = await server.Http.DeleteAsync("dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.3", TestServer.Cancel);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(3, (await server.GetJsonAsync(Study)).Count);
    }

    [Fact]
    public async Task The_files_take_no_more_room_than_they_may()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { MetadataSpace = 3000 });
        for (int i = 1; i <= 5; i++)
        {
            string[] before = Ready(server);
            await server.StowAsync(SampleObject.Create($"1.{i}", $"1.{i}.1", $"1.{i}.1.1"));
            await BytesAsync(server, $"dicom-web/studies/1.{i}/metadata");
            // The newest stays.
            while (!Ready(server).Except(before).Any()) await Task.Delay(20, TestServer.Cancel);
        }
        while (new DirectoryInfo(Path.Combine(server.Folder["data"], "derived")).EnumerateFiles("*.series", SearchOption.AllDirectories).Sum(file => file.Length) > 3000) await Task.Delay(20, TestServer.Cancel);
        Assert.InRange(Ready(server).Length, 1, 4);
    }

    private static async Task<TestServer> FilledAsync(TimeSpan quiet)
    {
        var server = await TestServer.StartAsync(settings => settings with { StudyQuietTime = quiet });
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.2", number: 2));
        await server.StowAsync(SampleObject.Create("1.1", "1.1.2", "1.1.2.1"));
        return server;
    }

    private static string[] Objects(TestServer server) => Directory.GetFiles(Path.Combine(server.Folder["data"], "objects"), "*.dcm", SearchOption.AllDirectories);

    private static string[] Ready(TestServer server) => Directory.Exists(Path.Combine(server.Folder["data"], "derived"))
        ? Directory.GetFiles(Path.Combine(server.Folder["data"], "derived"), "*.series", SearchOption.AllDirectories) : [];

    private static async Task WaitForFilesAsync(TestServer server, int count)
    {
        while (Ready(server).Length < count) await Task.Delay(20, TestServer.Cancel);
    }

    private static async Task<byte[]> BytesAsync(TestServer server, string path)
    {
        using var answer = await server.GetAsync(path, "application/dicom+json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
    }
}
