using System.Buffers.Binary;
using Isocenter.Dicom;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Rendering;

/// <summary>What lies between stored values and display beyond windows: overlays, shutters, segmented and supplemental
/// palettes, floating point, regions, turning and size.</summary>
public sealed class DisplayTests
{
    private static DataSet Ramp(int columns = 8, int rows = 4) =>
        Grey16(columns, rows, [.. Enumerable.Range(0, columns * rows)], bitsStored: 8).Set(Tags.WindowCenter, 128).Set(Tags.WindowWidth, 256);

    private static DataSet WithOverlay(DataSet image, ushort group, int rows, int columns, int[] origin, params (int Row, int Column)[] set)
    {
        var bits = new byte[(rows * columns + 15) / 16 * 2];
        foreach (var (row, column) in set) bits[(row * columns + column) / 8] |= (byte)(1 << (row * columns + column) % 8);
        Tag In(Tag tag) => new(group, tag.Element);
        return image.Set(In(Tags.OverlayRows), VR.US, rows).Set(In(Tags.OverlayColumns), VR.US, columns).Set(In(Tags.OverlayType), "G")
            .Set(In(Tags.OverlayOrigin), VR.SS, origin).Set(In(Tags.OverlayBitsAllocated), VR.US, 1).Set(In(Tags.OverlayBitPosition), VR.US, 0)
            .SetBytes(In(Tags.OverlayData), VR.OW, bits);
    }

    private static int[] White(Picture picture) => [.. Enumerable.Range(0, picture.Pixels.Length).Where(i => picture.Pixels[i] == 255)];

    [Fact]
    public void An_overlay_is_drawn_in_white_from_its_origin_on()
    {
        var image = WithOverlay(Ramp(), 0x6002, 2, 3, [2, 7], (0, 0), (1, 1), (1, 2));
        // Row 2, column 7 is the pixel at index 8 + 6; what lies right of the frame is left out.
        Assert.Equal([14, 23], White(FrameRenderer.Render(image, 0)));
        Assert.Empty(White(FrameRenderer.Render(image, 0, new() { Overlays = false })));
    }

    [Fact]
    public void An_overlay_of_several_frames_lies_over_those_it_belongs_to()
    {
        var image = Grey16(2, 2, new int[12], bitsStored: 8, frames: 3).Set(Tags.WindowCenter, 128).Set(Tags.WindowWidth, 256);
        WithOverlay(image, 0x6000, 4, 2, [1, 1], (0, 0), (3, 1)).Set(Tags.OverlayRows, 2).Set(Tags.NumberOfFramesInOverlay, 2).Set(Tags.ImageFrameOrigin, 2);
        Assert.Equal([[], [0], [3]], Enumerable.Range(0, 3).Select(frame => White(FrameRenderer.Render(image, frame))));
    }

    [Fact]
    public void An_overlay_in_the_unused_bits_of_the_pixels_is_drawn()
    {
        var image = Grey16(4, 1, [1, 2, 0x1003, 4], bitsStored: 16).Set(Tags.BitsStored, 12).Set(Tags.HighBit, 11)
            .Set(Tags.WindowCenter, 2048).Set(Tags.WindowWidth, 4096)
            .Set(Tags.OverlayRows, 1).Set(Tags.OverlayColumns, 4).Set(Tags.OverlayBitsAllocated, 16).Set(Tags.OverlayBitPosition, 12);
        Assert.Equal([2], White(FrameRenderer.Render(image, 0)));
    }

    [Fact]
    public void A_shutter_covers_with_its_value()
    {
        var image = Ramp(6, 6).Set(Tags.ShutterShape, "RECTANGULAR", "CIRCULAR").Set(Tags.ShutterPresentationValue, VR.US, 0xFFFF)
            .Set(Tags.ShutterLeftVerticalEdge, 1).Set(Tags.ShutterRightVerticalEdge, 5)
            .Set(Tags.ShutterUpperHorizontalEdge, 1).Set(Tags.ShutterLowerHorizontalEdge, 6)
            .Set(Tags.CenterOfCircularShutter, 3, 3).Set(Tags.RadiusOfCircularShutter, 1);
        int[] open = [.. Enumerable.Range(0, 36).Except(White(FrameRenderer.Render(image, 0)))];
        Assert.Equal([8, 13, 14, 15, 20], open);      // column 3, row 3 counted from 1, and its four neighbours
        Assert.Empty(White(FrameRenderer.Render(image, 0, new() { Shutter = false })));
    }

