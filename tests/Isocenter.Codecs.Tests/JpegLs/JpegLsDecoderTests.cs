using System.Buffers;
using Isocenter.Codecs.JpegLs;
using static Isocenter.Codecs.Tests.JpegLs.TestImages;

namespace Isocenter.Codecs.Tests.JpegLs;

/// <summary>What code streams may be like beside the usual one. Their entropy coded data come from the twin.</summary>
public sealed class JpegLsDecoderTests
{
    private static readonly byte[] Soi = [0xFF, 0xD8], Eoi = [0xFF, 0xD9];

    [Fact]
    public void The_example_of_the_standard_decodes()
    {
        // ISO/IEC 14495-1 Annex H.3: 4 × 4 samples of 8 bits.
        byte[] stream =
        [
            0xFF, 0xD8, 0xFF, 0xF7, 0x00, 0x0B, 0x08, 0x00, 0x04, 0x00, 0x04, 0x01, 0x01, 0x11, 0x00, 0xFF, 0xDA, 0x00, 0x08,
            0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x00, 0x00, 0x6C, 0x80, 0x20, 0x8E, 0x01, 0xC0, 0x00, 0x00, 0x57, 0x40,
            0x00, 0x00, 0x6E, 0xE6, 0x00, 0x00, 0x01, 0xBC, 0x18, 0x00, 0x00, 0x05, 0xD8, 0x00, 0x00, 0x91, 0x60, 0xFF, 0xD9,
        ];
        byte[] image = [0, 0, 90, 74, 68, 50, 43, 205, 64, 145, 145, 145, 100, 145, 145, 145];
        var layout = new FrameLayout(4, 4, 1, 8, 8);
        Assert.Equal(image, Decode(stream, layout));
        Assert.Equal(stream, Encode(image, layout));
        Assert.Equal(new CodeStreamInfo(4, 4, 1, 8, false, true, ColourTransform.None), JpegLsDecoder.ReadInfo(stream));
    }

    [Fact]
    public void Samples_of_another_size_than_their_words_decode()
    {
        var layout = new FrameLayout(9, 11, 3, 16, 7, IsPlanar: true);
        byte[] frame = Make(layout, 4);
        byte[] stream = Encode(frame, layout with { }, new JpegLsEncodeOptions { Interleave = JpegLsInterleave.Sample });
        var wide = new FrameLayout(9, 11, 3, 32, 7);
        byte[] decoded = Decode(stream, wide);
        for (int c = 0; c < 3; c++)
            for (int y = 0; y < 9; y++)
                for (int x = 0; x < 11; x++) Assert.Equal(TestImages.Get(frame, layout, y, x, c), decoded[4 * (3 * (11 * y + x) + c)]);
    }

