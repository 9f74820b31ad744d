using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Testing;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Transcoding;

public sealed class TranscoderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Lossless =>
        new(FrameCodecs.All.Where(codec => codec.CanEncode && !codec.IsLossy(FrameEncodeOptions.Default)).Select(codec => codec.Name));

    [Theory, MemberData(nameof(Lossless))]
    public async Task Lossless_syntax_keeps_samples_attributes_and_uid(string name)
    {
        DataSet[] images =
        [
            Grey16(20, 11, Slope(20 * 11, 4096), bitsStored: 12),
            Grey16(20, 11, Slope(20 * 11 * 3, 60000), isSigned: true, frames: 3),
            Bytes(9, 7, 3, "RGB", Random(9 * 7 * 3)),
            Bytes(9, 7, 3, "RGB", Random(9 * 7 * 3), planar: 1),
            Bytes(16, 8, 1, "PALETTE COLOR", Random(128)),
            Bytes(8, 2, 3, "YBR_FULL_422", Random(32)),
        ];
        foreach (var image in images)
        {
            using var folder = new TemporaryFolder();
            var before = StoredFrames.Of(image);
            var (result, file) = await TranscodeAsync(image, name, folder);
            using var written = file;

            var after = StoredFrames.Of(written.DataSet, written.TransferSyntax);
            Assert.Equal(name, after.Codec?.Name);
            Assert.Equal(before.Count, after.Count);
            for (int i = 0; i < before.Count; i++) Assert.Equal(before.Read(i), after.Read(i));
            Assert.Equal(before.Description with { Precision = null }, after.Description with { Precision = null });
            Assert.Equal("2.25.1", written.DataSet.Get<string>(Tags.SOPInstanceUID));
            Assert.False(result.IsLossy);
            Assert.False(written.DataSet.Contains(Tags.LossyImageCompression));
            Assert.Empty(after.Findings);
        }
    }

    /// <summary>PS3.5 §8.2, PS3.3 §C.7.6.3.1.2: what the colours of RGB are called in each syntax.</summary>
    [Theory]
    [InlineData("jpeg-baseline", "YBR_FULL_422")]
    [InlineData("jpeg-extended", "YBR_FULL_422")]
    [InlineData("jpeg-lossless", "RGB")]
    [InlineData("jpeg-ls", "RGB")]
    [InlineData("jpeg-ls-near", "RGB")]
    [InlineData("htj2k-lossless", "YBR_RCT")]
    [InlineData("htj2k-lossless-rpcl", "YBR_RCT")]
    [InlineData("htj2k", "YBR_ICT")]
    [InlineData("rle", "RGB")]
    public async Task Photometric_interpretation_names_what_the_syntax_makes_of_rgb(string name, string expected)
    {
        using var folder = new TemporaryFolder();
        var (_, file) = await TranscodeAsync(Bytes(32, 16, 3, "RGB", Smooth(32, 16, 3)), name, folder);
        using var written = file;
        Assert.Equal(expected, written.DataSet.Get<string>(Tags.PhotometricInterpretation));
        Assert.Equal(0, written.DataSet.Get<int>(Tags.PlanarConfiguration));
    }

    /// <summary>Ultrasound and whole slides want RGB or the colour transform of the codec (PS3.3 §C.8.5.6.1.16, §C.8.12.4.1.5), lossless
    /// syntaxes every sample as it was.</summary>
    [Theory]
    [InlineData("jpeg-baseline", "YBR_FULL_422")]
    [InlineData("jpeg-ls-near", "RGB")]
    [InlineData("jpeg2000", "YBR_ICT")]
    [InlineData("htj2k", "YBR_ICT")]
    [InlineData("jpeg2000-lossless", "YBR_FULL")]
    [InlineData("jpeg-ls", "YBR_FULL")]
    public async Task Luminance_and_chrominance_become_rgb_where_loss_is_allowed(string name, string expected)
    {
        using var folder = new TemporaryFolder();
        foreach (int bits in new[] { 8, 12 })
        {
            if (bits == 12 && name == "jpeg-baseline") continue;
            var image = bits == 8
                ? Bytes(64, 48, 3, "YBR_FULL", Smooth(64, 48, 3))
                : Describe(64, 48, 3, "YBR_FULL", 16, 12, false, 1).SetBytes(Tags.PixelData, VR.OW, [.. Smooth(64, 48, 3).SelectMany(b => new[] { (byte)(b << 4), (byte)(b >> 4) })]);
            var (_, file) = await TranscodeAsync(image, name, folder);
            using var written = file;
            Assert.Equal(expected, written.DataSet.Get<string>(Tags.PhotometricInterpretation));
            byte[] before = FrameRenderer.Render(image, 0).Pixels, after = FrameRenderer.Render(written.DataSet, 0, syntax: written.TransferSyntax).Pixels;
            Assert.InRange(Math.Sqrt(before.Zip(after, (a, b) => (double)(a - b) * (a - b)).Average()), 0, 4);
        }
    }

    [Theory]
    [InlineData("jpeg-baseline", "ISO_10918_1")]
    [InlineData("jpeg-ls-near", "ISO_14495_1")]
    [InlineData("htj2k", "ISO_15444_15")]
    public async Task Loss_makes_another_object_that_says_from_what_and_how(string name, string method)
    {
        using var folder = new TemporaryFolder();
        var image = Bytes(64, 48, 1, "MONOCHROME2", Smooth(64, 48, 1))
            .Set(Tags.ImageType, ["ORIGINAL", "PRIMARY"]).Set(Tags.SeriesInstanceUID, "2.25.7").Set(Tags.LossyImageCompression, "01")
            .Set(Tags.LossyImageCompressionRatio, "4").Set(Tags.LossyImageCompressionMethod, "ISO_10918_1").Set(Tags.SmallestImagePixelValue, 1);
        var (result, file) = await TranscodeAsync(image, name, folder);
        using var written = file;
        var dataSet = written.DataSet;

        Assert.True(result.IsLossy);
        Assert.NotEqual("2.25.1", result.SopInstanceUid);
        Assert.Equal(result.SopInstanceUid, dataSet.Get<string>(Tags.SOPInstanceUID));
        Assert.Equal(result.SopInstanceUid, written.FileMeta.Get<string>(Tags.MediaStorageSOPInstanceUID));
        Assert.Equal(["DERIVED", "PRIMARY"], dataSet.GetAll<string>(Tags.ImageType));
        Assert.Equal(["ISO_10918_1", method], dataSet.GetAll<string>(Tags.LossyImageCompressionMethod));
        double[] ratios = [.. dataSet.GetAll<double>(Tags.LossyImageCompressionRatio)];
        Assert.Equal(4, ratios[0]);
        Assert.Equal(64 * 48.0 / result.LengthAfter, ratios[1], 0.05);
        Assert.Equal("2.25.1", dataSet.Get<DataSet>(Tags.SourceImageSequence).Get<string>(Tags.ReferencedSOPInstanceUID));
        var series = dataSet.Get<DataSet>(Tags.ReferencedSeriesSequence);
        Assert.Equal("2.25.7", series.Get<string>(Tags.SeriesInstanceUID));
        Assert.Equal("2.25.1", series.Get<DataSet>(Tags.ReferencedInstanceSequence).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal("113040", dataSet.Get<DataSet>(Tags.DerivationCodeSequence).Get<string>(Tags.CodeValue));
        Assert.False(dataSet.Contains(Tags.SmallestImagePixelValue));
    }

    [Fact]
    public async Task Bits_beyond_bits_stored_are_kept_by_lossless_syntaxes()
    {
        // 12 bits stored, and an overlay of old in bit 12 (PS3.5 §8.1.1).
        var image = Grey16(16, 16, Slope(256, 8192), bitsStored: 16).Set(Tags.BitsStored, 12).Set(Tags.HighBit, 11);
        foreach (string name in new[] { "jpeg-lossless", "jpeg-ls", "htj2k-lossless", "rle" })
        {
            using var folder = new TemporaryFolder();
            var (_, file) = await TranscodeAsync(image, name, folder);
            using var written = file;
            Assert.Equal(StoredFrames.Of(image).Read(0), StoredFrames.Of(written.DataSet, written.TransferSyntax).Read(0));
            Assert.Equal(12, written.DataSet.Get<int>(Tags.BitsStored));
        }
    }

    [Theory]
    [InlineData("jpeg-baseline", "MONOCHROME2", 12, "8 bits")]
    [InlineData("jpeg-extended", "MONOCHROME2", 16, "12 bits")]
    [InlineData("jpeg-ls-near", "PALETTE COLOR", 8, "palette")]
    [InlineData("jpeg-lossless", "MONOCHROME2", 1, "single bits")]
    [InlineData("jpeg-process-10-12", "MONOCHROME2", 8, "not encoded")]
    public async Task What_a_syntax_has_no_room_for_is_refused_with_the_reason(string name, string photometric, int bitsStored, string reason)
    {
        using var folder = new TemporaryFolder();
        var image = bitsStored switch
        {
            1 => Describe(16, 16, 1, photometric, 1, 1, false, 1).SetBytes(Tags.PixelData, VR.OB, Random(32)),
            8 => Bytes(16, 16, 1, photometric, Random(256)),
            _ => Grey16(16, 16, new int[256], bitsStored, photometric: photometric),
        };
        var error = await Assert.ThrowsAsync<PixelDataException>(async () => (await TranscodeAsync(image, name, folder)).File.Dispose());
        Assert.Equal(PixelDataProblem.Unsupported, error.Problem);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public async Task Frames_worked_on_side_by_side_are_written_in_their_order()
    {
        using var folder = new TemporaryFolder();
        var image = Bytes(16, 16, 1, "MONOCHROME2", Random(256 * 40), frames: 40);
        using var source = new DicomFile(image, TransferSyntax.ExplicitVRLittleEndian);
        var syntax = SyntaxOf("jpeg-ls");
        foreach (int threads in new[] { 1, 8 })
            await Transcoder.TranscodeAsync(source, folder[$"{threads}.dcm"], new TranscodeOptions(syntax) { MaxDegreeOfParallelism = threads }, Cancel);
        Assert.Equal(await File.ReadAllBytesAsync(folder["1.dcm"], Cancel), await File.ReadAllBytesAsync(folder["8.dcm"], Cancel));
    }

    [Fact]
    public async Task Frames_in_the_target_syntax_are_taken_over_as_they_are()
    {
        using var folder = new TemporaryFolder();
        var syntax = SyntaxOf("htj2k");
        byte[] stream = [0xFF, 0x4F, 0xFF, 0x51, 1, 2];
        var image = Describe(4, 4, 1, "MONOCHROME2", 8, 8, false, 1).SetFragments(Tags.PixelData, Fragments.FromFrames([stream]));
        using var source = new DicomFile(image, syntax);
        var result = await Transcoder.TranscodeAsync(source, folder["a.dcm"], new TranscodeOptions(syntax), Cancel);
        using var written = DicomFile.Open(folder["a.dcm"]);
        Assert.False(result.IsReencoded);
        Assert.Equal(stream, PixelDataFrames.Of(written.DataSet).Read(0));
    }

    [Fact]
    public async Task Icons_of_compressed_images_become_native()
    {
        using var folder = new TemporaryFolder();
        byte[] icon = Random(64);
        var (_, first) = await TranscodeAsync(Bytes(8, 8, 1, "MONOCHROME2", icon), "jpeg-ls", folder);
        using var small = first;
        var (_, second) = await TranscodeAsync(Bytes(16, 16, 1, "MONOCHROME2", Random(256)), "jpeg-ls", folder);
        using var large = second;
        var image = large.DataSet.Copy().Set(Tags.IconImageSequence, small.DataSet.Copy());
        using var source = new DicomFile(image, SyntaxOf("jpeg-ls"));
        await Transcoder.TranscodeAsync(source, folder["rle.dcm"], new TranscodeOptions(SyntaxOf("rle")), Cancel);
        using var again = DicomFile.Open(folder["rle.dcm"]);
        Assert.False(again.DataSet.Get<DataSet>(Tags.IconImageSequence).TryFind(Tags.PixelData, out var pixels) && pixels.Fragments is not null);
        Assert.Equal(icon, StoredFrames.Of(again.DataSet.Get<DataSet>(Tags.IconImageSequence)).Read(0));
    }

    [Fact]
    public async Task A_damaged_frame_is_named_and_nothing_is_left_behind()
    {
        using var folder = new TemporaryFolder();
        var (_, file) = await TranscodeAsync(Bytes(32, 32, 1, "MONOCHROME2", Random(1024 * 2), frames: 2), "jpeg-lossless", folder);
        using var whole = file;
        var frames = PixelDataFrames.Of(whole.DataSet);
        var broken = whole.DataSet.Copy().SetFragments(Tags.PixelData, Fragments.FromFrames([frames.Read(0), frames.Read(1).AsMemory(0, 400)]));
        using var source = new DicomFile(broken, whole.TransferSyntax);
        var error = await Assert.ThrowsAsync<CodecException>(() =>
            Transcoder.TranscodeAsync(source, folder["broken.dcm"], new TranscodeOptions(TransferSyntax.ExplicitVRLittleEndian), Cancel));
        Assert.StartsWith("frame 2: ", error.Problem, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["broken.dcm"]));
        Assert.Single(Directory.EnumerateFiles(folder.Path));
    }

    [Theory, MemberData(nameof(Lossless))]
    public async Task Pictures_of_compressed_images_are_those_of_native_ones(string name)
    {
        using var folder = new TemporaryFolder();
        foreach (var image in new[] { Grey16(40, 30, Slope(1200, 4096), bitsStored: 12), Bytes(40, 30, 3, "RGB", Smooth(40, 30, 3)) })
        {
            var (_, file) = await TranscodeAsync(image, name, folder);
            using var written = file;
            Assert.Equal(FrameRenderer.Render(image, 0).Pixels, FrameRenderer.Render(written.DataSet, 0, syntax: written.TransferSyntax).Pixels);
        }
    }

    [Fact]
    public async Task Pictures_of_jpeg_have_the_colours_of_the_original()
    {
        using var folder = new TemporaryFolder();
        var image = Bytes(64, 64, 3, "RGB", Smooth(64, 64, 3));
        foreach (string name in new[] { "jpeg-baseline", "htj2k" })
        {
            var (_, file) = await TranscodeAsync(image, name, folder);
            using var written = file;
            byte[] expected = FrameRenderer.Render(image, 0).Pixels, found = FrameRenderer.Render(written.DataSet, 0, syntax: written.TransferSyntax).Pixels;
            double error = expected.Zip(found, (a, b) => (double)(a - b) * (a - b)).Average();
            Assert.InRange(Math.Sqrt(error), 0, 4);
        }
    }

    private static async Task<(TranscodeResult Result, DicomFile File)> TranscodeAsync(DataSet image, string name, TemporaryFolder folder)
    {
        using var source = new DicomFile(image.Copy(), TransferSyntax.ExplicitVRLittleEndian);
        string path = folder[$"{Path.GetRandomFileName()}.dcm"];
        var result = await Transcoder.TranscodeAsync(source, path, new TranscodeOptions(SyntaxOf(name)), Cancel);
        return (result, DicomFile.Open(path));
    }

    private static TransferSyntax SyntaxOf(string name) => TransferSyntax.Of(Uid.Parse(FrameCodecs.FindByName(name)!.TransferSyntaxUid));

    private static int[] Slope(int count, int top) => [.. Enumerable.Range(0, count).Select(i => (int)((long)i * (top - 1) / count))];

    private static byte[] Smooth(int columns, int rows, int samples)
    {
        var bytes = new byte[columns * rows * samples];
        for (int i = 0; i < bytes.Length; i++)
        {
            int pixel = i / samples, x = pixel % columns, y = pixel / columns;
            bytes[i] = (byte)(120 + 60 * Math.Sin(x / 9.0 + i % samples) + 50 * Math.Cos(y / 7.0));
        }
        return bytes;
    }
}
