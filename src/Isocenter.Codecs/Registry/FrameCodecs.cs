using System.Collections.Frozen;
using Isocenter.Codecs.Jpeg;
using Isocenter.Codecs.Video;

namespace Isocenter.Codecs;

/// <summary>The codecs by transfer syntax (PS3.5 §8.2, §A.4).</summary>
public static class FrameCodecs
{
    /// <summary>All of them, in the order of PS3.6 Table A-1. A new family is a line here.</summary>
    public static IReadOnlyList<FrameCodec> All { get; } =
    [
        new UncompressedFrameCodec(),
        new JpegFrameCodec("1.2.840.10008.1.2.4.50", "jpeg-baseline", JpegProcess.Baseline),
        new JpegFrameCodec("1.2.840.10008.1.2.4.51", "jpeg-extended", JpegProcess.Extended),
        new JpegFrameCodec("1.2.840.10008.1.2.4.52", "jpeg-process-3-5"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.53", "jpeg-process-6-8"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.54", "jpeg-process-7-9"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.55", "jpeg-process-10-12"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.56", "jpeg-process-11-13"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.57", "jpeg-lossless-p14", JpegProcess.Lossless),
        new JpegFrameCodec("1.2.840.10008.1.2.4.58", "jpeg-process-15"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.59", "jpeg-process-16-18"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.60", "jpeg-process-17-19"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.61", "jpeg-process-20-22"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.62", "jpeg-process-21-23"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.63", "jpeg-process-24-26"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.64", "jpeg-process-25-27"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.65", "jpeg-process-28"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.66", "jpeg-process-29"),
        new JpegFrameCodec("1.2.840.10008.1.2.4.70", "jpeg-lossless", JpegProcess.Lossless, isFirstOrder: true),
        new JpegLsFrameCodec("1.2.840.10008.1.2.4.80", "jpeg-ls", isNear: false),
        new JpegLsFrameCodec("1.2.840.10008.1.2.4.81", "jpeg-ls-near", isNear: true),
        new Jpeg2000FrameCodec("1.2.840.10008.1.2.4.90", "jpeg2000-lossless", mayLose: false),
        new Jpeg2000FrameCodec("1.2.840.10008.1.2.4.91", "jpeg2000", mayLose: true),
        new Jpeg2000FrameCodec("1.2.840.10008.1.2.4.92", "jpeg2000-mc-lossless", mayLose: false),
        new Jpeg2000FrameCodec("1.2.840.10008.1.2.4.93", "jpeg2000-mc", mayLose: true),
        new VideoFrameCodec("1.2.840.10008.1.2.4.100", "mpeg2", VideoFormat.Mpeg2),
        new VideoFrameCodec("1.2.840.10008.1.2.4.100.1", "mpeg2-fragmentable", VideoFormat.Mpeg2),
        new VideoFrameCodec("1.2.840.10008.1.2.4.101", "mpeg2-high-level", VideoFormat.Mpeg2),
        new VideoFrameCodec("1.2.840.10008.1.2.4.101.1", "mpeg2-high-level-fragmentable", VideoFormat.Mpeg2),
        new VideoFrameCodec("1.2.840.10008.1.2.4.102", "h264", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.102.1", "h264-fragmentable", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.103", "h264-bd", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.103.1", "h264-bd-fragmentable", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.104", "h264-2d", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.104.1", "h264-2d-fragmentable", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.105", "h264-3d", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.105.1", "h264-3d-fragmentable", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.106", "h264-stereo", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.106.1", "h264-stereo-fragmentable", VideoFormat.H264),
        new VideoFrameCodec("1.2.840.10008.1.2.4.107", "hevc", VideoFormat.Hevc),
        new VideoFrameCodec("1.2.840.10008.1.2.4.108", "hevc-10", VideoFormat.Hevc),
        new JpegXlFrameCodec("1.2.840.10008.1.2.4.110", "jpeg-xl-lossless", isLossy: false),
        new JpegXlFrameCodec("1.2.840.10008.1.2.4.111", "jpeg-xl-recompressed", isLossy: true),
        new JpegXlFrameCodec("1.2.840.10008.1.2.4.112", "jpeg-xl", isLossy: true),
        new HighThroughputFrameCodec("1.2.840.10008.1.2.4.201", "htj2k-lossless", mayLose: false, hasResolutionIndex: false),
        new HighThroughputFrameCodec("1.2.840.10008.1.2.4.202", "htj2k-lossless-rpcl", mayLose: false, hasResolutionIndex: true),
        new HighThroughputFrameCodec("1.2.840.10008.1.2.4.203", "htj2k", mayLose: true, hasResolutionIndex: false),
        new RleFrameCodec(),
        new DeflateFrameCodec(),
    ];

    private static FrozenDictionary<string, FrameCodec> ByUid { get; } = All.ToFrozenDictionary(codec => codec.TransferSyntaxUid);

    private static FrozenDictionary<string, FrameCodec> ByName { get; } = All.ToFrozenDictionary(codec => codec.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The codec of a transfer syntax; null when there is none: the syntax is not compressed, or not known.</summary>
    public static FrameCodec? Find(string transferSyntaxUid)
    {
        ArgumentNullException.ThrowIfNull(transferSyntaxUid);
        return ByUid.GetValueOrDefault(transferSyntaxUid);
    }

    /// <summary>The codec of a short name, as <c>rle</c>, in any case; null when there is none.</summary>
    public static FrameCodec? FindByName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ByName.GetValueOrDefault(name);
    }

    /// <summary>Tells by its first bytes what a code stream is, for files that are one and for data sets whose transfer
    /// syntax is another than that of their frames.</summary>
    /// <param name="codeStream">The beginning; a few KB are enough for what a JPEG has before its frame header.</param>
    /// <returns>Null when it begins like none that is known. RLE and deflate are not told so: they have no signature.</returns>
    public static FrameCodec? Identify(ReadOnlySpan<byte> codeStream) => Find(CodeStreamSignature.TransferSyntaxOf(codeStream) ?? "");
}
