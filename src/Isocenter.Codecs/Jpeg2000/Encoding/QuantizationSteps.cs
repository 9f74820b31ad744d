namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The exponents and mantissas that an encoder writes into QCD (ISO/IEC 15444-1 §A.6.4, §E.1).</summary>
internal static class QuantizationSteps
{
    /// <summary>Guard bits: what a coefficient may exceed its nominal range by.</summary>
    public const int GuardBits = 2;

    private const int MaxExponent = 27;   // 28 bit planes, and some below them to measure by, fit 31 bits

    /// <summary>For each sub-band, in the order LL, then HL, LH, HH from the lowest resolution up: exponent &lt;&lt; 11 |
    /// mantissa.</summary>
    /// <param name="bits">Of a sample.</param>
    /// <param name="levels">N_L.</param>
    /// <param name="isReversible">5-3, without quantization.</param>
    /// <param name="transformsColour">RCT or ICT.</param>
    /// <param name="step">What a quantization step may change in the image, root mean square.</param>
    public static ushort[] Make(int bits, int levels, bool isReversible, bool transformsColour, double step)
    {
        var steps = new ushort[3 * levels + 1];
        for (int i = 0; i < steps.Length; i++)
        {
            var orientation = i == 0 ? Orientation.LL : (Orientation)((i - 1) % 3 + 1);
            int level = i == 0 ? levels : levels - (i - 1) / 3;
            int range = bits + (orientation == Orientation.LL ? 0 : orientation == Orientation.HH ? 2 : 1);
            if (isReversible)
            {
                // Colour differences of the reversible transform have one bit more.
                steps[i] = (ushort)(range + (transformsColour ? 1 : 0) << 11);
                continue;
            }

            double size = step / WaveletNorms.Of(isReversible, orientation, level);
            int exponent = Math.Clamp(range - (int)Math.Floor(Math.Log2(size)), 0, MaxExponent);
            int mantissa = (int)Math.Clamp(Math.Round((Math.ScaleB(size, exponent - range) - 1) * 2048), 0, 2047);
            steps[i] = (ushort)(exponent << 11 | mantissa);
        }
        return steps;
    }
}
