using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>One picture of a picture file, as it goes into Pixel Data.</summary>
/// <param name="Layout">How the samples lie; those of the code stream when there is one.</param>
/// <param name="Photometric">Photometric Interpretation of what is stored: MONOCHROME2, RGB, YBR_FULL_422 …</param>
internal sealed record SourcePicture(FrameLayout Layout, string Photometric)
{
    /// <summary>Little-endian samples, colour by pixel; null when the picture stays compressed.</summary>
    public byte[]? Samples { get; init; }

    /// <summary>What is stored as it is, without being encoded anew; null for samples.</summary>
    public ReadOnlyMemory<byte>? CodeStream { get; init; }

    /// <summary>The codec of <see cref="CodeStream"/>, named by the exact transfer syntax.</summary>
    public FrameCodec? Codec { get; init; }

    /// <summary>Lossy Image Compression Method of what the picture went through; null when nothing was lost.</summary>
    public string? LossyMethod { get; init; }

    /// <summary>Bytes of the compressed picture, for the ratio.</summary>
    public long CompressedLength { get; init; }

    /// <summary>The ICC profile; empty when there is none.</summary>
    public byte[] IccProfile { get; init; } = [];

    /// <summary>How long it is shown in an animation, in milliseconds; 0 when it is none.</summary>
    public int Delay { get; init; }

    /// <summary>What a person should know of it, as "turned by its Exif orientation when shown elsewhere".</summary>
    public string? Remark { get; init; }
}
