using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The irreversible 9-7 transform (ISO/IEC 15444-1 Annex F), one level at a time.</summary>
/// <remarks>The scaling by K is not here: it is linear, so that <see cref="Gain"/> puts it into the quantization step of
/// each sub-band. Rows pass the horizontal and the vertical filter in one sweep, while they are in the cache.</remarks>
internal static class Wavelet97
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

    /// <summary>2D_SR (§F.3.2) without the scaling.</summary>
    /// <param name="ll">Low in both directions. The contents of all four are lost.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    /// <param name="result">Receives the samples; its area decides which of them are low.</param>
    public static void Synthesize(Plane<float> ll, Plane<float> hl, Plane<float> lh, Plane<float> hh, Plane<float> result)
    {
        int height = result.Height, parity = (int)(result.Area.Y0 & 1), done = 0;
        if (height == 1)
        {
            SynthesizeRow(ll, hl, lh, hh, result, 0, parity);
            Scale(result.Row(0), parity == 0 ? 1 / K : K / 2);   // §F.3.6: one sample is not filtered
            return;
        }
        for (int y = parity; y < height + 4; y += 2)   // each low row; the steps follow each other, a row behind each
        {
            for (; done < Math.Min(height, y + 2); done++) SynthesizeRow(ll, hl, lh, hh, result, done, parity);
            Lines.LiftRow(result, y, new Step(-Delta));
            Lines.LiftRow(result, y - 1, new Step(-Gamma));
            Lines.LiftRow(result, y - 2, new Step(-Beta));
            Lines.LiftRow(result, y - 3, new Step(-Alpha));
        }
    }

    /// <summary>2D_SD (§F.4.2) without the scaling.</summary>
    /// <param name="samples">The samples; they are lost. Their area decides which of them are low.</param>
    /// <param name="ll">Receives what is low in both directions.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    public static void Analyze(Plane<float> samples, Plane<float> ll, Plane<float> hl, Plane<float> lh, Plane<float> hh)
    {
        int height = samples.Height, parity = (int)(samples.Area.Y0 & 1), done = 0;
        if (height == 1)
        {
            Scale(samples.Row(0), parity == 0 ? K : 2 / K);
            AnalyzeRow(samples, 0, parity, ll, hl, lh, hh);
            return;
        }
        for (int y = 1 - parity; y < height + 5; y += 2)   // each high row
        {
            Lines.LiftRow(samples, y, new Step(Alpha));
            Lines.LiftRow(samples, y - 1, new Step(Beta));
            Lines.LiftRow(samples, y - 2, new Step(Gamma));
            Lines.LiftRow(samples, y - 3, new Step(Delta));
            for (; done < Math.Min(height, y - 2); done++) AnalyzeRow(samples, done, parity, ll, hl, lh, hh);
        }
    }

    private static void SynthesizeRow(Plane<float> ll, Plane<float> hl, Plane<float> lh, Plane<float> hh, Plane<float> result, int y, int parity)
    {
        bool isLow = ((y + parity) & 1) == 0;
        var low = (isLow ? ll : lh).Row(y >> 1);
        var high = (isLow ? hl : hh).Row(y >> 1);
        var line = result.Row(y);
        int first = (int)(result.Area.X0 & 1);
        if (line.Length == 1)
        {
            line[0] = first == 0 ? low[0] * (float)(1 / K) : high[0] * (float)(K / 2);
            return;
        }
        Lines.Lift(low, high, first, new Step(-Delta));
        Lines.Lift(high, low, 1 - first, new Step(-Gamma));
        Lines.Lift(low, high, first, new Step(-Beta));
        Lines.Lift(high, low, 1 - first, new Step(-Alpha));
        if (first == 0) Lines.Interleave<float>(low, high, line);
        else Lines.Interleave<float>(high, low, line);
    }

    private static void AnalyzeRow(Plane<float> samples, int y, int parity, Plane<float> ll, Plane<float> hl, Plane<float> lh, Plane<float> hh)
    {
        bool isLow = ((y + parity) & 1) == 0;
        var low = (isLow ? ll : lh).Row(y >> 1);
        var high = (isLow ? hl : hh).Row(y >> 1);
        var line = samples.Row(y);
        int first = (int)(samples.Area.X0 & 1);
        if (line.Length == 1)
        {
            if (first == 0) low[0] = line[0] * (float)K;
            else high[0] = line[0] * (float)(2 / K);
            return;
        }
        if (first == 0) Lines.Split(line, low, high);
        else Lines.Split(line, high, low);
        Lines.Lift(high, low, 1 - first, new Step(Alpha));
        Lines.Lift(low, high, first, new Step(Beta));
        Lines.Lift(high, low, 1 - first, new Step(Gamma));
        Lines.Lift(low, high, first, new Step(Delta));
    }

    private static void Scale(Span<float> row, double by)
    {
        foreach (ref float value in row) value *= (float)by;
    }

    // x + by (a + b)
    private readonly struct Step(float by) : ILiftingStep<float>
    {
        public Vector256<float> Apply(Vector256<float> x, Vector256<float> a, Vector256<float> b) => x + Vector256.Create(by) * (a + b);

        public float Apply(float x, float a, float b) => x + by * (a + b);
    }
}
