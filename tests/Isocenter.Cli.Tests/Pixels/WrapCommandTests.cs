using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Pixels;

/// <summary><c>fromimg</c> and <c>toimg</c>: ImageMagick and ffmpeg make and read the files, dciodvfy judges the objects.</summary>
public sealed class WrapCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<CliResult> Run(int exitCode, params string[] args)
    {
        var result = await Cli.RunAsync(args);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.DoesNotContain("   at ", result.Error);
        return result;
    }

    /// <summary>dciodvfy finds no error, and neither do we.</summary>
    private static async Task AssertIsSound(string path)
    {
        await Run(0, "validate", path);
        if (ForeignTool.Find("dciodvfy") is null) return;
        var judged = await ForeignTool.RunAsync("dciodvfy", ["-new", path]);
        // It is older than HEVC in DICOM, and takes the fragments for native pixels.
        if (judged.Error.Contains("illegal in non-encapsulated transfer syntax", StringComparison.Ordinal)) return;
        Assert.DoesNotContain("Error", judged.Output + judged.Error);
    }

    [Theory]
    [InlineData("PNG24:a.png", "-depth 8", "rgb")]
    [InlineData("PNG24:a.png", "-depth 8 -interlace PNG", "rgb")]
    [InlineData("PNG48:a.png", "-depth 16 -interlace PNG", "rgb")]
    [InlineData("PNG8:a.png", "-colors 40", "rgb")]
    [InlineData("a.png", "-colorspace Gray -depth 8", "gray")]
    [InlineData("a.png", "-colorspace Gray -depth 16", "gray")]
    [InlineData("a.png", "-monochrome -depth 1", "gray")]
    [InlineData("BMP3:a.bmp", "-depth 8", "rgb")]
    [InlineData("a.gif", "-interlace GIF", "rgb")]
    public async Task A_picture_is_read_as_ImageMagick_reads_it(string target, string how, string raw)
    {
        string name = target[(target.IndexOf(':', StringComparison.Ordinal) + 1)..];
        (await ForeignTool.RunAsync("convert", ["-size", "61x43", "-seed", "3", "plasma:red-blue", .. how.Split(' '), target], workingDirectory: _folder.Path)).AssertSuccess();
        await Run(0, "fromimg", _folder[name], "--out", _folder["a.dcm"], "--set", "PatientID=7");
        await AssertIsSound(_folder["a.dcm"]);
        using var file = DicomFile.Open(_folder["a.dcm"]);
        string depth = how.Contains("16", StringComparison.Ordinal) ? "16" : "8";
        (await ForeignTool.RunAsync("convert", [name, "-depth", depth, "-endian", "LSB", $"{raw}:a.raw"], workingDirectory: _folder.Path)).AssertSuccess();
        Assert.Equal(await File.ReadAllBytesAsync(_folder["a.raw"]), StoredFrames.Of(file.DataSet).Read(0));
        Assert.Equal("7", file.DataSet.Get<string>(Tags.PatientID));
        // And back: the same pixels again.
        await Run(0, ["toimg", _folder["a.dcm"], "--out", _folder["b.png"], .. depth == "16" ? (string[])["--16"] : []]);
        (await ForeignTool.RunAsync("convert", ["b.png", "-depth", depth, "-endian", "LSB", $"{raw}:b.raw"], workingDirectory: _folder.Path)).AssertSuccess();
        Assert.Equal(await File.ReadAllBytesAsync(_folder["a.raw"]), await File.ReadAllBytesAsync(_folder["b.raw"]));
    }

    [Theory]
    [InlineData("sc", "-sampling-factor 2x2", false)]
    [InlineData("photo", "-sampling-factor 1x1", false)]
    [InlineData("endoscopy", "-sampling-factor 2x1", false)]
    [InlineData("microscopy", "-colorspace Gray", false)]
    [InlineData("sc", "-interlace JPEG", true)]
    public async Task A_jpeg_comes_out_as_it_went_in_unless_DICOM_has_no_place_for_it(string kind, string how, bool isDecoded)
    {
        (await ForeignTool.RunAsync("convert", ["-size", "61x43", "plasma:red-blue", .. how.Split(' '), "-quality", "87", "a.jpg"], workingDirectory: _folder.Path)).AssertSuccess();
        await Run(0, "fromimg", _folder["a.jpg"], "--as", kind, "--out", _folder["a.dcm"]);
        await AssertIsSound(_folder["a.dcm"]);
        await Run(0, "toimg", "--stored", _folder["a.dcm"], "--out", _folder["b.jpg"]);
        byte[] before = await File.ReadAllBytesAsync(_folder["a.jpg"]), after = await File.ReadAllBytesAsync(_folder["b.jpg"]);
        Assert.Equal(!isDecoded, before.AsSpan().SequenceEqual(after));
    }

    [Theory]
    [InlineData("a.mp4", "libx264", "photo", "1.2.840.10008.1.2.4.102")]
    [InlineData("a.ts", "libx264", "endoscopy", "1.2.840.10008.1.2.4.102")]
    [InlineData("a.mpg", "mpeg2video", "microscopy", "1.2.840.10008.1.2.4.100")]
    [InlineData("a.m2v", "mpeg2video", "sc", "1.2.840.10008.1.2.4.100")]
    [InlineData("a.mp4", "libx265", "photo", "1.2.840.10008.1.2.4.107")]
    public async Task A_video_comes_out_byte_by_byte(string name, string codec, string kind, string syntax)
    {
        (await ForeignTool.RunAsync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=25:duration=1", "-pix_fmt", "yuv420p", "-c:v", codec, name], workingDirectory: _folder.Path)).AssertSuccess();
        await Run(0, "fromimg", _folder[name], "--as", kind, "--out", _folder["a.dcm"]);
        await AssertIsSound(_folder["a.dcm"]);
        using var file = DicomFile.Open(_folder["a.dcm"]);
        Assert.Equal(syntax, file.TransferSyntax.Uid.Value);
        Assert.Equal((25, 120, 160, "40"), (file.DataSet.Get<int>(Tags.NumberOfFrames), file.DataSet.Get<int>(Tags.Rows), file.DataSet.Get<int>(Tags.Columns), file.DataSet.Get<string>(Tags.FrameTime)));
        await Run(0, "toimg", _folder["a.dcm"], "--out", _folder["out/"]);
        byte[] before = await File.ReadAllBytesAsync(_folder[name]), after = await File.ReadAllBytesAsync(_folder["out/" + name]);
        // A bare stream does not say where it ends: the zero that pads it to even length stays.
        if (name == "a.m2v" && after.Length == before.Length + 1) before = [.. before, 0];
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task Documents_come_out_byte_by_byte()
    {
        await File.WriteAllTextAsync(_folder["d.pdf"], "%PDF-1.4\n%%EOF\n");
        await File.WriteAllTextAsync(_folder["c.xml"], "<ClinicalDocument xmlns='urn:hl7-org:v3'><id root='1.2.3'/><title>T</title></ClinicalDocument>");
        await File.WriteAllBytesAsync(_folder["s.stl"], [.. new byte[80], 1, 0, 0, 0, .. new byte[50]]);
        await Run(0, "fromimg", _folder["d.pdf"], _folder["c.xml"], _folder["s.stl"], "--out", _folder["in/"], "--title", "Befund", "--set", "PatientName=Müller^Änne");
        foreach (string name in new[] { "d.dcm", "c.dcm", "s.dcm" }) await AssertIsSound(_folder["in/" + name]);
        await Run(0, "toimg", _folder["in"], "--out", _folder["out"]);
        foreach (string name in new[] { "d.pdf", "c.xml", "s.stl" })
            Assert.Equal(await File.ReadAllBytesAsync(_folder[name]), await File.ReadAllBytesAsync(_folder["out/" + name]));
    }

    [Fact]
    public async Task Frames_become_an_animation()
    {
        DemoStudy.Create().Last().Save(_folder["us.dcm"]);
        using var us = DicomFile.Open(_folder["us.dcm"]);
        int frames = FrameRenderer.FrameCount(us.DataSet);
        await Run(0, "render", _folder["us.dcm"], "--out", _folder["us.gif"], "--size", "161x161");
        using var gif = DicomFile.Read(new ObjectWrapper(new WrapOptions()).Wrap(await File.ReadAllBytesAsync(_folder["us.gif"])).ToArray());
        Assert.Equal((frames, "40"), (gif.DataSet.Get<int>(Tags.NumberOfFrames), gif.DataSet.Get<string>(Tags.FrameTime)));
        ForeignTool.Require("ffmpeg");
        await Run(0, "render", _folder["us.dcm"], "--out", _folder["us.mp4"], "--size", "161x161");
        using var mp4 = DicomFile.Read(new ObjectWrapper(new WrapOptions()).Wrap(await File.ReadAllBytesAsync(_folder["us.mp4"])).ToArray());
        Assert.Equal((frames, "40"), (mp4.DataSet.Get<int>(Tags.NumberOfFrames), mp4.DataSet.Get<string>(Tags.FrameTime)));
    }

    [Fact]
    public async Task What_cannot_be_wrapped_is_told_and_the_rest_is_done()
    {
        await File.WriteAllTextAsync(_folder["a.txt"], "no picture");
        await File.WriteAllBytesAsync(_folder["b.png"], PngWriter.ToArray(new Picture(4, 4, 1, new byte[16])));
        var result = await Run(1, "fromimg", _folder["a.txt"], _folder["b.png"], "--out", _folder["out/"]);
        Assert.Contains("a.txt: this is no picture", result.Error);
        Assert.Equal(["b.dcm"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName));
        Assert.Contains("PATH=VALUE", (await Run(2, "fromimg", _folder["b.png"], "--out", _folder["c.dcm"], "--set", "PatientID")).Error);
    }
}
