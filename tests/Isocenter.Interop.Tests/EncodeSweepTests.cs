using System.Buffers;
using System.Globalization;
using Isocenter.Codecs;
using Isocenter.Codecs.Jpeg;
using Isocenter.Codecs.Jpeg2000;
using Isocenter.Codecs.JpegLs;
using Isocenter.Codecs.Rle;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>Every encoder with images smaller than, as large as and a little larger than its blocks, of any precision, and with options
/// that change from one image to the next: another program decodes the same samples.</summary>
public sealed class EncodeSweepTests
{
    private delegate void Encoder(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("JPEG", "djpeg")]
    [InlineData("JPEG of 12 bits", "dcmdjpeg")]
    [InlineData("JPEG lossless", "dcmdjpeg")]
    [InlineData("JPEG-LS", "dcmdjpls")]
    [InlineData("RLE", "dcmdrle")]
    [InlineData("JPEG 2000", "opj_decompress")]
    [InlineData("HTJ2K", "opj_decompress")]
    public async Task Images_of_1_to_17_rows_and_columns_are_decoded_to_our_samples(string kind, string tool)
    {
        ForeignTool.Require(tool);
        using var folder = new TemporaryFolder();
        for (int size = 1; size <= 17; size++)
        {
            foreach (int samplesPerPixel in new[] { 1, 3 })
            {
                var random = new Random(100 * size + samplesPerPixel);
                var layout = Layout(kind, size, samplesPerPixel == 1 ? size : 18 - size, samplesPerPixel, random);
                var (encode, isLossless, options) = Choose(kind, layout, random);
                string what = string.Create(CultureInfo.InvariantCulture, $"{kind}, {layout}, {options}");
                byte[] samples = Samples(layout, random);
                var output = new ArrayBufferWriter<byte>();
                encode(samples, layout, output);
                byte[] stream = output.WrittenSpan.ToArray(), ours = Decode(kind, stream, layout);
                if (isLossless) Assert.True(ours.AsSpan().SequenceEqual(samples), what);

                byte[] theirs = tool switch
                {
                    "djpeg" => await NetpbmAsync(folder, stream, ours.Length),
                    "opj_decompress" => await PlanesAsync(folder, stream, layout),
                    _ => await NativeAsync(folder, tool, kind, stream, layout),
                };

                // OpenJPEG's program leaves the bits above the precision 0, also where there is a sign.
                if (layout.IsSigned) ClearSigns(ours, layout);
                Assert.True(ours.AsSpan().SequenceEqual(theirs), what);
            }
        }
    }

    private static FrameLayout Layout(string kind, int rows, int columns, int samplesPerPixel, Random random)
    {
        // The JPEG-LS in DCMTK begins with 6 bits.
        int bits = kind switch { "JPEG" => 8, "JPEG of 12 bits" => 12, "JPEG lossless" => random.Next(2, 17), "JPEG-LS" => random.Next(6, 17), _ => random.Next(1, 17) };
        bool isSigned = kind is "JPEG 2000" or "HTJ2K" && bits > 1 && random.Next(3) == 0;
        return new FrameLayout(rows, columns, samplesPerPixel, bits > 8 ? 16 : 8, bits, isSigned);
    }

