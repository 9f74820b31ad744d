using System.Buffers;
using Isocenter.Codecs.Jpeg;

namespace Isocenter.Codecs;

/// <summary>JPEG (PS3.5 §8.2.1, §A.4.1, §A.4.2): the processes that are encoded, and the retired ones, whose streams are
/// decoded when they are not hierarchical.</summary>
/// <param name="transferSyntaxUid">The transfer syntax.</param>
/// <param name="name">Its short name.</param>
/// <param name="process">What is encoded; null when it is not.</param>
/// <param name="isFirstOrder">Only predictor 1 (Process 14, Selection Value 1).</param>
internal sealed class JpegFrameCodec(string transferSyntaxUid, string name, JpegProcess? process = null, bool isFirstOrder = false)
    : FrameCodec(transferSyntaxUid, name, "JPEG")
{
    private const int DefaultQuality = 90;

    public override bool CanEncode => process is not null;

    public override LossControl LossControl => process is JpegProcess.Baseline or JpegProcess.Extended ? LossControl.Quality : LossControl.None;

    public override string? LossyMethod => "ISO_10918_1";

    public override int MaxBitsStored => process switch { JpegProcess.Baseline => 8, JpegProcess.Extended => 12, _ => 16 };

    public override bool StoresSign => false;

    public override bool TakesSingleBits => false;

    public override bool TakesSigned => process == JpegProcess.Lossless;

    public override bool IsLossy(FrameEncodeOptions options) => process != JpegProcess.Lossless;

    public override int PrecisionOf(int bitsStored) => process == JpegProcess.Lossless ? bitsStored : bitsStored <= 8 ? 8 : 12;

    /// <summary>Colours of the lossy processes are subsampled YCbCr, the only ones that PS3.5 Table 8.2.1-1 has beside RGB.</summary>
    public override string PhotometricOf(string photometric, FrameEncodeOptions options) =>
        process != JpegProcess.Lossless && photometric is "RGB" or "YBR_FULL" ? "YBR_FULL_422" : photometric;

    public override CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int rows) => JpegDecoder.ReadInfo(codeStream, rows);

    public override void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options, CancellationToken cancel) =>
        JpegDecoder.Decode(codeStream, samples, layout, options, cancel);

    public override void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions? options, CancellationToken cancel)
    {
        if (process is not { } wanted) throw new NotSupportedException($"{Name} is not encoded");
        options ??= FrameEncodeOptions.Default;
        bool isLossless = wanted == JpegProcess.Lossless;
        JpegEncoder.Encode(samples, layout, output, new JpegEncodeOptions
        {
            Process = wanted,
            Quality = options.Quality ?? DefaultQuality,
            Colour = options.IsYcc ? JpegColour.Ycc : isLossless || !options.IsRgb ? JpegColour.Rgb : JpegColour.RgbToYcc,
            Subsampling = !isLossless && (options.IsRgb || options.IsYcc) ? JpegSubsampling.Horizontal : JpegSubsampling.None,
            OptimizesTables = true,
            // Predictors of two neighbours overflow in decoders that compute in 16 bits (dcmdjpeg --workaround-pred6).
            SelectionValue = isFirstOrder || layout.BitsStored > 15 ? 1 : 6,
        }, cancel);
    }
}
