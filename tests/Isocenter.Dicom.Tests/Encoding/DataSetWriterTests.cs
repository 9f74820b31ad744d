using Isocenter.Testing;

namespace Isocenter.Dicom.Tests;

/// <summary>Writing: what was not touched goes out as it came in, and every encoding reads back the same.</summary>
public class DataSetWriterTests
{
    [Fact]
    public void Conforming_files_of_the_corpus_come_back_bit_for_bit()
    {
        // Each differs from what we write for a reason that is a defect of the file.
        string[] defective = ["fo-dicom/GH179A.dcm", "pydicom/palettes/winter.dcm", "synthetic/vr_wrong_known.dcm", "pydicom/nested_priv_SQ.dcm"];
        int compared = 0;
        foreach (var file in Corpus.Files("parses"))
        {
            byte[] bytes = File.ReadAllBytes(file.Path);
            var read = DicomFile.Read(bytes);
            Assert.True(read.IsComplete, file.Name);
            if (read.TransferSyntax.IsDeflated || defective.Contains(file.Name)) continue;
            byte[] written = DataSetWriter.ToArray(read.DataSet, read.TransferSyntax);
            Assert.True(bytes.AsSpan((int)read.DataSetOffset).SequenceEqual(written), file.Name);
            compared++;
        }
        Assert.True(compared > 350, $"only {compared} files were compared");
    }

    [Fact]
    public void Lenient_files_of_the_corpus_are_read_with_a_finding_or_refused_in_words()
    {
        foreach (var file in Corpus.Files("lenient", "reject"))
        {
            try
            {
                using var read = DicomFile.Open(file.Path);
                Assert.True(read.IsComplete || read.Findings.Count > 0, file.Name);
            }
            catch (DicomFormatException e)
            {
                Assert.NotEqual("", e.Problem);
            }
        }
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2", LengthEncoding.Defined)]
    [InlineData("1.2.840.10008.1.2", LengthEncoding.Undefined)]
    [InlineData("1.2.840.10008.1.2.1", LengthEncoding.Defined)]
    [InlineData("1.2.840.10008.1.2.1", LengthEncoding.Undefined)]
    [InlineData("1.2.840.10008.1.2.2", LengthEncoding.Defined)]
    [InlineData("1.2.840.10008.1.2.2", LengthEncoding.Undefined)]
    [InlineData("1.2.840.10008.1.2.1.99", LengthEncoding.Defined)]
    public void A_data_set_reads_back_the_same_from_every_encoding(string syntax, LengthEncoding lengths)
    {
        var original = Sample();
        using var file = new DicomFile(original, TransferSyntax.Of(Uid.Parse(syntax)));
        var read = DicomFile.Read(file.ToArray(new WriteOptions { Lengths = lengths }));
        Assert.Empty(read.Findings);
        Assert.Equal(DicomJson.ToUtf8Bytes(original), DicomJson.ToUtf8Bytes(read.DataSet));
    }

    [Fact]
    public void The_same_data_set_gives_the_same_bytes()
    {
        using var a = new DicomFile(Sample(), TransferSyntax.ExplicitVRLittleEndian);
        using var b = new DicomFile(Sample(), TransferSyntax.ExplicitVRLittleEndian);
        Assert.Equal(a.ToArray(), b.ToArray());
    }

    [Fact]
    public void A_value_too_long_for_its_VR_goes_out_as_UN()
    {
        var dataSet = new DataSet().SetBytes(Tags.RedPaletteColorLookupTableDescriptor, VR.US, new byte[70_000]);
        var read = DicomFile.ReadDataSet(DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian);
        Assert.True(read.DataSet.TryFind(Tags.RedPaletteColorLookupTableDescriptor, out var element));
        Assert.Equal(VR.UN, element.VR);
        Assert.Equal(70_000, element.Length);
    }

    [Fact]
    public void Fragments_are_written_with_their_offset_table_and_found_again_as_frames()
    {
        var frames = new ReadOnlyMemory<byte>[] { new byte[] { 0xFF, 0xD8, 1 }, new byte[] { 0xFF, 0xD8, 2, 3 } };
        var dataSet = Sample().Set(Tags.NumberOfFrames, 2).SetFragments(Tags.PixelData, Fragments.FromFrames(frames));
        using var file = new DicomFile(dataSet, TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.50")));
        var found = PixelDataFrames.Of(DicomFile.Read(file.ToArray()).DataSet);
        Assert.Equal(2, found.Count);
        Assert.Equal([0xFF, 0xD8, 1, 0], found.Read(0));
        Assert.Equal([0xFF, 0xD8, 2, 3], found.Read(1));
    }

    private static DataSet Sample() => new DataSet()
        .Set(Tags.SpecificCharacterSet, "ISO_IR 192")
        .Set(Tags.SOPClassUID, SopClasses.SecondaryCaptureImageStorage)
        .Set(Tags.SOPInstanceUID, "1.2.3")
        .Set(Tags.PatientName, "Müller^Änne")
        .Set(Tags.Rows, (ushort)2)
        .Set(Tags.PixelSpacing, 0.5, 0.25)
        .Set(Tags.ReferencedImageSequence, new DataSet().Set(Tags.ReferencedSOPInstanceUID, "1.2.4").Set(Tags.PurposeOfReferenceCodeSequence, new DataSet(), new DataSet()))
        .Set(Tags.FrameIncrementPointer, Tags.FrameTime)
        .SetBytes(Tags.ICCProfile, VR.OB, [1, 2, 3]);
}
