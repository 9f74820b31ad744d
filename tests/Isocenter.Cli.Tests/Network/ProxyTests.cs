using System.Globalization;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Network;

public sealed class ProxyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _port = ForeignTool.FreePort().ToString(CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Dispose();

    private async Task<CliResult> WatchAsync(string peer, Func<Task> talk, params string[] arguments)
    {
        using var end = new CancellationTokenSource();
        var watching = Cli.RunAsync(["proxy", "--listen", _port, "--to", $"127.0.0.1:{peer}", .. arguments], hasColour: false, end.Token);
        await ForeignTool.WaitForPortAsync(int.Parse(_port, CultureInfo.InvariantCulture));
        await talk();
        await end.CancelAsync();
        return await watching;
    }

    [Fact]
    public async Task Objects_pass_unchanged_and_are_told_without_what_is_about_the_patient()
    {
        await using var peer = new FakePeer();
        byte[] file = SampleObject.ToFile(SampleObject.Create(instance: "2.25.1", size: 256));
        await File.WriteAllBytesAsync(_folder["a.dcm"], file);
        var result = await WatchAsync(peer.Port, async () => Assert.Equal(0, (await Cli.RunAsync("send", "127.0.0.1", _port, _folder["a.dcm"])).ExitCode));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.True(file.AsSpan().EndsWith(peer.Stored[Uid.Parse("2.25.1")].Bytes));
        Assert.Contains("A-ASSOCIATE-RQ  ISOCENTER-CLI calls ISOCENTER", result.Output);
        Assert.Contains("  1  CT Image Storage: Explicit VR Little Endian", result.Output);
        Assert.Contains("C-STORE-RQ  #1, CT Image Storage, 2.25.1", result.Output);
        Assert.Contains("C-STORE-RSP  #1, 0x0000 Success", result.Output);
        Assert.Contains("(0008,0060) CS      2 Modality: CT", result.Output);
        Assert.Contains("PatientName\n", result.Output);
        Assert.DoesNotContain("Müller", result.Output);
        Assert.DoesNotContain("20250314", result.Output);
        Assert.Contains("A-RELEASE-RP", result.Output);
    }

    [Fact]
    public async Task Json_lines_hold_items_commands_and_data_sets()
    {
        await using var peer = new FakePeer();
        peer.Found.Add(SampleObject.Create(study: "2.25.5"));
        var result = await WatchAsync(peer.Port, () => Cli.RunAsync("find", "127.0.0.1", _port, "PatientName=Mül*"), "--json", "--show-data", "--pdus");
        var events = result.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(JsonValueKind.Array, events.Single(e => e.GetProperty("event").GetString() == "A-ASSOCIATE-AC").GetProperty("contexts").ValueKind);
        string[] commands = [.. events.Where(e => e.GetProperty("event").GetString() == "command").Select(e => $"{e.GetProperty("command")} {(e.TryGetProperty("status", out var status) ? status.GetString() : "")}".Trim())];
        Assert.Equal(["C-FIND-RQ", "C-FIND-RSP FF00", "C-FIND-RSP 0000"], commands);
        Assert.Contains("Mül*", result.Output);
        Assert.Contains(events, e => e.GetProperty("event").GetString() == "pdu" && e.GetProperty("pdu").GetString() == "P-DATA-TF");
    }

    [Fact]
    public async Task A_peer_that_is_not_there_and_bytes_that_are_no_dicom_are_told()
    {
        string nobody = ForeignTool.FreePort().ToString(CultureInfo.InvariantCulture);
        var result = await WatchAsync(nobody, async () => Assert.Equal(1, (await Cli.RunAsync("echo", "127.0.0.1", _port)).ExitCode));
        Assert.Contains($"no connection to 127.0.0.1:{nobody}", result.Output);
        await using var peer = new FakePeer();
        result = await WatchAsync(peer.Port, async () =>
        {
            using var http = new HttpClient();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetAsync($"http://127.0.0.1:{_port}/"));
        });
        Assert.Contains("this direction cannot be explained any further: there is no PDU of type 0x47", result.Output);
        Assert.Contains("A-ABORT", result.Output);
    }
}
