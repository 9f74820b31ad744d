using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The irreversible 9-7 transform (ISO/IEC 15444-1 §F.3.8.1, §F.4.8.1).</summary>
/// <remarks>The scaling by K is not here: it is linear, so that <see cref="Gain"/> puts it into the quantization step of
/// each sub-band.</remarks>
internal readonly struct Wavelet97 : IWaveletKernel<float>
{
    private const float Alpha = -1.586134342059924f, Beta = -0.052980118572961f, Gamma = 0.882911075530934f, Delta = 0.443506852043971f;
    private const double K = 1.230174104914001;

    /// <summary>What the coefficients of a sub-band are multiplied with before the inverse transform, and what those of the
    /// forward transform are too large by.</summary>
    /// <param name="orientation">Of the sub-band.</param>
    /// <param name="levels">Levels of the transform that it goes through: n_b less those left out.</param>
    public static float Gain(Orientation orientation, int levels)
    {
        if (levels <= 0) return 1;
        double own = orientation switch { Orientation.LL => K * K, Orientation.HH => 1 / (K * K), _ => 1 };
        return (float)(own * Math.Pow(K * K, levels - 1));
    }

    public static int Steps => 4;

    public static void InverseRows(Plane<float> plane, int y)
    {
        Lines.LiftRow(plane, y, new Step(-Delta));
        Lines.LiftRow(plane, y - 1, new Step(-Gamma));
        Lines.LiftRow(plane, y - 2, new Step(-Beta));
        Lines.LiftRow(plane, y - 3, new Step(-Alpha));
    }

    public static void ForwardRows(Plane<float> plane, int y)
    {
        Lines.LiftRow(plane, y, new Step(Alpha));
        Lines.LiftRow(plane, y - 1, new Step(Beta));
        Lines.LiftRow(plane, y - 2, new Step(Gamma));
        Lines.LiftRow(plane, y - 3, new Step(Delta));
    }

    public static void InverseLine(Span<float> low, Span<float> high, int first)
    {
        Lines.Lift(low, high, first, new Step(-Delta));
        Lines.Lift(high, low, 1 - first, new Step(-Gamma));
        Lines.Lift(low, high, first, new Step(-Beta));
        Lines.Lift(high, low, 1 - first, new Step(-Alpha));
    }

    public static void ForwardLine(Span<float> low, Span<float> high, int first)
    {
        Lines.Lift(high, low, 1 - first, new Step(Alpha));
        Lines.Lift(low, high, first, new Step(Beta));
        Lines.Lift(high, low, 1 - first, new Step(Gamma));
        Lines.Lift(low, high, first, new Step(Delta));
    }

    public static float InverseSingle(float value, bool isLow) => value * (float)(isLow ? 1 / K : K / 2);

    public static float ForwardSingle(float value, bool isLow) => value * (float)(isLow ? K : 2 / K);

    // x + by (a + b)
    private readonly struct Step(float by) : ILiftingStep<float>
    {
        public Vector256<float> Apply(Vector256<float> x, Vector256<float> a, Vector256<float> b) => x + Vector256.Create(by) * (a + b);

        public float Apply(float x, float a, float b) => x + by * (a + b);
    }
}
