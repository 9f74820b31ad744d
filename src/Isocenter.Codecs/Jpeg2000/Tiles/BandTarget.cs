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
    public abstract Span<int> InPlace(Rect block, out int stride);

    /// <summary>Sets the coefficients of one block to 0.</summary>
    public abstract void Clear(Rect block);

    /// <summary>Sets all coefficients of the sub-band to 0.</summary>
    public void Clear() => Clear(Area);
}

/// <summary>What the transform wants to see of a coefficient.</summary>
internal interface IDequantizer<T>
{
    /// <summary>Of sign and magnitude with one binary place.</summary>
    T Of(int coefficient);

    /// <summary>The same, with more bit planes.</summary>
    T Of(long coefficient);

    /// <summary>Of a row in two's complement, of half units.</summary>
    void OfHalves(ReadOnlySpan<int> from, Span<T> to);
}

/// <summary>A sub-band in a plane.</summary>
internal sealed class BandTarget<T, TDequantizer>(Plane<T> plane, TDequantizer dequantizer) : BandTarget(plane.Area)
    where T : unmanaged
    where TDequantizer : struct, IDequantizer<T>
{
    public override bool IsNarrow => typeof(T) == typeof(int) || typeof(T) == typeof(float);

    public override void Put(ReadOnlySpan<int> coefficients, Rect block)
    {
        var own = dequantizer;
        int width = (int)block.Width, row = 0;
        for (int i = 0; i < coefficients.Length; i += width, row++)
        {
            var from = coefficients.Slice(i, width);
            var to = Row(block, row);
            for (int k = 0; k < from.Length && k < to.Length; k++) to[k] = own.Of(from[k]);
        }
    }

    public override void Put(ReadOnlySpan<long> coefficients, Rect block)
    {
        var own = dequantizer;
        int width = (int)block.Width, row = 0;
        for (int i = 0; i < coefficients.Length; i += width, row++)
        {
            var from = coefficients.Slice(i, width);
            var to = Row(block, row);
            for (int k = 0; k < from.Length && k < to.Length; k++) to[k] = own.Of(from[k]);
        }
    }

    public override void PutHalves(ReadOnlySpan<int> coefficients, Rect block)
    {
        int width = (int)block.Width, row = 0;
        for (int i = 0; i < coefficients.Length; i += width, row++) dequantizer.OfHalves(coefficients.Slice(i, width), Row(block, row));
    }

    public override Span<int> InPlace(Rect block, out int stride)
    {
        stride = plane.Width;
        return typeof(T) == typeof(int)
            ? MemoryMarshal.Cast<T, int>(plane.Samples)[((int)(block.Y0 - Area.Y0) * stride + (int)(block.X0 - Area.X0))..]
            : default;
    }

    public override void Clear(Rect block)
    {
        for (int row = 0; row < block.Height; row++) Row(block, row).Clear();
    }

    private Span<T> Row(Rect block, int row) =>
        plane.Row((int)(block.Y0 - Area.Y0) + row).Slice((int)(block.X0 - Area.X0), (int)block.Width);
}

/// <summary>For the reversible transform.</summary>
internal readonly struct WholeUnits : IDequantizer<int>
{
    public int Of(int coefficient)
    {
        int sign = coefficient >> 31;
        return ((coefficient & int.MaxValue) >> 1 ^ sign) - sign;
    }

    public int Of(long coefficient)
    {
        int magnitude = (int)Math.Min((coefficient & long.MaxValue) >> 1, int.MaxValue);
        return coefficient < 0 ? -magnitude : magnitude;
    }

    public void OfHalves(ReadOnlySpan<int> from, Span<int> to)
    {
        for (int k = 0; k < from.Length && k < to.Length; k++) to[k] = from[k] / 2;
    }
}

/// <summary>For the irreversible transform.</summary>
/// <param name="step">Δ_b times what the transform wants of its input.</param>
internal readonly struct SteppedUnits(float step) : IDequantizer<float>
{
    private readonly float _half = step / 2;   // of a magnitude with one binary place

    public float Of(int coefficient)
    {
        int sign = coefficient >> 31;
        return (((coefficient & int.MaxValue) ^ sign) - sign) * _half;
    }

    public float Of(long coefficient)
    {
        float magnitude = (coefficient & long.MaxValue) * _half;
        return coefficient < 0 ? -magnitude : magnitude;
    }

    public void OfHalves(ReadOnlySpan<int> from, Span<float> to)
    {
        var half = Vector256.Create(_half);
        var fromEights = MemoryMarshal.Cast<int, Vector256<int>>(from);
        var toEights = MemoryMarshal.Cast<float, Vector256<float>>(to);
        for (int k = 0; k < fromEights.Length && k < toEights.Length; k++)
            toEights[k] = Vector256.ConvertToSingle(fromEights[k]) * half;
        for (int k = fromEights.Length * Vector256<int>.Count; k < from.Length; k++) to[k] = from[k] * _half;
    }
}

/// <summary>For the reversible transform, of samples that do not fit 32 bits.</summary>
internal readonly struct WideWholeUnits : IDequantizer<long>
{
    public long Of(int coefficient) => throw new InvalidOperationException("wide coefficients are wanted");

    public long Of(long coefficient)
    {
        long magnitude = (coefficient & long.MaxValue) >> 1;
        return coefficient < 0 ? -magnitude : magnitude;
    }

    public void OfHalves(ReadOnlySpan<int> from, Span<long> to)
    {
        for (int k = 0; k < from.Length && k < to.Length; k++) to[k] = from[k] / 2;
    }
}

/// <summary>For the irreversible transform, of samples that single precision does not hold.</summary>
/// <param name="step">Δ_b.</param>
internal readonly struct WideSteppedUnits(double step) : IDequantizer<double>
{
    private readonly double _half = step / 2;

    public double Of(int coefficient) => throw new InvalidOperationException("wide coefficients are wanted");

    public double Of(long coefficient)
    {
        double magnitude = (coefficient & long.MaxValue) * _half;
        return coefficient < 0 ? -magnitude : magnitude;
    }

    public void OfHalves(ReadOnlySpan<int> from, Span<double> to)
    {
        for (int k = 0; k < from.Length && k < to.Length; k++) to[k] = from[k] * _half;
    }
}
