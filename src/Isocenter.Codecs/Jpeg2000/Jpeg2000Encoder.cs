using System.Buffers;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Encodes frames as JPEG 2000 code streams (ISO/IEC 15444-1).</summary>
/// <remarks>Holds no state between calls; safe from many threads.</remarks>
public static class Jpeg2000Encoder
{
    /// <summary>Most bits of a sample.</summary>
    public const int MaxBitsStored = 24;

    private const double FinestStep = 1.0 / 64;

    /// <summary>Encodes one frame.</summary>
    /// <param name="samples">Exactly <see cref="FrameLayout.FrameLength"/> bytes; of each sample the low
    /// <see cref="FrameLayout.BitsStored"/> bits are encoded, 1 to 24 of them.</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="output">Receives the code stream.</param>
    /// <param name="options">Lossless when null.</param>
    /// <param name="cancel">Asked between code-blocks and packets.</param>
    /// <exception cref="ArgumentException">The layout is none, the buffer is not one frame of it, more than 24 bits are
    /// stored, or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was written is of no use.</exception>
    public static void Encode(
        ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, Jpeg2000EncodeOptions? options = null,
        CancellationToken cancel = default)
    {
        options ??= Jpeg2000EncodeOptions.Lossless;
        layout.Check(samples.Length);
        double bytes = layout.PixelCount * layout.SamplesPerPixel * (double)layout.BitsStored / 8;
        double[] lengths = [.. options.Ratios.Select(ratio => ratio <= 1 ? double.PositiveInfinity : Math.Floor(bytes / ratio))];
        double wanted = lengths.Length == 0 ? double.PositiveInfinity : lengths.Max();

        bool all = false;
        for (double step = options.Step; ;)
        {
            var plan = new EncodePlan(layout, options, step);
            using var image = EncodedImage.Make(new SampleReader(samples, layout), plan, all ? double.PositiveInfinity : wanted, cancel);
            var allocation = new RateAllocation(plan, image.Blocks, (passes, layer) => image.Measure(passes, layer, cancel));
            if (lengths.Length > 0) allocation.ByLength(lengths);
            else if (options.PeakSignalToNoise.Count > 0) allocation.ByError(Errors(layout, options), image.Energy);
            else allocation.TakeAll();

            if (allocation.LeastSlope < image.LeastSlope)
            {
                all = true;   // the estimate was wrong
                continue;
            }
            if (allocation.HasRoom && !options.IsReversible && step > FinestStep)
            {
                step = Math.Max(FinestStep, step / 4);
                continue;
            }
            image.Write(allocation.Passes, output, cancel);
            return;
        }
    }

    // Sums of squared errors that signal-to-noise ratios stand for.
    private static double[] Errors(in FrameLayout layout, Jpeg2000EncodeOptions options)
    {
        double peak = Math.ScaleB(1, layout.BitsStored) - 1, count = (double)layout.PixelCount * layout.SamplesPerPixel;
        return [.. options.PeakSignalToNoise.Select(noise => double.IsPositiveInfinity(noise) ? 0 : peak * peak * count * Math.Pow(10, -noise / 10))];
    }
}
