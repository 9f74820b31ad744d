using System.Text;

namespace Isocenter.Dicom.Tests.Values;

/// <summary>Ages, times that are known to some precision, ranges.</summary>
public sealed class PartialValueTests
{
    private static readonly Tag Private = new(0x0009_1001);

    private static DataSet Of(VR vr, string text) => new DataSet().SetBytes(Private, vr, Encoding.Latin1.GetBytes(text));

    [Theory]
    [InlineData("018M", 18, AgeUnit.Months, "018M")]
    [InlineData("003D", 3, AgeUnit.Days, "003D")]
    [InlineData("999Y", 999, AgeUnit.Years, "999Y")]
    [InlineData("6W", 6, AgeUnit.Weeks, "006W")]
    [InlineData("45y ", 45, AgeUnit.Years, "045Y")]
    public void Ages_are_read(string text, int number, AgeUnit unit, string written)
    {
        var age = Of(VR.AS, text).Get<Age>(Private);
        Assert.Equal(new Age(number, unit), age);
        Assert.Equal(written, new DataSet().Set(Tags.PatientAge, age).Get<string>(Tags.PatientAge));
        Assert.Equal(age, Age.Parse(written));
    }

    [Theory]
    [InlineData("45")]
    [InlineData("Y")]
    [InlineData("045X")]
    [InlineData("1000Y")]
    [InlineData("-45Y")]
    public void What_is_no_age_is_none(string text)
    {
        Assert.False(Of(VR.AS, text).TryGet(Private, out Age _));
        Assert.Throws<FormatException>(() => Age.Parse(text));
    }

    [Fact]
    public void An_age_is_computed_in_the_unit_people_use()
    {
        static string At(string birth, string day) => Age.At(DateOnly.ParseExact(birth, "yyyyMMdd"), DateOnly.ParseExact(day, "yyyyMMdd")).ToString();
        Assert.Equal("003D", At("20240226", "20240229"));
        Assert.Equal("006W", At("20240101", "20240212"));
        Assert.Equal("023M", At("20220301", "20240229"));
        Assert.Equal("002Y", At("20220228", "20240229"));
        Assert.Equal("063Y", At("19600229", "20240228"));
        Assert.Throws<ArgumentException>(() => At("20240101", "20231231"));
        Assert.Equal(365.25, new Age(1, AgeUnit.Years).ApproximateDays);
    }

    [Theory]
    [InlineData("10", TimePrecision.Hour, "10:00:00", "10:59:59.9999999")]
    [InlineData("1030", TimePrecision.Minute, "10:30:00", "10:30:59.9999999")]
    [InlineData("103059", TimePrecision.Second, "10:30:59", "10:30:59.9999999")]
    [InlineData("103059.5", TimePrecision.Fraction, "10:30:59.5", "10:30:59.5999999")]
    [InlineData("103059.123456", TimePrecision.Fraction, "10:30:59.123456", "10:30:59.1234569")]
    [InlineData("235960", TimePrecision.Second, "23:59:59.9999999", "23:59:59.9999999")]
    public void A_time_keeps_how_exactly_it_is_known(string text, TimePrecision precision, string earliest, string latest)
    {
        var time = Of(VR.TM, text).Get<PartialTime>(Private);
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        Assert.Equal((precision, TimeOnly.Parse(earliest, culture), TimeOnly.Parse(latest, culture)), (time.Precision, time.Earliest, time.Latest));
        Assert.Equal(text, time.ToString());
        Assert.Equal(text, new DataSet().Set(Tags.StudyTime, time).Get<string>(Tags.StudyTime));
        Assert.Equal("103059", PartialTime.Parse("10:30:59").ToString());
    }

    [Theory]
    [InlineData("2024", TimePrecision.Year, "2024-01-01", "2024-12-31T23:59:59.9999999")]
    [InlineData("202402", TimePrecision.Month, "2024-02-01", "2024-02-29T23:59:59.9999999")]
    [InlineData("20240229", TimePrecision.Day, "2024-02-29", "2024-02-29T23:59:59.9999999")]
    [InlineData("2024022910", TimePrecision.Hour, "2024-02-29T10:00:00", "2024-02-29T10:59:59.9999999")]
    [InlineData("202402291030", TimePrecision.Minute, "2024-02-29T10:30:00", "2024-02-29T10:30:59.9999999")]
    [InlineData("20240229103059.25", TimePrecision.Fraction, "2024-02-29T10:30:59.25", "2024-02-29T10:30:59.2599999")]
    [InlineData("2024-0500", TimePrecision.Year, "2024-01-01", "2024-12-31T23:59:59.9999999")]
    [InlineData("20240229103059+0530", TimePrecision.Second, "2024-02-29T10:30:59", "2024-02-29T10:30:59.9999999")]
    public void A_moment_keeps_how_exactly_it_is_known(string text, TimePrecision precision, string earliest, string latest)
    {
        var moment = Of(VR.DT, text).Get<PartialDateTime>(Private);
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        Assert.Equal((precision, DateTime.Parse(earliest, culture), DateTime.Parse(latest, culture)), (moment.Precision, moment.Earliest, moment.Latest));
        Assert.Equal(text, moment.ToString());
        Assert.Equal(text, new DataSet().Set(Tags.AcquisitionDateTime, moment).Get<string>(Tags.AcquisitionDateTime));
        Assert.Equal(text.Contains('+') ? new TimeSpan(5, 30, 0) : text.Contains('-') ? TimeSpan.FromHours(-5) : null, moment.Offset);
        Assert.Equal(precision >= TimePrecision.Hour, moment.Time is not null);
        Assert.Equal(precision >= TimePrecision.Day, moment.Date is not null);
    }

