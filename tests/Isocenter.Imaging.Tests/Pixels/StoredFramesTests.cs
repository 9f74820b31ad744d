using System.Buffers;
using Isocenter.Codecs;
using Isocenter.Dicom;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Pixels;

public sealed class StoredFramesTests
{
    [Fact]
    public void Native_words_come_as_they_are()
    {
        byte[] bytes = Random(4 * 3 * 2 * 2);
        var frames = StoredFrames.Of(Describe(4, 3, 1, "MONOCHROME2", 16, 12, true, 2).SetBytes(Tags.PixelData, VR.OW, bytes));
        Assert.Equal(2, frames.Count);
        Assert.Equal(bytes[24..], frames.Read(1));
        Assert.Equal(new FrameLayout(3, 4, 1, 16, 12, true), frames.Description.Layout);
        Assert.Equal(11, frames.Description.HighBit);
        Assert.Null(frames.Codec);
    }

    [Fact]
    public void Single_bits_become_bytes_also_where_a_frame_begins_within_a_byte()
    {
        // 3 × 3 pixels are 9 bits: the second frame begins at bit 9.
        var image = Describe(3, 3, 1, "MONOCHROME2", 1, 1, false, 2).SetBytes(Tags.PixelData, VR.OB, [0b1010_1011, 0b0110_0101, 0b11, 0]);
        var frames = StoredFrames.Of(image);
        Assert.Equal([1, 1, 0, 1, 0, 1, 0, 1, 1], frames.Read(0));
        Assert.Equal([0, 1, 0, 0, 1, 1, 0, 1, 1], frames.Read(1));
        Assert.Equal((8, 1), (frames.Description.Layout.BitsAllocated, frames.Description.Layout.BitsStored));
    }

    [Fact]
    public void Twelve_bits_allocated_become_words()
    {
        var image = Describe(3, 1, 1, "MONOCHROME2", 12, 12, false, 1).SetBytes(Tags.PixelData, VR.OW, [0x23, 0x61, 0x45, 0xBC, 0x0A, 0]);
        Assert.Equal([0x23, 0x01, 0x56, 0x04, 0xBC, 0x0A], StoredFrames.Of(image).Read(0));
    }

    [Fact]
    public void Subsampled_chrominance_is_given_to_both_pixels()
    {
        var frames = StoredFrames.Of(Bytes(2, 2, 3, "YBR_FULL_422", [1, 2, 30, 40, 5, 6, 70, 80]));
        Assert.Equal([1, 30, 40, 2, 30, 40, 5, 70, 80, 6, 70, 80], frames.Read(0));
        Assert.Equal("YBR_FULL", frames.Description.Photometric);
    }

    [Fact]
    public void Planes_are_put_together()
    {
        var frames = StoredFrames.Of(Bytes(2, 1, 3, "RGB", [1, 2, 3, 4, 5, 6], planar: 1));
        Assert.Equal([1, 3, 5, 2, 4, 6], frames.Read(0));
        Assert.False(frames.Description.Layout.IsPlanar);
    }

    [Theory]
    [InlineData("OW", 8, "2 1 4 3")]
    [InlineData("OB", 8, "1 2 3 4")]
    [InlineData("OW", 16, "2 1 4 3")]
    [InlineData("OW", 32, "4 3 2 1")]
    public void Big_endian_words_are_turned(string vr, int allocated, string expected)
    {
        // Written little endian from a data set that is big endian in memory
        var image = Describe(4 * 8 / allocated, 1, 1, "MONOCHROME2", allocated, allocated, false, 1).SetBytes(Tags.PixelData, vr == "OW" ? VR.OW : VR.OB, [0, 0, 0, 0]);
        byte[] file = new DicomFile(image, TransferSyntax.ExplicitVRBigEndian).ToArray();
        new byte[] { 1, 2, 3, 4 }.CopyTo(file, file.Length - 4);
        Assert.Equal(expected.Split(' ').Select(byte.Parse), StoredFrames.Of(DicomFile.Read(file).DataSet).Read(0));
    }

