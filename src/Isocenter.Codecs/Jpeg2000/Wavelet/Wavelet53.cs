using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The reversible 5-3 transform (ISO/IEC 15444-1 §F.3.8.2, §F.4.8.2).</summary>
internal readonly struct Wavelet53 : IWaveletKernel<int>
{
    public static int Steps => 2;

    public static void InverseRows(Plane<int> plane, int y)
    {
        Lines.LiftRow(plane, y, new InverseLow());
        Lines.LiftRow(plane, y - 1, new InverseHigh());
    }

    public static void ForwardRows(Plane<int> plane, int y)
    {
        Lines.LiftRow(plane, y, new ForwardHigh());
        Lines.LiftRow(plane, y - 1, new ForwardLow());
    }

    public static void InverseLine(Span<int> low, Span<int> high, int first)
    {
        Lines.Lift(low, high, first, new InverseLow());
        Lines.Lift(high, low, 1 - first, new InverseHigh());
    }

    public static void ForwardLine(Span<int> low, Span<int> high, int first)
    {
        Lines.Lift(high, low, 1 - first, new ForwardHigh());
        Lines.Lift(low, high, first, new ForwardLow());
    }

    public static int InverseSingle(int value, bool isLow) => isLow ? value : value >> 1;

    public static int ForwardSingle(int value, bool isLow) => isLow ? value : value << 1;

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
