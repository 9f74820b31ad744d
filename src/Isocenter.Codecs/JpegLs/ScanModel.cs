using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.JpegLs;

/// <summary>A context of regular mode: the counters of ISO/IEC 14495-1 §A.2.1, and what the next sample needs of them,
/// worked out ahead.</summary>
/// <remarks>The counters change without a branch, because errors cannot be predicted; the Golomb parameter follows them by
/// branches, because it seldom changes.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct Context
{
    /// <summary>Largest Golomb parameter a sound stream reaches, with one to spare. A damaged one cannot pass it.</summary>
    public const int MaxK = 16;

    public int A;
    public int B;
    public ushort N;
    public sbyte C;

    /// <summary>The Golomb parameter (§A.5.1).</summary>
    public byte K;

    /// <summary>−1 when the error mapping is mirrored (§A.5.2: NEAR = 0, k = 0 and 2B ≤ −N), else 0.</summary>
    public sbyte Mirror;

    public Context(int initialA)
    {
        A = initialA;
        N = 1;
        K = (byte)GolombParameter(1, initialA);
    }

    /// <summary>The smallest k with N × 2^k ≥ A (§A.5.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int GolombParameter(int n, int a)
    {
        int k = BitOperations.LeadingZeroCount((uint)n) - BitOperations.LeadingZeroCount((uint)a);
        k &= ~(k >> 31);
        k += (int)((uint)((n << k) - a) >> 31);
        return k > MaxK ? MaxK : k;
    }

    /// <summary>Learns from one quantised error (§A.6).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update(int error, int step, int reset, bool mirrors)
    {
        int errorSign = error >> 31;
        int a = A + ((error ^ errorSign) - errorSign);
        int b = B + error * step;
        int n = N;
        int halve = (int)((uint)(reset - 1 - n) >> 31);
        a >>= halve;
        b >>= halve;
        n = (n >> halve) + 1;

        int under = (b + n - 1) >> 31;                          // −1 when B ≤ −N
        int over = -b >> 31;                                    // −1 when B > 0
        b += (n & under) - (n & over);
        int missing = b + n - 1;
        b -= missing & (missing >> 31);                         // not below 1 − N
        b &= b >> 31;                                           // not above 0
        int c = C + under - over;
        if ((sbyte)c == c) C = (sbyte)c;                        // MIN_C and MAX_C are those of a signed byte

        // k seldom changes: comparing is predicted, while computing it anew would make the next sample wait.
        int k = K;
        while (n << k < a && k < MaxK) k++;
        while (k > 0 && n << (k - 1) >= a) k--;
        A = a;
        B = b;
        N = (ushort)n;
        K = (byte)k;
        if (mirrors) Mirror = (sbyte)(((2 * b + n - 1) >> 31) & ((k - 1) >> 31));
    }
}

/// <summary>A context of run interruption samples (§A.7.2): number 365 (RItype 0) or 366 (RItype 1).</summary>
internal struct RunContext
{
    public int A;
    public int N;
    public int Nn;

    /// <summary>The Golomb parameter (§A.7.2.1), which <see cref="Update"/> keeps.</summary>
    public int K;

    public RunContext(int initialA)
    {
        A = initialA;
        N = 1;
        K = Context.GolombParameter(1, initialA);
    }

    /// <summary>Whether the mapped error gives one up, being of the likelier sign (§A.7.2.1, code segment A.21).</summary>
    public readonly bool Map(int error)
    {
        if (error > 0) return K == 0 && 2 * Nn < N;
        return error < 0 && (K != 0 || 2 * Nn >= N);
    }

    /// <summary>Code segment A.23.</summary>
    public void Update(int error, int mapped, int type, int reset)
    {
        Nn -= error >> 31;
        A += (mapped + 1 - type) >> 1;
        if (N >= reset)
        {
            A >>= 1;
            N >>= 1;
            Nn >>= 1;
        }
        N++;
        int a = type == 0 ? A : A + (N >> 1);
        while (N << K < a && K < Context.MaxK) K++;
        while (K > 0 && N << (K - 1) >= a) K--;
    }
}

