using System.Diagnostics;
using System.Globalization;
using Isocenter.Codecs;
using Isocenter.Codecs.Deflate;
using Isocenter.Codecs.Jpeg;
using Isocenter.Codecs.Jpeg2000;
using Isocenter.Codecs.JpegLs;
using Isocenter.Codecs.JpegXl;
using Isocenter.Codecs.Rle;

namespace Isocenter.Fuzz.Codecs;

/// <summary>Mutates code streams of one kind and decodes them. What may come out: samples or a <see cref="CodecException"/>,
/// within a second, in memory that the layout and the limit bound.</summary>
internal sealed class CodecFuzzer
{
    /// <summary>Most samples a decoding may be asked for: enough to leave the first row of blocks, and still quick.</summary>
    private const long MostSamples = 1 << 16;

    /// <summary>Given to the decoders.</summary>
    private const long WorkingMemory = 16 << 20;

    private static readonly byte[][] Values =
    [
        [0xFF, 0xFF], [0xFF, 0], [0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0x7F, 0xFF], [0x80, 0], [0, 1],
        [0xFF, 0xD8], [0xFF, 0xD9], [0xFF, 0xDA], [0xFF, 0xC4], [0xFF, 0xDB], [0xFF, 0xDD], [0xFF, 0xDC, 0, 4], [0xFF, 0xD0], [0xFF, 0xD7], [0xFF, 0xC0],
        [0xFF, 0xC3], [0xFF, 0xF7], [0xFF, 0xF8, 0, 13, 1], [0xFF, 0x4F], [0xFF, 0x51], [0xFF, 0x52], [0xFF, 0x5C], [0xFF, 0x90], [0xFF, 0x93], [0xFF, 0x50],
    ];

    private static readonly DecodeOptions Options = DecodeOptions.Default with { MaxWorkingMemory = WorkingMemory };
    private static readonly DecodeOptions OtherEncoders = Options with { Jpeg = new() { PredictorOverflow = true, Category16HasBits = true } };

    private readonly string _kind;
    private readonly CodecSeed[] _seeds;
    private readonly Mutator _mutator;
    private byte[] _samples = new byte[4096];

    /// <param name="kind">One of <see cref="CodecSeed.Kinds"/>.</param>
    /// <param name="seeds">Those of other kinds are left out.</param>
    /// <param name="randomSeed">The same number makes the same inputs.</param>
    public CodecFuzzer(string kind, IEnumerable<CodecSeed> seeds, int randomSeed)
    {
        _kind = kind;
        _seeds = [.. seeds.Where(seed => seed.Kind == kind && seed.Layout.PixelCount * seed.Layout.SamplesPerPixel <= MostSamples)];
        _mutator = new Mutator([.. _seeds.Select(seed => seed.Stream)], randomSeed, Values);
    }

    /// <summary>How many seeds there are of the kind; without one there is nothing to run.</summary>
    public int SeedCount => _seeds.Length;

    public long Refused { get; private set; }

    public double Slowest { get; private set; }

    public long MostMemory { get; private set; }

    /// <summary>Decodes mutated streams.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="report">Called with what went wrong and the input that did it, valid until the call ends.</param>
    /// <returns>How many went wrong.</returns>
    public long Run(long rounds, Action<long, string, ReadOnlyMemory<byte>, FrameLayout> report)
    {
        long failures = 0;
        for (long round = 0; round < rounds; round++)
        {
            var input = _mutator.Next();
            var layout = Choose(_seeds[_mutator.SeedIndex].Layout, input.Span, round);
            if (_samples.Length < layout.FrameLength) _samples = new byte[layout.FrameLength];
            long memory = GC.GetAllocatedBytesForCurrentThread();
            double seconds = Decode(input.Span, layout, round, out string? failure);
            memory = GC.GetAllocatedBytesForCurrentThread() - memory;
            Slowest = Math.Max(Slowest, seconds);
            MostMemory = Math.Max(MostMemory, memory);
            // Somebody else may have had the processor: only an input that is slow twice is slow.
            if (seconds > 1 && Decode(input.Span, layout, round, out _) is var twice && twice > 1)
                failure ??= string.Create(CultureInfo.InvariantCulture, $"{twice:F2} s");
            if (memory > WorkingMemory + 64 * layout.FrameLength + 64L * input.Length)
                failure ??= $"{memory} bytes of memory for {input.Length} bytes, {layout}";
            if (failure is null) continue;
            failures++;
            report(round, failure, input, layout);
        }
        return failures;
    }

    /// <summary>What the stream says of itself, so that a changed header is not just a contradiction; else what the right
    /// stream had.</summary>
    private FrameLayout Choose(FrameLayout layout, ReadOnlySpan<byte> stream, long round)
    {
        if (_kind is "rle" or "deflate" || round % 4 == 0) return layout;
        try
        {
            var said = CodecSeed.LayoutOf(CodecSeed.ReadInfo(_kind, stream));
            return said is { SamplesPerPixel: <= 255, Rows: <= 65535, Columns: <= 65535, BitsStored: <= 32 } && said.PixelCount * said.SamplesPerPixel <= MostSamples
                ? said with { IsPlanar = round % 8 == 1 } : layout;
        }
        catch (CodecException)
        {
            return layout;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Decoding will find it again and say so.
            return layout;
        }
    }

    /// <returns>Seconds.</returns>
    private double Decode(ReadOnlySpan<byte> stream, in FrameLayout layout, long round, out string? failure)
    {
        var samples = _samples.AsSpan(0, (int)layout.FrameLength);
        long at = Stopwatch.GetTimestamp();
        failure = null;
        try
        {
            switch (_kind)
            {
                case "rle":
                    RleDecoder.Decode(stream, samples, layout, Options);
                    break;
                case "deflate":
                    DeflateDecoder.Decode(stream, samples, layout);
                    break;
                case "jpeg-ls":
                    JpegLsDecoder.ReadInfo(stream);
                    JpegLsDecoder.Decode(stream, samples, layout, Options);
                    break;
                case "jpeg-xl":
                    JpegXlHeader.Read(stream);
                    JpegXlDecoder.Decode(stream, samples, layout, Options);
                    break;
                case "htj2k" or "jpeg2000":
                    Jpeg2000Decoder.ReadInfo(stream);
                    Jpeg2000Decoder.Decode(stream, samples, layout, Options);
                    break;
                default:
                    JpegDecoder.ReadInfo(stream);
                    if (round % 16 == 3) JpegDecoder.Decode(stream, samples, layout, OtherEncoders);
                    else JpegDecoder.Decode(stream, samples, layout, Options);
                    break;
            }
        }
        catch (CodecException)
        {
            Refused++;
        }
        catch (Exception e) when (e is not OutOfMemoryException)        // whatever else comes out is what we look for
        {
            failure = $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}";
        }
        return Stopwatch.GetElapsedTime(at).TotalSeconds;
    }
}
