using System.Text;

namespace Isocenter.Dicom.Tests.Values;

public sealed class SpecificCharacterSetTests
{
    private static SpecificCharacterSet Of(string terms) => SpecificCharacterSet.Of(terms.Split('\\'));

    /// <summary>Bytes as the standard's annexes print them: text in ASCII, escape sequences and other bytes by column and row.</summary>
    private static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '{')
            {
                bytes.Add((byte)text[i]);
                continue;
            }
            int end = text.IndexOf('}', i);
            foreach (string code in text[(i + 1)..end].Split(' ')) bytes.Add(Convert.ToByte(code, 16));
            i = end;
        }
        return [.. bytes];
    }

    /// <summary>PS3.5 Annexes H (Japanese), I (Korean), J (Chinese in UTF-8 and GB18030), K (Chinese with extensions), and the
    /// single-byte examples that are met everywhere.</summary>
    public static TheoryData<string, string, string> Names => new()
    {
        // H.3.1
        { "\\ISO 2022 IR 87", "Yamada^Tarou={1B}$B;3ED{1B}(B^{1B}$BB@O:{1B}(B={1B}$B$d$^$@{1B}(B^{1B}$B$?$m$&{1B}(B", "Yamada^Tarou=山田^太郎=やまだ^たろう" },
        // H.3.2
        { "ISO 2022 IR 13\\ISO 2022 IR 87", "{D4 CF C0 DE}^{C0 DB B3}={1B}$B;3ED{1B}(J^{1B}$BB@O:{1B}(J={1B}$B$d$^$@{1B}(J^{1B}$B$?$m$&{1B}(J", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう" },
        // I.2
        { "\\ISO 2022 IR 149", "Hong^Gildong={1B}$)C{FB F3}^{1B}$)C{D1 CE D4 D7}={1B}$)C{C8 AB}^{1B}$)C{B1 E6 B5 BF}", "Hong^Gildong=洪^吉洞=홍^길동" },
        // J.1
        { "ISO_IR 192", "Wang^XiaoDong={E7 8E 8B}^{E5 B0 8F E6 9D B1}=", "Wang^XiaoDong=王^小東=" },
        // J.3
        { "GB18030", "Wang^XiaoDong={CD F5}^{D0 A1 B6 AB}=", "Wang^XiaoDong=王^小东=" },
        { "GBK", "Wang^XiaoDong={CD F5}^{D0 A1 B6 AB}=", "Wang^XiaoDong=王^小东=" },
        // K.2
        { "\\ISO 2022 IR 58", "Zhang^XiaoDong={1B}$)A{D5 C5}^{1B}$)A{D0 A1 B6 AB}=", "Zhang^XiaoDong=张^小东=" },
        { "ISO_IR 100", "Buc^J{E9}r{F4}me", "Buc^Jérôme" },
        { "ISO_IR 101", "Wa{B3 EA}sa", "Wałęsa" },
        { "ISO_IR 109", "{A6}ebbu{A1}", "ĤebbuĦ" },
        { "ISO_IR 110", "{A3 BC}", "Ŗŧ" },
        { "ISO_IR 126", "{C4 E9 EF ED F5 F3 E9 EF F2}", "Διονυσιος" },
        { "ISO_IR 127", "{E2 C8 C7 E6 EA}^{E4 E6 D2 C7 D1}", "قباني^لنزار" },
        { "ISO_IR 138", "{F9 F8 E5 EF}^{E3 E1 E5 F8 E4}", "שרון^דבורה" },
        { "ISO_IR 144", "{BB EE DA}ceMoype{DA}", "ЛюкceMoypeк" },
        { "ISO_IR 148", "{D0 DD FE}", "Ğİş" },
        { "ISO_IR 203", "{A4 BC BD}", "€Œœ" },
        { "ISO_IR 166", "{BB C3 D0 E0 B7 C8}", "ประเทศ" },
        { "ISO_IR 13", "{D4 CF C0 DE}^{C0 DB B3}", "ﾔﾏﾀﾞ^ﾀﾛｳ" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_of_the_standard_are_decoded_and_encoded_byte_for_byte(string terms, string bytes, string text)
    {
        var characterSet = Of(terms);
        Assert.Empty(characterSet.Problems);
        Assert.Equal(text, characterSet.Decode(Bytes(bytes), VR.PN));
        Assert.True(characterSet.TryEncode(text, VR.PN, out byte[] encoded));
        Assert.Equal(Convert.ToHexString(Bytes(bytes)), Convert.ToHexString(encoded));
    }

    [Fact]
    public void Text_over_several_lines_begins_each_with_the_initial_set()
    {
        // PS3.5 §I.3
        byte[] bytes = Bytes("{1B}$)CThe {BC F6}{0D 0A}{1B}$)C{B5 CE} end{0D 0A}plain");
        var characterSet = Of("\\ISO 2022 IR 149");
        Assert.Equal("The 수\r\n두 end\r\nplain", characterSet.Decode(bytes, VR.LT));
        Assert.Equal("The 수\r\n두 end\r\nplain", characterSet.Decode(characterSet.Encode("The 수\r\n두 end\r\nplain", VR.LT), VR.LT));
        Assert.Equal(Bytes("a {1B}$B;3{1B}(B{0A}{1B}$B;3{1B}(B"), Of("\\ISO 2022 IR 87").Encode("a 山\n山", VR.LT));
    }

    [Fact]
    public void Several_single_byte_sets_follow_each_other_by_escape_sequences()
    {
        var characterSet = Of("ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126");
        byte[] bytes = Bytes("{E9} {1B}-L{BB EE}^{E9}\\{1B}-F{C4}");
        Assert.Equal("é Лю^é\\Δ", characterSet.Decode(bytes, VR.PN));
        Assert.Equal(Convert.ToHexString(Bytes("{E9} {1B}-L{BB EE}{1B}-A^{E9}\\{1B}-F{C4}{1B}-A")), Convert.ToHexString(characterSet.Encode("é Лю^é\\Δ", VR.PN)));
    }

    [Fact]
    public void A_backslash_that_is_half_a_character_does_not_separate_values()
    {
        // GBK and GB18030 have second bytes from 0x40 on, JIS X 0208 has both bytes within ASCII.
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "GBK").SetBytes(Tags.OtherPatientIDs, VR.LO, [0x81, 0x5C, (byte)'\\', 0xB6, 0xAB, (byte)' ']);
        Assert.Equal(["乗", "东"], dataSet.GetAll<string>(Tags.OtherPatientIDs));

        dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "\\ISO 2022 IR 87").SetBytes(Tags.PatientName, VR.PN, Bytes("{1B}$B%=%\\{1B}(B\\b"));
        Assert.Equal(["ソボ", "b"], dataSet.GetAll<string>(Tags.PatientName));
    }

    [Theory]
    [InlineData("ISO IR 100", "é")]
    [InlineData("ISO-IR 100", "é")]
    [InlineData("ISO_IR_100", "é")]
    [InlineData("iso_ir 100", "é")]
    [InlineData("LATIN1", "é")]
    [InlineData("ISO 8859-1", "é")]
    [InlineData("ISO IR 144", "щ")]
    [InlineData("ISO 2022 IR 192", "\uFFFD")]
    [InlineData("UTF-8", "\uFFFD")]
    public void Other_spellings_are_taken_for_what_they_mean_and_reported(string term, string e9)
    {
        var characterSet = Of(term);
        Assert.Equal(e9, characterSet.Decode([0xE9], VR.LO));
        Assert.Single(characterSet.Problems);
    }

    [Theory]
    [InlineData("ISO_IR 999")]
    [InlineData("Ä")]
    [InlineData("garbage garbage garbage garbage garbage garbage garbage garbage garbage garbage")]
    public void An_unknown_term_is_the_default_and_reported(string term)
    {
        var characterSet = Of(term);
        Assert.Equal("é", characterSet.Decode([0xE9], VR.LO));
        Assert.Contains("not a defined term", Assert.Single(characterSet.Problems));
    }

    [Fact]
    public void Terms_that_cannot_be_combined_are_reported()
    {
        Assert.Equal("東", Of("ISO_IR 192\\ISO 2022 IR 100").Decode("東"u8, VR.LO));
        Assert.Single(Of("ISO_IR 192\\ISO 2022 IR 100").Problems);
        Assert.Equal("é", Of("ISO 2022 IR 100\\ISO_IR 192").Decode([0xE9], VR.LO));
        Assert.Single(Of("ISO 2022 IR 100\\ISO_IR 192").Problems);
        Assert.Empty(Of("ISO 2022 IR 6\\ISO 2022 IR 87").Problems);
    }

    [Fact]
    public void Escape_sequences_that_were_forgotten_or_not_declared_are_understood()
    {
        // After the caret the Korean set would have to be designated again.
        Assert.Equal("洪^吉洞", Of("\\ISO 2022 IR 149").Decode(Bytes("{1B}$)C{FB F3}^{D1 CE D4 D7}"), VR.PN));
        Assert.Equal("山田", SpecificCharacterSet.Default.Decode(Bytes("{1B}$B;3ED{1B}(B"), VR.LO));
        Assert.Equal("山田", Of("ISO_IR 100").Decode(Bytes("{1B}$B;3ED{1B}(B"), VR.LO));
    }

    [Fact]
    public void Bytes_that_mean_nothing_become_replacement_characters_and_never_an_exception()
    {
        Assert.Equal("a\uFFFDb", SpecificCharacterSet.Utf8.Decode([0x61, 0xFF, 0x62], VR.LO));
        Assert.Equal("\uFFFD", Of("ISO_IR 127").Decode([0xFF], VR.LO));
        Assert.Equal("\uFFFD", Of("\\ISO 2022 IR 149").Decode([0xFB], VR.LO));
        Assert.Equal("\uFFFD", Of("\\ISO 2022 IR 87").Decode(Bytes("{1B}$B;"), VR.LO));
        Assert.Equal("\u001B$Z", Of("\\ISO 2022 IR 87").Decode(Bytes("{1B}$Z"), VR.LO));
        var random = new Random(7);
        byte[] noise = new byte[64];
        foreach (string terms in new[] { "", "GB18030", "GBK", "ISO_IR 192", "ISO_IR 13", "ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159", "\\ISO 2022 IR 149", "\\ISO 2022 IR 58" })
        {
            for (int i = 0; i < 500; i++)
            {
                random.NextBytes(noise);
                for (int escape = 0; escape < 5; escape++) noise[random.Next(noise.Length)] = 0x1B;
                string text = Of(terms).Decode(noise, VR.LO);
                Of(terms).Encode(text, VR.PN);
            }
        }
    }

    [Fact]
    public void A_VR_without_choice_of_set_is_not_decoded_by_it()
    {
        Assert.Equal("Ã©", SpecificCharacterSet.Utf8.Decode([0xC3, 0xA9], VR.CS));
        Assert.False(SpecificCharacterSet.Utf8.TryEncode("é", VR.CS, out _));
    }

    [Theory]
    [InlineData("", "é")]
    [InlineData("ISO_IR 100", "ł")]
    [InlineData("ISO_IR 13", "¥")]
    [InlineData("GBK", "😀")]
    [InlineData("\\ISO 2022 IR 87", "홍")]
    public void What_a_set_does_not_hold_is_told_and_becomes_a_question_mark(string terms, string text)
    {
        Assert.False(Of(terms).TryEncode("a" + text + "b", VR.LO, out byte[] bytes));
        Assert.Contains((byte)'?', bytes);
        Assert.Equal((byte)'b', bytes[^1]);
    }

    [Fact]
    public void The_first_set_that_holds_a_character_is_invoked_for_it()
    {
        var characterSet = Of("ISO 2022 IR 100\\ISO 2022 IR 87\\ISO 2022 IR 159\\ISO 2022 IR 149");
        const string Text = "é 山 丂 홍 z";
        Assert.True(characterSet.TryEncode(Text, VR.LO, out byte[] bytes));
        Assert.Equal(Convert.ToHexString(Bytes("{E9} {1B}$B;3{1B}(B {1B}$(D0!{1B}(B {1B}$)C{C8 AB} z{1B}-A")), Convert.ToHexString(bytes));
        Assert.Equal(Text, characterSet.Decode(bytes, VR.LO));
    }

    [Fact]
    public void Every_character_of_every_set_survives_a_round_trip()
    {
        string[] all = ["100", "101", "109", "110", "144", "127", "126", "138", "148", "203", "13", "166", "87", "159", "149", "58"];
        foreach (string number in all)
        {
            var characterSet = Of("ISO 2022 IR 6\\ISO 2022 IR " + number);
            int count = 0;
            for (int c = 0x80; c < 0xFFFD; c++)
            {
                if (char.IsSurrogate((char)c)) continue;
                string text = ((char)c).ToString();
                if (!characterSet.TryEncode(text, VR.UT, out byte[] bytes)) continue;
                count++;
                Assert.Equal(text, characterSet.Decode(bytes, VR.UT));
            }
            Assert.InRange(count, 40, 10_000);
        }
    }

    [Fact]
    public void An_item_has_the_character_set_of_the_data_set_around_it_unless_it_has_its_own()
    {
        var own = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 144").Set(Tags.CodeMeaning, "Люк");
        var inherited = new DataSet();
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.ReferencedImageSequence, own, inherited);
        inherited.Set(Tags.CodeMeaning, "é");
        Assert.Equal("Люк", dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[0].Get<string>(Tags.CodeMeaning));
        Assert.True(inherited.TryFind(Tags.CodeMeaning, out var element));
        Assert.Equal([0xE9, 0x20], element.Bytes.ToArray());
    }

    [Fact]
    public void Nothing_is_registered_for_the_process()
    {
        Assert.Equal(2, Of("GBK").Encode("东", VR.LO).Length);
        Assert.Throws<NotSupportedException>(() => Encoding.GetEncoding(936));
    }
}
