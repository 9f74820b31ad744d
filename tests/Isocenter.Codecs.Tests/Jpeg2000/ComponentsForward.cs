namespace Isocenter.Codecs.Tests.Jpeg2000;

/// <summary>What an encoder does across the components of one pixel (ISO/IEC 15444-2 §J.2), step by step: what the decoder
/// must undo.</summary>
internal static class ComponentsForward
{
    private const double Alpha = -1.586134342059924, Beta = -0.052980118572961, Gamma = 0.882911075530934, Delta = 0.443506852043971;
    private const double K = 1.230174104914001;

    /// <summary>Reversible decorrelation: the steps of the decoder from the last to the first.</summary>
    /// <param name="pixel">One sample of each component.</param>
    /// <param name="matrix">A row for each component, a column for each step.</param>
    public static long[] Decorrelate(long[] pixel, int[,] matrix)
    {
        int n = pixel.Length;
        long[] x = [.. pixel];
        for (int step = n; step >= 0; step--)
        {
            int changed = step == n ? n - 1 : n - 1 - step, divisor = matrix[changed, step];
            long sum = 0;
            for (int m = 0; m < n; m++) sum += m == changed ? 0 : matrix[m, step] * x[m];
            x[changed] = (divisor < 0 ? -x[changed] : x[changed]) + Quotient(sum, Math.Abs(divisor));
        }
        return x;
    }

    /// <summary>Reversible dependencies: from each component what the decoder will have of those before it.</summary>
    public static long[] Depend(long[] pixel, int[][] rows)
    {
        long[] x = [.. pixel];
        for (int i = 1; i < x.Length; i++)
        {
            long sum = 0;
            for (int j = 0; j < i; j++) sum += rows[i - 1][j] * pixel[j];
            x[i] -= Quotient(sum, rows[i - 1][i]);
        }
        return x;
    }

    /// <summary>The wavelet transform (ISO/IEC 15444-1 §F.4) of samples of which the first lies at <paramref name="origin"/>: low
    /// ones of the last level, then high ones from the last level to the first.</summary>
    public static double[] Analyze(double[] samples, int levels, long origin, bool isReversible)
    {
        if (levels == 0) return samples;
        double[] x = [.. samples];
        if (x.Length == 1)
        {
            if ((origin & 1) != 0) x[0] *= 2;
        }
        else if (isReversible)
        {
            Change(x, origin, 1, (v, sum) => v - Math.Floor(sum / 2));
            Change(x, origin, 0, (v, sum) => v + Math.Floor((sum + 2) / 4));
        }
        else
        {
            Change(x, origin, 1, (v, sum) => v + Alpha * sum);
            Change(x, origin, 0, (v, sum) => v + Beta * sum);
            Change(x, origin, 1, (v, sum) => v + Gamma * sum);
            Change(x, origin, 0, (v, sum) => v + Delta * sum);
            for (int i = 0; i < x.Length; i++) x[i] *= ((origin + i) & 1) == 0 ? 1 / K : K;
        }
        double[] low = [.. x.Where((_, i) => ((origin + i) & 1) == 0)], high = [.. x.Where((_, i) => ((origin + i) & 1) != 0)];
        return [.. low.Length == 0 ? [] : Analyze(low, levels - 1, (origin + 1) / 2, isReversible), .. high];
    }

    private static void Change(double[] x, long origin, int parity, Func<double, double, double> step)
    {
        for (int i = 0; i < x.Length; i++)
        {
            if (((origin + i) & 1) != parity) continue;
            double before = i > 0 ? x[i - 1] : x[i + 1], after = i + 1 < x.Length ? x[i + 1] : x[i - 1];
            x[i] = step(x[i], before + after);
        }
    }

    // To the nearest integer, halves up.
    private static long Quotient(long sum, int divisor) => (long)Math.Floor((decimal)sum / divisor + 0.5m);
}
