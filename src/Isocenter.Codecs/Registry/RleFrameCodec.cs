using System.Buffers;
using Isocenter.Codecs.Rle;

namespace Isocenter.Codecs;

/// <summary>RLE Lossless (PS3.5 §8.2.2, Annex G).</summary>
internal sealed class RleFrameCodec() : FrameCodec("1.2.840.10008.1.2.5", "rle", "RLE")
{
    public override bool HasHeader => false;

    public override bool PacksBits => true;

    public override void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options, CancellationToken cancel) =>
        RleDecoder.Decode(codeStream, samples, layout, options, cancel);

    public override void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions? options, CancellationToken cancel) =>
        RleEncoder.Encode(samples, layout, output, cancel);

    public override void DecodeBits(ReadOnlySpan<byte> codeStream, Span<byte> bytes, CancellationToken cancel) =>
        RleDecoder.DecodeBits(codeStream, bytes, cancel);

    public override void EncodeBits(ReadOnlySpan<byte> bytes, int columns, IBufferWriter<byte> output, CancellationToken cancel) =>
        RleEncoder.EncodeBits(bytes, columns % 8 == 0 ? columns / 8 : bytes.Length, output, cancel);
}
