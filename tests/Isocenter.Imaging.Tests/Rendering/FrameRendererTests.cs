using Isocenter.Dicom;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Rendering;

public sealed class FrameRendererTests
{
    /// <summary>LINEAR as printed in PS3.3 §C.11.2.1.2.1, one value at a time.</summary>
    private static double Linear(double x, double c, double w) =>
        x <= c - 0.5 - (w - 1) / 2 ? 0
        : x > c - 0.5 + (w - 1) / 2 ? 255
        : ((x - (c - 0.5)) / (w - 1) + 0.5) * 255;

    [Theory]
    [InlineData(40, 80, 1, -1024)]
    [InlineData(2048, 4096, 1, 0)]
    [InlineData(0.5, 1, 1, 0)]
    [InlineData(-3.5, 17.25, 0.37, -20)]
    public void A_window_spreads_as_the_printed_formula_does(double center, double width, double slope, double intercept)
    {
        int[] stored = [.. Enumerable.Range(0, 4096)];
        var image = Grey16(64, 64, stored, bitsStored: 12)
            .Set(Tags.RescaleSlope, slope).Set(Tags.RescaleIntercept, intercept)
            .Set(Tags.WindowCenter, center).Set(Tags.WindowWidth, width);
        var picture = FrameRenderer.Render(image, 0);
        for (int i = 0; i < stored.Length; i++)
            Assert.Equal(Linear(stored[i] * slope + intercept, center, width), picture.Pixels[i], 0.5001);
    }

    [Fact]
    public void Exact_and_sigmoid_windows_follow_their_formulas()
    {
        int[] stored = [.. Enumerable.Range(-128, 256)];
        foreach (string function in new[] { "LINEAR_EXACT", "SIGMOID" })
        {
            var image = Grey16(16, 16, stored, isSigned: true)
                .Set(Tags.WindowCenter, 10).Set(Tags.WindowWidth, 100).Set(Tags.VOILUTFunction, function);
            var picture = FrameRenderer.Render(image, 0);
            for (int i = 0; i < stored.Length; i++)
            {
                double expected = function == "SIGMOID"
                    ? 255 / (1 + Math.Exp(-4 * (stored[i] - 10.0) / 100))
                    : stored[i] <= 10 - 50 ? 0 : stored[i] > 10 + 50 ? 255 : ((stored[i] - 10.0) / 100 + 0.5) * 255;
                Assert.Equal(expected, picture.Pixels[i], 0.5001);
            }
        }
    }

    [Fact]
    public void Monochrome1_is_the_negative_of_Monochrome2()
    {
        int[] stored = [.. Enumerable.Range(0, 256)];
        DataSet Image(string photometric) => Grey16(16, 16, stored, photometric: photometric).Set(Tags.WindowCenter, 128).Set(Tags.WindowWidth, 256);
        var positive = FrameRenderer.Render(Image("MONOCHROME2"), 0).Pixels;
        var negative = FrameRenderer.Render(Image("MONOCHROME1"), 0).Pixels;
        for (int i = 0; i < 256; i++) Assert.InRange(positive[i] + negative[i], 254, 256);
        Assert.Equal((0, 255), (positive[0], positive[255]));
        Assert.Equal((255, 0), (negative[0], negative[255]));
    }

    [Fact]
    public void Without_a_window_the_frame_goes_from_its_darkest_to_its_brightest_pixel()
    {
        var picture = FrameRenderer.Render(Grey16(3, 1, [100, 150, 200]), 0);
        Assert.Equal(new byte[] { 0, 128, 255 }, picture.Pixels);
    }

    [Theory]
    [InlineData(-2000, null)]
    [InlineData(-2000, -1990)]
    [InlineData(-1990, -2000)]
    public void Padding_does_not_count_for_the_automatic_window(int padding, int? limit)
    {
        var image = Grey16(4, 1, [-2000, 100, 150, 200], isSigned: true).Set(Tags.PixelPaddingValue, VR.SS, padding);
        if (limit is { } l) image.Set(Tags.PixelPaddingRangeLimit, VR.SS, l);
        else Assert.Equal(-2000, padding);
        Assert.Equal(new byte[] { 0, 0, 128, 255 }, FrameRenderer.Render(image, 0).Pixels);
    }

