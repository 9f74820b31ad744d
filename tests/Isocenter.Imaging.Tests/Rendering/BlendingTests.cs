using Isocenter.Dicom;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Rendering;

/// <summary>Blending Softcopy Presentation States (PS3.3 §A.33.4, PS3.4 §N.2.4).</summary>
public sealed class BlendingTests
{
    private const double Opacity = 0.4;

    [Fact]
    public void Colours_lie_over_grey_as_much_as_the_opacity_says()
    {
        var below = Image("2.25.1", 2, 2, [0, 100, 200, 255]);
        var above = Image("2.25.9", 2, 2, [255, 0, 128, 64]);

        var picture = Render(State(), below, above);

        Assert.Equal(3, picture.Channels);
        int[] grey = [0, 100, 200, 255], colour = [255, 0, 128, 64];
        Assert.Equal(grey.Zip(colour).SelectMany(pair => Expected(pair.First, pair.Second)), picture.Pixels);
    }

    [Fact]
    public void Pixels_meet_where_they_lie_in_the_patient_and_the_nearest_plane_is_taken()
    {
        // Four columns of 1 mm below; two of 2 mm above, of which the first lies over the third and fourth: the second over nothing.
        var below = Placed(Image("2.25.1", 4, 1, [10, 20, 30, 40]), x: 0, z: 5, spacing: 1);
        var far = Placed(Image("2.25.8", 2, 1, [255, 255]), x: 2.5, z: 20, spacing: 2);
        var near = Placed(Image("2.25.9", 2, 1, [60, 0]), x: 2.5, z: 6, spacing: 2);

        var picture = Render(State(), below, far, near);

        Assert.Equal([10, 10, 10, 20, 20, 20, .. Expected(30, 60), .. Expected(40, 60)], picture.Pixels);
    }

