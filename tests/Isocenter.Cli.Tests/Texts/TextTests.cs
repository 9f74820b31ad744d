using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Texts;

public sealed class TextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Save(DataSet dataSet, string name = "a.dcm")
    {
        File.WriteAllBytes(_folder[name], SampleObject.ToFile(dataSet));
        return _folder[name];
    }

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    private const string Uids = "\"00080016\":{\"vr\":\"UI\",\"Value\":[\"1.2.840.10008.5.1.4.1.1.7\"]},\"00080018\":{\"vr\":\"UI\",\"Value\":[\"2.25.5\"]}";

    [Theory]
    [InlineData("json", "from-json")]
    [InlineData("xml", "from-xml")]
    public async Task A_file_comes_back_from_its_text(string there, string back)
    {
        string path = Save(SampleObject.Create(instance: "2.25.7").Set(Tags.ReferencedImageSequence, new DataSet().Set(Tags.ReferencedSOPInstanceUID, "2.25.1")));
        var text = await Cli.RunAsync(there, path);
        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        var made = await Cli.RunAsync(back, Write("a.txt", text.Output), "--out", _folder["b.dcm"]);
        Assert.Equal((0, "", ""), (made.ExitCode, made.Output, made.Error));
        // The character set is another one now, the text is the same.
        var difference = await Cli.RunAsync("diff", path, _folder["b.dcm"]);
        Assert.DoesNotContain("PatientName", difference.Output);
        using var file = DicomFile.Open(_folder["b.dcm"]);
        Assert.Equal("Müller^Jürgen", file.DataSet.Get<string>(Tags.PatientName));
        Assert.Equal("2.25.1", file.DataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[0].Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal(512, file.DataSet.First(element => element.Tag == Tags.PixelData).Length);
        Assert.Equal((TransferSyntax.ExplicitVRLittleEndian, "2.25.7"), (file.TransferSyntax, file.FileMeta.Get<string>(Tags.MediaStorageSOPInstanceUID)));
    }

    [Fact]
    public async Task An_array_becomes_files_called_after_their_instances()
    {
        string text = (await Cli.RunAsync("json", Save(SampleObject.Create(instance: "2.25.1")), Save(SampleObject.Create(instance: "2.25.2"), "b.dcm"))).Output;
        var result = await Cli.RunAsync("from-json", Write("a.json", text), "-o", _folder["out"], "--to", "implicit");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["2.25.1.dcm", "2.25.2.dcm"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order());
        using var file = DicomFile.Open(_folder["out/2.25.2.dcm"]);
        Assert.Equal(TransferSyntax.ImplicitVRLittleEndian, file.TransferSyntax);
        Assert.Contains("two data sets would be written to", (await Cli.RunAsync("from-json", _folder["a.json"], _folder["a.json"], "-o", _folder["again"])).Error);
    }

    [Fact]
    public async Task A_text_with_an_error_is_told_with_line_and_column_and_nothing_is_written()
    {
        var result = await Cli.RunAsync("from-json", Write("a.json", "{\n" + Uids + ",\n \"00100010\": 7}"), "-o", _folder["a.dcm"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("a.json: line 3, column 14: (0010,0010): '7' stands where an attribute should begin", result.Error);
        result = await Cli.RunAsync("from-xml", Write("a.xml", "<NativeDicomModel>\n<DicomAttribute tag='00100010'>"), "-o", _folder["a.dcm"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("line 2", result.Error, StringComparison.OrdinalIgnoreCase);
        result = await Cli.RunAsync("from-json", Write("b.json", "{}"), "-o", _folder["a.dcm"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("SOPClassUID", result.Error);
        Assert.Contains("there is no data set in it", (await Cli.RunAsync("from-json", Write("c.json", "[]"), "-o", _folder["a.dcm"])).Error);
        Assert.False(File.Exists(_folder["a.dcm"]));
    }

    [Fact]
    public async Task Findings_are_told_with_line_and_column_and_the_file_is_written()
    {
        var result = await Cli.RunAsync("from-json", Write("a.json", "{" + Uids + ",\n\"00280010\":{\"vr\":\"US\",\"Value\":[\"16\"]}}"), "-o", _folder["a.dcm"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("a.json: line 2, column 32: (0028,0010): a string stands where US should be a number (PS3.18 §F.2.3)", result.Error);
        using var file = DicomFile.Open(_folder["a.dcm"]);
        Assert.Equal(16, file.DataSet.Get<int>(Tags.Rows));
    }

    [Fact]
    public async Task Values_behind_relative_addresses_come_from_the_folder_that_is_named_and_from_nowhere_else()
    {
        Write("outside.bin", "secret");
        Write("bulk/sub/pixels.bin", "abcdef");
        File.CreateSymbolicLink(_folder["bulk/link.bin"], _folder["outside.bin"]);
        Directory.CreateSymbolicLink(_folder["bulk/up"], Path.GetDirectoryName(_folder["outside.bin"])!);
        async Task<CliResult> Import(string uri, params string[] more) => await Cli.RunAsync(
            ["from-json", Write("a.json", "{" + Uids + ",\"7FE00010\":{\"vr\":\"OB\",\"BulkDataURI\":\"" + uri + "\"}}"), "-o", _folder["a.dcm"], .. more]);

        Assert.Contains("say where the files are with --bulk-data", (await Import("sub/pixels.bin")).Error);
        string[] named = ["--bulk-data", _folder["bulk"]];
        foreach (string uri in (string[])["../outside.bin", "sub/../../outside.bin", "%2e%2e/outside.bin", "link.bin", "up/outside.bin"])
            Assert.Contains("it leads out of the folder", (await Import(uri, named)).Error);
        foreach (string uri in (string[])["http://127.0.0.1/x", "https://example.org/x", "file:///etc/passwd", "/etc/passwd", "urn:uuid:1", "sub/pixels.bin?offset=1", "//host/x"])
            Assert.Contains("only relative addresses are followed", (await Import(uri, named)).Error);
        Assert.Contains("there is no such file", (await Import("absent.bin", named)).Error);
        Assert.Contains("there is no such file", (await Import("sub", named)).Error);
        Assert.False(File.Exists(_folder["a.dcm"]));

        var result = await Import("sub/pixels.bin", named);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using (var file = DicomFile.Open(_folder["a.dcm"])) Assert.Equal("abcdef"u8.ToArray(), file.DataSet.First(element => element.Tag == Tags.PixelData).Bytes.ToArray());
        result = await Import("http://127.0.0.1/x", "--omit-bulk-data");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("the element is empty here", result.Error);
    }

    [Fact]
    public async Task Several_files_become_documents_in_a_folder()
    {
        string a = Save(SampleObject.Create()), b = Save(SampleObject.Create(), "b.dcm");
        Assert.Equal(2, (await Cli.RunAsync("xml", a, b)).ExitCode);
        var result = await Cli.RunAsync("xml", a, b, "--out", _folder["xml"], "--no-pixel-data");
        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal(["a.dcm.xml", "b.dcm.xml"], Directory.GetFiles(_folder["xml"]).Select(Path.GetFileName).Order());
        Assert.DoesNotContain("7FE00010", File.ReadAllText(_folder["xml/a.dcm.xml"]));
    }

    [Fact]
    public async Task What_is_wrong_in_the_bytes_is_told_beside_the_text()
    {
        byte[] odd = SampleObject.ToFile(SampleObject.Create().SetBytes(new Tag(0x0009_1001), VR.UN, [1]));
        File.WriteAllBytes(_folder["odd.dcm"], odd[..^3]);
        foreach (string command in (string[])["json", "xml"])
        {
            var result = await Cli.RunAsync(command, _folder["odd.dcm"]);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("(7FE0,0010) at byte", result.Error);
            Assert.Contains("the file ends before its data set does", result.Error);
        }
    }

    [Fact]
    public async Task Compressed_pixel_data_are_left_out_and_told()
    {
        var dataSet = SampleObject.Create();
        dataSet.SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 1, 2 }]));
        File.WriteAllBytes(_folder["a.dcm"], SampleObject.ToFile(dataSet, TransferSyntax.RLELossless));
        foreach (string command in (string[])["json", "xml"])
        {
            var result = await Cli.RunAsync(command, _folder["a.dcm"]);
            Assert.Equal(0, result.ExitCode);
            Assert.Contains("(7FE0,0010)", result.Error);
            Assert.DoesNotContain("7FE00010", result.Output);
            Assert.Equal("", (await Cli.RunAsync(command, "--no-pixel-data", _folder["a.dcm"])).Error);
        }
    }
}
