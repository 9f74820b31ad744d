using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The inverse reversible 5-3 transform (ISO/IEC 15444-1 §F.3), one level at a time, whole vectors of a row at a
/// time.</summary>
/// <remarks>Rows go through the horizontal filter straight into their place in the result; the vertical filter follows
/// them there while they are in the cache. Symmetric extension by one sample is the same as taking the nearest sample of
/// the other kind, which is how the ends are done.</remarks>
internal static class InverseWavelet53
{
    /// <summary>2D_SR (§F.3.2).</summary>
    /// <param name="ll">Low in both directions.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    /// <param name="result">Receives the samples; its area decides which of them are low.</param>
    public static void Synthesize(Plane<int> ll, Plane<int> hl, Plane<int> lh, Plane<int> hh, Plane<int> result)
    {
        if (result.Area.IsEmpty) return;
        int parity = (int)(result.Area.Y0 & 1);
        int[] scratch = ArrayPool<int>.Shared.Rent(result.Width / 2 + 16);
        int lows = ll.Height, highs = lh.Height, done = 0;   // rows of either kind; high rows that went through the horizontal filter
        if (result.Height == 1)
        {
            var only = result.Row(0);
            if (parity == 0) Horizontal(ll, hl, 0, result, 0, scratch);
            else Horizontal(lh, hh, 0, result, 0, scratch);
            if (parity != 0) Halve(only);
        }
        else
        {
            for (int k = 0; k < lows; k++)
            {
                for (; done < highs && done <= k + parity; done++) Horizontal(lh, hh, done, result, 2 * done + 1 - parity, scratch);
                int y = 2 * k + parity;
                Horizontal(ll, hl, k, result, y, scratch);
                Low(result.Row(y), Nearest(result, y - 1, y + 1), Nearest(result, y + 1, y - 1));
                if (y >= 1) High(result.Row(y - 1), Nearest(result, y - 2, y), result.Row(y));
            }
            for (; done < highs; done++) Horizontal(lh, hh, done, result, 2 * done + 1 - parity, scratch);
            int last = result.Height - 1;
            if (((last + parity) & 1) != 0) High(result.Row(last), result.Row(last - 1), result.Row(last - 1));
        }
        ArrayPool<int>.Shared.Return(scratch);
    }

    private static Span<int> Nearest(Plane<int> plane, int y, int otherwise) => plane.Row(y >= 0 && y < plane.Height ? y : otherwise);

    private static void Halve(Span<int> row)
    {
        foreach (ref int value in row) value >>= 1;
    }

    // x -= (a + b + 2) >> 2
    private static void Low(Span<int> row, ReadOnlySpan<int> above, ReadOnlySpan<int> below)
    {
        var x = MemoryMarshal.Cast<int, Vector256<int>>(row);
        var a = MemoryMarshal.Cast<int, Vector256<int>>(above);
        var b = MemoryMarshal.Cast<int, Vector256<int>>(below);
        var two = Vector256.Create(2);
        for (int i = 0; i < x.Length && i < a.Length && i < b.Length; i++) x[i] -= (a[i] + b[i] + two) >> 2;
        for (int i = x.Length * Vector256<int>.Count; i < row.Length; i++) row[i] -= (above[i] + below[i] + 2) >> 2;
    }

    // x += (a + b) >> 1
    private static void High(Span<int> row, ReadOnlySpan<int> above, ReadOnlySpan<int> below)
    {
        var x = MemoryMarshal.Cast<int, Vector256<int>>(row);
        var a = MemoryMarshal.Cast<int, Vector256<int>>(above);
        var b = MemoryMarshal.Cast<int, Vector256<int>>(below);
        for (int i = 0; i < x.Length && i < a.Length && i < b.Length; i++) x[i] += (a[i] + b[i]) >> 1;
        for (int i = x.Length * Vector256<int>.Count; i < row.Length; i++) row[i] += (above[i] + below[i]) >> 1;
    }

    private static void Horizontal(Plane<int> lowBand, Plane<int> highBand, int bandRow, Plane<int> result, int resultRow, int[] scratch)
    {
        var output = result.Row(resultRow);
        var low = lowBand.Row(bandRow);
        var high = highBand.Row(bandRow);
        int parity = (int)(result.Area.X0 & 1);
        if (output.Length == 1)
        {
            output[0] = parity == 0 ? low[0] : high[0] >> 1;
            return;
        }

        // Low samples into scratch[0..], each with the high ones beside it: high[k − 1 + parity] and high[k + parity].
        var even = scratch.AsSpan(0, low.Length);
        int from = 1 - parity, to = Math.Min(low.Length, high.Length - parity);   // where both exist
        if (from > 0) even[0] = low[0] - ((2 * high[0] + 2) >> 2);
        var lowV = MemoryMarshal.Cast<int, Vector256<int>>(low[from..to]);
        var before = MemoryMarshal.Cast<int, Vector256<int>>(high[(from - 1 + parity)..]);
        var after = MemoryMarshal.Cast<int, Vector256<int>>(high[(from + parity)..]);
        var evenV = MemoryMarshal.Cast<int, Vector256<int>>(even[from..to]);
        var two = Vector256.Create(2);
        for (int i = 0; i < lowV.Length && i < evenV.Length && i < before.Length && i < after.Length; i++)
            evenV[i] = lowV[i] - ((before[i] + after[i] + two) >> 2);
        for (int k = from + lowV.Length * Vector256<int>.Count; k < to; k++)
            even[k] = low[k] - ((high[k - 1 + parity] + high[k + parity] + 2) >> 2);
        for (int k = Math.Max(from, to); k < low.Length; k++) even[k] = low[k] - ((2 * high[^1] + 2) >> 2);

        // High samples lie between even[k − parity] and even[k + 1 − parity].
        int first = parity;
        if (parity != 0) output[0] = high[0] + even[0];
        int end = Math.Min(high.Length, low.Length - 1 + parity);
        var pairs = MemoryMarshal.Cast<int, Vector256<int>>(output[parity..]);   // even[0], high[parity], even[1], …
        var highV = MemoryMarshal.Cast<int, Vector256<int>>(high[first..Math.Max(first, end)]);
        var left = MemoryMarshal.Cast<int, Vector256<int>>(even);
        var right = MemoryMarshal.Cast<int, Vector256<int>>(even[1..]);
        int vectors = 0;
        for (int i = 0; i < highV.Length && i < left.Length && i < right.Length && 2 * i + 1 < pairs.Length; i++)
        {
            var a = left[i];
            var b = highV[i] + ((a + right[i]) >> 1);
            (pairs[2 * i], pairs[2 * i + 1]) = Mix.Both(a, b);
            vectors = i + 1;
        }
        for (int k = vectors * Vector256<int>.Count; k < low.Length; k++)
        {
            output[2 * k + parity] = even[k];
            int h = k + parity;
            if (h < high.Length) output[2 * k + 1 + parity] = high[h] + ((even[k] + even[Math.Min(k + 1, low.Length - 1)]) >> 1);
        }
    }
}
