using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The transforms between components: RCT and ICT of part 1 (ISO/IEC 15444-1 Annex G).</summary>
internal static class ComponentTransform
{
    /// <summary>Takes back what the encoder did to the components of a tile.</summary>
    /// <returns>False when the first three components are not alike; they are left as they are.</returns>
    public static bool TryInvert(Tile tile, ComponentSynthesis[] components)
    {
        if (!tile.Parameters.HasComponentTransform) return true;
        if (components.Length < 3) return true;   // encoders set the flag for grey images, too
        switch (components[0], components[1], components[2])
        {
            case (IntSynthesis a, IntSynthesis b, IntSynthesis c) when Alike(a.Result, b.Result, c.Result):
                InvertReversible(a.Result.Samples, b.Result.Samples, c.Result.Samples);
                return true;
            case (FloatSynthesis a, FloatSynthesis b, FloatSynthesis c) when Alike(a.Result, b.Result, c.Result):
                InvertIrreversible(a.Result.Samples, b.Result.Samples, c.Result.Samples);
                return true;
            case (LongSynthesis a, LongSynthesis b, LongSynthesis c) when Alike(a.Result, b.Result, c.Result):
                InvertReversible(a.Result.Samples, b.Result.Samples, c.Result.Samples);
                return true;
            case (DoubleSynthesis a, DoubleSynthesis b, DoubleSynthesis c) when Alike(a.Result, b.Result, c.Result):
                InvertIrreversible(a.Result.Samples, b.Result.Samples, c.Result.Samples);
                return true;
            default:
                return false;
        }
    }

    private static bool Alike<T>(Plane<T> a, Plane<T> b, Plane<T> c) where T : unmanaged =>
        a.Width == b.Width && a.Height == b.Height && a.Width == c.Width && a.Height == c.Height;

    /// <summary>RCT (§G.2.2): Y, Cb, Cr in place to R, G, B.</summary>
    internal static void InvertReversible(Span<int> y, Span<int> cb, Span<int> cr)
    {
        var v0 = MemoryMarshal.Cast<int, Vector256<int>>(y);
        var v1 = MemoryMarshal.Cast<int, Vector256<int>>(cb);
        var v2 = MemoryMarshal.Cast<int, Vector256<int>>(cr);
        for (int i = 0; i < v0.Length && i < v1.Length && i < v2.Length; i++)
        {
            var green = v0[i] - ((v1[i] + v2[i]) >> 2);
            v0[i] = v2[i] + green;
            v2[i] = v1[i] + green;
            v1[i] = green;
        }
        for (int i = v0.Length * Vector256<int>.Count; i < y.Length; i++)
        {
            int green = y[i] - ((cb[i] + cr[i]) >> 2);
            (y[i], cb[i], cr[i]) = (cr[i] + green, green, cb[i] + green);
        }
    }

    /// <summary>ICT (§G.3.2): Y, Cb, Cr in place to R, G, B.</summary>
    internal static void InvertIrreversible(Span<float> y, Span<float> cb, Span<float> cr)
    {
        var v0 = MemoryMarshal.Cast<float, Vector256<float>>(y);
        var v1 = MemoryMarshal.Cast<float, Vector256<float>>(cb);
        var v2 = MemoryMarshal.Cast<float, Vector256<float>>(cr);
        for (int i = 0; i < v0.Length && i < v1.Length && i < v2.Length; i++)
        {
            var (luma, blue, red) = (v0[i], v1[i], v2[i]);
            v0[i] = luma + red * 1.402f;
            v1[i] = luma - blue * 0.344136f - red * 0.714136f;
            v2[i] = luma + blue * 1.772f;
        }
        for (int i = v0.Length * Vector256<float>.Count; i < y.Length; i++)
        {
            var (luma, blue, red) = (y[i], cb[i], cr[i]);
            (y[i], cb[i], cr[i]) = (luma + red * 1.402f, luma - blue * 0.344136f - red * 0.714136f, luma + blue * 1.772f);
        }
    }

    private static void InvertReversible(Span<long> y, Span<long> cb, Span<long> cr)
    {
        for (int i = 0; i < y.Length; i++)
        {
            long green = y[i] - ((cb[i] + cr[i]) >> 2);
            (y[i], cb[i], cr[i]) = (cr[i] + green, green, cb[i] + green);
        }
    }

    private static void InvertIrreversible(Span<double> y, Span<double> cb, Span<double> cr)
    {
        for (int i = 0; i < y.Length; i++)
        {
            var (luma, blue, red) = (y[i], cb[i], cr[i]);
            (y[i], cb[i], cr[i]) = (luma + red * 1.402, luma - blue * 0.344136 - red * 0.714136, luma + blue * 1.772);
        }
    }

    /// <summary>RCT (§G.2.1): R, G, B in place to Y, Cb, Cr.</summary>
    internal static void Reversible(Span<int> red, Span<int> green, Span<int> blue)
    {
        var v0 = MemoryMarshal.Cast<int, Vector256<int>>(red);
        var v1 = MemoryMarshal.Cast<int, Vector256<int>>(green);
        var v2 = MemoryMarshal.Cast<int, Vector256<int>>(blue);
        for (int i = 0; i < v0.Length && i < v1.Length && i < v2.Length; i++)
        {
            var (r, g, b) = (v0[i], v1[i], v2[i]);
            v0[i] = (r + g + g + b) >> 2;
            v1[i] = b - g;
            v2[i] = r - g;
        }
        for (int i = v0.Length * Vector256<int>.Count; i < red.Length && i < green.Length && i < blue.Length; i++)
        {
            var (r, g, b) = (red[i], green[i], blue[i]);
            red[i] = (r + 2 * g + b) >> 2;
            green[i] = b - g;
            blue[i] = r - g;
        }
    }

    /// <summary>ICT (§G.3.1): R, G, B in place to Y, Cb, Cr.</summary>
    internal static void Irreversible(Span<float> red, Span<float> green, Span<float> blue)
    {
        var v0 = MemoryMarshal.Cast<float, Vector256<float>>(red);
        var v1 = MemoryMarshal.Cast<float, Vector256<float>>(green);
        var v2 = MemoryMarshal.Cast<float, Vector256<float>>(blue);
        for (int i = 0; i < v0.Length && i < v1.Length && i < v2.Length; i++)
        {
            var (r, g, b) = (v0[i], v1[i], v2[i]);
            v0[i] = r * 0.299f + g * 0.587f + b * 0.114f;
            v1[i] = r * -0.168736f - g * 0.331264f + b * 0.5f;
            v2[i] = r * 0.5f - g * 0.418688f - b * 0.081312f;
        }
        for (int i = v0.Length * Vector256<float>.Count; i < red.Length && i < green.Length && i < blue.Length; i++)
        {
            var (r, g, b) = (red[i], green[i], blue[i]);
            red[i] = 0.299f * r + 0.587f * g + 0.114f * b;
            green[i] = -0.168736f * r - 0.331264f * g + 0.5f * b;
            blue[i] = 0.5f * r - 0.418688f * g - 0.081312f * b;
        }
    }

    /// <summary>How much an error of one of the transformed components counts in the three together: the L2 norm of a column
    /// of the inverse transform.</summary>
    internal static double Norm(bool isReversible, int component) => (isReversible, component) switch
    {
        (_, 0) => Math.Sqrt(3),
        (true, _) => Math.Sqrt(0.25 * 0.25 * 2 + 0.75 * 0.75),
        (false, 1) => Math.Sqrt(0.344136 * 0.344136 + 1.772 * 1.772),
        _ => Math.Sqrt(1.402 * 1.402 + 0.714136 * 0.714136),
    };
}
