using System.Globalization;
using System.Text.Json;
using Isocenter.Cli.Receiving;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Network;

public sealed class ReceiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _port = ForeignTool.FreePort().ToString(CultureInfo.InvariantCulture);

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

    /// <summary>Receives while <paramref name="send"/> runs, then ends as Ctrl-C does.</summary>
    private async Task<CliResult> ReceiveAsync(Func<Task> send, params string[] arguments)
    {
        using var end = new CancellationTokenSource();
        var receiving = Cli.RunAsync(["receive", _port, .. arguments], hasColour: false, end.Token);
        await ForeignTool.WaitForPortAsync(int.Parse(_port, CultureInfo.InvariantCulture));
        await send();
        await end.CancelAsync();
        return await receiving;
    }

    private async Task<CliResult> SendAsync(params string[] arguments) => await Cli.RunAsync(["send", "127.0.0.1", _port, "--retries", "0", .. arguments]);

    [Fact]
    public async Task Objects_become_files_byte_for_byte_with_their_sender_in_the_meta_information()
    {
        string a = Save(SampleObject.Create(instance: "2.25.1"), "in/a.dcm"), b = Save(SampleObject.Create(instance: "2.25.2"), "in/b.dcm", TransferSyntax.ExplicitVRBigEndian);
        var result = await ReceiveAsync(async () => Assert.Equal(0, (await SendAsync(_folder["in"], "--aet", "SENDER", "--called", "TAKER")).ExitCode), "--out", _folder["out"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.StartsWith("2 received;", result.Output);
        Assert.Equal(["2.25.1.dcm", "2.25.2.dcm"], Directory.GetFileSystemEntries(_folder["out"]).Select(Path.GetFileName).Order());
        Assert.Equal(DataSetOf(a), DataSetOf(_folder["out/2.25.1.dcm"]));
        Assert.Equal(DataSetOf(b), DataSetOf(_folder["out/2.25.2.dcm"]));
        using var file = DicomFile.Open(_folder["out/2.25.2.dcm"]);
        Assert.Equal(TransferSyntax.ExplicitVRBigEndian, file.TransferSyntax);
        Assert.Equal("SENDER", file.FileMeta.Get<string>(Tags.SourceApplicationEntityTitle));
        Assert.Equal("TAKER", file.FileMeta.Get<string>(Tags.ReceivingApplicationEntityTitle));
        Assert.Empty(file.Findings);
    }

    [Fact]
    public async Task Layouts_take_their_names_from_the_object_and_never_lead_out_of_the_folder()
    {
        var hostile = SampleObject.Create("1.1", "1.1.1", "2.25.1").SetText(Tags.PatientID, VR.LO, "../../etc").SetText(Tags.StudyInstanceUID, VR.UI, "../..");
        string file = Save(hostile, "in/a.dcm");
        await ReceiveAsync(() => SendAsync(file), "--out", _folder["out"], "--layout", "patient");
        string stored = Assert.Single(Directory.GetFiles(_folder["out"], "*.dcm", SearchOption.AllDirectories));
        Assert.StartsWith(Path.GetFullPath(_folder["out"]) + Path.DirectorySeparatorChar, Path.GetFullPath(stored));
        Assert.Equal("2.25.1.dcm", Path.GetFileName(stored));
        Assert.Equal("1.1.1", Path.GetFileName(Path.GetDirectoryName(stored)));
    }

    [Theory]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("..", "_")]
    [InlineData(".hidden", "_hidden")]
    [InlineData("a/b\\c:d", "a_b_c_d")]
    [InlineData("Müller", "M_ller")]
    [InlineData("", "_")]
    [InlineData(null, "_")]
    public void Names_of_folders_are_safe(string? text, string expected) => Assert.Equal(expected, ObjectFolder.SafeName(text));

    [Theory]
    [InlineData("replace", 0, 1, false)]
    [InlineData("keep", 0, 1, true)]
    [InlineData("number", 0, 2, true)]
    [InlineData("refuse", 1, 1, true)]
    public async Task A_second_object_of_one_uid_is_dealt_with_as_asked(string existing, int exitCode, int files, bool firstStays)
    {
        string first = Save(SampleObject.Create(instance: "2.25.1", number: 1), "a.dcm"), second = Save(SampleObject.Create(instance: "2.25.1", number: 2), "b.dcm");
        var result = await ReceiveAsync(async () =>
        {
            await SendAsync(first);
            var sent = await SendAsync(second);
            Assert.Equal(exitCode, sent.ExitCode);
            if (existing == "refuse") Assert.Contains("0x0111", sent.Error);
        }, "--out", _folder["out"], "--existing", existing);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(files, Directory.GetFiles(_folder["out"]).Length);
        Assert.Equal(DataSetOf(firstStays ? first : second), DataSetOf(_folder["out/2.25.1.dcm"]));
    }

    [Fact]
    public async Task A_program_gets_each_object_and_its_exit_code_is_the_answer()
    {
        string good = Save(SampleObject.Create(instance: "2.25.1"), "a.dcm"), bad = Save(SampleObject.Create(instance: "2.25.2"), "b.dcm");
        Directory.CreateDirectory(_folder["seen"]);
        await File.WriteAllTextAsync(_folder["take.sh"], $"cp \"$1\" '{_folder["seen"]}/' && test $ISOCENTER_SOP_INSTANCE != 2.25.2\n");
        var result = await ReceiveAsync(async () =>
        {
            var sent = await SendAsync(good, bad);
            Assert.Contains("1 stored, 1 failed;", sent.Output);
            Assert.Contains("b.dcm: failed: the peer answers 0x0110", sent.Error);
        }, "--exec", $"sh {_folder["take.sh"]} {{}}", "--json");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(DataSetOf(good), DataSetOf(_folder["seen/2.25.1.dcm"]));
        string[] lines = result.Output.TrimEnd().Split('\n');
        Assert.Equal(["0000", "0110"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Without_braces_the_object_comes_on_standard_input()
    {
        string file = Save(SampleObject.Create(instance: "2.25.1"), "a.dcm");
        var result = await ReceiveAsync(() => SendAsync(file), "--exec", $"sh -c 'cat > \"{_folder["seen.dcm"]}\"'");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(DataSetOf(file), DataSetOf(_folder["seen.dcm"]));
    }

    [Theory]
    [InlineData("dcm2img {} {}.png", new[] { "dcm2img", "{}", "{}.png" })]
    [InlineData("  a 'b c' \"d e\" f\\ g ", new[] { "a", "b c", "d e", "f g" })]
    [InlineData("a ''", new[] { "a", "" })]
    public void A_command_line_is_cut_at_spaces_outside_of_quotation_marks(string line, string[] words) => Assert.Equal(words, ReceivedProgram.Split(line));

    [Fact]
    public async Task Who_may_send_what_is_an_option()
    {
        string file = Save(SampleObject.Create(instance: "2.25.1"), "a.dcm"), ours = Save(SampleObject.Create(instance: "2.25.2").Set(Tags.SOPClassUID, "2.25.99"), "b.dcm");
        await ReceiveAsync(async () =>
        {
            Assert.Contains("does not know our AE title 'ME'", (await SendAsync(file, "--aet", "ME", "--called", "TAKER")).Error);
            Assert.Contains("is not called 'OTHER'", (await SendAsync(file, "--aet", "YOU", "--called", "OTHER")).Error);
            Assert.Equal(0, (await SendAsync(file, "--aet", "YOU", "--called", "TAKER")).ExitCode);
            Assert.Equal(1, (await SendAsync(ours, "--aet", "YOU", "--called", "TAKER")).ExitCode);
        }, "--out", _folder["out"], "--from", "YOU", "--aet", "TAKER");
        await ReceiveAsync(async () => Assert.Equal(0, (await SendAsync(ours)).ExitCode), "--out", _folder["out"], "--unknown");
        Assert.True(File.Exists(_folder["out/2.25.2.dcm"]));
    }

    [Fact]
    public async Task Objects_that_are_not_what_they_say_are_refused_when_checked()
    {
        byte[] whole = SampleObject.ToFile(SampleObject.Create(instance: "2.25.1"));
        await File.WriteAllBytesAsync(_folder["cut.dcm"], whole[..^100]);
        var result = await ReceiveAsync(async () => Assert.Contains("0xC000", (await SendAsync(_folder["cut.dcm"], "--as-is")).Error), "--out", _folder["out"], "--check");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["out"]));
    }

    [Fact]
    public async Task It_ends_after_the_objects_it_was_to_wait_for()
    {
        string file = Save(SampleObject.Create(), "a.dcm");
        var receiving = Cli.RunAsync("receive", _port, "--discard", "--count", "1");
        await ForeignTool.WaitForPortAsync(int.Parse(_port, CultureInfo.InvariantCulture));
        Assert.Equal(0, (await SendAsync(file)).ExitCode);
        var result = await receiving;
        Assert.StartsWith("1 received;", result.Output);
    }
}
