namespace Isocenter.Codecs.Jpeg2000;

/// <summary>How much a coefficient of a sub-band counts in the image: the L2 norm of what the inverse transform makes of a 1 in
/// it, with the scaling of part 1. An encoder chooses its quantization steps by them, and what to leave out.</summary>
internal static class WaveletNorms
{
    private const int Computed = 10;
    private static readonly double[][] Reversible = Compute([], -0.5, 0.25);
    private static readonly double[][] Irreversible = Compute(
        [1.230174104914001, 1 / 1.230174104914001], -1.586134342059924, -0.052980118572961, 0.882911075530934, 0.443506852043971);

    /// <summary>The norm of one coefficient.</summary>
    public static double Of(bool isReversible, Orientation orientation, int level)
    {
        if (level == 0) return 1;
        var (low, high) = isReversible ? (Reversible[0], Reversible[1]) : (Irreversible[0], Irreversible[1]);
        // Beyond the computed levels each doubles what it covers, along both axes.
        double more = Math.ScaleB(1, Math.Max(0, level - Computed));
        int i = Math.Min(level, Computed) - 1;
        return more * orientation switch
        {
            Orientation.LL => low[i] * low[i],
            Orientation.HH => high[i] * high[i],
            _ => low[i] * high[i],
        };
    }

    // Of one line: by level from 1, of a low and of a high coefficient. "scale": what the forward transform multiplies low
    // and high ones by at the end; "steps": its lifting steps, the first on the high ones.
    private static double[][] Compute(double[] scale, params double[] steps)
    {
        var norms = new[] { new double[Computed], new double[Computed] };
        for (int level = 1; level <= Computed; level++)
            for (int kind = 0; kind < 2; kind++)
            {
                var line = new double[32];
                line[16 + kind] = 1;   // of low and high ones in turn
                for (int l = level; l > 0; l--)
                {
                    if (l < level)
                    {
                        var wider = new double[2 * line.Length];
                        for (int i = 0; i < line.Length; i++) wider[2 * i] = line[i];
                        line = wider;
                    }
                    Synthesize(line, scale, steps);
                }
                norms[kind][level - 1] = Math.Sqrt(line.Sum(x => x * x));
            }
        return norms;
    }

    private static void Synthesize(double[] line, double[] scale, double[] steps)
    {
        for (int i = 0; scale.Length > 0 && i < line.Length; i++) line[i] *= i % 2 == 0 ? scale[0] : scale[1];
        for (int s = steps.Length - 1; s >= 0; s--)
            for (int i = 1 - s % 2; i < line.Length; i += 2)
                line[i] -= steps[s] * (line[Math.Abs(i - 1)] + line[i + 1 < line.Length ? i + 1 : i - 1]);
    }
}
