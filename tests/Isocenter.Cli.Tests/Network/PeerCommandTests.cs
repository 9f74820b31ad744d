using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Network;

public sealed class PeerCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Save(DataSet dataSet, string name, TransferSyntax? syntax = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], SampleObject.ToFile(dataSet, syntax));
        return _folder[name];
    }

    private static byte[] DataSetOf(string path)
    {
        using var file = DicomFile.Open(path, ReadOptions.HeaderOnly);
        return File.ReadAllBytes(path)[(int)file.DataSetOffset..];
    }

    [Fact]
    public async Task Echo_tells_who_answers()
    {
        await using var peer = new FakePeer();
        var result = await Cli.RunAsync("echo", "127.0.0.1", peer.Port);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("ISOCENTER at 127.0.0.1:", result.Output);
        using var json = JsonDocument.Parse((await Cli.RunAsync("echo", "127.0.0.1", peer.Port, "--json")).Output);
        Assert.Equal("0000", json.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Echo_fails_with_a_sentence_when_the_peer_says_no()
    {
        await using var peer = new FakePeer { Echo = Status.NotAuthorized };
        var refused = await Cli.RunAsync("echo", "127.0.0.1", peer.Port);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("0x0124", refused.Error);
        var rejected = await Cli.RunAsync("echo", "127.0.0.1", peer.Port, "--called", "OTHER");
        Assert.Equal(1, rejected.ExitCode);
        Assert.Contains("the peer is not called 'OTHER'", rejected.Error);
        Assert.Single(rejected.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Nobody_there_is_a_failure_with_a_sentence()
    {
        string port = ForeignTool.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var result = await Cli.RunAsync("echo", "127.0.0.1", port, "--timeout", "5");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("isocenter: no connection to 127.0.0.1:", result.Error);
    }

    [Fact]
    public async Task Send_stores_files_and_folders_as_they_are()
    {
        await using var peer = new FakePeer();
        string a = Save(SampleObject.Create(), "a.dcm"), b = Save(SampleObject.Create(), "deep/er/b.dcm", TransferSyntax.ExplicitVRBigEndian),
            c = Save(SampleObject.Create(), "deep/c.dcm", TransferSyntax.DeflatedExplicitVRLittleEndian);
        await File.WriteAllTextAsync(_folder["deep/readme.txt"], "not DICOM");
        var result = await Cli.RunAsync("send", "127.0.0.1", peer.Port, a, _folder["deep"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.StartsWith("3 stored, 1 skipped;", result.Output);
        Assert.Contains("readme.txt: skipped", result.Error);
        Assert.Equal(1, peer.Associations);
        foreach (string path in new[] { a, b, c })
        {
            using var file = DicomFile.Open(path);
            var stored = peer.Stored[Uid.Parse(file.DataSet.Get<string>(Tags.SOPInstanceUID))];
            Assert.Equal(file.TransferSyntax, stored.Syntax);
            Assert.Equal(DataSetOf(path), stored.Bytes);
        }
    }

    [Theory]
    [InlineData(0xA700, 0, 2)]
    [InlineData(0x0213, 0, 2)]
    [InlineData(0xA900, 1, 1)]
    public async Task Send_tries_again_what_the_peer_has_no_resources_for_and_nothing_else(int status, int exitCode, int attempts)
    {
        await using var peer = new FakePeer();
        int asked = 0;
        peer.Store = _ => ++asked == 1 ? new Status((ushort)status) : Status.Success;
        var result = await Cli.RunAsync("send", "127.0.0.1", peer.Port, Save(SampleObject.Create(), "a.dcm"), "--retries", "1");
        Assert.Equal((exitCode, attempts), (result.ExitCode, asked));
    }

    [Fact]
    public async Task Send_reports_each_failure_and_goes_on()
    {
        await using var peer = new FakePeer();
        string bad = Save(SampleObject.Create(instance: "2.25.13"), "bad.dcm"), good = Save(SampleObject.Create(), "good.dcm"),
            warned = Save(SampleObject.Create(instance: "2.25.14"), "warned.dcm");
        peer.Store = uid => uid.Value == "2.25.13" ? Status.OutOfResources.With("disk full")
            : uid.Value == "2.25.14" ? Status.ElementsDiscarded : Status.Success;
        await File.WriteAllTextAsync(_folder["text.txt"], "not DICOM");
        var result = await Cli.RunAsync("send", "127.0.0.1", peer.Port, bad, _folder["text.txt"], good, warned, "--json", "--retries", "0");
        Assert.Equal(1, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(2, json.RootElement.GetProperty("stored").GetInt32());
        Assert.Equal(2, json.RootElement.GetProperty("failed").GetInt32());
        var outcomes = json.RootElement.GetProperty("objects").EnumerateArray()
            .ToDictionary(o => Path.GetFileName(o.GetProperty("name").GetString()!), o => o);
        Assert.Equal("A700", outcomes["bad.dcm"].GetProperty("status").GetString());
        Assert.Contains("disk full", outcomes["bad.dcm"].GetProperty("message").GetString());
        Assert.Equal("failed", outcomes["text.txt"].GetProperty("result").GetString());
        Assert.Equal("warning", outcomes["warned.dcm"].GetProperty("result").GetString());
        Assert.Equal("stored", outcomes["good.dcm"].GetProperty("result").GetString());
    }

    [Fact]
    public async Task Uncompressed_objects_are_rewritten_for_a_peer_that_takes_implicit_only()
    {
        await using var peer = new FakePeer(new AcceptancePolicy { StorageTransferSyntaxes = [TransferSyntax.ImplicitVRLittleEndian] });
        var dataSet = SampleObject.Create();
        var result = await Cli.RunAsync("send", "127.0.0.1", peer.Port, Save(dataSet, "a.dcm", TransferSyntax.ExplicitVRBigEndian));
        Assert.True(result.ExitCode == 0, result.ToString());
        var stored = Assert.Single(peer.Stored.Values);
        Assert.Equal(TransferSyntax.ImplicitVRLittleEndian, stored.Syntax);
        Assert.Equal(DataSetWriter.ToArray(dataSet, TransferSyntax.ImplicitVRLittleEndian), stored.Bytes);
    }

    [Fact]
    public async Task A_compressed_object_that_the_peer_does_not_take_fails_by_name()
    {
        await using var peer = new FakePeer(new AcceptancePolicy { StorageTransferSyntaxes = [TransferSyntax.ImplicitVRLittleEndian] });
        var dataSet = SampleObject.Create().SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 1, 2, 3, 4 }]));
        var result = await Cli.RunAsync("send", "127.0.0.1", peer.Port, Save(dataSet, "a.dcm", TransferSyntax.RLELossless), Save(SampleObject.Create(), "b.dcm"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("a.dcm: failed: ", result.Error);
        Assert.StartsWith("1 stored, 1 failed;", result.Output);
    }

    [Fact]
    public async Task More_than_128_contexts_take_more_than_one_association()
    {
        await using var peer = new FakePeer();
        // Each class takes two contexts: its own syntax and the default one.
        string[] classes = [.. StorageSopClasses.All.Where(entry => !entry.IsRetired).Take(100).Select(entry => entry.Uid)];
        for (int i = 0; i < classes.Length; i++) Save(SampleObject.Create().Set(Tags.SOPClassUID, classes[i]), $"many/{i}.dcm");
        var result = await Cli.RunAsync("send", "127.0.0.1", peer.Port, _folder["many"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(classes.Length, peer.Stored.Count);
        Assert.Equal(2, peer.Associations);
    }

    [Fact]
    public async Task When_nobody_is_there_all_fail_and_the_peer_is_tried_once()
    {
        string port = ForeignTool.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var result = await Cli.RunAsync("send", "127.0.0.1", port, Save(SampleObject.Create(), "a.dcm"), Save(SampleObject.Create(), "b.dcm"));
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("0 stored, 2 failed;", result.Output);
    }

    [Fact]
    public async Task Find_asks_with_the_keys_and_writes_a_table()
    {
        await using var peer = new FakePeer();
        peer.Found.Add(SampleObject.Create(study: "2.25.5"));
        peer.Found.Add(SampleObject.Create(study: "2.25.6"));
        var result = await Cli.RunAsync("find", "127.0.0.1", peer.Port, "PatientName=Mül*", "0008,0020=20250101-", "StudyID");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("Mül*", peer.Asked!.Get<string>(Tags.PatientName));
        Assert.Equal("20250101-", peer.Asked.Get<string>(Tags.StudyDate));
        Assert.Equal("STUDY", peer.Asked.Get<string>(Tags.QueryRetrieveLevel));
        string[] lines = result.Output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("PatientID  PatientName    StudyDate", lines[0]);
        Assert.Contains("StudyID", lines[0]);
        Assert.StartsWith("P-0001     Müller^Jürgen  20250314", lines[1]);
        Assert.Equal("2 matches", result.Error.Trim());
    }

    [Fact]
    public async Task Find_writes_json_and_stops_at_the_limit()
    {
        await using var peer = new FakePeer();
        for (int i = 0; i < 50; i++) peer.Found.Add(SampleObject.Create());
        using var json = JsonDocument.Parse((await Cli.RunAsync("find", "127.0.0.1", peer.Port, "--json", "--limit", "3", "-l", "patient")).Output);
        Assert.Equal(3, json.RootElement.GetArrayLength());
        peer.Found.Clear();
        using var none = JsonDocument.Parse((await Cli.RunAsync("find", "127.0.0.1", peer.Port, "--json")).Output);
        Assert.Equal(0, none.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Find_takes_keys_within_sequences()
    {
        await using var peer = new FakePeer();
        var match = SampleObject.Create();
        match.Insert(ElementPath.Parse("RequestAttributesSequence[+]"))[0].Set(Tags.ScheduledProcedureStepID, "17");
        match.Insert(ElementPath.Parse("RequestAttributesSequence[+]"))[0].Set(Tags.ScheduledProcedureStepID, "18, or 19");
        peer.Found.Add(match);
        var result = await Cli.RunAsync("find", "127.0.0.1", peer.Port, "-l", "SERIES", "--csv",
            "RequestAttributesSequence.ScheduledProcedureStepID=17", "RequestAttributesSequence.RequestedProcedureID", "ReferencedStudySequence");
        Assert.True(result.ExitCode == 0, result.ToString());
        var item = Assert.Single(peer.Asked!.SelectItems(ElementPath.Parse("RequestAttributesSequence[*]")));
        Assert.Equal("17", item.Get<string>(Tags.ScheduledProcedureStepID));
        Assert.True(item.Contains(Tags.RequestedProcedureID));
        Assert.Empty(peer.Asked!.SelectItems(ElementPath.Parse("ReferencedStudySequence[*]")));
        Assert.True(peer.Asked.Contains(Tags.ReferencedStudySequence));
        string[] lines = result.Output.TrimEnd().Split("\r\n");
        Assert.EndsWith("SeriesInstanceUID,RequestAttributesSequence.ScheduledProcedureStepID,RequestAttributesSequence.RequestedProcedureID,ReferencedStudySequence", lines[0]);
        Assert.EndsWith(",\"17\\18, or 19\",,", lines[1]);
    }

    [Fact]
    public async Task Find_asks_in_the_character_set_that_is_wanted()
    {
        await using var peer = new FakePeer();
        Assert.Equal(0, (await Cli.RunAsync("find", "127.0.0.1", peer.Port, "PatientName=Mül*", "--charset", "ISO_IR 100")).ExitCode);
        Assert.Equal("ISO_IR 100", peer.Asked!.Get<string>(Tags.SpecificCharacterSet));
        Assert.Equal("Mül*", peer.Asked.Get<string>(Tags.PatientName));
        var other = await Cli.RunAsync("find", "127.0.0.1", peer.Port, "PatientName=山*", "--charset", "ISO_IR 100");
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("cannot be written in character set ISO_IR 100", other.Error);
    }

    [Fact]
    public async Task Echo_repeats_and_tells_what_was_negotiated()
    {
        await using var peer = new FakePeer();
        var result = await Cli.RunAsync("echo", "127.0.0.1", peer.Port, "--count", "3", "--interval", "0", "-v");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("3: 0x0000 Success after", result.Output);
        Assert.Contains("Verification SOP Class: Explicit VR Little Endian", result.Output);
        Assert.Contains("answers 3 times", result.Output);
    }

    [Fact]
    public async Task What_was_not_sent_is_listed_and_sent_from_the_list()
    {
        await using var peer = new FakePeer();
        string bad = Save(SampleObject.Create(instance: "2.25.13"), "bad.dcm"), good = Save(SampleObject.Create(instance: "2.25.14"), "good.dcm");
        peer.Store = uid => uid.Value == "2.25.13" ? Status.OutOfResources : Status.Success;
        Assert.Equal(1, (await Cli.RunAsync("send", "127.0.0.1", peer.Port, bad, good, "--failed", _folder["list"])).ExitCode);
        string[] lines = await File.ReadAllLinesAsync(_folder["list"]);
        Assert.Equal(bad, lines[1]);
        Assert.Equal(2, lines.Length);
        Assert.Contains("0xA700", lines[0]);
        peer.Store = _ => Status.Success;
        var again = await Cli.RunAsync("send", "127.0.0.1", peer.Port, "--failed", _folder["list"]);
        Assert.StartsWith("1 stored;", again.Output);
        Assert.False(File.Exists(_folder["list"]));
        Assert.Equal(2, peer.Stored.Count);
    }

    [Fact]
    public async Task Zip_files_are_sent_without_unpacking_them_first()
    {
        await using var peer = new FakePeer(new AcceptancePolicy { StorageTransferSyntaxes = [TransferSyntax.ExplicitVRLittleEndian] });
        string a = Save(SampleObject.Create(instance: "2.25.1"), "in/a.dcm");
        Save(SampleObject.Create(instance: "2.25.2"), "in/deep/b.dcm", TransferSyntax.ImplicitVRLittleEndian);
        await File.WriteAllTextAsync(_folder["in/readme.txt"], "not DICOM");
        await System.IO.Compression.ZipFile.CreateFromDirectoryAsync(_folder["in"], _folder["x.zip"]);
        var result = await Cli.RunAsync("send", "127.0.0.1", peer.Port, _folder["x.zip"]);
        Assert.StartsWith("2 stored, 1 skipped;", result.Output);
        Assert.Equal(DataSetOf(a), peer.Stored[Uid.Parse("2.25.1")].Bytes);
        Assert.Equal(TransferSyntax.ExplicitVRLittleEndian, peer.Stored[Uid.Parse("2.25.2")].Syntax);
        peer.Stored.Clear();
        Assert.Equal(0, (await Cli.RunAsync("send", "127.0.0.1", peer.Port, _folder["x.zip"] + "!/a.dcm")).ExitCode);
        Assert.Single(peer.Stored);
    }

    [Fact]
    public async Task Compressed_objects_are_decompressed_for_a_peer_that_takes_no_other()
    {
        await using var peer = new FakePeer(new AcceptancePolicy { StorageTransferSyntaxes = [TransferSyntax.ImplicitVRLittleEndian] });
        var dataSet = SampleObject.Create(instance: "2.25.1");
        await Imaging.Transcoder.TranscodeAsync(new DicomFile(dataSet, TransferSyntax.ExplicitVRLittleEndian), _folder["rle.dcm"], new(TransferSyntax.RLELossless), TestContext.Current.CancellationToken);
        var result = await Cli.RunAsync("send", "127.0.0.1", peer.Port, _folder["rle.dcm"], "-v");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("rle.dcm: stored as Implicit VR Little Endian", result.Error);
        var stored = peer.Stored[Uid.Parse("2.25.1")];
        Assert.Equal(dataSet.GetAll<ushort>(Tags.PixelData), DicomFile.ReadDataSet(stored.Bytes, stored.Syntax).DataSet.GetAll<ushort>(Tags.PixelData));
        Assert.Equal(1, (await Cli.RunAsync("send", "127.0.0.1", peer.Port, _folder["rle.dcm"], "--as-is")).ExitCode);
    }

    [Fact]
    public async Task Many_associations_carry_each_object_once()
    {
        await using var peer = new FakePeer();
        for (int i = 1; i <= 40; i++) Save(SampleObject.Create(instance: $"2.25.{i}"), $"in/{i}.dcm");
        var result = await Cli.RunAsync("send", "127.0.0.1", peer.Port, _folder["in"], "-j", "4");
        Assert.StartsWith("40 stored;", result.Output);
        Assert.Equal(40, peer.Stored.Count);
    }

    [Fact]
    public async Task A_find_that_the_peer_refuses_fails()
    {
        await using var peer = new FakePeer { Find = Status.DataSetDoesNotMatchSopClass };
        var result = await Cli.RunAsync("find", "127.0.0.1", peer.Port);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("0xA900", result.Error);
    }

    [Fact]
    public async Task Get_writes_each_object_as_it_was()
    {
        await using var peer = new FakePeer();
        string a = Save(SampleObject.Create(instance: "2.25.1"), "in/a.dcm");
        var compressed = SampleObject.Create(instance: "2.25.2").SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 1, 2, 3, 4 }]));
        string b = Save(compressed, "in/b.dcm", TransferSyntax.JPEGLSLossless);
        Assert.Equal(0, (await Cli.RunAsync("send", "127.0.0.1", peer.Port, _folder["in"])).ExitCode);
        var result = await Cli.RunAsync("get", "127.0.0.1", peer.Port, "--study", "2.25.9", "--out", _folder["out"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(["2.25.1.dcm", "2.25.2.dcm"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order());
        Assert.Equal(DataSetOf(a), DataSetOf(_folder["out/2.25.1.dcm"]));
        Assert.Equal(DataSetOf(b), DataSetOf(_folder["out/2.25.2.dcm"]));
        using var fetched = DicomFile.Open(_folder["out/2.25.2.dcm"]);
        Assert.Equal(TransferSyntax.JPEGLSLossless, fetched.TransferSyntax);
        Assert.Empty(fetched.Findings);
    }

    [Fact]
    public async Task Move_names_the_destination_and_tells_how_it_went()
    {
        await using var peer = new FakePeer();
        var result = await Cli.RunAsync("move", "127.0.0.1", peer.Port, "--study", "2.25.9", "--series", "2.25.10", "--to", "THIRD");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("2 objects moved to THIRD", result.Output.Trim());
        Assert.Equal("SERIES", peer.Asked!.Get<string>(Tags.QueryRetrieveLevel));
        Assert.Equal("2.25.9", peer.Asked.Get<string>(Tags.StudyInstanceUID));
        var unknown = await Cli.RunAsync("move", "127.0.0.1", peer.Port, "--study", "2.25.9", "--to", "NOBODY");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("0xA801", unknown.Error);
    }

    [Fact]
    public async Task Demo_goes_into_a_folder_and_into_a_server_and_is_the_same_each_time()
    {
        await using var peer = new FakePeer();
        var written = await Cli.RunAsync("demo", "--out", _folder["demo"], "--send", $"127.0.0.1:{peer.Port}");
        Assert.True(written.ExitCode == 0, written.ToString());
        string[] files = Directory.GetFiles(_folder["demo"]);
        Assert.Equal(Imaging.DemoStudy.Count, files.Length);
        Assert.Equal(Imaging.DemoStudy.Count, peer.Stored.Count);
        foreach (string path in files)
        {
            using var file = DicomFile.Open(path, ReadOptions.HeaderOnly);
            Assert.True(DataSetOf(path).AsSpan().SequenceEqual(peer.Stored[Uid.Parse(file.DataSet.Get<string>(Tags.SOPInstanceUID))].Bytes), path);
        }
    }
}
