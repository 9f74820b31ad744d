using System.Buffers;
using Isocenter.Codecs;
using Isocenter.Codecs.Deflate;
using Isocenter.Codecs.Jpeg;
using Isocenter.Codecs.Jpeg2000;
using Isocenter.Codecs.JpegLs;
using Isocenter.Codecs.JpegXl;
using Isocenter.Codecs.Rle;

namespace Isocenter.Fuzz.Codecs;

/// <summary>A right code stream to make wrong ones of.</summary>
/// <param name="Kind">Which decoder, by the names of <see cref="Kinds"/>.</param>
/// <param name="Stream">One frame.</param>
/// <param name="Layout">What it decodes to.</param>
internal sealed record CodecSeed(string Kind, byte[] Stream, FrameLayout Layout)
{
    /// <summary>All decoders, as far as they run through different code.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["jpeg-dct", "jpeg-progressive", "jpeg-arithmetic", "jpeg-lossless", "jpeg-ls", "htj2k", "jpeg2000", "jpeg-xl", "rle", "deflate"];

    /// <summary>Finds out what a code stream is; null when it is none that says so.</summary>
    public static CodecSeed? Of(byte[] stream)
    {
        if (KindOf(stream) is not { } kind) return null;
        try
        {
            var info = ReadInfo(kind, stream);
            return new CodecSeed(kind, stream, LayoutOf(info));
        }
        catch (CodecException)
        {
            return null;
        }
    }

    /// <summary>What the header of a code stream says. For kinds that have one.</summary>
    /// <exception cref="CodecException">It makes no sense.</exception>
    public static CodeStreamInfo ReadInfo(string kind, ReadOnlySpan<byte> stream) => kind switch
    {
        "jpeg-ls" => JpegLsDecoder.ReadInfo(stream),
        "htj2k" or "jpeg2000" => Jpeg2000Decoder.ReadInfo(stream),
        "jpeg-xl" => JpegXlHeader.Read(stream),
        _ => JpegDecoder.ReadInfo(stream),
    };

    /// <summary>The layout a header asks for.</summary>
    public static FrameLayout LayoutOf(CodeStreamInfo info) => new(info.Rows, info.Columns, info.Components,
        info.BitsPerSample > 16 ? 32 : info.BitsPerSample > 8 ? 16 : 8, info.BitsPerSample, info.IsSigned);

    /// <summary>Small code streams of every option our encoders have. They write neither progressive nor arithmetic
    /// JPEG, nor JPEG XL.</summary>
    public static IEnumerable<CodecSeed> Make()
    {
        var grey = new FrameLayout(21, 26, 1, 8, 8);
        var colour = new FrameLayout(21, 26, 3, 8, 8);
        var twelve = new FrameLayout(21, 26, 1, 16, 12);
        var words = new FrameLayout(21, 26, 1, 16, 16);
        foreach (var subsampling in Enum.GetValues<JpegSubsampling>())
        {
            var options = new JpegEncodeOptions { Colour = JpegColour.RgbToYcc, Subsampling = subsampling, RestartRows = (int)subsampling & 1, Quality = 75 };
            yield return Jpeg("jpeg-dct", colour, options);
        }
        yield return Jpeg("jpeg-dct", grey, new JpegEncodeOptions { OptimizesTables = true });
        yield return Jpeg("jpeg-dct", twelve, new JpegEncodeOptions { Process = JpegProcess.Extended, RestartRows = 1 });
        for (int selection = 1; selection <= 7; selection++)
        {
            var options = new JpegEncodeOptions { Process = JpegProcess.Lossless, SelectionValue = selection, RestartRows = selection % 3 };
            yield return Jpeg("jpeg-lossless", selection % 3 == 0 ? words : selection % 3 == 1 ? colour : twelve, options);
        }
        foreach (var interleave in Enum.GetValues<JpegLsInterleave>())
        {
            foreach (int near in new[] { 0, 2 })
            {
                var options = new JpegLsEncodeOptions { Interleave = interleave, Near = near, RestartInterval = near, WriteSpiffHeader = near == 0 };
                yield return Encoded("jpeg-ls", colour, (samples, output) => JpegLsEncoder.Encode(samples, colour, output, options));
            }
        }
        yield return Encoded("jpeg-ls", words, (samples, output) => JpegLsEncoder.Encode(samples, words, output, JpegLsEncodeOptions.Default));
        foreach (var layout in new[] { grey, colour, twelve, words })
        {
            foreach (var options in new HighThroughputEncodeOptions[] { new(), new() { IsReversible = false }, new() { HasResolutionIndex = true, Levels = 3 } })
                yield return Encoded("htj2k", layout, (samples, output) => HighThroughputEncoder.Encode(samples, layout, output, options));
            foreach (var options in new Jpeg2000EncodeOptions[] { new(), new() { IsReversible = false, Ratios = [20, 4] } })
                yield return Encoded("jpeg2000", layout, (samples, output) => Jpeg2000Encoder.Encode(samples, layout, output, options));
            yield return Encoded("rle", layout, (samples, output) => RleEncoder.Encode(samples, layout, output));
            yield return Encoded("deflate", layout, (samples, output) => DeflateEncoder.Encode(samples, layout, output));
        }
    }

