namespace Isocenter.Imaging;

/// <summary>A colour space that has a name (PS3.3 §C.11.15.1.2, PS3.18 §8.3.5.1.5): what red, green and blue of a picture mean.</summary>
public sealed class RgbSpace
{
    private const int CurveEntries = 1 << 14;

    /// <summary>From a white to that of the connection space, D50, after Bradford (ICC.1 Annex E).</summary>
    private static readonly double[] Bradford = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296];

    private readonly float[] _encoded;

    private RgbSpace(string name, string description, (double X, double Y) red, (double X, double Y) green, (double X, double Y) blue, (double X, double Y) white, IccCurve curve)
    {
        (Name, Description, Curve) = (name, description, curve);
        double[] source = XyzOf(white);
        var primaries = Matrix3.OfColumns(XyzOf(red), XyzOf(green), XyzOf(blue));
        double[] weights = Matrix3.Apply(Matrix3.Inverse(primaries), source);
        Adaptation = AdaptationOf(source);
        ToXyz = Matrix3.Multiply(Adaptation, Matrix3.Multiply(primaries, [weights[0], 0, 0, 0, weights[1], 0, 0, 0, weights[2]]));
        FromXyz = Matrix3.Inverse(ToXyz);
        IsOfD50 = white == WhiteD50;
        // By the root, because the curve is steep in the dark
        _encoded = [.. Enumerable.Range(0, CurveEntries + 1).Select(i => (float)curve.Inverse(Math.Pow((double)i / CurveEntries, 2)))];
        Profile = IccWriter.Rgb(this);
    }

    private static (double X, double Y) WhiteD50 { get; } = (0.3457, 0.3585);

    private static (double X, double Y) WhiteD65 { get; } = (0.3127, 0.3290);

    private static IccCurve SrgbCurve { get; } = IccCurve.Parametric(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]);

    /// <summary>IEC 61966-2-1.</summary>
    public static RgbSpace Srgb { get; } = new("srgb", "sRGB", (0.64, 0.33), (0.30, 0.60), (0.15, 0.06), WhiteD65, SrgbCurve);

    /// <summary>Adobe RGB (1998), IEC 61966-2-5.</summary>
    public static RgbSpace AdobeRgb { get; } = new("adobergb", "Adobe RGB (1998)", (0.64, 0.33), (0.21, 0.71), (0.15, 0.06), WhiteD65, IccCurve.Parametric(0, [563 / 256.0]));

    /// <summary>ROMM RGB, ISO 22028-2.</summary>
    public static RgbSpace RommRgb { get; } = new("rommrgb", "ROMM RGB", (0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), WhiteD50, IccCurve.Parametric(3, [1.8, 1, 0, 1 / 16.0, 1 / 32.0]));

    /// <summary>Display P3: the primaries of SMPTE RP 431-2, the white and the curve of sRGB.</summary>
    public static RgbSpace DisplayP3 { get; } = new("displayp3", "Display P3", (0.680, 0.320), (0.265, 0.690), (0.150, 0.060), WhiteD65, SrgbCurve);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RgbSpace> All { get; } = [Srgb, AdobeRgb, RommRgb, DisplayP3];

    /// <summary>As PS3.18 writes it; in capitals, as PS3.3 does.</summary>
    public string Name { get; }

    /// <summary>For people.</summary>
    public string Description { get; }

    /// <summary>An ICC profile that says so.</summary>
    public ReadOnlyMemory<byte> Profile { get; }

    /// <summary>From linear red, green and blue to the connection space, by rows.</summary>
    internal double[] ToXyz { get; }

    internal double[] FromXyz { get; }

    /// <summary>From its white to D50.</summary>
    internal double[] Adaptation { get; }

    internal bool IsOfD50 { get; }

    /// <summary>From a value to its light.</summary>
    internal IccCurve Curve { get; }

    /// <summary>The one of a name, whatever its case; null: there is none.</summary>
    public static RgbSpace? Find(string name) => All.FirstOrDefault(space => string.Equals(space.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The value for a light from 0 to 1: the inverse of the curve, by a table. What is darker or brighter is cut off.</summary>
    internal double Encode(double light)
    {
        if (!(light > 0)) return 0;
        if (light >= 1) return 1;
        double place = Math.Sqrt(light) * CurveEntries;
        int at = (int)place;
        return _encoded[at] + (place - at) * (_encoded[at + 1] - _encoded[at]);
    }

    private static double[] XyzOf((double X, double Y) place) => [place.X / place.Y, 1, (1 - place.X - place.Y) / place.Y];

    private static double[] AdaptationOf(double[] white)
    {
        double[] from = Matrix3.Apply(Bradford, white), to = Matrix3.Apply(Bradford, [PcsWhite.X, PcsWhite.Y, PcsWhite.Z]);
        return Matrix3.Multiply(Matrix3.Inverse(Bradford), Matrix3.Multiply([to[0] / from[0], 0, 0, 0, to[1] / from[1], 0, 0, 0, to[2] / from[2]], Bradford));
    }
}

/// <summary>The illuminant of the connection space, D50, as ICC.1 §7.2.16 writes it.</summary>
internal static class PcsWhite
{
    public const double X = 0.9642, Y = 1, Z = 0.8249;
}
