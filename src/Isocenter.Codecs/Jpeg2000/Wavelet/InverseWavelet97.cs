using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The inverse irreversible 9-7 transform (ISO/IEC 15444-1 §F.3), one level at a time, whole vectors of a row at
/// a time.</summary>
/// <remarks>The scaling by K is not here: it is linear, so that <see cref="Gain"/> puts it into the quantization step of
/// each sub-band. Ends as in <see cref="InverseWavelet53"/>.</remarks>
internal static class InverseWavelet97
{
    private const float Alpha = -1.586134342059924f, Beta = -0.052980118572961f, Gamma = 0.882911075530934f, Delta = 0.443506852043971f;
    private const double K = 1.230174104914001;

    /// <summary>What the coefficients of a sub-band are to be multiplied with before the transform.</summary>
    /// <param name="orientation">Of the sub-band.</param>
    /// <param name="levels">Levels of the transform that it goes through: n_b less those left out.</param>
    public static float Gain(Orientation orientation, int levels)
    {
        if (levels <= 0) return 1;
        double own = orientation switch { Orientation.LL => K * K, Orientation.HH => 1 / (K * K), _ => 1 };
        return (float)(own * Math.Pow(K * K, levels - 1));
    }

    /// <summary>2D_SR (§F.3.2) without the scaling.</summary>
    public static void Synthesize(Plane<float> ll, Plane<float> hl, Plane<float> lh, Plane<float> hh, Plane<float> result)
    {
        if (result.Area.IsEmpty) return;
        int parity = (int)(result.Area.Y0 & 1), height = result.Height;
        int columns = Math.Max(ll.Width, hl.Width) + 16;
        float[] scratch = ArrayPool<float>.Shared.Rent(2 * columns);
        for (int k = 0; k < ll.Height; k++) Horizontal(ll.Row(k), hl.Row(k), result.Row(2 * k + parity), (int)(result.Area.X0 & 1), scratch, columns);
        for (int k = 0; k < lh.Height; k++) Horizontal(lh.Row(k), hh.Row(k), result.Row(2 * k + 1 - parity), (int)(result.Area.X0 & 1), scratch, columns);
        ArrayPool<float>.Shared.Return(scratch);
        if (height == 1)
        {
            Scale(result.Row(0), parity == 0 ? (float)(1 / K) : (float)(K / 2));   // §F.3.6: one sample is not filtered
            return;
        }
        LiftRows(result, parity, Delta);
        LiftRows(result, 1 - parity, Gamma);
        LiftRows(result, parity, Beta);
        LiftRows(result, 1 - parity, Alpha);
    }

    private static void LiftRows(Plane<float> plane, int first, float by)
    {
        for (int y = first; y < plane.Height; y += 2)
            Lift(plane.Row(y), plane.Row(y > 0 ? y - 1 : 1), plane.Row(y + 1 < plane.Height ? y + 1 : y - 1), by);
    }

    private static void Scale(Span<float> row, float by)
    {
        foreach (ref float value in row) value *= by;
    }

    // x -= by * (a + b)
    private static void Lift(Span<float> row, ReadOnlySpan<float> before, ReadOnlySpan<float> after, float by)
    {
        var x = MemoryMarshal.Cast<float, Vector256<float>>(row);
        var a = MemoryMarshal.Cast<float, Vector256<float>>(before);
        var b = MemoryMarshal.Cast<float, Vector256<float>>(after);
        var factor = Vector256.Create(by);
        for (int i = 0; i < x.Length && i < a.Length && i < b.Length; i++) x[i] -= factor * (a[i] + b[i]);
        for (int i = x.Length * Vector256<float>.Count; i < row.Length; i++) row[i] -= by * (before[i] + after[i]);
    }

    private static void Horizontal(ReadOnlySpan<float> low, ReadOnlySpan<float> high, Span<float> output, int parity, float[] scratch, int columns)
    {
        if (output.Length == 1)
        {
            output[0] = parity == 0 ? low[0] * (float)(1 / K) : high[0] * (float)(K / 2);
            return;
        }
        var even = scratch.AsSpan(0, low.Length);
        var odd = scratch.AsSpan(columns, high.Length);
        low.CopyTo(even);
        high.CopyTo(odd);
        LiftLine(even, odd, parity, Delta);
        LiftLine(odd, even, 1 - parity, Gamma);
        LiftLine(even, odd, parity, Beta);
        LiftLine(odd, even, 1 - parity, Alpha);

        var a = parity == 0 ? even : odd;
        var b = parity == 0 ? odd : even;
        var first = MemoryMarshal.Cast<float, Vector256<float>>(a);
        var second = MemoryMarshal.Cast<float, Vector256<float>>(b);
        var pairs = MemoryMarshal.Cast<float, Vector256<float>>(output);
        int vectors = 0;
        for (int i = 0; i < first.Length && i < second.Length && 2 * i + 1 < pairs.Length; i++)
        {
            (pairs[2 * i], pairs[2 * i + 1]) = Mix.Both(first[i], second[i]);
            vectors = i + 1;
        }
        for (int i = vectors * Vector256<float>.Count; i < a.Length; i++)
        {
            output[2 * i] = a[i];
            if (i < b.Length) output[2 * i + 1] = b[i];
        }
    }

    // x[k] -= by * (y[k − 1 + parity] + y[k + parity]), the nearest y where there is none.
    private static void LiftLine(Span<float> x, ReadOnlySpan<float> y, int parity, float by)
    {
        int from = 1 - parity, to = Math.Min(x.Length, y.Length - parity);
        if (from > 0) x[0] -= by * 2 * y[0];
        if (to > from) Lift(x[from..to], y[(from - 1 + parity)..], y[(from + parity)..], by);
        for (int k = Math.Max(from, to); k < x.Length; k++) x[k] -= by * 2 * y[^1];
    }
}
