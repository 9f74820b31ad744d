using System.Buffers;
using System.Text.Json;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Pixels;

/// <summary><c>isocenter decode</c> and <c>isocenter transcode</c>.</summary>
public sealed class PixelCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Decode_writes_a_raw_file_for_each_frame_and_one_that_describes_them()
    {
        var image = SampleObject.Create(frames: 3);
        string path = Save(image, "in/ct.dcm");
        var result = await Cli.RunAsync("decode", path, "--out", _folder["out"]);
        Assert.True(result.ExitCode == 0, result.ToString());

        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(_folder["out/ct.json"], TestContext.Current.CancellationToken));
        var root = json.RootElement;
        Assert.Equal(SampleObject.Size, root.GetProperty("rows").GetInt32());
        Assert.Equal(image.Get<string>(Tags.PhotometricInterpretation), root.GetProperty("photometricInterpretation").GetString());
        Assert.Equal(3, root.GetProperty("files").GetArrayLength());
        var frames = PixelDataFrames.Of(image);
        for (int i = 0; i < 3; i++) Assert.Equal(frames.Read(i), await File.ReadAllBytesAsync(_folder[$"out/ct.000{i + 1}.raw"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Decode_takes_a_bare_code_stream()
    {
        byte[] samples = [.. Enumerable.Range(0, 12).Select(i => (byte)(i * 20))];
        await File.WriteAllBytesAsync(_folder["x.jls"], Encode("jpeg-ls", samples, new FrameLayout(3, 4, 1, 8, 8)), TestContext.Current.CancellationToken);
        var result = await Cli.RunAsync("decode", _folder["x.jls"], "--out", _folder["out"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("", result.Error);
        Assert.Equal(samples, await File.ReadAllBytesAsync(_folder["out/x.0001.raw"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Decode_of_a_cut_frame_writes_what_is_there_and_says_where_it_ends()
    {
        byte[] samples = new byte[64 * 64];
        new Random(3).NextBytes(samples);
        byte[] stream = Encode("jpeg-lossless", samples, new FrameLayout(64, 64, 1, 8, 8));
        var image = SampleObject.Create(size: 64).Set(Tags.BitsAllocated, 8).Set(Tags.BitsStored, 8).Set(Tags.HighBit, 7).Set(Tags.PixelRepresentation, 0)
            .SetFragments(Tags.PixelData, Fragments.FromFrames([stream.AsMemory(0, 2000)]));
        string path = Save(image, "cut.dcm", TransferSyntax.JPEGLosslessSV1);
        var result = await Cli.RunAsync("decode", path, "--out", _folder["out"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("frame 1: JPEG at byte ", result.Error, StringComparison.Ordinal);
        Assert.Equal(samples[..640], (await File.ReadAllBytesAsync(_folder["out/cut.0001.raw"], TestContext.Current.CancellationToken))[..640]);
    }

    [Fact]
    public async Task A_workaround_reads_what_a_broken_encoder_wrote()
    {
        // Segments in the order of little endian.
        byte[] samples = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];
        byte[] swapped = [.. Enumerable.Range(0, 32).Select(i => samples[i ^ 1])];
        var image = SampleObject.Create(size: 4)
            .SetFragments(Tags.PixelData, Fragments.FromFrames([Encode("rle", swapped, new FrameLayout(4, 4, 1, 16, 16))]));
        string path = Save(image, "x.dcm", TransferSyntax.RLELossless);
        foreach (string[] command in new string[][] { ["decode", path, "--out", _folder["a"]], ["transcode", path, "--to", "explicit", "--out", _folder["b/x.dcm"]] })
        {
            var result = await Cli.RunAsync([.. command, "--workaround", "rle-low-byte-first"]);
            Assert.True(result.ExitCode == 0, result.ToString());
        }
        Assert.Equal(samples, await File.ReadAllBytesAsync(_folder["a/x.0001.raw"], TestContext.Current.CancellationToken));
        using var native = DicomFile.Open(_folder["b/x.dcm"]);
        Assert.Equal(samples, PixelDataFrames.Of(native.DataSet).Read(0));
        Assert.Equal(2, (await Cli.RunAsync("decode", path, "--out", _folder["c"], "--workaround", "nothing")).ExitCode);
    }

    [Fact]
    public async Task Transcode_and_decode_give_the_samples_of_the_source()
    {
        string path = Save(SampleObject.Create(frames: 2), "in/ct.dcm");
        Assert.Equal(0, (await Cli.RunAsync("decode", path, "--out", _folder["native"])).ExitCode);
        foreach (string name in new[] { "jpeg-lossless", "jpeg-ls", "htj2k-lossless", "rle", "1.2.840.10008.1.2.4.80" })
        {
            var result = await Cli.RunAsync("transcode", path, "--to", name, "--out", _folder[$"{name}/ct.dcm"]);
            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.Contains("1 written", result.Output, StringComparison.Ordinal);
            Assert.Equal(0, (await Cli.RunAsync("decode", _folder[$"{name}/ct.dcm"], "--out", _folder[$"{name}/raw"])).ExitCode);
            foreach (string frame in new[] { "ct.0001.raw", "ct.0002.raw" })
                Assert.Equal(await File.ReadAllBytesAsync(_folder[$"native/{frame}"], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(_folder[$"{name}/raw/{frame}"], TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Transcode_of_a_folder_keeps_its_tree_and_counts_what_failed()
    {
        Save(SampleObject.Create(), "in/a.dcm");
        Save(SampleObject.Create(), "in/deep/b.dcm");
        await File.WriteAllTextAsync(_folder["in/notes.txt"], "no DICOM", TestContext.Current.CancellationToken);
        var broken = SampleObject.Create().SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 0xFF, 0xD8, 0xFF, 0xD9 }]));
        Save(broken, "in/broken.dcm", TransferSyntax.JPEGLosslessSV1);
        var result = await Cli.RunAsync("transcode", _folder["in"], "--to", "htj2k-lossless", "--out", _folder["out"], "--json");
        Assert.Equal(1, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal((2, 1, 1), (json.RootElement.GetProperty("written").GetInt32(), json.RootElement.GetProperty("failed").GetInt32(), json.RootElement.GetProperty("skipped").GetInt32()));
        foreach (string written in new[] { "out/a.dcm", "out/deep/b.dcm" })
        {
            using var file = DicomFile.Open(_folder[written]);
            Assert.Equal(TransferSyntax.HTJ2KLossless, file.TransferSyntax);
        }
        Assert.False(File.Exists(_folder["out/broken.dcm"]));
    }

    [Theory]
    [InlineData("jpeg-ls --near 3", "does not know --near")]
    [InlineData("jpeg-baseline --quality 101", "1 to 100")]
    [InlineData("htj2k --ratio 0.5", "1 to 10000")]
    [InlineData("gif", "no transfer syntax 'gif'")]
    public async Task Options_that_the_syntax_does_not_know_are_wrong_usage(string arguments, string sentence)
    {
        string path = Save(SampleObject.Create(), "a.dcm");
        var result = await Cli.RunAsync(["transcode", path, "--out", _folder["b.dcm"], "--to", .. arguments.Split(' ')]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
    }

    private string Save(DataSet dataSet, string name, TransferSyntax? syntax = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        new DicomFile(dataSet, syntax ?? TransferSyntax.ExplicitVRLittleEndian).Save(_folder[name]);
        return _folder[name];
    }

    private static byte[] Encode(string name, byte[] samples, in FrameLayout layout)
    {
        var output = new ArrayBufferWriter<byte>();
        FrameCodecs.FindByName(name)!.Encode(samples, layout, output);
        return output.WrittenSpan.ToArray();
    }
}
