namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The sub-bands of one tile-component, and the samples that the inverse transform makes of them.</summary>
internal abstract class ComponentSynthesis : IDisposable
{
    /// <summary>Where the coefficients of a sub-band go.</summary>
    /// <param name="resolution">Resolution level.</param>
    /// <param name="band">Place in <see cref="Resolution.Bands"/>.</param>
    public abstract BandTarget Target(int resolution, int band);

    /// <summary>Runs the inverse transform; the sub-bands are gone then.</summary>
    public abstract void Synthesize();

    public abstract void Dispose();

    /// <summary>Makes the planes of one tile-component; what is in them is anything.</summary>
    /// <param name="component">The tile-component.</param>
    /// <param name="levels">Resolution levels to decode.</param>
    /// <param name="wide">Samples do not fit 32 bits.</param>
    /// <param name="memory">Counts what the planes take.</param>
    public static ComponentSynthesis Make(TileComponent component, int levels, bool wide, WorkingMemory memory) =>
        (component.Coding.IsReversible, wide) switch
        {
            (true, false) => new IntSynthesis(component, levels, memory),
            (false, false) => new FloatSynthesis(component, levels, memory),
            (true, true) => new LongSynthesis(component, levels, memory),
            (false, true) => new DoubleSynthesis(component, levels, memory),
        };
}

/// <inheritdoc/>
internal abstract class ComponentSynthesis<T> : ComponentSynthesis where T : unmanaged
{
    private readonly TileComponent _component;
    private readonly WorkingMemory _memory;
    private readonly Plane<T>[][] _bands;
    private readonly BandTarget[][] _targets;

    protected ComponentSynthesis(TileComponent component, int levels, WorkingMemory memory)
    {
        _component = component;
        _memory = memory;
        _bands = new Plane<T>[levels][];
        _targets = new BandTarget[levels][];
        for (int r = 0; r < levels; r++)
        {
            var bands = component.Resolutions[r].Bands;
            _bands[r] = new Plane<T>[bands.Length];
            _targets[r] = new BandTarget[bands.Length];
            for (int i = 0; i < bands.Length; i++)
            {
                _bands[r][i] = new Plane<T>(bands[i].Area, memory);
                _targets[r][i] = MakeTarget(bands[i], bands[i].Level - (component.Resolutions.Length - levels), _bands[r][i]);
            }
        }
    }

    /// <summary>The samples, after <see cref="Synthesize"/>.</summary>
    public Plane<T> Result => _bands[0][0];

    public override BandTarget Target(int resolution, int band) => _targets[resolution][band];

    public override void Synthesize()
    {
        for (int r = 1; r < _bands.Length; r++)
        {
            var result = new Plane<T>(_component.Resolutions[r].Area, _memory);
            var (ll, hl, lh, hh) = (_bands[0][0], _bands[r][0], _bands[r][1], _bands[r][2]);
            SynthesizeLevel(ll, hl, lh, hh, result);
            _bands[0][0] = result;
            ll.Dispose();
            hl.Dispose();
            lh.Dispose();
            hh.Dispose();
        }
    }

    public override void Dispose()
    {
        foreach (var level in _bands)
            foreach (var plane in level ?? [])
                plane?.Dispose();
    }

    /// <param name="band">The sub-band.</param>
    /// <param name="levels">Levels of the inverse transform it will go through.</param>
    /// <param name="plane">Its coefficients.</param>
    protected abstract BandTarget MakeTarget(SubBand band, int levels, Plane<T> plane);

    protected abstract void SynthesizeLevel(Plane<T> ll, Plane<T> hl, Plane<T> lh, Plane<T> hh, Plane<T> result);
}

/// <summary>5-3 in 32 bits.</summary>
internal sealed class IntSynthesis(TileComponent component, int levels, WorkingMemory memory)
    : ComponentSynthesis<int>(component, levels, memory)
{
    protected override BandTarget MakeTarget(SubBand band, int levels, Plane<int> plane) => new BandTarget<int, WholeUnits>(plane, new WholeUnits());

    protected override void SynthesizeLevel(Plane<int> ll, Plane<int> hl, Plane<int> lh, Plane<int> hh, Plane<int> result) =>
        Wavelet<int, Wavelet53>.Synthesize(ll, hl, lh, hh, result);
}

/// <summary>9-7 in single precision.</summary>
internal sealed class FloatSynthesis(TileComponent component, int levels, WorkingMemory memory)
    : ComponentSynthesis<float>(component, levels, memory)
{
    protected override BandTarget MakeTarget(SubBand band, int levels, Plane<float> plane) =>
        new BandTarget<float, SteppedUnits>(plane, new SteppedUnits(band.Step * Wavelet97.Gain(band.Orientation, levels)));

    protected override void SynthesizeLevel(Plane<float> ll, Plane<float> hl, Plane<float> lh, Plane<float> hh, Plane<float> result) =>
        Wavelet<float, Wavelet97>.Synthesize(ll, hl, lh, hh, result);
}

/// <summary>5-3 in 64 bits.</summary>
internal sealed class LongSynthesis(TileComponent component, int levels, WorkingMemory memory)
    : ComponentSynthesis<long>(component, levels, memory)
{
    protected override BandTarget MakeTarget(SubBand band, int levels, Plane<long> plane) => new BandTarget<long, WideWholeUnits>(plane, new WideWholeUnits());

    protected override void SynthesizeLevel(Plane<long> ll, Plane<long> hl, Plane<long> lh, Plane<long> hh, Plane<long> result) =>
        WideInverseWavelet.Reversible(ll, hl, lh, hh, result);
}

/// <summary>9-7 in double precision.</summary>
internal sealed class DoubleSynthesis(TileComponent component, int levels, WorkingMemory memory)
    : ComponentSynthesis<double>(component, levels, memory)
{
    protected override BandTarget MakeTarget(SubBand band, int levels, Plane<double> plane) => new BandTarget<double, WideSteppedUnits>(plane, new WideSteppedUnits(band.Step));

    protected override void SynthesizeLevel(Plane<double> ll, Plane<double> hl, Plane<double> lh, Plane<double> hh, Plane<double> result) =>
        WideInverseWavelet.Irreversible(ll, hl, lh, hh, result);
}
