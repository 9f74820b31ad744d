namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One resolution level of a tile-component (ISO/IEC 15444-1 §B.5, §B.6).</summary>
internal sealed class Resolution
{
    private readonly int _precinctX;   // PPx
    private readonly int _precinctY;   // PPy
    private readonly WorkingMemory _memory;
    private readonly Precinct?[] _precincts;

    public Resolution(int level, Rect area, SubBand[] bands, int precinctX, int precinctY, WorkingMemory memory)
    {
        Level = level;
        Area = area;
        Bands = bands;
        _precinctX = precinctX;
        _precinctY = precinctY;
        _memory = memory;
        if (!area.IsEmpty)
        {
            PrecinctsWide = Ceiling.Shift(area.X1, precinctX) - (area.X0 >> precinctX);
            PrecinctsHigh = Ceiling.Shift(area.Y1, precinctY) - (area.Y0 >> precinctY);
        }
        long precincts = PrecinctsWide * PrecinctsHigh;
        if (precincts > int.MaxValue / 64) throw Damage.Of($"resolution level {level} has {precincts} precincts");
        memory.Take(200 + 10 * precincts, "the precincts of a resolution level");
        _precincts = new Precinct?[precincts];
        LayersRead = new ushort[precincts];
    }

    /// <summary>r: 0 for the smallest image.</summary>
    public int Level { get; }

    /// <summary>In its own coordinates (equation B-14).</summary>
    public Rect Area { get; }

    /// <summary>LL at level 0, else HL, LH, HH.</summary>
    public SubBand[] Bands { get; }

    public long PrecinctsWide { get; }

    public long PrecinctsHigh { get; }

    public int Precincts => _precincts.Length;

    /// <summary>Packets read of each precinct.</summary>
    public ushort[] LayersRead { get; }

    /// <summary>The precinct, or null when no packet of it was read.</summary>
    public Precinct? Existing(int precinct) => _precincts[precinct];

    /// <summary>The precinct, made at its first packet.</summary>
    public Precinct Precinct(int precinct)
    {
        if (_precincts[precinct] is { } existing) return existing;
        var area = PrecinctArea(precinct);
        var bands = new PrecinctBand[Bands.Length];
        for (int i = 0; i < bands.Length; i++)
        {
            var band = Bands[i];
            // Half of the precinct's size and place at the levels above 0 (§B.7).
            var part = Level == 0 ? area : new Rect(area.X0 >> 1, area.Y0 >> 1, area.X1 >> 1, area.Y1 >> 1);
            bands[i] = new PrecinctBand(band, part.Intersect(band.Area), _memory);
        }
        return _precincts[precinct] = new Precinct(bands);
    }

    /// <summary>Where the position progressions find a precinct, in columns and rows of this level times
    /// 2^(N_L − r) and subsampling (§B.12.1.3).</summary>
    public (long X, long Y) PrecinctOrigin(int precinct)
    {
        var area = PrecinctArea(precinct);
        return (area.X0, area.Y0);
    }

    private Rect PrecinctArea(int precinct)
    {
        long x = (Area.X0 >> _precinctX) + precinct % PrecinctsWide, y = (Area.Y0 >> _precinctY) + precinct / PrecinctsWide;
        return new Rect(x << _precinctX, y << _precinctY, (x + 1) << _precinctX, (y + 1) << _precinctY);
    }
}
