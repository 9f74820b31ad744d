namespace Isocenter.Dicom.Tests.Values;

/// <summary>PS3.5 Table 6.2-1: strict when written, forgiving and telling when read.</summary>
public sealed class ValueRulesTests
{
    private static readonly Tag Private = new(0x0009_1001);

    [Theory]
    [InlineData(VR.AE, "ORTHANC", "SEVENTEEN LETTERS", "    ", "A\tB", "Ä")]
    [InlineData(VR.AS, "018M", "18M", "018X", "0180M")]
    [InlineData(VR.CS, "ORIGINAL_1 A", "original", "A-B", "SEVENTEEN LETTERS")]
    [InlineData(VR.DA, "20240229", "20230229", "2024.02.29", "2024", "202402291")]
    [InlineData(VR.DS, " -1.5e-3 ", "1,5", "1.5.5", "NaN", "1 5", "12345678901234567", "e5")]
    [InlineData(VR.DT, "20240229103059.123456+1400", "202402291030-0000", "20240229103059+1500", "20240229103060.", "20241301", "2024.5")]
    [InlineData(VR.IS, "-2147483648", "2147483648", "1.0", "1e3", "+", "", "1 2")]
    [InlineData(VR.LO, "any text ä", "a\nb", "a\0b")]
    [InlineData(VR.LT, "line\r\nline\ttab\fpage", "bell\a")]
    [InlineData(VR.PN, "A^B^C^D^E=F=G", "A^B^C^D^E^F", "A=B=C=D", "a\nb")]
    [InlineData(VR.SH, "1234567890123456", "12345678901234567")]
    [InlineData(VR.TM, "235960.5", "24", "1", "10:30", "103059.1234567", "1030.5")]
    [InlineData(VR.UI, "1.2.840.10008.0", "1.02", "1..2", "1.2.", ".1", "1.2 ", "1.a")]
    [InlineData(VR.UR, "http://host/path?a=b%20c", " http://host", "http://host/a b", "http://host/ä")]
    public void A_value_that_breaks_the_table_is_not_written(VR vr, string right, params string[] wrong)
    {
        Assert.Equal(right.Trim(' '), new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Private, vr, right).Get<string>(Private).Trim(' '));
        foreach (string value in wrong.Where(value => value.Length > 0))
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Private, vr, value));
            Assert.Contains("(0009,1001)", error.Message);
            // What is met in the field can be passed on.
            Assert.Equal(1, new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").SetText(Private, vr, value).Count(element => element.Tag == Private));
        }
    }

    [Fact]
    public void Each_of_several_values_is_checked()
    {
        Assert.Equal(["A", "", "B"], new DataSet().Set(Tags.ImageType, "A\\\\B").GetAll<string>(Tags.ImageType));
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => new DataSet().Set(Tags.ImageType, "A", "b")).Message);
        Assert.Throws<ArgumentException>(() => new DataSet().Set(Tags.ImageType, "A\\b"));
    }

    [Theory]
    [InlineData("StudyDate", "20240101-20241231")]
    [InlineData("StudyTime", "10-1130")]
    [InlineData("AcquisitionDateTime", "20240101-0500-20250101-0600")]
    [InlineData("Modality", "C?")]
    [InlineData("Modality", "*")]
    [InlineData("PatientName", "DOE*")]
    [InlineData("PatientID", "\"\"")]
    [InlineData("Modality", "\"\"")]
    public void Keys_of_a_query_are_written(string keyword, string value)
    {
        var tag = Tag.Parse(keyword);
        Assert.Equal(value, new DataSet().Set(tag, value).Get<string>(tag));
    }

    [Fact]
    public void Findings_tell_what_was_forgiven_and_where()
    {
        var dataSet = new DataSet().SetText(Tags.StudyDate, VR.DA, "2024.02.29").SetText(Tags.StudyTime, VR.TM, "10:30").SetText(Tags.PatientAge, VR.AS, "18M")
            .SetText(Tags.InstanceNumber, VR.IS, "12.0").SetText(Tags.SeriesNumber, VR.IS, "99999999999").SetText(Tags.Modality, VR.CS, "ct\e[31m")
            .SetBytes(Tags.Rows, VR.US, [1, 0, 2, 0]).SetBytes(Tags.Columns, VR.UL, [1, 0]).Set(Tags.PatientID, "right");
        dataSet.AddItem(Tags.ReferencedImageSequence).SetText(Tags.ReferencedSOPInstanceUID, VR.UI, "1.02");
        var findings = ValueCheck.Run(dataSet).ToDictionary(finding => finding.Path, finding => finding.Problem);
        Assert.Equal(
            ["(0008,0020)", "(0008,0030)", "(0008,0060)", "(0008,1140)[0](0008,1155)", "(0010,1010)", "(0020,0011)", "(0020,0013)", "(0028,0011)"],
            findings.Keys.Order(StringComparer.Ordinal));
        Assert.EndsWith("AcrNemaDates", findings["(0008,0020)"]);
        Assert.EndsWith("AcrNemaTimes", findings["(0008,0030)"]);
        Assert.EndsWith("ShortAges", findings["(0010,1010)"]);
        Assert.EndsWith("WideIntegers", findings["(0020,0011)"]);
        Assert.EndsWith("DecimalIntegers", findings["(0020,0013)"]);
        Assert.DoesNotContain("\e", findings["(0008,0060)"]);
        Assert.Equal(3, ValueCheck.Run(dataSet, maxFindings: 3).Count);
    }

    [Fact]
    public void Each_leniency_can_be_refused()
    {
        var written = new DataSet().SetText(Tags.StudyDate, VR.DA, "2024.02.29").SetText(Tags.StudyTime, VR.TM, "10:30").SetText(Tags.PatientAge, VR.AS, "18M")
            .SetText(Tags.InstanceNumber, VR.IS, "12.0").SetText(Tags.SeriesNumber, VR.IS, "99999999999").Set(Tags.PatientID, "4711")
            .SetBytes(Tags.StudyDescription, VR.LO, "für "u8).SetBytes(Tags.SeriesDescription, VR.LO, [0xFC, 0x20]);
        byte[] bytes = DataSetWriter.ToArray(written, TransferSyntax.ExplicitVRLittleEndian);
        DataSet Read(ValueLeniencies leniencies) =>
            DicomFile.ReadDataSet(bytes, TransferSyntax.ExplicitVRLittleEndian, new ReadOptions { ValueLeniencies = leniencies }).DataSet;

        var all = Read(ValueLeniencies.All);
        Assert.Equal(new DateOnly(2024, 2, 29), all.Get<DateOnly>(Tags.StudyDate));
        Assert.Equal(new TimeOnly(10, 30), all.Get<TimeOnly>(Tags.StudyTime));
        Assert.Equal(new Age(18, AgeUnit.Months), all.Get<Age>(Tags.PatientAge));
        Assert.Equal((12, 99_999_999_999, 4711), (all.Get<int>(Tags.InstanceNumber), all.Get<long>(Tags.SeriesNumber), all.Get<int>(Tags.PatientID)));
        Assert.Equal(("für", "ü"), (all.Get<string>(Tags.StudyDescription), all.Get<string>(Tags.SeriesDescription)));

        Assert.False(Read(ValueLeniencies.All & ~ValueLeniencies.AcrNemaDates).TryGet(Tags.StudyDate, out DateOnly _));
        Assert.False(Read(ValueLeniencies.All & ~ValueLeniencies.AcrNemaTimes).TryGet(Tags.StudyTime, out TimeOnly _));
        Assert.False(Read(ValueLeniencies.All & ~ValueLeniencies.ShortAges).TryGet(Tags.PatientAge, out Age _));
        Assert.False(Read(ValueLeniencies.All & ~ValueLeniencies.DecimalIntegers).TryGet(Tags.InstanceNumber, out int _));
        Assert.False(Read(ValueLeniencies.All & ~ValueLeniencies.WideIntegers).TryGet(Tags.SeriesNumber, out long _));
        Assert.False(Read(ValueLeniencies.All & ~ValueLeniencies.NumbersInText).TryGet(Tags.PatientID, out int _));
        Assert.Equal("fÃ¼r", Read(ValueLeniencies.All & ~ValueLeniencies.UndeclaredUtf8).Get<string>(Tags.StudyDescription));
        Assert.Equal("\uFFFD", Read(ValueLeniencies.All & ~ValueLeniencies.UndeclaredLatin1).Get<string>(Tags.SeriesDescription));
        var none = Read(ValueLeniencies.None);
        Assert.Equal("f\uFFFD\uFFFDr", none.Get<string>(Tags.StudyDescription));
        Assert.Equal("2024.02.29", none.Get<string>(Tags.StudyDate));
        Assert.False(none.Copy().TryGet(Tags.StudyDate, out DateOnly _));
    }

    [Fact]
    public void What_is_wrong_about_character_sets_is_told()
    {
        static string Problem(DataSet dataSet) => string.Join("|", ValueCheck.RunCharacterSets(dataSet).Select(finding => finding.ToString()));
        Assert.Contains("UndeclaredUtf8", Problem(new DataSet().SetBytes(Tags.PatientName, VR.PN, "ü"u8)));
        Assert.Contains("UndeclaredLatin1", Problem(new DataSet().SetBytes(Tags.PatientName, VR.PN, [0xFC])));
        Assert.Contains("is taken for 'ISO 2022 IR 100'", Problem(new DataSet().SetText(Tags.SpecificCharacterSet, VR.CS, "ISO IR 100")));
        Assert.Contains("mean nothing in ISO_IR 192", Problem(new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").SetBytes(Tags.PatientName, VR.PN, [0xFC])));
        Assert.Contains("looks like UTF-8", Problem(new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100").SetBytes(Tags.PatientName, VR.PN, "Müller"u8)));
        Assert.Equal("", Problem(new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.PatientName, "Müller")));
        Assert.Equal("", Problem(new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PatientName, "Müller")));
    }

    [Fact]
    public void Very_long_numbers_are_told_to_the_last_digit()
    {
        var dataSet = new DataSet().Set(Private, VR.UV, ulong.MaxValue).Set(new Tag(0x0009_1002), VR.SV, long.MinValue).Set(new Tag(0x0009_1003), VR.OV, ulong.MaxValue, 1ul);
        Assert.Equal(18_446_744_073_709_551_615m, dataSet.Get<decimal>(Private));
        Assert.Equal(long.MinValue, dataSet.Get<long>(new Tag(0x0009_1002)));
        Assert.Equal([ulong.MaxValue, 1ul], dataSet.GetAll<ulong>(new Tag(0x0009_1003)));
        Assert.False(dataSet.TryGet(Private, out long _));
    }

    [Theory]
    [InlineData("DS", "1,5", true)]
    [InlineData("DS", "1.50000000000000000", false)]
    [InlineData("DS", " 1.5\\2 ", false)]
    [InlineData("IS", "1.5", true)]
    [InlineData("IS", "0000000000012", false)]
    [InlineData("IS", "1A", true)]
    [InlineData("DA", "19991332", true)]
    [InlineData("DA", "1999.12.31", true)]
    [InlineData("TM", "12:30", true)]
    [InlineData("TM", "1230", false)]
    [InlineData("UI", "1.2.abc", true)]
    [InlineData("UI", "1.2.3\0", false)]
    [InlineData("AS", "45", true)]
    [InlineData("CS", "lower", false)]
    [InlineData("CS", "\u00C4", true)]
    [InlineData("LO", "a\nb", true)]
    [InlineData("LO", "abc\0", false)]
    [InlineData("US", "123", true)]
    public void Values_that_are_not_what_their_VR_says_are_found_and_clumsy_ones_are_not(string vr, string value, bool isFound)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(value.Length % 2 == 0 || vr == "US" ? value : value + " ");
        var dataSet = DicomFile.Read(new Bytes().Element(0x0009_1010, vr, bytes).ToFile()).DataSet;

        Assert.Equal(isFound, ValueCheck.RunMeanings(dataSet).Count == 1);
    }
}
