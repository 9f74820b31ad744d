using System.Buffers;
using System.Globalization;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs.Tests.Jpeg2000;

public sealed class Jpeg2000EncoderTests
{
    private static int Rounds { get; } = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "150", CultureInfo.InvariantCulture);

    public static TheoryData<int, int, int, int, bool, bool> Layouts => new()
    {
        { 1, 1, 1, 8, false, false }, { 7, 300, 1, 12, false, false }, { 300, 5, 1, 16, true, false },
        { 130, 190, 3, 8, false, false }, { 64, 65, 3, 8, false, true }, { 33, 40, 3, 16, true, true },
        { 257, 129, 1, 1, false, false }, { 90, 91, 2, 10, true, false }, { 20, 20, 4, 24, false, false }, { 512, 512, 1, 12, true, false },
    };

    [Theory, MemberData(nameof(Layouts))]
    public void Lossless_frames_come_back(int rows, int columns, int components, int bits, bool isSigned, bool isPlanar)
    {
        var layout = Frames.Layout(rows, columns, components, bits, isSigned, isPlanar);
        byte[] samples = Frames.Make(layout, new Random(rows + bits));

        byte[] stream = Frames.Encode(samples, layout, Jpeg2000EncodeOptions.Lossless);

        Assert.True(samples.AsSpan().SequenceEqual(Frames.Decode(stream, layout)));
        var info = Jpeg2000Decoder.ReadInfo(stream);
        Assert.Equal((rows, columns, components, bits, isSigned, true), (info.Rows, info.Columns, info.Components, info.BitsPerSample, info.IsSigned, info.IsReversible));
    }

    /// <summary>ISOCENTER_FUZZ says how many frames.</summary>
    [Fact]
    public void Any_lossless_options_give_back_any_frame()
    {
        for (int round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            var layout = Frames.RandomLayout(random);
            var options = Frames.RandomOptions(random);
            byte[] samples = Frames.Make(layout, random);
            byte[] stream = Frames.Encode(samples, layout, options);
            Assert.True(samples.AsSpan().SequenceEqual(Frames.Decode(stream, layout)), $"round {round}: {layout} {options} {options.BlockStyle}");
        }
    }

    [Fact]
    public void Threads_do_not_change_the_code_stream()
    {
        var layout = Frames.Layout(500, 400, 3, 8);
        byte[] samples = Frames.Make(layout, new Random(1));
        foreach (var options in new[] { Jpeg2000EncodeOptions.Lossless, new Jpeg2000EncodeOptions { IsReversible = false, Ratios = [10] } })
            Assert.Equal(Frames.Encode(samples, layout, options), Frames.Encode(samples, layout, options with { MaxDegreeOfParallelism = 4 }));
    }

    [Theory]
    [InlineData(8, 1, 4), InlineData(8, 1, 10), InlineData(8, 3, 10), InlineData(8, 3, 40), InlineData(12, 1, 10), InlineData(16, 1, 20), InlineData(16, 1, 5)]
    public void The_code_stream_has_the_size_of_its_ratio_and_not_more(int bits, int components, double ratio)
    {
        var layout = Frames.Layout(400, 500, components, bits);
        byte[] samples = Noisy(layout);
        double wanted = 400.0 * 500 * components * bits / 8 / ratio;
        foreach (var options in new[]
                 {
                     new Jpeg2000EncodeOptions { IsReversible = false, Ratios = [ratio] },
                     new Jpeg2000EncodeOptions { IsReversible = true, Ratios = [2 * ratio, ratio] },
                     new Jpeg2000EncodeOptions { IsReversible = false, Ratios = [4 * ratio, ratio], TileWidth = 128, TileHeight = 100, Progression = ProgressionOrder.Rpcl },
                 })
        {
            byte[] stream = Frames.Encode(samples, layout, options);
            Assert.InRange(stream.Length, wanted * 0.98, wanted);
            Assert.InRange(Frames.PeakSignalToNoise(samples, Frames.Decode(stream, layout), layout), 20, 100);
        }
    }

    [Theory]
    [InlineData(8, 1, 35), InlineData(8, 3, 40), InlineData(12, 1, 50), InlineData(16, 1, 60)]
    public void The_code_stream_has_the_noise_that_it_may_have(int bits, int components, double noise)
    {
        var layout = Frames.Layout(400, 500, components, bits);
        byte[] samples = Noisy(layout);
        byte[] stream = Frames.Encode(samples, layout, new Jpeg2000EncodeOptions { IsReversible = false, PeakSignalToNoise = [noise] });
        Assert.InRange(Frames.PeakSignalToNoise(samples, Frames.Decode(stream, layout), layout), noise - 0.3, noise + 0.8);
    }

    [Fact]
    public void Layers_come_closer_one_after_the_other_up_to_everything()
    {
        var layout = Frames.Layout(300, 300, 1, 12);
        byte[] samples = Noisy(layout);
        byte[] stream = Frames.Encode(samples, layout, new Jpeg2000EncodeOptions { Ratios = [30, 15, 6, 1] });
        double last = 0;
        foreach (double ratio in new[] { 30, 15, 6 })
        {
            byte[] cut = stream[..(int)(300 * 300 * 1.5 / ratio)];
            var decoded = new byte[layout.FrameLength];
            Assert.Throws<CodecException>(() => Jpeg2000Decoder.Decode(cut, decoded, layout));
            double noise = Frames.PeakSignalToNoise(samples, decoded, layout);
            Assert.True(noise > last + 1, $"{noise} dB at {ratio}:1, {last} before");
            last = noise;
        }
        Assert.Equal(samples, Frames.Decode(stream, layout));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var layout = Frames.Layout(8, 8, 1, 8);
        Jpeg2000EncodeOptions[] all =
        [
            new() { Levels = 33 }, new() { BlockWidth = 48 }, new() { BlockWidth = 128, BlockHeight = 64 }, new() { BlockHeight = 2 }, new() { TileWidth = -1 },
            new() { Precincts = [(3, 4)] }, new() { Ratios = [double.NaN] }, new() { Ratios = [2], PeakSignalToNoise = [30] }, new() { Step = 0 },
            new() { BlockStyle = CodeBlockStyle.HighThroughput },
        ];
        foreach (var options in all) Assert.Throws<ArgumentException>(() => Frames.Encode(new byte[64], layout, options));
        Assert.Throws<ArgumentException>(() => Frames.Encode(new byte[4], new FrameLayout(1, 1, 1, 32, 25), Jpeg2000EncodeOptions.Lossless));
    }

    [Fact]
    public void Encoding_can_be_cancelled()
    {
        var layout = Frames.Layout(64, 64, 1, 8);
        Assert.Throws<OperationCanceledException>(
            () => Jpeg2000Encoder.Encode(new byte[4096], layout, new ArrayBufferWriter<byte>(), cancel: new CancellationToken(canceled: true)));
    }

    private static byte[] Noisy(in FrameLayout layout)
    {
        var random = new Random(5);
        var bytes = new byte[layout.FrameLength];
        double range = Math.ScaleB(1, layout.BitsStored);
        for (int i = 0; i < bytes.Length / layout.BytesPerSample; i++)
        {
            int x = i / layout.SamplesPerPixel % layout.Columns, y = i / layout.SamplesPerPixel / layout.Columns;
            double value = 0.5 + Math.Sin(x / 19.0) * 0.2 + Math.Cos((y + x) / 37.0) * 0.15 + (random.NextDouble() - 0.5) * 0.06 + (x % 100 < y % 80 ? 0.08 : 0);
            int sample = (int)Math.Clamp(value * range, 0, range - 1);
            for (int b = 0; b < layout.BytesPerSample; b++) bytes[i * layout.BytesPerSample + b] = (byte)(sample >> 8 * b);
        }
        return bytes;
    }
}
