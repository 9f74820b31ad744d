using System.Numerics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What an encoder decides before it sees a sample.</summary>
internal sealed class EncodePlan
{
    private const int MaxFraction = 4;

    /// <summary>Decides.</summary>
    /// <param name="layout">Of the frame.</param>
    /// <param name="options">As the caller gave them.</param>
    /// <param name="step">The quantization step of the irreversible transform.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public EncodePlan(in FrameLayout layout, Jpeg2000EncodeOptions options, double step)
    {
        Check(layout, options);
        Options = options;
        int tileWidth = options.TileWidth == 0 ? layout.Columns : Math.Min(options.TileWidth, layout.Columns);
        int tileHeight = options.TileHeight == 0 ? layout.Rows : Math.Min(options.TileHeight, layout.Rows);
        var components = new ComponentSize[layout.SamplesPerPixel];
        Array.Fill(components, new ComponentSize(layout.BitsStored, layout.IsSigned, 1, 1));
        Size = ImageSize.Make(layout.Columns, layout.Rows, tileWidth, tileHeight, components);
        if (Size.Tiles > 65535) throw new ArgumentException($"{Size.Tiles} tiles are more than 65535");

        bool transforms = options.UsesComponentTransform && components.Length >= 3;
        int levels = Math.Min(options.Levels, BitOperations.Log2((uint)Math.Max(tileWidth, tileHeight)));
        var coding = CodingStyle.Make(levels, BitOperations.Log2((uint)options.BlockWidth), BitOperations.Log2((uint)options.BlockHeight),
            options.BlockStyle, options.IsReversible, Precincts(options, levels));
        ushort[] steps = QuantizationSteps.Make(layout.BitsStored, levels, options.IsReversible, transforms, step);
        var quantization = Quantization.Make(steps, options.IsReversible, QuantizationSteps.GuardBits);
        int layers = Math.Max(1, Math.Max(options.Ratios.Count, options.PeakSignalToNoise.Count));
        Parameters = new TileParameters(components.Length, coding, quantization, options.Progression, layers, transforms);
        IsReversible = options.IsReversible;
        Fraction = IsReversible ? 0 : Math.Clamp(30 - (steps.Max(s => s >> 11) + QuantizationSteps.GuardBits - 1), 0, MaxFraction);
    }

    public Jpeg2000EncodeOptions Options { get; }

    public ImageSize Size { get; }

    /// <summary>Of all tiles.</summary>
    public TileParameters Parameters { get; }

    public bool IsReversible { get; }

    public CodeBlockStyle BlockStyle => Options.BlockStyle;

    /// <summary>Binary places that coefficients have below their lowest bit plane, to measure errors by.</summary>
    public int Fraction { get; }

    /// <summary>The squared error of what is not coded is asked for.</summary>
    public bool NeedsEnergy => Options.PeakSignalToNoise.Count > 0;

    /// <summary>Squared error of the image, summed over components, for one of a coefficient.</summary>
    public double Weight(SubBand band, int component)
    {
        double norm = WaveletNorms.Of(IsReversible, band.Orientation, band.Level) * band.Step;
        if (Parameters.HasComponentTransform && component < 3) norm *= ComponentTransform.Norm(IsReversible, component);
        return norm * norm;
    }

    private static byte[]? Precincts(Jpeg2000EncodeOptions options, int levels)
    {
        if (options.Precincts.Count == 0) return null;
        var precincts = new byte[levels + 1];
        for (int r = 0; r <= levels; r++)
        {
            var (width, height) = options.Precincts[Math.Min(levels - r, options.Precincts.Count - 1)];
            precincts[r] = (byte)(BitOperations.Log2((uint)width) | BitOperations.Log2((uint)height) << 4);
        }
        return precincts;
    }

    private static void Check(in FrameLayout layout, Jpeg2000EncodeOptions options)
    {
        if (layout.BitsStored > Jpeg2000Encoder.MaxBitsStored)
            throw new ArgumentException($"{layout.BitsStored} bits stored are more than the {Jpeg2000Encoder.MaxBitsStored} this encoder takes");
        if (options.Levels is < 0 or > 32) throw new ArgumentException($"{options.Levels} levels are outside 0 to 32");
        if (!IsPowerWithin(options.BlockWidth, 4, 1024) || !IsPowerWithin(options.BlockHeight, 4, 1024) || options.BlockWidth * options.BlockHeight > 4096)
            throw new ArgumentException($"code-blocks of {options.BlockWidth} × {options.BlockHeight} are not powers of two, 4 to 1024 and 4096 together");
        if (options.TileWidth < 0 || options.TileHeight < 0) throw new ArgumentException("the size of tiles is negative");
        foreach (var (width, height) in options.Precincts)
            if (!IsPowerWithin(width, 2, 32768) || !IsPowerWithin(height, 2, 32768))
                throw new ArgumentException($"precincts of {width} × {height} are not powers of two, 2 to 32768");
        if (options.Ratios.Count > 0 && options.PeakSignalToNoise.Count > 0) throw new ArgumentException("layers have either ratios or signal-to-noise ratios");
        if (Math.Max(options.Ratios.Count, options.PeakSignalToNoise.Count) > 65535) throw new ArgumentException("there are more than 65535 layers");
        foreach (double ratio in options.Ratios)
            if (!(ratio >= 0)) throw new ArgumentException($"a ratio of {ratio}");
        foreach (double noise in options.PeakSignalToNoise)
            if (double.IsNaN(noise)) throw new ArgumentException("a signal-to-noise ratio is no number");
        if (!(options.Step is >= 1.0 / 1024 and <= 1024)) throw new ArgumentException($"a quantization step of {options.Step} is outside 1/1024 to 1024");
        const CodeBlockStyle Unknown = CodeBlockStyle.PredictableTermination | CodeBlockStyle.HighThroughput | CodeBlockStyle.HighThroughputMixed;
        if ((options.BlockStyle & Unknown) != 0) throw new ArgumentException($"code-block style {options.BlockStyle}");
    }

    private static bool IsPowerWithin(int value, int least, int most) => value >= least && value <= most && BitOperations.IsPow2(value);
}
