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

    [Fact]
    public void A_component_in_two_scans_of_a_sequential_frame_is_refused()
    {
        var builder = new StreamBuilder().Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)])
            .Frame(0xC0, 8, 8, 8, (1, 0x11, 0)).Scan(0, 63, 0, (1, 0)).Bits("00 1010").Scan(0, 63, 0, (1, 0)).Bits("00 1010");
        var error = Assert.Throws<CodecException>(() => TestImage.Decode(builder.ToArray(), new FrameLayout(8, 8, 1, 8, 8)));
        Assert.Contains("second scan", error.Message, StringComparison.Ordinal);
    }
}
