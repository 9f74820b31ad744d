using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The image as an encoder needs it: the quantized coefficients of all sub-bands.</summary>
internal sealed class HtAnalysis : IDisposable
{
    private static readonly bool IsLittleEndian = MemoryMarshal.Cast<byte, ushort>([1, 0])[0] == 1;

    private readonly Plane<int>[][][] bands;   // component, resolution, band

    private HtAnalysis(int components) => bands = new Plane<int>[components][][];

    /// <summary>The coefficients of a sub-band.</summary>
    internal Plane<int> Band(int component, int resolution, int band) => bands[component][resolution][band];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var component in bands)
        {
            foreach (var resolution in component ?? [])
            {
                foreach (var band in resolution ?? []) band?.Dispose();
            }
        }
    }

    /// <summary>Level shift, component transform, wavelet transform and quantization (ISO/IEC 15444-1 Annexes E to G).
    /// </summary>
    internal static HtAnalysis Make(ReadOnlySpan<byte> samples, in FrameLayout layout, HtEncodePlan plan, WorkingMemory memory)
    {
        var analysis = new HtAnalysis(layout.SamplesPerPixel);
        var planes = new Plane<int>[layout.SamplesPerPixel];
        for (int c = 0; c < planes.Length; c++)
        {
            planes[c] = new Plane<int>(plan.Tile.Components[c].Area, memory);
            Load(samples, layout, c, planes[c]);
        }

        if (plan.IsReversible)
        {
            if (plan.TransformsColour) Reversible(planes[0].Samples, planes[1].Samples, planes[2].Samples);
            for (int c = 0; c < planes.Length; c++) analysis.bands[c] = Analyze(planes[c], plan.Tile.Components[c], memory);
            return analysis;
        }

        var floats = new Plane<float>[planes.Length];
        for (int c = 0; c < planes.Length; c++)
        {
            floats[c] = new Plane<float>(planes[c].Area, memory);
            ToFloat(planes[c].Samples, floats[c].Samples);
            planes[c].Dispose();
        }

        if (plan.TransformsColour) Irreversible(floats[0].Samples, floats[1].Samples, floats[2].Samples);
        for (int c = 0; c < floats.Length; c++) analysis.bands[c] = Analyze(floats[c], plan.Tile.Components[c], memory);
        return analysis;
    }

    private static Plane<int>[][] Analyze(Plane<int> low, TileComponent component, WorkingMemory memory)
    {
        var bands = new Plane<int>[component.Resolutions.Length][];
        for (int r = bands.Length - 1; r > 0; r--)
        {
            var next = new Plane<int>(component.Resolutions[r - 1].Area, memory);
            bands[r] = [.. component.Resolutions[r].Bands.Select(band => new Plane<int>(band.Area, memory))];
            Wavelet53.Analyze(low, next, bands[r][0], bands[r][1], bands[r][2]);
            low.Dispose();
            low = next;
        }

        bands[0] = [low];
        return bands;
    }

    private static Plane<int>[][] Analyze(Plane<float> low, TileComponent component, WorkingMemory memory)
    {
        var bands = new Plane<int>[component.Resolutions.Length][];
        for (int r = bands.Length - 1; r > 0; r--)
        {
            var next = new Plane<float>(component.Resolutions[r - 1].Area, memory);
            Plane<float>[] high = [.. component.Resolutions[r].Bands.Select(band => new Plane<float>(band.Area, memory))];
            Wavelet97.Analyze(low, next, high[0], high[1], high[2]);
            bands[r] = [.. component.Resolutions[r].Bands.Select((band, i) => Quantize(high[i], band, memory))];
            low.Dispose();
            low = next;
        }

        bands[0] = [Quantize(low, component.Resolutions[0].Bands[0], memory)];
        return bands;
    }

    /// <summary>q = sign(y) ⌊|y| / Δ⌋ (§E.1.1).</summary>
    private static Plane<int> Quantize(Plane<float> plane, SubBand band, WorkingMemory memory)
    {
        var result = new Plane<int>(plane.Area, memory);
        float inverse = 1 / (band.Step * Wavelet97.Gain(band.Orientation, band.Level));
        var from = MemoryMarshal.Cast<float, Vector256<float>>(plane.Samples);
        var to = MemoryMarshal.Cast<int, Vector256<int>>(result.Samples);
        var factor = Vector256.Create(inverse);
        for (int i = 0; i < from.Length && i < to.Length; i++) to[i] = Vector256.ConvertToInt32(from[i] * factor);
        for (int i = from.Length * Vector256<float>.Count; i < plane.Samples.Length; i++)
            result.Samples[i] = (int)(plane.Samples[i] * inverse);
        plane.Dispose();
        return result;
    }

    private static void ToFloat(ReadOnlySpan<int> samples, Span<float> floats)
    {
        for (int i = 0; i < samples.Length; i++) floats[i] = samples[i];
    }

    /// <summary>Takes the samples of a component out of the frame, the middle of an unsigned range at 0.</summary>
    private static void Load(ReadOnlySpan<byte> samples, in FrameLayout layout, int component, Plane<int> plane)
    {
        int unused = 32 - layout.BitsStored, shift = layout.IsSigned ? 0 : 1 << (layout.BitsStored - 1);
        int step = layout.IsPlanar ? 1 : layout.SamplesPerPixel;
        int first = layout.IsPlanar ? component * (int)layout.PixelCount : component;
        var to = plane.Samples;
        switch (layout.BitsAllocated)
        {
            case 8:
                for (int i = 0, at = first; i < to.Length; i++, at += step) to[i] = samples[at];
                break;
            case 16 when step == 1 && IsLittleEndian:
                var words = MemoryMarshal.Cast<byte, ushort>(samples[(2 * first)..]);
                for (int i = 0; i < to.Length; i++) to[i] = words[i];
                break;
            case 16:
                for (int i = 0, at = 2 * first; i < to.Length; i++, at += 2 * step)
                    to[i] = BinaryPrimitives.ReadUInt16LittleEndian(samples[at..]);
                break;
            default:
                int bytes = layout.BytesPerSample;
                for (int i = 0, at = bytes * first; i < to.Length; i++, at += bytes * step)
                    to[i] = BinaryPrimitives.ReadInt32LittleEndian(samples[at..]);
                break;
        }

        if (layout.IsSigned)
        {
            foreach (ref int value in to) value = value << unused >> unused;
        }
        else
        {
            foreach (ref int value in to) value = (int)((uint)value << unused >> unused) - shift;
        }
    }

    /// <summary>RCT (§G.2.1).</summary>
    private static void Reversible(Span<int> red, Span<int> green, Span<int> blue)
    {
        for (int i = 0; i < red.Length && i < green.Length && i < blue.Length; i++)
        {
            var (r, g, b) = (red[i], green[i], blue[i]);
            red[i] = (r + 2 * g + b) >> 2;
            green[i] = b - g;
            blue[i] = r - g;
        }
    }

    /// <summary>ICT (§G.3.1).</summary>
    private static void Irreversible(Span<float> red, Span<float> green, Span<float> blue)
    {
        for (int i = 0; i < red.Length && i < green.Length && i < blue.Length; i++)
        {
            var (r, g, b) = (red[i], green[i], blue[i]);
            red[i] = 0.299f * r + 0.587f * g + 0.114f * b;
            green[i] = -0.168736f * r - 0.331264f * g + 0.5f * b;
            blue[i] = 0.5f * r - 0.418688f * g - 0.081312f * b;
        }
    }
}
