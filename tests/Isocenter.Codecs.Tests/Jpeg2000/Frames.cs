using System.Buffers;
using System.Buffers.Binary;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs.Tests.Jpeg2000;

/// <summary>Frames that are neither noise nor flat, and what tests do with them.</summary>
internal static class Frames
{
    public static FrameLayout Layout(int rows, int columns, int components, int bits, bool isSigned = false, bool isPlanar = false) =>
        new(rows, columns, components, bits > 16 ? 32 : bits > 8 ? 16 : 8, bits, isSigned, isPlanar);

    /// <summary>Waves, an edge and some noise.</summary>
    public static byte[] Make(in FrameLayout layout, Random random)
    {
        var bytes = new byte[layout.FrameLength];
        long range = 1L << layout.BitsStored, least = layout.IsSigned ? -range / 2 : 0;
        double noise = random.Next(3) switch { 0 => 0, 1 => 2, _ => range / 8.0 };
        int edge = random.Next(layout.Columns + 1), spp = layout.IsPlanar ? 1 : layout.SamplesPerPixel;
        for (int i = 0; i < bytes.Length / layout.BytesPerSample; i++)
        {
            int x = i / spp % layout.Columns, y = i / spp / layout.Columns;
            double wave = (Math.Sin((x + i % spp * 3) / 9.0) + Math.Cos(y / 7.0)) / 5 + (x >= edge ? 0.7 : 0.4);
            long value = Math.Clamp((long)(wave * range + random.NextDouble() * noise), 0, range - 1) + least;
            for (int b = 0; b < layout.BytesPerSample; b++) bytes[i * layout.BytesPerSample + b] = (byte)(value >> 8 * b);
        }
        return bytes;
    }

    public static byte[] Encode(byte[] samples, in FrameLayout layout, Jpeg2000EncodeOptions options)
    {
        var output = new ArrayBufferWriter<byte>();
        Jpeg2000Encoder.Encode(samples, layout, output, options, TestContext.Current.CancellationToken);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Decode(byte[] stream, in FrameLayout layout, DecodeOptions? options = null)
    {
        var samples = new byte[layout.FrameLength];
        Jpeg2000Decoder.Decode(stream, samples, layout, options, TestContext.Current.CancellationToken);
        return samples;
    }

    /// <summary>A marker segment.</summary>
    public static byte[] Segment(ushort marker, byte[] content) =>
        [(byte)(marker >> 8), (byte)marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    public static int Value(ReadOnlySpan<byte> samples, in FrameLayout layout, int index)
    {
        int value = layout.BitsAllocated switch
        {
            8 => samples[index],
            16 => BinaryPrimitives.ReadUInt16LittleEndian(samples[(2 * index)..]),
            _ => BinaryPrimitives.ReadInt32LittleEndian(samples[(4 * index)..]),
        };
        int unused = 32 - layout.BitsStored;
        return layout.IsSigned ? value << unused >> unused : (int)((uint)value << unused >> unused);
    }

    /// <summary>Peak signal-to-noise ratio in dB.</summary>
    public static double PeakSignalToNoise(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, in FrameLayout layout)
    {
        int count = a.Length / layout.BytesPerSample;
        double sum = 0, peak = Math.ScaleB(1, layout.BitsStored) - 1;
        for (int i = 0; i < count; i++) sum += Math.Pow(Value(a, layout, i) - (double)Value(b, layout, i), 2);
        return 10 * Math.Log10(peak * peak * count / sum);
    }

    /// <summary>Any options of a lossless code stream.</summary>
    public static Jpeg2000EncodeOptions RandomOptions(Random random)
    {
        (int, int)[] blocks = [(64, 64), (32, 32), (4, 4), (1024, 4), (4, 1024), (16, 64), (8, 8)];
        var (width, height) = blocks[random.Next(blocks.Length)];
        CodeBlockStyle style = 0;
        if (random.Next(3) == 0) style = (CodeBlockStyle)(random.Next(64) & ~(int)CodeBlockStyle.PredictableTermination);
        bool tiles = random.Next(3) == 0;
        return new Jpeg2000EncodeOptions
        {
            UsesComponentTransform = random.Next(3) > 0,
            Levels = random.Next(7),
            BlockWidth = width,
            BlockHeight = height,
            BlockStyle = style,
            Precincts = random.Next(3) > 0 ? [] : random.Next(2) == 0 ? [(64, 128), (32, 32), (16, 8)] : [(8, 16)],
            TileWidth = tiles ? random.Next(16, 70) : 0,
            TileHeight = tiles ? random.Next(16, 70) : 0,
            Progression = (ProgressionOrder)random.Next(5),
            Ratios = random.Next(2) == 0 ? [] : random.Next(2) == 0 ? [8, 3, 1] : [20, 12, 8, 5, 3, 2, 0],
            WritesSop = random.Next(3) == 0,
            WritesEph = random.Next(3) == 0,
            WritesTlm = random.Next(3) == 0,
            MaxDegreeOfParallelism = 1 + random.Next(2),
        };
    }

    public static FrameLayout RandomLayout(Random random, int most = 130)
    {
        int Side() => random.Next(5) == 0 ? 1 + random.Next(4) : 1 + random.Next(most);
        return Layout(Side(), Side(), 1 + random.Next(4), 1 + random.Next(16), random.Next(3) == 0, random.Next(3) == 0);
    }
}
