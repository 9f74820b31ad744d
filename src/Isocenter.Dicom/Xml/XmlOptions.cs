namespace Isocenter.Dicom;

/// <summary>How to write the Native DICOM Model.</summary>
public sealed record XmlOptions
{
    /// <summary>The defaults: everything inline, on one line.</summary>
    public static XmlOptions Default { get; } = new();

    /// <summary>Asked for every value longer than <see cref="InlineLimit"/> whose VR may stand behind an address, and for
    /// Pixel Data of any length. Null: everything is inline.</summary>
    public BulkDataUri? BulkData { get; init; }

    /// <summary>Values of up to so many bytes are inline without a question.</summary>
    public int InlineLimit { get; init; } = 1024;

    /// <summary>Leaves out (7FE0,0008), (7FE0,0009) and (7FE0,0010) at the top, so that their values are not even read.</summary>
    public bool OmitPixelData { get; init; }

    /// <summary>One element of XML a line, for people.</summary>
    public bool Indented { get; init; }
}
