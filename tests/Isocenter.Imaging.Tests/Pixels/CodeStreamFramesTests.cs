using System.Buffers;
using Isocenter.Codecs;
using Isocenter.Dicom;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Pixels;

/// <summary>Code streams that describe themselves, and data sets that say something else.</summary>
public sealed class CodeStreamFramesTests
{
    [Fact]
    public void On_rows_and_columns_the_code_stream_is_right()
    {
        byte[] samples = Random(12 * 10);
        var frames = StoredFrames.Of(Image(100, 90, "jpeg-ls", Encode("jpeg-ls", samples, new FrameLayout(10, 12, 1, 8, 8))), SyntaxOf("jpeg-ls"));
        Assert.Equal((10, 12), (frames.Description.Layout.Rows, frames.Description.Layout.Columns));
        Assert.Equal(samples, frames.Read(0));
        Assert.Equal(2, frames.Findings.Count);
    }

    [Fact]
    public void A_code_stream_of_more_bits_than_allocated_comes_in_wider_words()
    {
        var layout = new FrameLayout(8, 8, 1, 16, 12);
        byte[] samples = new byte[128];
        for (int i = 0; i < 64; i++) (samples[2 * i], samples[2 * i + 1]) = ((byte)(i * 3), (byte)(i & 15));
        var frames = StoredFrames.Of(Image(8, 8, "jpeg-lossless", Encode("jpeg-lossless", samples, layout)), SyntaxOf("jpeg-lossless"));
        Assert.Equal((16, 12), (frames.Description.Layout.BitsAllocated, frames.Description.Layout.BitsStored));
        Assert.Equal(samples, frames.Read(0));
        Assert.Single(frames.Findings);
    }

