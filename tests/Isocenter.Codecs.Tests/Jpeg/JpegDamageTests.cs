using Isocenter.Codecs.Jpeg;

namespace Isocenter.Codecs.Tests.Jpeg;

public sealed class JpegDamageTests
{
    private static readonly FrameLayout Layout = new(64, 48, 1, 8, 8);

    [Theory]
    [InlineData(JpegProcess.Baseline)]
    [InlineData(JpegProcess.Lossless)]
    public void A_cut_stream_gives_its_rows_and_says_where_it_ends(JpegProcess process)
    {
        byte[] stream = TestImage.Encode(TestImage.Waves(Layout, 30), Layout, new JpegEncodeOptions { Process = process });
        byte[] whole = TestImage.Decode(stream, Layout), part = new byte[whole.Length];
        Array.Fill(part, (byte)77);
        int cut = stream.Length * 3 / 4;
        var error = Assert.Throws<CodecException>(() => JpegDecoder.Decode(stream.AsSpan(0, cut), part, Layout));
        Assert.InRange(error.Offset!.Value, cut - 8, cut);
        int rows = 0;
        while (whole.AsSpan(rows * 48, 48).SequenceEqual(part.AsSpan(rows * 48, 48))) rows++;
        Assert.InRange(rows, 32, 56);
        // The rest is not what was in the buffer.
        Assert.DoesNotContain((byte)77, part[(56 * 48)..]);
    }

