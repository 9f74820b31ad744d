using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The forward irreversible 9-7 transform (ISO/IEC 15444-1 §F.4), one level of a plane that begins at an even
/// column and row.</summary>
/// <remarks>Without the scaling by K: it is linear, and <see cref="InverseWavelet97.Gain"/> puts it into the quantization
/// step.</remarks>
internal static class ForwardWavelet97
{
    private const float K = 1.230174104914001f;

    private static ReadOnlySpan<float> Steps => [-1.586134342059924f, -0.052980118572961f, 0.882911075530934f, 0.443506852043971f];

    /// <summary>2D_SD (§F.4.2).</summary>
    /// <param name="source">The samples; they are used up.</param>
    /// <param name="ll">Receives what is low in both directions.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    internal static void Analyze(Plane<float> source, Plane<float> ll, Plane<float> hl, Plane<float> lh, Plane<float> hh)
    {
        int height = source.Height;
        if (height > 1)
        {
            for (int step = 0; step < 4; step++)
            {
                for (int y = 1 - (step & 1); y < height; y += 2)
                    Lift(source.Row(y), source.Row(y > 0 ? y - 1 : 1), source.Row(y + 1 < height ? y + 1 : y - 1), Steps[step]);
            }
        }
        else
        {
            foreach (ref float value in source.Row(0)) value *= K;
        }

        var scratch = new float[source.Width + 64];
        for (int y = 0; y < height; y++)
        {
            if ((y & 1) == 0) Horizontal(source.Row(y), ll.Row(y / 2), hl.Row(y / 2), scratch);
            else Horizontal(source.Row(y), lh.Row(y / 2), hh.Row(y / 2), scratch);
        }
    }

    // x += by * (a + b)
    private static void Lift(Span<float> row, ReadOnlySpan<float> before, ReadOnlySpan<float> after, float by)
    {
        var x = MemoryMarshal.Cast<float, Vector256<float>>(row);
        var a = MemoryMarshal.Cast<float, Vector256<float>>(before);
        var b = MemoryMarshal.Cast<float, Vector256<float>>(after);
        var factor = Vector256.Create(by);
        for (int i = 0; i < x.Length && i < a.Length && i < b.Length; i++) x[i] += factor * (a[i] + b[i]);
        for (int i = x.Length * Vector256<float>.Count; i < row.Length; i++) row[i] += by * (before[i] + after[i]);
    }

    private static void Horizontal(ReadOnlySpan<float> row, Span<float> low, Span<float> high, float[] scratch)
    {
        if (row.Length == 1)
        {
            low[0] = row[0] * K;   // §F.4.6: one sample is not filtered, and so not scaled
            return;
        }

        // Even samples and one more behind; odd ones with one before and one behind.
        var even = scratch.AsSpan(0, low.Length + 1);
        var odd = scratch.AsSpan(low.Length + 1, high.Length + 2);
        ForwardWavelet53.Split(
            MemoryMarshal.Cast<float, int>(row), MemoryMarshal.Cast<float, int>(even), MemoryMarshal.Cast<float, int>(odd[1..]));
        for (int step = 0; step < 4; step += 2)
        {
            even[^1] = even[^2];
            Lift(odd.Slice(1, high.Length), even, even[1..], Steps[step]);
            odd[0] = odd[1];
            odd[^1] = odd[^2];
            Lift(even[..low.Length], odd, odd[1..], Steps[step + 1]);
        }

        even[..low.Length].CopyTo(low);
        odd.Slice(1, high.Length).CopyTo(high);
    }
}
