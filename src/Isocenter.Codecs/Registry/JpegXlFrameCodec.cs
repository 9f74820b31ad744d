using System.Buffers;
using Isocenter.Codecs.JpegXl;

namespace Isocenter.Codecs;

/// <summary>JPEG XL (PS3.5 §8.2.17, §A.4.14). Lossless streams are decoded; the others are passed on as they are, and none is encoded.</summary>
internal sealed class JpegXlFrameCodec(string transferSyntaxUid, string name, bool isLossy) : FrameCodec(transferSyntaxUid, name, "JPEG XL")
{
    public override bool CanEncode => false;

    public override bool CanDecode => !isLossy;

    public override string? LossyMethod => "ISO_18181_1";

    public override bool StoresSign => false;

    public override bool IsLossy(FrameEncodeOptions options) => isLossy;

    public override CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int rows) => JpegXlHeader.Read(codeStream);

    public override void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options, CancellationToken cancel)
    {
        if (isLossy) throw new NotSupportedException($"{Name} is not decoded");
        JpegXlDecoder.Decode(codeStream, samples, layout, options, cancel);
    }

    public override void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions? options, CancellationToken cancel) =>
        throw new NotSupportedException($"{Name} is not encoded");
}
