using System.Buffers;
using Isocenter.Codecs.Video;

namespace Isocenter.Codecs;

/// <summary>Syntaxes whose code streams are recognised and described, and passed on as they are: neither decoded nor
/// encoded.</summary>
internal abstract class PassedOnFrameCodec(string transferSyntaxUid, string name, string family, string method) : FrameCodec(transferSyntaxUid, name, family)
{
    public override bool CanEncode => false;

    public override bool CanDecode => false;

    public override string? LossyMethod => method;

    public override bool IsLossy(FrameEncodeOptions options) => true;

    public override void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options, CancellationToken cancel) =>
        throw new NotSupportedException($"{Name} is not decoded");

    public override void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions? options, CancellationToken cancel) =>
        throw new NotSupportedException($"{Name} is not encoded");
}

/// <summary>Video (PS3.5 §8.2.5 to §8.2.12). All frames are one code stream, <see cref="VideoStream"/> counts them.</summary>
internal sealed class VideoFrameCodec(string transferSyntaxUid, string name, VideoFormat format)
    : PassedOnFrameCodec(transferSyntaxUid, name, FamilyOf(format), MethodOf(format))
{
    public override bool IsVideo => true;

    public override CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int rows)
    {
        var info = VideoStream.Read(codeStream);
        return new CodeStreamInfo(info.Rows, info.Columns, 3, info.BitsPerSample, IsSigned: false, IsReversible: false, ColourTransform.Ycc);
    }

    private static string FamilyOf(VideoFormat format) => format switch { VideoFormat.Mpeg2 => "MPEG-2", VideoFormat.H264 => "H.264", _ => "HEVC" };

    private static string MethodOf(VideoFormat format) => format switch { VideoFormat.Mpeg2 => "ISO_13818_2", VideoFormat.H264 => "ISO_14496_10", _ => "ISO_23008_2" };
}