    [Fact]
    public void Signed_samples_keep_their_low_bits()
    {
        var layout = new FrameLayout(1, 3, 1, 16, 12, IsSigned: true);
        byte[] frame = [0xFF, 0xFF, 0x00, 0xF8, 0x05, 0x00];
        Assert.Equal([0xFF, 0x0F, 0x00, 0x08, 0x05, 0x00], Decode(Encode(frame, layout), layout));
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    public void What_stands_around_the_image_does_no_harm(bool fillBytes, bool applicationData, bool withoutEnd)
    {
        var layout = new FrameLayout(13, 17, 1, 8, 8);
        byte[] frame = Make(layout, 7);
        byte[] stream = Encode(frame, layout, new JpegLsEncodeOptions { WriteSpiffHeader = applicationData });
        if (applicationData) stream = [.. stream[..2], .. Segment(0xE0, 1, 2, 0xFF, 0xD8), .. Segment(0xFE, 65), .. stream[2..]];
        if (fillBytes) stream = [.. stream[..2], 0xFF, 0xFF, 0xFF, .. stream[2..^2], 0xFF, 0xFF, .. stream[^2..]];
        stream = withoutEnd ? stream[..^2] : [.. stream, 0, 1, 2, 3];
        Assert.Equal(frame, Decode(stream, layout));
        Assert.Equal(applicationData, JpegLsDecoder.ReadHeader(stream).HasSpiffHeader);
    }

    [Fact]
    public void Rows_may_be_told_after_the_scan_or_only_by_the_layout()
    {
        var layout = new FrameLayout(19, 8, 1, 8, 8);
        byte[] frame = Make(layout, 3);
        byte[] data = Twin(frame, layout);
        byte[] head = [.. Soi, .. FrameHeader(8, 0, 8, 0x11), .. ScanHeader([1]), .. data];
        foreach (byte[] rows in new byte[][] { [0, 19], [0, 0, 19], [0, 0, 0, 19] })
        {
            byte[] stream = [.. head, .. Segment(0xDC, rows), .. Eoi];
            Assert.Equal(19, JpegLsDecoder.ReadInfo(stream).Rows);
            Assert.Equal(frame, Decode(stream, layout));
        }
        Assert.Equal(frame, Decode([.. head, .. Eoi], layout));
        Assert.Throws<CodecException>(() => JpegLsDecoder.ReadInfo([.. head, .. Eoi]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Dimensions_may_come_from_a_segment_of_large_ones(int width)
    {
        var layout = new FrameLayout(5, 300, 1, 8, 8);
        byte[] frame = Make(layout, 3);
        byte[] rows = new byte[width], columns = new byte[width];
        rows[^1] = 5;
        (columns[^2], columns[^1]) = (1, 44);
        byte[] stream =
        [
            .. Soi, .. FrameHeader(8, 0, 0, 0x11), .. Segment(0xF8, [4, (byte)width, .. rows, .. columns]), .. ScanHeader([1]),
            .. Twin(frame, layout), .. Eoi,
        ];
        Assert.Equal(frame, Decode(stream, layout));
        Assert.Equal((5, 300), (JpegLsDecoder.ReadInfo(stream).Rows, JpegLsDecoder.ReadInfo(stream).Columns));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_restart_interval_has_two_to_four_bytes(int bytes)
    {
        var layout = new FrameLayout(20, 9, 1, 8, 8);
        byte[] frame = Make(layout, 3);
        byte[] interval = new byte[bytes];
        interval[^1] = 2;
        byte[] stream =
        [
            .. Soi, .. FrameHeader(8, 20, 9, 0x11), .. Segment(0xDD, interval), .. ScanHeader([1]),
            .. Twin(frame, layout, restart: 2), .. Eoi,
        ];
        Assert.Equal(frame, Decode(stream, layout));
    }

    [Fact]
    public void A_restart_interval_counted_in_samples_is_recognised_by_its_markers()
    {
        var layout = new FrameLayout(20, 9, 1, 8, 8);
        byte[] frame = Make(layout, 3);
        byte[] stream =
        [
            .. Soi, .. FrameHeader(8, 20, 9, 0x11), .. Segment(0xDD, 0, 9 * 4), .. ScanHeader([1]),
            .. Twin(frame, layout, restart: 4), .. Eoi,
        ];
        Assert.Equal(frame, Decode(stream, layout));
        int marker = stream.AsSpan().IndexOf(new byte[] { 0xFF, 0xD0 });
        Assert.Equal(frame, Decode([.. stream[..marker], 0xFF, 0xFF, .. stream[marker..]], layout));
    }

    [Fact]
    public void Scans_may_hold_some_of_the_components_each_with_parameters_of_its_own()
    {
        var layout = new FrameLayout(11, 13, 4, 8, 8);
        byte[] frame = Make(layout, 9);
        var planes = Planes(frame, layout);
        byte[] stream =
        [
            .. Soi, .. FrameHeader(8, 11, 13, 0x11, 0x11, 0x11, 0x11),
            .. ScanHeader([2, 4], interleave: 2), .. JpegLsTwin.Encode([planes[1], planes[3]], (255, 3, 7, 21, 64), 0, 2, 0),
            .. Segment(0xF8, 1, 0, 255, 0, 9, 0, 9, 0, 9, 0, 31), .. ScanHeader([1]),
            .. JpegLsTwin.Encode([planes[0]], (255, 9, 9, 9, 31), 0, 0, 0),
            .. ScanHeader([3]), .. JpegLsTwin.Encode([planes[2]], (255, 9, 9, 9, 31), 0, 0, 0), .. Eoi,
        ];
        Assert.Equal(frame, Decode(stream, layout));
    }

    /// <summary>CharLS 2.4 takes a MAXVAL, writes it, and codes by the bits.</summary>
    [Theory]
    [InlineData(8, 200)]
    [InlineData(12, 3000)]
    public void A_maximum_that_was_only_written_down_decodes_like_one_that_was_heeded(int bits, int maxVal)
    {
        var layout = new FrameLayout(23, 31, 1, 16, bits);
        byte[] frame = Make(layout, 11, maxVal);
        int full = (1 << bits) - 1;
        byte[] heeded = Stream(maxVal), written = Stream(full);
        Assert.NotEqual(heeded, written);
        Assert.Equal(frame, Decode(heeded, layout));
        Assert.Equal(frame, Decode(written, layout));

        // Damage stays damage, as the standard reads it.
        var part = new byte[frame.Length];
        Assert.Throws<CodecException>(() => JpegLsDecoder.Decode(heeded.AsSpan(0, heeded.Length / 2), part, layout));
        Assert.Equal(frame[..(8 * 31 * 2)], part[..(8 * 31 * 2)]);

        byte[] Stream(int coded) =>
        [
            .. Soi, .. FrameHeader(bits, 23, 31, 0x11), .. Segment(0xF8, 1, (byte)(maxVal >> 8), (byte)maxVal, 0, 5, 0, 9, 0, 30, 0, 64), .. ScanHeader([1]),
            .. JpegLsTwin.Encode(Planes(frame, layout), (coded, 5, 9, 30, 64), 0, 0, 0), .. Eoi,
        ];
    }

    [Fact]
    public void Near_lossless_stays_within_its_bound()
    {
        var layout = new FrameLayout(40, 50, 1, 16, 12);
        byte[] frame = Make(layout, 5);
        byte[] decoded = Decode(Encode(frame, layout, new JpegLsEncodeOptions { Near = 7 }), layout);
        for (int i = 0; i < 2000; i++)
            Assert.InRange(TestImages.Get(frame, layout, 0, i, 0) - TestImages.Get(decoded, layout, 0, i, 0), -7, 7);
    }

    [Fact]
    public void A_point_transform_is_shifted_back()
    {
        var layout = new FrameLayout(7, 6, 1, 16, 12);
        byte[] frame = Make(layout, 5, maxVal: 1023);
        byte[] stream =
        [
            .. Soi, .. FrameHeader(12, 7, 6, 0x11), .. ScanHeader([1], pointTransform: 2),
            .. JpegLsTwin.Encode(Planes(frame, layout), (4095, 18, 67, 276, 64), 0, 0, 0), .. Eoi,
        ];
        byte[] decoded = Decode(stream, layout);
        for (int i = 0; i < 42; i++)
            Assert.Equal(TestImages.Get(frame, layout, 0, i, 0) << 2, TestImages.Get(decoded, layout, 0, i, 0));
        Assert.False(JpegLsDecoder.ReadInfo(stream).IsReversible);
    }

    [Fact]
    public void A_palette_gives_its_colours_and_a_table_of_values_replaces_samples()
    {
        var indices = new FrameLayout(3, 5, 1, 8, 2);
        byte[] frame = [.. Enumerable.Range(0, 15).Select(i => (byte)(i % 4))];
        byte[] data = JpegLsTwin.Encode(Planes(frame, indices), (3, 2, 3, 3, 64), 0, 0, 0);
        byte[] head = [.. Soi, .. FrameHeader(2, 3, 5, 0x11)];
        byte[] tail = [.. ScanHeader([1], table: 5), .. data, .. Eoi];

        byte[] palette = [.. head, .. Segment(0xF8, 2, 5, 3, 10, 11, 12, 20, 21, 22), .. Segment(0xF8, 3, 5, 3, 30, 31, 32, 40, 41, 42), .. tail];
        Assert.Equal(3, JpegLsDecoder.ReadInfo(palette).Components);
        byte[] colours = Decode(palette, new FrameLayout(3, 5, 3, 8, 8));
        Assert.Equal([10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 10, 11, 12], colours[..15]);
        byte[] planar = Decode(palette, new FrameLayout(3, 5, 3, 8, 8, IsPlanar: true));
        Assert.Equal([11, 21, 31, 41, 11], planar[15..20]);

        byte[] values = [.. head, .. Segment(0xF8, 2, 5, 2, 1, 0, 2, 0, 3, 0, 4, 5), .. tail];
        Assert.Equal([0, 1, 0, 2, 0, 3, 5, 4], Decode(values, new FrameLayout(3, 5, 1, 16, 16))[..8]);
        Assert.Throws<CodecException>(() => Decode(values, new FrameLayout(3, 5, 1, 8, 8)));
        Assert.Throws<CodecException>(() => Decode([.. head, .. tail], new FrameLayout(3, 5, 1, 8, 8)));
    }

    [Fact]
    public void Components_of_fewer_samples_fill_the_frame()
    {
        // As in the conformance streams: 2 × 4, 2 × 1 and 1 × 2 of sampling, interleaved by line and not at all.
        var layout = new FrameLayout(8, 6, 3, 8, 8);
        var planes = new[] { new int[8, 6], new int[2, 6], new int[4, 3] };
        var random = new Random(1);
        foreach (var plane in planes)
            for (int y = 0; y < plane.GetLength(0); y++)
                for (int x = 0; x < plane.GetLength(1); x++) plane[y, x] = random.Next(256);
        byte[] stream = [.. Soi, .. FrameHeader(8, 8, 6, 0x24, 0x21, 0x12)];
        for (int c = 0; c < 3; c++)
            stream = [.. stream, .. ScanHeader([(byte)(c + 1)]), .. JpegLsTwin.Encode([planes[c]], (255, 3, 7, 21, 64), 0, 0, 0)];
        byte[] decoded = Decode([.. stream, .. Eoi], layout);
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 6; x++)
            {
                Assert.Equal(planes[0][y, x], decoded[3 * (6 * y + x)]);
                Assert.Equal(planes[1][y / 4, x], decoded[3 * (6 * y + x) + 1]);
                Assert.Equal(planes[2][y / 2, x / 2], decoded[3 * (6 * y + x) + 2]);
            }
        }
    }

    /// <summary>Sampling factors and interleaving by line, as the conformance streams T8SSE0 and T8SSE3 have them: so many
    /// lines of each component in turn as its vertical factor says.</summary>
    [Fact]
    public void Components_of_fewer_samples_may_be_interleaved_by_line()
    {
        var layout = new FrameLayout(8, 6, 3, 8, 8);
        (int Lines, int Width)[] shapes = [(4, 6), (1, 6), (2, 3)];
        var parameters = new CodingParameters(JpegLsPreset.Default(255, 0), 0);
        using var model = new ScanModel(parameters, 8);
        var random = new Random(3);
        ushort[][] lines = [.. shapes.Select(shape => new ushort[shape.Width + 2])];
        int[] runIndex = new int[3];
        var planes = new[] { new int[8, 6], new int[2, 6], new int[4, 3] };
        var output = new ArrayBufferWriter<byte>();
        var writer = new BitWriter(output);
        writer.Reserve(1000, parameters.Limit);
        for (int mcu = 0; mcu < 2; mcu++)
        {
            for (int c = 0; c < 3; c++)
            {
                for (int i = 0; i < shapes[c].Lines; i++)
                {
                    ushort[] line = new ushort[shapes[c].Width + 2];
                    for (int x = 0; x < shapes[c].Width; x++)
                        line[x + 1] = (ushort)(planes[c][mcu * shapes[c].Lines + i, x] = random.Next(3) == 0 ? random.Next(256) : 77);
                    LineEncoder.Encode<Masked>(ref writer, model, lines[c], line, ref runIndex[c]);
                    lines[c] = line;
                }
            }
        }
        writer.Finish();
        writer.Commit();

        byte[] stream =
        [
            .. Soi, .. FrameHeader(8, 8, 6, 0x24, 0x21, 0x12), .. ScanHeader([1, 2, 3], interleave: 1),
            .. output.WrittenSpan, .. Eoi,
        ];
        byte[] decoded = Decode(stream, layout);
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 6; x++)
            {
                Assert.Equal([planes[0][y, x], planes[1][y / 4, x], planes[2][y / 2, x / 2]],
                    decoded[(3 * (6 * y + x))..(3 * (6 * y + x) + 3)].Select(sample => (int)sample));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Colour_transforms_of_Hewlett_Packard_are_taken_back(int transform)
    {
        var layout = new FrameLayout(10, 10, 3, 8, 8);
        byte[] rgb = Make(layout, transform);
        byte[] coded = [.. rgb];
        for (int i = 0; i < coded.Length; i += 3)
        {
            int r = rgb[i], g = rgb[i + 1], b = rgb[i + 2];
            var (v1, v2, v3) = transform switch
            {
                1 => (r - g + 128, g, b - g + 128),
                2 => (r - g + 128, g, b - ((r + g) >> 1) + 128),
                _ => (g + ((((b - g + 128) & 255) + ((r - g + 128) & 255)) >> 2) - 64, b - g + 128, r - g + 128),
            };
            (coded[i], coded[i + 1], coded[i + 2]) = ((byte)v1, (byte)v2, (byte)v3);
        }
        foreach (var interleave in Enum.GetValues<JpegLsInterleave>())
        {
            byte[] stream = Encode(coded, layout, new JpegLsEncodeOptions { Interleave = interleave });
            stream = [.. stream[..2], .. Segment(0xE8, [.. "mrfx"u8, (byte)transform]), .. stream[2..]];
            Assert.Equal(rgb, Decode(stream, layout));
            Assert.Equal(ColourTransform.Reversible, JpegLsDecoder.ReadInfo(stream).Transform);
        }
    }

    [Theory]
    [InlineData(13, 0x1FFF, 0x22, 0x83, 0x224)]
    [InlineData(16, 0xFFFF, 0x102, 0x403, 0x1104)]
    public void Streams_of_the_encoder_that_forgot_a_limit_of_its_thresholds_decode(int bits, int maxVal, int t1, int t2, int t3)
    {
        var layout = new FrameLayout(60, 70, 1, 16, bits);
        byte[] frame = Make(layout, 8);
        byte[] stream =
        [
            .. Soi, .. FrameHeader(bits, 60, 70, 0x11), .. ScanHeader([1]),
            .. JpegLsTwin.Encode(Planes(frame, layout), (maxVal, t1, t2, t3, 64), 0, 0, 0), .. Eoi,
        ];
        Assert.Equal(frame, Decode(stream, layout));
    }

    [Fact]
    public void A_truncated_stream_keeps_the_rows_before_its_end()
    {
        foreach (int bits in new[] { 8, 16 })
        {
            var layout = new FrameLayout(100, 40, 1, bits, bits);
            byte[] frame = Make(layout, 21);
            byte[] stream = Encode(frame, layout);
            stream = [.. stream[..2], .. Segment(0xFE, 1), .. stream[2..]];
            byte[] decoded = new byte[frame.Length];
            var thrown = Assert.Throws<CodecException>(
                () => JpegLsDecoder.Decode(stream.AsSpan(0, stream.Length / 2), decoded, layout));
            Assert.Equal(stream.Length / 2, thrown.Offset);
            int kept = decoded.AsSpan().CommonPrefixLength(frame) / layout.Columns / layout.BytesPerSample;
            Assert.InRange(kept, 30, 70);
            Assert.Contains($"line {kept + 1} ", thrown.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_damage_decoding_goes_on_at_the_next_restart_marker(bool loseTheMarkerToo)
    {
        var layout = new FrameLayout(80, 40, 1, 8, 8);
        byte[] frame = Make(layout, 22);
        byte[] stream = Encode(frame, layout, new JpegLsEncodeOptions { RestartInterval = 8 });
        var restarts = Enumerable.Range(0, stream.Length - 1).Where(i => stream[i] == 0xFF && stream[i + 1] is >= 0xD0 and <= 0xD7).ToList();
        Assert.Equal(9, restarts.Count);
        // The data of interval 3 are gone, and of interval 4 with its marker.
        byte[] damaged = [.. stream[..(restarts[2] + 2)], .. stream[restarts[loseTheMarkerToo ? 4 : 3]..]];
        byte[] decoded = new byte[frame.Length];
        var thrown = Assert.Throws<CodecException>(() => JpegLsDecoder.Decode(damaged, decoded, layout));
        Assert.Equal(restarts[2] + 2, thrown.Offset);
        int lost = 8 * 40, from = 3 * lost, to = loseTheMarkerToo ? 5 * lost : 4 * lost;
        Assert.Equal(frame[..from], decoded[..from]);
        Assert.Equal(frame[to..], decoded[to..]);
    }

    /// <summary>Each interval is found empty at once, instead of a line of 60000 samples being made of nothing.</summary>
    [Fact]
    public void An_image_of_restart_markers_alone_is_refused_quickly()
    {
        var layout = new FrameLayout(200, 60000, 1, 8, 8);
        byte[] markers = [.. Enumerable.Range(0, 199).SelectMany(i => new byte[] { 0xFF, (byte)(0xD0 + i % 8) })];
        byte[] stream =
        [
            .. Soi, .. FrameHeader(8, 200, 60000, 0x11), .. Segment(0xDD, 0, 1), .. ScanHeader([1]), .. markers, .. Eoi,
        ];
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Contains("line 1 ", Assert.Throws<CodecException>(() => Decode(stream, layout)).Message, StringComparison.Ordinal);
        Assert.InRange(clock.ElapsedMilliseconds, 0, 2000);
    }

    [Fact]
    public void Coded_data_behind_the_last_sample_are_damage()
    {
        var layout = new FrameLayout(30, 30, 1, 8, 8);
        byte[] stream = Encode(Make(layout, 2), layout);
        Assert.Contains("left after the last sample",
            Assert.Throws<CodecException>(() => Decode([.. stream[..^2], 0x55, 0x55, 0xFF, 0xD9], layout)).Message, StringComparison.Ordinal);
        _ = Decode([.. stream[..^2], 0, 0, 0xFF, 0xD9], layout);
    }

    [Theory]
    [InlineData(12, 10, 1, 8, "rows")]
    [InlineData(10, 12, 1, 8, "columns")]
    [InlineData(10, 10, 3, 8, "components")]
    [InlineData(10, 10, 1, 8, "bits")]
    public void A_header_that_contradicts_the_layout_is_refused(int rows, int columns, int samples, int allocated, string word)
    {
        var layout = new FrameLayout(10, 10, 1, 16, 12);
        byte[] stream = Encode(Make(layout, 2), layout);
        var other = new FrameLayout(rows, columns, samples, word == "bits" ? allocated : 16, 8);
        Assert.Contains(word, Assert.Throws<CodecException>(() => Decode(stream, other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Working_memory_has_a_limit()
    {
        var layout = new FrameLayout(2, 60000, 1, 8, 8);
        byte[] frame = new byte[layout.FrameLength];
        byte[] stream = Encode(frame, layout);
        var options = new DecodeOptions { MaxWorkingMemory = 100_000 };
        Assert.Contains("working memory",
            Assert.Throws<CodecException>(() => JpegLsDecoder.Decode(stream, frame, layout, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_ends_decoding_and_encoding()
    {
        var layout = new FrameLayout(10, 10, 1, 8, 8);
        byte[] frame = new byte[100];
        byte[] stream = Encode(frame, layout);
        var cancelled = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => JpegLsDecoder.Decode(stream, frame, layout, null, cancelled));
        Assert.Throws<OperationCanceledException>(
            () => JpegLsEncoder.Encode(frame, layout, new ArrayBufferWriter<byte>(), JpegLsEncodeOptions.Default, cancelled));
    }

    [Fact]
    public void Other_formats_are_named()
    {
        byte[] jpeg = [.. Soi, .. Segment(0xC0, 8, 0, 1, 0, 1, 1, 1, 0x11, 0), .. Eoi];
        Assert.Contains("JPEG (SOF0)", Assert.Throws<CodecException>(() => JpegLsDecoder.ReadInfo(jpeg)).Message, StringComparison.Ordinal);
        Assert.Throws<CodecException>(() => JpegLsDecoder.ReadInfo([]));
        Assert.Throws<CodecException>(() => JpegLsDecoder.ReadInfo([0xFF, 0x4F, 0xFF, 0x51]));
        Assert.Throws<CodecException>(() => JpegLsDecoder.ReadInfo([.. Soi, .. Eoi]));
    }

    [Fact]
    public void The_encoder_refuses_what_the_format_cannot_hold()
    {
        Refused(new FrameLayout(1, 1, 1, 32, 17), JpegLsEncodeOptions.Default);
        var layout = new FrameLayout(1, 1, 1, 8, 8);
        Refused(layout, new JpegLsEncodeOptions { Near = 128 });
        Refused(layout, new JpegLsEncodeOptions { Near = -1 });
        Refused(layout, new JpegLsEncodeOptions { RestartInterval = -1 });
        Refused(layout, new JpegLsEncodeOptions { Interleave = (JpegLsInterleave)3 });
        Refused(layout, new JpegLsEncodeOptions { Preset = new JpegLsPreset(256, 0, 0, 0, 0) });
        Refused(layout, new JpegLsEncodeOptions { Preset = new JpegLsPreset(0, 9, 8, 0, 0) });
        Assert.Throws<CodecException>(
            () => Encode([200], layout, new JpegLsEncodeOptions { Preset = new JpegLsPreset(100, 0, 0, 0, 0) }));

        static void Refused(FrameLayout layout, JpegLsEncodeOptions options) =>
            Assert.Throws<ArgumentException>(() => Encode(new byte[layout.FrameLength], layout, options));
    }

    private static byte[] Twin(byte[] frame, in FrameLayout layout, int restart = 0) =>
        JpegLsTwin.Encode(Planes(frame, layout), (255, 3, 7, 21, 64), 0, 0, restart);
}
