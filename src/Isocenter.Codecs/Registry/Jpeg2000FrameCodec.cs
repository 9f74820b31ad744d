using System.Buffers;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs;

/// <summary>JPEG 2000 (PS3.5 §8.2.4, §A.4.4), parts 1 and 2. What is encoded for part 2 is a code stream of part 1, which every
/// decoder of part 2 takes: components are not transformed between each other, but for RGB.</summary>
/// <param name="transferSyntaxUid">The transfer syntax.</param>
/// <param name="name">Its short name.</param>
/// <param name="mayLose">The irreversible transforms are allowed.</param>
internal sealed class Jpeg2000FrameCodec(string transferSyntaxUid, string name, bool mayLose)
    : FrameCodec(transferSyntaxUid, name, "JPEG 2000")
{
    private const double DefaultRatio = 10;

    public override LossControl LossControl => mayLose ? LossControl.Ratio : LossControl.None;

    public override string? LossyMethod => "ISO_15444_1";

    public override int MaxBitsStored => Jpeg2000Encoder.MaxBitsStored;

    public override bool IsLossy(FrameEncodeOptions options) => mayLose && (options.Ratio ?? DefaultRatio) > 1;

    /// <summary>The component transform is part of the code stream, and Photometric Interpretation names it (PS3.5 §8.2.4).</summary>
    public override string PhotometricOf(string photometric, FrameEncodeOptions options) =>
        !options.IsRgb ? photometric : IsLossy(options) ? "YBR_ICT" : "YBR_RCT";

    public override CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int rows) => Jpeg2000Decoder.ReadInfo(codeStream);

    public override void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options, CancellationToken cancel) =>
        Jpeg2000Decoder.Decode(codeStream, samples, layout, options, cancel);

    public override void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions? options, CancellationToken cancel)
    {
        options ??= FrameEncodeOptions.Default;
        bool loses = IsLossy(options);
        Jpeg2000Encoder.Encode(samples, layout, output, new Jpeg2000EncodeOptions
        {
            IsReversible = !loses,
            UsesComponentTransform = options.IsRgb,
            Ratios = loses ? [options.Ratio ?? DefaultRatio] : [],
            MaxDegreeOfParallelism = options.MaxDegreeOfParallelism,
        }, cancel);
    }
}
