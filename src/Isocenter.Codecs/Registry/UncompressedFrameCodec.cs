using System.Buffers;

namespace Isocenter.Codecs;

/// <summary>Encapsulated Uncompressed Explicit VR Little Endian (PS3.5 §A.4.11): a native frame in fragments.</summary>
internal sealed class UncompressedFrameCodec() : FrameCodec("1.2.840.10008.1.2.1.98", "encapsulated", "uncompressed")
{
    public override bool HasHeader => false;

    public override bool PacksBits => true;

    public override bool HoldsNativeFrame => true;

    public override void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options, CancellationToken cancel)
    {
        layout.Check(samples.Length);
        DecodeBits(codeStream, samples, cancel);
    }

    public override void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions? options, CancellationToken cancel)
    {
        layout.Check(samples.Length);
        output.Write(samples);
    }

    public override void DecodeBits(ReadOnlySpan<byte> codeStream, Span<byte> bytes, CancellationToken cancel)
    {
        int count = Math.Min(codeStream.Length, bytes.Length);
        codeStream[..count].CopyTo(bytes);
        bytes[count..].Clear();
        if (count < bytes.Length) throw new CodecException(Family, $"the frame has {bytes.Length} bytes, {count} are there", count, "PS3.5 §A.4.11");
    }

    public override void EncodeBits(ReadOnlySpan<byte> bytes, int columns, IBufferWriter<byte> output, CancellationToken cancel) => output.Write(bytes);
}
