using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One tile as an encoder needs it: the quantized coefficients of all sub-bands.</summary>
internal sealed class TileAnalysis : IDisposable
{
    private readonly Tile _tile;
    private readonly WorkingMemory _memory;
    private readonly Plane<int>[] _samples;
    private readonly Plane<int>[][][] _bands;   // component, resolution, band

    /// <summary>Takes the samples of a tile; <see cref="Run"/> does the rest without them.</summary>
    public TileAnalysis(SampleReader reader, Tile tile, WorkingMemory memory)
    {
        _tile = tile;
        _memory = memory;
        _bands = new Plane<int>[tile.Components.Length][][];
        _samples = new Plane<int>[tile.Components.Length];
        for (int c = 0; c < _samples.Length; c++)
        {
            _samples[c] = new Plane<int>(tile.Components[c].Area, memory);
            reader.Read(c, _samples[c]);
        }
    }

    /// <summary>The coefficients of a sub-band.</summary>
    public Plane<int> Band(int component, int resolution, int band) => _bands[component][resolution][band];

    public void Dispose()
    {
        foreach (var plane in _samples) plane?.Dispose();
        foreach (var component in _bands)
            foreach (var resolution in component ?? [])
                foreach (var band in resolution ?? []) band?.Dispose();
    }

    /// <summary>Component transform, wavelet transform and quantization (ISO/IEC 15444-1 Annexes E to G).</summary>
    /// <param name="fraction">Binary places to keep of the coefficients of the irreversible transform.</param>
    /// <param name="threads">That may work on it, a component each.</param>
    /// <param name="cancel">Asked between components.</param>
    public void Run(int fraction, int threads, CancellationToken cancel)
    {
        bool transforms = _tile.Parameters.HasComponentTransform && _samples.Length >= 3;
        if (_tile.Components[0].Coding.IsReversible)
        {
            if (transforms) ComponentTransform.Reversible(_samples[0].Samples, _samples[1].Samples, _samples[2].Samples);
            Work.Spread(_samples.Length, threads, c => _bands[c] = Analyze(_samples[c], _tile.Components[c]), cancel);
            return;
        }

        var floats = new Plane<float>[_samples.Length];
        Work.Spread(_samples.Length, threads, c => floats[c] = ToFloat(_samples[c]), cancel);
        if (transforms) ComponentTransform.Irreversible(floats[0].Samples, floats[1].Samples, floats[2].Samples);
        Work.Spread(_samples.Length, threads, c => _bands[c] = Analyze(floats[c], _tile.Components[c], fraction), cancel);
    }

    private Plane<int>[][] Analyze(Plane<int> low, TileComponent component)
    {
        var bands = new Plane<int>[component.Resolutions.Length][];
        for (int r = bands.Length - 1; r > 0; r--)
        {
            var next = new Plane<int>(component.Resolutions[r - 1].Area, _memory);
            bands[r] = [.. component.Resolutions[r].Bands.Select(band => new Plane<int>(band.Area, _memory))];
            Wavelet<int, Wavelet53>.Analyze(low, next, bands[r][0], bands[r][1], bands[r][2]);
            low.Dispose();
            low = next;
        }
        bands[0] = [low];
        return bands;
    }

    private Plane<int>[][] Analyze(Plane<float> low, TileComponent component, int fraction)
    {
        var bands = new Plane<int>[component.Resolutions.Length][];
        for (int r = bands.Length - 1; r > 0; r--)
        {
            var next = new Plane<float>(component.Resolutions[r - 1].Area, _memory);
            Plane<float>[] high = [.. component.Resolutions[r].Bands.Select(band => new Plane<float>(band.Area, _memory))];
            Wavelet<float, Wavelet97>.Analyze(low, next, high[0], high[1], high[2]);
            bands[r] = [.. component.Resolutions[r].Bands.Select((band, i) => Quantize(high[i], band, fraction))];
            low.Dispose();
            low = next;
        }
        bands[0] = [Quantize(low, component.Resolutions[0].Bands[0], fraction)];
        return bands;
    }

    /// <summary>q = sign(y) ⌊|y| / Δ⌋ (§E.1.1), with binary places.</summary>
    private Plane<int> Quantize(Plane<float> plane, SubBand band, int fraction)
    {
        var result = new Plane<int>(plane.Area, _memory);
        float inverse = (1 << fraction) / (band.Step * Wavelet97.Gain(band.Orientation, band.Level));
        var from = MemoryMarshal.Cast<float, Vector256<float>>(plane.Samples);
        var to = MemoryMarshal.Cast<int, Vector256<int>>(result.Samples);
        var factor = Vector256.Create(inverse);
        for (int i = 0; i < from.Length && i < to.Length; i++) to[i] = Vector256.ConvertToInt32(from[i] * factor);
        for (int i = from.Length * Vector256<float>.Count; i < plane.Samples.Length; i++)
            result.Samples[i] = (int)(plane.Samples[i] * inverse);
        plane.Dispose();
        return result;
    }

    private Plane<float> ToFloat(Plane<int> samples)
    {
        var floats = new Plane<float>(samples.Area, _memory);
        var from = samples.Samples;
        var to = floats.Samples;
        for (int i = 0; i < from.Length && i < to.Length; i++) to[i] = from[i];
        samples.Dispose();
        return floats;
    }
}
