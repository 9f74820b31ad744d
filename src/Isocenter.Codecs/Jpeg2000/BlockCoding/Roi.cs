namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Takes back the scaling of a region of interest (ISO/IEC 15444-1 §H.1).</summary>
internal static class Roi
{
    /// <summary>Coefficients of the region are those that reach above the background's bit planes.</summary>
    /// <param name="coefficients">Sign and magnitude with one binary place.</param>
    /// <param name="shift">SPrgn.</param>
    public static void Unshift(Span<int> coefficients, int shift)
    {
        if (shift > 29) return;
        int least = 2 << shift;
        foreach (ref int c in coefficients)
        {
            int magnitude = c & int.MaxValue;
            if (magnitude >= least) c = c & int.MinValue | magnitude >> shift;
        }
    }

    /// <summary>The same of two's complement half units.</summary>
    public static void UnshiftHalves(Span<int> coefficients, int shift)
    {
        if (shift > 29) return;
        int least = 2 << shift;
        foreach (ref int c in coefficients)
        {
            if (c >= least) c >>= shift;
            else if (c <= -least) c = -(-c >> shift);
        }
    }
}
