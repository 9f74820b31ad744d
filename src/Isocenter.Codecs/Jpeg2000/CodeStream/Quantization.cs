namespace Isocenter.Codecs.Jpeg2000;

/// <summary>How the coefficients of one component are quantized: QCD or QCC (ISO/IEC 15444-1 §A.6.4, §E.1).</summary>
internal sealed class Quantization
{
    private readonly ushort[] _steps;   // exponent << 11 | mantissa
    private readonly bool _derived;

    private Quantization(ushort[] steps, bool derived)
    {
        _steps = steps;
        _derived = derived;
    }

    /// <summary>True for "no quantization": the reversible transform.</summary>
    public bool IsNone { get; private init; }

    /// <summary>Guard bits G.</summary>
    public int GuardBits { get; private init; }

    /// <summary>Sub-bands this has values for, in the order LL, HL, LH, HH of each level.</summary>
    public int Bands => _derived ? int.MaxValue : _steps.Length;

    /// <param name="band">0 for LL, then 3 (r − 1) + 1, 2, 3 for HL, LH, HH of resolution level r.</param>
    /// <param name="level">n_b, the decomposition level of the band.</param>
    /// <param name="levels">N_L.</param>
    /// <returns>Exponent and mantissa of the step; zeros where the marker segment has none.</returns>
    public (int Exponent, int Mantissa) Step(int band, int level, int levels)
    {
        if (_derived) return (Math.Max(0, (_steps[0] >> 11) - levels + level), _steps[0] & 0x7FF);   // equation E-5
        return band < _steps.Length ? (_steps[band] >> 11, _steps[band] & 0x7FF) : (0, 0);
    }

    /// <summary>The quantization of an encoder, a step for each sub-band.</summary>
    /// <param name="steps">Exponent &lt;&lt; 11 | mantissa.</param>
    /// <param name="isNone">For the reversible transform.</param>
    /// <param name="guardBits">G.</param>
    public static Quantization Make(ushort[] steps, bool isNone, int guardBits) =>
        new(steps, derived: false) { IsNone = isNone, GuardBits = guardBits };

    /// <summary>The same steps with other guard bits.</summary>
    public Quantization WithGuardBits(int guardBits) => new(_steps, _derived) { IsNone = IsNone, GuardBits = guardBits };

    /// <summary>Exponent &lt;&lt; 11 | mantissa of each sub-band.</summary>
    public ReadOnlySpan<ushort> Steps => _steps;

    public static Quantization Read(ref SegmentReader reader)
    {
        int start = reader.Position;
        int style = reader.U8();
        switch (style & 31)
        {
            case 0:
                var exponents = reader.Take(Math.Min(reader.Remaining, 97));
                if (exponents.IsEmpty) break;
                var none = new ushort[exponents.Length];
                for (int i = 0; i < none.Length; i++) none[i] = (ushort)(exponents[i] >> 3 << 11);
                return new Quantization(none, derived: false) { IsNone = true, GuardBits = style >> 5 };
            case 1:
                return new Quantization([reader.U16()], derived: true) { GuardBits = style >> 5 };
            case 2:
                var steps = new ushort[Math.Min(reader.Remaining / 2, 97)];
                if (steps.Length == 0) break;
                for (int i = 0; i < steps.Length; i++) steps[i] = reader.U16();
                return new Quantization(steps, derived: false) { GuardBits = style >> 5 };
        }
        throw Damage.At(start, $"quantization style {style & 31} with {reader.Remaining} bytes of steps", "ISO/IEC 15444-1 Table A.28");
    }
}
