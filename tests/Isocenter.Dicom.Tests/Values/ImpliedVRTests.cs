using System.Text;

namespace Isocenter.Dicom.Tests.Values;

/// <summary>VRs that the bytes do not tell.</summary>
public sealed class ImpliedVRTests
{
    private static DataSet Again(DataSet dataSet) =>
        DicomFile.ReadDataSet(DataSetWriter.ToArray(dataSet, TransferSyntax.ImplicitVRLittleEndian), TransferSyntax.ImplicitVRLittleEndian).DataSet;

    [Theory]
    [InlineData(0, VR.US)]
    [InlineData(1, VR.SS)]
    public void US_or_SS_is_chosen_by_Pixel_Representation_here_or_around(int representation, VR vr)
    {
        var dataSet = Again(new DataSet().Set(Tags.PixelRepresentation, (ushort)representation).SetBytes(Tags.PixelPaddingValue, VR.US, [0, 0x80])
            .Set(Tags.ReferencedImageSequence, new DataSet().SetBytes(Tags.SmallestImagePixelValue, VR.US, [0xFF, 0xFF])));
        Assert.True(dataSet.TryFind(Tags.PixelPaddingValue, out var element));
        Assert.Equal(vr, element.VR);
        Assert.Equal(vr == VR.SS ? -32768 : 32768, dataSet.Get<int>(Tags.PixelPaddingValue));
        Assert.Equal(vr == VR.SS ? -1 : 65535, dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[0].Get<int>(Tags.SmallestImagePixelValue));
    }

    [Fact]
    public void Private_elements_have_the_VR_that_is_known_of_their_creator()
    {
        var dataSet = Again(new DataSet().Set(new Tag(0x0009_0010), "GEMS_IDEN_01").SetBytes(new Tag(0x0009_1027), VR.SL, [1, 0, 0, 0])
            .SetBytes(new Tag(0x0009_1002), VR.SH, "CT01"u8).Set(new Tag(0x0009_0011), "NOBODY").SetBytes(new Tag(0x0009_1127), VR.SL, [1, 0, 0, 0]));
        Assert.Equal([VR.LO, VR.LO, VR.SH, VR.SL, VR.UN], dataSet.Select(element => element.VR));
        Assert.Equal(1, dataSet.Get<int>(new Tag(0x0009_1027)));
    }

    [Fact]
    public void A_private_value_whose_length_contradicts_the_known_VR_stays_unknown()
    {
        var dataSet = Again(new DataSet().Set(new Tag(0x0009_0010), "GEMS_IDEN_01").SetBytes(new Tag(0x0009_1027), VR.UN, Encoding.ASCII.GetBytes("123456")));
        Assert.True(dataSet.TryFind(new Tag(0x0009_1027), out var element));
        Assert.Equal(VR.UN, element.VR);
    }

    [Theory]
    [InlineData(LengthEncoding.Defined)]
    [InlineData(LengthEncoding.Undefined)]
    public void A_private_sequence_of_a_known_creator_is_read_as_one(LengthEncoding lengths)
    {
        var tag = new Tag(0x2005_10FE);
        Assert.Equal(VR.SQ, PrivateDictionary.VROf("Philips MR Imaging DD 001", new Tag(0x2005_1085)));
        var dataSet = new DataSet().Set(new Tag(0x2005_0010), "Philips MR Imaging DD 001")
            .Set(new Tag(0x2005_1085), VR.SQ, new DataSet().Set(Tags.Modality, "MR")).SetBytes(tag, VR.UN, [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0]);
        byte[] bytes = DataSetWriter.ToArray(dataSet, TransferSyntax.ImplicitVRLittleEndian, new WriteOptions { Lengths = lengths });
        var read = DicomFile.ReadDataSet(bytes, TransferSyntax.ImplicitVRLittleEndian).DataSet;
        Assert.Equal("MR", read.Get<DataSet>(new Tag(0x2005_1085)).Get<string>(Tags.Modality));
        Assert.True(read.TryFind(tag, out var unknown));
        Assert.Equal(VR.UN, unknown.VR);
    }
}
