namespace Isocenter.Codecs.Video;

/// <summary>Sequence header and extension of MPEG-2 video, and its pictures (ISO/IEC 13818-2 §6.2).</summary>
internal static class Mpeg2Header
{
    public const byte SequenceHeader = 0xB3;
    private const byte Picture = 0x00, Extension = 0xB5;

    /// <summary>By frame_rate_code (Table 6-4).</summary>
    private static readonly double[] FrameRates = [0, 24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 50, 60000 / 1001.0, 60];

    public static VideoInfo Read(ReadOnlySpan<byte> stream, string? container)
    {
        int columns = 0, rows = 0, pictures = 0, fields = 0, profile = 0, level = 0;
        double frameRate = 0;
        for (var codes = new StartCodes(stream); codes.MoveNext();)
        {
            var unit = codes.Unit;
            if (unit.Length < 4) continue;
            if (unit[0] == SequenceHeader && columns == 0)
            {
                columns = unit[1] << 4 | unit[2] >> 4;
                rows = (unit[2] & 15) << 8 | unit[3];
                if (unit.Length > 4 && (unit[4] & 15) is var code && code < FrameRates.Length) frameRate = FrameRates[code];
            }
            else if (unit[0] == Picture)
            {
                pictures++;
            }
            else if (unit[0] == Extension && unit[1] >> 4 == 1 && columns < 4096)
            {
                columns |= ((unit[2] & 1) << 1 | unit[3] >> 7) << 12;
                rows |= (unit[3] >> 5 & 3) << 12;
                (profile, level) = (unit[1] & 7, unit[2] >> 4);
            }
            else if (unit[0] == Extension && unit[1] >> 4 == 8 && (unit[3] & 3) != 3)
            {
                fields++;       // picture_structure: not a frame
            }
        }
        if (columns == 0) throw new CodecException("MPEG-2", "there is no sequence header", 0, "ISO/IEC 13818-2 §6.2.2.1");
        return new VideoInfo(VideoFormat.Mpeg2, container, columns, rows, 8, pictures - fields / 2) { Profile = profile, Level = level, FrameRate = frameRate };
    }
}