    private static (Encoder Encode, bool IsLossless, string Options) Choose(string kind, FrameLayout layout, Random random)
    {
        bool isColour = layout.SamplesPerPixel == 3;
        switch (kind)
        {
            case "JPEG" or "JPEG of 12 bits":
                var lossy = new JpegEncodeOptions
                {
                    Process = layout.BitsStored > 8 || random.Next(3) == 0 ? JpegProcess.Extended : JpegProcess.Baseline,
                    Quality = random.Next(1, 101),
                    // Of 4:4:0 DCMTK repeats rows, as libjpeg before turbo did.
                    Subsampling = !isColour ? JpegSubsampling.None : random.Next(layout.BitsStored > 8 ? 2 : 4) switch
                    {
                        0 => JpegSubsampling.None,
                        1 => JpegSubsampling.Horizontal,
                        2 => JpegSubsampling.Both,
                        _ => JpegSubsampling.Vertical,
                    },
                    OptimizesTables = random.Next(2) == 0,
                    RestartRows = random.Next(3),
                };
                return ((ReadOnlySpan<byte> s, in FrameLayout l, IBufferWriter<byte> o) => JpegEncoder.Encode(s, l, o, lossy), false, $"{lossy}");
            case "JPEG lossless":
                // Predictors of two neighbours overflow in dcmdjpeg with 16 bits.
                var process14 = new JpegEncodeOptions { Process = JpegProcess.Lossless, SelectionValue = random.Next(1, layout.BitsStored > 15 ? 4 : 8), RestartRows = random.Next(4) };
                return ((ReadOnlySpan<byte> s, in FrameLayout l, IBufferWriter<byte> o) => JpegEncoder.Encode(s, l, o, process14), true, $"{process14}");
            case "JPEG-LS":
                var interleave = (JpegLsInterleave)random.Next(1, 3);
                var ls = new JpegLsEncodeOptions
                {
                    Near = random.Next(3) == 0 ? random.Next(Math.Min(8, 1 << layout.BitsStored - 1)) : 0,
                    Interleave = interleave,
                    // CharLS, and DCMTK has it, decodes samples of a pixel together with the default only.
                    Preset = new JpegLsPreset(0, 0, 0, 0, isColour && interleave == JpegLsInterleave.Sample ? 0 : random.Next(3, 256)),
                };
                return ((ReadOnlySpan<byte> s, in FrameLayout l, IBufferWriter<byte> o) => JpegLsEncoder.Encode(s, l, o, ls), ls.Near == 0, $"{ls}");
            case "RLE":
                return ((ReadOnlySpan<byte> s, in FrameLayout l, IBufferWriter<byte> o) => RleEncoder.Encode(s, l, o), true, "");
            case "JPEG 2000":
                var (width, height) = random.GetItems([(64, 64), (4, 4), (1024, 4), (4, 1024), (8, 16)], 1)[0];
                bool isTiled = random.Next(3) == 0;
                var j2k = new Jpeg2000EncodeOptions
                {
                    UsesComponentTransform = random.Next(3) > 0,
                    Levels = random.Next(7),
                    BlockWidth = width,
                    BlockHeight = height,
                    Precincts = random.Next(3) > 0 ? [] : [(8, 16)],
                    TileWidth = isTiled ? random.Next(1, 20) : 0,
                    TileHeight = isTiled ? random.Next(1, 20) : 0,
                    Progression = (ProgressionOrder)random.Next(5),
                    Ratios = random.Next(2) == 0 ? [] : [8, 3, 0],
                    WritesSop = random.Next(3) == 0,
                    WritesEph = random.Next(3) == 0,
                    WritesTlm = random.Next(3) == 0,
                };
                return ((ReadOnlySpan<byte> s, in FrameLayout l, IBufferWriter<byte> o) => Jpeg2000Encoder.Encode(s, l, o, j2k), true, $"{j2k}");
            default:
                var ht = new HighThroughputEncodeOptions { Levels = random.Next(7), TransformsColour = random.Next(3) > 0, HasResolutionIndex = random.Next(3) == 0 };
                return ((ReadOnlySpan<byte> s, in FrameLayout l, IBufferWriter<byte> o) => HighThroughputEncoder.Encode(s, l, o, ht), true, $"{ht}");
        }
    }

    /// <summary>Noise, waves, or an edge.</summary>
    private static byte[] Samples(in FrameLayout layout, Random random)
    {
        var samples = new byte[layout.FrameLength];
        int range = 1 << layout.BitsStored, least = layout.IsSigned ? -range / 2 : 0, picture = random.Next(3);
        for (int i = 0; i < samples.Length / layout.BytesPerSample; i++)
        {
            int x = i / layout.SamplesPerPixel % layout.Columns, y = i / layout.SamplesPerPixel / layout.Columns;
            int value = least + picture switch
            {
                0 => random.Next(range),
                1 => (int)((Math.Sin((x + i % layout.SamplesPerPixel) / 5.0) + Math.Cos(y / 4.0) + 2) / 4 * (range - 1)),
                _ => x > y ? range - 1 : 0,
            };
            samples[i * layout.BytesPerSample] = (byte)value;
            if (layout.BytesPerSample > 1) samples[2 * i + 1] = (byte)(value >> 8);
        }
        return samples;
    }

