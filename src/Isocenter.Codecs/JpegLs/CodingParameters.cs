using System.Numerics;

namespace Isocenter.Codecs.JpegLs;

/// <summary>The constants of one scan, named as in ISO/IEC 14495-1 §A.2.1.</summary>
internal readonly struct CodingParameters
{
    public CodingParameters(JpegLsPreset preset, int near)
    {
        MaxVal = preset.MaxVal;
        T1 = preset.T1;
        T2 = preset.T2;
        T3 = preset.T3;
        Reset = preset.Reset;
        Near = near;
        Step = 2 * near + 1;
        Range = (MaxVal + 2 * near) / Step + 1;
        Qbpp = CeilLog2(Range);
        int bpp = Math.Max(2, CeilLog2(MaxVal + 1));
        Limit = 2 * (bpp + Math.Max(8, bpp));
    }

    public int MaxVal { get; }

    public int Near { get; }

    public int T1 { get; }

    public int T2 { get; }

    public int T3 { get; }

    public int Reset { get; }

    /// <summary>2 × NEAR + 1: the distance of two reconstructed values.</summary>
    public int Step { get; }

    public int Range { get; }

    /// <summary>Bits that hold a mapped error value.</summary>
    public int Qbpp { get; }

    /// <summary>The longest code word, in bits.</summary>
    public int Limit { get; }

    /// <summary>Zeros that announce an escape: the mapped error follows in <see cref="Qbpp"/> bits (§A.5.3).</summary>
    public int EscapeZeros => Limit - Qbpp - 1;

    /// <summary>True when reconstruction is a plain mask: lossless, and MAXVAL fills its bits.</summary>
    public bool IsMasked => Near == 0 && (MaxVal & (MaxVal + 1)) == 0;

    /// <summary>What A of every context starts with (§A.2.1).</summary>
    public int InitialA => Math.Max(2, (Range + 32) >> 6);

    private static int CeilLog2(int value) => 32 - BitOperations.LeadingZeroCount((uint)value - 1);
}

/// <summary>What the inner loops need of <see cref="CodingParameters"/>, worked out once per line, for registers.</summary>
internal readonly struct LineConstants(in CodingParameters parameters)
{
    public readonly int MaxVal = parameters.MaxVal;
    public readonly int Near = parameters.Near;
    public readonly int Step = parameters.Step;
    public readonly int Range = parameters.Range;

    /// <summary>RANGE in steps of samples: what reconstruction wraps around by.</summary>
    public readonly int WholeRange = parameters.Range * parameters.Step;
    public readonly int Reset = parameters.Reset;
    public readonly int Qbpp = parameters.Qbpp;
    public readonly int EscapeZeros = parameters.EscapeZeros;

    /// <summary>Bits of an int above an error modulo RANGE, where that is a power of two.</summary>
    public readonly int UnusedBits = 32 - parameters.Qbpp;

    /// <summary>Zeros below which a code word is read at once.</summary>
    public readonly int FastZeros = Math.Min(parameters.EscapeZeros, BitReader.FastZeros);
}
