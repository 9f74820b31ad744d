using Isocenter.Codecs.Jpeg;
using Isocenter.Codecs.Jpeg.Dct;

namespace Isocenter.Codecs.Tests.Jpeg;

public sealed class DctTests
{
    [Fact]
    public void The_quick_inverse_equals_the_portable_one_and_the_sum_of_cosines()
    {
        var random = new Random(2);
        var ones = Enumerable.Repeat((short)1, 64).ToArray();
        for (int round = 0; round < 2000; round++)
        {
            var natural = new int[64];
            int scale = round % 3 == 0 ? 1000 : 200, count = random.Next(1, 65);
            for (int i = 0; i < count; i++) natural[random.Next(64)] = random.Next(-scale, scale + 1) / (1 + i / 4);
            var block = new short[64];
            for (int n = 0; n < 64; n++) block[BlockOrder.FromNatural[n]] = (short)natural[n];

            byte[] quick = new byte[64], portable = new byte[64];
            InverseDct.Transform(block, ones, quick.AsSpan(), 8);
            InverseDct.TransformAnywhere(block, ones, portable.AsSpan(), 8, 8);
            Assert.Equal(portable, quick);
            for (int n = 0; n < 64; n++)
            {
                double exact = Math.Clamp(SlowDecoder.InverseDct(natural, n % 8, n / 8) + 128, 0, 255);
                Assert.InRange(quick[n] - exact, -0.6, 0.6);
            }
        }
    }

    [Fact]
    public void A_block_of_one_coefficient_is_flat()
    {
        for (int dc = -2048; dc < 2048; dc += 7)
        {
            var block = new short[64];
            block[0] = (short)dc;
            var table = Enumerable.Repeat((short)3, 64).ToArray();
            var bytes = new byte[64];
            var words = new ushort[64];
            InverseDct.Transform(block, table, bytes.AsSpan(), 8);
            InverseDct.Transform(block, table, words.AsSpan(), 8);
            Assert.All(bytes, b => Assert.Equal(InverseDct.Flat(dc, 3, 8), b));
            Assert.All(words, w => Assert.Equal(InverseDct.Flat(dc, 3, 12), w));
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(75)]
    [InlineData(10)]
    public void The_quick_forward_equals_the_portable_one_and_inverts_the_inverse(int quality)
    {
        var random = new Random(3);
        var quantiser = new Quantiser(StandardQuantisation.For(false, quality, 8));
        for (int round = 0; round < 2000; round++)
        {
            var samples = new byte[64];
            int centre = random.Next(256), spread = random.Next(1, 300);
            for (int i = 0; i < 64; i++) samples[i] = (byte)Math.Clamp(centre + random.Next(-spread, spread + 1), 0, 255);
            short[] quick = new short[64], portable = new short[64];
            ForwardDct.Transform(samples.AsSpan(), 8, quantiser, quick);
            ForwardDct.TransformAnywhere(samples.AsSpan(), 8, quantiser, portable, 8);
            Assert.Equal(portable, quick);
            Assert.Equal(Enumerable.Range(0, 64).Where(k => quick[ForwardOrder.FromZigZag[k]] != 0).Aggregate(0UL, (bits, k) => bits | 1UL << k),
                ForwardOrder.NonZero(quick));

            if (quality < 100) continue;
            var block = new short[64];
            for (int k = 0; k < 64; k++) block[BlockOrder.FromZigZag[k]] = quick[ForwardOrder.FromZigZag[k]];
            var back = new byte[64];
            InverseDct.Transform(block, Enumerable.Repeat((short)1, 64).ToArray(), back.AsSpan(), 8);
            for (int i = 0; i < 64; i++) Assert.InRange(back[i] - samples[i], -2, 2);
        }
    }

    [Fact]
    public void Orders_of_coefficients_are_permutations()
    {
        Assert.Equal(Enumerable.Range(0, 64), BlockOrder.FromZigZag[..64].ToArray().Select(i => (int)i).Order());
        Assert.Equal(Enumerable.Range(0, 64), BlockOrder.FromNatural.ToArray().Select(i => (int)i).Order());
        Assert.Equal(Enumerable.Range(0, 64), ForwardOrder.FromZigZag.ToArray().Select(i => (int)i).Order());
    }

    [Fact]
    public void Huffman_codes_are_made_as_the_standard_says()
    {
        var random = new Random(4);
        for (int round = 0; round < 300; round++)
        {
            var frequencies = new long[256];
            for (int n = random.Next(1, 256); n > 0; n--) frequencies[random.Next(256)] = 1L << random.Next(40);
            var codes = HuffmanCodes.For(frequencies);
            // A prefix code of at most 16 bits that leaves the code of ones out, for exactly the symbols that occur.
            Assert.True(codes.Counts.Select((n, i) => n * Math.Pow(2, -(i + 1))).Sum() < 1);
            Assert.Equal(Enumerable.Range(0, 256).Where(s => frequencies[s] > 0), codes.Symbols.Select(s => (int)s).Order());
        }
    }
}
