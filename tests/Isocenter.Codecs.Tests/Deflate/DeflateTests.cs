using System.Buffers;
using System.IO.Compression;
using Isocenter.Codecs.Deflate;

namespace Isocenter.Codecs.Tests.Deflate;

public sealed class DeflateTests
{
    private static readonly FrameLayout Layout = new(50, 70, 1, 16, 12);

    [Fact]
    public void What_is_encoded_is_decoded_to_the_same_bytes()
    {
        byte[] frame = Frame();
        var decoded = new byte[frame.Length];
        DeflateDecoder.Decode(Encode(frame), decoded, Layout);
        Assert.Equal(frame, decoded);
    }

    [Fact]
    public void A_zlib_header_and_padding_behind_the_stream_do_no_harm()
    {
        byte[] frame = Frame();
        using var target = new MemoryStream();
        using (var zlib = new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(frame);
        var decoded = new byte[frame.Length];
        DeflateDecoder.Decode([.. target.ToArray(), 0, 0], decoded, Layout);
        Assert.Equal(frame, decoded);
    }

    [Fact]
    public void A_stream_that_is_cut_off_gives_what_was_before_the_cut()
    {
        byte[] frame = Frame(), coded = Encode(frame);
        var decoded = new byte[frame.Length];
        Array.Fill(decoded, (byte)0xEE);
        var error = Assert.Throws<CodecException>(() => DeflateDecoder.Decode(coded.AsSpan(0, coded.Length / 2), decoded, Layout));
        Assert.Contains($"of {frame.Length} bytes", error.Message);
        int same = frame.AsSpan().CommonPrefixLength(decoded);
        Assert.InRange(same, 100, frame.Length - 1);
        Assert.Equal(0, decoded[^1]);
    }

    [Fact]
    public void A_bomb_is_inflated_no_further_than_the_frame()
    {
        using var target = new MemoryStream();
        using (var deflate = new DeflateStream(target, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(new byte[64 << 20]);
        byte[] coded = target.ToArray();
        var decoded = new byte[Layout.FrameLength];
        DeflateDecoder.Decode(coded, decoded, Layout);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DeflateDecoder.Decode(coded, decoded, Layout);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 * 1024);
    }

    [Fact]
    public void Mutated_code_streams_are_decoded_or_refused()
    {
        var random = new Random(20260213);
        byte[] seed = Encode(Frame());
        var decoded = new byte[Layout.FrameLength];
        for (int round = Fuzz.Rounds / 10; round > 0; round--)
        {
            try
            {
                DeflateDecoder.Decode(Fuzz.Mutate(seed, random), decoded, Layout);
            }
            catch (CodecException)
            {
                // A clear refusal is one of the two right answers.
            }
        }
    }

    private static byte[] Encode(byte[] frame)
    {
        var output = new ArrayBufferWriter<byte>();
        DeflateEncoder.Encode(frame, Layout, output);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Frame()
    {
        var random = new Random(5);
        var frame = new byte[Layout.FrameLength];
        for (int i = 0; i < frame.Length; i++) frame[i] = (byte)(random.Next(8) * (i % 2));
        return frame;
    }
}
