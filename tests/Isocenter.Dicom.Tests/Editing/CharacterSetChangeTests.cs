using System.Text;

namespace Isocenter.Dicom.Tests.Editing;

/// <summary>Text keeps its meaning when (0008,0005) changes.</summary>
public sealed class CharacterSetChangeTests
{
    private static readonly Tag Sequence = Tags.ReferencedImageSequence;

    private static DataSet Sample(string characterSet = "ISO_IR 100")
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, characterSet).Set(Tags.PatientName, "Müller^Jörg").Set(Tags.Modality, "CT");
        dataSet.AddItem(Sequence).Set(Tags.CodeMeaning, "Schädel").AddItem(Sequence).Set(Tags.CodeMeaning, "für");
        dataSet.AddItem(Sequence).Set(Tags.SpecificCharacterSet, "ISO_IR 144").Set(Tags.CodeMeaning, "Люк");
        return dataSet;
    }

    private static void AssertTexts(DataSet dataSet)
    {
        // Written and read again: what counts are the bytes.
        dataSet = DicomFile.ReadDataSet(DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian).DataSet;
        Assert.Equal("Müller^Jörg", dataSet.Get<string>(Tags.PatientName));
        Assert.Equal("Schädel", dataSet.Get<string>(ElementPath.Parse("ReferencedImageSequence[0].CodeMeaning")));
        Assert.Equal("für", dataSet.Get<string>(ElementPath.Parse("ReferencedImageSequence[0].ReferencedImageSequence[0].CodeMeaning")));
        Assert.Equal("Люк", dataSet.Get<string>(ElementPath.Parse("ReferencedImageSequence[1].CodeMeaning")));
    }

    [Fact]
    public void Setting_the_character_set_encodes_all_text_anew()
    {
        var dataSet = Sample().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        AssertTexts(dataSet);
        Assert.True(dataSet.TryFind(Tags.PatientName, out var name));
        Assert.Equal("Müller^Jörg "u8, name.Bytes.Span[..14]);
        AssertTexts(dataSet.ChangeCharacterSet("ISO 2022 IR 6", "ISO 2022 IR 100"));
        AssertTexts(dataSet.ChangeCharacterSet("GB18030"));
    }

    [Fact]
    public void Text_that_the_new_set_does_not_hold_refuses_the_change_whole()
    {
        var dataSet = Sample();
        byte[] before = DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian);
        var error = Assert.Throws<ArgumentException>(() => dataSet.Set(Tags.SpecificCharacterSet, "ISO_IR 144"));
        Assert.Contains("(0008,1140)[0](0008,0104): 'Schädel'", error.Message);
        Assert.Contains("ISO_IR 144", error.Message);
        Assert.Throws<InvalidOperationException>(() => dataSet.Remove(Tags.SpecificCharacterSet));
        Assert.Throws<InvalidOperationException>(() => dataSet.ChangeCharacterSet());
        Assert.Equal(before, DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian));
    }

    [Fact]
    public void A_wrong_declaration_is_corrected_without_touching_the_bytes()
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100").SetBytes(Tags.PatientName, VR.PN, "Люк"u8);
        Assert.NotEqual("Люк", dataSet.Get<string>(Tags.PatientName));
        Assert.Equal("Люк", dataSet.DeclareCharacterSet("ISO_IR 192").Get<string>(Tags.PatientName));
        Assert.True(dataSet.TryFind(Tags.PatientName, out var element));
        Assert.Equal("Люк"u8, element.Bytes.Span);
        Assert.False(dataSet.DeclareCharacterSet().Contains(Tags.SpecificCharacterSet));
    }

    [Fact]
    public void Bytes_that_mean_nothing_keep_themselves()
    {
        byte[] wrong = [(byte)'a', 0xFF, 0xFE, (byte)' '];
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").SetBytes(Tags.PatientID, VR.LO, wrong).Set(Tags.PatientName, "é");
        dataSet.ChangeCharacterSet("ISO_IR 100");
        Assert.True(dataSet.TryFind(Tags.PatientID, out var element));
        Assert.Equal(wrong, element.Bytes.ToArray());
        Assert.Equal("é", dataSet.Get<string>(Tags.PatientName));
    }

    [Fact]
    public void An_item_from_a_data_set_with_another_character_set_brings_its_text()
    {
        var german = Sample();
        var russian = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 144").Set(Tags.PatientName, "Люк");
        russian.AddItem(Sequence).Set(Tags.CodeMeaning, "Люк");
        var utf8 = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Sequence, german.Get<DataSet>(Sequence), russian.Get<DataSet>(Sequence));
        Assert.Equal("Schädel", utf8.Get<string>(ElementPath.Parse("ReferencedImageSequence[0].CodeMeaning")));
        Assert.Equal("Люк", utf8.Get<string>(ElementPath.Parse("ReferencedImageSequence[1].CodeMeaning")));
        Assert.False(utf8.Get<DataSet>(Sequence).Contains(Tags.SpecificCharacterSet));
        // Where the set does not hold it, the item declares its own.
        german.AddItem(Sequence, russian.Get<DataSet>(Sequence));
        Assert.Equal("Люк", german.Get<string>(ElementPath.Parse("ReferencedImageSequence[-1].CodeMeaning")));
        Assert.Equal("ISO_IR 144", german.Get<string>(ElementPath.Parse("ReferencedImageSequence[-1].SpecificCharacterSet")));
    }

    [Fact]
    public void An_element_from_a_data_set_with_another_character_set_brings_its_text()
    {
        var german = Sample();
        var utf8 = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        foreach (var element in german.Where(element => element.Tag != Tags.SpecificCharacterSet)) utf8.Add(element);
        AssertTexts(utf8);
        var russian = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 144");
        Assert.True(german.TryFind(Tags.PatientName, out var name));
        Assert.Contains("ISO_IR 144", Assert.Throws<ArgumentException>(() => russian.Add(name)).Message);
        // Adding the declaration first changes it.
        Assert.True(german.TryFind(Tags.SpecificCharacterSet, out var declaration));
        utf8.Add(declaration);
        AssertTexts(utf8);
    }

    /// <summary>Every defined term of PS3.3 Tables C.12-2 to C.12-5 with text that it holds.</summary>
    public static TheoryData<string, string> Terms => new()
    {
        { "", "plain" },
        { "ISO_IR 100", "Äneas^Jérôme" }, { "ISO_IR 101", "Wałęsa" }, { "ISO_IR 109", "Ĥebbuħ" }, { "ISO_IR 110", "Ŗŧ" },
        { "ISO_IR 144", "Люксембург" }, { "ISO_IR 127", "قباني^لنزار" }, { "ISO_IR 126", "Διονυσιος" }, { "ISO_IR 138", "שרון^דבורה" },
        { "ISO_IR 148", "Çavuşoğlu" }, { "ISO_IR 203", "€Œœ" }, { "ISO_IR 13", "ﾔﾏﾀﾞ^ﾀﾛｳ" }, { "ISO_IR 166", "ประเทศ" },
        { "ISO 2022 IR 6", "plain" },
        { "ISO 2022 IR 100", "Äneas^Jérôme" }, { "ISO 2022 IR 101", "Wałęsa" }, { "ISO 2022 IR 109", "Ĥebbuħ" }, { "ISO 2022 IR 110", "Ŗŧ" },
        { "ISO 2022 IR 144", "Люксембург" }, { "ISO 2022 IR 127", "قباني^لنزار" }, { "ISO 2022 IR 126", "Διονυσιος" }, { "ISO 2022 IR 138", "שרון^דבורה" },
        { "ISO 2022 IR 148", "Çavuşoğlu" }, { "ISO 2022 IR 203", "€Œœ" }, { "ISO 2022 IR 13", "ﾔﾏﾀﾞ^ﾀﾛｳ" }, { "ISO 2022 IR 166", "ประเทศ" },
        { "\\ISO 2022 IR 87", "Yamada^Tarou=山田^太郎=やまだ^たろう" }, { "\\ISO 2022 IR 159", "a=丂丄" },
        { "\\ISO 2022 IR 149", "Hong^Gildong=洪^吉洞=홍^길동" }, { "\\ISO 2022 IR 58", "Zhang^XiaoDong=张^小东" },
        { "ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^丂=やまだ^たろう" },
        { "ISO_IR 192", "Ünïcödé^😀=王^小東" }, { "GB18030", "Wang^XiaoDong=王^小东" }, { "GBK", "Wang^XiaoDong=王^小东" },
    };

    [Theory]
    [MemberData(nameof(Terms))]
    public void Text_goes_round_through_every_defined_term(string terms, string text)
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PatientName, text).Set(Tags.OtherPatientNames, text, "x", text).Set(Tags.PatientComments, text + "\r\n" + text);
        var item = dataSet.AddItem(Sequence).Set(Tags.PatientName, text);
        dataSet.ChangeCharacterSet(terms.Split('\\'));
        Assert.Empty(dataSet.CharacterSet.Problems);
        foreach (var syntax in new[] { TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian })
        {
            var read = DicomFile.ReadDataSet(DataSetWriter.ToArray(dataSet, syntax), syntax).DataSet;
            Assert.Equal(text, read.Get<string>(Tags.PatientName));
            Assert.Equal([text, "x", text], read.GetAll<string>(Tags.OtherPatientNames));
            Assert.Equal(text + "\r\n" + text, read.Get<string>(Tags.PatientComments));
            Assert.Equal(text, read.Get<DataSet>(Sequence).Get<string>(Tags.PatientName));
            Assert.Equal(text, read.ChangeCharacterSet("ISO_IR 192").Get<string>(Tags.PatientName));
            Assert.True(read.TryFind(Tags.PatientName, out var element));
            Assert.Equal(text, Encoding.UTF8.GetString(element.Bytes.Span).TrimEnd(' '));
        }
        Assert.Equal(text, item.Get<string>(Tags.PatientName));
    }
}
