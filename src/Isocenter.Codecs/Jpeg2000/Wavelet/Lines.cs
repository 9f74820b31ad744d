using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One lifting step: what a sample becomes with the two beside it (ISO/IEC 15444-1 §F.3.8, §F.4.8).</summary>
internal interface ILiftingStep<T>
{
    Vector256<T> Apply(Vector256<T> x, Vector256<T> a, Vector256<T> b);

    T Apply(T x, T a, T b);
}

/// <summary>Lifting steps and (de)interleaving over whole lines, eight samples at a time.</summary>
internal static class Lines
{
    /// <summary>Changes the samples of one kind by those of the other on a line, low and high ones apart.</summary>
    /// <param name="x">The samples to change; x[k] lies between y[k − 1 + first] and y[k + first].</param>
    /// <param name="y">The others; where there is none, the nearest is taken, which is the symmetric extension.</param>
    /// <param name="first">1 when the line begins with one of <paramref name="y"/>, else 0.</param>
    /// <param name="step">What to do.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lift<T, TStep>(Span<T> x, ReadOnlySpan<T> y, int first, TStep step)
        where T : unmanaged
        where TStep : struct, ILiftingStep<T>
    {
        int from = 1 - first, to = Math.Min(x.Length, y.Length - first);   // where both neighbours exist
        if (from > 0 && x.Length > 0) x[0] = step.Apply(x[0], y[0], y[0]);
        if (to > from) Lift(x[from..to], y[(from - 1 + first)..], y[(from + first)..], step);
        for (int k = Math.Max(from, to); k < x.Length; k++) x[k] = step.Apply(x[k], y[^1], y[^1]);
    }

    /// <summary>Changes x[k] by a[k] and b[k].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lift<T, TStep>(Span<T> x, ReadOnlySpan<T> a, ReadOnlySpan<T> b, TStep step)
        where T : unmanaged
        where TStep : struct, ILiftingStep<T>
    {
        var vx = MemoryMarshal.Cast<T, Vector256<T>>(x);
        var va = MemoryMarshal.Cast<T, Vector256<T>>(a);
        var vb = MemoryMarshal.Cast<T, Vector256<T>>(b);
        for (int i = 0; i < vx.Length && i < va.Length && i < vb.Length; i++) vx[i] = step.Apply(vx[i], va[i], vb[i]);
        for (int i = vx.Length * Vector256<T>.Count; i < x.Length; i++) x[i] = step.Apply(x[i], a[i], b[i]);
    }

    /// <summary>Changes a row by the rows above and below it, the nearest of them at the edges.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LiftRow<T, TStep>(Plane<T> plane, int y, TStep step)
        where T : unmanaged
        where TStep : struct, ILiftingStep<T>
    {
        if (y < 0 || y >= plane.Height) return;
        Lift(plane.Row(y), plane.Row(y > 0 ? y - 1 : 1), plane.Row(y + 1 < plane.Height ? y + 1 : y - 1), step);
    }

    /// <summary>even[0] odd[0] even[1] …</summary>
    public static void Interleave<T>(ReadOnlySpan<T> even, ReadOnlySpan<T> odd, Span<T> line) where T : unmanaged
    {
        var e = MemoryMarshal.Cast<T, Vector256<int>>(even);
        var o = MemoryMarshal.Cast<T, Vector256<int>>(odd);
        var pairs = MemoryMarshal.Cast<T, Vector256<int>>(line);
        int vectors = 0;
        for (int i = 0; i < e.Length && i < o.Length && 2 * i + 1 < pairs.Length; i++)
        {
            (pairs[2 * i], pairs[2 * i + 1]) = Interleave(e[i], o[i]);
            vectors = i + 1;
        }
        for (int i = vectors * Vector256<int>.Count; i < even.Length; i++)
        {
            line[2 * i] = even[i];
            if (i < odd.Length) line[2 * i + 1] = odd[i];
        }
    }

    /// <summary>The samples at even and at odd places.</summary>
    public static void Split<T>(ReadOnlySpan<T> line, Span<T> even, Span<T> odd) where T : unmanaged
    {
        var pairs = MemoryMarshal.Cast<T, Vector256<int>>(line);
        var e = MemoryMarshal.Cast<T, Vector256<int>>(even);
        var o = MemoryMarshal.Cast<T, Vector256<int>>(odd);
        int vectors = 0;
        for (int i = 0; i < e.Length && i < o.Length && 2 * i + 1 < pairs.Length; i++)
        {
            (e[i], o[i]) = Split(pairs[2 * i], pairs[2 * i + 1]);
            vectors = i + 1;
        }
        for (int i = vectors * Vector256<int>.Count; i < even.Length; i++)
        {
            even[i] = line[2 * i];
            if (i < odd.Length) odd[i] = line[2 * i + 1];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> First, Vector256<int> Second) Interleave(Vector256<int> a, Vector256<int> b)
    {
        var low = Mix.UnpackLow(a, b);
        var high = Mix.UnpackHigh(a, b);
        return (Mix.LowerHalves(low, high), Mix.UpperHalves(low, high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Even, Vector256<int> Odd) Split(Vector256<int> a, Vector256<int> b)
    {
        var order = Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7);
        var (x, y) = (Vector256.Shuffle(a, order), Vector256.Shuffle(b, order));
        return (Mix.LowerHalves(x, y), Mix.UpperHalves(x, y));
    }
}
