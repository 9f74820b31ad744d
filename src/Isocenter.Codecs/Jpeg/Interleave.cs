using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg;

/// <summary>Between samples by plane and samples by pixel.</summary>
internal static class Interleave
{
    // An index above 15 gives zero.
    private const byte N = 255;

    /// <summary>Three rows become one of pixels, which gives the length.</summary>
    public static void Three(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<byte> target)
    {
        int count = target.Length / 3, i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; i <= count - 16; i += 16)
            {
                Three(Vector128.Create(first[i..]), Vector128.Create(second[i..]), Vector128.Create(third[i..]), target.Slice(3 * i, 48));
            }
        }
        for (; i < count; i++)
        {
            target[3 * i] = first[i];
            target[3 * i + 1] = second[i];
            target[3 * i + 2] = third[i];
        }
    }

    /// <summary>Three vectors become sixteen pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Three(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Span<byte> to)
    {
        (Vector128.Shuffle(a, Vector128.Create((byte)0, N, N, 1, N, N, 2, N, N, 3, N, N, 4, N, N, 5))
            | Vector128.Shuffle(b, Vector128.Create((byte)N, 0, N, N, 1, N, N, 2, N, N, 3, N, N, 4, N, N))
            | Vector128.Shuffle(c, Vector128.Create((byte)N, N, 0, N, N, 1, N, N, 2, N, N, 3, N, N, 4, N))).CopyTo(to);
        (Vector128.Shuffle(a, Vector128.Create((byte)N, N, 6, N, N, 7, N, N, 8, N, N, 9, N, N, 10, N))
            | Vector128.Shuffle(b, Vector128.Create((byte)5, N, N, 6, N, N, 7, N, N, 8, N, N, 9, N, N, 10))
            | Vector128.Shuffle(c, Vector128.Create((byte)N, 5, N, N, 6, N, N, 7, N, N, 8, N, N, 9, N, N))).CopyTo(to[16..]);
        (Vector128.Shuffle(a, Vector128.Create((byte)N, 11, N, N, 12, N, N, 13, N, N, 14, N, N, 15, N, N))
            | Vector128.Shuffle(b, Vector128.Create((byte)N, N, 11, N, N, 12, N, N, 13, N, N, 14, N, N, 15, N))
            | Vector128.Shuffle(c, Vector128.Create((byte)10, N, N, 11, N, N, 12, N, N, 13, N, N, 14, N, N, 15))).CopyTo(to[32..]);
    }

    /// <summary>A row of pixels becomes three rows, as far as whole vectors go.</summary>
    /// <returns>How many pixels that were.</returns>
    public static int SplitThree(ReadOnlySpan<byte> pixels, Span<byte> first, Span<byte> second, Span<byte> third)
    {
        int count = pixels.Length / 3, i = 0;
        if (!Vector128.IsHardwareAccelerated) return 0;
        for (; i <= count - 16; i += 16)
        {
            var (a, b, c) = SplitThree(pixels.Slice(3 * i, 48));
            a.CopyTo(first[i..]);
            b.CopyTo(second[i..]);
            c.CopyTo(third[i..]);
        }
        return i;
    }

    /// <summary>Sixteen pixels become three vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<byte> First, Vector128<byte> Second, Vector128<byte> Third) SplitThree(ReadOnlySpan<byte> pixels)
    {
        var a = Vector128.Create(pixels);
        var b = Vector128.Create(pixels[16..]);
        var c = Vector128.Create(pixels[32..]);
        return (
            Vector128.Shuffle(a, Vector128.Create((byte)0, 3, 6, 9, 12, 15, N, N, N, N, N, N, N, N, N, N))
                | Vector128.Shuffle(b, Vector128.Create((byte)N, N, N, N, N, N, 2, 5, 8, 11, 14, N, N, N, N, N))
                | Vector128.Shuffle(c, Vector128.Create((byte)N, N, N, N, N, N, N, N, N, N, N, 1, 4, 7, 10, 13)),
            Vector128.Shuffle(a, Vector128.Create((byte)1, 4, 7, 10, 13, N, N, N, N, N, N, N, N, N, N, N))
                | Vector128.Shuffle(b, Vector128.Create((byte)N, N, N, N, N, 0, 3, 6, 9, 12, 15, N, N, N, N, N))
                | Vector128.Shuffle(c, Vector128.Create((byte)N, N, N, N, N, N, N, N, N, N, N, 2, 5, 8, 11, 14)),
            Vector128.Shuffle(a, Vector128.Create((byte)2, 5, 8, 11, 14, N, N, N, N, N, N, N, N, N, N, N))
                | Vector128.Shuffle(b, Vector128.Create((byte)N, N, N, N, N, 1, 4, 7, 10, 13, N, N, N, N, N, N))
                | Vector128.Shuffle(c, Vector128.Create((byte)N, N, N, N, N, N, N, N, N, N, 0, 3, 6, 9, 12, 15)));
    }
}
