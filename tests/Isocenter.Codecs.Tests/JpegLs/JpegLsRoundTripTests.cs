using System.Globalization;
using Isocenter.Codecs.JpegLs;

namespace Isocenter.Codecs.Tests.JpegLs;

public sealed class JpegLsRoundTripTests
{
    /// <summary>Everything that changes how samples are coded, drawn at random: the twin must write the same bytes, and read
    /// the same samples.</summary>
    [Fact]
    public void Encoder_and_decoder_agree_with_the_printed_standard()
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "600", CultureInfo.InvariantCulture);
        for (int seed = 0; seed < Math.Min(rounds, 100_000); seed++)
        {
            var random = new Random(seed);
            int bits = random.Next(2, 17);
            int allocated = bits > 8 ? 16 : random.Next(4) == 0 ? 16 : 8;
            var layout = new FrameLayout(random.Next(1, 24), random.Next(1, 70), random.Next(1, 6), allocated, bits,
                IsPlanar: random.Next(3) == 0);
            int maxVal = random.Next(4) == 0 ? random.Next(1, 1 << bits) : (1 << bits) - 1;
            int near = random.Next(2) == 0 ? 0 : random.Next(Math.Min(255, maxVal / 2) + 1);
            if (random.Next(2) == 0) near = Math.Min(near, 3);
            var preset = RandomPreset(random, maxVal, near);
            var interleave = (JpegLsInterleave)random.Next(3);
            int restart = random.Next(3) == 0 ? random.Next(1, layout.Rows + 2) : 0;
            var options = new JpegLsEncodeOptions { Near = near, Interleave = interleave, RestartInterval = restart, Preset = preset };
            string what = $"seed {seed}: {layout}, {options}";

            byte[] frame = TestImages.Make(layout, seed, maxVal);
            byte[] coded = TestImages.Encode(frame, layout, options);
            var planes = TestImages.Planes(frame, layout);
            byte[] data = Twin(planes, preset, options);
            Assert.True(EntropyCoded(coded).SequenceEqual(data), $"encoder, {what}");

            byte[] expected = TestImages.Frame(planes, layout);
            if (near == 0) Assert.True(expected.AsSpan().SequenceEqual(frame), $"twin, {what}");
            byte[] decoded = [];
            var thrown = Record.Exception(() => decoded = TestImages.Decode(coded, layout));
            Assert.True(thrown is null, $"{thrown?.Message}, {what}");
            Assert.True(expected.AsSpan().SequenceEqual(decoded), $"decoder, {what}");

            var header = JpegLsDecoder.ReadHeader(coded);
            Assert.Equal((layout.Rows, layout.Columns, layout.SamplesPerPixel, bits),
                (header.Info.Rows, header.Info.Columns, header.Info.Components, header.Info.BitsPerSample));
            Assert.Equal((near, near == 0, preset, restart),
                (header.Near, header.Info.IsReversible, header.Preset, header.RestartInterval));
        }
    }

    /// <summary>The twin's decoder against its encoder: else both of the above could share one mistake.</summary>
    [Fact]
    public void The_twin_decodes_what_it_encodes()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var layout = new FrameLayout(random.Next(1, 12), random.Next(1, 40), random.Next(1, 4), 16, random.Next(2, 17));
            int max = (1 << layout.BitsStored) - 1, near = random.Next(Math.Min(4, max / 2 + 1)), interleave = random.Next(3), restart = random.Next(4);
            var (maxVal, t1, t2, t3, reset) = JpegLsPreset.Default(max, near);
            var planes = TestImages.Planes(TestImages.Make(layout, seed), layout);
            if (interleave == 0) planes = planes[..1];
            byte[] data = JpegLsTwin.Encode(planes, (maxVal, t1, t2, t3, reset), near, interleave, restart);
            var again = planes.Select(_ => new int[layout.Rows, layout.Columns]).ToArray();
            JpegLsTwin.Decode(data, again, (maxVal, t1, t2, t3, reset), near, interleave, restart);
            for (int c = 0; c < planes.Length; c++) Assert.Equal(planes[c], again[c]);
        }
    }

    private static JpegLsPreset RandomPreset(Random random, int maxVal, int near)
    {
        var usual = JpegLsPreset.Default(maxVal, near);
        if (random.Next(3) > 0) return usual;
        int t1 = random.Next(near + 1, maxVal + 1), t2 = random.Next(t1, maxVal + 1), t3 = random.Next(t2, maxVal + 1);
        return new JpegLsPreset(maxVal, t1, t2, t3, random.Next(3, random.Next(2) == 0 ? 10 : Math.Max(255, maxVal) + 1));
    }

    /// <summary>The scans' data as the twin encodes them; the planes become what decoding gives.</summary>
    private static byte[] Twin(int[][,] planes, JpegLsPreset preset, JpegLsEncodeOptions options)
    {
        var parameters = (preset.MaxVal, preset.T1, preset.T2, preset.T3, preset.Reset);
        if (planes.Length > 1 && options.Interleave != JpegLsInterleave.None)
            return JpegLsTwin.Encode(planes, parameters, options.Near, (int)options.Interleave, options.RestartInterval);
        return [.. planes.SelectMany(
            plane => JpegLsTwin.Encode([plane], parameters, options.Near, 0, options.RestartInterval))];
    }

    /// <summary>What is in a code stream between scan headers and markers, restart markers included.</summary>
    private static byte[] EntropyCoded(ReadOnlySpan<byte> coded)
    {
        var data = new List<byte>();
        int i = 2;
        while (coded[i + 1] != 0xD9)
        {
            int length = coded[i + 2] << 8 | coded[i + 3];
            bool scan = coded[i + 1] == 0xDA;
            i += 2 + length;
            while (scan && (coded[i] != 0xFF || coded[i + 1] is < 0x80 or (>= 0xD0 and <= 0xD7))) data.Add(coded[i++]);
        }
        return [.. data];
    }
}
