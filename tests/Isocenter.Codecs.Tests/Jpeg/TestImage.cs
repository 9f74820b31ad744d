using System.Buffers;
using Isocenter.Codecs.Jpeg;

namespace Isocenter.Codecs.Tests.Jpeg;

/// <summary>Computed images, and short ways to encode and decode them.</summary>
internal static class TestImage
{
    /// <summary>Waves, an edge and some noise, over all of the values.</summary>
    public static byte[] Waves(in FrameLayout layout, int noise = 3, int seed = 1)
    {
        var random = new Random(seed);
        var samples = new byte[layout.FrameLength];
        int top = (1 << layout.BitsStored) - 1;
        for (int i = 0; i < layout.PixelCount * layout.SamplesPerPixel; i++)
        {
            int component = layout.IsPlanar ? (int)(i / layout.PixelCount) : i % layout.SamplesPerPixel;
            int pixel = layout.IsPlanar ? (int)(i % layout.PixelCount) : i / layout.SamplesPerPixel;
            int x = pixel % layout.Columns, y = pixel / layout.Columns;
            double wave = (Math.Sin(x / 7.0 + component) + Math.Cos(y / 9.0)) / 4 + 0.5;
            if (x > 2 * layout.Columns / 3 && y > layout.Rows / 2) wave = 1 - wave;
            Put(samples, layout, i, Math.Clamp((int)(wave * top) + random.Next(-noise, noise + 1), 0, top));
        }
        return samples;
    }

    /// <summary>Any values, the extremes among them often: all differences there can be.</summary>
    public static byte[] Noise(in FrameLayout layout, int seed = 1)
    {
        var random = new Random(seed);
        var samples = new byte[layout.FrameLength];
        int top = (1 << layout.BitsStored) - 1;
        for (int i = 0; i < layout.PixelCount * layout.SamplesPerPixel; i++)
            Put(samples, layout, i, random.Next(4) switch { 0 => 0, 1 => top, _ => random.Next(top + 1) });
        return samples;
    }

    public static byte[] Encode(byte[] samples, in FrameLayout layout, JpegEncodeOptions options)
    {
        var output = new ArrayBufferWriter<byte>();
        JpegEncoder.Encode(samples, layout, output, options);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Decode(byte[] stream, in FrameLayout layout, JpegDecodeOptions? options = null)
    {
        var samples = new byte[layout.FrameLength];
        JpegDecoder.Decode(stream, samples, layout, new DecodeOptions { Jpeg = options ?? JpegDecodeOptions.Default });
        return samples;
    }

    public static int Get(byte[] samples, in FrameLayout layout, int index) =>
        layout.BytesPerSample == 1 ? samples[index] : samples[2 * index] | samples[2 * index + 1] << 8;

    /// <summary>The largest difference of two frames.</summary>
    public static int Distance(byte[] first, byte[] second, in FrameLayout layout)
    {
        int most = 0;
        for (int i = 0; i < first.Length / layout.BytesPerSample; i++)
            most = Math.Max(most, Math.Abs(Get(first, layout, i) - Get(second, layout, i)));
        return most;
    }

    /// <summary>The mean difference of two frames of bytes.</summary>
    public static double MeanDistance(byte[] first, byte[] second) => first.Zip(second, (a, b) => Math.Abs(a - b)).Average();

    private static void Put(byte[] samples, in FrameLayout layout, int index, int value)
    {
        samples[index * layout.BytesPerSample] = (byte)value;
        if (layout.BytesPerSample > 1) samples[index * layout.BytesPerSample + 1] = (byte)(value >> 8);
    }
}
