using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The reversible 5-3 transform (ISO/IEC 15444-1 Annex F), one level at a time.</summary>
/// <remarks>Rows pass the horizontal and the vertical filter in one sweep, while they are in the cache.</remarks>
internal static class Wavelet53
{
    /// <summary>2D_SR (§F.3.2): rows, then columns.</summary>
    /// <param name="ll">Low in both directions. The contents of all four are lost.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    /// <param name="result">Receives the samples; its area decides which of them are low.</param>
    public static void Synthesize(Plane<int> ll, Plane<int> hl, Plane<int> lh, Plane<int> hh, Plane<int> result)
    {
        int height = result.Height, parity = (int)(result.Area.Y0 & 1), done = 0;
        for (int y = parity; y < height + 2; y += 2)   // each low row
        {
            for (; done < Math.Min(height, y + 2); done++) SynthesizeRow(ll, hl, lh, hh, result, done, parity);
            if (height == 1) continue;
            Lines.LiftRow(result, y, new InverseLow());
            Lines.LiftRow(result, y - 1, new InverseHigh());
        }
        if (height == 1 && parity == 1)
        {
            if (done == 0) SynthesizeRow(ll, hl, lh, hh, result, 0, parity);
            foreach (ref int value in result.Row(0)) value >>= 1;   // §F.3.6: one sample is not filtered
        }
    }

    /// <summary>2D_SD (§F.4.2): columns, then rows.</summary>
    /// <param name="samples">The samples; they are lost. Their area decides which of them are low.</param>
    /// <param name="ll">Receives what is low in both directions.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    public static void Analyze(Plane<int> samples, Plane<int> ll, Plane<int> hl, Plane<int> lh, Plane<int> hh)
    {
        int height = samples.Height, parity = (int)(samples.Area.Y0 & 1), done = 0;
        if (height == 1)
        {
            if (parity == 1)
                foreach (ref int value in samples.Row(0)) value <<= 1;
            AnalyzeRow(samples, 0, parity, ll, hl, lh, hh);
            return;
        }
        for (int y = 1 - parity; y < height + 3; y += 2)   // each high row
        {
            Lines.LiftRow(samples, y, new ForwardHigh());
            Lines.LiftRow(samples, y - 1, new ForwardLow());
            for (; done < Math.Min(height, y); done++) AnalyzeRow(samples, done, parity, ll, hl, lh, hh);
        }
    }

    private static void SynthesizeRow(Plane<int> ll, Plane<int> hl, Plane<int> lh, Plane<int> hh, Plane<int> result, int y, int parity)
    {
        bool isLow = ((y + parity) & 1) == 0;
        var low = (isLow ? ll : lh).Row(y >> 1);
        var high = (isLow ? hl : hh).Row(y >> 1);
        var line = result.Row(y);
        int first = (int)(result.Area.X0 & 1);
        if (line.Length == 1)
        {
            line[0] = first == 0 ? low[0] : high[0] >> 1;
            return;
        }
        Lines.Lift(low, high, first, new InverseLow());
        Lines.Lift(high, low, 1 - first, new InverseHigh());
        if (first == 0) Lines.Interleave<int>(low, high, line);
        else Lines.Interleave<int>(high, low, line);
    }

    private static void AnalyzeRow(Plane<int> samples, int y, int parity, Plane<int> ll, Plane<int> hl, Plane<int> lh, Plane<int> hh)
    {
        bool isLow = ((y + parity) & 1) == 0;
        var low = (isLow ? ll : lh).Row(y >> 1);
        var high = (isLow ? hl : hh).Row(y >> 1);
        var line = samples.Row(y);
        int first = (int)(samples.Area.X0 & 1);
        if (line.Length == 1)
        {
            if (first == 0) low[0] = line[0];
            else high[0] = line[0] << 1;
            return;
        }
        if (first == 0) Lines.Split(line, low, high);
        else Lines.Split(line, high, low);
        Lines.Lift(high, low, 1 - first, new ForwardHigh());
        Lines.Lift(low, high, first, new ForwardLow());
    }

    private readonly struct InverseLow : ILiftingStep<int>
    {
        public Vector256<int> Apply(Vector256<int> x, Vector256<int> a, Vector256<int> b) => x - ((a + b + Vector256.Create(2)) >> 2);

        public int Apply(int x, int a, int b) => x - ((a + b + 2) >> 2);
    }

    private readonly struct InverseHigh : ILiftingStep<int>
    {
        public Vector256<int> Apply(Vector256<int> x, Vector256<int> a, Vector256<int> b) => x + ((a + b) >> 1);

        public int Apply(int x, int a, int b) => x + ((a + b) >> 1);
    }

    private readonly struct ForwardHigh : ILiftingStep<int>
    {
        public Vector256<int> Apply(Vector256<int> x, Vector256<int> a, Vector256<int> b) => x - ((a + b) >> 1);

        public int Apply(int x, int a, int b) => x - ((a + b) >> 1);
    }

    private readonly struct ForwardLow : ILiftingStep<int>
    {
        public Vector256<int> Apply(Vector256<int> x, Vector256<int> a, Vector256<int> b) => x + ((a + b + Vector256.Create(2)) >> 2);

        public int Apply(int x, int a, int b) => x + ((a + b + 2) >> 2);
    }
}
