using System.Buffers;
using Isocenter.Codecs;
using Isocenter.Codecs.Jpeg;

namespace Isocenter.Imaging;

/// <summary>Writes pictures as JPEG files, baseline; colours as YCbCr 4:2:0, or 4:4:4 from quality 91 on.</summary>
public static class JpegPicture
{
    /// <summary>Writes a picture of 8 bits a channel.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="output">Receives the file.</param>
    /// <param name="quality">1 to 100, as libjpeg counts.</param>
    /// <exception cref="ArgumentException">The picture has 16 bits a channel or is wider or higher than 65535 pixels, or the quality is out of range.</exception>
    public static void Write(Picture picture, IBufferWriter<byte> output, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.BitDepth != 8) throw new ArgumentException("a JPEG picture has 8 bits a channel", nameof(picture));
        var layout = new FrameLayout(picture.Height, picture.Width, picture.Channels, 8, 8);
        JpegEncoder.Encode(picture.Pixels, layout, output, new JpegEncodeOptions
        {
            Quality = quality,
            Colour = JpegColour.RgbToYcc,
            Subsampling = quality > 90 ? JpegSubsampling.None : JpegSubsampling.Both,
        });
    }

    /// <summary>The picture as a JPEG file.</summary>
    /// <inheritdoc cref="Write"/>
    public static byte[] ToArray(Picture picture, int quality = 90)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(picture, output, quality);
        return output.WrittenSpan.ToArray();
    }
}
