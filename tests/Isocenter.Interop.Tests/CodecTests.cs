using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Isocenter.Codecs;
using Isocenter.Codecs.Video;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>What we encode is decoded by DCMTK, GDCM, OpenJPEG and OpenJPH to the same samples, and what they encode by
/// us.</summary>
public sealed class CodecTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("jpeg-baseline", "dcmdjpeg", "+cn")]
    [InlineData("jpeg-extended", "dcmdjpeg", "+cn")]
    [InlineData("jpeg-lossless", "dcmdjpeg", "+cn")]
    [InlineData("jpeg-lossless-p14", "dcmdjpeg", "+cn")]
    [InlineData("jpeg-ls", "dcmdjpls", null)]
    [InlineData("jpeg-ls-near", "dcmdjpls", null)]
    [InlineData("rle", "dcmdrle", null)]
    [InlineData("jpeg-baseline", "gdcmconv", "--raw")]
    [InlineData("jpeg-lossless", "gdcmconv", "--raw")]
    [InlineData("jpeg-ls", "gdcmconv", "--raw")]
    [InlineData("jpeg-ls-near", "gdcmconv", "--raw")]
    [InlineData("rle", "gdcmconv", "--raw")]
    public async Task What_we_encode_is_decoded_to_our_samples(string name, string tool, string? option)
    {
        ForeignTool.Require(tool);
        using var folder = new TemporaryFolder();
        var codec = FrameCodecs.FindByName(name)!;
        int compared = 0;
        foreach (var (image, what) in Images(codec))
        {
            string path = await TranscodeAsync(image, codec, folder, what), decoded = folder[$"{what}.native.dcm"];
            (await ForeignTool.RunAsync(tool, option is null ? [path, decoded] : [option, path, decoded])).AssertSuccess();
            using var ours = DicomFile.Open(path);
            using var theirs = DicomFile.Open(decoded);
            AssertSame(StoredFrames.Of(ours.DataSet, ours.TransferSyntax), StoredFrames.Of(theirs.DataSet, theirs.TransferSyntax), what);
            compared++;
        }
        Assert.True(compared >= 2);
    }

    [Theory]
    [InlineData("htj2k-lossless", "opj_decompress")]
    [InlineData("htj2k-lossless-rpcl", "opj_decompress")]
    [InlineData("htj2k-lossless", "ojph_expand")]
    [InlineData("htj2k-lossless-rpcl", "ojph_expand")]
    [InlineData("jpeg2000-lossless", "opj_decompress")]
    public async Task Code_streams_of_JPEG_2000_are_decoded_to_our_samples(string name, string tool)
    {
        ForeignTool.Require(tool);
        var codec = FrameCodecs.FindByName(name)!;
        if (!codec.CanEncode) Assert.Skip($"{name} is not encoded");
        using var folder = new TemporaryFolder();
        foreach (var (image, what) in Images(codec))
        {
            using var file = DicomFile.Open(await TranscodeAsync(image, codec, folder, what));
            var frames = StoredFrames.Of(file.DataSet, file.TransferSyntax);
            // Neither has a common format for signed samples: their values are compared by the round trip of the first theory.
            if (frames.Description.Layout.IsSigned) continue;
            string extension = frames.Description.Layout.SamplesPerPixel == 3 ? "ppm" : "pgm", stream = folder[$"{what}.j2c"], decoded = folder[$"{what}.{extension}"];
            await File.WriteAllBytesAsync(stream, PixelDataFrames.Of(file.DataSet).Read(0), Cancel);
            (await ForeignTool.RunAsync(tool, ["-i", stream, "-o", decoded])).AssertSuccess();
            byte[] samples = frames.Read(0), netpbm = await File.ReadAllBytesAsync(decoded, Cancel);
            Assert.True(samples.AsSpan().SequenceEqual(Netpbm(netpbm, samples.Length, frames.Description.Layout.BitsAllocated)), what);
        }
    }

    [Theory]
    [InlineData("dcmcjpeg", "+e1")]
    [InlineData("dcmcjpeg", "+el")]
    [InlineData("dcmcjpls", "+el")]
    [InlineData("dcmcrle", null)]
    [InlineData("gdcmconv", "--j2k")]
    [InlineData("gdcmconv", "--jpegls")]
    [InlineData("gdcmconv", "--jpeg")]
    public async Task What_they_encode_without_loss_is_decoded_to_the_source(string tool, string? option)
    {
        ForeignTool.Require(tool);
        using var folder = new TemporaryFolder();
        foreach (var (image, what) in Images(FrameCodecs.FindByName("jpeg-lossless")!))
        {
            // dcmcjpeg turns grey images into the values of their window unless they are told not to.
            if (tool == "dcmcjpeg" && what.StartsWith("grey", StringComparison.Ordinal) && image.Get<int>(Tags.PixelRepresentation) == 1) continue;
            string path = folder[$"{what}.dcm"], coded = folder[$"{what}.coded.dcm"];
            new DicomFile(image, TransferSyntax.ExplicitVRLittleEndian).Save(path);
            (await ForeignTool.RunAsync(tool, option is null ? [path, coded] : [option, path, coded])).AssertSuccess();
            using var file = DicomFile.Open(coded);
            AssertSame(StoredFrames.Of(file.DataSet, file.TransferSyntax), StoredFrames.Of(image), what);
        }
    }

    [Fact]
    public async Task Compressed_files_of_the_corpus_are_decoded_as_gdcmconv_does()
    {
        ForeignTool.Require("gdcmconv");
        using var folder = new TemporaryFolder();
        int compared = 0;
        foreach (var file in Corpus.Files("parses"))
        {
            // The synthetic ones were made to be refused.
            if (file.Name.StartsWith("synthetic", StringComparison.Ordinal) || new FileInfo(file.Path).Length > 300_000 || Open(file.Path) is not { } read) continue;
            using (read)
            {
                if (FrameCodecs.Find(read.TransferSyntax.Uid.Value) is not { CanDecode: true, HasHeader: true } codec) continue;
                string decoded = folder[$"{compared}.dcm"];
                if ((await ForeignTool.RunAsync("gdcmconv", ["--raw", file.Path, decoded])).ExitCode != 0 || Open(decoded) is not { } theirs) continue;
                var ours = StoredFrames.Of(read.DataSet, read.TransferSyntax);
                // Floating point need not round alike.
                if (codec.Family == "JPEG 2000" && ours.LossyMethod is not null) continue;
                using (theirs) AssertSame(ours, StoredFrames.Of(theirs.DataSet, theirs.TransferSyntax), file.Name);
                compared++;
            }
        }
        Assert.True(compared > 40, $"only {compared} were compared");
    }

    [Theory]
    [InlineData("jpeg-lossless")]
    [InlineData("jpeg-ls")]
    [InlineData("jpeg-ls-near")]
    [InlineData("rle")]
    public async Task Dciodvfy_finds_nothing_in_transcoded_objects(string name)
    {
        ForeignTool.Require("dciodvfy");
        using var folder = new TemporaryFolder();
        var codec = FrameCodecs.FindByName(name)!;
        var made = DemoStudy.Create().ToList();
        foreach (var file in new[] { made[0], made[^2], made[^1] })
        {
            // A lossy Enhanced MR is DERIVED, and then has attributes that dciodvfy allows in ORIGINAL ones only.
            if (codec.IsLossy(FrameEncodeOptions.Default) && file.DataSet.Get<string>(Tags.SOPClassUID) == SopClasses.EnhancedMRImageStorage) continue;
            string path = await TranscodeAsync(file.DataSet, codec, folder, file.DataSet.Get<string>(Tags.Modality));
            var result = await ForeignTool.RunAsync("dciodvfy", [path]);
            Assert.DoesNotContain("Error", result.Output + result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("m2v", VideoFormat.Mpeg2, "-c:v", "mpeg2video", "-f", "mpeg2video")]
    [InlineData("mpg", VideoFormat.Mpeg2, "-c:v", "mpeg2video", "-f", "vob")]
    [InlineData("ts", VideoFormat.H264, "-c:v", "libx264", "-f", "mpegts")]
    [InlineData("h264", VideoFormat.H264, "-c:v", "libx264", "-f", "h264")]
    [InlineData("mp4", VideoFormat.H264, "-c:v", "libx264", "-f", "mp4")]
    [InlineData("fragmented.mp4", VideoFormat.H264, "-c:v", "libx264", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4")]
    [InlineData("h265", VideoFormat.Hevc, "-c:v", "libx265", "-f", "hevc")]
    [InlineData("hevc.mp4", VideoFormat.Hevc, "-c:v", "libx265", "-f", "mp4")]
    public async Task Videos_of_ffmpeg_are_understood(string extension, VideoFormat format, params string[] options)
    {
        ForeignTool.Require("ffmpeg");
        using var folder = new TemporaryFolder();
        string path = folder[$"v.{extension}"];
        (await ForeignTool.RunAsync("ffmpeg", ["-y", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=200x116:rate=25:duration=0.48", "-pix_fmt", "yuv420p", .. options, path])).AssertSuccess();
        var info = VideoStream.Read(await File.ReadAllBytesAsync(path, Cancel));
        Assert.Equal((format, 200, 116, 8, 12), (info.Format, info.Columns, info.Rows, info.BitsPerSample, info.Frames));
    }

    /// <summary>Images that the codec takes: grey of 8, 12 and 16 bits, with a sign, and colours.</summary>
    private static IEnumerable<(DataSet Image, string What)> Images(FrameCodec codec)
    {
        foreach (var (what, samples, allocated, stored, isSigned) in new[]
        {
            ("grey8", 1, 8, 8, false), ("grey12", 1, 16, 12, false), ("grey16", 1, 16, 16, false), ("signed16", 1, 16, 16, true), ("rgb8", 3, 8, 8, false),
        })
        {
            if (stored > codec.MaxBitsStored || isSigned && !codec.TakesSigned) continue;
            yield return (Image(samples, allocated, stored, isSigned), what);
        }
    }

    private static DataSet Image(int samples, int allocated, int stored, bool isSigned)
    {
        const int columns = 61, rows = 47;
        var random = new Random(stored);
        var bytes = new byte[columns * rows * samples * allocated / 8 + 1 & ~1];
        int range = 1 << stored, low = isSigned ? -range / 2 : 0;
        for (int i = 0; i < columns * rows * samples; i++)
        {
            int x = i / samples % columns, y = i / samples / columns;
            int value = Math.Clamp(low + (int)((range - 1) * (0.5 + 0.4 * Math.Sin(x / 9.0 + i % samples) * Math.Cos(y / 8.0))) + random.Next(range / 128), low, low + range - 1);
            if (allocated == 8) bytes[i] = (byte)value;
            else BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)value);
        }
        var image = SampleObject.Create()
            .Set(Tags.SamplesPerPixel, samples).Set(Tags.PhotometricInterpretation, samples == 3 ? "RGB" : "MONOCHROME2")
            .Set(Tags.Rows, rows).Set(Tags.Columns, columns).Set(Tags.BitsAllocated, allocated).Set(Tags.BitsStored, stored)
            .Set(Tags.HighBit, stored - 1).Set(Tags.PixelRepresentation, isSigned ? 1 : 0);
        if (samples == 3) image.Set(Tags.PlanarConfiguration, 0);
        return image.SetBytes(Tags.PixelData, allocated == 8 ? VR.OB : VR.OW, bytes);
    }

    private static async Task<string> TranscodeAsync(DataSet image, FrameCodec codec, TemporaryFolder folder, string what)
    {
        using var source = new DicomFile(image.Copy(), TransferSyntax.ExplicitVRLittleEndian);
        string path = folder[$"{what}.{codec.Name}.dcm"];
        await Transcoder.TranscodeAsync(source, path, new TranscodeOptions(TransferSyntax.Of(Uid.Parse(codec.TransferSyntaxUid))), Cancel);
        return path;
    }

    /// <summary>The values are alike; words may be wider on one side, and bits above Bits Stored hold a sign or do not.</summary>
    private static void AssertSame(StoredFrames ours, StoredFrames theirs, string what)
    {
        var (a, b) = (ours.Description.Layout, theirs.Description.Layout);
        Assert.True((a.Rows, a.Columns, a.SamplesPerPixel) == (b.Rows, b.Columns, b.SamplesPerPixel), $"{what}: {a} against {b}");
        Assert.True(ours.Count == theirs.Count, what);
        // GDCM takes the precision of the code stream for Bits Stored.
        long mask = (1L << Math.Min(a.BitsStored, b.BitsStored)) - 1;
        for (int frame = 0; frame < ours.Count; frame++)
        {
            byte[] x = ours.Read(frame), y = theirs.Read(frame);
            for (int i = 0; i < x.Length / a.BytesPerSample; i++)
            {
                long left = Value(x, i, a) & mask, right = Value(y, i, b) & mask;
                if (left != right) Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{what}: frame {frame + 1}, sample {i} is {left}, by the other {right}"));
            }
        }

        static long Value(byte[] samples, int index, in FrameLayout layout) => layout.BitsAllocated switch
        {
            8 => samples[index],
            16 => BinaryPrimitives.ReadUInt16LittleEndian(samples.AsSpan(2 * index)),
            _ => BinaryPrimitives.ReadUInt32LittleEndian(samples.AsSpan(4 * index)),
        };
    }

    /// <summary>The samples of a binary PGM or PPM, which are big endian.</summary>
    private static byte[] Netpbm(byte[] file, int length, int bits)
    {
        Assert.True(file[0] == 'P' && file[1] is (byte)'5' or (byte)'6', Encoding.ASCII.GetString(file, 0, 2));
        byte[] samples = file[^length..];
        if (bits == 16)
            for (int i = 0; i < samples.Length; i += 2) (samples[i], samples[i + 1]) = (samples[i + 1], samples[i]);
        return samples;
    }

    private static DicomFile? Open(string path)
    {
        try
        {
            return DicomFile.Open(path);
        }
        catch (Exception e) when (e is DicomFormatException or IOException)
        {
            return null;
        }
    }
}
