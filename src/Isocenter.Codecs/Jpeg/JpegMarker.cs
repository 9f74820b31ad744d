namespace Isocenter.Codecs.Jpeg;

/// <summary>Second bytes of the markers (ITU-T T.81 Table B.1).</summary>
internal static class JpegMarker
{
    public const byte Tem = 0x01;
    public const byte Sof0 = 0xC0;
    public const byte Sof1 = 0xC1;
    public const byte Sof2 = 0xC2;
    public const byte Sof3 = 0xC3;
    public const byte Dht = 0xC4;
    public const byte Jpg = 0xC8;
    public const byte Sof9 = 0xC9;
    public const byte Sof10 = 0xCA;
    public const byte Sof11 = 0xCB;
    public const byte Dac = 0xCC;
    public const byte Sof15 = 0xCF;
    public const byte Rst0 = 0xD0;
    public const byte Rst7 = 0xD7;
    public const byte Soi = 0xD8;
    public const byte Eoi = 0xD9;
    public const byte Sos = 0xDA;
    public const byte Dqt = 0xDB;
    public const byte Dnl = 0xDC;
    public const byte Dri = 0xDD;
    public const byte Dhp = 0xDE;
    public const byte Exp = 0xDF;
    public const byte App0 = 0xE0;
    public const byte App14 = 0xEE;

    /// <summary>True for the markers that stand alone, without a length (T.81 §B.1.1.3).</summary>
    public static bool StandsAlone(byte marker) => marker is Tem or Soi or Eoi || IsRestart(marker);

    /// <summary>True for RST0 to RST7.</summary>
    public static bool IsRestart(byte marker) => marker is >= Rst0 and <= Rst7;

    /// <summary>True for SOF0 to SOF15, whatever the process.</summary>
    public static bool IsFrame(byte marker) => marker is >= Sof0 and <= Sof15 and not (Dht or Jpg or Dac);
}
