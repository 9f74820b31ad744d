using System.Net;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

/// <summary>A file that is lost or not what was stored is never given out, and keeps nothing else from being served.</summary>
public sealed class DamageTests
{
    [Theory]
    [InlineData("", "multipart/related; type=\"application/dicom\"")]
    [InlineData("", "application/zip")]
    [InlineData("/metadata", "application/dicom+json")]
    [InlineData("/rendered", "multipart/related; type=\"image/jpeg\"")]
    [InlineData("/bulkdata", "multipart/related; type=\"application/octet-stream\"")]
    public async Task The_rest_of_a_study_is_served_and_the_answer_says_that_it_is_not_all(string resource, string accept)
    {
        await using var server = await FilledAsync();
        File.Delete(FileOf(server, 0));

        using var answer = await server.GetAsync("dicom-web/studies/1.1" + resource, accept);
        string body = System.Text.Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("1 of 3 instances", answer.Headers.GetValues("Warning").Single(), StringComparison.Ordinal);
        Assert.Contains("1.1.1.2", body, StringComparison.Ordinal);
        Assert.Contains("1.1.1.3", body, StringComparison.Ordinal);
        Assert.DoesNotContain("/1.1.1.1", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_too_long_to_be_held_say_before_they_begin_what_is_missing()
    {
        const int count = 66, longest = 17 << 20;
        await using var server = await TestServer.StartAsync();
        for (int i = 1; i <= count; i++)
        {
            var sample = SampleObject.Create("1.1", "1.1.1", $"1.1.1.{i}", number: i);
            await server.StowAsync(i == 1 ? sample.SetText(Tags.ImageComments, VR.LO, new string('x', longest)) : sample);
        }
        File.Delete(FileOf(server, count - 1));

        using var answer = await server.GetAsync("dicom-web/studies/1.1/metadata", "application/dicom+json");
        using var array = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));

        Assert.Contains($"1 of {count} instances", answer.Headers.GetValues("Warning").Single(), StringComparison.Ordinal);
        Assert.Null(answer.Headers.ETag);
        Assert.Equal(count - 1, array.RootElement.GetArrayLength());
    }

    [Theory]
    [InlineData("", "application/dicom; transfer-syntax=*")]
    [InlineData("/frames/1", "application/octet-stream")]
    [InlineData("/rendered", "image/png")]
    [InlineData("/bulkdata/7FE00010", "application/octet-stream")]
    public async Task One_flipped_bit_is_seen_by_whoever_reads_the_object(string resource, string accept)
    {
        await using var server = await FilledAsync();
        const string instance = "dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.1";
        using (var before = await server.GetAsync(instance + resource, accept)) Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        using (var file = new FileStream(FileOf(server, 0), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = file.Length - 100;
            int b = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(b ^ 1));
        }

        using var after = await server.GetAsync(instance + resource, accept);
        using var other = await server.GetAsync(instance[..^1] + "2" + resource, accept);

        Assert.Equal(HttpStatusCode.InternalServerError, after.StatusCode);
        Assert.Equal("application/problem+json", after.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task While_the_index_is_damaged_searches_are_503_and_say_what_mends_it()
    {
        await using var server = await FilledAsync();
        await server.RestartAsync();
        using (var file = new FileStream(Path.Combine(server.Settings.DataFolder, "index.db"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            byte[] rubbish = [.. Enumerable.Repeat((byte)0x55, 3000)];
            for (long page = 4096; page < file.Length; page += 4096)
            {
                file.Position = page;
                file.Write(rubbish);
            }
        }

        using var answer = await server.GetAsync("dicom-web/studies/1.1/instances", "application/dicom+json");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("reindex", await answer.Content.ReadAsStringAsync(TestServer.Cancel), StringComparison.Ordinal);
        using var ready = await server.GetAsync("readyz", "application/json");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    private static async Task<TestServer> FilledAsync()
    {
        var server = await TestServer.StartAsync();
        for (int i = 1; i <= 3; i++) await server.StowAsync(SampleObject.Create("1.1", "1.1.1", $"1.1.1.{i}", number: i));
        return server;
    }

    private static string FileOf(TestServer server, int index) =>
        Directory.GetFiles(Path.Combine(server.Settings.DataFolder, "objects"), "*", SearchOption.AllDirectories).Order().ElementAt(index);
}
