using System.Numerics;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The transforms between components that work in place, each component changed by the others: dependencies, arrays
/// with which integers stay integers (ISO/IEC 15444-2 §J.2.1), and wavelets (§J.2.2).</summary>
internal static class ComponentLifting
{
    private const double Alpha = -1.586134342059924, Beta = -0.052980118572961, Gamma = 0.882911075530934, Delta = 0.443506852043971;
    private const double K = 1.230174104914001;

    /// <summary>Refuses a reversible matrix that divides by what is no power of two. It has <paramref name="n"/> rows and n + 1
    /// columns, a column for each step; the number in the row of the component that the step changes divides. Only that
    /// of the last step may be negative.</summary>
    public static void CheckMatrix(ReadOnlySpan<double> matrix, int n)
    {
        for (int step = 0; step <= n && n > 0; step++)
        {
            double divisor = matrix[Target(step, n) * (n + 1) + step];
            CheckDivisor(step == n ? Math.Abs(divisor) : divisor);
        }
    }

    /// <summary>The same for reversible dependencies: rows of 2, 3 … numbers, of which the last divides.</summary>
    public static void CheckDependencies(ReadOnlySpan<double> triangle, int n)
    {
        for (int i = 1; i < n; i++) CheckDivisor(triangle[i * (i + 3) / 2 - 1]);
    }

    /// <summary>Reversible decorrelation: n + 1 steps, each of which takes from one component what it has of the others, rounded.
    /// They go from the last component to the first, and to the last once more.</summary>
    /// <param name="components">What goes in, and comes out.</param>
    /// <param name="matrix">See <see cref="CheckMatrix"/>.</param>
    /// <param name="sums">Room for one component.</param>
    /// <param name="cancel">Asked between components.</param>
    public static void Decorrelate(Plane<double>[] components, ReadOnlySpan<double> matrix, Span<double> sums, CancellationToken cancel)
    {
        int n = components.Length;
        for (int step = 0; step <= n; step++)
        {
            cancel.ThrowIfCancellationRequested();
            int target = Target(step, n);
            double divisor = matrix[target * (n + 1) + step];
            sums.Clear();
            for (int m = 0; m < n; m++)
                if (m != target) Add(sums, components[m].Samples, matrix[m * (n + 1) + step]);
            Span<double> samples = components[target].Samples;
            for (int k = 0; k < samples.Length; k++) samples[k] -= Math.Floor(sums[k] / Math.Abs(divisor) + 0.5);
            if (divisor < 0) Negate(samples);
        }
    }

    /// <summary>Dependencies: to each component its offset, and what it has of those before it.</summary>
    /// <param name="components">What goes in, and comes out.</param>
    /// <param name="triangle">Rows of 1, 2 … numbers, or those of <see cref="CheckDependencies"/>; empty for none.</param>
    /// <param name="offsets">One for each component, or empty.</param>
    /// <param name="isReversible">What is added is rounded.</param>
    /// <param name="cancel">Asked between components.</param>
    public static void Depend(
        Plane<double>[] components, ReadOnlySpan<double> triangle, ReadOnlySpan<double> offsets, bool isReversible, CancellationToken cancel)
    {
        for (int i = 0, row = 0; i < components.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            Span<double> samples = components[i].Samples;
            if (i > 0 && triangle.Length > 0)
            {
                // The sample is a multiple of the divisor and does not change how the rest is rounded.
                double divisor = isReversible ? triangle[row + i] : 1;
                if (isReversible) Scale(samples, divisor);
                for (int j = 0; j < i; j++) Add(samples, components[j].Samples, triangle[row + j]);
                if (isReversible)
                {
                    Scale(samples, 1 / divisor);
                    Round(samples);
                }
                row += isReversible ? i + 1 : i;
            }
            if (offsets.Length > 0) Add(samples, offsets[i]);
        }
    }