    [Fact]
    public void A_registration_brings_images_of_two_frames_of_reference_together()
    {
        // Turned by 90 degrees and moved: x, y of the one below is 7 - y, 10 + x of the one above.
        var below = Placed(Image("2.25.1", 3, 1, [10, 20, 30]), x: 0, z: 5, spacing: 1);
        var above = Image("2.25.9", 1, 3, [200, 100, 0]).Set(Tags.FrameOfReferenceUID, "2.25.78")
            .Set(Tags.ImagePositionPatient, 7.0, 10, 5).Set(Tags.ImageOrientationPatient, 1.0, 0, 0, 0, 1, 0).Set(Tags.PixelSpacing, 1, 1);
        var registration = new DataSet().Set(Tags.SOPClassUID, SopClasses.SpatialRegistrationStorage).Set(Tags.FrameOfReferenceUID, "2.25.78");
        registration.AddItem(Tags.RegistrationSequence).Set(Tags.FrameOfReferenceUID, "2.25.77").AddItem(Tags.MatrixRegistrationSequence).AddItem(Tags.MatrixSequence)
            .Set(Tags.FrameOfReferenceTransformationMatrixType, "RIGID")
            .Set(Tags.FrameOfReferenceTransformationMatrix, VR.DS, 0.0, -1, 0, 7, 1, 0, 0, 10, 0, 0, 1, 0, 0, 0, 0, 1);

        Picture Drawn(params DataSet[] registrations) => FrameRenderer.Render(below, 0, new()
        {
            PresentationState = PresentationState.Of(State()),
            Superimposed = [new SuperimposedImage(above, 0)],
            Registrations = registrations,
        });

        Assert.Equal([.. Expected(10, 200), .. Expected(20, 100), .. Expected(30, 0)], Drawn(registration).Pixels);
        Assert.Contains("registration", Assert.Throws<PixelDataException>(() => Drawn()).Message, StringComparison.Ordinal);
        var impossible = registration.Copy();
        impossible.GetAll<DataSet>(Tags.RegistrationSequence)[0].GetAll<DataSet>(Tags.MatrixRegistrationSequence)[0].GetAll<DataSet>(Tags.MatrixSequence)[0]
            .Set(Tags.FrameOfReferenceTransformationMatrix, VR.DS, 0.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        Assert.Contains("registration", Assert.Throws<PixelDataException>(() => Drawn(impossible)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_of_the_state_count_for_each_image_by_itself()
    {
        var state = State();
        state.GetAll<DataSet>(Tags.BlendingSequence)[0].AddItem(Tags.SoftcopyVOILUTSequence).Set(Tags.WindowCenter, 50.5).Set(Tags.WindowWidth, 101);

        var picture = Render(state, Image("2.25.1", 2, 1, [0, 100]), Image("2.25.9", 2, 1, [0, 0]));

        Assert.Equal([.. Expected(0, 0), .. Expected(255, 0)], picture.Pixels);
    }

    [Fact]
    public void In_sixteen_bits_it_is_finer()
    {
        var picture = Render(State(), Image("2.25.1", 1, 1, [255]), bitDepth: 16, Image("2.25.9", 1, 1, [255]));
        Assert.Equal(16, picture.BitDepth);
        Assert.Equal([0xFF, 0xFF, 0x99, 0x99, 0x99, 0x99], picture.Pixels); // 0.4 × (1, 0, 0) + 0.6
    }

    [Fact]
    public void The_other_image_must_be_there_and_its_place_known()
    {
        var below = Image("2.25.1", 2, 1, [0, 0]);
        Assert.Contains("not here", Assert.Throws<PixelDataException>(() => Render(State(), below)).Message, StringComparison.Ordinal);
        Assert.Contains("frame of reference", Assert.Throws<PixelDataException>(() => Render(State(), below, Image("2.25.9", 1, 1, [0]))).Message, StringComparison.Ordinal);
        var elsewhere = Placed(Image("2.25.9", 2, 1, [0, 0]), 0, 0, 1).Set(Tags.FrameOfReferenceUID, "2.25.78");
        Assert.Contains("frame of reference", Assert.Throws<PixelDataException>(() => Render(State(), Placed(Image("2.25.1", 2, 1, [0, 0]), 0, 0, 1), elsewhere)).Message, StringComparison.Ordinal);
        Assert.Contains("Relative Opacity", Assert.Throws<PixelDataException>(() => PresentationState.Of(State().Set(Tags.RelativeOpacity, 1.5f))).Message, StringComparison.Ordinal);
    }

    private static Picture Render(DataSet state, DataSet below, params DataSet[] above) => Render(state, below, 8, above);

    private static Picture Render(DataSet state, DataSet below, int bitDepth, params DataSet[] above) => FrameRenderer.Render(below, 0, new()
    {
        PresentationState = PresentationState.Of(state),
        Superimposed = [.. above.Select(one => new SuperimposedImage(one, 0))],
        BitDepth = bitDepth,
    });

    /// <summary>The palette is a ramp from black to red.</summary>
    private static byte[] Expected(int grey, int colour) =>
        [(byte)Math.Floor(Opacity * colour + (1 - Opacity) * grey + 0.5), (byte)Math.Floor((1 - Opacity) * grey + 0.5), (byte)Math.Floor((1 - Opacity) * grey + 0.5)];

    private static DataSet Image(string uid, int columns, int rows, int[] stored) => Grey16(columns, rows, stored, bitsStored: 8).Set(Tags.SOPInstanceUID, uid);

    private static DataSet Placed(DataSet image, double x, double z, double spacing) => image.Set(Tags.FrameOfReferenceUID, "2.25.77")
        .Set(Tags.ImagePositionPatient, x, 0, z).Set(Tags.ImageOrientationPatient, 1.0, 0, 0, 0, 1, 0).Set(Tags.PixelSpacing, spacing, spacing);

    private static DataSet State()
    {
        var state = new DataSet().Set(Tags.SOPClassUID, SopClasses.BlendingSoftcopyPresentationStateStorage).Set(Tags.SOPInstanceUID, "2.25.2")
            .Set(Tags.RelativeOpacity, (float)Opacity);
        foreach (var (position, images) in new[] { ("UNDERLYING", new[] { "2.25.1" }), ("SUPERIMPOSED", ["2.25.8", "2.25.9"]) })
        {
            var series = state.AddItem(Tags.BlendingSequence).Set(Tags.BlendingPosition, position).Set(Tags.StudyInstanceUID, "2.25.3")
                .AddItem(Tags.ReferencedSeriesSequence).Set(Tags.SeriesInstanceUID, "2.25.4");
            foreach (string image in images)
                series.AddItem(Tags.ReferencedImageSequence).Set(Tags.ReferencedSOPClassUID, SopClasses.SecondaryCaptureImageStorage).Set(Tags.ReferencedSOPInstanceUID, image);
        }
        byte[] none = new byte[512], ramp = [.. Enumerable.Range(0, 256).SelectMany(i => new[] { (byte)i, (byte)i })];
        return state.Palette(0, 16, ramp, none, none, 256);
    }
}