    [Theory]
    [InlineData(JpegProcess.Baseline, 1)]
    [InlineData(JpegProcess.Lossless, 8)]
    public void Behind_a_lost_interval_decoding_goes_on(JpegProcess process, int restartRows)
    {
        byte[] stream = TestImage.Encode(TestImage.Waves(Layout, 30), Layout,
            new JpegEncodeOptions { Process = process, RestartRows = restartRows });
        byte[] whole = TestImage.Decode(stream, Layout);

        // The third interval, its marker RST1 in front of it, is gone.
        int second = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xD1]), third = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xD2]);
        byte[] without = [.. stream[..second], .. stream[third..]];
        var samples = new byte[whole.Length];
        var error = Assert.Throws<CodecException>(() => JpegDecoder.Decode(without, samples, Layout));
        Assert.Contains("RST2", error.Message, StringComparison.Ordinal);
        Assert.Equal(whole[..(16 * 48)], samples[..(16 * 48)]);
        Assert.Equal(whole[(24 * 48)..], samples[(24 * 48)..]);
        Assert.NotEqual(whole, samples);

        // The same when its bits are nonsense.
        byte[] wrong = [.. stream];
        wrong.AsSpan(second + 2, third - second - 2).Fill(0xFE);
        Assert.Throws<CodecException>(() => JpegDecoder.Decode(wrong, samples, Layout));
        Assert.Equal(whole[(24 * 48)..], samples[(24 * 48)..]);
    }

    [Theory]
    [InlineData(0xD6)]
    [InlineData(0xD1)]
    [InlineData(0xD3)]
    [InlineData(0xE2)]
    [InlineData(0x52)]
    public void A_restart_marker_with_wrong_bits_is_the_one_it_stands_for(int code)
    {
        byte[] stream = Restarted(1), whole = TestImage.Decode(stream, Layout), samples = new byte[whole.Length];
        stream[stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xD2]) + 1] = (byte)code;
        var error = Assert.Throws<CodecException>(() => JpegDecoder.Decode(stream, samples, Layout));
        Assert.Contains("where RST2 was expected", error.Message, StringComparison.Ordinal);
        Assert.Equal(whole, samples);
    }

    [Theory]
    [InlineData(0xD1)]
    [InlineData(0x56)]
    public void The_last_restart_marker_with_wrong_bits_too(int code)
    {
        byte[] stream = Restarted(1), whole = TestImage.Decode(stream, Layout), samples = new byte[whole.Length];
        stream[stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xD6]) + 1] = (byte)code;
        Assert.Throws<CodecException>(() => JpegDecoder.Decode(stream, samples, Layout));
        Assert.Equal(whole, samples);
    }

    [Fact]
    public void Eleven_lost_intervals_are_told_from_three()
    {
        var layout = Layout with { Rows = 160 };
        byte[] stream = TestImage.Encode(TestImage.Waves(layout, 30), layout, new JpegEncodeOptions { RestartRows = 1 });
        byte[] whole = TestImage.Decode(stream, layout), samples = new byte[whole.Length];
        // RST2, the first time, and RST5, the second: intervals 3 to 13.
        int from = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xD2]), to = stream.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xD5]);
        byte[] without = [.. stream[..from], .. stream[to..]];
        Assert.Throws<CodecException>(() => JpegDecoder.Decode(without, samples, layout));
        Assert.Equal(whole[..(3 * 8 * 48)], samples[..(3 * 8 * 48)]);
        Assert.Equal(whole[(14 * 8 * 48)..], samples[(14 * 8 * 48)..]);
    }

    [Fact]
    public void An_interval_that_comes_twice_is_taken_once()
    {
        byte[] stream = Restarted(1), whole = TestImage.Decode(stream, Layout), samples = new byte[whole.Length];
        int from = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xD2]), to = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xD3]);
        byte[] twice = [.. stream[..to], .. stream[from..]];
        Assert.Throws<CodecException>(() => JpegDecoder.Decode(twice, samples, Layout));
        Assert.Equal(whole, samples);
    }

    [Fact]
    public void A_progressive_stream_that_is_cut_gives_the_coarse_image()
    {
        var stream = ForeignStream.All.Single(s => s.Name == "4:2:0 progressive");
        byte[] whole = TestImage.Decode(stream.Bytes, stream.Layout), part = new byte[whole.Length];
        Assert.Throws<CodecException>(() => JpegDecoder.Decode(stream.Bytes.AsSpan(0, stream.Bytes.Length * 2 / 3), part, stream.Layout));
        double sum = 0;
        for (int i = 0; i < part.Length; i++) sum += Math.Abs(part[i] - whole[i]);
        Assert.InRange(sum / part.Length, 0.1, 40);
    }

    [Fact]
    public void A_Huffman_table_of_too_many_codes_is_refused()
    {
        byte[] stream = new StreamBuilder().Huffman(0, 0, [0, 1, 2]).ToArray();
        Assert.Throws<CodecException>(() => JpegDecoder.ReadInfo(stream));
    }

    [Fact]
    public void Memory_has_a_limit()
    {
        byte[] stream = new StreamBuilder().Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)])
            .Frame(0xC2, 8, 20000, 20000, (1, 0x11, 0)).Huffman(0, 0, [0], [1]).Scan(0, 0, 0, (1, 0)).Bits("0").ToArray();
        var layout = new FrameLayout(20000, 20000, 1, 8, 8);
        var samples = new byte[layout.FrameLength];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<CodecException>(() => JpegDecoder.Decode(stream, samples, layout, new DecodeOptions { MaxWorkingMemory = 100 << 20 }));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Scans_without_end_are_refused()
    {
        var builder = new StreamBuilder().Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)])
            .Frame(0xC2, 8, 8, 8, (1, 0x11, 0)).Huffman(0, 0, [0]).Huffman(1, 0, [0]);
        builder.Scan(0, 0, 0, (1, 0)).Bits("0");
        for (int i = 0; i < 1000; i++) builder.Scan(1, 63, 0x10, (1, 0)).Bits("0");
        var error = Assert.Throws<CodecException>(() => TestImage.Decode(builder.ToArray(), new FrameLayout(8, 8, 1, 8, 8)));
        Assert.Contains("scans", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Restarted(int rows) => TestImage.Encode(TestImage.Waves(Layout, 30), Layout, new JpegEncodeOptions { RestartRows = rows });

    [Fact]
    public void A_component_in_two_scans_of_a_sequential_frame_is_refused()
    {
        var builder = new StreamBuilder().Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)])
            .Frame(0xC0, 8, 8, 8, (1, 0x11, 0)).Scan(0, 63, 0, (1, 0)).Bits("00 1010").Scan(0, 63, 0, (1, 0)).Bits("00 1010");
        var error = Assert.Throws<CodecException>(() => TestImage.Decode(builder.ToArray(), new FrameLayout(8, 8, 1, 8, 8)));
        Assert.Contains("second scan", error.Message, StringComparison.Ordinal);
    }
}
