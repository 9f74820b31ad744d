using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Validating;

/// <summary><c>isocenter validate</c>: what it writes and how it ends.</summary>
public sealed class ValidateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task An_object_without_errors_ends_with_0()
    {
        string path = Save("ok.dcm", Valid());

        var result = await Cli.RunAsync("validate", path);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal($"{path}: Raw Data Storage: nothing found\n", result.Output);
    }

    [Fact]
    public async Task Errors_end_with_1_and_are_listed_with_element_reason_and_section()
    {
        string path = Save("bad.dcm", Valid().Set(Tags.PatientSex, "X"));

        var result = await Cli.RunAsync("validate", path);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("1 error, 0 warnings\n", result.Output);
        Assert.Contains("  error   (0010,0040) PatientSex: is 'X', none of the Enumerated Values of the Patient Module: M, F, O (PS3.3 §C.7.1.1)\n", result.Output);
    }

    [Fact]
    public async Task Warnings_alone_end_with_0_and_can_be_left_out()
    {
        string path = Save("warning.dcm", Valid().Set(Tags.OtherPatientIDs, "17"));

        var all = await Cli.RunAsync("validate", path);
        var errors = await Cli.RunAsync("validate", "--errors", path);

        Assert.Equal(0, all.ExitCode);
        Assert.Contains("warning (0010,1000) OtherPatientIDs: is retired", all.Output);
        Assert.DoesNotContain("OtherPatientIDs", errors.Output);
    }

    [Fact]
    public async Task What_stands_in_many_items_alike_is_told_three_times_and_counted()
    {
        var codes = Enumerable.Range(0, 9).Select(_ => new DataSet().Set(Tags.CodeValue, "113076").Set(Tags.CodingSchemeDesignator, "DCM")).ToArray();
        string path = Save("many.dcm", Valid().Set(Tags.ProcedureCodeSequence, codes));

        var text = await Cli.RunAsync("validate", path);
        var json = await Cli.RunAsync("validate", "--json", path);

        Assert.Contains("9 errors", text.Output);
        Assert.Equal(3, text.Output.Split("CodeMeaning").Length - 1);
        Assert.Contains("… and the same in 6 other items\n", text.Output);
        Assert.Equal(10, json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Quiet_writes_nothing()
    {
        string path = Save("bad.dcm", Valid().Set(Tags.PatientSex, "X"));

        var result = await Cli.RunAsync("validate", "-q", path);

        Assert.Equal((1, "", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Json_is_a_line_for_each_finding_and_one_for_the_file()
    {
        string path = Save("bad.dcm", Valid().Set(Tags.PatientSex, "X"));

        var result = await Cli.RunAsync("validate", "--json", path);

        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Equal(("error", "enumeratedValue", "(0010,0040)", "PatientSex", "PS3.3 §C.7.1.1"), (Of(lines[0], "severity"), Of(lines[0], "rule"), Of(lines[0], "path"), Of(lines[0], "keyword"), Of(lines[0], "section")));
        Assert.Equal(1, lines[1].GetProperty("errors").GetInt32());
        Assert.Equal(0, lines[1].GetProperty("warnings").GetInt32());
        Assert.Equal(SopClasses.RawDataStorage, Of(lines[1], "sopClass"));

        static string Of(JsonElement line, string name) => line.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task A_folder_is_searched_and_what_is_not_dicom_in_it_is_skipped()
    {
        Directory.CreateDirectory(_folder["sub"]);
        Save("sub/a.dcm", Valid());
        Save("b.dcm", Valid());
        await File.WriteAllTextAsync(_folder["readme.txt"], "no DICOM here, but a text of more than 132 characters, so that one has to look at it: " + new string('x', 100), TestContext.Current.CancellationToken);

        var result = await Cli.RunAsync("validate", _folder.Path);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.EndsWith("2 files: 0 errors, 0 warnings\n", result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_told_with_its_reason_and_the_others_are_checked()
    {
        await File.WriteAllTextAsync(_folder["no.dcm"], "no", TestContext.Current.CancellationToken);

        var result = await Cli.RunAsync("validate", _folder["missing.dcm"], _folder["no.dcm"], Save("ok.dcm", Valid()));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("missing.dcm: there is no such file", result.Error);
        Assert.Contains("no.dcm: ", result.Error);
        Assert.Contains("ok.dcm: Raw Data Storage: nothing found", result.Output);
        Assert.EndsWith("1 files: 0 errors, 0 warnings, 2 not readable\n", result.Output);
    }

    [Fact]
    public async Task Json_tells_of_a_file_that_cannot_be_read_on_its_line()
    {
        var result = await Cli.RunAsync("validate", "--json", _folder["missing.dcm"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("there is no such file", JsonDocument.Parse(result.Output).RootElement.GetProperty("problem").GetString());
    }

    [Fact]
    public async Task Values_are_written_without_control_characters()
    {
        string path = Save("bad.dcm", Valid().SetBytes(Tags.PatientSex, VR.CS, "\x1B[31mX"u8));

        var result = await Cli.RunAsync("validate", path);

        Assert.DoesNotContain('\x1B', result.Output);
    }

    [Fact]
    public async Task Colour_is_for_terminals()
    {
        string path = Save("bad.dcm", Valid().Set(Tags.PatientSex, "X"));

        var result = await Cli.RunAsync(["validate", path], hasColour: true);

        Assert.Contains("\x1B[31merror  \x1B[0m", result.Output);
    }

    [Fact]
    public async Task A_limit_below_1_is_wrong_usage() => Assert.Equal(2, (await Cli.RunAsync("validate", "--limit", "0", _folder.Path)).ExitCode);

    public void Dispose() => _folder.Dispose();

    private string Save(string name, DataSet dataSet)
    {
        string path = _folder[name];
        using var file = new DicomFile(dataSet, TransferSyntax.ExplicitVRLittleEndian);
        file.Save(path);
        return path;
    }

    /// <summary>Raw Data asks for little.</summary>
    private static DataSet Valid() => new DataSet()
        .Set(Tags.SOPClassUID, SopClasses.RawDataStorage)
        .Set(Tags.SOPInstanceUID, "1.2.826.0.1.3680043.10.1")
        .Set(Tags.StudyDate, "20250314").Set(Tags.ContentDate, "20250314")
        .Set(Tags.StudyTime, "0926").Set(Tags.ContentTime, "0926")
        .Set(Tags.AccessionNumber, "")
        .Set(Tags.Modality, "OT")
        .Set(Tags.Manufacturer, "")
        .Set(Tags.ReferringPhysicianName, "")
        .Set(Tags.PatientName, "Doe^Jane").Set(Tags.PatientID, "P-1").Set(Tags.PatientBirthDate, "").Set(Tags.PatientSex, "F")
        .Set(Tags.BodyPartExamined, "HEAD")
        .Set(Tags.StudyInstanceUID, "1.2.826.0.1.3680043.10.2").Set(Tags.SeriesInstanceUID, "1.2.826.0.1.3680043.10.3")
        .Set(Tags.StudyID, "1").Set(Tags.SeriesNumber, "1").Set(Tags.InstanceNumber, "1")
        .Set<DataSet>(Tags.AcquisitionContextSequence)
        .Set(Tags.CreatorVersionUID, "1.2.826.0.1.3680043.10.4")
        .SetBytes(new Tag(0x0029_0010), VR.LO, "TEST"u8)
        .SetBytes(new Tag(0x0029_1001), VR.OB, new byte[2]);
}
