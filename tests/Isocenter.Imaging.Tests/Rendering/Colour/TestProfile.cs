using System.Buffers.Binary;
using System.Text;

namespace Isocenter.Imaging.Tests.Rendering.Colour;

/// <summary>Makes ICC profiles to read (ICC.1), small and plain.</summary>
internal static class TestProfile
{
    /// <summary>Primaries of Adobe RGB in the connection space, by rows.</summary>
    public static readonly double[] Matrix = [0.60974, 0.20528, 0.14919, 0.31111, 0.62567, 0.06322, 0.01947, 0.06087, 0.74457];

    private static readonly double[] D50 = [0.9642, 1, 0.8249];

    public static byte[] OfMatrix(byte[] curve) => Of(2, "RGB ", "XYZ ",
        ("rXYZ", Xyz(0)), ("gXYZ", Xyz(1)), ("bXYZ", Xyz(2)), ("rTRC", curve), ("gTRC", curve), ("bTRC", curve));

    public static byte[] OfGrey(byte[] curve) => Of(2, "GRAY", "XYZ ", ("kTRC", curve));

    public static byte[] OfLut(int version, bool isLab, byte[] lut) => Of(version, "RGB ", isLab ? "Lab " : "XYZ ", ("A2B0", lut));

    public static byte[] Of(int version, string space, string pcs, params (string Signature, byte[] Content)[] tags)
    {
        var body = new List<byte>();
        var table = new List<byte>(U32(tags.Length));
        int begin = 132 + 12 * tags.Length;
        foreach (var (signature, content) in tags)
        {
            table.AddRange([.. Encoding.ASCII.GetBytes(signature), .. U32(begin + body.Count), .. U32(content.Length)]);
            body.AddRange(Padded(content));
        }
        byte[] profile = [.. new byte[128], .. table, .. body];
        BinaryPrimitives.WriteInt32BigEndian(profile, profile.Length);
        profile[8] = (byte)version;
        Encoding.ASCII.GetBytes("scnr" + space + pcs).CopyTo(profile, 12);
        Encoding.ASCII.GetBytes("acsp").CopyTo(profile, 36);
        return profile;
    }

    public static byte[] Gamma(double gamma) => [.. "curv\0\0\0\0"u8, .. U32(1), .. U16((int)(gamma * 256))];

    public static byte[] Table(params IEnumerable<int> values) => [.. "curv\0\0\0\0"u8, .. U32(values.Count()), .. values.SelectMany(U16)];

    public static byte[] Parametric(int function, params double[] numbers) => [.. "para\0\0\0\0"u8, .. U16(function), 0, 0, .. numbers.SelectMany(Fixed)];

    /// <summary>lut16Type whose lattice is the matrix behind a gamma.</summary>
    public static byte[] Lut16(int points, double gamma, bool isLab) =>
        [.. "mft2\0\0\0\0"u8, 3, 3, (byte)points, 0, .. Unit(), .. U16(2), .. U16(2), .. Ends(), .. Lattice(points, gamma, isLab, isOld: true).SelectMany(U16), .. Ends()];

    /// <summary>lut8Type, of Lab.</summary>
    public static byte[] Lut8(int points, double gamma)
    {
        byte[] line = [.. Enumerable.Range(0, 256).Select(i => (byte)i)], lines = [.. line, .. line, .. line];
        return [.. "mft1\0\0\0\0"u8, 3, 3, (byte)points, 0, .. Unit(), .. lines, .. Lattice(points, gamma, isLab: true, isOld: false).Select(value => (byte)((value + 128) / 257)), .. lines];
    }

    /// <summary>lutAToBType with a lattice, or with curves and a matrix.</summary>
    public static byte[] LutAToB(int points, double gamma, bool isLab)
    {
        byte[] straight = Padded(Table()), curves = [.. straight, .. straight, .. straight];
        if (points == 0)
        {
            byte[] steep = Padded(Parametric(0, gamma));
            byte[] matrix = [.. Matrix.SelectMany(value => Fixed(value * 32768 / 65535)), .. new byte[12]];
            return [.. "mAB \0\0\0\0"u8, 3, 3, 0, 0, .. U32(32), .. U32(32 + curves.Length), .. U32(32 + curves.Length + 48), .. U32(0), .. U32(0), .. curves, .. matrix, .. steep, .. steep, .. steep];
        }
        byte[] lattice = Padded([(byte)points, (byte)points, (byte)points, .. new byte[13], 2, 0, 0, 0, .. Lattice(points, gamma, isLab, isOld: false).SelectMany(U16)]);
        return [.. "mAB \0\0\0\0"u8, 3, 3, 0, 0, .. U32(32), .. U32(0), .. U32(0), .. U32(32 + curves.Length), .. U32(32 + curves.Length + lattice.Length), .. curves, .. lattice, .. curves];
    }

    public static byte[] U32(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static IEnumerable<int> Lattice(int points, double gamma, bool isLab, bool isOld)
    {
        for (int i = 0; i < points * points * points; i++)
        {
            double r = Light(i / points / points), g = Light(i / points % points), b = Light(i % points);
            double[] xyz = [.. Enumerable.Range(0, 3).Select(row => Matrix[3 * row] * r + Matrix[3 * row + 1] * g + Matrix[3 * row + 2] * b)];
            if (!isLab)
            {
                foreach (double value in xyz) yield return (int)Math.Round(value * 32768);
                continue;
            }
            double[] f = [.. xyz.Zip(D50, (value, white) => value / white).Select(t => t > 216.0 / 24389 ? Math.Cbrt(t) : (24389.0 / 27 * t + 16) / 116)];
            double l = 116 * f[1] - 16, a = 500 * (f[0] - f[1]), bb = 200 * (f[1] - f[2]);
            yield return (int)Math.Round(l / 100 * (isOld ? 65280 : 65535));
            yield return (int)Math.Round((a + 128) / 255 * (isOld ? 65280 : 65535));
            yield return (int)Math.Round((bb + 128) / 255 * (isOld ? 65280 : 65535));
        }

        double Light(int place) => Math.Pow(place / (points - 1.0), gamma);
    }

    private static byte[] Padded(byte[] content) => [.. content, .. new byte[(4 - content.Length % 4) % 4]];

    private static IEnumerable<byte> Unit() => new double[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }.SelectMany(Fixed);

    private static byte[] Ends() => [0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255];

    private static byte[] Xyz(int column) => [.. "XYZ \0\0\0\0"u8, .. Fixed(Matrix[column]), .. Fixed(Matrix[3 + column]), .. Fixed(Matrix[6 + column])];

    private static byte[] U16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Fixed(double value) => U32((int)Math.Round(value * 65536));
}
