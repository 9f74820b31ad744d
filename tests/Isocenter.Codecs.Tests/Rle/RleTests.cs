using System.Buffers;
using System.Buffers.Binary;
using Isocenter.Codecs.Rle;

namespace Isocenter.Codecs.Tests.Rle;

public sealed class RleTests
{
    public static TheoryData<int, int, int, int, bool> Layouts
    {
        get
        {
            var data = new TheoryData<int, int, int, int, bool>();
            foreach (int allocated in new[] { 8, 16, 32 })
            {
                foreach (int samples in new[] { 1, 3, 2 })
                {
                    foreach (bool planar in new[] { false, true })
                    {
                        data.Add(1, 1, samples, allocated, planar);
                        data.Add(7, 33, samples, allocated, planar);
                        data.Add(40, 200, samples, allocated, planar);
                        data.Add(3, 5001, samples, allocated, planar);
                    }
                }
            }
            data.Add(9, 65, 1, 64, false);
            data.Add(9, 65, 15, 8, false);
            return data;
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void What_is_encoded_is_decoded_to_the_same_bytes_and_as_the_slow_twin_decodes_it(int rows, int columns, int samples, int allocated, bool planar)
    {
        var layout = new FrameLayout(rows, columns, samples, allocated, allocated, false, planar);
        foreach (int kind in Enumerable.Range(0, 5))
        {
            byte[] frame = Content(layout, kind);
            byte[] coded = Encode(frame, layout);
            var decoded = new byte[frame.Length];
            Array.Fill(decoded, (byte)0xA5);
            RleDecoder.Decode(coded, decoded, layout);
            Assert.Equal(frame, decoded);
            Assert.Equal(frame, SlowRle.Decode(coded, layout));
            Assert.Equal(0, coded.Length & 1);
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void What_the_slow_twin_encodes_is_decoded(int rows, int columns, int samples, int allocated, bool planar)
    {
        var layout = new FrameLayout(rows, columns, samples, allocated, allocated, false, planar);
        foreach (int kind in Enumerable.Range(0, 5))
        {
            byte[] frame = Content(layout, kind);
            var decoded = new byte[frame.Length];
            RleDecoder.Decode(SlowRle.Encode(frame, layout, wholeFrame: true), decoded, layout);
            Assert.Equal(frame, decoded);
        }
    }

    [Fact]
    public void No_run_crosses_the_end_of_a_row()
    {
        var layout = new FrameLayout(3, 200, 1, 8, 8);
        byte[] coded = Encode(new byte[600], layout);
        // For each row 128 and 72 zeros
        byte[] row = [0x81, 0, 0xB9, 0];
        Assert.Equal([.. row, .. row, .. row], coded[64..]);
    }

    [Theory]
    [InlineData("01 02 03", "02 01 02 03")]
    [InlineData("01 01 01", "FE 01")]
    [InlineData("01 01 02 03", "03 01 01 02 03")]
    [InlineData("01 01 02 02 02", "FF 01 FE 02")]
    [InlineData("07 01 01 01 08 08", "00 07 FE 01 FF 08")]
    public void Runs_and_literals_are_packed_as_Annex_G_has_them(string row, string packed)
    {
        byte[] samples = Convert.FromHexString(row.Replace(" ", "")), expected = Convert.FromHexString(packed.Replace(" ", ""));
        byte[] coded = Encode(samples, new FrameLayout(1, samples.Length, 1, 8, 8));
        Assert.Equal(expected, coded[64..(64 + expected.Length)]);
        Assert.Equal((64 + expected.Length + 1) & ~1, coded.Length);
    }

    [Fact]
    public void The_most_significant_byte_comes_first_unless_the_writer_had_it_the_other_way()
    {
        var layout = new FrameLayout(1, 4, 1, 16, 16);
        byte[] frame = [1, 2, 3, 4, 5, 6, 7, 8];
        byte[] coded = Encode(frame, layout);
        Assert.Equal([3, 2, 4, 6, 8], coded[64..69]);
        var decoded = new byte[8];
        RleDecoder.Decode(coded, decoded, layout, new() { RleSegmentOrder = RleSegmentOrder.LeastSignificantFirst });
        Assert.Equal([2, 1, 4, 3, 6, 5, 8, 7], decoded);
    }

    [Fact]
    public void The_control_byte_128_means_nothing()
    {
        byte[] coded = Stream([0x80, 0x80, 0x01, 5, 6, 0x80, 0xFF, 9]);
        var decoded = new byte[4];
        RleDecoder.Decode(coded, decoded, new FrameLayout(2, 2, 1, 8, 8));
        Assert.Equal([5, 6, 9, 9], decoded);
    }

    [Fact]
    public void A_segment_that_goes_on_behind_its_plane_is_cut_off()
    {
        var decoded = new byte[4];
        RleDecoder.Decode(Stream([0x81, 7, 0x03, 1, 2, 3, 4]), decoded, new FrameLayout(2, 2, 1, 8, 8));
        Assert.Equal([7, 7, 7, 7], decoded);
    }

    [Fact]
    public void A_segment_that_ends_too_early_gives_what_is_there_and_says_where_it_ends()
    {
        var layout = new FrameLayout(2, 4, 1, 16, 16);
        byte[] coded = Stream([0x07, 1, 2, 3, 4, 5, 6, 7, 8], [0x05, 11, 12, 13]);
        var decoded = new byte[16];
        Array.Fill(decoded, (byte)0xEE);
        var error = Assert.Throws<CodecException>(() => RleDecoder.Decode(coded, decoded, layout));
        Assert.Contains("segment 2 ends after 3 of 8 bytes", error.Message);
        Assert.Equal(coded.Length, error.Offset);
        Assert.Equal([11, 1, 12, 2, 13, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8], decoded);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(0)]
    public void A_header_that_is_cut_off_is_refused(int length) =>
        Assert.Throws<CodecException>(() => RleDecoder.Decode(new byte[length], new byte[4], new FrameLayout(2, 2, 1, 8, 8)));

    [Theory]
    [InlineData(0u)]
    [InlineData(16u)]
    [InlineData(0xFFFF_FFFFu)]
    [InlineData(1u)]        // where two are needed
    public void A_number_of_segments_that_cannot_be_is_refused(uint count)
    {
        byte[] coded = Stream([0x80], [0x80]);
        BinaryPrimitives.WriteUInt32LittleEndian(coded, count);
        Assert.Throws<CodecException>(() => RleDecoder.Decode(coded, new byte[8], new FrameLayout(2, 2, 1, 16, 16)));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(63u)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0xFFFF_FFFFu)]
    public void An_offset_that_points_nowhere_costs_its_segment_only(uint offset)
    {
        byte[] coded = Stream([0xFD, 1], [0xFD, 2]);
        BinaryPrimitives.WriteUInt32LittleEndian(coded.AsSpan(4), offset);
        var decoded = new byte[8];
        Assert.Throws<CodecException>(() => RleDecoder.Decode(coded, decoded, new FrameLayout(2, 2, 1, 16, 16)));
        Assert.Equal([2, 0, 2, 0, 2, 0, 2, 0], decoded);
    }

    [Fact]
    public void More_than_15_bytes_a_pixel_are_not_encoded() =>
        Assert.Throws<ArgumentException>(() => Encode(new byte[16], new FrameLayout(1, 2, 1, 64, 64) with { SamplesPerPixel = 2, Columns = 1 }));

    [Fact]
    public void Decoding_takes_little_memory_beside_the_frame()
    {
        var layout = new FrameLayout(1000, 1000, 1, 16, 16);
        byte[] frame = Content(layout, 1), coded = Encode(frame, layout);
        RleDecoder.Decode(coded, frame, layout);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RleDecoder.Decode(coded, frame, layout);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    [Fact]
    public void Mutated_code_streams_are_decoded_or_refused_as_the_slow_twin_does()
    {
        var random = new Random(20260212);
        FrameLayout[] layouts = [new(6, 40, 1, 8, 8), new(5, 37, 1, 16, 16), new(6, 20, 3, 8, 8, false, true), new(3, 50, 3, 8, 8), new(3, 11, 1, 32, 32)];
        byte[][] seeds = [.. layouts.Select(layout => Encode(Content(layout, 1), layout))];
        for (int round = Fuzz.Rounds; round > 0; round--)
        {
            int which = random.Next(layouts.Length);
            byte[] coded = Fuzz.Mutate(seeds[which], random);
            var layout = layouts[which];
            var decoded = new byte[layout.FrameLength];
            try
            {
                RleDecoder.Decode(coded, decoded, layout);
                if (round % 16 == 0) Assert.Equal(SlowRle.Decode(coded, layout), decoded);
            }
            catch (CodecException)
            {
                // A clear refusal is one of the two right answers.
            }
        }
    }

    private static byte[] Encode(byte[] frame, FrameLayout layout)
    {
        var output = new ArrayBufferWriter<byte>();
        RleEncoder.Encode(frame, layout, output);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Stream(params byte[][] segments)
    {
        var coded = new byte[64 + segments.Sum(segment => segment.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(coded, (uint)segments.Length);
        for (int i = 0, at = 64; i < segments.Length; at += segments[i++].Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(coded.AsSpan(4 + 4 * i), (uint)at);
            segments[i].CopyTo(coded, at);
        }
        return coded;
    }

    /// <summary>Zeros, short runs, long runs, noise, and pairs with singles.</summary>
    private static byte[] Content(in FrameLayout layout, int kind)
    {
        var random = new Random(kind);
        var frame = new byte[layout.FrameLength];
        for (int i = 0; kind > 0 && i < frame.Length;)
        {
            int run = kind switch { 1 => random.Next(1, 12), 2 => random.Next(1, 400), 3 => 1, _ => random.Next(1, 3) };
            byte value = (byte)random.Next(kind == 3 ? 256 : 4);
            for (; run > 0 && i < frame.Length; run--) frame[i++] = value;
        }
        return frame;
    }
}