    [Fact]
    public void Moments_are_made_of_their_parts()
    {
        Assert.Equal("202405", new PartialDateTime(2024, 5).ToString());
        Assert.Equal("2024", new PartialDateTime(2024).ToString());
        Assert.Equal("202402291030-0330", new PartialDateTime(new DateOnly(2024, 2, 29), new PartialTime(10, 30), new TimeSpan(-3, -30, 0)).ToString());
        Assert.Equal("20240229103000.250000+0100", new PartialDateTime(new DateTimeOffset(2024, 2, 29, 10, 30, 0, 250, TimeSpan.FromHours(1))).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => new PartialDateTime(new DateOnly(2024, 1, 1), null, TimeSpan.FromHours(-13)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PartialTime(24));
    }

    [Fact]
    public void A_moment_without_offset_has_that_of_the_data_set()
    {
        var dataSet = Of(VR.DT, "20240229103059");
        Assert.False(dataSet.TryGet(Private, out DateTimeOffset _));
        dataSet.Set(Tags.TimezoneOffsetFromUTC, "+0200");
        Assert.Equal(new DateTimeOffset(2024, 2, 29, 10, 30, 59, TimeSpan.FromHours(2)), dataSet.Get<DateTimeOffset>(Private));
        var item = dataSet.AddItem(Tags.ContentSequence).Set(Tags.AcquisitionDateTime, "2024-0100");
        Assert.Equal(TimeSpan.FromHours(2), item.TimezoneOffset);
        Assert.Equal(TimeSpan.FromHours(-1), item.Get<DateTimeOffset>(Tags.AcquisitionDateTime).Offset);
    }

    [Theory]
    [InlineData("20240101-20241231", "20240101", "20241231")]
    [InlineData("20240101 - 20241231", "20240101", "20241231")]
    [InlineData("20240101-", "20240101", null)]
    [InlineData("-20241231", null, "20241231")]
    [InlineData("20240101", "20240101", "20240101")]
    public void Ranges_of_dates_are_read(string text, string? from, string? to)
    {
        static DateOnly? DateOf(string? date) => date is null ? null : DateOnly.ParseExact(date, "yyyyMMdd");
        var range = Of(VR.DA, text).Get<ValueRange<DateOnly>>(Private);
        Assert.Equal(new ValueRange<DateOnly>(DateOf(from), DateOf(to)), range);
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), range.ToString());
        Assert.Equal(range, new DataSet().Set(Tags.StudyDate, range).Get<ValueRange<DateOnly>>(Tags.StudyDate));
    }

    [Theory]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("20240101-x")]
    [InlineData("20240101-20240102-20240103")]
    public void What_is_no_range_is_none(string text) => Assert.False(Of(VR.DA, text).TryGet(Private, out ValueRange<DateOnly> _));

    [Fact]
    public void A_hyphen_that_can_begin_an_offset_does()
    {
        var dataSet = Of(VR.DT, "2024-2025");
        Assert.Equal(new ValueRange<PartialDateTime>(new PartialDateTime(2024), new PartialDateTime(2025)), dataSet.Get<ValueRange<PartialDateTime>>(Private));
        Assert.Equal(TimeSpan.FromHours(-5), Of(VR.DT, "2024-0500").Get<ValueRange<PartialDateTime>>(Private).From!.Value.Offset);
        var both = Of(VR.DT, "20240101-0500-20250101-0600").Get<ValueRange<PartialDateTime>>(Private);
        Assert.Equal((TimeSpan.FromHours(-5), TimeSpan.FromHours(-6)), (both.From!.Value.Offset, both.To!.Value.Offset));
        Assert.Equal(new ValueRange<PartialTime>(new PartialTime(10), null), Of(VR.TM, "10-").Get<ValueRange<PartialTime>>(Private));
    }

    [Fact]
    public void All_components_of_a_name_are_reachable_in_every_group()
    {
        var name = PersonName.Parse("Adams^John Robert Quincy^M^Rev.^B.A. M.Div.=亜檀^^^=あだむす");
        Assert.Equal(new NameComponents("Adams", "John Robert Quincy", "M", "Rev.", "B.A. M.Div."), name.AlphabeticComponents);
        Assert.Equal(("亜檀", "あだむす"), (name.IdeographicComponents.FamilyName, name.PhoneticComponents.FamilyName));
        Assert.Equal(("M", "Rev.", "B.A. M.Div."), (name.MiddleName, name.Prefix, name.Suffix));
        Assert.Equal(name, new PersonName(name.AlphabeticComponents, name.IdeographicComponents, name.PhoneticComponents));
        Assert.Equal("^^^Dr.", new NameComponents("", Prefix: "Dr.").ToString());
    }
}
