using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>What the samples of a decoded frame are (PS3.3 §C.7.6.3).</summary>
/// <param name="Layout">How they lie: words of 8, 16, 32 or 64 bits, little endian, colour by pixel.</param>
/// <param name="HighBit">The most significant bit of the value in its word, from 0.</param>
/// <param name="Photometric">Photometric Interpretation of these samples: not always that of the data set, as JPEG 2000 gives
/// RGB where that says YBR_RCT.</param>
/// <param name="IsFloat">IEEE 754 numbers (Float and Double Float Pixel Data).</param>
/// <param name="Precision">Bits of precision that the code stream names; null where there is none.</param>
public sealed record FrameDescription(FrameLayout Layout, int HighBit, string Photometric, bool IsFloat = false, int? Precision = null);
