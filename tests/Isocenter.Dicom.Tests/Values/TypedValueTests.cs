using System.Text;

namespace Isocenter.Dicom.Tests.Values;

public sealed class TypedValueTests
{
    private static readonly Tag Private = new(0x0009_1001);

    private static DataSet Of(VR vr, string text) => new DataSet().SetBytes(Private, vr, Encoding.Latin1.GetBytes(text));

    [Fact]
    public void Get_throws_with_the_path_where_there_is_no_value()
    {
        var item = new DataSet().Set<string>(Tags.CodeValue).Set(Tags.Rows, VR.SH, "x");
        _ = new DataSet().Set(Tags.ReferencedImageSequence, new DataSet(), item);
        Assert.Contains("CodeMeaning is absent", Assert.Throws<DicomFormatException>(() => item.Get<string>(Tags.CodeMeaning)).Message);
        Assert.Contains("CodeValue is empty", Assert.Throws<DicomFormatException>(() => item.Get<string>(Tags.CodeValue)).Message);
        var error = Assert.Throws<DicomFormatException>(() => item.Get<ushort>(Tags.Rows));
        Assert.Equal("(0008,1140)[1](0028,0010)", error.Path);
        Assert.Contains("cannot be read as UInt16", error.Message);
    }

    [Fact]
    public void TryGet_and_Get_with_a_substitute_answer_where_there_is_no_value()
    {
        var dataSet = new DataSet().Set<string>(Tags.PatientID).Set(Tags.ImageType, "\\B");
        Assert.False(dataSet.TryGet(Tags.PatientID, out string? _));
        Assert.False(dataSet.TryGet(Tags.PatientName, out PersonName? _));
        Assert.False(dataSet.TryGet(Tags.ImageType, out string? _));      // the first value is empty
        Assert.Equal("none", dataSet.Get(Tags.PatientID, "none"));
        Assert.Empty(dataSet.GetAll<string>(Tags.PatientID));
        Assert.Equal(["", "B"], dataSet.GetAll<string>(Tags.ImageType));
    }

    [Theory]
    [InlineData(VR.IS, " 12 ", 12)]
    [InlineData(VR.IS, "-12", -12)]
    [InlineData(VR.IS, "+7\\9", 7)]
    [InlineData(VR.DS, "12.0", 12)]
    [InlineData(VR.DS, "1.2e1", 12)]
    [InlineData(VR.LO, "12", 12)]
    public void A_whole_number_is_read_from_any_text_that_holds_one(VR vr, string text, int number)
    {
        Assert.Equal(number, Of(vr, text).Get<int>(Private));
        Assert.Equal((double)number, Of(vr, text).Get<double>(Private));
        Assert.Equal((decimal)number, Of(vr, text).Get<decimal>(Private));
    }

    [Theory]
    [InlineData(VR.DS, "12.5")]
    [InlineData(VR.IS, "99999999999")]
    [InlineData(VR.IS, "1A")]
    [InlineData(VR.IS, "")]
    [InlineData(VR.PN, "Doe^John")]
    public void A_text_that_is_no_such_number_is_not_read_as_one(VR vr, string text) =>
        Assert.False(Of(vr, text).TryGet(Private, out int _));

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    public void What_is_no_decimal_string_is_no_double(string text)
    {
        Assert.False(Of(VR.DS, text).TryGet(Private, out double _));
        Assert.False(Of(VR.DS, text).TryGet(Private, out float _));
    }

