using System.Buffers;
using Isocenter.Codecs.Jpeg;
using Isocenter.Codecs.Jpeg2000;
using Isocenter.Codecs.JpegLs;
using Isocenter.Codecs.Rle;

namespace Isocenter.CodecBench;

/// <summary>One codec to measure. A new one is an entry in <see cref="All"/>.</summary>
/// <param name="Kind">First word of the rows of the native driver that it lines up with, as JPEG-LS.</param>
/// <param name="IsLossless">The decoded samples must be the encoded ones.</param>
/// <param name="Encode">Writes the code stream of an image.</param>
/// <param name="Decode">Decodes a code stream into samples that are as long as the image.</param>
/// <param name="Applies">Which images it takes; null for all.</param>
internal sealed record BenchCodec(string Kind, bool IsLossless, BenchCodec.Encoder Encode, BenchCodec.Decoder Decode, Func<BenchImage, bool>? Applies = null)
{
    private static readonly JpegEncodeOptions BaselineOptions = new() { Colour = JpegColour.RgbToYcc, Subsampling = JpegSubsampling.Horizontal };
    private static readonly JpegEncodeOptions LosslessOptions = new() { Process = JpegProcess.Lossless };

    public delegate void Encoder(BenchImage image, IBufferWriter<byte> output);

    public delegate void Decoder(ReadOnlySpan<byte> codeStream, BenchImage image, Span<byte> samples);

    /// <summary>In the order of the native driver. The kinds there: J2K-lossless, J2K-lossy10:1, HTJ2K-lossless, JPEG-LS,
    /// JPEG-baseline-q90 (8 bit; colour as YCbCr 4:2:2), JPEG-lossless-SV1, RLE.</summary>
    public static IReadOnlyList<BenchCodec> All { get; } =
    [
        // A memory copy: the bound of every codec, and the proof that the harness itself costs nothing.
        new("copy", true,
            (image, output) => output.Write(image.Raw),
            (codeStream, _, samples) => codeStream.CopyTo(samples)),
        new("J2K-lossless", true,
            (image, output) => Jpeg2000Encoder.Encode(image.Raw, image.Layout, output),
            (codeStream, image, samples) => Jpeg2000Decoder.Decode(codeStream, samples, image.Layout)),
        new("J2K-lossy10:1", false,
            (image, output) => Jpeg2000Encoder.Encode(image.Raw, image.Layout, output, new Jpeg2000EncodeOptions { IsReversible = false, Ratios = [10] }),
            (codeStream, image, samples) => Jpeg2000Decoder.Decode(codeStream, samples, image.Layout)),
        new("HTJ2K-lossless", true,
            (image, output) => HighThroughputEncoder.Encode(image.Raw, image.Layout, output),
            (codeStream, image, samples) => Jpeg2000Decoder.Decode(codeStream, samples, image.Layout)),
        new("JPEG-LS", true,
            (image, output) => JpegLsEncoder.Encode(image.Raw, image.Layout, output, JpegLsEncodeOptions.Default),
            (codeStream, image, samples) => JpegLsDecoder.Decode(codeStream, samples, image.Layout)),
        // The native driver gets RGB back; our decoder gives what is stored, and the YCbCr is left as it is.
        new("JPEG-baseline-q90", false,
            (image, output) => JpegEncoder.Encode(image.Raw, image.Layout, output, BaselineOptions),
            (codeStream, image, samples) => JpegDecoder.Decode(codeStream, samples, image.Layout),
            image => image.Bits == 8),
        new("JPEG-lossless-SV1", true,
            (image, output) => JpegEncoder.Encode(image.Raw, image.Layout, output, LosslessOptions),
            (codeStream, image, samples) => JpegDecoder.Decode(codeStream, samples, image.Layout)),
        new("RLE", true,
            (image, output) => RleEncoder.Encode(image.Raw, image.Layout, output),
            (codeStream, image, samples) => RleDecoder.Decode(codeStream, samples, image.Layout)),
    ];
}
