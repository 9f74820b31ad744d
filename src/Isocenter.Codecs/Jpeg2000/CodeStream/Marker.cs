namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Marker codes (ISO/IEC 15444-1 Table A.2, 15444-2 Table A.1, 15444-15 §A).</summary>
internal static class Marker
{
    public const ushort Soc = 0xFF4F;
    public const ushort Cap = 0xFF50;
    public const ushort Siz = 0xFF51;
    public const ushort Cod = 0xFF52;
    public const ushort Coc = 0xFF53;
    public const ushort Tlm = 0xFF55;
    public const ushort Prf = 0xFF56;
    public const ushort Plm = 0xFF57;
    public const ushort Plt = 0xFF58;
    public const ushort Cpf = 0xFF59;
    public const ushort Qpd = 0xFF5A;
    public const ushort Qpc = 0xFF5B;
    public const ushort Qcd = 0xFF5C;
    public const ushort Qcc = 0xFF5D;
    public const ushort Rgn = 0xFF5E;
    public const ushort Poc = 0xFF5F;
    public const ushort Ppm = 0xFF60;
    public const ushort Ppt = 0xFF61;
    public const ushort Crg = 0xFF63;
    public const ushort Com = 0xFF64;
    public const ushort Dco = 0xFF70;
    public const ushort Vms = 0xFF71;
    public const ushort Dfs = 0xFF72;
    public const ushort Ads = 0xFF73;
    public const ushort Mct = 0xFF74;
    public const ushort Mcc = 0xFF75;
    public const ushort Nlt = 0xFF76;
    public const ushort Mco = 0xFF77;
    public const ushort Cbd = 0xFF78;
    public const ushort Atk = 0xFF79;
    public const ushort Sot = 0xFF90;
    public const ushort Sop = 0xFF91;
    public const ushort Eph = 0xFF92;
    public const ushort Sod = 0xFF93;
    public const ushort Eoc = 0xFFD9;

    /// <summary>Refuses the extensions of part 2 that would change samples and are not supported.</summary>
    /// <param name="marker">Of a marker segment that nobody has read.</param>
    /// <param name="offset">Where it is.</param>
    /// <exception cref="CodecException">It asks for one.</exception>
    public static void RefuseExtension(ushort marker, int offset)
    {
        string? extension = marker switch
        {
            Dco => "variable DC offset (DCO)",
            Vms => "visual masking (VMS)",
            Dfs or Ads => "arbitrary decomposition (DFS, ADS)",
            Nlt => "a nonlinearity (NLT)",
            Atk => "transformation kernels of its own (ATK)",
            Qpd or Qpc => "quantization by precinct (QPD, QPC)",
            _ => null,
        };
        if (extension is not null) throw Damage.At(offset, $"the code stream asks for {extension}, which is not supported", "ISO/IEC 15444-2 Table A.1");
    }
}
