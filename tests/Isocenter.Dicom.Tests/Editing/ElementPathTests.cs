namespace Isocenter.Dicom.Tests.Editing;

public sealed class ElementPathTests
{
    [Theory]
    [InlineData("PatientName", "(0010,0010)")]
    [InlineData("(0010,0010)", "(0010,0010)")]
    [InlineData("0010,0010", "(0010,0010)")]
    [InlineData("00100010", "(0010,0010)")]
    [InlineData("7fe00010", "(7FE0,0010)")]
    [InlineData(" PatientName ", "(0010,0010)")]
    [InlineData("ReferencedSeriesSequence[0].SeriesInstanceUID", "(0008,1115)[0](0020,000E)")]
    [InlineData("(0008,1140)[2](0008,1155)", "(0008,1140)[2](0008,1155)")]
    [InlineData("(0008,1140)[2].(0008,1155)", "(0008,1140)[2](0008,1155)")]
    [InlineData("00081140[2]/00081155", "(0008,1140)[2](0008,1155)")]
    [InlineData("ReferencedImageSequence[*].PurposeOfReferenceCodeSequence[-1].CodeValue", "(0008,1140)[*](0040,A170)[-1](0008,0100)")]
    [InlineData("ReferencedImageSequence[+]", "(0008,1140)[+]")]
    [InlineData("(0029,\"SIEMENS CSA HEADER\",10)", "(0029,\"SIEMENS CSA HEADER\",10)")]
    [InlineData("(0029,\"A \"\"B\"\"\",0a)[1](0029,\"C\",02)", "(0029,\"A \"\"B\"\"\",0A)[1](0029,\"C\",02)")]
    public void A_path_is_read_and_printed(string text, string printed)
    {
        var path = ElementPath.Parse(text);
        Assert.Equal(printed, path.ToString());
        Assert.Equal(path, ElementPath.Parse(printed));
        Assert.Equal(path, ElementPath.Parse(path.ToKeywords()));
        Assert.Equal(path.GetHashCode(), ElementPath.Parse(printed).GetHashCode());
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("Nonsense", 1)]
    [InlineData("0010,001", 1)]
    [InlineData("(0010,001)", 7)]
    [InlineData("(0010,0010", 11)]
    [InlineData("(0010;0010)", 6)]
    [InlineData("PatientName.PatientID", 12)]
    [InlineData("ReferencedImageSequence[x].CodeValue", 25)]
    [InlineData("ReferencedImageSequence[0", 26)]
    [InlineData("ReferencedImageSequence[99999999999]", 25)]
    [InlineData("ReferencedImageSequence[0]CodeValue", 27)]
    [InlineData("ReferencedImageSequence[0].", 28)]
    [InlineData("ReferencedImageSequence[0].Nonsense", 28)]
    [InlineData("(0029,\"X,10)", 7)]
    [InlineData("(0028,\"X\",10)", 2)]
    [InlineData("(0029,\"\",10)", 7)]
    [InlineData("(0029,\"X\",1)", 11)]
    [InlineData("PatientName=x", 12)]
    public void What_is_no_path_is_told_with_its_place(string text, int character)
    {
        Assert.False(ElementPath.TryParse(text, out var path, out string? problem));
        Assert.Null(path);
        Assert.StartsWith($"at character {character}:", problem);
        Assert.Contains(problem, Assert.Throws<FormatException>(() => ElementPath.Parse(text)).Message);
    }

    [Fact]
    public void Noise_is_refused_and_never_crashes_the_parser()
    {
        const string Alphabet = "()[]\",.*+-0019afAF xPatientID";
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            if (ElementPath.TryParse(text, out var path, out _)) Assert.Equal(path, ElementPath.Parse(path.ToString()));
        }
        Assert.False(ElementPath.TryParse(string.Concat(Enumerable.Repeat("(0008,1140)[0]", 2000)), out _, out _));
    }

    [Fact]
    public void Keywords_are_printed_where_they_mean_the_same()
    {
        Assert.Equal("ReferencedImageSequence[2].ReferencedSOPInstanceUID", ElementPath.Parse("(0008,1140)[2](0008,1155)").ToKeywords());
        Assert.Equal("(0029,1010)", ElementPath.Parse("(0029,1010)").ToKeywords());
        Assert.Equal("OverlayData", ElementPath.Parse("(6000,3000)").ToKeywords());
        Assert.Equal("(6002,3000)", ElementPath.Parse("(6002,3000)").ToKeywords());
    }

    [Theory]
    [InlineData("(0008,1140)", "(0008,1140)[2](0008,1155)", true)]
    [InlineData("(0008,1140)[2]", "(0008,1140)[2](0008,1155)", true)]
    [InlineData("(0008,1140)[1]", "(0008,1140)[2](0008,1155)", false)]
    [InlineData("(0008,1140)[*]", "(0008,1140)[2](0008,1155)", true)]
    [InlineData("(0008,1140)[*]", "(0008,1140)", false)]
    [InlineData("(0008,1140)[*](0008,1155)", "(0008,1140)[2](0008,1155)", true)]
    [InlineData("(0008,1140)[*](0008,1150)", "(0008,1140)[2](0008,1155)", false)]
    [InlineData("(0008,1140)[2](0008,1155)", "(0008,1140)", false)]
    public void A_path_covers_what_is_below_it(string pattern, string place, bool covers) =>
        Assert.Equal(covers, ElementPath.Parse(pattern).Covers(ElementPath.Parse(place)));

    [Fact]
    public void Paths_are_made_of_steps()
    {
        var path = ElementPath.Of(Tags.ReferencedImageSequence).ItemAt(1).Append(new PathStep(Tags.CodeValue));
        Assert.Equal("(0008,1140)[1](0008,0100)", path.ToString());
        Assert.Throws<InvalidOperationException>(() => path.Append(new PathStep(Tags.CodeValue)));
        Assert.Throws<ArgumentException>(() => new ElementPath());
        Assert.Throws<ArgumentException>(() => new ElementPath(new PathStep(Tags.ReferencedImageSequence), new PathStep(Tags.CodeValue)));
    }

    [Fact]
    public void The_path_that_an_error_prints_leads_back_to_the_element()
    {
        var dataSet = new DataSet().Set(Tags.ReferencedImageSequence, new DataSet(), new DataSet().Set(Tags.Rows, VR.SH, "x"));
        var item = dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[1];
        var error = Assert.Throws<DicomFormatException>(() => item.Get<ushort>(Tags.Rows));
        Assert.Equal("x", dataSet.Get<string>(ElementPath.Parse(error.Path)));
        Assert.True(item.TryFind(Tags.Rows, out var element));
        Assert.Equal(error.Path, ElementPath.Of(element).ToString());
    }
}
