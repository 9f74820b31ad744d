using System.Buffers.Binary;
using System.Text;
using Isocenter.Codecs.Jpeg2000;
using Isocenter.Testing;

namespace Isocenter.Codecs.Tests.Jpeg2000;

public sealed class Jp2FileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly FrameLayout _grey = Frames.Layout(19, 31, 1, 8);
    private static readonly FrameLayout _colour = Frames.Layout(19, 31, 3, 8, isPlanar: true);

    [Fact]
    public async Task A_palette_makes_three_channels_of_one_component()
    {
        byte[] indices = Frames.Make(_grey, new Random(1));
        var random = new Random(2);
        byte[] entries = new byte[3 * 200];
        random.NextBytes(entries);
        byte[] file = File(_grey, indices, Palette(entries, [7, 7, 7]), Box("cmap", [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2]));

        byte[] samples = Frames.Decode(file, _colour);

        Assert.Equal(3, Jpeg2000Decoder.ReadInfo(file).Components);
        for (int i = 0; i < indices.Length; i++)
            for (int c = 0; c < 3; c++)
                Assert.Equal(entries[3 * Math.Min((int)indices[i], 199) + c], samples[c * indices.Length + i]);   // beyond the last: the last
        await AssertTheirsAsync(file, samples);
    }

    [Fact]
    public void A_layout_of_one_sample_gets_the_indices()
    {
        byte[] indices = Frames.Make(_grey, new Random(1));
        byte[] file = File(_grey, indices, Palette(new byte[6], [7, 7, 7]), Box("cmap", [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2]));

        Assert.Equal(indices, Frames.Decode(file, _grey));
        Assert.Equal(1, Jpeg2000Decoder.ReadInfo(file).WithoutPalette!.Components);
    }

    [Fact]
    public void Columns_of_a_palette_have_their_own_precision_and_sign()
    {
        byte[] indices = new byte[_grey.FrameLength];
        indices[1] = 1;
        byte[] file = File(_grey, indices, Box("pclr", [0, 2, 2, 11, 0x80 | 11, 0x0A, 0xBC, 0x0F, 0xFF, 0x01, 0x23, 0x08, 0x00]), Box("cmap", [0, 0, 1, 0, 0, 0, 1, 1]));
        var info = Jpeg2000Decoder.ReadInfo(file);
        var layout = new FrameLayout(_grey.Rows, _grey.Columns, info.Components, 16, info.BitsPerSample, info.IsSigned);

        byte[] samples = Frames.Decode(file, layout);

        Assert.Equal((2, 12, true), (info.Components, info.BitsPerSample, info.IsSigned));
        Assert.Equal([0xABC, -1, 0x123, -2048], Enumerable.Range(0, 4).Select(i => (int)BinaryPrimitives.ReadInt16LittleEndian(samples.AsSpan(2 * i))));
    }

    [Theory]
    [InlineData(2, 1, 3)]
    [InlineData(3, 2, 1)]
    public async Task Channel_definitions_bring_colours_into_their_order(byte first, byte second, byte third)
    {
        byte[] planes = Frames.Make(_colour, new Random(3));
        byte[] file = File(_colour, planes, Box("cdef", [0, 3, 0, 0, 0, 0, 0, first, 0, 1, 0, 0, 0, second, 0, 2, 0, 0, 0, third]));

        byte[] samples = Frames.Decode(file, _colour);

        int pixels = (int)_colour.PixelCount;
        byte[] colours = [first, second, third];
        for (int c = 0; c < 3; c++)
            Assert.Equal(planes.AsSpan(c * pixels, pixels), samples.AsSpan((colours[c] - 1) * pixels, pixels));
        await AssertTheirsAsync(file, samples);
    }

    [Theory]
    [InlineData("pclr", new byte[] { 0, 1, 1, 7, 5 })]                                          // no cmap
    [InlineData("cdef", new byte[] { 0, 3, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 2, 0, 0, 0, 3 })]   // colour 1 twice
    [InlineData("cdef", new byte[] { 0, 9 })]                                                   // cut
    [InlineData("cmap", new byte[] { 0, 9, 0, 0 })]                                             // no palette
    public void Boxes_that_make_no_sense_leave_the_components_as_they_are(string type, byte[] content)
    {
        byte[] planes = Frames.Make(_colour, new Random(3));

        Assert.Equal(planes, Frames.Decode(File(_colour, planes, Box(type, content)), _colour));
    }

    /// <summary>Method and enumerated colour space of the first colr box, and of the second.</summary>
    [Theory]
    [InlineData(1, 18, ColourTransform.Ycc)]
    [InlineData(1, 16, ColourTransform.None)]
    [InlineData(2, 18, ColourTransform.None)]
    public void The_colour_space_sYCC_is_told_and_its_samples_stay(byte method, byte space, ColourTransform transform)
    {
        byte[] planes = Frames.Make(_colour, new Random(3));
        byte[] file = File(_colour, planes, Box("colr", [1, 0, 0, 0, 0, 0, 18]));
        int first = file.AsSpan().IndexOf("colr"u8);
        (file[first + 4], file[first + 10]) = (method, space);

        Assert.Equal(transform, Jpeg2000Decoder.ReadInfo(file).Transform);
        Assert.Equal(planes, Frames.Decode(file, _colour));
    }

    private static byte[] Palette(byte[] entries, byte[] depths) =>
        Box("pclr", [(byte)(entries.Length / depths.Length >> 8), (byte)(entries.Length / depths.Length), (byte)depths.Length, .. depths, .. entries]);

    private static byte[] File(in FrameLayout layout, byte[] samples, params byte[][] boxes)
    {
        byte[] stream = Frames.Encode(samples, layout, new Jpeg2000EncodeOptions { UsesComponentTransform = false });
        byte[] size = [0, 0, 0, (byte)layout.Rows, 0, 0, 0, (byte)layout.Columns, 0, (byte)layout.SamplesPerPixel, 7, 7, 0, 0];
        return
        [
            .. Box("jP  ", [0x0D, 0x0A, 0x87, 0x0A]),
            .. Box("ftyp", Encoding.ASCII.GetBytes("jp2 \0\0\0\0jp2 ")),
            .. Box("jp2h", [.. Box("ihdr", size), .. Box("colr", [1, 0, 0, 0, 0, 0, 16]), .. boxes.SelectMany(b => b)]),
            .. Box("jp2c", stream),
        ];
    }

    private static byte[] Box(string type, byte[] content)
    {
        byte[] box = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(type), .. content];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        return box;
    }

    private static async Task AssertTheirsAsync(byte[] file, byte[] ours)
    {
        ForeignTool.Require("opj_decompress");
        using var folder = new TemporaryFolder();
        await System.IO.File.WriteAllBytesAsync(folder["ours.jp2"], file, Cancel);
        (await ForeignTool.RunAsync("opj_decompress", ["-i", folder["ours.jp2"], "-o", folder["theirs.rawl"]], cancel: Cancel)).AssertSuccess();
        Assert.Equal(await System.IO.File.ReadAllBytesAsync(folder["theirs.rawl"], Cancel), ours);
    }
}