    private static void ClearSigns(byte[] samples, in FrameLayout layout)
    {
        int top = layout.BitsStored - 8 * (layout.BytesPerSample - 1);
        for (int i = layout.BytesPerSample - 1; i < samples.Length; i += layout.BytesPerSample) samples[i] &= (byte)((1 << top) - 1);
    }

    private static byte[] Decode(string kind, byte[] stream, in FrameLayout layout)
    {
        var samples = new byte[layout.FrameLength];
        FrameCodecs.FindByName(kind switch
        {
            "JPEG-LS" => "jpeg-ls",
            "RLE" => "rle",
            "JPEG 2000" or "HTJ2K" => "jpeg2000",
            _ => "jpeg-lossless",
        })!.Decode(stream, samples, layout, cancel: Cancel);
        return samples;
    }

    private static async Task<byte[]> NetpbmAsync(TemporaryFolder folder, byte[] stream, int length)
    {
        await File.WriteAllBytesAsync(folder["x.jpg"], stream, Cancel);
        (await ForeignTool.RunAsync("djpeg", ["-pnm", "-outfile", folder["x.pnm"], folder["x.jpg"]], cancel: Cancel)).AssertSuccess();
        return (await File.ReadAllBytesAsync(folder["x.pnm"], Cancel))[^length..];
    }

    /// <summary>Raw planes of little endian words, by pixel.</summary>
    private static async Task<byte[]> PlanesAsync(TemporaryFolder folder, byte[] stream, FrameLayout layout)
    {
        await File.WriteAllBytesAsync(folder["x.j2k"], stream, Cancel);
        (await ForeignTool.RunAsync("opj_decompress", ["-i", folder["x.j2k"], "-o", folder["x.rawl"]], cancel: Cancel)).AssertSuccess();
        byte[] planes = await File.ReadAllBytesAsync(folder["x.rawl"], Cancel);
        return ByPixel(planes, layout);
    }

    private static byte[] ByPixel(byte[] planes, in FrameLayout layout)
    {
        var samples = new byte[planes.Length];
        int pixels = (int)layout.PixelCount, width = layout.BytesPerSample;
        for (int i = 0; i < pixels * layout.SamplesPerPixel; i++)
            planes.AsSpan((i % layout.SamplesPerPixel * pixels + i / layout.SamplesPerPixel) * width, width).CopyTo(samples.AsSpan(i * width));
        return samples;
    }

    /// <summary>As DCMTK makes native pixel data of a file with that stream.</summary>
    private static async Task<byte[]> NativeAsync(TemporaryFolder folder, string tool, string kind, byte[] stream, FrameLayout layout)
    {
        var image = SampleObject.Create()
            .Set(Tags.SamplesPerPixel, layout.SamplesPerPixel).Set(Tags.PhotometricInterpretation, layout.SamplesPerPixel == 3 ? "RGB" : "MONOCHROME2")
            .Set(Tags.Rows, layout.Rows).Set(Tags.Columns, layout.Columns).Set(Tags.BitsAllocated, layout.BitsAllocated)
            .Set(Tags.BitsStored, layout.BitsStored).Set(Tags.HighBit, layout.BitsStored - 1).Set(Tags.PixelRepresentation, 0);
        if (layout.SamplesPerPixel == 3) image.Set(Tags.PlanarConfiguration, 0);
        image.SetFragments(Tags.PixelData, Fragments.FromFrames([stream]));
        string name = kind switch { "JPEG of 12 bits" => "jpeg-extended", "JPEG lossless" => "jpeg-lossless-p14", "JPEG-LS" => "jpeg-ls-near", _ => "rle" };
        new DicomFile(image, TransferSyntax.Of(Uid.Parse(FrameCodecs.FindByName(name)!.TransferSyntaxUid))).Save(folder["x.dcm"]);
        string[] arguments = tool == "dcmdjpeg" ? ["+cn", folder["x.dcm"], folder["native.dcm"]] : [folder["x.dcm"], folder["native.dcm"]];
        (await ForeignTool.RunAsync(tool, arguments, cancel: Cancel)).AssertSuccess();
        using var native = DicomFile.Open(folder["native.dcm"]);
        return StoredFrames.Of(native.DataSet, native.TransferSyntax).Read(0, Cancel);
    }
}
