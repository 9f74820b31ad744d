using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>A picture to look at.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Channels">1: grey; 3: red, green, blue.</param>
/// <param name="Pixels">Width × height × channels values, by row, by pixel, by channel: bytes, or big endian words of 16 bits.</param>
/// <param name="BitDepth">Bits a channel, 8 or 16.</param>
public sealed record Picture(int Width, int Height, int Channels, byte[] Pixels, int BitDepth = 8)
{
    /// <summary>The ICC profile that gives its colours their meaning (PS3.3 §C.11.15); empty: sRGB.</summary>
    public ReadOnlyMemory<byte> IccProfile { get; init; }

    /// <summary>What the image says and was left out, because it makes no sense.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
