namespace Isocenter.Codecs.Jpeg2000;

/// <summary>A rectangle of the reference grid, a tile-component, a resolution or a sub-band. The standard's coordinates
/// are of 32 bits without sign; sums of them need more.</summary>
/// <param name="X0">First column.</param>
/// <param name="Y0">First row.</param>
/// <param name="X1">One past the last column.</param>
/// <param name="Y1">One past the last row.</param>
internal readonly record struct Rect(long X0, long Y0, long X1, long Y1)
{
    public long Width => Math.Max(0, X1 - X0);

    public long Height => Math.Max(0, Y1 - Y0);

    public bool IsEmpty => X1 <= X0 || Y1 <= Y0;

    public long Area => Width * Height;

    public Rect DivideUp(int x, int y) =>
        new(Ceiling.Divide(X0, x), Ceiling.Divide(Y0, y), Ceiling.Divide(X1, x), Ceiling.Divide(Y1, y));

    /// <summary>Divided by a power of two, rounded up (equation B-14).</summary>
    public Rect HalveUp(int times) => new(
        Ceiling.Shift(X0, times), Ceiling.Shift(Y0, times), Ceiling.Shift(X1, times), Ceiling.Shift(Y1, times));

    public Rect Intersect(Rect other) =>
        new(Math.Max(X0, other.X0), Math.Max(Y0, other.Y0), Math.Min(X1, other.X1), Math.Min(Y1, other.Y1));

    /// <summary>Enlarged on every side.</summary>
    public Rect Grow(long by) => new(X0 - by, Y0 - by, X1 + by, Y1 + by);
}

/// <summary>Division rounded up.</summary>
internal static class Ceiling
{
    /// <summary>For a numerator of 0 or more and a denominator above 0.</summary>
    public static long Divide(long numerator, long denominator) => (numerator + denominator - 1) / denominator;

    /// <summary>By a power of two; the numerator may be negative.</summary>
    public static long Shift(long numerator, int bits) => (numerator + (1L << bits) - 1) >> bits;
}
