using Isocenter.Dicom;

namespace Isocenter.DicomWeb.Tests;

public sealed class SearchParametersTests
{
    [Theory]
    [InlineData("PatientName", "Müller*")]
    [InlineData("00100010", "Müller*")]
    public void Attributes_go_by_keyword_or_by_tag(string name, string value) =>
        Assert.Equal(value, Parse((name, value)).Keys.Get<string>(Tags.PatientName));

    [Fact]
    public void An_attribute_in_a_sequence_becomes_an_item_with_a_key()
    {
        var keys = Parse(("RequestAttributesSequence.ScheduledProcedureStepID", "S1"), ("00400275.00401001", "R1")).Keys;

        var item = Assert.Single(keys.GetAll<DataSet>(Tags.RequestAttributesSequence));
        Assert.Equal("S1", item.Get<string>(Tags.ScheduledProcedureStepID));
        Assert.Equal("R1", item.Get<string>(Tags.RequestedProcedureID));
    }

    [Fact]
    public void A_list_of_uids_comes_with_commas() =>
        Assert.Equal(["1.2", "1.3"], Parse(("StudyInstanceUID", "1.2,1.3")).Keys.GetAll<string>(Tags.StudyInstanceUID));

    [Fact]
    public void Paging_and_fields_are_no_keys()
    {
        var parameters = Parse(("limit", "10"), ("offset", "20"), ("includefield", "all"), ("includefield", "00081030,Modality"), ("fuzzymatching", "TRUE"));

        Assert.Equal((10, 20, true, true), (parameters.Limit, parameters.Offset, parameters.IncludeAll, parameters.FuzzyMatching));
        Assert.Equal([Tags.StudyDescription, Tags.Modality], parameters.IncludeFields);
        Assert.Equal(Tags.SpecificCharacterSet, Assert.Single(parameters.Keys).Tag);
    }

    [Theory]
    [InlineData("0010001", "x")]
    [InlineData("", "x")]
    [InlineData("limit", "-1")]
    [InlineData("limit", "")]
    [InlineData("offset", "9999999999")]
    [InlineData("PatientName.PatientID", "x")]
    [InlineData("RequestAttributesSequence", "x")]
    [InlineData("Rows", "many")]
    [InlineData("includefield", "Nonsense")]
    [InlineData("00400275.00400275.00400275.00400275.00400275.00400275.00400275.00400275.00401001", "x")]
    public void What_cannot_be_understood_is_refused(string name, string value) =>
        Assert.Throws<SearchParameterException>(() => Parse((name, value)));

    [Theory]
    [InlineData("PatientNames")]
    [InlineData("_")]
    [InlineData("vendor-option")]
    public void A_word_that_no_attribute_has_is_noted_and_ignored(string name)
    {
        var parameters = Parse((name, "x"), ("PatientID", "P1"));

        Assert.Equal([name], parameters.Unsupported);
        Assert.Equal([Tags.SpecificCharacterSet, Tags.PatientID], parameters.Keys.Select(element => element.Tag));
    }

    [Fact]
    public void Endless_parameters_are_refused() =>
        Assert.Throws<SearchParameterException>(() => Parse([.. Enumerable.Repeat(("PatientID", "x"), 1000)]));

    private static SearchParameters Parse(params (string, string)[] query) =>
        SearchParameters.Parse(query.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
}