/// <summary>What the coding of one scan works with: parameters, contexts and tables. Encoder and decoder keep the same.</summary>
/// <remarks>Used by one thread. Its tables are rented; <see cref="Dispose"/> gives them back.</remarks>
internal sealed class ScanModel : IDisposable
{
    /// <summary>Orders of the run length code (§A.2.1, J).</summary>
    internal static ReadOnlySpan<byte> RunOrder =>
        [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private const int RegularContexts = 365;
    private readonly CodingParameters _parameters;
    private readonly sbyte[] _quantised;
    private readonly short[] _row;
    private readonly int _rowLength;

    /// <summary>Makes the model in the state every scan begins with.</summary>
    /// <param name="parameters">The constants of the scan.</param>
    /// <param name="stride">Samples of a line buffer, its edges included.</param>
    public ScanModel(in CodingParameters parameters, int stride)
    {
        _parameters = parameters;
        Contexts = new Context[RegularContexts];
        RunContexts = new RunContext[2];
        _rowLength = stride;
        _row = ArrayPool<short>.Shared.Rent(stride);
        _quantised = ArrayPool<sbyte>.Shared.Rent(2 * parameters.MaxVal + 1);
        FillQuantised();
        Reset();
    }

    public ref readonly CodingParameters Parameters => ref _parameters;

    public Context[] Contexts { get; }

    public RunContext[] RunContexts { get; }

    /// <summary>Room for the context of each component of a pixel, while it is coded.</summary>
    public int[] PixelContexts { get; } = new int[byte.MaxValue];

    /// <summary>The quantised gradient (§A.3.3) of every difference of two samples; difference 0 is at MAXVAL.</summary>
    public ReadOnlySpan<sbyte> Quantised => _quantised.AsSpan(0, 2 * Parameters.MaxVal + 1);

    /// <summary>81 × Q1 + 9 × Q2 of each sample of the line, after <see cref="QuantiseLineAbove"/>.</summary>
    public ReadOnlySpan<short> Row => _row.AsSpan(0, _rowLength);

    /// <summary>Bytes the model of such a scan takes.</summary>
    public static long MemoryFor(int maxVal, long stride) => 2L * maxVal + 1 + stride * sizeof(short) + RegularContexts * 16;

    /// <summary>Puts every context back to the start (§A.2.1), as each scan and restart interval begins.</summary>
    public void Reset()
    {
        Array.Fill(Contexts, new Context(Parameters.InitialA));
        Array.Fill(RunContexts, new RunContext(Parameters.InitialA));
    }

    /// <summary>The part of the context that only the line above decides: gradients D1 = Rd − Rb and D2 = Rb − Rc of the
    /// whole line at once (§A.3.1 to A.3.4).</summary>
    /// <param name="above">The line above with its edges.</param>
    /// <param name="components">Samples per pixel in the line: how far apart neighbours are.</param>
    public void QuantiseLineAbove(ReadOnlySpan<ushort> above, int components)
    {
        var row = _row.AsSpan(0, above.Length - components);
        var left = above[..row.Length];
        var right = above[components..];
        int i = 0;
        int lanes = Vector<ushort>.Count;
        if (Parameters.MaxVal <= short.MaxValue) i = QuantiseSigned(left, right, row);
        Vector<ushort> near = new((ushort)Parameters.Near), t1 = new((ushort)Parameters.T1),
            t2 = new((ushort)Parameters.T2), t3 = new((ushort)Parameters.T3);
        for (; i <= row.Length - lanes; i += lanes)
        {
            var a = new Vector<ushort>(left[i..]);
            var b = new Vector<ushort>(right[i..]);
            var least = Vector.Min(a, b);
            var distance = Vector.Max(a, b) - least;
            // Each comparison that holds is −1, so this sum is minus the magnitude of the quantised gradient.
            var sum = Vector.AsVectorInt16(Vector.GreaterThan(distance, near) + Vector.GreaterThanOrEqual(distance, t1)
                + Vector.GreaterThanOrEqual(distance, t2) + Vector.GreaterThanOrEqual(distance, t3));
            var falls = Vector.AsVectorInt16(Vector.Equals(least, b));
            Vector.ConditionalSelect(falls, sum, -sum).CopyTo(row[i..]);
        }
        for (; i < row.Length; i++) row[i] = _quantised[right[i] - left[i] + Parameters.MaxVal];

        // From the end, so that the gradient to the left is still as it was.
        int end = row.Length;
        for (; end - lanes >= components; end -= lanes)
        {
            var here = new Vector<short>(row[(end - lanes)..]);
            var before = new Vector<short>(row[(end - lanes - components)..]);
            (here * 81 + before * 9).CopyTo(row[(end - lanes)..]);
        }
        for (i = end - 1; i >= components; i--) row[i] = (short)(81 * row[i] + 9 * row[i - components]);
    }

    /// <summary>Gradients of samples whose difference fits 16 bits with its sign: comparing these is one instruction, comparing
    /// words without sign several.</summary>
    /// <returns>How many are done.</returns>
    private int QuantiseSigned(ReadOnlySpan<ushort> left, ReadOnlySpan<ushort> right, Span<short> row)
    {
        Vector<short> near = new((short)Parameters.Near), t1 = new((short)(Parameters.T1 - 1)),
            t2 = new((short)(Parameters.T2 - 1)), t3 = new((short)(Parameters.T3 - 1));
        int i = 0;
        for (; i <= row.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            var difference = Vector.AsVectorInt16(new Vector<ushort>(right[i..]) - new Vector<ushort>(left[i..]));
            var distance = Vector.Abs(difference);
            var sum = Vector.GreaterThan(distance, near) + Vector.GreaterThan(distance, t1)
                + Vector.GreaterThan(distance, t2) + Vector.GreaterThan(distance, t3);
            var rises = Vector.GreaterThan(difference, Vector<short>.Zero);
            ((sum ^ rises) - rises).CopyTo(row[i..]);           // minus the magnitude: turned round where it rises
        }
        return i;
    }

    public void Dispose()
    {
        ArrayPool<short>.Shared.Return(_row);
        ArrayPool<sbyte>.Shared.Return(_quantised);
    }

    private void FillQuantised()
    {
        int near = Parameters.Near, t1 = Parameters.T1, t2 = Parameters.T2, t3 = Parameters.T3, max = Parameters.MaxVal;
        var falling = _quantised.AsSpan(0, max);
        var rising = _quantised.AsSpan(max, max + 1);
        rising.Fill(4);
        rising[..t3].Fill(3);
        rising[..t2].Fill(2);
        rising[..t1].Fill(1);
        rising[..(near + 1)].Clear();
        falling.Fill(-4);
        falling[(max - t3 + 1)..].Fill(-3);
        falling[(max - t2 + 1)..].Fill(-2);
        falling[(max - t1 + 1)..].Fill(-1);
        falling[(max - near)..].Clear();
    }
}
