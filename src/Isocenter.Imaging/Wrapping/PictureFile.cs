using System.Buffers.Binary;
using System.Globalization;
using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>Tells what a picture file is, and reads it: PNG, GIF, BMP as samples; JPEG, JPEG-LS and JPEG 2000 as the code streams
/// that they are, where a transfer syntax takes them.</summary>
internal static class PictureFile
{
    private const long MaxBytes = 1L << 30;
    private const int LongestSide = 65535;                  // Rows and Columns are US

    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        PngReader.Begins(bytes) || GifReader.Begins(bytes) || BmpReader.Begins(bytes) || FrameCodecs.Identify(bytes) is not null;

    /// <summary>The pictures in a file; more than one in an animation.</summary>
    /// <exception cref="PixelDataException">It is no picture that is known, is damaged, or too large.</exception>
    public static List<SourcePicture> Read(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (PngReader.Begins(bytes)) return [PngReader.Read(bytes)];
        if (GifReader.Begins(bytes)) return GifReader.Read(bytes);
        if (BmpReader.Begins(bytes)) return [BmpReader.Read(bytes)];
        if (FrameCodecs.Identify(bytes) is { } codec) return [ReadCodeStream(file, codec)];
        throw new PixelDataException(PixelDataProblem.Unsupported, "this is no PNG, JPEG, JPEG-LS, JPEG 2000, GIF or BMP");
    }

    public static void CheckSize(long width, long height, int bytesPerPixel)
    {
        if (width > LongestSide || height > LongestSide || width * height * bytesPerPixel > MaxBytes)
            throw new PixelDataException(PixelDataProblem.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{width} × {height} pixels are more than is taken"));
    }

    public static void CheckTotal(long bytes)
    {
        if (bytes > MaxBytes) throw new PixelDataException(PixelDataProblem.TooLarge, "all frames together are more than is taken");
    }

    private static SourcePicture ReadCodeStream(ReadOnlyMemory<byte> file, FrameCodec codec)
    {
        if (!codec.CanDecode) throw new PixelDataException(PixelDataProblem.Unsupported, $"{codec.Family} is not taken");
        var stored = StoredFrames.OfCodeStream(file, codec);
        var description = stored.Description;
        if (description.Layout.SamplesPerPixel is not (1 or 3))
            throw new PixelDataException(PixelDataProblem.Unsupported, $"pictures of {description.Layout.SamplesPerPixel} channels are not taken, only grey and colour");
        var info = codec.ReadInfo(file.Span);
        var picture = new SourcePicture(description.Layout, description.Photometric)
        {
            LossyMethod = stored.LossyMethod,
            CompressedLength = file.Length,
            IccProfile = codec.Family == "JPEG" ? JpegProfile.Of(file.Span) : [],
            Remark = codec.Family == "JPEG" ? ExifOrientation.Remark(file.Span) : null,
        };
        if (Carried(file, codec, info) is { } carried)
        {
            return picture with { CodeStream = carried.CodeStream, Codec = carried.Codec, Photometric = StoredPhotometric(description.Photometric, codec, info) };
        }
        // PS3.5 has no current transfer syntax for it: progressive and arithmetic JPEG, a JP2 file with a palette.
        return picture with { Samples = stored.Read(0) };
    }

    /// <summary>The code stream and the syntax that carries it; null when there is none.</summary>
    private static (ReadOnlyMemory<byte> CodeStream, FrameCodec Codec)? Carried(ReadOnlyMemory<byte> file, FrameCodec codec, CodeStreamInfo info)
    {
        switch (codec.Name)
        {
            case "jpeg-baseline":
            case "jpeg-extended" when info.BitsPerSample is 8 or 12:
            case "jpeg-lossless-p14":
            case "jpeg-ls":
                return (file, info.IsReversible || codec.Family == "JPEG" ? codec : FrameCodecs.FindByName("jpeg-ls-near")!);
            case "jpeg2000" when info.WithoutPalette is null && CodeStreamOf(file) is { } bare:
                return (bare, info.IsReversible ? FrameCodecs.FindByName("jpeg2000-lossless")! : codec);
            case "htj2k":
                return (file, info.IsReversible ? FrameCodecs.FindByName("htj2k-lossless")! : codec);
            default:
                return null;
        }
    }

    /// <summary>What PS3.5 §8.2 calls these colours: subsampled YCbCr for lossy JPEG (Table 8.2.1-1), the component transforms of
    /// JPEG 2000 (§8.2.4).</summary>
    private static string StoredPhotometric(string decoded, FrameCodec codec, CodeStreamInfo info) => (codec.Family, info.Transform) switch
    {
        ("JPEG", _) when decoded == "YBR_FULL" && !info.IsReversible => "YBR_FULL_422",
        ("JPEG 2000", ColourTransform.Reversible) => "YBR_RCT",
        ("JPEG 2000", ColourTransform.Irreversible) => "YBR_ICT",
        _ => decoded,
    };

    /// <summary>The code stream of a JP2 file: DICOM carries it without the boxes around it (PS3.5 §A.4.4).</summary>
    private static ReadOnlyMemory<byte>? CodeStreamOf(ReadOnlyMemory<byte> file)
    {
        if (file.Span.StartsWith<byte>([0xFF, 0x4F])) return file;
        for (int at = 0; file.Length - at >= 8;)
        {
            var box = file.Span[at..];
            long length = BinaryPrimitives.ReadUInt32BigEndian(box);
            int header = 8;
            if (length == 1 && box.Length >= 16) (length, header) = (BinaryPrimitives.ReadInt64BigEndian(box[8..]), 16);
            if (length == 0) length = box.Length;
            if (length < header || length > box.Length) return null;
            if (box[4..].StartsWith("jp2c"u8)) return file.Slice(at + header, (int)length - header);
            at += (int)length;
        }
        return null;
    }
}