    [Fact]
    public void Pixel_data_that_end_within_a_frame_give_what_is_there_of_it()
    {
        var frames = StoredFrames.Of(Bytes(4, 4, 1, "MONOCHROME2", Random(40), frames: 5));
        Assert.Equal(3, frames.Count);
        Assert.Single(frames.Findings);
        var samples = new byte[16];
        Assert.Throws<CodecException>(() => frames.Read(2, samples));
        Assert.Equal(Random(40)[32..], samples[..8]);
        Assert.Equal(new byte[8], samples[8..]);
    }

    [Theory]
    [InlineData("rle")]
    [InlineData("deflated-frame")]
    public void Compressed_frames_are_decoded_by_their_transfer_syntax(string name)
    {
        var codec = FrameCodecs.FindByName(name)!;
        byte[] bytes = Random(5 * 4 * 2 * 2);
        var layout = new FrameLayout(4, 5, 1, 16, 16);
        var image = Describe(5, 4, 1, "MONOCHROME2", 16, 16, false, 2)
            .SetFragments(Tags.PixelData, Fragments.FromFrames([Encode(codec, bytes[..40], layout), Encode(codec, bytes[40..], layout)]));
        var frames = StoredFrames.Of(image, TransferSyntax.Of(Uid.Parse(codec.TransferSyntaxUid)));
        Assert.Equal(2, frames.Count);
        Assert.Equal(bytes[..40], frames.Read(0));
        Assert.Equal(bytes[40..], frames.Read(1));
        Assert.Same(codec, frames.Codec);
    }

    [Theory]
    [InlineData("rle")]
    [InlineData("deflated-frame")]
    public void Compressed_single_bits_become_bytes(string name)
    {
        var codec = FrameCodecs.FindByName(name)!;
        var output = new ArrayBufferWriter<byte>();
        codec.EncodeBits([0b1010_1011, 0b0000_0001], 3, output);
        var image = Describe(3, 3, 1, "MONOCHROME2", 1, 1, false, 1).SetFragments(Tags.PixelData, Fragments.FromFrames([output.WrittenMemory]));
        var frames = StoredFrames.Of(image, TransferSyntax.Of(Uid.Parse(codec.TransferSyntaxUid)));
        Assert.Equal([1, 1, 0, 1, 0, 1, 0, 1, 1], frames.Read(0));
    }

    [Fact]
    public void RLE_is_known_without_a_transfer_syntax_and_drawn()
    {
        byte[] bytes = Random(64);
        var image = Describe(8, 8, 1, "MONOCHROME2", 8, 8, false, 1).Set(Tags.WindowCenter, 128).Set(Tags.WindowWidth, 256)
            .SetFragments(Tags.PixelData, Fragments.FromFrames([Encode(FrameCodecs.FindByName("rle")!, bytes, new FrameLayout(8, 8, 1, 8, 8))]));
        Assert.Equal(bytes, FrameRenderer.Render(image, 0).Pixels);
    }

    [Fact]
    public void A_damaged_frame_is_not_drawn()
    {
        var coded = Encode(FrameCodecs.FindByName("rle")!, Random(64), new FrameLayout(8, 8, 1, 8, 8));
        var image = Describe(8, 8, 1, "MONOCHROME2", 8, 8, false, 1).SetFragments(Tags.PixelData, Fragments.FromFrames([coded[..90]]));
        Assert.Equal(PixelDataProblem.Damaged, Assert.Throws<PixelDataException>(() => FrameRenderer.Render(image, 0)).Problem);
    }

    [Fact]
    public void A_frame_larger_than_the_limit_is_refused_before_it_is_allocated()
    {
        var image = Describe(65535, 65535, 3, "RGB", 16, 16, false, 1).SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[100]]));
        var error = Assert.Throws<PixelDataException>(() => StoredFrames.Of(image, TransferSyntax.RLELossless));
        Assert.Equal(PixelDataProblem.TooLarge, error.Problem);
    }

    private static ReadOnlyMemory<byte> Encode(FrameCodec codec, byte[] samples, in FrameLayout layout)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Encode(samples, layout, output);
        return output.WrittenMemory;
    }
}
