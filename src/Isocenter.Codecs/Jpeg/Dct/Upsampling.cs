using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Brings a row of a subsampled component to the width of the image.</summary>
/// <remarks>T.81 §A.1 leaves the filter open. Factors of two get the triangle filter of libjpeg ("fancy upsampling"), which
/// takes three parts of the nearer sample and one of the further, with its rounding; all others repeat samples.</remarks>
internal static class Upsampling
{
    /// <summary>Twice as wide.</summary>
    public static void TwiceAcross<T>(ReadOnlySpan<T> source, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int last = source.Length - 1;
        target[0] = source[0];
        target[1] = T.CreateTruncating((3 * Int(source[0]) + Int(source[1]) + 2) >> 2);
        int i = 1;
        if (typeof(T) == typeof(byte) && Vector128.IsHardwareAccelerated)
            i = TwiceAcross(MemoryMarshal.AsBytes(source), MemoryMarshal.AsBytes(target));
        for (; i < last; i++)
        {
            int three = 3 * Int(source[i]);
            target[2 * i] = T.CreateTruncating((three + Int(source[i - 1]) + 1) >> 2);
            target[2 * i + 1] = T.CreateTruncating((three + Int(source[i + 1]) + 2) >> 2);
        }
        target[2 * last] = T.CreateTruncating((3 * Int(source[last]) + Int(source[last - 1]) + 1) >> 2);
        target[2 * last + 1] = source[last];
    }

    /// <summary>Twice as high: a row between <paramref name="near"/> and <paramref name="far"/>.</summary>
    public static void TwiceDown<T>(ReadOnlySpan<T> near, ReadOnlySpan<T> far, Span<T> target, bool isUpper)
        where T : unmanaged, IBinaryInteger<T>
    {
        int bias = isUpper ? 1 : 2;
        for (int i = 0; i < near.Length; i++)
            target[i] = T.CreateTruncating((3 * Int(near[i]) + Int(far[i]) + bias) >> 2);
    }

    /// <summary>Twice as wide and as high. The sums of <paramref name="work"/> are as many as source samples.</summary>
    public static void TwiceBoth<T>(ReadOnlySpan<T> near, ReadOnlySpan<T> far, Span<T> target, Span<ushort> work)
        where T : unmanaged, IBinaryInteger<T>
    {
        int last = near.Length - 1, i = 0;
        far = far[..near.Length];
        if (typeof(T) == typeof(byte) && Vector128.IsHardwareAccelerated)
            i = Sums(MemoryMarshal.AsBytes(near), MemoryMarshal.AsBytes(far), work);
        for (; i <= last; i++) work[i] = (ushort)(3 * Int(near[i]) + Int(far[i]));

        target[0] = T.CreateTruncating((4 * work[0] + 8) >> 4);
        target[1] = T.CreateTruncating((3 * work[0] + work[1] + 7) >> 4);
        i = 1;
        if (typeof(T) == typeof(byte) && Vector128.IsHardwareAccelerated)
            i = TwiceAcrossSums(work[..near.Length], MemoryMarshal.AsBytes(target));
        for (; i < last; i++)
        {
            target[2 * i] = T.CreateTruncating((3 * work[i] + work[i - 1] + 8) >> 4);
            target[2 * i + 1] = T.CreateTruncating((3 * work[i] + work[i + 1] + 7) >> 4);
        }
        target[2 * last] = T.CreateTruncating((3 * work[last] + work[last - 1] + 8) >> 4);
        target[2 * last + 1] = T.CreateTruncating((4 * work[last] + 7) >> 4);
    }

    /// <summary>Sample x of the image is sample x × numerator / denominator of the row.</summary>
    public static void Repeat<T>(ReadOnlySpan<T> source, Span<T> target, int numerator, int denominator)
    {
        for (int x = 0; x < target.Length; x++) target[x] = source[(int)((long)x * numerator / denominator)];
    }

    private static int Int<T>(T value)
        where T : IBinaryInteger<T> => int.CreateTruncating(value);

    /// <summary>From sample 1 on as many as fit; the even and the odd sample in one word, as they lie in memory.</summary>
    private static int TwiceAcross(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int i = 1;
        var one = Vector128.Create((ushort)1);
        var two = Vector128.Create((ushort)2);
        for (; i <= source.Length - 17; i += 16)
        {
            var (before0, before1) = Vector128.Widen(Vector128.Create(source[(i - 1)..]));
            var (here0, here1) = Vector128.Widen(Vector128.Create(source[i..]));
            var (after0, after1) = Vector128.Widen(Vector128.Create(source[(i + 1)..]));
            here0 += here0 + here0;
            here1 += here1 + here1;
            Pair((here0 + before0 + one) >> 2, (here0 + after0 + two) >> 2).CopyTo(target[(2 * i)..]);
            Pair((here1 + before1 + one) >> 2, (here1 + after1 + two) >> 2).CopyTo(target[(2 * i + 16)..]);
        }
        return i;
    }

    private static int TwiceAcrossSums(ReadOnlySpan<ushort> source, Span<byte> target)
    {
        int i = 1;
        var seven = Vector128.Create((ushort)7);
        var eight = Vector128.Create((ushort)8);
        for (; i <= source.Length - 9; i += 8)
        {
            var here = Vector128.Create(source[i..]);
            here += here + here;
            var before = (here + Vector128.Create(source[(i - 1)..]) + eight) >> 4;
            var after = (here + Vector128.Create(source[(i + 1)..]) + seven) >> 4;
            Pair(before, after).CopyTo(target[(2 * i)..]);
        }
        return i;
    }

    private static int Sums(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, Span<ushort> work)
    {
        int i = 0;
        for (; i <= near.Length - 16; i += 16)
        {
            var (near0, near1) = Vector128.Widen(Vector128.Create(near[i..]));
            var (far0, far1) = Vector128.Widen(Vector128.Create(far[i..]));
            (near0 + near0 + near0 + far0).CopyTo(work[i..]);
            (near1 + near1 + near1 + far1).CopyTo(work[(i + 8)..]);
        }
        return i;
    }

    private static Vector128<byte> Pair(Vector128<ushort> even, Vector128<ushort> odd) => (even | odd << 8).AsByte();
}
