using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Divides coefficients by a quantisation table, rounding to the nearest (T.81 §A.3.4).</summary>
/// <remarks>The forward DCT leaves them times 8. A division by d is a multiplication by its reciprocal of 16 bits and a
/// shift; rounded as below it is exact for all 16-bit dividends, as in libjpeg-turbo.</remarks>
internal sealed class Quantiser
{
    private readonly int[] _divisors = new int[64];
    private readonly ushort[] _reciprocals = new ushort[64];
    private readonly ushort[] _corrections = new ushort[64];
    private readonly ushort[] _scales = new ushort[64];

    /// <param name="table">Factors in zig-zag order, 1 to 32767.</param>
    public Quantiser(ReadOnlySpan<ushort> table)
    {
        Table = table.ToArray();
        for (int k = 0; k < 64; k++)
        {
            int at = ForwardOrder.FromZigZag[k], divisor = table[k] * 8;
            _divisors[at] = divisor;
            int bits = BitOperations.Log2((uint)divisor), shift = 16 + bits;
            uint quotient = (uint)((1L << shift) / divisor), rest = (uint)((1L << shift) % divisor);
            int correction = divisor / 2;
            if (rest == 0)
            {
                quotient >>= 1;
                shift--;
            }
            else if (rest <= divisor / 2)
            {
                correction++;
            }
            else
            {
                quotient++;
            }
            _reciprocals[at] = (ushort)quotient;
            _corrections[at] = (ushort)correction;
            _scales[at] = (ushort)(1 << Math.Clamp(32 - shift, 0, 15));
        }
    }

    /// <summary>The table in zig-zag order.</summary>
    public ushort[] Table { get; }

    /// <summary>Quantises 16 coefficients from <paramref name="position"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<short> Quantise(Vector256<short> coefficients, int position)
    {
        var value = Avx2.Abs(coefficients) + Vector256.Create(_corrections.AsSpan(position));
        value = Avx2.MultiplyHigh(value, Vector256.Create(_reciprocals.AsSpan(position)));
        value = Avx2.MultiplyHigh(value, Vector256.Create(_scales.AsSpan(position)));
        return Avx2.Sign(value.AsInt16(), coefficients);
    }

    /// <summary>Quantises a block that lies row by row.</summary>
    public void Quantise(ReadOnlySpan<int> natural, Span<short> block)
    {
        for (int n = 0; n < 64; n++)
        {
            int v = n >> 3, u = n & 7;
            int at = (v >> 1) * 16 + (u >> 2) * 8 + (v & 1) * 4 + ((u & 1) << 1 | (u >> 1 & 1));
            int magnitude = (Math.Abs(natural[n]) + _divisors[at] / 2) / _divisors[at];
            block[at] = (short)(natural[n] < 0 ? -magnitude : magnitude);
        }
    }
}
