using System.Diagnostics.CodeAnalysis;
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
    private Words _reciprocals;
    private Words _corrections;
    private Words _scales;

    /// <param name="table">Factors in zig-zag order, 1 to 32767.</param>
    public Quantiser(ReadOnlySpan<ushort> table)
    {
        Table = table.ToArray();
        Span<ushort> reciprocals = stackalloc ushort[64], corrections = stackalloc ushort[64], scales = stackalloc ushort[64];
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
            reciprocals[at] = (ushort)quotient;
            corrections[at] = (ushort)correction;
            scales[at] = (ushort)(1 << Math.Clamp(32 - shift, 0, 15));
        }
        for (int i = 0; i < 4; i++)
        {
            _reciprocals[i] = Vector256.Create(reciprocals[(16 * i)..]);
            _corrections[i] = Vector256.Create(corrections[(16 * i)..]);
            _scales[i] = Vector256.Create(scales[(16 * i)..]);
        }
    }

    /// <summary>The table in zig-zag order.</summary>
    public ushort[] Table { get; }

    /// <summary>Quantises the coefficients of group 0 to 3 of 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<short> Quantise(Vector256<short> coefficients, [ConstantExpected] int group)
    {
        var value = Avx2.Abs(coefficients) + _corrections[group];
        value = Avx2.MultiplyHigh(value, _reciprocals[group]);
        value = Avx2.MultiplyHigh(value, _scales[group]);
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

    [InlineArray(4)]
    private struct Words
    {
        private Vector256<ushort> _first;
    }
}