    [Fact]
    public void Binary_numbers_are_read_in_the_byte_order_of_the_data_set()
    {
        var written = new DataSet()
            .Set(new Tag(0x0009_1001), VR.US, (ushort)0x1234, (ushort)65535).Set(new Tag(0x0009_1002), VR.SS, (short)-2)
            .Set(new Tag(0x0009_1003), VR.UL, uint.MaxValue).Set(new Tag(0x0009_1004), VR.SL, int.MinValue)
            .Set(new Tag(0x0009_1005), VR.UV, ulong.MaxValue).Set(new Tag(0x0009_1006), VR.SV, long.MinValue)
            .Set(new Tag(0x0009_1007), VR.FL, 0.1f).Set(new Tag(0x0009_1008), VR.FD, -1.5e300).Set(new Tag(0x0009_1009), VR.AT, new Tag(0x0018_1063))
            .Set(new Tag(0x0009_100A), VR.OW, (ushort)1, (ushort)2);
        foreach (var syntax in new[] { TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian })
        {
            var read = DicomFile.ReadDataSet(DataSetWriter.ToArray(written, syntax), syntax).DataSet;
            Assert.Equal([0x1234, 65535], read.GetAll<int>(new Tag(0x0009_1001)));
            Assert.Equal((short)-2, read.Get<short>(new Tag(0x0009_1002)));
            Assert.Equal(uint.MaxValue, read.Get<uint>(new Tag(0x0009_1003)));
            Assert.Equal(int.MinValue, read.Get<int>(new Tag(0x0009_1004)));
            Assert.Equal(ulong.MaxValue, read.Get<ulong>(new Tag(0x0009_1005)));
            Assert.Equal("18446744073709551615", read.Get<string>(new Tag(0x0009_1005)));
            Assert.Equal(long.MinValue, read.Get<long>(new Tag(0x0009_1006)));
            Assert.Equal(0.1f, read.Get<float>(new Tag(0x0009_1007)));
            Assert.Equal("0.1", read.Get<string>(new Tag(0x0009_1007)));
            Assert.Equal(-1.5e300, read.Get<double>(new Tag(0x0009_1008)));
            Assert.Equal(new Tag(0x0018_1063), read.Get<Tag>(new Tag(0x0009_1009)));
            Assert.Equal([1, 2], read.GetAll<ushort>(new Tag(0x0009_100A)));
        }
    }

    [Fact]
    public void Values_set_into_a_big_endian_data_set_are_read_from_it()
    {
        var syntax = TransferSyntax.ExplicitVRBigEndian;
        var dataSet = DicomFile.ReadDataSet(DataSetWriter.ToArray(new DataSet().Set(Tags.Rows, (ushort)1), syntax), syntax).DataSet;
        Assert.True(dataSet.IsBigEndian);
        dataSet.Set(Tags.Columns, (ushort)0x0102).Set(Tags.FrameIncrementPointer, new Tag(0x0018_1063)).Set(Private, VR.FD, 1.5, 2.5);
        Assert.Equal(0x0102, dataSet.Get<int>(Tags.Columns));
        Assert.Equal(new Tag(0x0018_1063), dataSet.Get<Tag>(Tags.FrameIncrementPointer));
        Assert.Equal([1.5, 2.5], dataSet.GetAll<double>(Private));
        Assert.True(dataSet.TryFind(Tags.Columns, out var element));
        Assert.Equal([1, 2], element.Bytes.ToArray());
    }

    [Fact]
    public void A_number_that_does_not_fit_the_asked_type_is_not_read()
    {
        var dataSet = new DataSet().Set(Private, VR.UL, 70_000u).Set(Tags.Rows, (ushort)40_000).Set(new Tag(0x0009_1002), VR.FD, 1e300, double.NaN, 2.5);
        Assert.False(dataSet.TryGet(Private, out ushort _));
        Assert.False(dataSet.TryGet(Tags.Rows, out short _));
        Assert.False(dataSet.TryGet(new Tag(0x0009_1002), out float _));
        Assert.False(dataSet.TryGet(new Tag(0x0009_1002), out long _));
        Assert.Equal([double.NaN, 2.5], dataSet.GetAll<double>(new Tag(0x0009_1002)).Skip(1));
        Assert.False(dataSet.TryGet(Tags.Rows, out DateOnly _));
        Assert.False(dataSet.TryGet(Tags.Rows, out Uid? _));
        Assert.False(dataSet.TryGet(Tags.Rows, out PersonName? _));
    }

