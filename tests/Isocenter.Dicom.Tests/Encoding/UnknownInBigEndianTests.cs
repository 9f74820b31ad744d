namespace Isocenter.Dicom.Tests;

/// <summary>UN of undefined length is Implicit VR Little Endian inside, whatever is around it (PS3.5 §6.2.2 Note 2).</summary>
public sealed class UnknownInBigEndianTests
{
    private static byte[] File()
    {
        byte[] item = new Bytes().Tag(0x0008_1150).UInt32(4).Add("1.2\0"u8.ToArray()).Tag(0x0028_0010).UInt32(2).UInt16(0x0102).ToArray();
        return new Bytes().Add(0x00, 0x08, 0x21, 0x12, (byte)'U', (byte)'N', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF).Item(item).SequenceEnd()
            .Add(0x00, 0x28, 0x00, 0x10, (byte)'U', (byte)'S', 0, 2, 3, 4).ToFile("1.2.840.10008.1.2.2");
    }

    [Fact]
    public void Its_items_are_read_and_what_follows_too()
    {
        var file = DicomFile.Read(File());
        Assert.True(file.IsComplete);
        Assert.Empty(file.Findings);
        var item = file.DataSet.GetAll<DataSet>(Tags.SourceImageSequence)[0];
        Assert.Equal("1.2", item.Get<string>(Tags.ReferencedSOPClassUID));
        Assert.Equal(0x0102, item.Get<int>(Tags.Rows));
        Assert.Equal(0x0304, file.DataSet.Get<int>(Tags.Rows));
    }

    [Fact]
    public void Written_it_is_a_sequence_in_the_byte_order_of_the_rest()
    {
        foreach (var syntax in (TransferSyntax[])[TransferSyntax.ExplicitVRBigEndian, TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian])
        {
            var again = DicomFile.ReadDataSet(DataSetWriter.ToArray(DicomFile.Read(File()).DataSet, syntax), syntax);
            Assert.Empty(again.Findings);
            Assert.Equal(0x0102, again.DataSet.GetAll<DataSet>(Tags.SourceImageSequence)[0].Get<int>(Tags.Rows));
            Assert.Equal(0x0304, again.DataSet.Get<int>(Tags.Rows));
        }
    }
}
