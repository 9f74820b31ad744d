using Isocenter.Codecs.Jpeg;

namespace Isocenter.Codecs.Tests.Jpeg;

public sealed class JpegLosslessTests
{
    /// <summary>Bits allocated, bits stored, components, selection value.</summary>
    public static TheoryData<int, int, int, int> Shapes()
    {
        var data = new TheoryData<int, int, int, int>();
        foreach (var (allocated, stored) in new[] { (8, 8), (8, 3), (16, 10), (16, 12), (16, 16) })
            foreach (int components in new[] { 1, 2, 3, 4 })
                for (int selection = 1; selection <= 7; selection++) data.Add(allocated, stored, components, selection);
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Samples_come_back_and_the_printed_formulas_agree(int allocated, int stored, int components, int selection)
    {
        var layout = new FrameLayout(19, 33, components, allocated, stored);
        foreach (byte[] samples in new[] { TestImage.Waves(layout), TestImage.Noise(layout) })
        {
            foreach (int restartRows in new[] { 0, 4 })
            {
                byte[] stream = TestImage.Encode(samples, layout,
                    new JpegEncodeOptions { Process = JpegProcess.Lossless, SelectionValue = selection, RestartRows = restartRows });
                byte[] decoded = TestImage.Decode(stream, layout);
                Assert.Equal(samples, decoded);
                Assert.Equal(SlowDecoder.Decode(stream), Enumerable.Range(0, 19 * 33 * components).Select(i => TestImage.Get(decoded, layout, i)));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Quiet_images_come_back_by_several_differences_at_once(int components)
    {
        foreach (int noise in new[] { 0, 1, 4, 40 })
        {
            foreach (int columns in new[] { 1, 4, 5, 15, 16, 17, 33, 200 })
            {
                var layout = new FrameLayout(7, columns, components, 8, 8);
                byte[] samples = TestImage.Waves(layout, noise);
                byte[] stream = TestImage.Encode(samples, layout, new JpegEncodeOptions { Process = JpegProcess.Lossless });
                Assert.Equal(samples, TestImage.Decode(stream, layout));
            }
        }
    }

    [Fact]
    public void A_look_up_of_several_differences_is_that_of_one_after_the_other()
    {
        // Codes of a quiet image: category 0 has one bit, 1 two, and so on.
        var huffman = HuffmanTable.Known([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 1, 2, 3, 4, 5, 6, 7]);
        ulong[] runs = Assert.IsType<ulong[]>(huffman.DifferenceRuns);
        for (int pattern = 0; pattern < runs.Length; pattern++)
        {
            ulong bits = (ulong)pattern << (64 - HuffmanTable.DifferenceBits);
            int used = 0, count = 0;
            for (; count < 3; count++)
            {
                var (length, size) = huffman.Search(bits << used);
                if (size < 0 || used + length + size > HuffmanTable.DifferenceBits) break;
                short difference = (short)HuffmanReader.Extend(bits << used << length, size);
                Assert.Equal(difference, (short)(runs[pattern] >> (16 + 16 * count)));
                used += length + size;
            }
            Assert.Equal(count, (int)(runs[pattern] >> 8 & 0xFF));
            if (count > 0) Assert.Equal(used, (int)(runs[pattern] & 0xFF));
        }
    }

    [Fact]
    public void Where_codes_are_long_differences_are_looked_up_one_at_a_time() =>
        Assert.Null(HuffmanTable.Known([0, 0, 2, 4, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], [8, 9, 7, 10, 6, 5, 11, 4, 3, 12, 2, 1, 0]).DifferenceRuns);

    [Theory]
    [InlineData(8, 8, 3)]
    [InlineData(16, 12, 5)]
    [InlineData(16, 16, 1)]
    public void The_point_transform_takes_low_bits_away(int allocated, int stored, int bits)
    {
        var layout = new FrameLayout(19, 33, 3, allocated, stored);
        byte[] samples = TestImage.Noise(layout);
        byte[] stream = TestImage.Encode(samples, layout,
            new JpegEncodeOptions { Process = JpegProcess.Lossless, SelectionValue = 7, PointTransform = bits });
        byte[] decoded = TestImage.Decode(stream, layout);
        Assert.Equal(SlowDecoder.Decode(stream), Enumerable.Range(0, 19 * 33 * 3).Select(i => TestImage.Get(decoded, layout, i)));
        for (int i = 0; i < 19 * 33 * 3; i++)
            Assert.Equal(TestImage.Get(samples, layout, i) >> bits << bits, TestImage.Get(decoded, layout, i));
    }

    [Fact]
    public void Words_with_bits_above_those_stored_come_back_whole()
    {
        // Signed samples of 12 bits, their sign in the upper bits as well.
        var layout = new FrameLayout(4, 5, 1, 16, 12, IsSigned: true);
        var samples = new byte[40];
        for (int i = 0; i < 20; i++) (samples[2 * i], samples[2 * i + 1]) = ((byte)(i * 37), i % 2 == 0 ? (byte)0xFF : (byte)0);
        byte[] stream = TestImage.Encode(samples, layout, new JpegEncodeOptions { Process = JpegProcess.Lossless });
        Assert.Equal(16, JpegDecoder.ReadInfo(stream).BitsPerSample);
        Assert.Equal(samples, TestImage.Decode(stream, layout));
    }

    [Fact]
    public void Planes_are_read_and_written()
    {
        var pixels = new FrameLayout(9, 11, 3, 16, 16);
        var planes = pixels with { IsPlanar = true };
        byte[] samples = TestImage.Noise(planes);
        byte[] stream = TestImage.Encode(samples, planes, new JpegEncodeOptions { Process = JpegProcess.Lossless });
        Assert.Equal(samples, TestImage.Decode(stream, planes));
        byte[] byPixel = TestImage.Decode(stream, pixels);
        for (int i = 0; i < 297; i++) Assert.Equal(TestImage.Get(samples, planes, i % 3 * 99 + i / 3), TestImage.Get(byPixel, pixels, i));
    }

    /// <summary>Encoders of ultrasound devices count on sums of 16 bits: 128 after 52 may be a difference of −180 (T.81 §H.1.2.1).</summary>
    [Fact]
    public void Differences_that_leave_the_range_of_samples_wrap()
    {
        byte[] stream = new StreamBuilder().Frame(0xC3, 8, 1, 2, (1, 0x11, 0)).Huffman(0, 0, [8], [7])
            .Scan(1, 0, 0, (1, 0)).Bits("10 0110011  0 01001011").ToArray();
        Assert.Equal([52, 128], TestImage.Decode(stream, new FrameLayout(1, 2, 1, 8, 8)));
    }

    [Fact]
    public void Components_may_have_a_scan_each()
    {
        // Three rows of two samples; category 0 is "0", category 1 is "10".
        byte[] stream = new StreamBuilder().Frame(0xC3, 8, 2, 2, (1, 0x11, 0), (2, 0x11, 0)).Huffman(0, 0, [0], [1])
            .Scan(1, 0, 0, (2, 0)).Bits("0 0 0 0").Scan(1, 0, 0, (1, 0)).Bits("101 0 0 100").ToArray();
        Assert.Equal([129, 128, 129, 128, 129, 128, 128, 128], TestImage.Decode(stream, new FrameLayout(2, 2, 2, 8, 8)));
    }

    [Fact]
    public void Subsampled_components_are_repeated()
    {
        // The first component has two samples across for each of the second: an MCU is three samples.
        byte[] stream = new StreamBuilder().Frame(0xC3, 8, 1, 4, (1, 0x21, 0), (2, 0x11, 0)).Huffman(0, 0, [0], [1])
            .Scan(1, 0, 0, (1, 0), (2, 0)).Bits("101 101 0  101 0 101").ToArray();
        Assert.Equal([129, 128, 130, 128, 131, 129, 131, 129], TestImage.Decode(stream, new FrameLayout(1, 4, 2, 8, 8)));
    }

    [Theory]
    [InlineData("0111111111111111", 0)]
    [InlineData("1000000000000000", 0)]
    [InlineData("", 1)]
    public void Bits_behind_category_16_are_skipped_by_option(string extra, int category)
    {
        // Category 16 is "10", as the Cornell encoder meant it, or has no code and is 17 ones.
        var builder = new StreamBuilder().Frame(0xC3, 16, 1, 3, (1, 0x11, 0));
        if (category == 0) builder.Huffman(0, 0, [0], [16, 1]);
        else builder.Huffman(0, 0, [0], [1]);
        string code = category == 0 ? "10" : new string('1', 17);
        string one = category == 0 ? "111" : "101";
        byte[] stream = builder.Scan(1, 0, 0, (1, 0)).Bits($"0 {code}{extra} {one}").ToArray();
        var layout = new FrameLayout(1, 3, 1, 16, 16);
        byte[] samples = TestImage.Decode(stream, layout, new JpegDecodeOptions { Category16HasBits = true });
        Assert.Equal([0x8000, 0, 1], Enumerable.Range(0, 3).Select(i => TestImage.Get(samples, layout, i)));
    }

    [Theory]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    [InlineData(6, 3)]
    [InlineData(7, 3)]
    public void Predictors_that_overflow_are_reproduced_by_option(int selection, int seed)
    {
        // Encoded as by someone who computes in 16 bits with sign.
        var layout = new FrameLayout(6, 7, 1, 16, 16);
        byte[] samples = TestImage.Noise(layout, seed);
        int At(int y, int x) => (short)TestImage.Get(samples, layout, 7 * y + x);
        string bits = "";
        for (int y = 0; y < 6; y++)
        {
            for (int x = 0; x < 7; x++)
            {
                int prediction = y == 0 ? (x == 0 ? 32768 : At(0, x - 1)) : x == 0 ? At(y - 1, 0) : selection switch
                {
                    4 => At(y, x - 1) + At(y - 1, x) - At(y - 1, x - 1),
                    5 => At(y, x - 1) + ((At(y - 1, x) - At(y - 1, x - 1)) >> 1),
                    6 => At(y - 1, x) + ((At(y, x - 1) - At(y - 1, x - 1)) >> 1),
                    _ => (At(y, x - 1) + At(y - 1, x)) >> 1,
                };
                int difference = (short)(At(y, x) - prediction), size = 0;
                while (Math.Abs(difference) >= 1 << size) size++;
                bits += Convert.ToString(size, 2).PadLeft(5, '0');
                if (size is > 0 and < 16) bits += Convert.ToString((difference < 0 ? difference - 1 : difference) & ((1 << size) - 1), 2).PadLeft(size, '0');
            }
        }
        byte[] stream = new StreamBuilder().Frame(0xC3, 16, 6, 7, (1, 0x11, 0)).Huffman(0, 0, [], [], [], [], [.. Enumerable.Range(0, 17).Select(i => (byte)i)])
            .Scan(selection, 0, 0, (1, 0)).Bits(bits).ToArray();
        Assert.Equal(samples, TestImage.Decode(stream, layout, new JpegDecodeOptions { PredictorOverflow = true }));
        if (selection > 4) Assert.NotEqual(samples, TestImage.Decode(stream, layout));
    }

    [Fact]
    public void A_restart_interval_within_a_row_is_refused()
    {
        byte[] stream = new StreamBuilder().Frame(0xC3, 8, 2, 4, (1, 0x11, 0)).Huffman(0, 0, [0]).Segment(0xDD, 0, 3)
            .Scan(1, 0, 0, (1, 0)).Bits("0000 0000").ToArray();
        Assert.Throws<CodecException>(() => TestImage.Decode(stream, new FrameLayout(2, 4, 1, 8, 8)));
    }
}
