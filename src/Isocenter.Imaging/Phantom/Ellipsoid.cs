namespace Isocenter.Imaging.Phantom;

/// <summary>One body of the phantom: a rotated ellipsoid filled with one tissue.</summary>
internal sealed class Ellipsoid
{
    private readonly Vector3 _centre;
    private readonly double _xx, _xy, _xz, _yy, _yz, _zz;

    /// <summary>Makes an ellipsoid.</summary>
    /// <param name="tissue">What it is made of.</param>
    /// <param name="centre">mm.</param>
    /// <param name="radii">Along <paramref name="u"/>, <paramref name="v"/> and the direction across both, mm.</param>
    /// <param name="u">First axis; null: left.</param>
    /// <param name="v">A direction that is made perpendicular to the first axis; null: back.</param>
    public Ellipsoid(Tissue tissue, Vector3 centre, Vector3 radii, Vector3? u = null, Vector3? v = null)
    {
        Tissue = tissue;
        _centre = centre;
        var a = (u ?? new Vector3(1, 0, 0)).Unit();
        var b = v ?? (u is null ? new Vector3(0, 1, 0) : new Vector3(-a.Y, a.X, 0));
        b = (b - a.Dot(b) * a).Unit();
        var c = a.Cross(b);
        double A(Func<Vector3, double> p, Func<Vector3, double> q) =>
            p(a) * q(a) / (radii.X * radii.X) + p(b) * q(b) / (radii.Y * radii.Y) + p(c) * q(c) / (radii.Z * radii.Z);
        _xx = A(d => d.X, d => d.X);
        _xy = A(d => d.X, d => d.Y);
        _xz = A(d => d.X, d => d.Z);
        _yy = A(d => d.Y, d => d.Y);
        _yz = A(d => d.Y, d => d.Z);
        _zz = A(d => d.Z, d => d.Z);
        // Half the width of the bounding box along an axis is the length of the radii's projections on it.
        double Reach(Func<Vector3, double> p) => Math.Sqrt(Square(p(a) * radii.X) + Square(p(b) * radii.Y) + Square(p(c) * radii.Z));
        double y = Reach(d => d.Y), z = Reach(d => d.Z);
        (LowY, HighY, LowZ, HighZ) = (centre.Y - y, centre.Y + y, centre.Z - z, centre.Z + z);
    }

    public Tissue Tissue { get; }

    /// <summary>It is there only within tissue: what would stand out into the air is cut off.</summary>
    public bool IsWithinBody { get; init; }

    /// <summary>It is there only within brain.</summary>
    public bool IsWithinBrain { get; init; }

    /// <summary>It ends at this y and z, mm.</summary>
    public double LowY { get; init; }

    /// <inheritdoc cref="LowY"/>
    public double HighY { get; init; }

    /// <inheritdoc cref="LowY"/>
    public double LowZ { get; init; }

    /// <inheritdoc cref="LowY"/>
    public double HighZ { get; init; }

    /// <summary>Where the line along x through (y, z) runs inside.</summary>
    /// <returns>False when it passes by.</returns>
    public bool TryCut(double y, double z, out double from, out double to)
    {
        from = to = 0;
        if (y < LowY || y > HighY || z < LowZ || z > HighZ) return false;
        double dy = y - _centre.Y, dz = z - _centre.Z;
        // xx·d² + 2b·d + c = 1 with d = x − centre
        double b = _xy * dy + _xz * dz;
        double c = _yy * dy * dy + 2 * _yz * dy * dz + _zz * dz * dz - 1;
        double discriminant = b * b - _xx * c;
        if (discriminant <= 0) return false;
        double half = Math.Sqrt(discriminant) / _xx, middle = _centre.X - b / _xx;
        (from, to) = (middle - half, middle + half);
        return true;
    }

    private static double Square(double d) => d * d;
}
