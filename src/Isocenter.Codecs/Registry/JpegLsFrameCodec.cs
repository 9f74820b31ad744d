using System.Buffers;
using Isocenter.Codecs.JpegLs;

namespace Isocenter.Codecs;

/// <summary>JPEG-LS (PS3.5 §8.2.3, §A.4.3).</summary>
/// <param name="transferSyntaxUid">The transfer syntax.</param>
/// <param name="name">Its short name.</param>
/// <param name="isNear">Samples may be off by NEAR.</param>
internal sealed class JpegLsFrameCodec(string transferSyntaxUid, string name, bool isNear) : FrameCodec(transferSyntaxUid, name, "JPEG-LS")
{
    private const int DefaultNear = 2;

    public override LossControl LossControl => isNear ? LossControl.Near : LossControl.None;

    public override string? LossyMethod => "ISO_14495_1";

    public override int MaxBitsStored => 16;

    public override bool StoresSign => false;

    public override bool TakesSingleBits => false;

    public override bool IsLossy(FrameEncodeOptions options) => Near(options) > 0;

    public override CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int rows) => JpegLsDecoder.ReadInfo(codeStream, rows);

    public override void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options, CancellationToken cancel) =>
        JpegLsDecoder.Decode(codeStream, samples, layout, options, cancel);

    public override void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions? options, CancellationToken cancel) =>
        JpegLsEncoder.Encode(samples, layout, output, new JpegLsEncodeOptions { Near = Near(options ?? FrameEncodeOptions.Default) }, cancel);

    private int Near(FrameEncodeOptions options) => isNear ? options.Near ?? DefaultNear : 0;
}
