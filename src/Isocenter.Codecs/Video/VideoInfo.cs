namespace Isocenter.Codecs.Video;

/// <summary>How a video is coded.</summary>
public enum VideoFormat
{
    /// <summary>MPEG-2 (ISO/IEC 13818-2), MPEG-1 included.</summary>
    Mpeg2,

    /// <summary>MPEG-4 AVC/H.264 (ISO/IEC 14496-10).</summary>
    H264,

    /// <summary>HEVC/H.265 (ISO/IEC 23008-2).</summary>
    Hevc,
}

/// <summary>What a video stream's own headers say.</summary>
/// <param name="Format">How it is coded.</param>
/// <param name="Container">What is around it, as "MP4", "transport stream"; null for a bare stream.</param>
/// <param name="Columns">Width in pixels, cropped as the stream says.</param>
/// <param name="Rows">Height in pixels, cropped as the stream says.</param>
/// <param name="BitsPerSample">Bits of a luminance sample.</param>
/// <param name="Frames">How many there are, counted; two fields are one frame.</param>
public sealed record VideoInfo(VideoFormat Format, string? Container, int Columns, int Rows, int BitsPerSample, int Frames);
