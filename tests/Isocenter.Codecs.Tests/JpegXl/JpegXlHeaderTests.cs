using Isocenter.Codecs.JpegXl;

namespace Isocenter.Codecs.Tests.JpegXl;

/// <summary>Headers of files that cjxl 0.7 made.</summary>
public sealed class JpegXlHeaderTests
{
    [Theory]
    [InlineData("ff0ac83210505c0808020100900a4b384099b2f241f4a076", 90, 120, 3, 8, true)]
    [InlineData("ff0ac83290505c080012880200c52ddde3120000152aa38c", 90, 120, 3, 8, false)]
    [InlineData("0000000c4a584c200d0a870a00000014667479706a786c20000000006a786c20000000096a786c6c0a000001b86a786c63ff0a4ff0031417020802010088064b3840f542777ef0fdada6376c14141414", 64, 64, 1, 16, true)]
    public void Header_says_size_bits_and_colours(string hex, int rows, int columns, int components, int bits, bool isReversible)
    {
        byte[] file = Convert.FromHexString(hex);
        Assert.Equal(new CodeStreamInfo(rows, columns, components, bits, false, isReversible, ColourTransform.None), JpegXlHeader.Read(file));
        var codec = FrameCodecs.Identify(file)!;
        Assert.Equal("JPEG XL", codec.Family);
        Assert.False(codec.CanDecode);
    }

    [Fact]
    public void Cut_or_foreign_bytes_are_refused()
    {
        Assert.Throws<CodecException>(() => JpegXlHeader.Read([0xFF, 0x0A]));
        Assert.Throws<CodecException>(() => JpegXlHeader.Read([0xFF, 0xD8, 0xFF]));
        Assert.Throws<CodecException>(() => JpegXlHeader.Read([0, 0, 0, 12, .. "JXL \r\n"u8, 0x87, 10]));
    }
}
