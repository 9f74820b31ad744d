using System.Security.Cryptography;
using Isocenter.Codecs.JpegXl;

namespace Isocenter.Codecs.Tests.JpegXl;

/// <summary>Streams of another encoder, whose samples are known.</summary>
public sealed class JpegXlDecoderTests
{
    private const string VarDct =
        """
        /wroMJAUFwIAEogCAGQFXeUSAAAVKqOMG7yc6/nyQ4fFtI3rDG21bWFJosg4NkkncJikoDAFCxxjjFExOCXFGBVjZSmqimL+ugsAkn0Ast0qDpvNm/wWEZHEXbQxusHp
        HmsOLqcGVm4vkK1s07e0kmrGDMVItvJQrPAk8P5eDgayQgrkArWqSqJIqkqJPMaM2fhlXIDaN6B9bpFF98JBgftmlll9DBL/C4nbWFBqBt77b7c4XOtGKDIIBUwAauRS
        spFVIxdkADCGIhYOhvzgraFZyfdAmTT5kJC/AdbwSw5+wuxkmiwuuulUwQ7vB2vIktTrAIb6rEROzpkpmPYigWjGLB+vCtrgs9khhVPg2cZ71B8p4QKMltV5L5J8vXbJ
        02mtTkmw1c8LC8KfR6TNRtRI2Ko1PHkA5VTpSfXZtPT7nZjTueULf7XE1EeaY8EF196vqk09l/dtqZE67LICpQkr59nYQgAA
        """;

    public static TheoryData<int> Streams => [.. Enumerable.Range(0, JpegXlStream.All.Length)];

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_lossless_stream_gives_the_samples_that_went_in(int index)
    {
        var stream = JpegXlStream.All[index];
        Assert.True(stream.Samples().AsSpan().SequenceEqual(Decoded(stream)), stream.Options);
    }

    [Fact]
    public void By_plane_the_same_samples_lie_in_another_order()
    {
        var stream = JpegXlStream.All.First(one => one.Components == 3);
        byte[] byPixel = stream.Samples(), byPlane = new byte[byPixel.Length];
        JpegXlDecoder.Decode(stream.Bytes, byPlane, stream.Layout with { IsPlanar = true }, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(byPixel.Where((_, i) => i % 3 == 1), byPlane[(byPixel.Length / 3)..(byPixel.Length / 3 * 2)]);
    }

    [Fact]
    public void Words_may_be_wider_than_the_samples()
    {
        var stream = JpegXlStream.All.First(one => one is { Components: 1, Most: 255 });
        var layout = stream.Layout with { BitsAllocated = 32 };
        byte[] decoded = new byte[layout.FrameLength];
        JpegXlDecoder.Decode(stream.Bytes, decoded, layout, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(stream.Samples(), decoded.Where((_, i) => i % 4 == 0));
    }

    [Fact]
    public void Differences_that_the_palette_does_not_hold_are_those_of_the_standard()
    {
        var (stream, digest) = JpegXlStream.OfImplicitDifferences;
        Assert.StartsWith(digest, Convert.ToHexString(SHA256.HashData(Decoded(stream))), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_that_is_cut_is_refused_wherever_the_cut_is(int index)
    {
        var stream = JpegXlStream.All[index];
        byte[] bytes = stream.Bytes, samples = new byte[stream.Layout.FrameLength];
        for (int length = 0; length < bytes.Length; length += 1 + bytes.Length / 200)
        {
            var error = Record.Exception(() => JpegXlDecoder.Decode(bytes.AsSpan(0, length), samples, stream.Layout, cancel: TestContext.Current.CancellationToken));
            // The last bytes of a stream may be padding, which nobody misses.
            if (error is null) Assert.True(stream.Samples().AsSpan().SequenceEqual(samples), $"{length} of {bytes.Length} bytes");
            else Assert.IsType<CodecException>(error);
        }
    }

    [Fact]
    public void The_lossy_mode_is_refused_by_name()
    {
        var layout = new FrameLayout(30, 40, 1, 8, 8);
        var error = Assert.Throws<CodecException>(() => JpegXlDecoder.Decode(Convert.FromBase64String(VarDct), new byte[layout.FrameLength], layout));
        Assert.Contains("lossy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layout_of_another_size_is_refused_and_both_are_named()
    {
        var stream = JpegXlStream.All[0];
        var layout = stream.Layout with { Rows = stream.Rows + 1 };
        var error = Assert.Throws<CodecException>(() => JpegXlDecoder.Decode(stream.Bytes, new byte[layout.FrameLength], layout));
        Assert.Contains($"{stream.Columns} × {stream.Rows} pixels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Working_memory_is_asked_for_before_it_is_taken()
    {
        var stream = JpegXlStream.All[0];
        var options = new DecodeOptions { MaxWorkingMemory = 1000 };
        Assert.Throws<CodecException>(() => JpegXlDecoder.Decode(stream.Bytes, new byte[stream.Layout.FrameLength], stream.Layout, options));
    }

    [Fact]
    public void The_registry_decodes_the_lossless_syntax_and_passes_the_others_on()
    {
        Assert.True(FrameCodecs.Find("1.2.840.10008.1.2.4.110")!.CanDecode);
        Assert.False(FrameCodecs.Find("1.2.840.10008.1.2.4.111")!.CanDecode);
        Assert.False(FrameCodecs.Find("1.2.840.10008.1.2.4.112")!.CanDecode);
    }

    private static byte[] Decoded(JpegXlStream stream)
    {
        byte[] samples = new byte[stream.Layout.FrameLength];
        JpegXlDecoder.Decode(stream.Bytes, samples, stream.Layout, cancel: TestContext.Current.CancellationToken);
        return samples;
    }
}
