using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Media;

public sealed class DicomDirTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_medium_is_made_of_a_folder_listed_checked_and_brought_up_to_date()
    {
        string source = Save("in/first image.dcm", "2.25.1");
        string medium = _folder["out"];
        var made = await Cli.RunAsync("dicomdir", "create", medium, Path.GetDirectoryName(source)!, "--id", "MY_CD");
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        string copy = Path.Combine(medium, "DICOM", "D00000", "I0000000");
        Assert.Equal(File.ReadAllBytes(source), File.ReadAllBytes(copy));

        var listed = await Cli.RunAsync("dicomdir", "list", medium);
        Assert.StartsWith("MY_CD: 1 files", listed.Output, StringComparison.Ordinal);
        Assert.Contains("IMAGE  1  DICOM/D00000/I0000000", listed.Output);
        Assert.Equal(0, (await Cli.RunAsync("dicomdir", "check", medium)).ExitCode);

        Save("out/DICOM/NEW1", "2.25.2");
        File.Delete(copy);
        var updated = await Cli.RunAsync("dicomdir", "update", medium);
        Assert.Equal(0, updated.ExitCode);
        Assert.Contains("1 objects, 1 added, 1 taken out, 0 refused", updated.Output);
        Assert.Equal(0, (await Cli.RunAsync("dicomdir", "check", medium)).ExitCode);
    }

    [Fact]
    public async Task A_record_whose_file_is_another_object_is_told()
    {
        Save("cd/IM1", "2.25.1");
        await Cli.RunAsync("dicomdir", "create", _folder["cd"]);
        Save("cd/IM1", "2.25.9");
        var result = await Cli.RunAsync("dicomdir", "check", _folder["cd"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("IM1: the record says 2.25.1, the file 2.25.9", result.Error);
    }

    [Fact]
    public async Task Files_with_names_no_medium_allows_are_refused_with_the_way_out()
    {
        Save("cd/image.dcm", "2.25.1");
        var result = await Cli.RunAsync("dicomdir", "create", _folder["cd"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("1 to 8 capitals", result.Error);
        Assert.Contains("0 objects, 0 added, 0 taken out, 1 refused", result.Output);
    }

    [Fact]
    public async Task A_file_without_its_head_goes_on_no_medium()
    {
        byte[] whole = SampleObject.ToFile(SampleObject.Create());
        await File.WriteAllBytesAsync(_folder["BARE"], whole[(int)DicomFile.Read(whole).DataSetOffset..]);

        var result = await Cli.RunAsync("dicomdir", "create", _folder["medium"], _folder["BARE"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no File Meta Information", result.Error);
        Assert.Contains("0 objects", result.Output);
    }

    [Fact]
    public async Task What_we_write_satisfies_dciodvfy_and_dcentvfy()
    {
        for (int i = 1; i < 4; i++) Save($"cd/IM{i}", $"2.25.{i}");
        await Cli.RunAsync("dicomdir", "create", _folder["cd"]);
        var verdict = await ForeignTool.RunAsync("dciodvfy", [_folder["cd/DICOMDIR"]], cancel: TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Error", verdict.Output + verdict.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await ForeignTool.RunAsync("dcmdump", [_folder["cd/DICOMDIR"]], cancel: TestContext.Current.CancellationToken)).ExitCode);
    }

    private string Save(string name, string instance)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        var image = SampleObject.Create(instance: instance);
        if (!image.Contains(Tags.StudyID)) image.Set(Tags.StudyID, "1");
        File.WriteAllBytes(_folder[name], SampleObject.ToFile(image));
        return _folder[name];
    }
}
