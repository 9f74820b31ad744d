namespace Isocenter.Codecs;

/// <summary>What a code stream's own header says of the image in it.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Components">Components; the samples per pixel after decoding.</param>
/// <param name="BitsPerSample">Bits of precision; the largest of its components.</param>
/// <param name="IsSigned">True when the code stream says that its samples are signed.</param>
/// <param name="IsReversible">True when decoding gives back exactly what was encoded.</param>
/// <param name="Transform">What the encoder did to the colours.</param>
public sealed record CodeStreamInfo(
    int Rows, int Columns, int Components, int BitsPerSample, bool IsSigned, bool IsReversible, ColourTransform Transform)
{
    /// <summary>With a palette in the wrapper of the code stream (JP2): what is without it. A layout of so many samples per pixel
    /// gets the indices, as an image of PALETTE COLOR wants them. Otherwise null.</summary>
    public CodeStreamInfo? WithoutPalette { get; init; }
}

/// <summary>What an encoder did to the colours of three components.</summary>
public enum ColourTransform
{
    /// <summary>The code stream says that the components are as they were (RGB, or a single one).</summary>
    None,

    /// <summary>The code stream does not say; Photometric Interpretation must.</summary>
    Unknown,

    /// <summary>YCbCr as in JFIF, or the sYCC of a JP2 file. The decoder leaves it: its samples are YBR_FULL.</summary>
    Ycc,

    /// <summary>Reversible component transform of JPEG 2000, or one of Hewlett-Packard's in JPEG-LS. The decoder takes it
    /// back: its samples are RGB.</summary>
    Reversible,

    /// <summary>Irreversible component transform of JPEG 2000. The decoder takes it back: its samples are RGB.</summary>
    Irreversible,
}
