using System.Buffers;
using Isocenter.Codecs.Deflate;

namespace Isocenter.Codecs;

/// <summary>Deflated Image Frame Compression (PS3.5 §8.2.16).</summary>
internal sealed class DeflateFrameCodec() : FrameCodec("1.2.840.10008.1.2.8.1", "deflated-frame", "deflate")
{
    public override bool HasHeader => false;

    public override bool PacksBits => true;

    public override bool HoldsNativeFrame => true;

    public override void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options, CancellationToken cancel) =>
        DeflateDecoder.Decode(codeStream, samples, layout, options, cancel);

    public override void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions? options, CancellationToken cancel) =>
        DeflateEncoder.Encode(samples, layout, output, cancel: cancel);

    public override void DecodeBits(ReadOnlySpan<byte> codeStream, Span<byte> bytes, CancellationToken cancel) =>
        DeflateDecoder.Inflate(codeStream, bytes, cancel);

    public override void EncodeBits(ReadOnlySpan<byte> bytes, int columns, IBufferWriter<byte> output, CancellationToken cancel) =>
        DeflateEncoder.Deflate(bytes, output, cancel: cancel);
}
