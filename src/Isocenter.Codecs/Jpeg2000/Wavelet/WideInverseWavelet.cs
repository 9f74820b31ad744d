using System.Numerics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The inverse wavelet transforms as Annex F describes them, one sample at a time, for samples that do not fit 32
/// bits. In tests it tells what <see cref="Wavelet53"/> and <see cref="Wavelet97"/> should find.</summary>
internal static class WideInverseWavelet
{
    private const double Alpha = -1.586134342059924, Beta = -0.052980118572961, Gamma = 0.882911075530934, Delta = 0.443506852043971;
    private const double K = 1.230174104914001;

    /// <summary>2D_SR (§F.3.2): one level of the reversible transform.</summary>
    /// <param name="ll">Low in both directions.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    /// <param name="result">Receives the samples; its area decides which of them are low.</param>
    public static void Reversible(Plane<long> ll, Plane<long> hl, Plane<long> lh, Plane<long> hh, Plane<long> result) =>
        Synthesize(ll, hl, lh, hh, result, Reversible1D);

    /// <summary>2D_SR (§F.3.2): one level of the irreversible transform.</summary>
    public static void Irreversible(Plane<double> ll, Plane<double> hl, Plane<double> lh, Plane<double> hh, Plane<double> result) =>
        Synthesize(ll, hl, lh, hh, result, Irreversible1D);

    private delegate void Filter<T>(Span<T> line, bool startsOdd);

    private static void Synthesize<T>(Plane<T> ll, Plane<T> hl, Plane<T> lh, Plane<T> hh, Plane<T> result, Filter<T> filter)
        where T : unmanaged, INumber<T>
    {
        int px = (int)(result.Area.X0 & 1), py = (int)(result.Area.Y0 & 1);
        for (int y = 0; y < result.Height; y++)
        {
            var row = result.Row(y);
            bool highRow = ((y + py) & 1) != 0;
            for (int x = 0; x < row.Length; x++)
            {
                bool highColumn = ((x + px) & 1) != 0;
                var band = highRow ? highColumn ? hh : lh : highColumn ? hl : ll;
                row[x] = band.Row(y >> 1)[x >> 1];
            }
            filter(row, px != 0);
        }
        var column = new T[result.Height];
        for (int x = 0; x < result.Width; x++)
        {
            for (int y = 0; y < column.Length; y++) column[y] = result.Row(y)[x];
            filter(column, py != 0);
            for (int y = 0; y < column.Length; y++) result.Row(y)[x] = column[y];
        }
    }

    private static void Reversible1D(Span<long> line, bool startsOdd)
    {
        if (line.Length == 1)
        {
            if (startsOdd) line[0] >>= 1;
            return;
        }
        int even = startsOdd ? 1 : 0;
        for (int i = even; i < line.Length; i += 2) line[i] -= (At(line, i - 1) + At(line, i + 1) + 2) >> 2;
        for (int i = 1 - even; i < line.Length; i += 2) line[i] += (At(line, i - 1) + At(line, i + 1)) >> 1;
    }

    private static void Irreversible1D(Span<double> line, bool startsOdd)
    {
        if (line.Length == 1)
        {
            if (startsOdd) line[0] /= 2;
            return;
        }
        int even = startsOdd ? 1 : 0;
        for (int i = even; i < line.Length; i += 2) line[i] *= K;
        for (int i = 1 - even; i < line.Length; i += 2) line[i] /= K;
        for (int i = even; i < line.Length; i += 2) line[i] -= Delta * (At(line, i - 1) + At(line, i + 1));
        for (int i = 1 - even; i < line.Length; i += 2) line[i] -= Gamma * (At(line, i - 1) + At(line, i + 1));
        for (int i = even; i < line.Length; i += 2) line[i] -= Beta * (At(line, i - 1) + At(line, i + 1));
        for (int i = 1 - even; i < line.Length; i += 2) line[i] -= Alpha * (At(line, i - 1) + At(line, i + 1));
    }

    // Symmetric extension (§F.3.7); one sample of it is enough when every lifting step extends anew.
    private static T At<T>(Span<T> line, int i) => line[i < 0 ? -i : i >= line.Length ? 2 * (line.Length - 1) - i : i];
}
