using Isocenter.Dicom;

namespace Isocenter.DicomWeb;

/// <summary>The media types of PS3.18 §8.7 and the transfer syntaxes they stand for.</summary>
public static class MediaTypes
{
    /// <summary>PS3.10 files.</summary>
    public const string Dicom = "application/dicom";
    /// <summary>The DICOM JSON Model.</summary>
    public const string DicomJson = "application/dicom+json";
    /// <summary>The Native DICOM Model.</summary>
    public const string DicomXml = "application/dicom+xml";
    /// <summary>JSON, taken for the DICOM JSON Model.</summary>
    public const string Json = "application/json";
    /// <summary>Uncompressed bulk data.</summary>
    public const string Octets = "application/octet-stream";
    /// <summary>A ZIP file of PS3.10 files.</summary>
    public const string Zip = "application/zip";

    private static readonly (string Type, string[] Syntaxes)[] Compressed =
    [
        ("image/jpeg", ["1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57"]),
        ("image/dicom-rle", ["1.2.840.10008.1.2.5"]),
        ("image/x-dicom-rle", ["1.2.840.10008.1.2.5"]),
        ("image/jls", ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"]),
        ("image/x-jls", ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"]),
        ("image/jp2", ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"]),
        ("image/jpx", ["1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93"]),
        ("image/jphc", ["1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203"]),
        ("image/jxl", ["1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111", "1.2.840.10008.1.2.4.112"]),
        ("video/mpeg", ["1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.101", "1.2.840.10008.1.2.4.100.1", "1.2.840.10008.1.2.4.101.1"]),
        ("video/mpeg2", ["1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.101", "1.2.840.10008.1.2.4.100.1", "1.2.840.10008.1.2.4.101.1"]),
        ("video/mp4", ["1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.103", "1.2.840.10008.1.2.4.104", "1.2.840.10008.1.2.4.105", "1.2.840.10008.1.2.4.106",
            "1.2.840.10008.1.2.4.102.1", "1.2.840.10008.1.2.4.103.1", "1.2.840.10008.1.2.4.104.1", "1.2.840.10008.1.2.4.105.1", "1.2.840.10008.1.2.4.106.1"]),
        ("video/h265", ["1.2.840.10008.1.2.4.107", "1.2.840.10008.1.2.4.108"]),
    ];

    /// <summary>The media type of a frame in this transfer syntax (PS3.18 Tables 8.7.3-4 and 8.7.3-5).</summary>
    public static string OfFrames(TransferSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(syntax);
        if (!syntax.IsEncapsulated) return Octets;
        string uid = syntax.Uid.Value;
        foreach (var (type, syntaxes) in Compressed)
        {
            if (Array.IndexOf(syntaxes, uid) >= 0) return type == "video/mpeg" ? "video/mpeg2" : type;
        }
        return Octets;
    }

    /// <summary>The transfer syntaxes that frames of a media type may be in, the default first; none when it is not one of
    /// compressed frames.</summary>
    public static IReadOnlyList<string> SyntaxesOf(string type)
    {
        foreach (var (own, syntaxes) in Compressed)
        {
            if (own == type) return syntaxes;
        }
        return [];
    }

    /// <summary>All media types of compressed frames.</summary>
    public static IEnumerable<string> OfCompressedFrames => Compressed.Select(pair => pair.Type);
}
