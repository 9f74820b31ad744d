using System.Globalization;
using System.Text;

namespace Isocenter.Dicom.Tests.Text;

/// <summary>The short ways with numbers and tags, against those of .NET.</summary>
public sealed class DecimalTextsTests
{
    [Fact]
    public void Doubles_are_written_so_that_they_read_back_and_no_longer_than_the_general_way()
    {
        var random = new Random(1);
        var place = new byte[64];
        for (int i = 0; i < 200_000; i++)
        {
            double value = i % 2 == 0 ? random.Next(-1_000_000, 1_000_000) / Math.Pow(10, random.Next(8)) : BitConverter.Int64BitsToDouble(random.NextInt64());
            if (!DecimalTexts.TryFormat(value, place, out int written)) continue;
            string text = Encoding.ASCII.GetString(place, 0, written);
            Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)));
            string general = value.ToString("R", CultureInfo.InvariantCulture);
            Assert.True(text.Length <= general.Length || general.Contains('E'), text);
        }
    }

    [Fact]
    public void Floats_are_written_so_that_they_read_back_and_no_longer_than_the_general_way()
    {
        var random = new Random(2);
        var place = new byte[64];
        for (int i = 0; i < 400_000; i++)
        {
            float value = i % 2 == 0 ? (float)(random.Next(-20_000_000, 20_000_000) / Math.Pow(10, random.Next(8))) : BitConverter.Int32BitsToSingle(random.Next());
            if (!DecimalTexts.TryFormat(value, place, out int written)) continue;
            string text = Encoding.ASCII.GetString(place, 0, written);
            Assert.Equal(BitConverter.SingleToInt32Bits(value), BitConverter.SingleToInt32Bits(float.Parse(text, CultureInfo.InvariantCulture)));
            string general = value.ToString("R", CultureInfo.InvariantCulture);
            Assert.True(text.Length <= general.Length || general.Contains('E'), text);
        }
    }

    [Fact]
    public void Texts_of_numbers_are_read_as_the_general_way_reads_them()
    {
        var random = new Random(3);
        for (int i = 0; i < 400_000; i++)
        {
            string text = random.NextInt64((long)Math.Pow(10, random.Next(1, 18))).ToString(CultureInfo.InvariantCulture);
            if (i % 4 != 0) text = text.Insert(random.Next(text.Length), ".");
            if (i % 3 == 0) text = "-" + text;
            byte[] bytes = Encoding.ASCII.GetBytes(text);
            if (DecimalTexts.TryParse(bytes, single: false, out double value))
                Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(value));
            if (DecimalTexts.TryParse(bytes, single: true, out value))
                Assert.Equal(BitConverter.SingleToInt32Bits(float.Parse(text, CultureInfo.InvariantCulture)), BitConverter.SingleToInt32Bits((float)value));
        }
        foreach (string text in new[] { "", "-", ".", "-.", "1.2.3", "1e5", "+1", " 1", "1 ", "--1", "NaN", "12345678901234567" })
            Assert.False(DecimalTexts.TryParse(Encoding.ASCII.GetBytes(text), single: false, out _), text);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("0", 1)]
    [InlineData("-0.50\\12\\3.25]", 13)]
    [InlineData("123456789012345", 15)]
    [InlineData("1234567890123456", -1)]
    [InlineData("-0.12345678901234", -1)]      // 17 bytes
    [InlineData("01", -1)]
    [InlineData("1.", -1)]
    [InlineData(".5", -1)]
    [InlineData("+5", -1)]
    [InlineData("1e5", 1)]                     // ends before the e, which the caller sees
    [InlineData("1\\", -1)]
    [InlineData("1\\\\2", -1)]
    [InlineData("", -1)]
    [InlineData("-", -1)]
    public void Runs_of_simple_numbers_are_told_from_others(string text, int end) =>
        Assert.Equal(end, DecimalTexts.Scan(Encoding.ASCII.GetBytes(text), (byte)'\\', fractions: true));

    [Fact]
    public void Tags_are_eight_digits_and_nothing_else_is()
    {
        var random = new Random(4);
        var place = new byte[8];
        for (int i = 0; i < 200_000; i++)
        {
            uint value = (uint)random.NextInt64(1L << 32);
            TagDigits.Write(value, place);
            Assert.Equal(new Tag(value).ToHex(), Encoding.ASCII.GetString(place));
            if (i % 2 == 0) for (int k = 0; k < 8; k++) place[k] = (byte)char.ToLowerInvariant((char)place[k]);
            Assert.True(TagDigits.TryRead(place, out uint again));
            Assert.Equal(value, again);
            place[random.Next(8)] = (byte)random.Next(1, 256);
            bool isNumber = uint.TryParse(place, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint expected);
            Assert.Equal(isNumber, TagDigits.TryRead(place, out again));
            if (isNumber) Assert.Equal(expected, again);
        }
    }

    [Fact]
    public void The_table_of_VRs_says_what_the_rules_say()
    {
        for (int i = 0; i <= ushort.MaxValue; i++)
        {
            var vr = (VR)i;
            var traits = VRTable.Of(vr);
            Assert.Equal(vr.IsKnown(), traits != VRTraits.None);
            Assert.Equal(vr.IsText(), (traits & VRTraits.Text) != 0);
            Assert.Equal(vr.IsMultiValuedText(), (traits & VRTraits.MultiValuedText) != 0);
            Assert.Equal(vr.UsesSpecificCharacterSet(), (traits & VRTraits.UsesCharacterSet) != 0);
        }
    }
}
