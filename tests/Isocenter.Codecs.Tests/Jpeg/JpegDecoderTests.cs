using Isocenter.Codecs.Jpeg;
using Isocenter.Testing;

namespace Isocenter.Codecs.Tests.Jpeg;

public sealed class JpegDecoderTests
{
    private static readonly FrameLayout Grey = new(37, 43, 1, 8, 8);
    private static readonly FrameLayout Colour = new(37, 43, 3, 8, 8);

    [Theory]
    [MemberData(nameof(ForeignStream.AsTheory), MemberType = typeof(ForeignStream))]
    public void Streams_of_another_encoder_decode_bit_for_bit(ForeignStream stream) =>
        Assert.Equal(stream.Digest, ForeignStream.DigestOf(TestImage.Decode(stream.Bytes, stream.Layout)));

    [Theory]
    [InlineData(1, 8, 90, 0)]
    [InlineData(3, 8, 35, 1)]
    [InlineData(1, 12, 85, 0)]
    [InlineData(3, 12, 5, 2)]
    [InlineData(4, 8, 100, 0)]
    public void Sequential_streams_decode_as_the_printed_formulas_say(int components, int bits, int quality, int restartRows)
    {
        var layout = new FrameLayout(37, 43, components, bits > 8 ? 16 : 8, bits);
        byte[] stream = TestImage.Encode(TestImage.Waves(layout, 20), layout,
            new JpegEncodeOptions { Process = JpegProcess.Extended, Quality = quality, RestartRows = restartRows });
        int[] slow = SlowDecoder.Decode(stream);
        byte[] quick = TestImage.Decode(stream, layout);
        for (int i = 0; i < slow.Length; i++) Assert.InRange(TestImage.Get(quick, layout, i) - slow[i], -1, 1);
    }

    [Fact]
    public void The_header_tells_what_is_in_the_stream()
    {
        byte[] baseline = TestImage.Encode(TestImage.Waves(Colour), Colour, new JpegEncodeOptions { Colour = JpegColour.RgbToYcc });
        Assert.Equal(new CodeStreamInfo(37, 43, 3, 8, false, false, ColourTransform.Ycc), JpegDecoder.ReadInfo(baseline));

        var words = new FrameLayout(5, 6, 1, 16, 12);
        byte[] lossless = TestImage.Encode(TestImage.Waves(words), words, new JpegEncodeOptions { Process = JpegProcess.Lossless });
        Assert.Equal(new CodeStreamInfo(5, 6, 1, 12, false, true, ColourTransform.None), JpegDecoder.ReadInfo(lossless));

        byte[] shifted = TestImage.Encode(TestImage.Waves(words), words, new JpegEncodeOptions { Process = JpegProcess.Lossless, PointTransform = 1 });
        Assert.False(JpegDecoder.ReadInfo(shifted).IsReversible);
    }

