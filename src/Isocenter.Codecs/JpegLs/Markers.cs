namespace Isocenter.Codecs.JpegLs;

/// <summary>Second bytes of the markers of a JPEG-LS code stream (ISO/IEC 14495-1 Table C.1 and ISO/IEC 10918-1).</summary>
internal static class Markers
{
    public const byte Rst0 = 0xD0;
    public const byte Rst7 = 0xD7;
    public const byte Soi = 0xD8;
    public const byte Eoi = 0xD9;
    public const byte Sos = 0xDA;
    public const byte Dnl = 0xDC;
    public const byte Dri = 0xDD;
    public const byte App8 = 0xE8;

    /// <summary>SOF55: the frame of a JPEG-LS image.</summary>
    public const byte Sof55 = 0xF7;

    /// <summary>LSE: preset parameters of JPEG-LS, mapping tables, large dimensions.</summary>
    public const byte Lse = 0xF8;

    /// <summary>SOF57: a frame with the extensions of ISO/IEC 14495-2.</summary>
    public const byte Sof57 = 0xF9;

    public static bool IsRestart(int marker) => marker is >= Rst0 and <= Rst7;

    /// <summary>True for the frames of other JPEG processes (SOF0 to SOF15 without DHT, JPG and DAC).</summary>
    public static bool IsFrameOfJpeg(int marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
