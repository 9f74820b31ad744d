using Isocenter.Imaging;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Pixels;

public sealed class RenderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Save(int index, string name)
    {
        DemoStudy.Create().ElementAt(index).Save(_folder[name]);
        return _folder[name];
    }

    private static async Task<CliResult> Run(int exitCode, params string[] args)
    {
        var result = await Cli.RunAsync(["render", .. args]);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.DoesNotContain("   at ", result.Error);
        return result;
    }

    [Fact]
    public async Task The_name_of_the_picture_says_what_it_is()
    {
        string ct = Save(20, "ct.dcm");
        await Run(0, ct, "--out", _folder["ct.png"], "--window", "40,80");
        await Run(0, ct, "--out", _folder["ct.jpg"], "--quality", "75", "--size", "128x128");
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(_folder["ct.png"]))[..4]);
        Assert.Equal([0xFF, 0xD8, 0xFF], (await File.ReadAllBytesAsync(_folder["ct.jpg"]))[..3]);
        Assert.Contains(".png, .jpg, .gif or .mp4", (await Run(2, ct, "--out", _folder["ct.bmp"])).Error);
    }

    [Fact]
    public async Task Frames_and_folders_are_written_into_a_folder()
    {
        Directory.CreateDirectory(_folder["in"]);
        Save(65, Path.Combine("in", "us.dcm"));
        Save(3, Path.Combine("in", "ct.dcm"));
        await Run(0, _folder["in"], "--out", _folder["out"]);
        Assert.Equal(2, Directory.GetFiles(_folder["out"], "*.png").Length);
        await Run(0, _folder["in/us.dcm"], "--frame", "2", "--frame", "1", "--out", _folder["frames/"]);
        Assert.Equal(["us.0001.png", "us.0002.png"], Directory.GetFiles(_folder["frames"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task What_cannot_be_drawn_is_told_and_the_rest_is_done()
    {
        string ct = Save(0, "ct.dcm");
        Assert.Contains("there is no frame 9", (await Run(1, ct, "--frame", "9", "--out", _folder["a.png"])).Error);
        Assert.Contains("larger than the limit", (await Run(1, ct, "--size", "100000x100000", "--enlarge", "--out", _folder["b.png"])).Error);
        await File.WriteAllTextAsync(_folder["c.dcm"], "no image");
        await Run(1, _folder["c.dcm"], ct, "--out", _folder["out"]);
        Assert.True(File.Exists(_folder["out/ct.png"]));
    }

    [Fact]
    public async Task An_image_to_lie_over_others_goes_with_a_blending_state()
    {
        string ct = Save(0, "ct.dcm");
        Assert.Contains("--over goes with a blending", (await Run(2, ct, "--over", ct, "--out", _folder["a.png"])).Error);
    }

    [Theory]
    [InlineData("--window", "40")]
    [InlineData("--window", "40,0")]
    [InlineData("--size", "0x5")]
    [InlineData("--region", "1,2,3")]
    [InlineData("--quality", "101")]
    [InlineData("--voi", "0")]
    public async Task A_wrong_option_is_named(string option, string value) =>
        Assert.Contains(option, (await Run(2, Save(0, "ct.dcm"), option, value, "--out", _folder["a.png"])).Error);
}
