namespace Isocenter.Dicom.Tests.Matching;

/// <summary>PS3.4 §C.2.2.2, line by line.</summary>
public sealed class MatcherTests
{
    [Theory]
    // single value matching: exact, case counts but for names
    [InlineData("PatientID", "P1", "P1", true)]
    [InlineData("PatientID", "p1", "P1", false)]
    [InlineData("PatientID", "P1", "P12", false)]
    [InlineData("PatientID", " P1 ", "P1", true)]
    [InlineData("AccessionNumber", "A1", "", false)]
    [InlineData("PatientSex", "F", "F", true)]
    // universal matching
    [InlineData("PatientID", "", "P1", true)]
    [InlineData("PatientID", "", "", true)]
    [InlineData("PatientID", "*", "", true)]
    [InlineData("PatientName", "**", "", true)]
    // wildcards
    [InlineData("StudyDescription", "HEAD*", "HEAD ROUTINE", true)]
    [InlineData("StudyDescription", "*ROUT*", "HEAD ROUTINE", true)]
    [InlineData("StudyDescription", "HEAD?ROUTINE", "HEAD ROUTINE", true)]
    [InlineData("StudyDescription", "HEAD?", "HEAD", false)]
    [InlineData("StudyDescription", "*a*b*c*", "xxaxxbxxcxx", true)]
    [InlineData("StudyDescription", "*a*b*c", "xxaxxbxxcxx", false)]
    [InlineData("StudyDescription", "[ab]*", "a", false)]
    [InlineData("StudyDescription", "[ab]*", "[ab]c", true)]
    [InlineData("StudyDescription", "?", "𠀋", true)]
    // no wildcards in UI, DA, IS
    [InlineData("StudyInstanceUID", "1.2.*", "1.2.3", false)]
    [InlineData("StudyInstanceUID", "1.2.3", "1.2.3", true)]
    // list of UID; several values of anything
    [InlineData("StudyInstanceUID", "1.2.4\\1.2.3", "1.2.3", true)]
    [InlineData("StudyInstanceUID", "1.2.4\\1.2.5", "1.2.3", false)]
    [InlineData("ModalitiesInStudy", "CT\\MR", "SR\\MR", true)]
    [InlineData("ModalitiesInStudy", "CT", "SR\\MR", false)]
    [InlineData("ImageType", "AXIAL", "ORIGINAL\\PRIMARY\\AXIAL", true)]
    // names
    [InlineData("PatientName", "doe^john", "Doe^John", true)]
    [InlineData("PatientName", "Doe", "Doe^John", false)]
    [InlineData("PatientName", "Doe*", "Doe^John", true)]
    [InlineData("PatientName", "*john", "Doe^John", true)]
    [InlineData("PatientName", "MULLER^*", "Müller^Jörg", true)]
    [InlineData("PatientName", "Müller^Jorg", "MULLER^JÖRG", true)]
    [InlineData("PatientName", "Doe^John^^^", "Doe^John", true)]
    [InlineData("PatientName", "Strasse", "Straße", true)]
    [InlineData("PatientName", "Łukasz*", "LUKASZEWSKI", true)]
    [InlineData("PatientName", "Nguyễn^*", "NGUYEN^VAN", true)]
    [InlineData("PatientName", "山田^*", "Yamada^Tarou=山田^太郎=やまだ^たろう", true)]
    [InlineData("PatientName", "yamada^tarou", "Yamada^Tarou=山田^太郎=やまだ^たろう", true)]
    [InlineData("PatientName", "=山田*", "Yamada^Tarou=山田^太郎=やまだ^たろう", true)]
    [InlineData("PatientName", "=鈴木*", "Yamada^Tarou=山田^太郎=やまだ^たろう", false)]
    [InlineData("PatientName", "Ｙａｍａｄａ*", "Yamada^Tarou", true)]
    // dates and times
    [InlineData("StudyDate", "20240105", "20240105", true)]
    [InlineData("StudyDate", "20240105", "20240106", false)]
    [InlineData("StudyDate", "20240101-20240131", "20240115", true)]
    [InlineData("StudyDate", "20240101-20240131", "20240131", true)]
    [InlineData("StudyDate", "20240101-20240131", "20240201", false)]
    [InlineData("StudyDate", "-20240131", "20240115", true)]
    [InlineData("StudyDate", "-20240131", "20240215", false)]
    [InlineData("StudyDate", "20240101-", "20240115", true)]
    [InlineData("StudyDate", "20240101-", "20231231", false)]
    [InlineData("StudyDate", "20240101-20240131", "", false)]
    [InlineData("StudyDate", "20240115", "2024.01.15", true)]
    [InlineData("StudyDate", "nonsense", "20240115", false)]
    [InlineData("StudyTime", "101500", "101500.000000", true)]
    [InlineData("StudyTime", "10", "103000", true)]
    [InlineData("StudyTime", "0900-1000", "095959.5", true)]
    [InlineData("StudyTime", "0900-1000", "100059", true)]
    [InlineData("StudyTime", "0900-1000", "1001", false)]
    [InlineData("AcquisitionDateTime", "20240101-20240131", "20240131235959.5", true)]
    [InlineData("AcquisitionDateTime", "202401011200", "20240101120030", true)]
    [InlineData("AcquisitionDateTime", "20240101120000-0500", "20240101120000+0100", true)]
    [InlineData("AcquisitionDateTime", "20240101120000-0500-20240102", "20240101180000", true)]
    // numbers as text
    [InlineData("InstanceNumber", "7", "007", true)]
    [InlineData("SliceThickness", "1.50", "1.5", true)]
    [InlineData("InstanceNumber", "7", "8", false)]
    public void A_key_matches_as_the_standard_says(string keyword, string key, string value, bool matches)
    {
        var tag = Tag.Parse(keyword);
        Assert.Equal(matches, Matcher.Matches(Keys((tag, key)), Keys((tag, value))));
    }

