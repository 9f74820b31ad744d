using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Averages samples of a component that is subsampled, with the rounding of libjpeg: down and up in turn, so that
/// the mean stays.</summary>
internal static class Downsampling
{
    /// <summary>Half as wide: pairs of <paramref name="source"/>.</summary>
    public static void Across<T>(ReadOnlySpan<T> source, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int x = 0;
        if (typeof(T) == typeof(byte) && Vector128.IsHardwareAccelerated)
        {
            var bytes = MemoryMarshal.AsBytes(source);
            var half = MemoryMarshal.AsBytes(target);
            var bias = Vector128.Create(0x0001_0000).AsUInt16();
            for (; x <= target.Length - 16; x += 16)
            {
                var low = (SumPairs(Vector128.Create(bytes[(2 * x)..])) + bias) >> 1;
                var high = (SumPairs(Vector128.Create(bytes[(2 * x + 16)..])) + bias) >> 1;
                Vector128.Narrow(low, high).CopyTo(half[x..]);
            }
        }
        for (; x < target.Length; x++)
            target[x] = T.CreateTruncating((Int(source[2 * x]) + Int(source[2 * x + 1]) + (x & 1)) >> 1);
    }

    /// <summary>Half as high.</summary>
    public static void Down<T>(ReadOnlySpan<T> upper, ReadOnlySpan<T> lower, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int x = 0; x < target.Length; x++)
            target[x] = T.CreateTruncating((Int(upper[x]) + Int(lower[x]) + 1) >> 1);
    }

    /// <summary>Half as wide and as high.</summary>
    public static void Both<T>(ReadOnlySpan<T> upper, ReadOnlySpan<T> lower, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int x = 0;
        if (typeof(T) == typeof(byte) && Vector128.IsHardwareAccelerated)
        {
            var above = MemoryMarshal.AsBytes(upper);
            var below = MemoryMarshal.AsBytes(lower);
            var half = MemoryMarshal.AsBytes(target);
            var bias = Vector128.Create(0x0002_0001).AsUInt16();
            for (; x <= target.Length - 16; x += 16)
            {
                var low = SumPairs(Vector128.Create(above[(2 * x)..])) + SumPairs(Vector128.Create(below[(2 * x)..]));
                var high = SumPairs(Vector128.Create(above[(2 * x + 16)..])) + SumPairs(Vector128.Create(below[(2 * x + 16)..]));
                Vector128.Narrow((low + bias) >> 2, (high + bias) >> 2).CopyTo(half[x..]);
            }
        }
        for (; x < target.Length; x++)
        {
            int sum = Int(upper[2 * x]) + Int(upper[2 * x + 1]) + Int(lower[2 * x]) + Int(lower[2 * x + 1]);
            target[x] = T.CreateTruncating((sum + 1 + (x & 1)) >> 2);
        }
    }

    private static int Int<T>(T value)
        where T : IBinaryInteger<T> => int.CreateTruncating(value);

    /// <summary>Sums of neighbours, in words.</summary>
    private static Vector128<ushort> SumPairs(Vector128<byte> bytes)
    {
        var words = bytes.AsUInt16();
        return (words & Vector128.Create((ushort)0xFF)) + (words >> 8);
    }
}
