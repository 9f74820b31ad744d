namespace Isocenter.Imaging;

/// <summary>CIELab of the connection space, D50 (ICC.1 §6.3.4, ISO 11664-4).</summary>
internal static class CieLab
{
    public static void ToXyz(double l, double a, double b, out double x, out double y, out double z)
    {
        double fy = (l + 16) / 116, fx = fy + a / 500, fz = fy - b / 200;
        (x, y, z) = (PcsWhite.X * Light(fx), Light(fy), PcsWhite.Z * Light(fz));
    }

    private static double Light(double f) => f > 6.0 / 29 ? f * f * f : 3 * (6.0 / 29) * (6.0 / 29) * (f - 4.0 / 29);
}
