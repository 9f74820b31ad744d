using System.Buffers;
using Isocenter.Codecs;
using Isocenter.Codecs.Jpeg;

namespace Isocenter.Imaging;

/// <summary>Writes pictures as JPEG files, baseline; colours as YCbCr 4:2:0, or 4:4:4 from quality 91 on; with the
/// ICC profile where there is one.</summary>
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
        if (!picture.IccProfile.IsEmpty)
        {
            var file = new ArrayBufferWriter<byte>();
            Write(picture with { IccProfile = default }, file, quality);
            WriteWithProfile(file.WrittenSpan, picture.IccProfile.Span, output);
            return;
        }
        JpegEncoder.Encode(picture.Pixels, layout, output, new JpegEncodeOptions
        {
            Quality = quality,
            Colour = JpegColour.RgbToYcc,
            Subsampling = quality > 90 ? JpegSubsampling.None : JpegSubsampling.Both,
        });
    }

    /// <summary>The profile comes in as many APP2 segments as it needs, behind SOI and APP0 (ICC.1 §B.4).</summary>
    private static void WriteWithProfile(ReadOnlySpan<byte> file, ReadOnlySpan<byte> profile, IBufferWriter<byte> output)
    {
        const int MaxSegment = 65519;
        int begin = 2;
        if (file.Length > 6 && file[2] == 0xFF && file[3] == 0xE0) begin += 2 + (file[4] << 8 | file[5]);
        output.Write(file[..begin]);
        int count = (profile.Length + MaxSegment - 1) / MaxSegment;
        for (int i = 0; i < count && count <= 255; i++)
        {
            var piece = profile.Slice(i * MaxSegment, Math.Min(MaxSegment, profile.Length - i * MaxSegment));
            int length = 2 + 14 + piece.Length;
            ReadOnlySpan<byte> head = [0xFF, 0xE2, (byte)(length >> 8), (byte)length, .. "ICC_PROFILE\0"u8, (byte)(i + 1), (byte)count];
            output.Write(head);
            output.Write(piece);
        }
        output.Write(file[begin..]);
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