    [Fact]
    public void A_value_that_is_cut_short_is_not_read()
    {
        var dataSet = new DataSet().SetBytes(Private, VR.FD, [1, 2, 3, 4]).SetBytes(Tags.Rows, VR.US, [1, 0]).SetBytes(Tags.Columns, VR.UL, [1, 0, 0, 0, 9, 9]);
        Assert.False(dataSet.TryGet(Private, out double _));
        Assert.Empty(dataSet.GetAll<double>(Private));
        Assert.Equal([1], dataSet.GetAll<int>(Tags.Columns));
    }

    [Fact]
    public void Texts_are_read_without_their_padding_and_leading_spaces_stay_where_they_mean_something()
    {
        Assert.Equal("x", Of(VR.LO, "  x  ").Get<string>(Private));
        Assert.Equal("1.2", Of(VR.UI, "1.2\0").Get<string>(Private));
        Assert.Equal("  x", Of(VR.LT, "  x  ").Get<string>(Private));
        Assert.Equal("a\\b", Of(VR.LT, "a\\b").Get<string>(Private));      // one value
        Assert.Equal(["a", "b"], Of(VR.UC, "a\\b").GetAll<string>(Private));
    }

    [Fact]
    public void Uids_are_read_when_they_are_legal_and_always_as_text()
    {
        Assert.Equal("1.2.840", Of(VR.UI, "1.2.840\0").Get<Uid>(Private).Value);
        Assert.False(Of(VR.UI, "1.02.3").TryGet(Private, out Uid? _));
        Assert.Equal("1.02.3", Of(VR.UI, "1.02.3").Get<string>(Private));
    }

    [Fact]
    public void Person_names_have_groups_and_components()
    {
        var name = Of(VR.PN, "Adams^John Robert Quincy^^Rev.^B.A. M.Div.").Get<PersonName>(Private);
        Assert.Equal(("Adams", "John Robert Quincy"), (name.FamilyName, name.GivenName));
        Assert.Equal("Rev. John Robert Quincy Adams B.A. M.Div.", name.ToDisplayText());
        name = PersonName.Parse("Yamada^Tarou=山田^太郎=やまだ^たろう");
        Assert.Equal("山田^太郎", name.Ideographic);
        Assert.Equal("Yamada^Tarou=山田^太郎=やまだ^たろう", name.ToString());
        Assert.Equal("=山田", new PersonName("", "山田").ToString());
        Assert.Equal("山田", new PersonName("", "山田").FamilyName);
        Assert.Equal(new PersonName("Doe"), PersonName.Parse("Doe^^^^"));
        Assert.Equal(new PersonName(""), PersonName.Parse(""));
    }

    [Theory]
    [InlineData("20240229", 2024, 2, 29)]
    [InlineData("2024.02.29", 2024, 2, 29)]
    [InlineData(" 19991231", 1999, 12, 31)]
    public void Dates_are_read(string text, int year, int month, int day) => Assert.Equal(new DateOnly(year, month, day), Of(VR.DA, text).Get<DateOnly>(Private));

    [Theory]
    [InlineData("20230229")]
    [InlineData("2024")]
    [InlineData("20240101-")]
    [InlineData("yesterday")]
    public void What_is_no_date_is_none(string text) => Assert.False(Of(VR.DA, text).TryGet(Private, out DateOnly _));

