using System.Buffers;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs;

/// <summary>High-Throughput JPEG 2000 (PS3.5 §8.2.14, §A.4.13).</summary>
/// <param name="transferSyntaxUid">The transfer syntax.</param>
/// <param name="name">Its short name.</param>
/// <param name="mayLose">The irreversible transforms are allowed.</param>
/// <param name="hasResolutionIndex">The RPCL options are demanded: resolutions can be fetched one by one.</param>
internal sealed class HighThroughputFrameCodec(string transferSyntaxUid, string name, bool mayLose, bool hasResolutionIndex)
    : Jpeg2000FamilyCodec(transferSyntaxUid, name, mayLose)
{
    /// <summary>Base 2 logarithms of the smallest and largest quantization step that is tried: a quarter of a grey level cannot
    /// be seen in rounded samples, more than 1024 leaves nothing.</summary>
    private const double SmallestStep = -2, LargestStep = 10;

    public override string? LossyMethod => "ISO_15444_15";

    protected override void Encode(
        ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions options, double? ratio, CancellationToken cancel)
    {
        var encode = new HighThroughputEncodeOptions { TransformsColour = options.IsRgb, HasResolutionIndex = hasResolutionIndex };
        if (ratio is { } wanted) EncodeToRatio(samples, layout, output, encode with { IsReversible = false }, wanted, cancel);
        else HighThroughputEncoder.Encode(samples, layout, output, encode, cancel);
    }

    /// <summary>Looks for the smallest quantization step whose code stream is short enough: HT code-blocks of one pass cannot be
    /// cut, so that the step alone says how long they are. The length falls about evenly in the logarithm of the step.</summary>
    private static void EncodeToRatio(
        ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, HighThroughputEncodeOptions options, double ratio, CancellationToken cancel)
    {
        const int tries = 9;
        const double closeEnough = 0.97;
        double wanted = layout.PixelCount * layout.SamplesPerPixel * (double)layout.BitsStored / 8 / ratio;
        double low = SmallestStep, high = LargestStep, step = Math.Clamp(layout.BitsStored - 8, 0, 6);
        double lowLength = double.NaN, highLength = double.NaN;
        ArrayBufferWriter<byte>? best = null;
        var attempt = new ArrayBufferWriter<byte>();
        for (int i = 0; i < tries; i++)
        {
            attempt.ResetWrittenCount();
            HighThroughputEncoder.Encode(samples, layout, attempt, options with { Step = Math.Pow(2, step) }, cancel);
            int length = attempt.WrittenCount;
            if (length <= wanted)
            {
                (high, highLength) = (step, length);
                (best, attempt) = (attempt, best ?? new ArrayBufferWriter<byte>());
                if (length >= closeEnough * wanted || step <= SmallestStep) break;
            }
            else
            {
                (low, lowLength) = (step, length);
                if (step >= LargestStep) break;
            }
            if (high - low < 0.02) break;
            step = double.IsNaN(lowLength) ? Math.Max(SmallestStep, step - 2)
                : double.IsNaN(highLength) ? Math.Min(LargestStep, step + 2)
                : low + (high - low) * Math.Clamp((Math.Log(lowLength) - Math.Log(wanted)) / (Math.Log(lowLength) - Math.Log(highLength)), 0.1, 0.95);
        }
        // So small that its headers alone are longer than what was asked.
        best ??= attempt;
        output.Write(best.WrittenSpan);
    }
}
