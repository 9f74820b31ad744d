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
public sealed record VideoInfo(VideoFormat Format, string? Container, int Columns, int Rows, int BitsPerSample, int Frames)
{
    /// <summary>The profile as its standard numbers it: profile_idc of H.264 (100 is High), general_profile_idc of HEVC (1 is Main),
    /// that of profile_and_level_indication of MPEG-2 (4 is Main); 0 when the stream does not say, as MPEG-1.</summary>
    public int Profile { get; init; }

    /// <summary>The level as its standard numbers it: level_idc of H.264 (41 is 4.1), general_level_idc of HEVC (153 is 5.1), that of
    /// MPEG-2 (8 is Main, 4 is High).</summary>
    public int Level { get; init; }

    /// <summary>Frames a second; 0 when the stream does not say.</summary>
    public double FrameRate { get; init; }
}
