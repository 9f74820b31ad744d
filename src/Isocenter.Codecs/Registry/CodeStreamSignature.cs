namespace Isocenter.Codecs;

/// <summary>Tells what a code stream is by its first bytes.</summary>
internal static class CodeStreamSignature
{
    private const byte FirstFrameMarker = 0xC0, LastFrameMarker = 0xCF, JpegLsFrameMarker = 0xF7;

    /// <summary>A transfer syntax that such a code stream can have; null when it begins like none.</summary>
    public static string? TransferSyntaxOf(ReadOnlySpan<byte> codeStream)
    {
        if (codeStream.StartsWith<byte>([0xFF, 0xD8, 0xFF])) return OfJpeg(codeStream);
        // Bit 14 of Rsiz: CAP follows, which is there for the HT block coder (ISO/IEC 15444-15 §A.3).
        if (codeStream.StartsWith<byte>([0xFF, 0x4F, 0xFF, 0x51]))
            return codeStream.Length > 6 && (codeStream[6] & 0x40) != 0 ? "1.2.840.10008.1.2.4.203" : "1.2.840.10008.1.2.4.91";
        if (codeStream.StartsWith("\0\0\0\x0cjP  \r\n"u8)) return "1.2.840.10008.1.2.4.91";
        if (codeStream.StartsWith<byte>([0xFF, 0x0A]) || codeStream.StartsWith("\0\0\0\x0cJXL \r\n"u8))
            return "1.2.840.10008.1.2.4.112";
        return null;
    }

    /// <summary>JPEG and JPEG-LS begin alike; the marker of the frame tells them apart.</summary>
    private static string? OfJpeg(ReadOnlySpan<byte> codeStream)
    {
        int at = 2;
        while (at + 4 <= codeStream.Length)
        {
            if (codeStream[at] != 0xFF) return null;
            byte marker = codeStream[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }
            if (marker == JpegLsFrameMarker) return "1.2.840.10008.1.2.4.80";
            // DHT, JPG and DAC share the numbers of the frame markers.
            if (marker is >= FirstFrameMarker and <= LastFrameMarker and not (0xC4 or 0xC8 or 0xCC))
            {
                return marker switch
                {
                    FirstFrameMarker => "1.2.840.10008.1.2.4.50",
                    0xC2 => "1.2.840.10008.1.2.4.55",
                    0xC3 => "1.2.840.10008.1.2.4.57",
                    0xC9 => "1.2.840.10008.1.2.4.52",
                    0xCA => "1.2.840.10008.1.2.4.56",
                    0xCB => "1.2.840.10008.1.2.4.58",
                    _ => "1.2.840.10008.1.2.4.51",
                };
            }
            at += 2 + (codeStream[at + 2] << 8 | codeStream[at + 3]);
        }
        return null;
    }
}
