using System.Net;
using Isocenter.Dicom;
using Isocenter.Server;
using Isocenter.Server.Settings;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Web;

public sealed class WebCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private IsocenterServer _server = null!;

    private string Root => $"http://{_server.EndPoints.Http}/dicom-web";

    public async ValueTask InitializeAsync()
    {
        _server = await IsocenterServer.StartAsync(new ServerSettings
        {
            DataFolder = _folder["data"],
            Dicom = new IPEndPoint(IPAddress.Loopback, 0),
            Http = new IPEndPoint(IPAddress.Loopback, 0),
            MinFreeSpace = 1 << 20,
        }, cancel: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_stored_is_found_fetched_shown_and_deleted()
    {
        Directory.CreateDirectory(_folder["in"]);
        var objects = Enumerable.Range(1, 3).Select(i => SampleObject.Create("1.1", "1.1.1", $"1.1.1.{i}", number: i)).ToList();
        for (int i = 0; i < objects.Count; i++) await File.WriteAllBytesAsync(_folder[$"in/{i}.dcm"], SampleObject.ToFile(objects[i]), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["in/readme.txt"], "no DICOM", TestContext.Current.CancellationToken);

        var stored = await Cli.RunAsync("web", "store", Root, _folder["in"]);
        Assert.True(stored.ExitCode == 0, stored.ToString());
        Assert.Contains("3 stored, 0 failed, 1 skipped", stored.Output, StringComparison.Ordinal);

        var found = await Cli.RunAsync("web", "query", Root, "PatientName=MULLER*");
        Assert.True(found.ExitCode == 0, found.ToString());
        Assert.Contains("1.1", found.Output, StringComparison.Ordinal);
        Assert.Contains("1 match", found.Error, StringComparison.Ordinal);

        var metadata = await Cli.RunAsync("web", "metadata", Root, "1.1", "1.1.1", "1.1.1.2");
        Assert.Equal("1.1.1.2", Assert.Single(DicomJson.ReadArray(System.Text.Encoding.UTF8.GetBytes(metadata.Output))).Get<string>(Tags.SOPInstanceUID));

        var fetched = await Cli.RunAsync("web", "fetch", Root, "1.1", "--out", _folder["out"]);
        Assert.True(fetched.ExitCode == 0, fetched.ToString());
        Assert.Equal(["1.1.1.1.dcm", "1.1.1.2.dcm", "1.1.1.3.dcm"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order());
        using (var file = DicomFile.Open(_folder["out/1.1.1.2.dcm"]))
            Assert.Equal(DataSetWriter.ToArray(objects[1], TransferSyntax.ExplicitVRLittleEndian), DataSetWriter.ToArray(file.DataSet, TransferSyntax.ExplicitVRLittleEndian));

        var picture = await Cli.RunAsync("web", "rendered", Root, "1.1", "1.1.1", "1.1.1.1", "--frame", "1", "--query", "viewport=8,8", "--out", _folder["a.png"]);
        Assert.True(picture.ExitCode == 0, picture.ToString());
        Assert.Equal(0x89, (await File.ReadAllBytesAsync(_folder["a.png"], TestContext.Current.CancellationToken))[0]);

        Assert.Equal(0, (await Cli.RunAsync("web", "delete", Root, "1.1")).ExitCode);
        var gone = await Cli.RunAsync("web", "fetch", Root, "1.1", "--out", _folder["out"]);
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("404 NotFound: there is no such study", gone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_does_not_store_is_told_and_fails()
    {
        var first = SampleObject.Create("1.1", "1.1.1", "1.1.1.1");
        await File.WriteAllBytesAsync(_folder["a.dcm"], SampleObject.ToFile(first), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["b.dcm"], SampleObject.ToFile(first.Copy().Set(Tags.PatientID, "OTHER")), TestContext.Current.CancellationToken);

        var stored = await Cli.RunAsync("web", "store", Root, _folder["a.dcm"], _folder["b.dcm"]);

        Assert.Equal(1, stored.ExitCode);
        Assert.Contains("1 stored, 1 failed", stored.Output, StringComparison.Ordinal);
        Assert.Contains("0x0111", stored.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web", "query", "ftp://x")]
    [InlineData("web", "metadata", "http://127.0.0.1:1/", "no uid")]
    [InlineData("web", "rendered", "http://127.0.0.1:1/", "1.2", "--out", "x.bmp")]
    [InlineData("web", "query", "http://127.0.0.1:1/", "--level", "PATIENT")]
    public async Task What_makes_no_sense_is_wrong_usage(params string[] args) => Assert.Equal(2, (await Cli.RunAsync(args)).ExitCode);

    [Fact]
    public async Task Where_nobody_listens_the_command_fails_with_a_sentence()
    {
        var result = await Cli.RunAsync("web", "query", "http://127.0.0.1:1/dicom-web");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("isocenter: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_finds_the_object_that_was_changed()
    {
        await File.WriteAllBytesAsync(_folder["a.dcm"], SampleObject.ToFile(SampleObject.Create("1.1", "1.1.1", "1.1.1.1")), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["b.dcm"], SampleObject.ToFile(SampleObject.Create("1.1", "1.1.1", "1.1.1.2")), TestContext.Current.CancellationToken);
        await Cli.RunAsync("web", "store", Root, _folder["a.dcm"], _folder["b.dcm"]);
        await _server.DisposeAsync();
        var before = await Cli.RunAsync("verify", "--data", _folder["data"]);
        string stored = Directory.GetFiles(_folder["data/objects"], "*.dcm", SearchOption.AllDirectories).Order().Last();
        byte[] bytes = await File.ReadAllBytesAsync(stored, TestContext.Current.CancellationToken);
        bytes[^7] ^= 1;
        await File.WriteAllBytesAsync(stored, bytes, TestContext.Current.CancellationToken);

        var after = await Cli.RunAsync("verify", "--data", _folder["data"], "--json");

        Assert.True(before.ExitCode == 0, before.ToString());
        Assert.Contains("2 objects are intact, 0 are not", before.Output, StringComparison.Ordinal);
        Assert.Equal(1, after.ExitCode);
        Assert.Contains("\"intact\":1", after.Output, StringComparison.Ordinal);
        Assert.Contains("\"bad\":[{\"instance\":\"1.1.1.2\",\"result\":\"damaged\"}]", after.Output, StringComparison.Ordinal);
    }
}
