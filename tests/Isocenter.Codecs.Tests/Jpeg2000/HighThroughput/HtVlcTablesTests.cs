using Isocenter.Codecs.Jpeg2000.HighThroughput;

namespace Isocenter.Codecs.Tests.Jpeg2000.HighThroughput;

public sealed class HtVlcTablesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_seven_bits_begin_with_exactly_one_code_word(bool firstRow)
    {
        var words = (firstRow ? HtVlcTables.FirstRowWords : HtVlcTables.OtherRowWords).ToArray()
            .Select(packed => new HtVlcTables.CodeWord(packed)).ToArray();
        for (int context = 0; context < 8; context++)
        {
            for (int bits = 0; bits < 128; bits++)
                Assert.Single(words, w => w.Context == context && (bits & (1 << w.Length) - 1) == w.Bits);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_quad_has_a_code_word_that_gives_it_back(bool firstRow)
    {
        var encoding = firstRow ? HtVlcTables.FirstRowEncoding : HtVlcTables.OtherRowEncoding;
        var decoding = firstRow ? HtVlcTables.FirstRow : HtVlcTables.OtherRows;
        for (int index = 0; index < 2048; index++)
        {
            int context = index >> 8, significance = index >> 4 & 15, largest = index & 15;
            if ((largest & ~significance) != 0 || context == 0 && significance == 0) continue;
            int word = encoding[index];
            int entry = (int)decoding[context << 7 | word >> 7];
            Assert.Equal(word >> 4 & 7, entry & 63);
            Assert.Equal(significance, entry >> 10 & 15);
            Assert.Equal(largest != 0 ? 1 : 0, entry >> 6 & 1);
            Assert.Equal(word & 15, entry >> 18);
            Assert.Equal(largest & word & 15, entry >> 14 & 15);
        }
    }

    [Fact]
    public void Known_exponents_are_of_significant_samples()
    {
        foreach (uint packed in HtVlcTables.FirstRowWords.ToArray().Concat(HtVlcTables.OtherRowWords.ToArray()))
        {
            var word = new HtVlcTables.CodeWord(packed);
            Assert.Equal(0, word.LargestKnown & ~word.Significance);
            Assert.Equal(0, word.LargestValue & ~word.LargestKnown);
        }
    }
}
