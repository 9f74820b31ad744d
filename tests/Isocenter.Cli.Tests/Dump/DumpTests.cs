using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Dump;

public sealed class DumpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Save(DataSet dataSet, string name = "a.dcm", TransferSyntax? syntax = null)
    {
        File.WriteAllBytes(_folder[name], SampleObject.ToFile(dataSet, syntax));
        return _folder[name];
    }

    private static DataSet Nested() => SampleObject.Create(instance: "2.25.77")
        .Set(Tags.ReferencedImageSequence,
            new DataSet().Set(Tags.ReferencedSOPInstanceUID, "2.25.1"),
            new DataSet().Set(Tags.ReferencedSOPInstanceUID, "2.25.2"));

    [Fact]
    public async Task An_element_is_a_line_of_tag_VR_length_keyword_and_value()
    {
        var result = await Cli.RunAsync("dump", Save(Nested()));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] lines = result.Output.Split('\n');
        Assert.Contains("(0008,0016) UI        26  SOPClassUID                         1.2.840.10008.5.1.4.1.1.2  (CT Image Storage)", lines);
        Assert.Contains("(0010,0010) PN        16  PatientName                         Müller^Jürgen", lines);
        Assert.Contains("(0028,0010) US         2  Rows                                16", lines);
        Assert.Contains("(0008,1140) SQ         -  ReferencedImageSequence             2 items", lines);
        Assert.Contains("  item [1]", lines);
        Assert.Contains("    (0008,1155) UI         6  ReferencedSOPInstanceUID        2.25.2", lines);
        Assert.Contains(lines, line => line.StartsWith("(7FE0,0010) OW       512  PixelData", StringComparison.Ordinal) && line.EndsWith(" … (256 values)", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.EndsWith(' '));
    }

    [Fact]
    public async Task Long_values_are_cut_unless_all_is_asked_for()
    {
        string text = string.Concat(Enumerable.Range(0, 300).Select(i => $"{i} "));
        string path = Save(SampleObject.Create().Set(Tags.ImageComments, text.TrimEnd()));
        Assert.DoesNotContain("299", (await Cli.RunAsync("dump", "-t", "ImageComments", path)).Output);
        string all = (await Cli.RunAsync("dump", "--all", path)).Output;
        Assert.Contains("298 299", all);
        Assert.DoesNotContain("…", all);
    }

    [Fact]
    public async Task Tags_are_found_at_any_depth()
    {
        string path = Save(Nested());
        var result = await Cli.RunAsync("dump", "-t", "ReferencedSOPInstanceUID", "--tag", "0010,0020", path);
        Assert.Equal(3, result.Output.Trim().Split('\n').Length);
        Assert.Contains("(0008,1140)[0](0008,1155) UI         6  ReferencedSOPInstanceUID            2.25.1", result.Output);
        Assert.Contains("P-0001", result.Output);
        result = await Cli.RunAsync("dump", "-t", "ReferencedImageSequence[-1].ReferencedSOPInstanceUID", path);
        Assert.Equal("(0008,1140)[1](0008,1155) UI         6  ReferencedSOPInstanceUID            2.25.2\n", result.Output);
        result = await Cli.RunAsync("dump", "-t", "ReferencedImageSequence[0]", path);
        Assert.Equal("(0008,1155) UI         6  ReferencedSOPInstanceUID            2.25.1\n", result.Output);
    }

    [Fact]
    public async Task Big_endian_values_look_the_same()
    {
        var dataSet = Nested().Set(Tags.FrameIncrementPointer, Tags.FrameTime).Set(Tags.PixelSpacing, 0.5, 0.25)
            .Set(Tags.RecommendedDisplayFrameRateInFloat, 12.5f).Set(Tags.SimpleFrameList, 1u, 70000u);
        string little = (await Cli.RunAsync("dump", Save(dataSet))).Output;
        string big = (await Cli.RunAsync("dump", Save(dataSet, "b.dcm", TransferSyntax.ExplicitVRBigEndian))).Output;
        static string DataSetOf(string output) => output[output.IndexOf("(0008,", StringComparison.Ordinal)..];
        Assert.Equal(DataSetOf(little), DataSetOf(big));
        Assert.Contains("(0018,1063) FrameTime", little);
        Assert.Contains("1\\70000", little);
    }

    [Fact]
    public async Task A_file_cannot_send_commands_to_the_terminal()
    {
        var result = await Cli.RunAsync("dump", Save(SampleObject.Create().SetText(Tags.StudyDescription, VR.LO, "a\e[31mb\u009bc")));
        Assert.DoesNotContain('\e', result.Output);
        Assert.DoesNotContain('\u009b', result.Output);
        Assert.Contains("a␛[31mb", result.Output);
        string path = Save(SampleObject.Create().SetText(Tags.PatientName, VR.PN, "a\u202Eb\u2028c"), "\e[31mname.dcm");
        result = await Cli.RunAsync("dump", path, path, _folder["\e]0;none"]);
        Assert.DoesNotContain('\e', result.Output + result.Error);
        Assert.DoesNotContain('\u202E', result.Output);
        Assert.DoesNotContain('\u2028', result.Output);
    }

    [Fact]
    public async Task Private_elements_are_shown_with_creator_and_name()
    {
        string creator = PrivateDictionary.KnownCreators.First(name => PrivateDictionary.ElementsOf(name).Any(entry => entry.VR == VR.LO && entry.Name.Length > 10));
        var known = PrivateDictionary.ElementsOf(creator).First(entry => entry.VR == VR.LO && entry.Name.Length > 10);
        var block = new DataSet().ReservePrivateBlock(known.Tag.Group, creator);
        var dataSet = SampleObject.Create().Set(block.CreatorTag, creator).Set(block.TagOf((byte)known.Tag.Element), VR.LO, "x")
            .Set(new Tag(0x7FE1_0010), "NOBODY KNOWS").SetBytes(new Tag(0x7FE1_1001), VR.UN, "some text"u8).SetBytes(new Tag(0x7FE3_1001), VR.UN, [1, 2]);
        string output = (await Cli.RunAsync("dump", Save(dataSet))).Output;
        Assert.Contains($"[{creator}] {known.Name}", output);
        Assert.Contains("PrivateCreator                      NOBODY KNOWS", output);
        Assert.Contains("[NOBODY KNOWS]                      \"some text\"", output);
        Assert.Contains("[private]                           01 02", output);
    }

    [Fact]
    public async Task Fragments_are_counted_and_with_all_listed()
    {
        var dataSet = SampleObject.Create().SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 0xFF, 0xD8, 1, 2 }, new byte[20]]));
        string path = Save(dataSet, syntax: TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.50")));
        Assert.Contains("2 fragments, 24 bytes", (await Cli.RunAsync("dump", path)).Output);
        string all = (await Cli.RunAsync("dump", "--all", path)).Output;
        Assert.Contains("  offset table    2 offsets: 0 12\n  fragment 0    4 bytes  FF D8 01 02 \n  fragment 1    20 bytes  00 00", all);
    }

    [Fact]
    public async Task Undeclared_characters_are_shown_and_told()
    {
        string path = Save(SampleObject.Create().Set(Tags.PatientName, "x").DeclareCharacterSet().SetBytes(Tags.PatientComments, VR.LT, "für "u8));
        var result = await Cli.RunAsync("dump", path);
        Assert.Contains("für", result.Output);
        Assert.Contains("(0010,4000): there are characters beyond ASCII, but no (0008,0005); read as UTF-8", result.Error);
    }

    [Fact]
    public async Task Folders_are_dumped_without_what_is_no_DICOM_file()
    {
        Save(Nested());
        await File.WriteAllTextAsync(_folder["text.txt"], new string('x', 200));
        var result = await Cli.RunAsync("dump", "-t", "PatientID", _folder.Path);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("P-0001", result.Output);
    }

    [Fact]
    public async Task Colours_come_only_on_a_terminal()
    {
        string path = Save(Nested());
        var coloured = await Cli.RunAsync(["dump", path], hasColour: true);
        var plain = await Cli.RunAsync("dump", path);
        Assert.Contains("\e[", coloured.Output);
        Assert.Equal(plain.Output, System.Text.RegularExpressions.Regex.Replace(coloured.Output, "\e\\[\\d+m", ""));
    }

    [Fact]
    public async Task What_cannot_be_read_fails_and_the_others_are_shown()
    {
        string good = Save(Nested());
        await File.WriteAllTextAsync(_folder["text.dcm"], "this is no DICOM file, but a text of more than 132 bytes " + new string('x', 200));
        var result = await Cli.RunAsync("dump", _folder["text.dcm"], _folder["none.dcm"], good);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Müller", result.Output);
        string[] errors = result.Error.Trim().Split('\n');
        Assert.Equal(2, errors.Length);
        Assert.Contains("text.dcm: at byte 0: not a DICOM file", errors[0]);
        Assert.Contains("none.dcm: there is no such file", errors[1]);
    }

    [Fact]
    public async Task A_truncated_file_is_shown_with_what_there_is_of_it_and_fails()
    {
        string path = Save(SampleObject.Create());
        byte[] bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..^100]);
        var result = await Cli.RunAsync("dump", path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("PatientName", result.Output);
        Assert.Contains("(7FE0,0010)", result.Error);                 // the finding, with its place
        Assert.Contains("the file ends before its data set does", result.Error);
    }

    [Fact]
    public async Task Dump_as_json_has_facts_and_data_set()
    {
        string path = Save(Nested());
        var result = await Cli.RunAsync("dump", "--json", path);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var json = System.Text.Json.JsonDocument.Parse(result.Output);
        Assert.True(json.RootElement.GetProperty("isComplete").GetBoolean());
        Assert.Equal("1.2.840.10008.1.2.1", json.RootElement.GetProperty("transferSyntax").GetString());
        var dataSet = json.RootElement.GetProperty("dataSet");
        Assert.Equal("P-0001", dataSet.GetProperty("00100020").GetProperty("Value")[0].GetString());
        Assert.False(dataSet.TryGetProperty("7FE00010", out _));
    }

    [Fact]
    public async Task Json_of_one_file_is_an_object_and_of_several_an_array()
    {
        string a = Save(Nested()), b = Save(Nested(), "b.dcm");
        using var one = System.Text.Json.JsonDocument.Parse((await Cli.RunAsync("json", a)).Output);
        Assert.Equal("2.25.77", one.RootElement.GetProperty("00080018").GetProperty("Value")[0].GetString());
        var several = await Cli.RunAsync("json", a, _folder["none.dcm"], b);
        Assert.Equal(1, several.ExitCode);
        using var two = System.Text.Json.JsonDocument.Parse(several.Output);
        Assert.Equal(2, two.RootElement.GetArrayLength());
        using var none = System.Text.Json.JsonDocument.Parse((await Cli.RunAsync("json", _folder["none.dcm"], _folder["none.dcm"])).Output);
        Assert.Equal(0, none.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Every_file_of_the_corpus_is_dumped_or_refused_with_a_sentence()
    {
        string[] paths = [.. Corpus.Files().Select(file => file.Path)];
        foreach (string[] arguments in new string[][] { ["dump"], ["json", "--no-pixel-data"] })
        {
            var result = await Cli.RunAsync([.. arguments, .. paths]);
            Assert.InRange(result.ExitCode, 0, 1);
            Assert.DoesNotContain("   at Isocenter.", result.Error);
        }
    }
}
