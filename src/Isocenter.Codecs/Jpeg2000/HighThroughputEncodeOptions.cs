namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What a caller may ask of <see cref="HighThroughputEncoder"/>.</summary>
public sealed record HighThroughputEncodeOptions
{
    /// <summary>The defaults: lossless, five levels, blocks of 64 × 64.</summary>
    public static HighThroughputEncodeOptions Default { get; } = new();

    /// <summary>True for the reversible 5-3 transform: decoding gives back what was encoded. False for the irreversible 9-7
    /// with <see cref="Step"/>.</summary>
    public bool IsReversible { get; init; } = true;

    /// <summary>The quantization step of the 9-7 transform, in units of the samples: about the largest error of a sample,
    /// 1/1024 to 1024. 1 is visually lossless for most images.</summary>
    public double Step { get; init; } = 1;

    /// <summary>Decomposition levels, 0 to 32; fewer are used where the image is small.</summary>
    public int Levels { get; init; } = 5;

    /// <summary>Three components are RGB and go through the component transform that belongs to the wavelet.</summary>
    public bool TransformsColour { get; init; } = true;

    /// <summary>As transfer syntax 1.2.840.10008.1.2.4.202 wants it (PS3.5 §A.4.13): as many levels as it takes to come down
    /// to 64 rows and columns, a tile-part for each resolution, and their lengths in TLM.</summary>
    public bool HasResolutionIndex { get; init; }
}
