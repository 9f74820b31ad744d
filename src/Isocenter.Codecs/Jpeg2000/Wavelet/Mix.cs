using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Interleaving of vectors, which the portable API has only as a shuffle.</summary>
internal static class Mix
{
    /// <summary>a0 b0 a1 b1</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Low(Vector128<int> a, Vector128<int> b)
    {
        if (Sse2.IsSupported) return Sse2.UnpackLow(a, b);
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.ZipLow(a, b);
        return Vector128.Create(a[0], b[0], a[1], b[1]);
    }

    /// <summary>a2 b2 a3 b3</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> High(Vector128<int> a, Vector128<int> b)
    {
        if (Sse2.IsSupported) return Sse2.UnpackHigh(a, b);
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.ZipHigh(a, b);
        return Vector128.Create(a[2], b[2], a[3], b[3]);
    }

    /// <summary>a0 b0 a1 b1 … of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<int> First, Vector256<int> Second) Both(Vector256<int> a, Vector256<int> b)
    {
        if (Avx2.IsSupported)
        {
            var low = Avx2.UnpackLow(a, b);
            var high = Avx2.UnpackHigh(a, b);
            return (Avx2.Permute2x128(low, high, 0x20), Avx2.Permute2x128(low, high, 0x31));
        }
        return (Vector256.Create(Low(a.GetLower(), b.GetLower()), High(a.GetLower(), b.GetLower())),
            Vector256.Create(Low(a.GetUpper(), b.GetUpper()), High(a.GetUpper(), b.GetUpper())));
    }

    /// <summary>a0 b0 a1 b1 … of two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> First, Vector256<float> Second) Both(Vector256<float> a, Vector256<float> b)
    {
        var (first, second) = Both(a.AsInt32(), b.AsInt32());
        return (first.AsSingle(), second.AsSingle());
    }
}