    [Theory]
    [InlineData(true, -1, "123", ColourTransform.Ycc)]
    [InlineData(true, 0, "123", ColourTransform.Ycc)]
    [InlineData(false, 0, "123", ColourTransform.None)]
    [InlineData(false, 1, "RGB", ColourTransform.Ycc)]
    [InlineData(false, -1, "RGB", ColourTransform.None)]
    [InlineData(false, -1, "123", ColourTransform.Unknown)]
    public void Markers_tell_what_three_components_are(bool hasJfif, int adobe, string identifiers, ColourTransform expected)
    {
        var builder = new StreamBuilder();
        if (hasJfif) builder.Segment(0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        if (adobe >= 0) builder.Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, (byte)adobe]);
        builder.Frame(0xC0, 8, 4, 4, [.. identifiers.Select(c => ((byte)c, 0x11, 0))]).Scan(0, 63, 0, [.. identifiers.Select(c => ((byte)c, 0))]);
        Assert.Equal(expected, JpegDecoder.ReadInfo(builder.ToArray()).Transform);
    }

    [Fact]
    public void Rows_may_come_behind_the_first_scan()
    {
        byte[] samples = TestImage.Waves(Grey);
        byte[] stream = TestImage.Encode(samples, Grey, new JpegEncodeOptions());
        byte[] expected = TestImage.Decode(stream, Grey);

        int frame = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        byte[] without = [.. stream];
        without[frame + 5] = without[frame + 6] = 0;
        byte[] later = [.. without[..^2], 0xFF, 0xDC, 0, 4, 0, 37, 0xFF, 0xD9];
        Assert.Equal(37, JpegDecoder.ReadInfo(later).Rows);
        Assert.Equal(expected, TestImage.Decode(later, Grey));

        // Without any, the layout knows; nobody else does.
        Assert.Equal(expected, TestImage.Decode(without, Grey));
        Assert.Throws<CodecException>(() => JpegDecoder.ReadInfo(without));
    }

    [Fact]
    public void What_stands_around_the_image_does_not_matter()
    {
        byte[] stream = TestImage.Encode(TestImage.Waves(Grey), Grey, new JpegEncodeOptions());
        byte[] expected = TestImage.Decode(stream, Grey);
        Assert.Equal(expected, TestImage.Decode([0, 0xFF, 0xC0, 7, .. stream, 0, 0, 0xFF, 1], Grey));
        Assert.Equal(expected, TestImage.Decode(stream[..^2], Grey));
        byte[] tablesFirst = [0xFF, 0xD8, 0xFF, 0xFE, 0, 3, 65, 0xFF, 0xD9, .. stream];
        Assert.Equal(expected, TestImage.Decode(tablesFirst, Grey));
        int table = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xDB]);
        Assert.Equal(expected, TestImage.Decode([.. stream[..table], 0xFF, 0xFF, 1, 2, .. stream[table..]], Grey));
    }

    /// <summary>Rows in the frame header, and whether a comment holds the bytes of a DNL segment.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(0x0FFF, false)]
    public void The_number_of_lines_may_follow_the_first_scan(int rows, bool hasDecoy)
    {
        byte[] stream = TestImage.Encode(TestImage.Waves(Grey), Grey, new JpegEncodeOptions { RestartRows = 1 });
        int frame = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        byte[] without = [.. stream];
        (without[frame + 5], without[frame + 6]) = ((byte)(rows >> 8), (byte)rows);
        byte[] decoy = hasDecoy ? [0xFF, 0xFE, 0, 8, 0xFF, 0xDC, 0, 4, 0, 9] : [];
        byte[] told = [.. without[..(frame + 19 - 6)], .. decoy, .. without[(frame + 19 - 6)..^2], 0xFF, 0xDC, 0, 4, (byte)(Grey.Rows >> 8), (byte)Grey.Rows, 0xFF, 0xD9];
        Assert.Equal(Grey.Rows, JpegDecoder.ReadInfo(told).Rows);
        Assert.Equal(Grey.Rows, JpegDecoder.ReadInfo(told, Grey.Rows).Rows);
        Assert.Equal(TestImage.Decode(stream, Grey), TestImage.Decode(told, Grey));
        if (rows != 0) return;

        // Without it the caller has to know them.
        Assert.Contains("DNL", Assert.Throws<CodecException>(() => JpegDecoder.ReadInfo(without)).Message, StringComparison.Ordinal);
        Assert.Equal(TestImage.Decode(stream, Grey), TestImage.Decode(without, Grey));
    }

    [Fact]
    public void Tables_may_come_from_elsewhere()
    {
        byte[] stream = TestImage.Encode(TestImage.Waves(Grey), Grey, new JpegEncodeOptions());
        int table = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xDB]), end = table + 69;
        byte[] abbreviated = [.. stream[..table], .. stream[end..]];
        byte[] tables = [0xFF, 0xD8, .. stream[table..end], 0xFF, 0xD9];
        Assert.Throws<CodecException>(() => TestImage.Decode(abbreviated, Grey));
        Assert.Equal(TestImage.Decode(stream, Grey), TestImage.Decode(abbreviated, Grey, new JpegDecodeOptions { Tables = tables }));
    }

    [Fact]
    public void Without_Huffman_tables_those_of_the_standard_serve()
    {
        byte[] stream = TestImage.Encode(TestImage.Waves(Grey), Grey, new JpegEncodeOptions());
        int first = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xC4]), scan = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        Assert.Equal(TestImage.Decode(stream, Grey), TestImage.Decode([.. stream[..first], .. stream[scan..]], Grey));
    }

    [Fact]
    public void Planes_and_words_get_the_same_values()
    {
        byte[] stream = TestImage.Encode(TestImage.Waves(Colour), Colour, new JpegEncodeOptions { Colour = JpegColour.Ycc, Subsampling = JpegSubsampling.Both });
        byte[] pixels = TestImage.Decode(stream, Colour);
        byte[] planes = TestImage.Decode(stream, Colour with { IsPlanar = true });
        byte[] words = TestImage.Decode(stream, Colour with { BitsAllocated = 16 });
        for (int i = 0; i < pixels.Length; i++)
        {
            Assert.Equal(pixels[i], planes[i % 3 * 37 * 43 + i / 3]);
            Assert.Equal(pixels[i], words[2 * i] | words[2 * i + 1] << 8);
        }
    }

    [Theory]
    [InlineData(36, 43, 1, 8)]
    [InlineData(37, 44, 1, 8)]
    [InlineData(37, 43, 3, 8)]
    public void A_layout_that_contradicts_the_stream_is_refused(int rows, int columns, int samples, int allocated)
    {
        byte[] stream = TestImage.Encode(TestImage.Waves(Grey), Grey, new JpegEncodeOptions());
        Assert.Throws<CodecException>(() => TestImage.Decode(stream, new FrameLayout(rows, columns, samples, allocated, 8)));
    }

    [Fact]
    public void Twelve_bits_do_not_fit_a_byte()
    {
        var words = new FrameLayout(8, 8, 1, 16, 12);
        byte[] stream = TestImage.Encode(TestImage.Waves(words), words, new JpegEncodeOptions { Process = JpegProcess.Extended });
        Assert.Throws<CodecException>(() => TestImage.Decode(stream, new FrameLayout(8, 8, 1, 8, 8)));
    }

    [Theory]
    [InlineData(0xC5)]
    [InlineData(0xC7)]
    [InlineData(0xDE)]
    public void The_hierarchical_mode_is_refused_by_name(int marker)
    {
        byte[] stream = [0xFF, 0xD8, 0xFF, (byte)marker, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0];
        var error = Assert.Throws<CodecException>(() => JpegDecoder.ReadInfo(stream));
        Assert.Contains("hierarchical", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p1/A1.JPG", 4, 8, "")]
    [InlineData("p1/B2.JPG", 255, 8, "p1/B1.JPG")]
    [InlineData("p2/C1.JPG", 4, 8, "")]
    [InlineData("p2/C2.JPG", 4, 8, "")]
    [InlineData("p4/E1.JPG", 4, 12, "")]
    [InlineData("p4/E2.JPG", 4, 12, "")]
    [InlineData("p14/O1.JPG", 4, 8, "")]
    [InlineData("p14/O2.JPG", 4, 16, "")]
    public void Conformance_streams_decode(string file, int components, int bits, string tables)
    {
        string folder = Path.Combine(Corpus.Require(), "jpeg-10918");
        byte[] stream = File.ReadAllBytes(Path.Combine(folder, file));
        var info = JpegDecoder.ReadInfo(stream);
        Assert.Equal((257, 255, components, bits), (info.Rows, info.Columns, info.Components, info.BitsPerSample));
        var layout = new FrameLayout(257, 255, components, bits > 8 ? 16 : 8, bits);
        var options = new JpegDecodeOptions { Tables = tables.Length > 0 ? File.ReadAllBytes(Path.Combine(folder, tables)) : default };
        byte[] samples = TestImage.Decode(stream, layout, options);
        if (file != "p14/O2.JPG") return;

        // The fourth component has its source beside it: a third of the columns, all rows, in big endian.
        byte[] source = File.ReadAllBytes(Path.Combine(folder, "p14", "D16.SRC"));
        for (int i = 0; i < 257 * 85; i++)
            Assert.Equal(source[2 * i] << 8 | source[2 * i + 1], TestImage.Get(samples, layout, (i / 85 * 255 + i % 85 * 3) * 4 + 3));
    }

    [Fact]
    public void Sequential_frames_may_have_a_scan_for_each_component()
    {
        string folder = Path.Combine(Corpus.Require(), "jpeg-10918");
        var layout = new FrameLayout(257, 255, 4, 16, 12);
        Assert.Equal(
            TestImage.Decode(File.ReadAllBytes(Path.Combine(folder, "p4", "E1.JPG")), layout),
            TestImage.Decode(File.ReadAllBytes(Path.Combine(folder, "p4", "E2.JPG")), layout));
    }

    [Fact]
    public void Cancellation_ends_the_work()
    {
        byte[] stream = TestImage.Encode(TestImage.Waves(Grey), Grey, new JpegEncodeOptions());
        var samples = new byte[Grey.FrameLength];
        Assert.Throws<OperationCanceledException>(() =>
            JpegDecoder.Decode(stream, samples, Grey, cancel: new CancellationToken(canceled: true)));
    }
}
