using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Where the coefficients of a sub-band go: dequantized (ISO/IEC 15444-1 §E.1), in a plane of the kind its
/// transform works on.</summary>
internal abstract class BandTarget(Rect area)
{
    /// <summary>In coordinates of the sub-band.</summary>
    protected Rect Area { get; } = area;

    /// <summary>32 bits suffice.</summary>
    public abstract bool IsNarrow { get; }

    /// <summary>Puts the coefficients of one block.</summary>
    /// <param name="coefficients">Sign and magnitude with one binary place, by rows.</param>
    /// <param name="block">Where, in coordinates of the sub-band.</param>
    public abstract void Put(ReadOnlySpan<int> coefficients, Rect block);

    /// <summary>Puts the coefficients of one block with more bit planes.</summary>
    public abstract void Put(ReadOnlySpan<long> coefficients, Rect block);

    /// <summary>Puts the coefficients of one block.</summary>
    /// <param name="coefficients">Two's complement, of half units, by rows.</param>
    /// <param name="block">Where, in coordinates of the sub-band.</param>
    public abstract void PutHalves(ReadOnlySpan<int> coefficients, Rect block);

    /// <summary>Where a block decoder may write whole units in two's complement itself; empty where it may not.</summary>
    /// <param name="block">Where, in coordinates of the sub-band.</param>
    /// <param name="stride">From one row to the next.</param>
    public virtual Span<int> InPlace(Rect block, out int stride)
    {
        stride = 0;
        return default;
    }
}

/// <summary>A sub-band of the reversible transform.</summary>
internal sealed class IntBand(Plane<int> plane) : BandTarget(plane.Area)
{
    public override bool IsNarrow => true;

    public override void Put(ReadOnlySpan<int> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        for (int i = 0; i < coefficients.Length; i += width, y++)
        {
            var from = coefficients.Slice(i, width);
            var to = plane.Row(y).Slice(x, width);
            for (int k = 0; k < from.Length && k < to.Length; k++)
            {
                int c = from[k], sign = c >> 31;
                to[k] = ((c & int.MaxValue) >> 1 ^ sign) - sign;
            }
        }
    }

    public override void Put(ReadOnlySpan<long> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        for (int i = 0; i < coefficients.Length; i++)
        {
            int magnitude = (int)Math.Min((coefficients[i] & long.MaxValue) >> 1, int.MaxValue);
            plane.Row(y + i / width)[x + i % width] = coefficients[i] < 0 ? -magnitude : magnitude;
        }
    }

    public override void PutHalves(ReadOnlySpan<int> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        for (int i = 0; i < coefficients.Length; i++) plane.Row(y + i / width)[x + i % width] = coefficients[i] / 2;
    }

    public override Span<int> InPlace(Rect block, out int stride)
    {
        stride = plane.Width;
        return plane.Samples[((int)(block.Y0 - Area.Y0) * stride + (int)(block.X0 - Area.X0))..];
    }
}

/// <summary>A sub-band of the irreversible transform.</summary>
/// <param name="plane">Receives the coefficients.</param>
/// <param name="step">Δ_b times what the transform wants of its input.</param>
internal sealed class FloatBand(Plane<float> plane, float step) : BandTarget(plane.Area)
{
    private readonly float _half = step / 2;   // of a magnitude with one binary place

    public override bool IsNarrow => true;

    public override void Put(ReadOnlySpan<int> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        for (int i = 0; i < coefficients.Length; i += width, y++)
        {
            var from = coefficients.Slice(i, width);
            var to = plane.Row(y).Slice(x, width);
            for (int k = 0; k < from.Length && k < to.Length; k++)
            {
                int c = from[k], sign = c >> 31;
                to[k] = (((c & int.MaxValue) ^ sign) - sign) * _half;
            }
        }
    }

    public override void Put(ReadOnlySpan<long> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        for (int i = 0; i < coefficients.Length; i++)
        {
            float magnitude = (coefficients[i] & long.MaxValue) * _half;
            plane.Row(y + i / width)[x + i % width] = coefficients[i] < 0 ? -magnitude : magnitude;
        }
    }

    public override void PutHalves(ReadOnlySpan<int> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        var half = Vector256.Create(_half);
        for (int i = 0; i < coefficients.Length; i += width, y++)
        {
            var from = coefficients.Slice(i, width);
            var to = plane.Row(y).Slice(x, width);
            var fromEights = MemoryMarshal.Cast<int, Vector256<int>>(from);
            var toEights = MemoryMarshal.Cast<float, Vector256<float>>(to);
            for (int k = 0; k < fromEights.Length && k < toEights.Length; k++)
                toEights[k] = Vector256.ConvertToSingle(fromEights[k]) * half;
            for (int k = fromEights.Length * Vector256<int>.Count; k < from.Length; k++) to[k] = from[k] * _half;
        }
    }
}

/// <summary>A sub-band of the reversible transform, of samples that do not fit 32 bits.</summary>
internal sealed class LongBand(Plane<long> plane) : BandTarget(plane.Area)
{
    public override bool IsNarrow => false;

    public override void Put(ReadOnlySpan<int> coefficients, Rect block) => throw new InvalidOperationException("wide coefficients are wanted");

    public override void Put(ReadOnlySpan<long> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        for (int i = 0; i < coefficients.Length; i++)
        {
            long magnitude = (coefficients[i] & long.MaxValue) >> 1;
            plane.Row(y + i / width)[x + i % width] = coefficients[i] < 0 ? -magnitude : magnitude;
        }
    }

    public override void PutHalves(ReadOnlySpan<int> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        for (int i = 0; i < coefficients.Length; i++) plane.Row(y + i / width)[x + i % width] = coefficients[i] / 2;
    }
}

/// <summary>A sub-band of the irreversible transform, of samples that single precision does not hold.</summary>
/// <param name="plane">Receives the coefficients.</param>
/// <param name="step">Δ_b.</param>
internal sealed class DoubleBand(Plane<double> plane, double step) : BandTarget(plane.Area)
{
    private readonly double _half = step / 2;

    public override bool IsNarrow => false;

    public override void Put(ReadOnlySpan<int> coefficients, Rect block) => throw new InvalidOperationException("wide coefficients are wanted");

    public override void Put(ReadOnlySpan<long> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        for (int i = 0; i < coefficients.Length; i++)
        {
            double magnitude = (coefficients[i] & long.MaxValue) * _half;
            plane.Row(y + i / width)[x + i % width] = coefficients[i] < 0 ? -magnitude : magnitude;
        }
    }

    public override void PutHalves(ReadOnlySpan<int> coefficients, Rect block)
    {
        int width = (int)block.Width, x = (int)(block.X0 - Area.X0), y = (int)(block.Y0 - Area.Y0);
        for (int i = 0; i < coefficients.Length; i++) plane.Row(y + i / width)[x + i % width] = coefficients[i] * _half;
    }
}
