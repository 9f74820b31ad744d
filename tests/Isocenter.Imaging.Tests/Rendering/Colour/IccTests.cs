using Isocenter.Dicom;
using Isocenter.Testing;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Rendering.Colour;

/// <summary>Colours by their ICC profiles (PS3.3 §C.11.15, PS3.4 §N.2.2).</summary>
public sealed class IccTests
{
    private const int Size = 48;

    /// <summary>Anything, and greys: what is seen first.</summary>
    private static readonly byte[] Pixels = [.. Random(Size * Size * 3 / 2), .. Enumerable.Range(0, Size * Size / 2).SelectMany(i => Enumerable.Repeat((byte)(i * 256 / (Size * Size / 2)), 3))];

    public static TheoryData<string> Profiles => [.. All.Keys];

    private static Dictionary<string, byte[]> All { get; } = new()
    {
        ["gamma"] = TestProfile.OfMatrix(TestProfile.Gamma(2.2)),
        ["identity"] = TestProfile.OfMatrix(TestProfile.Table()),
        ["table"] = TestProfile.OfMatrix(TestProfile.Table(Enumerable.Range(0, 100).Select(i => i * i * 6))),
        ["parametric 0"] = TestProfile.OfMatrix(TestProfile.Parametric(0, 1.8)),
        ["parametric 1"] = TestProfile.OfMatrix(TestProfile.Parametric(1, 2.4, 0.9, 0.1)),
        ["parametric 2"] = TestProfile.OfMatrix(TestProfile.Parametric(2, 2.4, 0.9, 0.08, 0.02)),
        ["parametric 3"] = TestProfile.OfMatrix(TestProfile.Parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)),
        ["parametric 4"] = TestProfile.OfMatrix(TestProfile.Parametric(4, 2.4, 0.92, 0.06, 0.08, 0.04, 0.01, 0.002)),
        ["lut8 Lab"] = TestProfile.OfLut(2, true, TestProfile.Lut8(17, 2.2)),
        ["lut16 Lab"] = TestProfile.OfLut(2, true, TestProfile.Lut16(17, 2.2, true)),
        ["lut16 XYZ"] = TestProfile.OfLut(2, false, TestProfile.Lut16(33, 1, false)),
        ["lut16 Lab, version 4"] = TestProfile.OfLut(4, true, TestProfile.Lut16(17, 2.2, true)),
        ["lutAToB Lab"] = TestProfile.OfLut(4, true, TestProfile.LutAToB(17, 2.2, true)),
        ["lutAToB XYZ"] = TestProfile.OfLut(4, false, TestProfile.LutAToB(33, 1, false)),
        ["lutAToB matrix"] = TestProfile.OfLut(4, false, TestProfile.LutAToB(0, 2.2, false)),
    };

    [Theory, MemberData(nameof(Profiles))]
    public async Task Colours_become_those_that_LittleCMS_makes(string name)
    {
        ForeignTool.Require("convert");
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["in.ppm"], [.. System.Text.Encoding.ASCII.GetBytes($"P6\n{Size} {Size}\n255\n"), .. Pixels]);
        File.WriteAllBytes(folder["own.icc"], All[name]);
        File.WriteAllBytes(folder["srgb.icc"], IccProfiles.Srgb.ToArray());

        var ours = Render(All[name]);
        var result = await ForeignTool.RunAsync("convert", [folder["in.ppm"], "-profile", folder["own.icc"], "-profile", folder["srgb.icc"], "-depth", "8", folder["out.ppm"]], cancel: TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, result.Error);
        AssertNear(Pnm.Read(File.ReadAllBytes(folder["out.ppm"])).Pixels, ours.Pixels, 1);
        Assert.Equal(IccProfiles.Srgb.ToArray(), ours.IccProfile.ToArray());
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void A_matrix_and_curves_give_what_the_formulas_say(int bitDepth)
    {
        var picture = Render(TestProfile.OfMatrix(TestProfile.Gamma(1.5)), bitDepth: bitDepth);

        double white = bitDepth == 8 ? 255 : 65535, tolerance = bitDepth == 8 ? 1 : 128;
        for (int i = 0; i < Pixels.Length; i += 3)
        {
            var expected = ToSrgb(Pixels[i] / 255.0, Pixels[i + 1] / 255.0, Pixels[i + 2] / 255.0, 1.5);
            for (int c = 0; c < 3; c++) Assert.Equal(expected[c] * white, bitDepth == 8 ? picture.Pixels[i + c] : picture.Pixels[2 * (i + c)] << 8 | picture.Pixels[2 * (i + c) + 1], tolerance);
        }
    }

    [Fact]
    public void Without_being_asked_colours_stay_and_the_profile_goes_with_them()
    {
        byte[] profile = All["gamma"];
        var picture = FrameRenderer.Render(Image(profile), 0);
        Assert.Equal(Pixels, picture.Pixels);
        Assert.Equal(profile, picture.IccProfile.ToArray());
    }

    [Fact]
    public void Palettes_are_transformed_entry_by_entry()
    {
        byte[] red = Random(256, 1), green = Random(256, 2), blue = Random(256, 3), indices = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var image = Bytes(16, 16, 1, "PALETTE COLOR", indices).Palette(0, 8, red, green, blue, 256).SetBytes(Tags.ICCProfile, VR.OB, TestProfile.OfMatrix(TestProfile.Gamma(1.5)));

        var picture = FrameRenderer.Render(image, 0, new() { ColourSpace = RgbSpace.Srgb });

        for (int i = 0; i < 256; i++)
        {
            var expected = ToSrgb(red[i] / 255.0, green[i] / 255.0, blue[i] / 255.0, 1.5);
            for (int c = 0; c < 3; c++) Assert.Equal(expected[c] * 255, picture.Pixels[3 * i + c], 1.0);
        }
    }

    [Fact]
    public void Beside_a_palette_for_some_values_the_others_stay_grey()
    {
        byte[] ramp = [.. Enumerable.Range(0, 16).SelectMany(i => new[] { (byte)0, (byte)(17 * i) })], none = new byte[32];
        var image = Grey16(4, 1, [0, 50, 100, 115]).Set(Tags.WindowCenter, 50.5).Set(Tags.WindowWidth, 101).Set(Tags.PixelPresentation, "MIXED")
            .Palette(100, 16, ramp, none, none, 16).SetBytes(Tags.ICCProfile, VR.OB, TestProfile.OfMatrix(TestProfile.Gamma(1.5)));

        byte[] pixels = FrameRenderer.Render(image, 0, new() { ColourSpace = RgbSpace.Srgb }).Pixels;

        Assert.Equal([0, 0, 0, 128, 128, 128, 0, 0, 0], pixels[..9]);
        Assert.Equal(ToSrgb(1, 0, 0, 1.5)[0] * 255, pixels[9], 1.0);
    }

    [Fact]
    public void Grey_stays_grey_but_becomes_three_channels_in_a_space_that_has_no_grey_here()
    {
        var image = Bytes(16, 1, 1, "MONOCHROME2", [.. Enumerable.Range(0, 16).Select(i => (byte)(17 * i))]).Set(Tags.WindowCenter, 128).Set(Tags.WindowWidth, 256);

        var srgb = FrameRenderer.Render(image, 0, new() { ColourSpace = RgbSpace.Srgb });
        var adobe = FrameRenderer.Render(image, 0, new() { ColourSpace = RgbSpace.AdobeRgb });

        Assert.Equal((1, 3), (srgb.Channels, adobe.Channels));
        Assert.Equal(FrameRenderer.Render(image, 0).Pixels, srgb.Pixels);
        for (int i = 0; i < 16; i++)
        {
            double s = 17 * i / 255.0, light = s <= 0.04045 ? s / 12.92 : Math.Pow((s + 0.055) / 1.055, 2.4);
            for (int c = 0; c < 3; c++) Assert.Equal(255 * Math.Pow(light, 256 / 563.0), adobe.Pixels[3 * i + c], 1.0);
        }
    }

    [Fact]
    public void A_profile_for_grey_is_applied_to_grey()
    {
        var image = Bytes(16, 1, 1, "MONOCHROME2", [.. Enumerable.Range(0, 16).Select(i => (byte)(17 * i))]).Set(Tags.WindowCenter, 128).Set(Tags.WindowWidth, 256)
            .SetBytes(Tags.ICCProfile, VR.OB, TestProfile.OfGrey(TestProfile.Gamma(1)));
        var picture = FrameRenderer.Render(image, 0, new() { ColourSpace = RgbSpace.Srgb });
        for (int i = 0; i < 16; i++) Assert.Equal(255 * Encode(17 * i / 255.0), picture.Pixels[i], 1.0);
    }

    [Fact]
    public void A_space_that_is_named_needs_no_profile()
    {
        var named = FrameRenderer.Render(Image(null).Set(Tags.ColorSpace, "ADOBERGB"), 0, new() { ColourSpace = RgbSpace.Srgb });
        var embedded = Render(RgbSpace.AdobeRgb.Profile.ToArray());
        AssertNear(embedded.Pixels, named.Pixels, 1);
        Assert.NotEqual(Pixels, named.Pixels);
    }

    [Fact]
    public void Each_frame_of_a_slide_has_the_profile_of_its_optical_path()
    {
        var slide = Bytes(2, 1, 3, "RGB", [200, 100, 50, 10, 20, 30, 200, 100, 50, 10, 20, 30], frames: 2);
        slide.AddItem(Tags.OpticalPathSequence).Set(Tags.OpticalPathIdentifier, "1").SetBytes(Tags.ICCProfile, VR.OB, IccProfiles.Srgb.ToArray());
        slide.AddItem(Tags.OpticalPathSequence).Set(Tags.OpticalPathIdentifier, "2").SetBytes(Tags.ICCProfile, VR.OB, All["gamma"]);
        foreach (string path in new[] { "1", "2" })
            slide.AddItem(Tags.PerFrameFunctionalGroupsSequence).AddItem(Tags.OpticalPathIdentificationSequence).Set(Tags.OpticalPathIdentifier, path);

        Assert.Equal(All["gamma"], FrameRenderer.Render(slide, 1).IccProfile.ToArray());
        Assert.Equal(new byte[] { 200, 100, 50, 10, 20, 30 }, FrameRenderer.Render(slide, 0, new() { ColourSpace = RgbSpace.Srgb }).Pixels);
        Assert.NotEqual(new byte[] { 200, 100, 50, 10, 20, 30 }, FrameRenderer.Render(slide, 1, new() { ColourSpace = RgbSpace.Srgb }).Pixels);
    }

    [Theory]
    [InlineData("adobergb")]
    [InlineData("rommrgb")]
    [InlineData("displayp3")]
    public void There_and_back_again(string name)
    {
        var there = FrameRenderer.Render(Image(null), 0, new() { ColourSpace = RgbSpace.Find(name), BitDepth = 16 });
        var back = FrameRenderer.Render(Describe(Size, Size, 3, "RGB", 16, 16, false, 1).Set(Tags.PlanarConfiguration, 0)
            .SetBytes(Tags.PixelData, VR.OW, Turned(there.Pixels)).SetBytes(Tags.ICCProfile, VR.OB, there.IccProfile.ToArray()), 0, new() { ColourSpace = RgbSpace.Srgb });
        AssertNear(Pixels, back.Pixels, 1);
    }

    [Fact]
    public void A_profile_that_makes_no_sense_is_left_out_and_said_so()
    {
        byte[] cmyk = All["gamma"].ToArray(), empty = new byte[300], cut = All["lut16 Lab"][..^1000];
        "CMYK"u8.CopyTo(cmyk.AsSpan(16));
        foreach (byte[] profile in new[] { cmyk, empty, cut, [1, 2] })
        {
            foreach (var space in new[] { null, RgbSpace.Srgb })
            {
                var picture = FrameRenderer.Render(Image(profile), 0, new() { ColourSpace = space });
                Assert.Equal(Pixels, picture.Pixels);
                Assert.StartsWith("the ICC profile is left out", Assert.Single(picture.Findings).Problem, StringComparison.Ordinal);
                Assert.Equal(space is null ? [] : IccProfiles.Srgb.ToArray(), picture.IccProfile.ToArray());
            }
        }
    }

    [Fact]
    public void Damaged_profiles_end_in_a_picture()
    {
        var random = new Random(5);
        byte[] pixels = Pixels[..48];
        foreach (byte[] profile in All.Values)
        {
            for (int i = 0; i < 60; i++)
            {
                byte[] damaged = profile.ToArray();
                for (int n = random.Next(1, 6); n > 0; n--) damaged[random.Next(2) == 0 ? random.Next(damaged.Length) : random.Next(Math.Min(damaged.Length, 400))] = (byte)random.Next(256);
                if (random.Next(4) == 0) damaged = damaged[..random.Next(damaged.Length)];
                Assert.Equal(48, FrameRenderer.Render(Bytes(4, 4, 3, "RGB", pixels).SetBytes(Tags.ICCProfile, VR.OB, damaged), 0, new() { ColourSpace = RgbSpace.Srgb }).Pixels.Length);
            }
        }
    }

    /// <summary>The slow twin: the matrix of the test profiles, to the primaries of sRGB as IEC 61966-2-1 prints them, adapted to D50.</summary>
    private static double[] ToSrgb(double r, double g, double b, double gamma)
    {
        double[] light = [Math.Pow(r, gamma), Math.Pow(g, gamma), Math.Pow(b, gamma)];
        double[] xyz = [.. Enumerable.Range(0, 3).Select(row => Enumerable.Range(0, 3).Sum(c => TestProfile.Matrix[3 * row + c] * light[c]))];
        return
        [
            Encode(3.1338561 * xyz[0] - 1.6168667 * xyz[1] - 0.4906146 * xyz[2]),
            Encode(-0.9787684 * xyz[0] + 1.9161415 * xyz[1] + 0.0334540 * xyz[2]),
            Encode(0.0719453 * xyz[0] - 0.2289914 * xyz[1] + 1.4052427 * xyz[2]),
        ];
    }

    private static double Encode(double light) => Math.Clamp(light <= 0.0031308 ? 12.92 * light : 1.055 * Math.Pow(light, 1 / 2.4) - 0.055, 0, 1);

    private static void AssertNear(byte[] expected, byte[] actual, int tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"at {i}: {expected[i]} is not {actual[i]}");
    }

    private static Picture Render(byte[] profile, int bitDepth = 8) => FrameRenderer.Render(Image(profile), 0, new() { ColourSpace = RgbSpace.Srgb, BitDepth = bitDepth });

    private static DataSet Image(byte[]? profile)
    {
        var image = Bytes(Size, Size, 3, "RGB", Pixels);
        return profile is null ? image : image.SetBytes(Tags.ICCProfile, VR.OB, profile);
    }

    private static byte[] Turned(byte[] words) => [.. Enumerable.Range(0, words.Length).Select(i => words[i ^ 1])];
}