    [Theory]
    [InlineData(12, 15, true)]
    [InlineData(12, 11, true)]
    [InlineData(10, 12, false)]
    public void Stored_bits_are_taken_from_where_the_header_says(int bitsStored, int highBit, bool isSigned)
    {
        int low = isSigned ? -(1 << (bitsStored - 1)) : 0;
        int[] stored = [.. Enumerable.Range(low, 1 << bitsStored)];
        var image = Grey16(stored.Length / 4, 4, stored, bitsStored, highBit, isSigned);
        var layout = ImageLayout.Of(image, 1 << 20);
        Assert.True(image.TryFind(Tags.PixelData, out var element));
        var reader = new FrameReader(layout, new NativePixels(element, layout.BitsAllocated).Read, 0);
        var row = new int[layout.Columns];
        for (int y = 0; y < 4; y++)
        {
            reader.ReadRow(y, row);
            Assert.Equal(stored.AsSpan(y * row.Length, row.Length).ToArray(), row);
        }
    }

    [Fact]
    public void Pixels_of_32_bits_are_drawn()
    {
        var bytes = new byte[12];
        for (int i = 0; i < 3; i++) System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), new[] { 0u, 0x8000_0000u, 0xFFFF_FFFFu }[i]);
        var image = Describe(3, 1, 1, "MONOCHROME2", 32, 32, false, 1).SetBytes(Tags.PixelData, VR.OW, bytes);
        Assert.Equal(new byte[] { 0, 128, 255 }, FrameRenderer.Render(image, 0).Pixels);
    }

    [Fact]
    public void Frames_of_single_bits_follow_each_other_without_a_gap()
    {
        // 3 × 3 pixels, 9 bits a frame: the second frame begins in the middle of a byte.
        var bits = new System.Collections.BitArray(32);
        bool[] second = [true, false, true, false, true, false, true, true, false];
        for (int i = 0; i < 9; i++) bits[9 + i] = second[i];
        var bytes = new byte[4];
        bits.CopyTo(bytes, 0);
        var image = Describe(3, 3, 1, "MONOCHROME2", 1, 1, false, 3).SetBytes(Tags.PixelData, VR.OB, bytes);
        Assert.Equal(second.Select(bit => bit ? (byte)255 : (byte)0), FrameRenderer.Render(image, 1).Pixels);
    }

    [Fact]
    public void Colours_by_pixel_and_by_plane_give_the_same_picture()
    {
        byte[] byPixel = Random(5 * 4 * 3 * 2);
        var byPlane = new byte[byPixel.Length];
        for (int f = 0; f < 2; f++)
        {
            for (int i = 0; i < 20; i++)
            {
                for (int c = 0; c < 3; c++) byPlane[f * 60 + c * 20 + i] = byPixel[f * 60 + i * 3 + c];
            }
        }
        var expected = byPixel.AsSpan(60).ToArray();
        Assert.Equal(expected, FrameRenderer.Render(Bytes(5, 4, 3, "RGB", byPixel, 0, 2), 1).Pixels);
        Assert.Equal(expected, FrameRenderer.Render(Bytes(5, 4, 3, "RGB", byPlane, 1, 2), 1).Pixels);
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(16, 10)]
    [InlineData(32, 32)]
    [InlineData(32, 24)]
    public void Colours_of_more_bits_are_scaled_to_eight(int allocated, int stored)
    {
        byte[] bytes = Random(30 * allocated / 8);
        var image = Describe(5, 2, 3, "RGB", allocated, stored, false, 1).Set(Tags.PlanarConfiguration, 0).SetBytes(Tags.PixelData, VR.OW, bytes);
        var picture = FrameRenderer.Render(image, 0);
        for (int i = 0; i < 30; i++)
        {
            ulong value = 0;
            for (int b = allocated / 8 - 1; b >= 0; b--) value = value << 8 | bytes[i * allocated / 8 + b];
            double maximum = Math.Pow(2, stored) - 1;
            Assert.Equal((value & (ulong)maximum) * 255 / maximum, picture.Pixels[i], 0.5001);
        }
    }

    [Fact]
    public void A_window_narrower_than_one_is_taken_as_exact()
    {
        int[] stored = [.. Enumerable.Range(0, 256)];
        var image = Grey16(16, 16, stored).Set(Tags.RescaleSlope, 0.001).Set(Tags.RescaleIntercept, 0)
            .Set(Tags.WindowCenter, 0.1).Set(Tags.WindowWidth, 0.1);
        var picture = FrameRenderer.Render(image, 0);
        for (int i = 0; i < 256; i++) Assert.Equal(Math.Clamp((i * 0.001 - 0.1) / 0.1 + 0.5, 0, 1) * 255, picture.Pixels[i], 0.5001);
    }

    [Fact]
    public void Ybr_becomes_rgb_by_the_printed_matrix()
    {
        byte[] ybr = Random(64 * 64 * 3);
        var picture = FrameRenderer.Render(Bytes(64, 64, 3, "YBR_FULL", ybr), 0);
        for (int i = 0; i < ybr.Length; i += 3)
        {
            double y = ybr[i], cb = ybr[i + 1] - 128.0, cr = ybr[i + 2] - 128.0;
            Assert.Equal(Math.Clamp(y + 1.402 * cr, 0, 255), picture.Pixels[i], 0.51);
            Assert.Equal(Math.Clamp(y - 0.344136 * cb - 0.714136 * cr, 0, 255), picture.Pixels[i + 1], 0.51);
            Assert.Equal(Math.Clamp(y + 1.772 * cb, 0, 255), picture.Pixels[i + 2], 0.51);
        }
    }

    [Theory]
    [InlineData(6, 8)]
    [InlineData(12, 8)]
    [InlineData(16, 8)]
    [InlineData(12, 16)]
    public void Ybr_of_more_or_fewer_bits_is_rounded_once(int stored, int bitDepth)
    {
        byte[] bytes = Random(600 * 2);
        var image = Describe(10, 20, 3, "YBR_FULL", 16, stored, false, 1).Set(Tags.PlanarConfiguration, 0).SetBytes(Tags.PixelData, VR.OW, bytes);
        var picture = FrameRenderer.Render(image, 0, new() { BitDepth = bitDepth });
        double maximum = (1 << stored) - 1, half = 1 << (stored - 1), white = (1 << bitDepth) - 1;
        for (int i = 0; i < 600; i += 3)
        {
            double y = Stored(i), cb = Stored(i + 1) - half, cr = Stored(i + 2) - half;
            double[] expected = [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb];
            for (int c = 0; c < 3; c++)
                Assert.Equal(Math.Clamp(expected[c], 0, maximum) / maximum * white, bitDepth == 8 ? picture.Pixels[i + c] : picture.Pixels[2 * (i + c)] << 8 | picture.Pixels[2 * (i + c) + 1], 0.5001);
        }

        double Stored(int i) => (bytes[2 * i] | bytes[2 * i + 1] << 8) & (1 << stored) - 1;
    }

    [Fact]
    public void Two_pixels_of_422_share_their_colour()
    {
        byte[] ybr422 = Random(8 * 4 * 2);
        var full = new List<byte>();
        for (int i = 0; i < ybr422.Length; i += 4)
            full.AddRange([ybr422[i], ybr422[i + 2], ybr422[i + 3], ybr422[i + 1], ybr422[i + 2], ybr422[i + 3]]);
        Assert.Equal(FrameRenderer.Render(Bytes(8, 4, 3, "YBR_FULL", full.ToArray()), 0).Pixels,
            FrameRenderer.Render(Bytes(8, 4, 3, "YBR_FULL_422", ybr422), 0).Pixels);
    }

    [Fact]
    public void Palettes_of_8_and_of_16_bits_give_the_same_picture()
    {
        byte[] indices = [0, 9, 10, 11, 12, 13, 14, 255];
        byte[] expected = [1, 5, 9, 1, 5, 9, 1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12, 4, 8, 12, 4, 8, 12];
        byte[] Wide(byte first) => [0, first, 0, (byte)(first + 1), 0, (byte)(first + 2), 0, (byte)(first + 3)];
        byte[] Words(byte first) => [first, 0, (byte)(first + 1), 0, (byte)(first + 2), 0, (byte)(first + 3), 0];
        byte[] Packed(byte first) => [first, (byte)(first + 1), (byte)(first + 2), (byte)(first + 3)];
        foreach (var (bits, table) in new (int, Func<byte, byte[]>)[] { (16, Wide), (8, Words), (8, Packed) })
        {
            var image = Bytes(8, 1, 1, "PALETTE COLOR", indices).Palette(10, bits, table(1), table(5), table(9), 4);
            Assert.Equal(expected, FrameRenderer.Render(image, 0).Pixels);
        }
    }

    [Fact]
    public void Modality_and_voi_tables_are_applied()
    {
        DataSet Table(int first, int bits, params int[] values) => new DataSet()
            .Set(Tags.LUTDescriptor, VR.US, values.Length, first, bits).Set(Tags.LUTData, VR.US, values);
        var image = Grey16(4, 1, [0, 1, 2, 3])
            .Set(Tags.ModalityLUTSequence, Table(0, 16, 30, 20, 10, 0))
            .Set(Tags.VOILUTSequence, Table(0, 8, [.. Enumerable.Range(0, 31).Select(i => i * 8)]));
        Assert.Equal(new byte[] { 240, 160, 80, 0 }, FrameRenderer.Render(image, 0).Pixels);
    }

    [Fact]
    public void Each_frame_has_the_window_of_its_functional_group()
    {
        DataSet Window(double center) => new DataSet().Set(Tags.FrameVOILUTSequence,
            new DataSet().Set(Tags.WindowCenter, center).Set(Tags.WindowWidth, 100));
        var image = Grey16(1, 1, [100, 100, 100], frames: 3)
            .Set(Tags.SharedFunctionalGroupsSequence, Window(100))
            .Set(Tags.PerFrameFunctionalGroupsSequence, Window(1000), Window(-1000), new DataSet());
        Assert.Equal(0, FrameRenderer.Render(image, 0).Pixels[0]);
        Assert.Equal(255, FrameRenderer.Render(image, 1).Pixels[0]);
        Assert.InRange(FrameRenderer.Render(image, 2).Pixels[0], 126, 130);
    }

    [Fact]
    public void The_callers_window_wins()
    {
        var image = Grey16(1, 1, [100]).Set(Tags.WindowCenter, 1000).Set(Tags.WindowWidth, 10);
        Assert.Equal(255, FrameRenderer.Render(image, 0, new() { Window = new(50, 10) }).Pixels[0]);
    }

    [Theory]
    [InlineData(100, 60, 20, 20)]
    [InlineData(100, 60, 33, 1000)]
    [InlineData(7, 5, 3, 3)]
    [InlineData(5, 300, 64, 64)]
    [InlineData(10, 10, 10, 10)]
    public void Reducing_gives_the_mean_of_each_box(int width, int height, int maxWidth, int maxHeight)
    {
        byte[] pixels = Random(width * height * 3);
        var picture = FrameRenderer.Render(Bytes(width, height, 3, "RGB", pixels), 0, new() { MaxWidth = maxWidth, MaxHeight = maxHeight });
        Assert.True(picture.Width <= maxWidth && picture.Height <= maxHeight);
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    var box = new List<int>();
                    for (int yy = y * height / picture.Height; yy < (y + 1) * height / picture.Height; yy++)
                    {
                        for (int xx = x * width / picture.Width; xx < (x + 1) * width / picture.Width; xx++) box.Add(pixels[(yy * width + xx) * 3 + c]);
                    }
                    Assert.Equal(box.Average(), picture.Pixels[(y * picture.Width + x) * 3 + c], 0.5001);
                }
            }
        }
    }

    [Fact]
    public void A_big_endian_file_gives_the_same_picture()
    {
        var grey = Grey16(3, 3, [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000], frames: 1);
        var palette = Bytes(4, 1, 1, "PALETTE COLOR", [10, 11, 12, 13]).Palette(10, 8, [1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], 4);
        foreach (var image in new[] { grey, palette })
        {
            var file = DicomFile.Read(new DicomFile(image, TransferSyntax.ExplicitVRBigEndian).ToArray());
            Assert.True(file.DataSet.IsBigEndian);
            Assert.Equal(FrameRenderer.Render(image, 0).Pixels, FrameRenderer.Render(file.DataSet, 0).Pixels);
        }
    }

    [Fact]
    public void The_frames_before_the_end_of_short_pixel_data_are_drawn()
    {
        var image = Bytes(4, 4, 1, "MONOCHROME2", Random(40), frames: 3);
        _ = FrameRenderer.Render(image, 1);
        Assert.Equal(PixelDataProblem.Contradiction, Assert.Throws<PixelDataException>(() => FrameRenderer.Render(image, 2)).Problem);
        Assert.Equal(PixelDataProblem.NoSuchFrame, Assert.Throws<PixelDataException>(() => FrameRenderer.Render(image, 3)).Problem);
        Assert.Equal(PixelDataProblem.NoSuchFrame, Assert.Throws<PixelDataException>(() => FrameRenderer.Render(image, -1)).Problem);
    }

    public static TheoryData<string, PixelDataProblem> WrongHeaders => new()
    {
        { "no pixel data", PixelDataProblem.None },
        { "compressed", PixelDataProblem.Compressed },
        { "rows 0", PixelDataProblem.Contradiction },
        { "rows 65535", PixelDataProblem.Contradiction },
        { "rows and columns 65535", PixelDataProblem.TooLarge },
        { "bits stored 17", PixelDataProblem.Contradiction },
        { "high bit 200", PixelDataProblem.Contradiction },
        { "bits allocated 80", PixelDataProblem.Contradiction },
        { "three samples", PixelDataProblem.Contradiction },
        { "no palette", PixelDataProblem.Contradiction },
        { "short palette", PixelDataProblem.Contradiction },
        { "unknown colours", PixelDataProblem.Unsupported },
        { "frame far away", PixelDataProblem.Contradiction },
    };

    [Theory, MemberData(nameof(WrongHeaders))]
    public void A_header_that_contradicts_its_pixels_is_refused_with_the_reason(string what, PixelDataProblem expected)
    {
        var image = Grey16(4, 4, new int[16]);
        int frame = 0;
        switch (what)
        {
            case "no pixel data": image.Remove(Tags.PixelData); break;
            case "compressed": image.SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[4]])); break;
            case "rows 0": image.Set(Tags.Rows, 0); break;
            case "rows 65535": image.Set(Tags.Rows, 65535); break;
            case "rows and columns 65535": image.Set(Tags.Rows, 65535).Set(Tags.Columns, 65535); break;
            case "bits stored 17": image.Set(Tags.BitsStored, 17); break;
            case "high bit 200": image.Set(Tags.HighBit, 200); break;
            case "bits allocated 80": image.Set(Tags.BitsAllocated, 80); break;
            case "three samples": image.Set(Tags.SamplesPerPixel, 3); break;
            case "no palette": image.Set(Tags.PhotometricInterpretation, "PALETTE COLOR"); break;
            case "short palette": image.Set(Tags.PhotometricInterpretation, "PALETTE COLOR").Palette(0, 16, [1, 2], [1, 2], [1, 2], 0); break;
            case "unknown colours": image.Set(Tags.PhotometricInterpretation, "CMYK"); break;
            case "frame far away": image.Set(Tags.NumberOfFrames, int.MaxValue); frame = int.MaxValue - 1; break;
        }
        var error = Assert.Throws<PixelDataException>(() => FrameRenderer.Render(image, frame));
        Assert.Equal(expected, error.Problem);
        Assert.False(string.IsNullOrWhiteSpace(error.Message));
    }

    [Theory]
    [InlineData(1, 0, 40, 400, VoiFunction.Linear)]
    [InlineData(1, -1024, 40, 1, VoiFunction.Linear)]
    [InlineData(-0.5, 3, -7, 2.5, VoiFunction.Linear)]
    [InlineData(0.001, 0, 1, 0.25, VoiFunction.LinearExact)]
    [InlineData(2, 0, 70000, 10, VoiFunction.LinearExact)]
    [InlineData(1, 0, -90000, 10, VoiFunction.Linear)]
    [InlineData(3, 100, 5, 50, VoiFunction.Sigmoid)]
    public void A_table_of_which_only_the_slope_is_worked_out_agrees_with_every_value_by_itself(double slope, double intercept, double center, double width, VoiFunction function)
    {
        int[] all = [.. Enumerable.Range(-32768, 65536)];
        var image = Grey16(256, 256, all, isSigned: true).Set(Tags.RescaleSlope, slope).Set(Tags.RescaleIntercept, intercept);
        var window = new VoiWindow(center, width, function);
        byte[] pixels = FrameRenderer.Render(image, 0, new() { Window = window }).Pixels;
        for (int i = 0; i < all.Length; i++) Assert.Equal((byte)(255 * window.Apply(all[i] * slope + intercept) + 0.5), pixels[i]);
    }

    [Theory]
    [InlineData("nothing", null)]
    [InlineData("long pixel data", "the pixel data have 132 bytes, 1 × 4 × 4 pixels of 1 × 16 bits need 32")]
    [InlineData("8 bits allocated", "the pixel data have 32 bytes, 1 × 4 × 4 pixels of 1 × 8 bits need 16")]
    [InlineData("no photometric interpretation", "there is no Photometric Interpretation; the pixels are taken as MONOCHROME2")]
    [InlineData("pixel representation 5", "Pixel Representation is 5; the pixels are taken as unsigned")]
    [InlineData("width 0", "a window of center 10 and width 0 is left out")]
    [InlineData("slope 0", "a Rescale Slope of 0 with an intercept of 3 is left out")]
    [InlineData("long table", "the lookup table (0028,3002) has 20 bytes, more than its 4 entries need")]
    [InlineData("large entries", "the lookup table (0028,3002) has entries up to 1000, more than its 8 bits hold")]
    public void What_is_drawn_although_it_contradicts_itself_says_so(string what, string? expected)
    {
        var image = Grey16(4, 4, [.. Enumerable.Range(0, 16)], bitsStored: 8);
        DataSet Table(int entries, int bits, params int[] values) => new DataSet().Set(Tags.LUTDescriptor, VR.US, entries, 0, bits).Set(Tags.LUTData, VR.US, values);
        switch (what)
        {
            case "long pixel data": image.SetBytes(Tags.PixelData, VR.OW, Random(132)); break;
            case "8 bits allocated": image.Set(Tags.BitsAllocated, 8); break;
            case "no photometric interpretation": image.Remove(Tags.PhotometricInterpretation); break;
            case "pixel representation 5": image.Set(Tags.PixelRepresentation, 5); break;
            case "width 0": image.Set(Tags.WindowCenter, 10).Set(Tags.WindowWidth, 0); break;
            case "slope 0": image.Set(Tags.RescaleSlope, 0).Set(Tags.RescaleIntercept, 3); break;
            case "long table": image.Set(Tags.VOILUTSequence, Table(4, 16, [.. Enumerable.Range(0, 10)])); break;
            case "large entries": image.Set(Tags.VOILUTSequence, Table(4, 8, 0, 10, 100, 1000)); break;
        }
        var picture = FrameRenderer.Render(image, 0);
        Assert.Equal(expected is null ? [] : [expected], picture.Findings.Select(finding => finding.Problem));
        if (what == "large entries") Assert.Equal(new byte[] { 0, 2, 25, 249 }, picture.Pixels[..4]); // of 1023
    }

    [Fact]
    public void Without_a_window_a_modality_table_that_does_not_rise_is_spread_over_all_its_values()
    {
        var image = Grey16(5, 1, [0, 1, 2, 3, 4], bitsStored: 8).Set(Tags.ModalityLUTSequence,
            new DataSet().Set(Tags.LUTDescriptor, VR.US, 5, 0, 16).Set(Tags.LUTData, VR.US, 100, 50, 0, 50, 100));
        Assert.Equal(new byte[] { 255, 128, 0, 128, 255 }, FrameRenderer.Render(image, 0).Pixels);
    }

    [Fact]
    public void The_representative_frame_is_the_named_one_or_the_middle()
    {
        var image = new DataSet().Set(Tags.NumberOfFrames, 24);
        Assert.Equal(12, FrameRenderer.RepresentativeFrame(image));
        Assert.Equal(4, FrameRenderer.RepresentativeFrame(image.Set(Tags.RepresentativeFrameNumber, 5)));
        Assert.Equal(12, FrameRenderer.RepresentativeFrame(image.Set(Tags.RepresentativeFrameNumber, 500)));
    }
}