    [Fact]
    public void The_frames_tell_the_codec_where_the_transfer_syntax_is_wrong()
    {
        byte[] samples = Random(64);
        var image = Image(8, 8, "htj2k-lossless", Encode("htj2k-lossless", samples, new FrameLayout(8, 8, 1, 8, 8)));
        var frames = StoredFrames.Of(image, SyntaxOf("jpeg-lossless"));
        Assert.Equal("JPEG 2000", frames.Codec?.Family);
        Assert.Equal(samples, frames.Read(0));
        Assert.Contains("against the transfer syntax", Assert.Single(frames.Findings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Native_frames_under_a_compressed_syntax_are_read()
    {
        byte[] samples = Random(64);
        var frames = StoredFrames.Of(Image(8, 8, "jpeg-baseline", samples), SyntaxOf("jpeg-baseline"));
        Assert.Equal(samples, frames.Read(0));
        Assert.Single(frames.Findings);
    }

    /// <summary>Tiles at the edge of a slide, which the writer did not fill up.</summary>
    [Fact]
    public void A_frame_smaller_than_the_first_goes_into_its_upper_left()
    {
        byte[] first = Random(16), second = [1, 2, 3, 4, 5, 6];
        var image = Describe(4, 4, 1, "MONOCHROME2", 8, 8, false, 2).SetFragments(Tags.PixelData, Fragments.FromFrames(
            [Encode("jpeg-ls", first, new FrameLayout(4, 4, 1, 8, 8)), Encode("jpeg-ls", second, new FrameLayout(3, 2, 1, 8, 8))]));
        var frames = StoredFrames.Of(image, SyntaxOf("jpeg-ls"));
        Assert.Empty(frames.Findings);
        Assert.Equal([1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0], frames.Read(1));
        Assert.Single(frames.Findings);
        Assert.Equal(first, frames.Read(0));
    }

    [Fact]
    public void A_frame_larger_than_the_first_is_refused_by_number()
    {
        var image = Describe(4, 4, 1, "MONOCHROME2", 8, 8, false, 2).SetFragments(Tags.PixelData, Fragments.FromFrames(
            [Encode("jpeg-ls", Random(16), new FrameLayout(4, 4, 1, 8, 8)), Encode("jpeg-ls", Random(25), new FrameLayout(5, 5, 1, 8, 8))]));
        var frames = StoredFrames.Of(image, SyntaxOf("jpeg-ls"));
        Assert.Contains("frame 2", Assert.Throws<CodecException>(() => frames.Read(1)).Problem, StringComparison.Ordinal);
    }

    /// <summary>SOF and SIZ are patched to the largest image they can name, the data stay as they are.</summary>
    [Theory]
    [InlineData("jpeg-baseline")]
    [InlineData("jpeg-lossless")]
    [InlineData("jpeg-ls")]
    [InlineData("htj2k-lossless")]
    public void A_code_stream_that_claims_to_be_huge_is_refused_before_anything_is_allocated(string name)
    {
        byte[] stream = Encode(name, Random(64), new FrameLayout(8, 8, 1, 8, 8)).ToArray();
        if (name.StartsWith("htj2k", StringComparison.Ordinal))
        {
            foreach (int at in new[] { 8, 12, 24, 28 }) new byte[] { 0x7F, 0xFF, 0xFF, 0xFF }.CopyTo(stream, at);
        }
        else
        {
            int at = Enumerable.Range(2, stream.Length).First(i => stream[i] == 0xFF && stream[i + 1] is 0xC0 or 0xC3 or 0xF7);
            new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }.CopyTo(stream, at + 5);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<PixelDataException>(() => StoredFrames.Of(Image(8, 8, name, stream), SyntaxOf(name)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.True(error.Problem is PixelDataProblem.TooLarge or PixelDataProblem.Damaged, error.Message);
    }

    [Fact]
    public void Of_a_frame_that_is_cut_the_rows_before_are_there_and_the_error_has_the_byte()
    {
        byte[] samples = Random(64 * 64);
        byte[] stream = Encode("jpeg-lossless", samples, new FrameLayout(64, 64, 1, 8, 8)).ToArray();
        var frames = StoredFrames.Of(Image(64, 64, "jpeg-lossless", stream.AsMemory(0, stream.Length / 2)), SyntaxOf("jpeg-lossless"));
        var found = new byte[samples.Length];
        var error = Assert.Throws<CodecException>(() => frames.Read(0, found));
        Assert.NotNull(error.Offset);
        Assert.Equal(samples[..(64 * 20)], found[..(64 * 20)]);
        Assert.Equal(new byte[64], found[^64..]);
    }

    [Fact]
    public void A_bare_code_stream_is_an_image_without_findings()
    {
        var layout = new FrameLayout(6, 5, 3, 8, 8);
        byte[] samples = Random(90);
        var codec = FrameCodecs.FindByName("htj2k-lossless")!;
        var frames = StoredFrames.OfCodeStream(Encode("htj2k-lossless", samples, layout), codec);
        Assert.Equal(layout, frames.Description.Layout);
        Assert.Equal("RGB", frames.Description.Photometric);
        Assert.Equal(samples, frames.Read(0));
        Assert.Empty(frames.Findings);
    }

    private static DataSet Image(int columns, int rows, string name, ReadOnlyMemory<byte> stream) =>
        Describe(columns, rows, 1, "MONOCHROME2", 8, 8, false, 1).SetFragments(Tags.PixelData, Fragments.FromFrames([stream]));

    private static TransferSyntax SyntaxOf(string name) => TransferSyntax.Of(Uid.Parse(FrameCodecs.FindByName(name)!.TransferSyntaxUid));

    private static ReadOnlyMemory<byte> Encode(string name, byte[] samples, in FrameLayout layout)
    {
        var output = new ArrayBufferWriter<byte>();
        FrameCodecs.FindByName(name)!.Encode(samples, layout, output, new FrameEncodeOptions { IsRgb = layout.SamplesPerPixel == 3 });
        return output.WrittenMemory.ToArray();
    }
}
