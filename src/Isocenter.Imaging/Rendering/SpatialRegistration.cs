using Isocenter.Dicom;
using Isocenter.Imaging.Phantom;

namespace Isocenter.Imaging;

/// <summary>A Spatial Registration (PS3.3 §A.39.1, §C.20.2): how frames of reference lie in one that is common to them.</summary>
internal sealed class SpatialRegistration
{
    private const int MaxMatrices = 100;

    private readonly Dictionary<string, Affine> _toCommon = [];

    private SpatialRegistration(DataSet dataSet)
    {
        foreach (var item in PresentationState.Items(dataSet, Tags.RegistrationSequence))
        {
            if (item.Get(Tags.FrameOfReferenceUID, "") is { Length: > 0 } source && MatricesOf(item) is { } transform) _toCommon.TryAdd(source, transform);
        }
        // The common one is one of the images' more often than not.
        if (dataSet.Get(Tags.FrameOfReferenceUID, "") is { Length: > 0 } common) _toCommon.TryAdd(common, Affine.Identity);
    }

    /// <summary>A plane in another frame of reference, by the first registration that knows both.</summary>
    /// <returns>Null: none does.</returns>
    public static ImagePlane? Bring(ImagePlane plane, string frameOfReference, IReadOnlyList<DataSet> registrations)
    {
        if (plane.FrameOfReference.Length == 0 || frameOfReference.Length == 0) return null;
        foreach (var dataSet in registrations)
        {
            var one = new SpatialRegistration(dataSet);
            if (!one._toCommon.TryGetValue(plane.FrameOfReference, out var from) || !one._toCommon.TryGetValue(frameOfReference, out var to)) continue;
            var back = to.Inverse();
            return new ImagePlane(frameOfReference, back.Point(from.Point(plane.Origin)),
                back.Direction(from.Direction(plane.AlongRow)), back.Direction(from.Direction(plane.AlongColumn)));
        }
        return null;
    }

    /// <summary>All matrices of an item, one after the other (PS3.3 §C.20.2.1.1); null: one of them cannot be.</summary>
    private static Affine? MatricesOf(DataSet item)
    {
        var whole = Affine.Identity;
        foreach (var registration in PresentationState.Items(item, Tags.MatrixRegistrationSequence))
        {
            var matrices = PresentationState.Items(registration, Tags.MatrixSequence);
            if (matrices.Count > MaxMatrices) return null;
            foreach (var matrix in matrices)
            {
                if (Affine.Of(matrix.GetAll<double>(Tags.FrameOfReferenceTransformationMatrix)) is not { } next) return null;
                whole = next.After(whole);
            }
        }
        return whole;
    }

    /// <summary>Nine numbers by rows, and what is added.</summary>
    private sealed record Affine(double[] Matrix, Vector3 Shift)
    {
        public static Affine Identity { get; } = new([1, 0, 0, 0, 1, 0, 0, 0, 1], default);

        /// <summary>Of 4 × 4 numbers by rows, the last 0 0 0 1 (PS3.3 §C.20.2.1.1).</summary>
        public static Affine? Of(IReadOnlyList<double> m)
        {
            if (m.Count != 16 || m[12] != 0 || m[13] != 0 || m[14] != 0 || m[15] != 1 || m.Any(number => !double.IsFinite(number))) return null;
            double[] matrix = [m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]];
            double determinant = new Vector3(m[0], m[1], m[2]).Dot(new Vector3(m[4], m[5], m[6]).Cross(new Vector3(m[8], m[9], m[10])));
            return Math.Abs(determinant) is > 1e-12 and < 1e12 ? new Affine(matrix, new Vector3(m[3], m[7], m[11])) : null;
        }

        public Vector3 Direction(Vector3 v)
        {
            double[] moved = Matrix3.Apply(Matrix, [v.X, v.Y, v.Z]);
            return new Vector3(moved[0], moved[1], moved[2]);
        }

        public Vector3 Point(Vector3 v) => Direction(v) + Shift;

        public Affine After(Affine first) => new(Matrix3.Multiply(Matrix, first.Matrix), Point(first.Shift));

        public Affine Inverse()
        {
            var turned = new Affine(Matrix3.Inverse(Matrix), default);
            return turned with { Shift = -1 * turned.Direction(Shift) };
        }
    }
}