    private static CodecSeed Jpeg(string kind, FrameLayout layout, JpegEncodeOptions options) =>
        Encoded(kind, layout, (samples, output) => JpegEncoder.Encode(samples, layout, output, options));

    private static CodecSeed Encoded(string kind, in FrameLayout layout, Action<byte[], ArrayBufferWriter<byte>> encode)
    {
        var output = new ArrayBufferWriter<byte>();
        encode(Samples(layout), output);
        return new CodecSeed(kind, output.WrittenSpan.ToArray(), layout);
    }

    /// <summary>A slope with noise, a flat part, and an edge.</summary>
    private static byte[] Samples(in FrameLayout layout)
    {
        var random = new Random(1);
        var samples = new byte[layout.FrameLength];
        int bytes = layout.BytesPerSample, top = (1 << layout.BitsStored) - 1, width = layout.Columns * layout.SamplesPerPixel;
        for (int i = 0; i < samples.Length / bytes; i++)
        {
            int y = i / width, x = i % width;
            int value = y < layout.Rows / 4 ? top / 3 : x > 2 * width / 3 ? top - y : (x * top / width + random.Next(9)) & top;
            samples[i * bytes] = (byte)value;
            if (bytes > 1) samples[i * bytes + 1] = (byte)(value >> 8);
        }
        return samples;
    }

    /// <summary>By the frame marker of JPEG, the CAP marker of JPEG 2000.</summary>
    private static string? KindOf(ReadOnlySpan<byte> stream)
    {
        if (stream.Length < 12) return null;
        if (stream is [0xFF, 0x4F, ..]) return stream[..Math.Min(stream.Length, 256)].IndexOf((ReadOnlySpan<byte>)[0xFF, 0x50]) > 0 ? "htj2k" : "jpeg2000";
        if (stream is [0xFF, 0x0A, ..] or [0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', ..]) return "jpeg-xl";
        if (stream is not [0xFF, 0xD8, ..]) return null;
        for (int at = 2; at + 4 <= stream.Length && stream[at] == 0xFF;)
        {
            byte marker = stream[at + 1];
            if (marker == 0xF7) return "jpeg-ls";
            if (marker is 0xC0 or 0xC1) return "jpeg-dct";
            if (marker == 0xC2) return "jpeg-progressive";
            if (marker == 0xC3) return "jpeg-lossless";
            if (marker is >= 0xC9 and <= 0xCB) return "jpeg-arithmetic";
            at += marker == 0xFF ? 1 : 2 + (stream[at + 2] << 8 | stream[at + 3]);
        }
        return null;
    }
}
