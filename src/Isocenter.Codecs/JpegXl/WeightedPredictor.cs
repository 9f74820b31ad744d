using System.Numerics;

namespace Isocenter.Codecs.JpegXl;

/// <summary>Numbers that a stream gives the weighted predictor.</summary>
internal readonly record struct WeightedParameters(int P1, int P2, int P3A, int P3B, int P3C, int P3D, int P3E, int W0, int W1, int W2, int W3)
{
    public static WeightedParameters Read(ref BitReader bits)
    {
        if (bits.Flag()) return new WeightedParameters(16, 10, 7, 7, 7, 0, 0, 13, 12, 12, 12);
        Span<int> p = stackalloc int[7], w = stackalloc int[4];
        for (int i = 0; i < 7; i++) p[i] = (int)bits.Read(5);
        for (int i = 0; i < 4; i++) w[i] = (int)bits.Read(4);
        return new WeightedParameters(p[0], p[1], p[2], p[3], p[4], p[5], p[6], w[0], w[1], w[2], w[3]);
    }
}

/// <summary>The predictor that corrects itself: four predictions, weighted by how well each did near by (ISO/IEC 18181-1 §H.5.2).</summary>
/// <remarks>Works with eighths of a sample. Two rows of errors are kept; an error counts for the sample itself and once more for
/// the one to its upper right, by which it also reaches the next two in its row.</remarks>
internal sealed class WeightedPredictor(WeightedParameters parameters, int width)
{
    private const int Eighths = 3, Round = 3;

    /// <summary>2²⁴ by one more than the place.</summary>
    private static readonly int[] Reciprocals = [.. Enumerable.Range(1, 64).Select(number => (1 << 24) / number)];

    private readonly long[] _errors0 = new long[2 * (width + 2)];
    private readonly long[] _errors1 = new long[2 * (width + 2)];
    private readonly long[] _errors2 = new long[2 * (width + 2)];
    private readonly long[] _errors3 = new long[2 * (width + 2)];
    private readonly long[] _trueErrors = new long[2 * (width + 2)];
    private long _p0, _p1, _p2, _p3, _prediction;

    /// <summary>The largest error around, property 15 of the tree. Valid after <see cref="Predict"/>.</summary>
    public int LargestError { get; private set; }

    /// <summary>What is to be expected, rounded.</summary>
    public int Predict(in Prediction around, int x, int y)
    {
        int row = (y & 1) * (width + 2), above = width + 2 - row;
        int n = above + x, ne = x + 1 < width ? n + 1 : n, nw = x > 0 ? n - 1 : n;
        long w0 = Weight(_errors0[n] + _errors0[ne] + _errors0[nw], parameters.W0);
        long w1 = Weight(_errors1[n] + _errors1[ne] + _errors1[nw], parameters.W1);
        long w2 = Weight(_errors2[n] + _errors2[ne] + _errors2[nw], parameters.W2);
        long w3 = Weight(_errors3[n] + _errors3[ne] + _errors3[nw], parameters.W3);

        long errorW = x > 0 ? _trueErrors[row + x - 1] : 0, errorN = _trueErrors[n], errorNW = _trueErrors[nw], errorNE = _trueErrors[ne];
        long largest = errorW;
        if (Math.Abs(errorN) > Math.Abs(largest)) largest = errorN;
        if (Math.Abs(errorNW) > Math.Abs(largest)) largest = errorNW;
        if (Math.Abs(errorNE) > Math.Abs(largest)) largest = errorNE;
        LargestError = unchecked((int)largest);

        long valueN = (long)around.N << Eighths, valueW = (long)around.W << Eighths, valueNE = (long)around.NE << Eighths;
        _p0 = valueW + valueNE - valueN;
        _p1 = valueN - (((errorW + errorN + errorNE) * parameters.P1) >> 5);
        _p2 = valueW - (((errorW + errorN + errorNW) * parameters.P2) >> 5);
        _p3 = valueN - ((errorNW * parameters.P3A + errorN * parameters.P3B + errorNE * parameters.P3C
            + (((long)around.NN << Eighths) - valueN) * parameters.P3D + (((long)around.NW << Eighths) - valueW) * parameters.P3E) >> 5);

        int shift = BitOperations.Log2((ulong)(w0 + w1 + w2 + w3)) - 4;
        w0 >>= shift;
        w1 >>= shift;
        w2 >>= shift;
        w3 >>= shift;
        long sum = w0 + w1 + w2 + w3;
        _prediction = ((sum >> 1) - 1 + _p0 * w0 + _p1 * w1 + _p2 * w2 + _p3 * w3) * Reciprocal(sum - 1) >> 24;
        // Errors of both signs: there is an edge, beyond which nothing is.
        if (((errorN ^ errorW) | (errorN ^ errorNW)) <= 0)
            _prediction = Math.Clamp(_prediction, Math.Min(valueW, Math.Min(valueN, valueNE)), Math.Max(valueW, Math.Max(valueN, valueNE)));
        return unchecked((int)((_prediction + Round) >> Eighths));
    }

    /// <summary>What it really was.</summary>
    public void Correct(int value, int x, int y)
    {
        long eighths = (long)value << Eighths;
        int row = (y & 1) * (width + 2), at = row + x, upperRight = width + 2 - row + x + 1;
        _trueErrors[at] = _prediction - eighths;
        Note(_errors0, _p0);
        Note(_errors1, _p1);
        Note(_errors2, _p2);
        Note(_errors3, _p3);

        void Note(long[] errors, long prediction)
        {
            long error = (Math.Abs(prediction - eighths) + Round) >> Eighths;
            errors[at] = error;
            errors[upperRight] += error;
        }
    }

    private static long Weight(long errors, int most)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)errors + 1) - 5);
        return 4 + (most * Reciprocal(errors >> shift) >> shift);
    }

    private static long Reciprocal(long number) => Reciprocals[number];
}
