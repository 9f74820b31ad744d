using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Testing;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Rendering;

/// <summary>Our pictures beside those of DCMTK's dcm2pnm.</summary>
public sealed class Dcm2PnmTests : IDisposable
{
    private static readonly Lazy<DicomFile[]> Study = new(() => [.. DemoStudy.Create()]);

    private readonly string _folder = Directory.CreateTempSubdirectory("isocenter-pnm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(20)]
    [InlineData(45)]
    public Task A_CT_slice_in_its_first_window(int slice) => Compare(Study.Value[slice], 0, 1, "+Wi", "1");

    [Fact]
    public Task A_frame_of_an_Enhanced_MR_in_a_given_window() =>
        // dcm2pnm does not look into functional groups, so it is told the window
        Compare(Study.Value[64], 17, 1, "+Ww", "1500", "3000");

    [Fact]
    public Task A_frame_of_a_colour_loop() => Compare(Study.Value[65], 5, 0);

    [Fact]
    public Task The_automatic_window_is_that_of_minimum_and_maximum() =>
        Compare(File(Grey16(64, 64, [.. Enumerable.Range(0, 4096).Select(i => 300 + i * 7 % 3001)], bitsStored: 12)), 0, 1, "+Wm");

    [Fact]
    public Task Monochrome1() =>
        Compare(File(Grey16(64, 64, [.. Enumerable.Range(0, 4096).Select(i => i * 7 % 4096)], bitsStored: 12, photometric: "MONOCHROME1")
            .Set(Tags.WindowCenter, 1800).Set(Tags.WindowWidth, 1500)), 0, 1, "+Wi", "1");

    [Fact]
    public Task A_palette()
    {
        byte[] Wide(byte[] values) => [.. values.SelectMany(value => new[] { value, value })];
        var image = Bytes(32, 32, 1, "PALETTE COLOR", Random(1024)).Palette(0, 16, Wide(Random(256, 1)), Wide(Random(256, 2)), Wide(Random(256, 3)), 256);
        return Compare(File(image), 0, 0);
    }

    [Fact]
    public Task Ybr_full() => Compare(File(Bytes(32, 32, 3, "YBR_FULL", Random(3072))), 0, 2);

    [Fact]
    public Task Rgb_by_plane() => Compare(File(Bytes(32, 32, 3, "RGB", Random(3072), planar: 1)), 0, 0);

    [Fact]
    public Task An_overlay_lies_over_the_pixels()
    {
        var image = Grey16(64, 64, [.. Enumerable.Range(0, 4096)], bitsStored: 12).Set(Tags.WindowCenter, 2048).Set(Tags.WindowWidth, 4096)
            .Set(Tags.OverlayRows, 48).Set(Tags.OverlayColumns, 40).Set(Tags.OverlayType, "G").Set(Tags.OverlayOrigin, 9, 13)
            .Set(Tags.OverlayBitsAllocated, 1).Set(Tags.OverlayBitPosition, 0).SetBytes(Tags.OverlayData, VR.OW, Random(240));
        return Compare(File(image), 0, 1, "+Wi", "1");
    }

    private static DicomFile File(DataSet image) => new(image, TransferSyntax.ExplicitVRLittleEndian);

    private async Task Compare(DicomFile file, int frame, int tolerance, params string[] options)
    {
        ForeignTool.Require("dcm2pnm");
        string dicom = Path.Combine(_folder, "image.dcm"), pnm = Path.Combine(_folder, "image.pnm");
        file.Save(dicom);
        string number = (frame + 1).ToString(CultureInfo.InvariantCulture);
        var result = await ForeignTool.RunAsync("dcm2pnm", ["+op", "+F", number, .. options, dicom, pnm]);
        Assert.True(result.ExitCode == 0, result.Error);

        var window = options is ["+Ww", { } center, { } width]
            ? new VoiWindow(double.Parse(center, CultureInfo.InvariantCulture), double.Parse(width, CultureInfo.InvariantCulture))
            : (VoiWindow?)null;
        using var opened = DicomFile.Open(dicom);
        var ours = FrameRenderer.Render(opened.DataSet, frame, new() { Window = window });
        var theirs = Pnm.Read(await System.IO.File.ReadAllBytesAsync(pnm));
        Assert.Equal((theirs.Width, theirs.Height, theirs.Channels), (ours.Width, ours.Height, ours.Channels));
        for (int i = 0; i < ours.Pixels.Length; i++)
        {
            if (Math.Abs(ours.Pixels[i] - theirs.Pixels[i]) > tolerance)
                Assert.Fail($"byte {i}: ours {ours.Pixels[i]}, theirs {theirs.Pixels[i]}");
        }
    }
}
