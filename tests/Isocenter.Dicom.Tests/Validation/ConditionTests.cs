using Isocenter.Dicom.Validation;

namespace Isocenter.Dicom.Tests.Validation;

/// <summary>The notation of conditions, operator by operator.</summary>
public sealed class ConditionTests
{
    private static readonly DataSet Root = new DataSet()
        .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
        .Set<string>(Tags.StudyID)
        .Set(Tags.NumberOfFrames, "3")
        .Set(Tags.SamplesPerPixel, (ushort)1)
        .Set(Tags.FrameIncrementPointer, Tags.SliceVector, Tags.PhaseVector)
        .Set(Tags.ProcedureCodeSequence, ValidObjects.Code("1", "One"), ValidObjects.Code("2", "Two"))
        .Set(Tags.PerFrameFunctionalGroupsSequence,
            new DataSet().Set(Tags.DerivationImageSequence, new DataSet().Set(Tags.SourceImageSequence, new DataSet())),
            new DataSet().Set(Tags.PlanePositionSequence, new DataSet()));

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("ImageType", true)]
    [InlineData("PatientName", false)]
    [InlineData("!PatientName", true)]
    [InlineData("StudyID", true)]
    [InlineData("StudyID=*", false)]
    [InlineData("ImageType[3]=*", true)]
    [InlineData("ImageType[4]=*", false)]
    [InlineData("ImageType=\"ORIGINAL\"", true)]
    [InlineData("ImageType[3]=\"AXIAL\"", true)]
    [InlineData("ImageType=\"AXIAL\"", false)]
    [InlineData("ImageType[*]=\"AXIAL\"", true)]
    [InlineData("PatientName=\"\"", false)]
    [InlineData("NumberOfFrames>2", true)]
    [InlineData("NumberOfFrames>=3&NumberOfFrames<=3", true)]
    [InlineData("NumberOfFrames!=3", false)]
    [InlineData("SamplesPerPixel=1", true)]
    [InlineData("SamplesPerPixel<1", false)]
    [InlineData("Rows!=1", false)]
    [InlineData("FrameIncrementPointer[*]=(0054,0030)", true)]
    [InlineData("FrameIncrementPointer=(0054,0030)", false)]
    [InlineData("ProcedureCodeSequence#=2", true)]
    [InlineData("ProcedureCodeSequence#>2", false)]
    [InlineData("ProcedureCodeSequence[*]/CodeValue=\"2\"", true)]
    [InlineData("ProcedureCodeSequence[1]/CodeValue=\"2\"", false)]
    [InlineData("/PerFrameFunctionalGroupsSequence[1]//SourceImageSequence", true)]
    [InlineData("/PerFrameFunctionalGroupsSequence[1]//PlanePositionSequence", false)]
    [InlineData("/PerFrameFunctionalGroupsSequence[*]//PlanePositionSequence", true)]
    [InlineData("PatientName|StudyID&ImageType", true)]
    [InlineData("(PatientName|StudyID)&PatientID", false)]
    [InlineData("!(PatientName|PatientID)", true)]
    [InlineData("MediaStorageSOPClassUID.group", true)]
    [InlineData("PatientName.group", false)]
    [InlineData("TransferSyntaxUID=\"1.2.840.10008.1.2.1\"", true)]
    [InlineData("^ImageType", false)]
    public void A_condition_is_answered_by_the_data_set(string text, bool expected)
    {
        var meta = new DataSet().Set(Tags.TransferSyntaxUID, "1.2.840.10008.1.2.1");

        Assert.Equal(expected, ConditionParser.Parse(text).Holds(new Scope(Root, null, Root, meta)));
    }

    [Fact]
    public void In_an_item_a_condition_can_ask_the_item_the_data_set_around_it_and_the_top()
    {
        var inner = new DataSet().Set(Tags.CodeValue, "1");
        var middle = new DataSet().Set(Tags.ScanMode, "X").Set(Tags.ConceptCodeSequence, inner);
        var scope = new Scope(inner, middle, Root, null);

        Assert.True(ConditionParser.Parse("CodeValue").Holds(scope));
        Assert.True(ConditionParser.Parse("^ScanMode=\"X\"").Holds(scope));
        Assert.True(ConditionParser.Parse("/ImageType").Holds(scope));
        Assert.False(ConditionParser.Parse("ImageType").Holds(scope));
        Assert.False(ConditionParser.Parse("CodeValue").IsAboutRoot);
        Assert.True(ConditionParser.Parse("/ImageType|!/PatientName").IsAboutRoot);
    }

    [Fact]
    public void Numbers_and_tags_under_un_are_read_as_little_endian()
    {
        var dataSet = new DataSet().SetBytes(Tags.Rows, VR.UN, [2, 0]).SetBytes(Tags.FrameIncrementPointer, VR.UN, [0x54, 0, 0x80, 0]);
        var scope = new Scope(dataSet, null, dataSet, null);

        Assert.True(ConditionParser.Parse("Rows=2&FrameIncrementPointer[*]=(0054,0080)").Holds(scope));
    }

    [Theory]
    [InlineData("")]
    [InlineData("NoSuchKeyword")]
    [InlineData("ImageType=\"OPEN")]
    [InlineData("(ImageType")]
    [InlineData("ImageType ImageType")]
    public void What_is_no_condition_is_refused(string text) => Assert.Throws<FormatException>(() => ConditionParser.Parse(text));

    [Theory]
    [InlineData("1", 1, true)]
    [InlineData("1", 2, false)]
    [InlineData("1-3", 3, true)]
    [InlineData("1-n", 100, true)]
    [InlineData("0-n", 0, true)]
    [InlineData("2-2n", 4, true)]
    [InlineData("2-2n", 3, false)]
    [InlineData("3-3n", 2, false)]
    [InlineData("1-32", 33, false)]
    public void A_multiplicity_allows_what_it_says(string text, int count, bool allowed) => Assert.Equal(allowed, Multiplicity.Parse(text).Allows(count));
}
