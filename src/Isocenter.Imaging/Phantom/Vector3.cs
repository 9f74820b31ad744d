namespace Isocenter.Imaging.Phantom;

/// <summary>A point or direction in the patient's coordinates, mm: x to the left, y to the back, z to the head
/// (PS3.3 §C.7.6.2.1.1).</summary>
/// <remarks>Double precision with plain operations only: the phantom must come out the same on every machine, so no
/// sines and no fused operations.</remarks>
internal readonly record struct Vector3(double X, double Y, double Z)
{
    public static Vector3 operator +(Vector3 a, Vector3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vector3 operator -(Vector3 a, Vector3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vector3 operator *(double s, Vector3 a) => new(s * a.X, s * a.Y, s * a.Z);

    public double Dot(Vector3 b) => X * b.X + Y * b.Y + Z * b.Z;

    public Vector3 Cross(Vector3 b) => new(Y * b.Z - Z * b.Y, Z * b.X - X * b.Z, X * b.Y - Y * b.X);

    public Vector3 Unit() => 1 / Math.Sqrt(Dot(this)) * this;

    /// <summary>The same on the other side of the body.</summary>
    public Vector3 Mirrored() => this with { X = -X };
}
