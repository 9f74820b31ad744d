using System.Buffers;
using Isocenter.Codecs.Jpeg2000.HighThroughput;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Encodes frames as HTJ2K code streams (ISO/IEC 15444-15): one tile, one layer, RPCL, each block with one HT
/// cleanup pass.</summary>
/// <remarks>Holds no state between calls; safe from many threads.</remarks>
public static class HighThroughputEncoder
{
    /// <summary>Encodes one frame.</summary>
    /// <param name="samples">Exactly <see cref="FrameLayout.FrameLength"/> bytes; of each sample the low
    /// <see cref="FrameLayout.BitsStored"/> bits are encoded, 1 to 24 of them.</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="output">Receives the code stream.</param>
    /// <param name="options">The defaults when null.</param>
    /// <param name="cancel">Asked between packets.</param>
    /// <exception cref="ArgumentException">The layout is none, the buffer is not one frame of it, more than 24 bits are
    /// stored, or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was written is of no use.</exception>
    public static void Encode(
        ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, HighThroughputEncodeOptions? options = null,
        CancellationToken cancel = default)
    {
        options ??= HighThroughputEncodeOptions.Default;
        layout.Check(samples.Length);
        if (layout.BitsStored > 24)
            throw new ArgumentException($"{layout.BitsStored} bits stored are more than the 24 this encoder takes");
        if (options.Levels is < 0 or > 32) throw new ArgumentException($"{options.Levels} levels are outside 0 to 32");
        if (!(options.Step is >= 1.0 / 1024 and <= 1024))
            throw new ArgumentException($"a quantization step of {options.Step} is outside 1/1024 to 1024");

        var memory = new WorkingMemory(long.MaxValue);
        var plan = new HtEncodePlan(layout, options);
        using var image = new TileAnalysis(new SampleReader(samples, layout), plan.Tile, memory);
        image.Run(fraction: 0, threads: 1, cancel);
        HtCodeStreamWriter.Write(image, plan, output, cancel);
    }
}