    /// <summary>The inverse wavelet transform across components: the low ones of the deepest level come first, then the high
    /// ones of each level, the deepest first.</summary>
    /// <param name="components">In that order.</param>
    /// <param name="levels">Decomposition levels.</param>
    /// <param name="origin">Where the first component of the result lies.</param>
    /// <param name="isReversible">5-3 instead of 9-7.</param>
    /// <param name="cancel">Asked between components.</param>
    /// <returns>The same planes in the order of the result.</returns>
    public static Plane<double>[] Synthesize(Plane<double>[] components, int levels, uint origin, bool isReversible, CancellationToken cancel)
    {
        long end = origin + (long)components.Length;
        var line = components[..(int)(Ceiling.Shift(end, levels) - Ceiling.Shift(origin, levels))];
        for (int level = levels - 1; level >= 0; level--)
        {
            long first = Ceiling.Shift(origin, level);
            var next = new Plane<double>[Ceiling.Shift(end, level) - first];
            int odd = (int)(first & 1), low = 0, high = line.Length;
            for (int i = 0; i < next.Length; i++) next[i] = (i & 1) == odd ? line[low++] : components[high++];
            Synthesize(next, odd, isReversible, cancel);
            line = next;
        }
        return line;
    }

    /// <summary>Adds a multiple.</summary>
    public static void Add(Span<double> sums, ReadOnlySpan<double> samples, double weight)
    {
        if (weight == 0) return;
        var to = MemoryMarshal.Cast<double, Vector<double>>(sums);
        var from = MemoryMarshal.Cast<double, Vector<double>>(samples);
        var weights = new Vector<double>(weight);
        for (int i = 0; i < to.Length && i < from.Length; i++) to[i] += from[i] * weights;
        for (int i = to.Length * Vector<double>.Count; i < sums.Length; i++) sums[i] += samples[i] * weight;
    }

    /// <summary>Adds the same to all.</summary>
    public static void Add(Span<double> samples, double offset)
    {
        foreach (ref double sample in samples) sample += offset;
    }

    /// <summary>To the nearest integer, halves up.</summary>
    public static void Round(Span<double> samples)
    {
        foreach (ref double sample in samples) sample = Math.Floor(sample + 0.5);
    }

    // 1D_SR of ISO/IEC 15444-1 §F.3.6 with components for samples; those at even places are low.
    private static void Synthesize(Plane<double>[] line, int even, bool isReversible, CancellationToken cancel)
    {
        int odd = 1 - even;
        if (line.Length == 1)
        {
            if (even == 0) return;
            Scale(line[0].Samples, 0.5);
            if (isReversible) Floor(line[0].Samples);
        }
        else if (isReversible)
        {
            Lift(line, even, (x, a, b) => x - Math.Floor((a + b + 2) / 4), cancel);
            Lift(line, odd, (x, a, b) => x + Math.Floor((a + b) / 2), cancel);
        }
        else
        {
            for (int i = 0; i < line.Length; i++) Scale(line[i].Samples, (i & 1) == even ? K : 1 / K);
            Lift(line, even, (x, a, b) => x - Delta * (a + b), cancel);
            Lift(line, odd, (x, a, b) => x - Gamma * (a + b), cancel);
            Lift(line, even, (x, a, b) => x - Beta * (a + b), cancel);
            Lift(line, odd, (x, a, b) => x - Alpha * (a + b), cancel);
        }
    }

    // Every second component is changed by those beside it; at the ends the one there is counts for both (symmetric extension).
    private static void Lift(Plane<double>[] line, int first, Func<double, double, double, double> step, CancellationToken cancel)
    {
        for (int i = first; i < line.Length; i += 2)
        {
            cancel.ThrowIfCancellationRequested();
            Span<double> x = line[i].Samples;
            ReadOnlySpan<double> a = line[i > 0 ? i - 1 : 1].Samples, b = line[i + 1 < line.Length ? i + 1 : i - 1].Samples;
            for (int k = 0; k < x.Length; k++) x[k] = step(x[k], a[k], b[k]);
        }
    }

    private static void Scale(Span<double> samples, double by)
    {
        foreach (ref double sample in samples) sample *= by;
    }

    private static void Floor(Span<double> samples)
    {
        foreach (ref double sample in samples) sample = Math.Floor(sample);
    }

    private static void Negate(Span<double> samples)
    {
        foreach (ref double sample in samples) sample = -sample;
    }

    private static int Target(int step, int n) => n - 1 - step % n;

    private static void CheckDivisor(double divisor)
    {
        if (divisor is not (>= 1 and <= 0x4000_0000) || !BitOperations.IsPow2((long)divisor) || divisor != Math.Floor(divisor))
            throw Damage.Of($"a reversible transform between components divides by {divisor}, which is no power of two", "ISO/IEC 15444-2 §J.2.1");
    }
}
