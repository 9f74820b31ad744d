using System.Buffers;
using System.Buffers.Binary;
using Isocenter.Codecs;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Imaging;

/// <summary>Writes pictures as JP2 files (ISO/IEC 15444-1 Annex I): grey or RGB of 8 bits a channel, with the ICC profile where
/// there is one.</summary>
public static class Jp2Picture
{
    private const uint EnumeratedSrgb = 16, EnumeratedGrey = 17;

    /// <summary>The picture as a JP2 file.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="quality">1 to 100, from small to nearly without loss; null: without loss.</param>
    /// <exception cref="ArgumentException">The picture has 16 bits a channel, or the quality is out of range.</exception>
    public static byte[] ToArray(Picture picture, int? quality = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.BitDepth != 8) throw new ArgumentException("a JP2 picture has 8 bits a channel", nameof(picture));
        if (quality is < 1 or > 100) throw new ArgumentException("the quality is from 1 to 100", nameof(quality));
        var codeStream = new ArrayBufferWriter<byte>();
        // 28 dB is what still looks like the picture, 50 dB what nobody tells from it.
        var options = quality is { } q
            ? new Jpeg2000EncodeOptions { IsReversible = false, PeakSignalToNoise = [28 + 0.22 * q] }
            : Jpeg2000EncodeOptions.Lossless;
        Jpeg2000Encoder.Encode(picture.Pixels, new FrameLayout(picture.Height, picture.Width, picture.Channels, 8, 8), codeStream, options);

        var file = new ArrayBufferWriter<byte>();
        Box(file, "jP  "u8, [0x0D, 0x0A, 0x87, 0x0A]);
        Box(file, "ftyp"u8, [.. "jp2 "u8, 0, 0, 0, 0, .. "jp2 "u8]);
        Box(file, "jp2h"u8, Header(picture));
        Box(file, "jp2c"u8, codeStream.WrittenSpan);
        return file.WrittenSpan.ToArray();
    }

    /// <summary>The image header and the colour specification (§I.5.3.1, §I.5.3.3).</summary>
    private static ReadOnlySpan<byte> Header(Picture picture)
    {
        var header = new ArrayBufferWriter<byte>();
        Span<byte> image = stackalloc byte[14];
        BinaryPrimitives.WriteInt32BigEndian(image, picture.Height);
        BinaryPrimitives.WriteInt32BigEndian(image[4..], picture.Width);
        BinaryPrimitives.WriteInt16BigEndian(image[8..], (short)picture.Channels);
        image[10] = 8 - 1;      // bits, less one
        image[11] = 7;          // wavelet compression, the only one
        image[12] = 0;          // the colours are known
        image[13] = 0;          // no rights
        Box(header, "ihdr"u8, image);
        if (picture.IccProfile.IsEmpty)
        {
            Span<byte> colour = stackalloc byte[7];
            colour[0] = 1;      // enumerated
            BinaryPrimitives.WriteUInt32BigEndian(colour[3..], picture.Channels == 3 ? EnumeratedSrgb : EnumeratedGrey);
            Box(header, "colr"u8, colour);
        }
        else Box(header, "colr"u8, [2, 0, 0, .. picture.IccProfile.Span]);
        return header.WrittenSpan;
    }

    private static void Box(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), 8 + content.Length);
        output.Advance(4);
        output.Write(type);
        output.Write(content);
    }
}
