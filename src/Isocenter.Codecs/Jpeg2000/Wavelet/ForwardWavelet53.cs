using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The forward reversible 5-3 transform (ISO/IEC 15444-1 §F.4), one level of a plane that begins at an even column
/// and row.</summary>
internal static class ForwardWavelet53
{
    /// <summary>2D_SD (§F.4.2).</summary>
    /// <param name="source">The samples; they are used up.</param>
    /// <param name="ll">Receives what is low in both directions.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    internal static void Analyze(Plane<int> source, Plane<int> ll, Plane<int> hl, Plane<int> lh, Plane<int> hh)
    {
        int height = source.Height;
        var scratch = new int[source.Width + 64];
        for (int y = 0; y < height; y += 2)
        {
            // The odd row between this even one and the next; then this one.
            if (y + 1 < height) High(source.Row(y + 1), source.Row(y), source.Row(y + 2 < height ? y + 2 : y));
            if (height > 1)
            {
                int above = y > 0 ? y - 1 : y + 1, below = y + 1 < height ? y + 1 : y - 1;
                Low(source.Row(y), source.Row(above), source.Row(below));
            }

            Horizontal(source.Row(y), ll.Row(y / 2), hl.Row(y / 2), scratch);
            if (y + 1 < height) Horizontal(source.Row(y + 1), lh.Row(y / 2), hh.Row(y / 2), scratch);
        }
    }

    // x -= (a + b) >> 1
    private static void High(Span<int> row, ReadOnlySpan<int> above, ReadOnlySpan<int> below)
    {
        var x = MemoryMarshal.Cast<int, Vector256<int>>(row);
        var a = MemoryMarshal.Cast<int, Vector256<int>>(above);
        var b = MemoryMarshal.Cast<int, Vector256<int>>(below);
        for (int i = 0; i < x.Length && i < a.Length && i < b.Length; i++) x[i] -= (a[i] + b[i]) >> 1;
        for (int i = x.Length * Vector256<int>.Count; i < row.Length; i++) row[i] -= (above[i] + below[i]) >> 1;
    }

    // x += (a + b + 2) >> 2
    private static void Low(Span<int> row, ReadOnlySpan<int> above, ReadOnlySpan<int> below)
    {
        var x = MemoryMarshal.Cast<int, Vector256<int>>(row);
        var a = MemoryMarshal.Cast<int, Vector256<int>>(above);
        var b = MemoryMarshal.Cast<int, Vector256<int>>(below);
        var two = Vector256.Create(2);
        for (int i = 0; i < x.Length && i < a.Length && i < b.Length; i++) x[i] += (a[i] + b[i] + two) >> 2;
        for (int i = x.Length * Vector256<int>.Count; i < row.Length; i++) row[i] += (above[i] + below[i] + 2) >> 2;
    }

    private static void Horizontal(ReadOnlySpan<int> row, Span<int> low, Span<int> high, int[] scratch)
    {
        if (row.Length == 1)
        {
            low[0] = row[0];
            return;
        }

        // Even samples and one more behind; high ones with one before and one behind.
        var even = scratch.AsSpan(0, low.Length + 1);
        var odd = scratch.AsSpan(low.Length + 1, high.Length + 2);
        Split(row, even, odd[1..]);
        even[^1] = even[^2];
        High(odd.Slice(1, high.Length), even, even[1..]);
        odd[0] = odd[1];
        odd[^1] = odd[^2];
        Low(even[..low.Length], odd, odd[1..]);
        even[..low.Length].CopyTo(low);
        odd.Slice(1, high.Length).CopyTo(high);
    }

    /// <summary>Even samples here, odd ones there.</summary>
    internal static void Split(ReadOnlySpan<int> row, Span<int> even, Span<int> odd)
    {
        var pairs = MemoryMarshal.Cast<int, Vector256<ulong>>(row);
        var evens = MemoryMarshal.Cast<int, Vector256<uint>>(even);
        var odds = MemoryMarshal.Cast<int, Vector256<uint>>(odd);
        int done = 0;
        for (int i = 0; 2 * i + 1 < pairs.Length && i < evens.Length && i < odds.Length; i++)
        {
            var (a, b) = (pairs[2 * i], pairs[2 * i + 1]);
            evens[i] = Vector256.Narrow(a, b);
            odds[i] = Vector256.Narrow(a >>> 32, b >>> 32);
            done = i + 1;
        }

        for (int i = done * Vector256<int>.Count; 2 * i < row.Length; i++)
        {
            even[i] = row[2 * i];
            if (2 * i + 1 < row.Length) odd[i] = row[2 * i + 1];
        }
    }
}
