using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>Storage Commitment with Orthanc, in both roles (PS3.4 Annex J).</summary>
public sealed class OrthancTests : IAsyncDisposable
{
    private const string Missing = "1.2.3.99";

    private readonly TemporaryFolder _folder = new();
    private readonly int _dicom = ForeignTool.FreePort();
    private readonly HttpClient _http;
    private RunningTool? _orthanc;

    public OrthancTests() => _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Text(ForeignTool.FreePort())}/") };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_orthanc is not null) await _orthanc.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Commit_hears_on_an_association_of_Orthanc_what_it_keeps()
    {
        int ours = ForeignTool.FreePort();
        await StartAsync("COMMITTER", ours);
        string file = Sample();
        (await IsocenterProcess.RunAsync("send", "127.0.0.1", Text(_dicom), "-c", "ORTHANC", file)).AssertSuccess();

        var result = await IsocenterProcess.RunAsync("commit", "127.0.0.1", Text(_dicom), file, $"CTImageStorage={Missing}", "--aet", "COMMITTER", "-c", "ORTHANC", "--listen", Text(ours));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("1 of 2 committed", result.Output, StringComparison.Ordinal);
        Assert.Contains("0x0112", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orthanc_hears_from_serve_what_is_committed_and_what_is_not()
    {
        File.WriteAllText(_folder["settings.json"], $$"""{ "nodes": [ { "aet": "ORTHANC", "host": "127.0.0.1", "port": {{Text(_dicom)}} } ] }""");
        await using var server = await IsocenterProcess.StartAsync(_folder["data"], "--config", _folder["settings.json"]);
        await StartAsync("ISOCENTER", server.DicomPort);
        (await IsocenterProcess.RunAsync("send", "127.0.0.1", Text(server.DicomPort), Sample())).AssertSuccess();

        using var question = new StringContent($$"""{ "DicomInstances": [ ["{{SopClasses.CTImageStorage}}", "1.2.3.4.1"], ["{{SopClasses.CTImageStorage}}", "{{Missing}}"] ] }""");
        using var asked = await _http.PostAsync("modalities/PEER/storage-commitment", question, Cancel);
        asked.EnsureSuccessStatusCode();
        string path = (await asked.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("Path").GetString()!;

        var answer = await AnswerAsync(path);
        Assert.Equal("Failure", answer.GetProperty("Status").GetString());
        Assert.Equal("1.2.3.4.1", Assert.Single(answer.GetProperty("Success").EnumerateArray()).GetProperty("SOPInstanceUID").GetString());
        var failure = Assert.Single(answer.GetProperty("Failures").EnumerateArray());
        Assert.Equal((Missing, 0x0112), (failure.GetProperty("SOPInstanceUID").GetString(), failure.GetProperty("FailureReason").GetInt32()));
    }

    /// <summary>Orthanc has no event for it: its answer is asked for until it is no longer pending.</summary>
    private async Task<JsonElement> AnswerAsync(string path)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await _http.GetFromJsonAsync<JsonElement>(path, deadline.Token);
            if (answer.GetProperty("Status").GetString() != "Pending") return answer;
            await Task.Delay(50, deadline.Token);
        }
    }

    private string Sample()
    {
        File.WriteAllBytes(_folder["a.dcm"], SampleObject.ToFile(SampleObject.Create(instance: "1.2.3.4.1")));
        return _folder["a.dcm"];
    }

    private async Task StartAsync(string peer, int port)
    {
        ForeignTool.Require("Orthanc");
        File.WriteAllText(_folder["orthanc.json"], $$"""
            {
              "StorageDirectory": "{{_folder["orthanc"]}}", "IndexDirectory": "{{_folder["orthanc"]}}",
              "DicomAet": "ORTHANC", "DicomPort": {{Text(_dicom)}}, "HttpPort": {{Text(_http.BaseAddress!.Port)}},
              "AuthenticationEnabled": false, "DicomAlwaysAllowStore": true, "DicomCheckCalledAet": false,
              "DicomModalities": { "PEER": { "AET": "{{peer}}", "Host": "127.0.0.1", "Port": {{Text(port)}}, "AllowStorageCommitment": true } }
            }
            """);
        _orthanc = ForeignTool.Start("Orthanc", [_folder["orthanc.json"]]);
        await ForeignTool.WaitForPortAsync(_dicom, cancel: Cancel);
        await ForeignTool.WaitForPortAsync(_http.BaseAddress.Port, cancel: Cancel);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
