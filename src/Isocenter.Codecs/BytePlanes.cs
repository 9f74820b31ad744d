using System.Runtime.Intrinsics;

namespace Isocenter.Codecs;

/// <summary>Puts bytes that lie plane by plane between each other, and takes them apart again: the bytes of wider samples,
/// the samples of colours.</summary>
internal static class BytePlanes
{
    /// <summary>low0 high0 low1 high1 …</summary>
    /// <param name="low">The bytes at even places.</param>
    /// <param name="high">As many, at odd places.</param>
    /// <param name="destination">Twice as many.</param>
    public static void Interleave(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, Span<byte> destination)
    {
        high = high[..low.Length];
        destination = destination[..(2 * low.Length)];
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= low.Length - 32; i += 32)
            {
                var (lower, upper) = Vector256.Widen(Vector256.Create(low[i..]));
                var (lowerHigh, upperHigh) = Vector256.Widen(Vector256.Create(high[i..]));
                (lower | lowerHigh << 8).AsByte().CopyTo(destination[(2 * i)..]);
                (upper | upperHigh << 8).AsByte().CopyTo(destination[(2 * i + 32)..]);
            }
        }
        for (; i < low.Length; i++)
        {
            destination[2 * i] = low[i];
            destination[2 * i + 1] = high[i];
        }
    }

    /// <summary>a0 b0 c0 a1 b1 c1 …</summary>
    public static void Interleave(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, Span<byte> destination)
    {
        b = b[..a.Length];
        c = c[..a.Length];
        destination = destination[..(3 * a.Length)];
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            // 255 picks nothing: a zero.
            for (; i <= a.Length - 16; i += 16)
            {
                var va = Vector128.Create(a[i..]);
                var vb = Vector128.Create(b[i..]);
                var vc = Vector128.Create(c[i..]);
                var to = destination.Slice(3 * i, 48);
                (Vector128.Shuffle(va, Vector128.Create((byte)0, 255, 255, 1, 255, 255, 2, 255, 255, 3, 255, 255, 4, 255, 255, 5))
                    | Vector128.Shuffle(vb, Vector128.Create((byte)255, 0, 255, 255, 1, 255, 255, 2, 255, 255, 3, 255, 255, 4, 255, 255))
                    | Vector128.Shuffle(vc, Vector128.Create((byte)255, 255, 0, 255, 255, 1, 255, 255, 2, 255, 255, 3, 255, 255, 4, 255))).CopyTo(to);
                (Vector128.Shuffle(va, Vector128.Create((byte)255, 255, 6, 255, 255, 7, 255, 255, 8, 255, 255, 9, 255, 255, 10, 255))
                    | Vector128.Shuffle(vb, Vector128.Create((byte)5, 255, 255, 6, 255, 255, 7, 255, 255, 8, 255, 255, 9, 255, 255, 10))
                    | Vector128.Shuffle(vc, Vector128.Create((byte)255, 5, 255, 255, 6, 255, 255, 7, 255, 255, 8, 255, 255, 9, 255, 255))).CopyTo(to[16..]);
                (Vector128.Shuffle(va, Vector128.Create((byte)255, 11, 255, 255, 12, 255, 255, 13, 255, 255, 14, 255, 255, 15, 255, 255))
                    | Vector128.Shuffle(vb, Vector128.Create((byte)255, 255, 11, 255, 255, 12, 255, 255, 13, 255, 255, 14, 255, 255, 15, 255))
                    | Vector128.Shuffle(vc, Vector128.Create((byte)10, 255, 255, 11, 255, 255, 12, 255, 255, 13, 255, 255, 14, 255, 255, 15))).CopyTo(to[32..]);
            }
        }
        for (; i < a.Length; i++)
        {
            destination[3 * i] = a[i];
            destination[3 * i + 1] = b[i];
            destination[3 * i + 2] = c[i];
        }
    }

    /// <summary>Takes words of two bytes apart.</summary>
    /// <param name="source">Words, least significant byte first.</param>
    /// <param name="high">Take the most significant bytes, not the least.</param>
    /// <param name="destination">Half as many bytes as <paramref name="source"/>.</param>
    public static void TakeOfWords(ReadOnlySpan<byte> source, bool high, Span<byte> destination)
    {
        destination = destination[..(source.Length / 2)];
        int i = 0, shift = high ? 8 : 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= destination.Length - 32; i += 32)
            {
                var first = Vector256.Create(source[(2 * i)..]).AsUInt16() >> shift;
                var second = Vector256.Create(source[(2 * i + 32)..]).AsUInt16() >> shift;
                Vector256.Narrow(first, second).CopyTo(destination[i..]);
            }
        }
        int offset = high ? 1 : 0;
        for (; i < destination.Length; i++) destination[i] = source[2 * i + offset];
    }

    /// <summary>Takes one of three colours.</summary>
    /// <param name="source">a0 b0 c0 a1 b1 c1 …</param>
    /// <param name="which">0, 1 or 2.</param>
    /// <param name="destination">A third as many bytes as <paramref name="source"/>.</param>
    public static void TakeOfTriples(ReadOnlySpan<byte> source, int which, Span<byte> destination)
    {
        destination = destination[..(source.Length / 3)];
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; i <= destination.Length - 16; i += 16)
            {
                var from = source.Slice(3 * i, 48);
                var v0 = Vector128.Create(from);
                var v1 = Vector128.Create(from[16..]);
                var v2 = Vector128.Create(from[32..]);
                var taken = which switch
                {
                    0 => Vector128.Shuffle(v0, Vector128.Create((byte)0, 3, 6, 9, 12, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                        | Vector128.Shuffle(v1, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 2, 5, 8, 11, 14, 255, 255, 255, 255, 255))
                        | Vector128.Shuffle(v2, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 4, 7, 10, 13)),
                    1 => Vector128.Shuffle(v0, Vector128.Create((byte)1, 4, 7, 10, 13, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                        | Vector128.Shuffle(v1, Vector128.Create((byte)255, 255, 255, 255, 255, 0, 3, 6, 9, 12, 15, 255, 255, 255, 255, 255))
                        | Vector128.Shuffle(v2, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 5, 8, 11, 14)),
                    _ => Vector128.Shuffle(v0, Vector128.Create((byte)2, 5, 8, 11, 14, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                        | Vector128.Shuffle(v1, Vector128.Create((byte)255, 255, 255, 255, 255, 1, 4, 7, 10, 13, 255, 255, 255, 255, 255, 255))
                        | Vector128.Shuffle(v2, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 3, 6, 9, 12, 15)),
                };
                taken.CopyTo(destination[i..]);
            }
        }
        for (; i < destination.Length; i++) destination[i] = source[3 * i + which];
    }

    /// <summary>Writes bytes at equal distances.</summary>
    public static void Spread(ReadOnlySpan<byte> source, Span<byte> destination, int offset, int stride)
    {
        for (int i = 0, to = offset; i < source.Length; i++, to += stride) destination[to] = source[i];
    }

    /// <summary>Reads bytes at equal distances.</summary>
    public static void Take(ReadOnlySpan<byte> source, int offset, int stride, Span<byte> destination)
    {
        for (int i = 0, from = offset; i < destination.Length; i++, from += stride) destination[i] = source[from];
    }
}