    [Theory]
    [InlineData("john doe", "Doe^John", true)]
    [InlineData("joh", "Doe^John", true)]
    [InlineData("doe jan", "Doe^John", false)]
    [InlineData("jorg", "Müller-Lüdenscheid^Jörg", true)]
    [InlineData("ludensch", "Müller-Lüdenscheid^Jörg", true)]
    [InlineData("Meier", "Mayr^Anna", true)]
    [InlineData("Maier", "Meyer^Anna", true)]
    [InlineData("smith", "Schmidt^John", true)]
    [InlineData("Schmitt John", "Schmidt^John", true)]
    [InlineData("Schmitt Paul", "Schmidt^John", false)]
    [InlineData("Stefan", "Doe^Stephan", true)]
    [InlineData("Katarina", "Roe^Catharina", true)]
    [InlineData("Fischer", "Visser^Jan", true)]
    [InlineData("Nina", "Roe^Nena", true)]
    [InlineData("Nina", "Roe^Anna", false)]
    [InlineData("Miller", "Müller^Jan", true)]
    [InlineData("Miller", "Mahler^Jan", true)]
    [InlineData("Miller", "Keller^Jan", false)]
    [InlineData("M?ier", "Mayr^Anna", false)]
    public void A_fuzzy_key_matches_beginnings_of_words(string key, string value, bool matches) =>
        Assert.Equal(matches, Matcher.Matches(Keys((Tags.PatientName, key)), Keys((Tags.PatientName, value)), new(Fuzzy: true)));

    [Fact]
    public void Two_quotation_marks_match_an_empty_value_when_that_was_agreed()
    {
        var keys = Keys((Tags.AccessionNumber, "\"\""));
        Assert.True(Matcher.Matches(keys, new DataSet(), new(EmptyValue: true)));
        Assert.True(Matcher.Matches(keys, new DataSet().Set<string>(Tags.AccessionNumber), new(EmptyValue: true)));
        Assert.False(Matcher.Matches(keys, new DataSet().Set(Tags.AccessionNumber, "A"), new(EmptyValue: true)));
        Assert.False(Matcher.Matches(keys, new DataSet()));
    }

    [Fact]
    public void A_sequence_matches_when_one_item_has_all_keys()
    {
        var keys = new DataSet().Set(Tags.RequestAttributesSequence,
            new DataSet().Set(Tags.RequestedProcedureID, "R2").Set(Tags.ScheduledProcedureStepID, "S*"));
        var one = new DataSet().Set(Tags.RequestedProcedureID, "R1").Set(Tags.ScheduledProcedureStepID, "S1");
        var two = new DataSet().Set(Tags.RequestedProcedureID, "R2").Set(Tags.ScheduledProcedureStepID, "S2");
        var three = new DataSet().Set(Tags.RequestedProcedureID, "R2").Set(Tags.ScheduledProcedureStepID, "X");
        Assert.True(Matcher.Matches(keys, new DataSet().Set(Tags.RequestAttributesSequence, one, two)));
        Assert.False(Matcher.Matches(keys, new DataSet().Set(Tags.RequestAttributesSequence, one.Copy(), three)));
        Assert.False(Matcher.Matches(keys, new DataSet()));
        Assert.True(Matcher.Matches(new DataSet().Set<DataSet>(Tags.RequestAttributesSequence), new DataSet()));
        Assert.True(Matcher.Matches(new DataSet().Set(Tags.RequestAttributesSequence, new DataSet().Set<string>(Tags.RequestedProcedureID)), new DataSet()));
    }

    [Fact]
    public void Numbers_match_by_value()
    {
        Assert.True(Matcher.Matches(new DataSet().Set<ushort>(Tags.Rows, 64), new DataSet().Set<ushort>(Tags.Rows, 64)));
        Assert.False(Matcher.Matches(new DataSet().Set<ushort>(Tags.Rows, 64), new DataSet().Set<ushort>(Tags.Rows, 65)));
    }

    [Fact]
    public void A_pattern_of_many_stars_takes_no_time()
    {
        string pattern = string.Concat(Enumerable.Repeat("*a", 200)) + "*b", text = new('a', 5000);
        Assert.False(Wildcard.Matches(pattern, text));
    }

    private static DataSet Keys(params (Tag Tag, string Value)[] keys)
    {
        var identifier = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        foreach (var (tag, value) in keys)
        {
            if (value.Length == 0) identifier.Set<string>(tag);
            else identifier.SetBytes(tag, DataDictionary.VROf(tag), System.Text.Encoding.UTF8.GetBytes(value));
        }
        return identifier;
    }
}
