using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Codecs.Tests.Registry;

/// <summary>What all codecs have in common behind their one face.</summary>
public sealed class FrameCodecsTests
{
    public static TheoryData<string, FrameLayout> LosslessPairs()
    {
        FrameLayout[] layouts =
        [
            new(37, 53, 1, 8, 8), new(64, 64, 1, 16, 12), new(33, 40, 1, 16, 16), new(33, 40, 1, 16, 16, IsSigned: true), new(20, 31, 3, 8, 8),
            new(1, 1, 1, 8, 8), new(70, 3, 3, 16, 16),
        ];
        var data = new TheoryData<string, FrameLayout>();
        foreach (var codec in FrameCodecs.All.Where(codec => codec.CanEncode && codec.CanDecode))
            foreach (var layout in layouts.Where(layout => layout.BitsStored <= codec.MaxBitsStored && (codec.TakesSigned || !layout.IsSigned)))
                if (!codec.IsLossy(FrameEncodeOptions.Default)) data.Add(codec.Name, layout);
        return data;
    }

    [Theory, MemberData(nameof(LosslessPairs))]
    public void Lossless_codec_gives_back_every_bit(string name, FrameLayout layout)
    {
        var codec = FrameCodecs.FindByName(name)!;
        byte[] samples = Ramp(layout);
        byte[] codeStream = Encode(codec, samples, layout, new FrameEncodeOptions { IsRgb = layout.SamplesPerPixel == 3 });
        var back = new byte[samples.Length];
        if (codec.HasHeader)
        {
            var info = codec.ReadInfo(codeStream);
            Assert.Equal((layout.Rows, layout.Columns, layout.SamplesPerPixel), (info.Rows, info.Columns, info.Components));
            Assert.True(info.IsReversible);
        }
        codec.Decode(codeStream, back, layout);
        Assert.Equal(samples, back);
    }

    [Fact]
    public void Codecs_are_found_by_their_uid_and_by_their_name_in_any_case()
    {
        foreach (var codec in FrameCodecs.All)
        {
            Assert.Same(codec, FrameCodecs.Find(codec.TransferSyntaxUid));
            Assert.Same(codec, FrameCodecs.FindByName(codec.Name.ToUpperInvariant()));
        }
        Assert.Null(FrameCodecs.Find("1.2.840.10008.1.2.1"));
        Assert.Null(FrameCodecs.FindByName("gif"));
    }

    [Fact]
    public void Code_streams_are_recognised_by_their_first_bytes()
    {
        foreach (var codec in FrameCodecs.All.Where(codec => codec.CanEncode && codec.HasHeader))
        {
            var layout = new FrameLayout(16, 16, 1, 8, 8);
            Assert.Equal(codec.Family, FrameCodecs.Identify(Encode(codec, Ramp(layout), layout, FrameEncodeOptions.Default))?.Family);
        }
        Assert.Null(FrameCodecs.Identify("GIF89a"u8));
        Assert.Null(FrameCodecs.Identify([]));
    }

