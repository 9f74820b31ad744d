using System.Buffers;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs;

/// <summary>What the transfer syntaxes of JPEG 2000 have in common, whichever block coder they have: one decoder, colour
/// transforms that Photometric Interpretation names, and loss to a ratio.</summary>
/// <param name="transferSyntaxUid">The transfer syntax.</param>
/// <param name="name">Its short name.</param>
/// <param name="mayLose">The irreversible transforms are allowed.</param>
internal abstract class Jpeg2000FamilyCodec(string transferSyntaxUid, string name, bool mayLose)
    : FrameCodec(transferSyntaxUid, name, "JPEG 2000")
{
    private const double DefaultRatio = 10;

    public sealed override LossControl LossControl => mayLose ? LossControl.Ratio : LossControl.None;

    public sealed override int MaxBitsStored => Jpeg2000Encoder.MaxBitsStored;

    public sealed override bool IsLossy(FrameEncodeOptions options) => mayLose && RatioOf(options) > 1;

    /// <summary>The component transform is part of the code stream, and Photometric Interpretation names it (PS3.5 §8.2.4,
    /// §8.2.14).</summary>
    public sealed override string PhotometricOf(string photometric, FrameEncodeOptions options) =>
        !options.IsRgb ? photometric : IsLossy(options) ? "YBR_ICT" : "YBR_RCT";

    public sealed override CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int rows) => Jpeg2000Decoder.ReadInfo(codeStream);

    public sealed override void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options, CancellationToken cancel) =>
        Jpeg2000Decoder.Decode(codeStream, samples, layout, options, cancel);

    public sealed override void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions? options, CancellationToken cancel)
    {
        options ??= FrameEncodeOptions.Default;
        Encode(samples, layout, output, options, IsLossy(options) ? RatioOf(options) : null, cancel);
    }

    /// <param name="samples">One frame.</param>
    /// <param name="layout">How it lies.</param>
    /// <param name="output">Receives the code stream.</param>
    /// <param name="options">What else is asked for.</param>
    /// <param name="ratio">Bits stored for each bit of the code stream; null without loss.</param>
    /// <param name="cancel">Ends the work.</param>
    protected abstract void Encode(
        ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions options, double? ratio, CancellationToken cancel);

    private static double RatioOf(FrameEncodeOptions options) => options.Ratio ?? DefaultRatio;
}
