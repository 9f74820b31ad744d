namespace Isocenter.Imaging;

/// <summary>Matrices of 3 × 3 numbers, by rows.</summary>
internal static class Matrix3
{
    public static double[] OfColumns(double[] a, double[] b, double[] c) => [a[0], b[0], c[0], a[1], b[1], c[1], a[2], b[2], c[2]];

    public static double[] Apply(double[] m, double[] v) =>
        [m[0] * v[0] + m[1] * v[1] + m[2] * v[2], m[3] * v[0] + m[4] * v[1] + m[5] * v[2], m[6] * v[0] + m[7] * v[1] + m[8] * v[2]];

    public static double[] Multiply(double[] a, double[] b)
    {
        var product = new double[9];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
                product[3 * row + column] = a[3 * row] * b[column] + a[3 * row + 1] * b[3 + column] + a[3 * row + 2] * b[6 + column];
        }
        return product;
    }

    /// <exception cref="ArgumentException">There is none.</exception>
    public static double[] Inverse(double[] m)
    {
        double a = m[4] * m[8] - m[5] * m[7], b = m[5] * m[6] - m[3] * m[8], c = m[3] * m[7] - m[4] * m[6];
        double determinant = m[0] * a + m[1] * b + m[2] * c;
        if (determinant == 0 || !double.IsFinite(determinant)) throw new ArgumentException("the matrix has no inverse", nameof(m));
        return
        [
            a / determinant, (m[2] * m[7] - m[1] * m[8]) / determinant, (m[1] * m[5] - m[2] * m[4]) / determinant,
            b / determinant, (m[0] * m[8] - m[2] * m[6]) / determinant, (m[2] * m[3] - m[0] * m[5]) / determinant,
            c / determinant, (m[1] * m[6] - m[0] * m[7]) / determinant, (m[0] * m[4] - m[1] * m[3]) / determinant,
        ];
    }
}
