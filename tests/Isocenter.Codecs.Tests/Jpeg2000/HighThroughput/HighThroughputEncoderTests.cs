using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs.Tests.Jpeg2000.HighThroughput;

public sealed class HighThroughputEncoderTests
{
    public static TheoryData<int, int, int, int, bool, bool> Frames => new()
    {
        { 1, 1, 1, 8, false, false }, { 7, 300, 1, 12, false, false }, { 300, 5, 1, 16, true, false },
        { 130, 190, 3, 8, false, false }, { 64, 65, 3, 8, false, true }, { 33, 40, 3, 16, true, true },
        { 257, 129, 1, 1, false, false }, { 90, 91, 2, 10, true, false }, { 20, 20, 4, 24, false, false },
    };

    [Theory, MemberData(nameof(Frames))]
    public void Lossless_frames_come_back(int rows, int columns, int components, int bits, bool isSigned, bool isPlanar)
    {
        var layout = Layout(rows, columns, components, bits, isSigned, isPlanar);
        var samples = Samples(layout, new Random(rows + bits));
        foreach (bool index in new[] { false, true })
        {
            var stream = Encode(samples, layout, new HighThroughputEncodeOptions { HasResolutionIndex = index });
            var back = new byte[samples.Length];
            Jpeg2000Decoder.Decode(stream, back, layout);
            Assert.True(samples.AsSpan().SequenceEqual(back));
            Assert.True(Jpeg2000Decoder.ReadInfo(stream).IsReversible);
        }
    }

    [Theory, MemberData(nameof(Frames))]
    public void Quantised_frames_come_back_about_a_step_away(
        int rows, int columns, int components, int bits, bool isSigned, bool isPlanar)
    {
        if (bits > 16) return;   // single precision does not hold them
        var layout = Layout(rows, columns, components, bits, isSigned, isPlanar);
        var samples = Samples(layout, new Random(rows + bits));
        double step = Math.Max(0.25, Math.Pow(2, bits - 10));
        var stream = Encode(samples, layout, new HighThroughputEncodeOptions { IsReversible = false, Step = step });
        var back = new byte[samples.Length];
        Jpeg2000Decoder.Decode(stream, back, layout);
        for (int i = 0; i < samples.Length / layout.BytesPerSample; i++)
            Assert.InRange(Value(back, layout, i) - Value(samples, layout, i), -8 * step - 1, 8 * step + 1);
        Assert.False(Jpeg2000Decoder.ReadInfo(stream).IsReversible);
    }

    [Fact]
    public void The_resolution_index_names_the_length_of_every_tile_part()
    {
        var layout = Layout(300, 500, 1, 12, false, false);
        var stream = Encode(Samples(layout, new Random(2)), layout, new HighThroughputEncodeOptions { HasResolutionIndex = true, Levels = 2 });
        int at = stream.AsSpan().IndexOf<byte>([0xFF, 0x55]);
        int count = (BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(at + 2)) - 4) / 4;
        Assert.Equal(4, count);   // 500 columns come down to 63 in three levels
        int part = at + 2 + BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(at + 2));
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(Marker.Sot, BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(part)));
            int length = BinaryPrimitives.ReadInt32BigEndian(stream.AsSpan(part + 6));
            Assert.Equal(length, BinaryPrimitives.ReadInt32BigEndian(stream.AsSpan(at + 6 + 4 * i)));
            part += length;
        }

        Assert.Equal(Marker.Eoc, BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(part)));
    }

    [Fact]
    public void A_lower_resolution_decodes_alone()
    {
        var layout = Layout(300, 500, 1, 12, false, false);
        var stream = Encode(Samples(layout, new Random(2)), layout, new HighThroughputEncodeOptions());
        var small = layout with { Rows = 75, Columns = 125 };
        Jpeg2000Decoder.Decode(stream, new byte[small.FrameLength], small, new DecodeOptions { DiscardLevels = 2 });
    }

    [Fact]
    public void More_bits_than_fit_are_refused() => Assert.Throws<ArgumentException>(
        () => Encode(new byte[4], new FrameLayout(1, 1, 1, 32, 25), HighThroughputEncodeOptions.Default));

    /// <summary>ISOCENTER_FUZZ says how many code streams; a few hundred are tried without it.</summary>
    [Fact]
    public void Damaged_code_streams_are_told_or_decoded()
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "400", CultureInfo.InvariantCulture);
        var random = new Random(rounds);
        var layout = Layout(20, 24, 1, 12, false, false);
        byte[] stream = [];
        for (int round = 0; round < rounds; round++)
        {
            if (round % 100 == 0)
            {
                layout = Layout(1 + random.Next(40), 1 + random.Next(40), random.Next(4) == 0 ? 3 : 1, 1 + random.Next(16), false, false);
                stream = Encode(Samples(layout, random), layout, new HighThroughputEncodeOptions
                {
                    IsReversible = random.Next(3) > 0,
                    HasResolutionIndex = random.Next(2) == 0,
                    Levels = random.Next(4),
                });
            }

            var damaged = stream.ToArray();
            for (int n = 1 + random.Next(4); n > 0; n--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            int length = random.Next(8) == 0 ? random.Next(damaged.Length) : damaged.Length;
            try
            {
                Jpeg2000Decoder.Decode(damaged.AsSpan(0, length), new byte[layout.FrameLength], layout,
                    new DecodeOptions { MaxWorkingMemory = 1 << 24 });
            }
            catch (CodecException)
            {
                // That is what it is for.
            }
        }
    }

    private static FrameLayout Layout(int rows, int columns, int components, int bits, bool isSigned, bool isPlanar) =>
        new(rows, columns, components, bits > 16 ? 32 : bits > 8 ? 16 : 8, bits, isSigned, isPlanar);

    private static byte[] Encode(byte[] samples, FrameLayout layout, HighThroughputEncodeOptions options)
    {
        var output = new ArrayBufferWriter<byte>();
        HighThroughputEncoder.Encode(samples, layout, output, options);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Samples(FrameLayout layout, Random random)
    {
        var bytes = new byte[layout.FrameLength];
        long range = 1L << layout.BitsStored, least = layout.IsSigned ? -range / 2 : 0;
        for (int i = 0; i < bytes.Length / layout.BytesPerSample; i++)
        {
            double wave = Math.Sin(i % layout.Columns / 9.0) + Math.Cos(i / layout.Columns / 7.0);
            long value = Math.Clamp((long)((wave / 5 + 0.5) * range) + random.Next(3), 0, range - 1) + least;
            for (int b = 0; b < layout.BytesPerSample; b++) bytes[i * layout.BytesPerSample + b] = (byte)(value >> 8 * b);
        }

        return bytes;
    }

    private static int Value(byte[] samples, FrameLayout layout, int index) => (layout.BitsAllocated, layout.IsSigned) switch
    {
        (8, false) => samples[index],
        (8, true) => (sbyte)samples[index],
        (_, false) => BinaryPrimitives.ReadUInt16LittleEndian(samples.AsSpan(2 * index)),
        _ => BinaryPrimitives.ReadInt16LittleEndian(samples.AsSpan(2 * index)),
    };
}
