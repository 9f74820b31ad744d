using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Editing;

public sealed class EditTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Save(DataSet? dataSet = null, string name = "a.dcm", TransferSyntax? syntax = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], SampleObject.ToFile(dataSet ?? SampleObject.Create(), syntax));
        return _folder[name];
    }

    private static DataSet Read(string path) => DicomFile.Read(File.ReadAllBytes(path)).DataSet;

    private static async Task<CliResult> Done(params string[] args)
    {
        var result = await Cli.RunAsync(args);
        Assert.True(result is { ExitCode: 0, Error: "" }, result.ToString());
        return result;
    }

    private static async Task<string> Fails(int exitCode, params string[] args)
    {
        var result = await Cli.RunAsync(args);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.DoesNotContain("   at ", result.Error);
        return result.Error;
    }

    [Fact]
    public async Task Set_changes_the_values_and_nothing_else()
    {
        string path = Save(), copy = Save(DicomFile.Read(await File.ReadAllBytesAsync(path)).DataSet, "b.dcm");
        await Done("set", path, "PatientName=DOE^JANE", "(0020,0011)=7", "PixelSpacing=0.5\\0.25", "Rows=8", "StudyID=");
        var dataSet = Read(path);
        Assert.Equal(("DOE^JANE", 7, 8), (dataSet.Get<string>(Tags.PatientName), dataSet.Get<int>(Tags.SeriesNumber), dataSet.Get<int>(Tags.Rows)));
        Assert.Equal([0.5, 0.25], dataSet.GetAll<double>(Tags.PixelSpacing));
        Assert.True(dataSet.TryFind(Tags.StudyID, out var studyId) && studyId.IsEmpty);
        var differences = DataSetDiff.Compare(Read(copy), dataSet, new DiffOptions { Bytes = true });
        Assert.Equal(["(0010,0010)", "(0020,0010)", "(0020,0011)", "(0028,0010)", "(0028,0030)"], differences.Select(difference => difference.Path.ToString()));
        Assert.Equal(["a.dcm", "b.dcm"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());     // nothing temporary is left
    }

    [Fact]
    public async Task Commands_read_standard_input_and_write_standard_output()
    {
        byte[] file = await File.ReadAllBytesAsync(Save());
        var (result, edited) = await Cli.PipeAsync(file, "set", "-", "PatientName=DOE^JANE", "--out", "-");
        Assert.True(result is { ExitCode: 0, Error: "" }, result.Error);
        Assert.Equal("DOE^JANE", DicomFile.Read(edited).DataSet.Get<string>(Tags.PatientName));

        var (_, converted) = await Cli.PipeAsync(edited, "convert", "-", "--to", "implicit", "-o", "-");
        Assert.Equal(TransferSyntax.ImplicitVRLittleEndian, DicomFile.Read(converted).TransferSyntax);
        Assert.Contains("DOE^JANE", (await Cli.PipeAsync(converted, "dump", "-")).Result.Output, StringComparison.Ordinal);
        Assert.Contains("NativeDicomModel", (await Cli.PipeAsync(converted, "xml", "-")).Result.Output, StringComparison.Ordinal);
        Assert.NotEmpty((await Cli.PipeAsync(converted, "validate", "-", "--json")).Output);

        var (_, json) = await Cli.PipeAsync(converted, "json", "-");
        var (_, again) = await Cli.PipeAsync(json, "from-json", "-", "-o", "-");
        await File.WriteAllBytesAsync(_folder["b.dcm"], again);
        Assert.Equal(0, (await Cli.PipeAsync(converted, "diff", "-", _folder["b.dcm"], "--ignore", "SpecificCharacterSet")).Result.ExitCode);
        Assert.Equal(["a.dcm", "b.dcm"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Standard_output_takes_one_file_and_nothing_else()
    {
        string path = Save(), other = Save(name: "b.dcm");
        Assert.Contains("--out", await Fails(2, "set", "-", "PatientName=A"), StringComparison.Ordinal);
        Assert.Contains("only one file", await Fails(2, "set", path, other, "PatientName=A", "-o", "-"), StringComparison.Ordinal);
        Assert.Contains("--verbose", await Fails(2, "set", path, "PatientName=A", "-o", "-", "-v"), StringComparison.Ordinal);
        Assert.Contains("empty", await Fails(2, "dump", ""), StringComparison.Ordinal);
        Assert.Contains("UTF-8", await Fails(1, "dump", _folder["n\uFFFDme.dcm"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_change_and_writes_nothing()
    {
        string a = Save(), b = Save(name: "b.dcm");
        byte[] before = await File.ReadAllBytesAsync(a);
        var result = await Done("set", a, b, "PatientName=DOE^JANE", "SOPInstanceUID=1.2.9", "--dry-run");

        Assert.Equal(before, await File.ReadAllBytesAsync(a));
        Assert.Equal(["a.dcm", "b.dcm"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        Assert.Contains($"{a}: 2 changes", result.Output, StringComparison.Ordinal);
        Assert.Contains("~ (0010,0010) PN PatientName", result.Output, StringComparison.Ordinal);
        Assert.Contains("+ DOE^JANE", result.Output, StringComparison.Ordinal);
        Assert.Contains("~ (0002,0003) UI MediaStorageSOPInstanceUID", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_fails_where_the_run_would()
    {
        string path = Save();
        string[] run = ["set", path, "PatientSex=TOO LONG FOR A CODE STRING"];

        Assert.Equal(await Fails(1, run), await Fails(1, [.. run, "--dry-run"]));
    }

    [Fact]
    public async Task A_backup_keeps_the_file_as_it_was_first()
    {
        string path = Save();
        byte[] first = await File.ReadAllBytesAsync(path);
        await Done("set", path, "PatientID=1", "--backup", ".orig");
        await Done("set", path, "PatientID=2", "--backup", ".orig");
        await Done("set", path, "PatientID=2", "--backup", ".unchanged");

        Assert.Equal("2", Read(path).Get<string>(Tags.PatientID));
        Assert.Equal(first, await File.ReadAllBytesAsync(path + ".orig"));
        Assert.Equal(["a.dcm", "a.dcm.orig"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());      // nothing changed, nothing kept
        await Fails(2, "set", path, "PatientID=3", "--backup", ".orig", "--out", _folder["b.dcm"]);
        await Fails(2, "set", path, "PatientID=3", "--backup", "/etc");
    }

    [Fact]
    public async Task Preamble_and_what_else_is_not_asked_for_stay_byte_for_byte()
    {
        byte[] bytes = SampleObject.ToFile(SampleObject.Create(instance: "1.2.3").Set(Tags.PatientID, "1234"));
        "II*\0 looks like TIFF"u8.CopyTo(bytes);
        await File.WriteAllBytesAsync(_folder["a.dcm"], bytes);
        await Done("set", _folder["a.dcm"], "PatientID=4321");
        byte[] edited = await File.ReadAllBytesAsync(_folder["a.dcm"]);
        Assert.Equal(bytes.Length, edited.Length);
        Assert.Equal([(byte)'4', (byte)'3', (byte)'1'], Enumerable.Range(0, bytes.Length).Where(i => bytes[i] != edited[i]).Select(i => edited[i]).Take(4).Where(b => b != '2'));
        await Done("set", _folder["a.dcm"], "SOPInstanceUID=1.2.9");
        edited = await File.ReadAllBytesAsync(_folder["a.dcm"]);
        Assert.Equal(bytes[..132], edited[..132]);
    }

    [Fact]
    public async Task The_file_meta_information_follows_the_uids()
    {
        string path = Save(SampleObject.Create(instance: "1.2.3"));
        await Done("set", path, "SOPInstanceUID=1.2.840.99", $"SOPClassUID={SopClasses.MRImageStorage}", "SourceApplicationEntityTitle=ME");
        var meta = DicomFile.Read(await File.ReadAllBytesAsync(path)).FileMeta;
        Assert.Equal(("1.2.840.99", SopClasses.MRImageStorage, "ME"),
            (meta.Get<string>(Tags.MediaStorageSOPInstanceUID), meta.Get<string>(Tags.MediaStorageSOPClassUID), meta.Get<string>(Tags.SourceApplicationEntityTitle)));
        Assert.Empty(DicomFile.Read(await File.ReadAllBytesAsync(path)).Findings);
        Assert.Contains("it follows", await Fails(1, "set", path, "MediaStorageSOPInstanceUID=1.2"));
        Assert.Contains("convert", await Fails(1, "set", path, "TransferSyntaxUID=1.2"));
    }

    [Fact]
    public async Task Places_in_sequences_and_private_blocks_are_made_on_the_way()
    {
        string path = Save();
        await Done("set", path, "ReferencedImageSequence[0].ReferencedSOPInstanceUID=1.2.1", "ReferencedImageSequence[+].ReferencedSOPInstanceUID=1.2.2",
            "ReferencedImageSequence[*].PurposeOfReferenceCodeSequence[0].CodeMeaning=für", "(0029,\"ACME\",01):LO=mine", "(0029,\"ACME\",02):US=1\\2", "FrameIncrementPointer=FrameTime",
            "(0029,\"ACME\",03):OB=DE AD");
        var dataSet = Read(path);
        Assert.Equal(["1.2.1", "1.2.2"], dataSet.GetAll<string>(ElementPath.Parse("ReferencedImageSequence[*].ReferencedSOPInstanceUID")));
        Assert.Equal(["für", "für"], dataSet.GetAll<string>(ElementPath.Parse("ReferencedImageSequence[*].PurposeOfReferenceCodeSequence[0].CodeMeaning")));
        Assert.Equal(("ACME", "mine"), (dataSet.Get<string>(new Tag(0x0029_0010)), dataSet.Get<string>(new Tag(0x0029_1001))));
        Assert.Equal([1, 2], dataSet.GetAll<int>(new Tag(0x0029_1002)));
        Assert.Equal(Tags.FrameTime, dataSet.Get<Tag>(Tags.FrameIncrementPointer));
        Assert.Equal([0xDE, 0xAD], dataSet.GetAll<byte>(new Tag(0x0029_1003)));
    }

    [Fact]
    public async Task Text_that_needs_it_changes_the_character_set_of_the_file()
    {
        string path = Save(SampleObject.Create().ChangeCharacterSet("ISO_IR 100"));
        await Done("set", path, "StudyDescription=Люк");
        var dataSet = Read(path);
        Assert.Equal(("ISO_IR 192", "Люк", "Müller^Jürgen"), (dataSet.Get<string>(Tags.SpecificCharacterSet), dataSet.Get<string>(Tags.StudyDescription), dataSet.Get<string>(Tags.PatientName)));
        await Done("set", path, "StudyDescription=x", "SpecificCharacterSet=ISO_IR 100");
        Assert.Equal("Müller^Jürgen", Read(path).Get<string>(Tags.PatientName));
        Assert.Contains("does not hold", await Fails(1, "set", path, "SpecificCharacterSet=ISO_IR 144"));
    }

    [Fact]
    public async Task Values_from_files_are_taken_as_they_are()
    {
        string path = Save();
        await File.WriteAllBytesAsync(_folder["profile"], [1, 2, 3]);
        await File.WriteAllTextAsync(_folder["comment"], "two\nlines ü\n");
        await Done("set", path, $"ICCProfile=@{_folder["profile"]}", $"ImageComments=@{_folder["comment"]}", "PatientComments=@@home");
        var dataSet = Read(path);
        Assert.Equal([1, 2, 3, 0], dataSet.GetAll<byte>(Tags.ICCProfile));
        Assert.Equal(("two\nlines ü", "@home"), (dataSet.Get<string>(Tags.ImageComments), dataSet.Get<string>(Tags.PatientComments)));
        Assert.Contains("there is no file", await Fails(1, "set", path, "ICCProfile=@nowhere"));
    }

    [Theory]
    [InlineData("StudyDate=2024")]
    [InlineData("Modality=ct")]
    [InlineData("Modality=C*")]
    [InlineData("SOPInstanceUID=1.02")]
    [InlineData("Rows=70000")]
    [InlineData("Rows=x")]
    [InlineData("ICCProfile=zz")]
    [InlineData("FrameIncrementPointer=Nonsense")]
    [InlineData("ReferencedImageSequence=x")]
    [InlineData("ReferencedImageSequence[3].CodeValue=x")]
    [InlineData("PatientID[0].CodeValue=x")]
    public async Task What_does_not_fit_fails_in_one_sentence_and_leaves_the_file(string assignment)
    {
        string path = Save();
        byte[] before = await File.ReadAllBytesAsync(path);
        Assert.Single((await Fails(1, "set", path, "PatientID=other", assignment)).Trim().Split('\n'));
        Assert.Equal(before, await File.ReadAllBytesAsync(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Force_writes_text_that_breaks_the_rules()
    {
        string path = Save();
        await Done("set", "--force", path, "Modality=ct", "SOPInstanceUID=1.02");
        Assert.Equal(("ct", "1.02"), (Read(path).Get<string>(Tags.Modality), Read(path).Get<string>(Tags.SOPInstanceUID)));
    }

    [Theory]
    [InlineData("set a.dcm")]
    [InlineData("set PatientID=x")]
    [InlineData("set a.dcm Nonsense=x")]
    [InlineData("set a.dcm PatientID:XX=x")]
    [InlineData("set a.dcm ReferencedImageSequence[0]=x")]
    [InlineData("set a.dcm ReferencedImageSequence[x].CodeValue=x")]
    [InlineData("remove a.dcm")]
    [InlineData("remove PatientID")]
    [InlineData("remove a.dcm PatientID=x")]
    [InlineData("remove a.dcm (0010,00")]
    [InlineData("insert a.dcm PatientID")]
    [InlineData("insert a.dcm")]
    [InlineData("convert a.dcm")]
    [InlineData("convert a.dcm --to nonsense")]
    [InlineData("convert a.dcm --to 1.2.840.10008.1.2.4.50")]
    [InlineData("diff a.dcm")]
    public async Task A_command_line_that_makes_no_sense_is_wrong_usage(string line)
    {
        string error = await Fails(2, line.Split(' '));
        Assert.StartsWith("isocenter: ", error);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Remove_takes_out_elements_items_and_all_that_is_private()
    {
        var dataSet = SampleObject.Create().Set(new Tag(0x0029_0010), "ACME").Set(new Tag(0x0029_1001), VR.LO, "x");
        foreach (string uid in new[] { "1.2.1", "1.2.2", "1.2.3" })
            dataSet.AddItem(Tags.ReferencedImageSequence).Set(Tags.ReferencedSOPInstanceUID, uid).Set(new Tag(0x0009_0010), "ACME");
        string path = Save(dataSet);
        await Done("remove", path, "PatientName", "ReferencedImageSequence[1]", "(0008,1110)");
        Assert.False(Read(path).Contains(Tags.PatientName));
        Assert.Equal(["1.2.1", "1.2.3"], Read(path).GetAll<string>(ElementPath.Parse("ReferencedImageSequence[*].ReferencedSOPInstanceUID")));
        await Done("remove", "--private", path);
        Assert.DoesNotContain(Read(path).Walk(), at => at.Element.Tag.IsPrivate);
        var result = await Done("remove", "-v", path, "PatientName");
        Assert.Contains("nothing to change", result.Output);
    }

    [Fact]
    public async Task Insert_adds_what_is_absent()
    {
        string path = Save(SampleObject.Create().Set(Tags.ReferencedImageSequence, new DataSet().Set(Tags.ReferencedSOPInstanceUID, "1.2.1")));
        await Done("insert", path, "PatientID=other", "PatientComments=new", "ReferencedImageSequence[0]", "ReferencedImageSequence[0].ReferencedSOPInstanceUID=1.2.0",
            "ReferencedImageSequence[+]", "ReferencedImageSequence[-1].ReferencedSOPInstanceUID=1.2.2");
        Assert.Equal(("P-0001", "new"), (Read(path).Get<string>(Tags.PatientID), Read(path).Get<string>(Tags.PatientComments)));
        Assert.Equal(["1.2.0", "1.2.1", "1.2.2"], Read(path).GetAll<string>(ElementPath.Parse("ReferencedImageSequence[*].ReferencedSOPInstanceUID")));
        Assert.Contains("3 items", await Fails(1, "insert", path, "ReferencedImageSequence[9]"));
    }

    [Fact]
    public async Task Group_lengths_stay_right()
    {
        var dataSet = SampleObject.Create().Set(new Tag(0x0010_0000), 0u).Set(new Tag(0x0008_0000), 0u);
        var item = dataSet.AddItem(Tags.ReferencedImageSequence).Set(new Tag(0x0008_0000), 0u).Set(Tags.ReferencedSOPInstanceUID, "1.2");
        dataSet.UpdateGroupLengths(Tags.PatientID, TransferSyntax.ExplicitVRLittleEndian);
        item.UpdateGroupLengths(Tags.ReferencedSOPInstanceUID, TransferSyntax.ExplicitVRLittleEndian);
        string path = Save(dataSet);
        AssertRight(Read(path));
        await Done("set", path, "PatientName=A", "ReferencedImageSequence[0].ReferencedSOPInstanceUID=1.2.3.4.5.6.7");
        AssertRight(Read(path));

        static void AssertRight(DataSet read)
        {
            foreach (var (holder, group) in new[] { (read, 0x0010), (read, 0x0008), (read.GetAll<DataSet>(Tags.ReferencedImageSequence)[0], 0x0008) })
            {
                var alone = new DataSet().DeclareCharacterSet("ISO_IR 192");
                foreach (var element in holder.Where(element => element.Tag.Group == group && !element.Tag.IsGroupLength)) alone.Add(element);
                if (!holder.Contains(Tags.SpecificCharacterSet) || group != 0x0008) alone.DeclareCharacterSet();
                Assert.Equal(DataSetWriter.ToArray(alone, TransferSyntax.ExplicitVRLittleEndian).Length, holder.Get<int>(new Tag((ushort)group, 0)));
            }
        }
    }

    [Fact]
    public async Task Folders_are_edited_file_by_file_into_another_folder()
    {
        Save(name: Path.Combine("in", "1.dcm"));
        Save(name: Path.Combine("in", "deep", "2"));
        await File.WriteAllTextAsync(_folder[Path.Combine("in", "readme.txt")], "no DICOM");
        var result = await Done("set", "-v", _folder["in"], "PatientID=NEW", "--out", _folder["out"]);
        Assert.Contains("2 files changed, 0 unchanged, 0 failed", result.Output);
        Assert.Equal("NEW", Read(_folder[Path.Combine("out", "deep", "2")]).Get<string>(Tags.PatientID));
        Assert.Equal("P-0001", Read(_folder[Path.Combine("in", "deep", "2")]).Get<string>(Tags.PatientID));
        Assert.Equal(2, Directory.GetFiles(_folder["out"], "*", SearchOption.AllDirectories).Length);
        Assert.Contains("no DICOM files", await Fails(1, "set", Directory.CreateDirectory(_folder["empty"]).FullName, "PatientID=x"));
        Assert.Contains("two files", await Fails(2, "set", _folder[Path.Combine("in", "1.dcm")], _folder[Path.Combine("out", "1.dcm")], "PatientID=x", "--out", _folder["x"]));
    }

    [Fact]
    public async Task One_file_that_fails_does_not_stop_the_others()
    {
        string good = Save(), bad = _folder["bad.dcm"];
        await File.WriteAllTextAsync(bad, new string('x', 300));
        var result = await Cli.RunAsync("set", "--json", bad, good, "PatientID=NEW");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("NEW", Read(good).Get<string>(Tags.PatientID));
        using var json = System.Text.Json.JsonDocument.Parse(result.Output);
        Assert.Contains("not a DICOM file", json.RootElement[0].GetProperty("problem").GetString());
        Assert.Equal(1, json.RootElement[1].GetProperty("changes").GetInt32());
    }

    [Fact]
    public async Task Truncated_files_and_DICOMDIRs_are_not_edited()
    {
        string path = Save();
        byte[] bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..^100]);
        Assert.Contains("ends before", await Fails(1, "set", path, "PatientID=x"));
        Assert.Contains("ends before", await Fails(1, "convert", path, "--to", "implicit"));
        string directory = Save(new DataSet().Set(Tags.SOPClassUID, SopClasses.MediaStorageDirectoryStorage).Set(Tags.SOPInstanceUID, "1.2").Set(Tags.DirectoryRecordSequence, new DataSet()), "DICOMDIR");
        Assert.Contains("DICOMDIR", await Fails(1, "set", directory, "FileSetID=x"));
        Assert.Contains("DICOMDIR", await Fails(1, "convert", directory, "--to", "implicit"));
    }

    [Fact]
    public async Task A_name_that_is_both_a_file_and_an_element_has_to_be_made_clear()
    {
        string before = Directory.GetCurrentDirectory();
        string path = Save(name: "00100010");
        Assert.Equal(before, Directory.GetCurrentDirectory());
        // Relative names would need a change of folder, which other tests share: the rule itself is what is tested.
        Assert.False(Isocenter.Cli.Editing.EditArguments.IsPath(path));
        Assert.True(Isocenter.Cli.Editing.EditArguments.IsPath("00100010"));
        await Done("remove", path, "00100010");
        Assert.False(Read(path).Contains(Tags.PatientName));
    }

    [Fact]
    public async Task Convert_turns_every_encoding_into_every_other()
    {
        var dataSet = SampleObject.Create().Set(Tags.SimpleFrameList, 1u, 70_000u).Set(Tags.RecommendedDisplayFrameRateInFloat, 12.5f).Set(Tags.FrameIncrementPointer, Tags.FrameTime);
        string original = Save(dataSet, "original.dcm");
        foreach (string from in new[] { "implicit", "explicit", "big-endian", "deflated", "1.2.840.113619.5.2" })
        {
            await Done("convert", original, "--to", from, "--out", _folder["from.dcm"]);
            foreach (string to in new[] { "implicit", "explicit", "big-endian", "deflated", "1.2.840.113619.5.2" })
            {
                await Done("convert", _folder["from.dcm"], "--to", to, "--out", _folder["to.dcm"]);
                var read = DicomFile.Read(await File.ReadAllBytesAsync(_folder["to.dcm"]));
                Assert.Empty(read.Findings);
                Assert.Equal(Isocenter.Cli.Editing.Conversion.SyntaxOf(to), read.TransferSyntax);
                Assert.Empty(DataSetDiff.Compare(dataSet, read.DataSet));
                Assert.Equal(0, (await Cli.RunAsync("diff", original, _folder["to.dcm"])).ExitCode);
            }
        }
    }

    [Fact]
    public async Task Compressed_files_are_left_to_transcode()
    {
        var dataSet = SampleObject.Create().SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 0xFF, 0xD8, 1, 2 }]));
        string path = Save(dataSet, syntax: TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.50")));
        Assert.Contains("transcode", await Fails(1, "convert", path, "--to", "explicit"));
        // Editing leaves the fragments as they are.
        await Done("set", path, "PatientID=NEW");
        Assert.Equal([0xFF, 0xD8, 1, 2], PixelDataFrames.Of(Read(path)).Read(0));
    }

    [Fact]
    public async Task Diff_tells_what_differs_and_ends_with_1()
    {
        string a = Save(SampleObject.Create("1.1", "1.2", "1.3")), b = Save(SampleObject.Create("1.1", "1.2", "1.3").Set(Tags.PatientName, "Other").Set(Tags.PatientComments, "new"), "b.dcm");
        Assert.Equal((0, "", ""), (await Cli.RunAsync("diff", a, a)) is var same ? (same.ExitCode, same.Output, same.Error) : default);
        var result = await Cli.RunAsync("diff", a, b);
        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        Assert.Equal("~ (0010,0010) PN PatientName\n    - Müller^Jürgen\n    + Other\n+ (0010,4000) LT PatientComments  new\n", result.Output);
        Assert.Equal(0, (await Cli.RunAsync("diff", a, b, "--ignore", "PatientName", "-i", "(0010,4000)")).ExitCode);
        Assert.Contains("\e[31m", (await Cli.RunAsync(["diff", a, b], hasColour: true)).Output);
        using var json = System.Text.Json.JsonDocument.Parse((await Cli.RunAsync("diff", "--json", a, b)).Output);
        Assert.False(json.RootElement.GetProperty("equal").GetBoolean());
        Assert.Equal("Other", json.RootElement.GetProperty("differences")[0].GetProperty("second").GetProperty("value")[0].GetString());
        Assert.Equal("onlyInSecond", json.RootElement.GetProperty("differences")[1].GetProperty("kind").GetString());
        Assert.Contains("none.dcm: there is no such file", await Fails(2, "diff", a, _folder["none.dcm"]));
    }
}