    [Fact]
    public void The_edges_of_a_rectangular_shutter_are_seen()
    {
        var image = Ramp(6, 6).Set(Tags.ShutterShape, "RECTANGULAR").Set(Tags.ShutterPresentationValue, VR.US, 0xFFFF)
            .Set(Tags.ShutterLeftVerticalEdge, 2).Set(Tags.ShutterRightVerticalEdge, 4)
            .Set(Tags.ShutterUpperHorizontalEdge, 0).Set(Tags.ShutterLowerHorizontalEdge, 1);
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 36).Except(White(FrameRenderer.Render(image, 0))));
    }

    [Theory]
    [InlineData(0, "MONOCHROME2", 0)]
    [InlineData(4095, "MONOCHROME2", 255)]
    [InlineData(0, "MONOCHROME1", 255)]
    public void A_frame_of_one_value_is_as_bright_as_that_value(int value, string photometric, int expected) =>
        Assert.All(FrameRenderer.Render(Grey16(4, 4, [.. Enumerable.Repeat(value, 16)], bitsStored: 12, photometric: photometric), 0).Pixels, grey => Assert.Equal(expected, grey));

    [Fact]
    public void A_bitmap_shutter_covers_where_its_overlay_is_set()
    {
        var image = WithOverlay(Ramp(), 0x6004, 2, 3, [1, 1], (0, 1), (1, 2)).Set(Tags.ShutterShape, "BITMAP").Set(Tags.ShutterOverlayGroup, VR.US, 0x6004)
            .Set(Tags.ShutterPresentationValue, VR.US, 0x8000);
        var picture = FrameRenderer.Render(image, 0, new() { Overlays = false });
        Assert.Equal([1, 10], Enumerable.Range(0, picture.Pixels.Length).Where(i => picture.Pixels[i] == 0x80));
        Assert.NotEqual(0x80, FrameRenderer.Render(image, 0, new() { Overlays = false, Shutter = false }).Pixels[1]);
    }

    [Fact]
    public void A_palette_of_16_bits_that_holds_8_is_not_black()
    {
        byte[] Words(params byte[] values) => [.. values.SelectMany(value => new byte[] { value, 0 })];
        var image = Bytes(2, 1, 1, "PALETTE COLOR", [0, 1]).Palette(0, 16, Words(10, 200), Words(20, 210), Words(30, 255), 2);
        Assert.Equal([10, 20, 30, 200, 210, 255], FrameRenderer.Render(image, 0).Pixels);
    }

    [Fact]
    public void A_polygonal_shutter_leaves_its_inside_open()
    {
        var image = Ramp(8, 8).Set(Tags.ShutterShape, "POLYGONAL").Set(Tags.ShutterPresentationValue, VR.US, 0xFFFF)
            .Set(Tags.VerticesOfThePolygonalShutter, 2, 2, 2, 7, 7, 7, 7, 2);
        var white = White(FrameRenderer.Render(image, 0));
        Assert.Contains(0, white);
        Assert.DoesNotContain(3 * 8 + 3, white);
        Assert.Contains(3 * 8 + 7, white);
    }

    [Fact]
    public void Segments_of_a_palette_are_runs_lines_and_repetitions()
    {
        // A run of two, a line to 1000 in four steps, then both once more.
        ushort[] segments = [0, 2, 100, 200, 1, 4, 1000, 2, 2, 0, 0];
        var bytes = new byte[segments.Length * 2];
        for (int i = 0; i < segments.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), segments[i]);
        var image = Bytes(12, 1, 1, "PALETTE COLOR", [.. Enumerable.Range(0, 12).Select(i => (byte)i)]);
        foreach (var (descriptor, data) in new[]
        {
            (Tags.RedPaletteColorLookupTableDescriptor, Tags.SegmentedRedPaletteColorLookupTableData),
            (Tags.GreenPaletteColorLookupTableDescriptor, Tags.SegmentedGreenPaletteColorLookupTableData),
            (Tags.BluePaletteColorLookupTableDescriptor, Tags.SegmentedBluePaletteColorLookupTableData),
        })
        {
            image.Set(descriptor, VR.US, 12, 0, 16).SetBytes(data, VR.OW, bytes);
        }
        var picture = FrameRenderer.Render(image, 0, new() { BitDepth = 16 });
        ushort[] expected = [100, 200, 400, 600, 800, 1000, 100, 200, 400, 600, 800, 1000];
        Assert.Equal(expected, Enumerable.Range(0, 12).Select(i => BinaryPrimitives.ReadUInt16BigEndian(picture.Pixels.AsSpan(6 * i))));
    }

    [Theory]
    [InlineData(new ushort[] { 0, 9, 1 })]              // a run that runs out of the data
    [InlineData(new ushort[] { 1, 4, 1000 })]           // a line from nowhere
    [InlineData(new ushort[] { 2, 1, 0, 0 })]           // repeats itself
    [InlineData(new ushort[] { 7, 1, 0, 0 })]           // no such segment
    [InlineData(new ushort[] { 0, 1, 5, 1, 60000, 9 })] // more than there are entries
    public void Damaged_segments_are_refused(ushort[] segments)
    {
        var bytes = new byte[segments.Length * 2];
        for (int i = 0; i < segments.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), segments[i]);
        var image = Bytes(2, 1, 1, "PALETTE COLOR", [0, 1]).Set(Tags.RedPaletteColorLookupTableDescriptor, VR.US, 4, 0, 16)
            .SetBytes(Tags.SegmentedRedPaletteColorLookupTableData, VR.OW, bytes);
        Assert.Equal(PixelDataProblem.Contradiction, Assert.Throws<PixelDataException>(() => FrameRenderer.Render(image, 0)).Problem);
    }

    [Fact]
    public void Values_of_a_supplemental_palette_have_colours_and_the_others_are_grey()
    {
        byte[] Wide(params byte[] values) => [.. values.SelectMany(value => new byte[] { 0, value })];
        var image = Ramp(4, 1).Set(Tags.PixelPresentation, "COLOR").Palette(2, 16, Wide(255, 1), Wide(0, 2), Wide(9, 3), 2);
        Assert.Equal(new byte[] { 0, 0, 0, 1, 1, 1, 255, 0, 9, 1, 2, 3 }, FrameRenderer.Render(image, 0).Pixels);
        Assert.Equal(1, FrameRenderer.Render(image.Set(Tags.PixelPresentation, "MONOCHROME"), 0).Channels);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Floating_point_pixels_go_from_darkest_to_brightest_without_padding(bool isDouble)
    {
        double[] values = [-1e30, 0, 0.5, 1, double.NaN];
        var bytes = new byte[values.Length * 8];
        for (int i = 0; i < values.Length; i++)
        {
            if (isDouble) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), values[i]);
            else BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), (float)values[i]);
        }
        var image = Describe(5, 1, 1, "MONOCHROME2", isDouble ? 64 : 32, isDouble ? 64 : 32, false, 1);
        image.Remove(Tags.PixelRepresentation);
        if (isDouble) image.SetBytes(Tags.DoubleFloatPixelData, VR.OD, bytes).Set(Tags.DoubleFloatPixelPaddingValue, -1e30);
        else image.SetBytes(Tags.FloatPixelData, VR.OF, bytes.AsSpan(0, 20)).Set(Tags.FloatPixelPaddingValue, -1e30f);
        Assert.Equal(new byte[] { 0, 0, 128, 255, 0 }, FrameRenderer.Render(image, 0).Pixels);
        var windowed = FrameRenderer.Render(image, 0, new() { Window = new VoiWindow(0.5, 0.5, VoiFunction.LinearExact) });
        Assert.Equal(new byte[] { 0, 0, 128, 255, 0 }, windowed.Pixels);
    }

    [Fact]
    public void A_region_is_cut_out_and_what_lies_outside_is_left_out()
    {
        var picture = FrameRenderer.Render(Ramp(), 0, new() { Region = new Region(6, 2, 10, 10) });
        Assert.Equal((2, 2), (picture.Width, picture.Height));
        Assert.Equal(new byte[] { 22, 23, 30, 31 }, picture.Pixels);
        Assert.Throws<PixelDataException>(() => FrameRenderer.Render(Ramp(), 0, new() { Region = new Region(8, 0, 1, 1) }));
    }

    [Fact]
    public void Flips_change_places_of_columns_and_rows()
    {
        Assert.Equal(new byte[] { 1, 0, 3, 2 }, FrameRenderer.Render(Ramp(2, 2), 0, new() { FlipHorizontally = true }).Pixels);
        Assert.Equal(new byte[] { 2, 3, 0, 1 }, FrameRenderer.Render(Ramp(2, 2), 0, new() { FlipVertically = true }).Pixels);
    }

    [Fact]
    public void An_image_is_enlarged_when_asked_and_never_beyond_the_limit()
    {
        var options = new RenderOptions { MaxWidth = 16, MaxHeight = 100 };
        Assert.Equal((8, 4), Size(FrameRenderer.Render(Ramp(), 0, options)));
        Assert.Equal((16, 8), Size(FrameRenderer.Render(Ramp(), 0, options with { Enlarge = true })));
        var absurd = new RenderOptions { MaxWidth = 100_000, MaxHeight = 100_000, Enlarge = true };
        Assert.Equal(PixelDataProblem.TooLarge, Assert.Throws<PixelDataException>(() => FrameRenderer.Render(Ramp(), 0, absurd)).Problem);
    }

    [Fact]
    public void Pixels_that_are_not_square_are_made_so_when_the_picture_is_scaled()
    {
        var image = Ramp(8, 4).Set(Tags.PixelAspectRatio, 2, 1);
        Assert.Equal((8, 4), Size(FrameRenderer.Render(image, 0)));
        Assert.Equal((8, 8), Size(FrameRenderer.Render(image, 0, new() { MaxWidth = 8, MaxHeight = 8 })));
    }

    [Fact]
    public void A_picture_of_16_bits_keeps_what_8_bits_lose()
    {
        var image = Grey16(4, 1, [0, 1, 2, 4095], bitsStored: 12).Set(Tags.WindowCenter, 2048).Set(Tags.WindowWidth, 4096);
        var picture = FrameRenderer.Render(image, 0, new() { BitDepth = 16 });
        Assert.Equal([0, 16, 32, 65535], Enumerable.Range(0, 4).Select(i => (int)BinaryPrimitives.ReadUInt16BigEndian(picture.Pixels.AsSpan(2 * i))));
    }

    [Fact]
    public void The_second_window_and_the_shape_of_the_presentation_LUT_count()
    {
        var image = Grey16(2, 1, [10, 20], bitsStored: 8).Set(Tags.WindowCenter, 100, 15).Set(Tags.WindowWidth, 200, 10).Set(Tags.PresentationLUTShape, "INVERSE");
        Assert.Equal(new byte[] { 255, 0 }, FrameRenderer.Render(image, 0, new() { VoiIndex = 1 }).Pixels);
    }

    [Theory]
    [InlineData("MONOCHROME1", "IDENTITY", 0)]
    [InlineData("MONOCHROME1", "INVERSE", 255)]
    [InlineData("MONOCHROME1", null, 255)]
    [InlineData("MONOCHROME2", "IDENTITY", 0)]
    [InlineData("MONOCHROME2", "INVERSE", 255)]
    public void Where_shape_and_photometric_interpretation_contradict_the_shape_is_right(string photometric, string? shape, int ofZero)
    {
        var image = Grey16(2, 1, [0, 255], bitsStored: 8, photometric: photometric);
        if (shape is not null) image.Set(Tags.PresentationLUTShape, shape);
        Assert.Equal([(byte)ofZero, (byte)(255 - ofZero)], FrameRenderer.Render(image, 0).Pixels);
    }

    [Fact]
    public void An_overlay_with_a_frame_of_origin_lies_over_that_frame_only()
    {
        var image = WithOverlay(Grey16(1, 1, [0, 0, 0], bitsStored: 8, frames: 3).Set(Tags.WindowCenter, 128).Set(Tags.WindowWidth, 256), 0x6000, 1, 1, [1, 1], (0, 0));
        byte[] Drawn() => [.. Enumerable.Range(0, 3).Select(frame => FrameRenderer.Render(image, frame).Pixels[0])];
        Assert.Equal(new byte[] { 255, 255, 255 }, Drawn());
        image.Set(Tags.NumberOfFramesInOverlay, 1).Set(Tags.ImageFrameOrigin, 1);
        Assert.Equal(new byte[] { 255, 0, 0 }, Drawn());
        image.Set(Tags.ImageFrameOrigin, 3);
        Assert.Equal(new byte[] { 0, 0, 255 }, Drawn());
    }

    [Fact]
    public void The_edges_of_a_polygonal_shutter_are_seen_as_those_of_the_others()
    {
        var image = Grey16(6, 6, [.. Enumerable.Repeat(255, 36)], bitsStored: 8).Set(Tags.WindowCenter, 128).Set(Tags.WindowWidth, 256)
            .Set(Tags.ShutterShape, "POLYGONAL").Set(Tags.VerticesOfThePolygonalShutter, 2, 2, 2, 5, 4, 5, 4, 2);
        byte[] pixels = FrameRenderer.Render(image, 0).Pixels;
        for (int i = 0; i < 36; i++) Assert.Equal(i % 6 is >= 1 and <= 4 && i / 6 is >= 1 and <= 3 ? 255 : 0, pixels[i]);
    }

    private static (int, int) Size(Picture picture) => (picture.Width, picture.Height);
}
