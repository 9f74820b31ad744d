using System.Buffers;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs.Tests.Jpeg2000;

public sealed class ImageSizeTests
{
    /// <summary>Found by fuzzing: such a header was described as an image of 0 rows.</summary>
    [Fact]
    public void An_image_area_that_subsampling_leaves_without_a_row_is_refused()
    {
        var layout = new FrameLayout(21, 26, 1, 8, 8);
        var output = new ArrayBufferWriter<byte>();
        HighThroughputEncoder.Encode(new byte[layout.FrameLength], layout, output);
        byte[] stream = output.WrittenSpan.ToArray();
        Assert.Equal(21, Jpeg2000Decoder.ReadInfo(stream).Rows);

        stream[23] = 1;         // YOsiz: the area begins in row 1 of 21
        stream[44] = 255;       // YRsiz: a sample in row 0, the next in row 255
        var error = Assert.Throws<CodecException>(() => Jpeg2000Decoder.ReadInfo(stream));
        Assert.Contains("no component has a sample", error.Message, StringComparison.Ordinal);
    }
}
