namespace Isocenter.Codecs.Video;

/// <summary>Finds out what a video is: bare, or in a transport stream, a program stream or an MP4 file (PS3.5 §8.2.5 to
/// §8.2.12). It is not decoded.</summary>
/// <remarks>Holds no state; safe from many threads.</remarks>
public static class VideoStream
{
    /// <summary>Reads the headers and counts the frames.</summary>
    /// <param name="bytes">The whole of it; of a part, what is in it is counted.</param>
    /// <exception cref="CodecException">It is no video of a kind that is known, or has no header.</exception>
    public static VideoInfo Read(ReadOnlySpan<byte> bytes)
    {
        if (Mp4File.Begins(bytes)) return Mp4File.Read(bytes);
        if (TransportStream.PacketLength(bytes) > 0) return Elementary(TransportStream.Video(bytes), "transport stream");
        if (ProgramStream.Begins(bytes)) return Elementary(ProgramStream.Video(bytes), "program stream");
        return Elementary(bytes, null);
    }

    /// <summary>Whether it begins like a video that is known.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        Mp4File.Begins(bytes) || TransportStream.PacketLength(bytes) > 0 || ProgramStream.Begins(bytes) || FormatOf(bytes) is not null;

    private static VideoInfo Elementary(ReadOnlySpan<byte> bytes, string? container) => FormatOf(bytes) switch
    {
        VideoFormat.Mpeg2 => Mpeg2Header.Read(bytes, container),
        VideoFormat.H264 => H264Header.Read(bytes, container),
        VideoFormat.Hevc => HevcHeader.Read(bytes, container),
        _ => throw new CodecException("video", "the stream begins like none that is known", 0),
    };

    /// <summary>The first start code tells: a sequence header, or a NAL unit of the types that begin a stream.</summary>
    private static VideoFormat? FormatOf(ReadOnlySpan<byte> bytes)
    {
        int at = bytes[..Math.Min(bytes.Length, 64)].IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
        if (at < 0 || at + 5 > bytes.Length || bytes[..at].ContainsAnyExcept((byte)0)) return null;
        byte first = bytes[at + 3], second = bytes[at + 4];
        if (first == Mpeg2Header.SequenceHeader) return VideoFormat.Mpeg2;
        if (first is 0x40 or 0x42 or 0x46 && second == 1) return VideoFormat.Hevc;         // VPS, SPS, access unit delimiter
        return first < 0x80 && (first & 0x1F) is 6 or 7 or 9 ? VideoFormat.H264 : null;    // SEI, SPS, access unit delimiter
    }
}
