using Isocenter.Dicom;
using Isocenter.Testing;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Rendering;

public sealed class PresentationStateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("isocenter-state-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static DataSet State(params int[] frames)
    {
        var image = new DataSet().Set(Tags.ReferencedSOPClassUID, SopClasses.SecondaryCaptureImageStorage).Set(Tags.ReferencedSOPInstanceUID, "2.25.1");
        if (frames.Length > 0) image.Set(Tags.ReferencedFrameNumber, frames);
        var state = new DataSet().Set(Tags.SOPClassUID, SopClasses.GrayscaleSoftcopyPresentationStateStorage).Set(Tags.SOPInstanceUID, "2.25.2")
            .Set(Tags.PresentationLUTShape, "IDENTITY");
        state.AddItem(Tags.ReferencedSeriesSequence).Set(Tags.SeriesInstanceUID, "2.25.3").AddItem(Tags.ReferencedImageSequence, image);
        return state;
    }

    private static DataSet Image() => Grey16(4, 2, [0, 10, 20, 30, 40, 50, 60, 70], bitsStored: 8)
        .Set(Tags.WindowCenter, 5).Set(Tags.WindowWidth, 2).Set(Tags.RescaleSlope, 100);

    private static Picture Render(DataSet state, DataSet? image = null) =>
        FrameRenderer.Render(image ?? Image(), 0, new() { PresentationState = PresentationState.Of(state) });

    [Fact]
    public void Without_LUTs_of_its_own_stored_values_are_shown_as_they_are_whatever_the_image_says() =>
        Assert.Equal(new byte[] { 0, 10, 20, 30, 40, 50, 60, 70 }, Render(State()).Pixels);

    [Fact]
    public void Its_window_counts_for_the_frames_it_names()
    {
        var state = State();
        var voi = state.AddItem(Tags.SoftcopyVOILUTSequence).Set(Tags.WindowCenter, 35).Set(Tags.WindowWidth, 70);
        Assert.Equal(255, Render(state).Pixels[7]);
        voi.AddItem(Tags.ReferencedImageSequence).Set(Tags.ReferencedSOPInstanceUID, "2.25.99");
        Assert.Equal(70, Render(state).Pixels[7]);
    }

    [Fact]
    public void It_inverts_turns_and_flips()
    {
        var state = State().Set(Tags.PresentationLUTShape, "INVERSE").Set(Tags.ImageRotation, 90).Set(Tags.ImageHorizontalFlip, "Y");
        var picture = Render(state);
        Assert.Equal((2, 4), (picture.Width, picture.Height));
        // Turned clockwise: 40 0 / 50 10 / 60 20 / 70 30; then mirrored.
        Assert.Equal(new byte[] { 255, 215, 245, 205, 235, 195, 225, 185 }, picture.Pixels);
    }

    [Fact]
    public void It_shows_the_displayed_area()
    {
        var state = State();
        state.AddItem(Tags.DisplayedAreaSelectionSequence).Set(Tags.DisplayedAreaTopLeftHandCorner, 2, 1).Set(Tags.DisplayedAreaBottomRightHandCorner, 3, 2);
        Assert.Equal(new byte[] { 10, 20, 50, 60 }, Render(state).Pixels);
    }

    [Fact]
    public void It_draws_graphics_where_their_pixels_are()
    {
        var state = State();
        var annotation = state.AddItem(Tags.GraphicAnnotationSequence).Set(Tags.GraphicLayer, "A");
        annotation.AddItem(Tags.GraphicObjectSequence).Set(Tags.GraphicAnnotationUnits, "PIXEL").Set(Tags.GraphicDimensions, 2)
            .Set(Tags.NumberOfGraphicPoints, 2).Set(Tags.GraphicData, 2f, 1f, 2f, 2f).Set(Tags.GraphicType, "POLYLINE").Set(Tags.GraphicFilled, "N");
        Assert.Equal(new byte[] { 0, 255, 20, 30, 40, 255, 60, 70 }, Render(state).Pixels);
    }

    private static DataSet WithLine(DataSet state, string layer)
    {
        state.AddItem(Tags.GraphicAnnotationSequence).Set(Tags.GraphicLayer, layer).AddItem(Tags.GraphicObjectSequence)
            .Set(Tags.GraphicAnnotationUnits, "PIXEL").Set(Tags.GraphicDimensions, 2).Set(Tags.NumberOfGraphicPoints, 2)
            .Set(Tags.GraphicData, 2f, 1f, 2f, 2f).Set(Tags.GraphicType, "POLYLINE").Set(Tags.GraphicFilled, "N");
        return state;
    }

    [Fact]
    public void A_layer_is_drawn_in_the_grey_that_is_recommended()
    {
        var state = WithLine(State(), "A");
        state.AddItem(Tags.GraphicLayerSequence).Set(Tags.GraphicLayer, "A").Set(Tags.GraphicLayerRecommendedDisplayGrayscaleValue, VR.US, 0x4000);
        Assert.Equal(new byte[] { 0, 64, 20, 30, 40, 64, 60, 70 }, Render(state).Pixels);
    }

    /// <summary>sRGB red is L* 54.29, a* 80.81, b* 69.89 against the white of D50; white is 100, 0, 0.</summary>
    [Theory]
    [InlineData(54.29, 80.81, 69.89, 255, 0, 0)]
    [InlineData(100, 0, 0, 255, 255, 255)]
    [InlineData(29.57, 68.30, -112.03, 0, 0, 255)]
    public void A_layer_is_drawn_in_the_colour_that_is_recommended(double l, double a, double b, int red, int green, int blue)
    {
        var state = WithLine(State(), "A");
        state.AddItem(Tags.GraphicLayerSequence).Set(Tags.GraphicLayer, "A").Set(Tags.GraphicLayerRecommendedDisplayCIELabValue, VR.US,
            (ushort)Math.Round(l * 655.35), (ushort)Math.Round((a + 128) * 257), (ushort)Math.Round((b + 128) * 257));
        var picture = Render(state);
        bool isColour = red != green || green != blue;
        Assert.Equal(isColour ? 3 : 1, picture.Channels);
        int[] expected = isColour ? [0, 0, 0, red, green, blue, 20, 20, 20] : [0, red, 20];
        for (int i = 0; i < expected.Length; i++) Assert.InRange(picture.Pixels[i], expected[i] - 2, expected[i] + 2);
    }

    [Fact]
    public void Magnify_makes_it_so_large_and_cuts_off_what_does_not_fit()
    {
        var state = State();
        state.AddItem(Tags.DisplayedAreaSelectionSequence).Set(Tags.DisplayedAreaTopLeftHandCorner, 1, 1).Set(Tags.DisplayedAreaBottomRightHandCorner, 4, 2)
            .Set(Tags.PresentationSizeMode, "MAGNIFY").Set(Tags.PresentationPixelMagnificationRatio, 2f).Set(Tags.PresentationPixelAspectRatio, 3, 2);
        var all = Render(state);
        Assert.Equal((8, 6), (all.Width, all.Height));
        var options = new RenderOptions { PresentationState = PresentationState.Of(state), MaxWidth = 4, MaxHeight = 4000 };
        var cut = FrameRenderer.Render(Image(), 0, options);
        Assert.Equal((4, 6), (cut.Width, cut.Height));
        Assert.Equal((10, 20), (cut.Pixels[0], cut.Pixels[3]));        // columns 2 and 3
        var whole = FrameRenderer.Render(Image(), 0, options with { Magnify = false });
        Assert.Equal((4, 3), (whole.Width, whole.Height));
        state.Get<DataSet>(Tags.DisplayedAreaSelectionSequence).Set(Tags.PresentationPixelMagnificationRatio, 1e9f);
        Assert.Equal(PixelDataProblem.TooLarge, Assert.Throws<PixelDataException>(() => Render(state)).Problem);
    }

    [Fact]
    public void A_pseudo_color_state_gives_colours_to_grey()
    {
        var state = State().Set(Tags.SOPClassUID, SopClasses.PseudoColorSoftcopyPresentationStateStorage).Palette(0, 8, [0, 100, 255], [10, 20, 30], [255, 50, 0], 3);
        state.Remove(Tags.PresentationLUTShape);
        state.AddItem(Tags.SoftcopyVOILUTSequence).Set(Tags.WindowCenter, 35.5).Set(Tags.WindowWidth, 71);
        Assert.Equal(new byte[] { 0, 10, 255, 0, 10, 255, 100, 20, 50, 100, 20, 50, 100, 20, 50, 100, 20, 50, 255, 30, 0, 255, 30, 0 }, Render(state).Pixels);
    }

    [Fact]
    public void Graphics_from_anywhere_and_texts_of_any_length_do_no_harm()
    {
        var state = State();
        var annotation = state.AddItem(Tags.GraphicAnnotationSequence).Set(Tags.GraphicLayer, "A");
        foreach (float[] data in new[] { new[] { -1e30f, float.NaN, 1e30f, 2 }, [-1e9f, -1e9f, 1e9f, 1e9f], [float.MinValue, 0, float.MaxValue, 0] })
        {
            foreach (string type in new[] { "POLYLINE", "CIRCLE", "INTERPOLATED", "ELLIPSE", "POINT" })
            {
                annotation.AddItem(Tags.GraphicObjectSequence).Set(Tags.GraphicAnnotationUnits, "PIXEL").Set(Tags.GraphicType, type)
                    .Set(Tags.GraphicFilled, "Y").Set(Tags.GraphicData, [.. data, .. data]);
            }
        }
        annotation.AddItem(Tags.TextObjectSequence).Set(Tags.UnformattedTextValue, string.Join('\n', Enumerable.Repeat(new string('W', 100), 10)))
            .Set(Tags.BoundingBoxAnnotationUnits, "DISPLAY").Set(Tags.BoundingBoxTopLeftHandCorner, 1e30f, -1e30f);
        Assert.Equal(8, Render(state).Pixels.Length);
    }

    [Fact]
    public void A_state_that_draws_without_end_is_refused()
    {
        var state = State();
        var annotation = state.AddItem(Tags.GraphicAnnotationSequence);
        for (int i = 0; i < 600; i++)
        {
            annotation.AddItem(Tags.GraphicObjectSequence).Set(Tags.GraphicAnnotationUnits, "PIXEL").Set(Tags.GraphicType, "CIRCLE")
                .Set(Tags.GraphicFilled, "Y").Set(Tags.GraphicData, 2f, 1f, 3f, 1f);
        }
        Assert.Equal(PixelDataProblem.TooLarge, Assert.Throws<PixelDataException>(() => Render(state)).Problem);
    }

    [Fact]
    public void A_text_is_written_in_its_box()
    {
        var state = State();
        state.AddItem(Tags.GraphicAnnotationSequence).AddItem(Tags.TextObjectSequence).Set(Tags.UnformattedTextValue, "I")
            .Set(Tags.BoundingBoxAnnotationUnits, "PIXEL").Set(Tags.BoundingBoxTopLeftHandCorner, 1.5f, 1.5f).Set(Tags.BoundingBoxBottomRightHandCorner, 20f, 20f);
        var picture = Render(state, Grey16(40, 40, new int[1600], bitsStored: 8));
        Assert.Contains((byte)255, picture.Pixels);
        Assert.True(Array.TrueForAll(picture.Pixels[(25 * 40)..], value => value == 0));
    }

    [Fact]
    public void A_state_of_another_image_or_frame_or_kind_is_refused()
    {
        Assert.Contains("does not refer", Assert.Throws<PixelDataException>(() => Render(State(2))).Message);
        Assert.Contains("does not refer", Assert.Throws<PixelDataException>(() => Render(State(), Image().Set(Tags.SOPInstanceUID, "2.25.9"))).Message);
        Assert.Contains("CT Image Storage", Assert.Throws<PixelDataException>(() => PresentationState.Of(new DataSet().Set(Tags.SOPClassUID, SopClasses.CTImageStorage))).Message);
    }

    /// <summary>DCMTK makes a presentation state of an image and renders the image through it.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(45)]
    public async Task A_state_that_DCMTK_made_looks_as_DCMTK_draws_it(int slice)
    {
        ForeignTool.Require("dcmpsmk");
        ForeignTool.Require("dcmp2pgm");
        string dicom = Path.Combine(_folder, "image.dcm"), state = Path.Combine(_folder, "state.dcm"), pgm = Path.Combine(_folder, "image.pgm");
        DemoStudy.Create().ElementAt(slice).Save(dicom);
        var made = await ForeignTool.RunAsync("dcmpsmk", [dicom, state]);
        Assert.True(made.ExitCode == 0, made.Error);
        var drawn = await ForeignTool.RunAsync("dcmp2pgm", ["-p", state, dicom, pgm]);
        Assert.True(drawn.ExitCode == 0, drawn.Error);
        using DicomFile image = DicomFile.Open(dicom), ps = DicomFile.Open(state);
        var ours = FrameRenderer.Render(image.DataSet, 0, new() { PresentationState = PresentationState.Of(ps.DataSet) });
        var theirs = Pnm.Read(await File.ReadAllBytesAsync(pgm));
        Assert.Equal((theirs.Width, theirs.Height), (ours.Width, ours.Height));
        int furthest = Enumerable.Range(0, ours.Pixels.Length).Max(i => Math.Abs(ours.Pixels[i] - theirs.Pixels[i]));
        Assert.InRange(furthest, 0, 1);
    }
}
