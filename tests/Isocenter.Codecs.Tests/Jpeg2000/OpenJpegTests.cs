using System.Buffers.Binary;
using System.Globalization;
using Isocenter.Codecs.Jpeg2000;
using Isocenter.Testing;

namespace Isocenter.Codecs.Tests.Jpeg2000;

/// <summary>OpenJPEG's programs against the encoder and the decoder.</summary>
public sealed class OpenJpegTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Opj_decompress_decodes_what_we_encode()
    {
        ForeignTool.Require("opj_decompress");
        using var folder = new TemporaryFolder();
        for (int round = 0; round < 24; round++)
        {
            var random = new Random(round);
            var layout = Frames.RandomLayout(random) with { IsPlanar = true };
            var options = Frames.RandomOptions(random);
            byte[] samples = Frames.Make(layout, random);
            await File.WriteAllBytesAsync(folder["ours.j2k"], Frames.Encode(samples, layout, options), Cancel);

            (await ForeignTool.RunAsync("opj_decompress", ["-i", folder["ours.j2k"], "-o", folder["theirs.rawl"]], cancel: Cancel)).AssertSuccess();

            AssertSame(samples, await File.ReadAllBytesAsync(folder["theirs.rawl"], Cancel), layout, $"round {round}: {layout} {options} {options.BlockStyle}");
        }
    }

    [Theory]
    [InlineData("-n 6 -p LRCP -r 20,5,1")]
    [InlineData("-n 4 -p RLCP -M 1 -SOP -EPH")]
    [InlineData("-n 3 -p RPCL -c [64,64],[32,32],[16,16] -M 6")]
    [InlineData("-n 5 -p PCRL -t 70,50 -M 56 -PLT -TLM")]
    [InlineData("-n 5 -p CPRL -b 16,32 -TP R -M 63")]
    [InlineData("-n 5 -d 13,7 -t 64,64 -T 5,3 -TP C")]
    [InlineData("-n 3 -POC T1=0,0,1,2,3,RLCP/T1=2,0,1,3,3,LRCP -r 4,1")]
    [InlineData("-n 4 -ROI c=0,U=5")]
    public async Task We_decode_what_opj_compress_encodes(string options)
    {
        ForeignTool.Require("opj_compress");
        ForeignTool.Require("opj_decompress");
        using var folder = new TemporaryFolder();
        var layout = Frames.Layout(123, 157, 3, 8, isPlanar: true);
        await File.WriteAllBytesAsync(folder["in.rawl"], Frames.Make(layout, new Random(4)), Cancel);
        string[] arguments = ["-i", folder["in.rawl"], "-o", folder["theirs.j2k"], "-F", "157,123,3,8,u", .. options.Split(' ')];
        (await ForeignTool.RunAsync("opj_compress", arguments, cancel: Cancel)).AssertSuccess();
        byte[] stream = await File.ReadAllBytesAsync(folder["theirs.j2k"], Cancel);
        for (int discard = 0; discard < 3; discard++)
        {
            string level = discard.ToString(CultureInfo.InvariantCulture);
            (await ForeignTool.RunAsync("opj_decompress", ["-i", folder["theirs.j2k"], "-o", folder["theirs.rawl"], "-r", level], cancel: Cancel)).AssertSuccess();
            byte[] theirs = await File.ReadAllBytesAsync(folder["theirs.rawl"], Cancel);
            var area = Jpeg2000Header.Read(stream).Size.DecodedArea(discard);
            var small = layout with { Rows = (int)area.Height, Columns = (int)area.Width };
            byte[] ours = Frames.Decode(stream, small, new DecodeOptions { DiscardLevels = discard });
            AssertSame(theirs, ours, small, $"{options}, {discard} levels left out");

            // Any region is that part of the whole.
            var region = new FrameRegion(small.Rows / 3, small.Columns / 4, small.Rows / 2, small.Columns / 3);
            var part = small with { Rows = region.Rows, Columns = region.Columns };
            byte[] cut = Frames.Decode(stream, part, new DecodeOptions { DiscardLevels = discard, Region = region });
            for (int c = 0; c < 3; c++)
                for (int y = 0; y < region.Rows; y++)
                    Assert.Equal(
                        ours.AsSpan((c * small.Rows + region.Row + y) * small.Columns + region.Column, region.Columns),
                        cut.AsSpan((c * region.Rows + y) * region.Columns, region.Columns));
        }
    }

    /// <summary>Bypass, reset, termination, vertical causality, predictable termination, segmentation symbols (Table A.19).</summary>
    [Fact]
    public async Task All_64_combinations_of_block_styles_come_back_both_ways()
    {
        ForeignTool.Require("opj_compress");
        ForeignTool.Require("opj_decompress");
        using var folder = new TemporaryFolder();
        var layout = Frames.Layout(37, 45, 1, 12);
        for (int style = 0; style < 64; style++)
        {
            byte[] samples = Frames.Make(layout, new Random(style));
            await File.WriteAllBytesAsync(folder["in.rawl"], samples, Cancel);
            string[] arguments =
                ["-i", folder["in.rawl"], "-o", folder["theirs.j2k"], "-F", "45,37,1,12,u", "-n", "3", "-M", style.ToString(CultureInfo.InvariantCulture), "-r", "4,1"];
            (await ForeignTool.RunAsync("opj_compress", arguments, cancel: Cancel)).AssertSuccess();
            AssertSame(samples, Frames.Decode(await File.ReadAllBytesAsync(folder["theirs.j2k"], Cancel), layout), layout, $"theirs, style {style}");

            // Predictable termination is not encoded.
            if ((style & 16) != 0) continue;
            await File.WriteAllBytesAsync(folder["ours.j2k"], Frames.Encode(samples, layout, new Jpeg2000EncodeOptions { BlockStyle = (CodeBlockStyle)style }), Cancel);
            (await ForeignTool.RunAsync("opj_decompress", ["-i", folder["ours.j2k"], "-o", folder["out.rawl"]], cancel: Cancel)).AssertSuccess();
            AssertSame(samples, await File.ReadAllBytesAsync(folder["out.rawl"], Cancel), layout, $"ours, style {style}");
        }
    }

    // opj_decompress 2.5 cannot tell: with both options it returns other samples than opj_compress was given, we do not.
    [Theory]
    [InlineData(5, 1)]
    [InlineData(11, 1)]
    [InlineData(7, 63)]
    [InlineData(11, 62)]
    public async Task A_region_of_interest_comes_back_without_loss_whether_or_not_passes_bypass_the_arithmetic_coder(int shift, int style)
    {
        ForeignTool.Require("opj_compress");
        using var folder = new TemporaryFolder();
        var layout = Frames.Layout(61, 75, 3, 8, isPlanar: true);
        byte[] samples = Frames.Make(layout, new Random(shift));
        await File.WriteAllBytesAsync(folder["in.rawl"], samples, Cancel);
        string[] arguments =
        [
            "-i", folder["in.rawl"], "-o", folder["theirs.j2k"], "-F", "75,61,3,8,u", "-n", "4",
            "-ROI", string.Create(CultureInfo.InvariantCulture, $"c=0,U={shift}"), "-M", style.ToString(CultureInfo.InvariantCulture),
        ];
        (await ForeignTool.RunAsync("opj_compress", arguments, cancel: Cancel)).AssertSuccess();

        byte[] ours = Frames.Decode(await File.ReadAllBytesAsync(folder["theirs.j2k"], Cancel), layout, new DecodeOptions());

        AssertSame(samples, ours, layout, $"shift {shift}, style {style}");
    }

    // COD may name the transform although SIZ has components of other sizes: OpenJPEG leaves them as they are, too.
    [Fact]
    public async Task A_component_transform_that_the_sizes_of_components_forbid_is_damage_and_is_left_out()
    {
        ForeignTool.Require("opj_compress");
        using var folder = new TemporaryFolder();
        var whole = Frames.Layout(40, 60, 1, 8);
        byte[] luma = Frames.Make(whole, new Random(1)), chroma = Frames.Make(Frames.Layout(20, 30, 2, 8, isPlanar: true), new Random(2));
        await File.WriteAllBytesAsync(folder["in.rawl"], [.. luma, .. chroma], Cancel);
        string[] arguments = ["-i", folder["in.rawl"], "-o", folder["theirs.j2k"], "-F", "60,40,3,8,u@1x1:2x2:2x2", "-n", "3", "-mct", "0"];
        (await ForeignTool.RunAsync("opj_compress", arguments, cancel: Cancel)).AssertSuccess();
        byte[] stream = await File.ReadAllBytesAsync(folder["theirs.j2k"], Cancel);
        stream[stream.AsSpan().IndexOf<byte>([0xFF, 0x52]) + 8] = 1;
        var layout = Frames.Layout(40, 60, 3, 8, isPlanar: true);
        byte[] samples = new byte[layout.FrameLength];

        var problem = Assert.Throws<CodecException>(() => Jpeg2000Decoder.Decode(stream, samples, layout, cancel: Cancel));

        Assert.Contains("one size", problem.Message, StringComparison.Ordinal);
        Assert.Equal(luma, samples[..luma.Length]);
        for (int i = 0; i < luma.Length; i++) Assert.Equal(chroma[i / 60 / 2 * 30 + i % 60 / 2], samples[luma.Length + i]);
    }

    private static void AssertSame(byte[] expected, byte[] actual, in FrameLayout layout, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        ushort mask = (ushort)((1 << layout.BitsStored) - 1);
        for (int i = 0; i < expected.Length / layout.BytesPerSample; i++)
        {
            int a = layout.BitsAllocated == 8 ? expected[i] : BinaryPrimitives.ReadUInt16LittleEndian(expected.AsSpan(2 * i));
            int b = layout.BitsAllocated == 8 ? actual[i] : BinaryPrimitives.ReadUInt16LittleEndian(actual.AsSpan(2 * i));
            Assert.True((a & mask) == (b & mask), $"{what}: sample {i} is {b & mask}, not {a & mask}");
        }
    }
}
