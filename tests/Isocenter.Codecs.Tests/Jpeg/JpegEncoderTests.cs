using System.Security.Cryptography;
using Isocenter.Codecs.Jpeg;

namespace Isocenter.Codecs.Tests.Jpeg;

public sealed class JpegEncoderTests
{
    [Theory]
    [InlineData(1, JpegSubsampling.None, 0.5)]
    [InlineData(3, JpegSubsampling.None, 0.5)]
    [InlineData(3, JpegSubsampling.Horizontal, 5)]
    [InlineData(3, JpegSubsampling.Vertical, 5)]
    [InlineData(3, JpegSubsampling.Both, 5)]
    [InlineData(4, JpegSubsampling.None, 0.5)]
    public void At_best_quality_samples_come_back_nearly(int components, JpegSubsampling subsampling, double distance)
    {
        foreach (var (rows, columns) in new[] { (37, 43), (16, 16), (1, 1), (3, 70), (65, 2) })
        {
            var layout = new FrameLayout(rows, columns, components, 8, 8);
            byte[] samples = TestImage.Waves(layout, 0);
            foreach (bool optimizes in new[] { false, true })
            {
                foreach (int restartRows in new[] { 0, 1 })
                {
                    byte[] stream = TestImage.Encode(samples, layout, new JpegEncodeOptions
                    {
                        Quality = 100,
                        Subsampling = subsampling,
                        Colour = JpegColour.Ycc,
                        OptimizesTables = optimizes,
                        RestartRows = restartRows,
                    });
                    Assert.InRange(TestImage.MeanDistance(samples, TestImage.Decode(stream, layout)), 0, distance);
                }
            }
        }
    }

    [Fact]
    public void Twelve_bits_come_back_nearly()
    {
        var layout = new FrameLayout(37, 43, 3, 16, 12);
        byte[] samples = TestImage.Noise(layout);
        byte[] stream = TestImage.Encode(samples, layout, new JpegEncodeOptions { Process = JpegProcess.Extended, Quality = 100 });
        Assert.InRange(TestImage.Distance(samples, TestImage.Decode(stream, layout), layout), 0, 4);
        Assert.Equal(12, JpegDecoder.ReadInfo(stream).BitsPerSample);
    }

    /// <summary>The scans of cjpeg 2.1.5 (-dct int -baseline) for the same images, as digests.</summary>
    [Theory]
    [MemberData(nameof(ScanDigests.AsTheory), MemberType = typeof(ScanDigests))]
    public void The_coded_data_is_that_of_libjpeg(JpegSubsampling subsampling, int quality, bool optimizes, int restartRows, string digest)
    {
        var layout = new FrameLayout(61, 75, 3, 8, 8);
        byte[] stream = TestImage.Encode(TestImage.Waves(layout, 9), layout, new JpegEncodeOptions
        {
            Subsampling = subsampling,
            Quality = quality,
            OptimizesTables = optimizes,
            RestartRows = restartRows,
            Colour = JpegColour.RgbToYcc,
        });
        int scan = stream.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        Assert.Equal(digest, Convert.ToHexString(SHA256.HashData(stream.AsSpan(scan)))[..32]);
    }

    [Fact]
    public void Grey_and_YCbCr_are_marked_by_JFIF_and_RGB_by_Adobe()
    {
        var colour = new FrameLayout(8, 8, 3, 8, 8);
        byte[] samples = TestImage.Waves(colour);
        Assert.Equal(ColourTransform.None, JpegDecoder.ReadInfo(TestImage.Encode(samples, colour, new JpegEncodeOptions())).Transform);
        Assert.Equal(ColourTransform.Ycc, JpegDecoder.ReadInfo(TestImage.Encode(samples, colour, new JpegEncodeOptions { Colour = JpegColour.Ycc })).Transform);
    }

    [Fact]
    public void Planes_and_words_are_read()
    {
        var layout = new FrameLayout(37, 43, 3, 8, 8);
        byte[] samples = TestImage.Waves(layout);
        var options = new JpegEncodeOptions { Colour = JpegColour.RgbToYcc, Subsampling = JpegSubsampling.Both };
        byte[] expected = TestImage.Encode(samples, layout, options);
        byte[] planes = new byte[samples.Length], words = new byte[2 * samples.Length];
        for (int i = 0; i < samples.Length; i++) (planes[i % 3 * 37 * 43 + i / 3], words[2 * i]) = (samples[i], samples[i]);
        Assert.Equal(expected, TestImage.Encode(planes, layout with { IsPlanar = true }, options));
        Assert.Equal(expected, TestImage.Encode(words, layout with { BitsAllocated = 16 }, options));
    }

    [Fact]
    public void What_a_process_cannot_take_is_refused()
    {
        var word = new FrameLayout(8, 8, 1, 16, 12);
        var signed = new FrameLayout(8, 8, 1, 8, 8, IsSigned: true);
        var many = new FrameLayout(8, 8, 5, 8, 8);
        Refused(word, new JpegEncodeOptions());
        Refused(word with { BitsStored = 16 }, new JpegEncodeOptions { Process = JpegProcess.Extended });
        Refused(signed, new JpegEncodeOptions());
        Refused(many, new JpegEncodeOptions { Process = JpegProcess.Lossless });
        Refused(word, new JpegEncodeOptions { Process = JpegProcess.Extended, Quality = 0 });
        Refused(word, new JpegEncodeOptions { Process = JpegProcess.Lossless, SelectionValue = 8 });
        Refused(word, new JpegEncodeOptions { Process = JpegProcess.Lossless, PointTransform = 12 });
        Refused(word, new JpegEncodeOptions { Process = JpegProcess.Lossless, Precision = 17 });
        Refused(new FrameLayout(2, 65535, 1, 8, 8), new JpegEncodeOptions { Process = JpegProcess.Lossless, RestartRows = 2 });
        Refused(new FrameLayout(8, 8, 1, 32, 32), new JpegEncodeOptions { Process = JpegProcess.Lossless });
    }

    private static void Refused(FrameLayout layout, JpegEncodeOptions options) =>
        Assert.ThrowsAny<ArgumentException>(() => TestImage.Encode(new byte[layout.FrameLength], layout, options));
}