    [Theory]
    [InlineData("10", "10:00:00")]
    [InlineData("1030", "10:30:00")]
    [InlineData("103059", "10:30:59")]
    [InlineData("103059.5", "10:30:59.5")]
    [InlineData("103059.123456", "10:30:59.123456")]
    [InlineData("10:30:59", "10:30:59")]
    [InlineData("235960", "23:59:59.9999999")]
    public void Times_are_read(string text, string time) =>
        Assert.Equal(TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture), Of(VR.TM, text).Get<TimeOnly>(Private));

    [Theory]
    [InlineData("24")]
    [InlineData("1060")]
    [InlineData("1")]
    [InlineData("103059.")]
    [InlineData("103059.12345678")]
    [InlineData("noon")]
    public void What_is_no_time_is_none(string text) => Assert.False(Of(VR.TM, text).TryGet(Private, out TimeOnly _));

    [Fact]
    public void Moments_are_read_with_and_without_offset_and_with_components_left_out()
    {
        Assert.Equal(new DateTime(2024, 2, 29, 10, 30, 59).AddMilliseconds(250), Of(VR.DT, "20240229103059.25").Get<DateTime>(Private));
        Assert.Equal(new DateTime(2024, 1, 1), Of(VR.DT, "2024").Get<DateTime>(Private));
        Assert.Equal(new DateTime(2024, 5, 1), Of(VR.DT, "202405+0100").Get<DateTime>(Private));
        Assert.Equal(new DateTimeOffset(2024, 2, 29, 10, 30, 0, TimeSpan.FromMinutes(-330)), Of(VR.DT, "202402291030-0530").Get<DateTimeOffset>(Private));
        Assert.False(Of(VR.DT, "20240229103059").TryGet(Private, out DateTimeOffset _));
        Assert.Equal(new DateOnly(2024, 2, 29), Of(VR.DT, "20240229103059+0000").Get<DateOnly>(Private));
        Assert.Equal(new TimeOnly(10, 30), Of(VR.DT, "202402291030").Get<TimeOnly>(Private));
        foreach (string wrong in new[] { "2024-2025", "20240", "20240229.5", "20240230", "202402291030+2500", "00010101+1400", "x" })
            Assert.False(Of(VR.DT, wrong).TryGet(Private, out DateTimeOffset _), wrong);
    }

    [Fact]
    public void Dates_times_and_moments_are_written_as_the_standard_spells_them()
    {
        var dataSet = new DataSet().Set(Tags.StudyDate, new DateOnly(2024, 2, 9)).Set(Tags.StudyTime, new TimeOnly(1, 2, 3)).Set(Tags.SeriesTime, new TimeOnly(1, 2, 3, 450))
            .Set(Tags.AcquisitionDateTime, new DateTimeOffset(2024, 2, 9, 1, 2, 3, TimeSpan.FromHours(-5)));
        Assert.Equal("20240209", dataSet.Get<string>(Tags.StudyDate));
        Assert.Equal("010203", dataSet.Get<string>(Tags.StudyTime));
        Assert.Equal("010203.450000", dataSet.Get<string>(Tags.SeriesTime));
        Assert.Equal("20240209010203.000000-0500", dataSet.Get<string>(Tags.AcquisitionDateTime));
    }

    [Fact]
    public void Numbers_are_written_into_text_in_as_few_digits_as_are_exact()
    {
        var dataSet = new DataSet().Set(Tags.PixelSpacing, 0.1f, 0.25f).Set(Tags.SliceThickness, 1.0 / 3).Set(Tags.InstanceNumber, 12L).Set(Tags.WindowCenter, -1.2345678901234567e-100);
        Assert.Equal(["0.1", "0.25"], dataSet.GetAll<string>(Tags.PixelSpacing));
        Assert.Equal("0.33333333333333", dataSet.Get<string>(Tags.SliceThickness));
        Assert.Equal("12", dataSet.Get<string>(Tags.InstanceNumber));
        Assert.True(dataSet.Get<string>(Tags.WindowCenter).Length <= 16);
        Assert.Equal(-1.2345678901234567e-100, dataSet.Get<double>(Tags.WindowCenter), 1e-108);
    }

    public static TheoryData<Action<DataSet>> Refused => new()
    {
        d => d.Set(Tags.Rows, 65_536),
        d => d.Set(Tags.Rows, -1),
        d => d.Set(Tags.Rows, 1.5),
        d => d.Set(Tags.Rows, 1.5m),
        d => d.Set(Tags.Rows, "x"),
        d => d.Set(Tags.Rows, new DateOnly(2024, 1, 1)),
        d => d.Set(Tags.Rows, new Tag(1)),
        d => d.Set(Private, VR.FL, 1e300),
        d => d.Set(Private, VR.SS, 40_000),
        d => d.Set(Private, VR.UL, -1L),
        d => d.Set(Private, VR.AT, 5),
        d => d.Set(Private, VR.OB, 256),
        d => d.Set(Tags.InstanceNumber, 3_000_000_000L),
        d => d.Set(Tags.InstanceNumber, 1.5),
        d => d.Set(Tags.SliceThickness, double.NaN),
        d => d.Set(Tags.SliceThickness, "0.1234567890123456789"),
        d => d.Set(Tags.Modality, "SEVENTEEN LETTERS"),
        d => d.Set(Tags.PatientName, new string('x', 65)),
        d => d.Set(Tags.PatientName, new PersonName("a\\b")),
        d => d.Set(Tags.PatientName, "Müller"),                  // the default repertoire does not hold it
        d => d.Set(Tags.Modality, "Ü"),
        d => d.Set(Tags.PatientComments, "one", "two"),          // LT holds one value
        d => d.Set(Tags.ReferencedImageSequence, "x"),
        d => d.Set(Tags.StudyInstanceUID, "1." + new string('2', 63)),
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_does_not_fit_the_VR_is_refused_and_changes_nothing(Action<DataSet> set)
    {
        var dataSet = new DataSet();
        Assert.ThrowsAny<ArgumentException>(() => set(dataSet));
        Assert.Empty(dataSet);
    }

    [Fact]
    public void A_person_name_is_limited_group_by_group()
    {
        string group = new('x', 64);
        Assert.Equal($"{group}={group}={group}", new DataSet().Set(Tags.PatientName, $"{group}={group}={group}").Get<string>(Tags.PatientName));
    }

    [Fact]
    public void Infinity_and_NaN_are_numbers_of_binary_VRs()
    {
        var dataSet = new DataSet().Set(Private, VR.FL, float.NaN, float.NegativeInfinity).Set(new Tag(0x0009_1002), VR.FL, double.PositiveInfinity);
        Assert.Equal([float.NaN, float.NegativeInfinity], dataSet.GetAll<float>(Private));
        Assert.Equal(double.PositiveInfinity, dataSet.Get<double>(new Tag(0x0009_1002)));
    }

    [Fact]
    public void Values_are_padded_to_an_even_length_as_the_VR_demands()
    {
        var dataSet = new DataSet().Set(Tags.PatientID, "abc").Set(Tags.StudyInstanceUID, "1.2").Set(Private, VR.OB, (byte)7);
        Assert.Equal([(byte)'a', (byte)'b', (byte)'c', (byte)' '], Bytes(Tags.PatientID));
        Assert.Equal([(byte)'1', (byte)'.', (byte)'2', 0], Bytes(Tags.StudyInstanceUID));
        Assert.Equal([7, 0], Bytes(Private));

        byte[] Bytes(Tag tag)
        {
            Assert.True(dataSet.TryFind(tag, out var element));
            return element.Bytes.ToArray();
        }
    }

    [Fact]
    public void A_frozen_data_set_refuses_change()
    {
        var dataSet = new DataSet().Set(Tags.PatientID, "x").Freeze();
        Assert.Throws<InvalidOperationException>(() => dataSet.Set(Tags.PatientID, "y"));
        Assert.Throws<InvalidOperationException>(() => dataSet.SetBytes(Tags.PatientID, VR.LO, [1, 2]));
        Assert.Equal("y", dataSet.Copy().Set(Tags.PatientID, "y").Get<string>(Tags.PatientID));
        Assert.Equal("x", dataSet.Get<string>(Tags.PatientID));
    }
}