    /// <summary>The bytes are of the standard: SOI, and a frame header of each process.</summary>
    [Theory]
    [InlineData(0xC0, "jpeg-baseline")]
    [InlineData(0xC1, "jpeg-extended")]
    [InlineData(0xC2, "jpeg-process-10-12")]
    [InlineData(0xC3, "jpeg-lossless-p14")]
    [InlineData(0xC9, "jpeg-process-3-5")]
    [InlineData(0xCA, "jpeg-process-11-13")]
    [InlineData(0xCB, "jpeg-process-15")]
    [InlineData(0xF7, "jpeg-ls")]
    public void Marker_of_the_frame_tells_the_process(byte marker, string name)
    {
        byte[] stream = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC4, 0, 2, 0xFF, marker, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0];
        Assert.Equal(name, FrameCodecs.Identify(stream)?.Name);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(40)]
    public void Lossy_htj2k_is_as_short_as_asked_and_not_much_shorter(double ratio)
    {
        var layout = new FrameLayout(256, 256, 1, 16, 12);
        byte[] samples = Ramp(layout);
        byte[] codeStream = Encode(FrameCodecs.FindByName("htj2k")!, samples, layout, new FrameEncodeOptions { Ratio = ratio });
        double found = 256 * 256 * 1.5 / codeStream.Length;
        Assert.InRange(found, ratio, ratio * 1.25);
    }

    [Fact]
    public void Near_lossless_stays_within_near()
    {
        var layout = new FrameLayout(50, 60, 1, 8, 8);
        byte[] samples = Ramp(layout), back = new byte[samples.Length];
        var codec = FrameCodecs.FindByName("jpeg-ls-near")!;
        codec.Decode(Encode(codec, samples, layout, new FrameEncodeOptions { Near = 3 }), back, layout);
        for (int i = 0; i < samples.Length; i++) Assert.InRange(back[i] - samples[i], -3, 3);
        Assert.NotEqual(samples, back);
    }

    [Fact]
    public void Ratio_of_1_loses_nothing()
    {
        var codec = FrameCodecs.FindByName("htj2k")!;
        var options = new FrameEncodeOptions { Ratio = 1 };
        Assert.False(codec.IsLossy(options));
        var layout = new FrameLayout(30, 30, 3, 8, 8);
        byte[] samples = Ramp(layout), back = new byte[samples.Length];
        codec.Decode(Encode(codec, samples, layout, options with { IsRgb = true }), back, layout);
        Assert.Equal(samples, back);
        Assert.Equal("YBR_RCT", codec.PhotometricOf("RGB", options with { IsRgb = true }));
        Assert.Equal("YBR_ICT", codec.PhotometricOf("RGB", new FrameEncodeOptions { IsRgb = true }));
        Assert.Equal("YBR_FULL", codec.PhotometricOf("YBR_FULL", new FrameEncodeOptions { IsYcc = true }));
    }

    [Fact]
    public void Jpeg_of_colours_is_subsampled_ycbcr()
    {
        var layout = new FrameLayout(16, 16, 3, 8, 8);
        var codec = FrameCodecs.FindByName("jpeg-baseline")!;
        byte[] codeStream = Encode(codec, Ramp(layout), layout, new FrameEncodeOptions { IsRgb = true });
        Assert.Equal(ColourTransform.Ycc, codec.ReadInfo(codeStream).Transform);
        Assert.Equal("YBR_FULL_422", codec.PhotometricOf("RGB", new FrameEncodeOptions { IsRgb = true }));
        Assert.True(codec.IsLossy(FrameEncodeOptions.Default));
    }

    [Fact]
    public void Retired_processes_are_decoded_and_not_encoded()
    {
        var codec = FrameCodecs.Find("1.2.840.10008.1.2.4.55")!;
        Assert.True(codec.CanDecode);
        Assert.False(codec.CanEncode);
        Assert.Throws<NotSupportedException>(() => Encode(codec, new byte[4], new FrameLayout(2, 2, 1, 8, 8), FrameEncodeOptions.Default));
    }

    private static byte[] Encode(FrameCodec codec, byte[] samples, FrameLayout layout, FrameEncodeOptions options)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Encode(samples, layout, output, options);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A slope with some noise, in all values of the bits stored.</summary>
    private static byte[] Ramp(in FrameLayout layout)
    {
        var random = new Random(5);
        var samples = new byte[layout.FrameLength];
        long range = 1L << layout.BitsStored, low = layout.IsSigned ? -range / 2 : 0;
        for (int i = 0, at = 0; at < samples.Length; i++, at += layout.BytesPerSample)
        {
            int pixel = i / layout.SamplesPerPixel, x = pixel % layout.Columns, y = pixel / layout.Columns;
            long value = low + (long)((range - 1) * ((x / (double)layout.Columns + y / (double)layout.Rows) / 2)) + random.Next((int)Math.Max(1, range / 64));
            value = Math.Clamp(value, low, low + range - 1);
            if (layout.BytesPerSample == 1) samples[at] = (byte)value;
            else BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(at), (short)value);
        }
        return samples;
    }
}
