using System.Buffers.Binary;
using Isocenter.Dicom.FileSets;
using Isocenter.Testing;

namespace Isocenter.Dicom.Tests.FileSets;

/// <summary>Reading and building DICOMDIRs (PS3.3 Annex F).</summary>
public sealed class FileSetTests
{
    [Fact]
    public void What_was_built_is_read_back_as_a_tree()
    {
        var set = FileSet.Read(Build("A", "A", "B").ToArray());
        Assert.Empty(set.Findings);
        Assert.Equal("TEST", set.Id);
        Assert.Equal(["PATIENT", "STUDY", "SERIES", "IMAGE", "IMAGE", "PATIENT", "STUDY", "SERIES", "IMAGE"], set.Walk().Select(record => record.Type));
        Assert.Equal(["A", "B"], set.Records.Select(record => record.Keys.Get<string>(Tags.PatientID)));
        var image = set.Records[0].Children[0].Children[0].Children[1];
        Assert.Equal(["DICOM", "IM2"], image.FileId);
        Assert.Equal("2.25.2", image.Keys.Get<string>(Tags.ReferencedSOPInstanceUIDInFile));
        Assert.Equal("SERIES", image.Parent!.Type);
        Assert.Null(set.Records[0].Parent);
    }

    [Fact]
    public void Building_on_what_was_read_adds_to_its_series()
    {
        var builder = new FileSetBuilder(FileSet.Read(Build("A", "B").ToArray()));
        Assert.False(builder.Add(Image("A", 1), TransferSyntax.ExplicitVRLittleEndian, ["DICOM", "AGAIN"]));
        Assert.True(builder.Add(Image("B", 9), TransferSyntax.ExplicitVRLittleEndian, ["DICOM", "IM9"]));
        var set = FileSet.Read(builder.ToArray());
        Assert.Equal(2, set.Records.Count);
        Assert.Equal(["2.25.2", "2.25.9"], set.Records[1].Children[0].Children[0].Children.Select(r => r.Keys.Get<string>(Tags.ReferencedSOPInstanceUIDInFile)));
    }

    [Fact]
    public void The_last_object_of_a_patient_takes_the_patient_with_it()
    {
        var builder = Build("A", "B");
        Assert.True(builder.Remove("2.25.1"));
        Assert.False(builder.Remove("2.25.1"));
        Assert.Equal(["B"], FileSet.Read(builder.ToArray()).Records.Select(record => record.Keys.Get<string>(Tags.PatientID)));
    }

    [Theory]
    [InlineData("image.dcm")]
    [InlineData("lower")]
    [InlineData("NINECHARS")]
    [InlineData("")]
    [InlineData("..")]
    public void Names_that_no_medium_can_hold_are_refused(string name) => Assert.Throws<ArgumentException>(() =>
        new FileSetBuilder().Add(Image("A", 1), TransferSyntax.ExplicitVRLittleEndian, [name]));

    [Fact]
    public void Dates_and_times_of_old_objects_are_put_down_as_the_standard_has_them()
    {
        var builder = new FileSetBuilder();
        var image = Image("A", 1).SetText(Tags.StudyDate, VR.DA, "1997.04.24").SetText(Tags.StudyTime, VR.TM, "14:04:38.5").SetText(Tags.SpecificCharacterSet, VR.CS, "ISO_IR 100").SetBytes(Tags.StudyID, VR.SH, "  "u8);
        builder.Add(image, TransferSyntax.ExplicitVRLittleEndian, ["DICOM", "IM1"]);

        var study = FileSet.Read(builder.ToArray()).Records[0].Children[0].Keys;
        Assert.Equal(("19970424", "140438.5"), (study.Get<string>(Tags.StudyDate), study.Get<string>(Tags.StudyTime)));
        Assert.NotEqual("", study.Get(Tags.StudyID, "").Trim());       // of Type 1: one is made up, and told
        Assert.Contains(builder.Findings, finding => finding.Path == "(0020,0010)");
    }

    [Fact]
    public void The_record_of_a_verified_report_has_the_last_verification()
    {
        var builder = new FileSetBuilder();
        var report = Image("A", 1).Set(Tags.SOPClassUID, SopClasses.BasicTextSRStorage).Set(Tags.VerificationFlag, "VERIFIED")
            .Set(Tags.VerifyingObserverSequence, new DataSet().SetText(Tags.VerificationDateTime, VR.DT, "20250102"), new DataSet().SetText(Tags.VerificationDateTime, VR.DT, "20250314"));
        builder.Add(report, TransferSyntax.ExplicitVRLittleEndian, ["DICOM", "SR1"]);

        var record = FileSet.Read(builder.ToArray()).Walk().Last();
        Assert.Equal(("SR DOCUMENT", "20250314"), (record.Type, record.Keys.Get<string>(Tags.VerificationDateTime)));
    }

    [Theory]
    [InlineData(0x0008_0016u)]
    [InlineData(0x0008_0018u)]
    [InlineData(0x0020_000Du)]
    [InlineData(0x0020_000Eu)]
    public void An_object_whose_UID_is_none_is_refused_and_leaves_nothing_behind(uint tag)
    {
        var builder = Build("A");
        byte[] before = builder.ToArray();
        var image = Image("B", 2).SetBytes(new Tag(tag), VR.UI, "05fa52f0e599f17b"u8);

        var error = Assert.Throws<DicomFormatException>(() => builder.Add(image, TransferSyntax.ExplicitVRLittleEndian, ["DICOM", "IM9"]));

        Assert.Contains(new Tag(tag).ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(before, builder.ToArray());
    }

    [Fact]
    public void A_file_ID_that_leads_out_of_the_folder_has_no_path()
    {
        byte[] bytes = Build("A").ToArray();
        int at = bytes.AsSpan().IndexOf("DICOM\\IM1 "u8);
        "..\\..\\X   "u8.CopyTo(bytes.AsSpan(at));
        var set = FileSet.Read(bytes, Path.GetTempPath());
        Assert.Null(set.PathOf(set.Walk().Last()));
    }

    [Fact]
    public void Records_that_refer_to_each_other_in_a_circle_end_with_a_finding()
    {
        byte[] bytes = Build("A").ToArray();
        var set = FileSet.Read(bytes);
        Assert.True(set.Directory.DataSet.TryFind(Tags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, out var first));
        // The image's next record is the patient.
        int image = bytes.AsSpan().LastIndexOf(new byte[] { 0x04, 0x00, 0x00, 0x14, (byte)'U', (byte)'L' });
        first.Bytes.Span.CopyTo(bytes.AsSpan(image + 8));
        set = FileSet.Read(bytes);
        Assert.Contains(set.Findings, finding => finding.Problem.Contains("referred to twice", StringComparison.Ordinal));
        Assert.Equal(4, set.Walk().Count());
    }

    [Fact]
    public void Offsets_that_lead_nowhere_leave_the_order_of_the_records()
    {
        byte[] bytes = Build("A", "B").ToArray();
        int root = bytes.AsSpan().IndexOf(new byte[] { 0x04, 0x00, 0x00, 0x12, (byte)'U', (byte)'L' });
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(root + 8), 7);
        var set = FileSet.Read(bytes);
        Assert.NotEmpty(set.Findings);
        Assert.Equal(8, set.Walk().Count());
    }

    [Fact]
    public void What_the_object_does_not_say_is_made_up_and_told()
    {
        var builder = new FileSetBuilder();
        var image = Image("A", 1);
        image.Remove(Tags.InstanceNumber);
        builder.Add(image, TransferSyntax.ExplicitVRLittleEndian, ["IM1"]);
        Assert.Contains(builder.Findings, finding => finding.Path == Tags.InstanceNumber.ToString());
        Assert.Equal(1, FileSet.Read(builder.ToArray()).Walk().Last().Keys.Get<int>(Tags.InstanceNumber));
    }

    [Fact]
    public void Random_damage_never_does_worse_than_a_refusal()
    {
        byte[] seed = Build("A", "A", "B").ToArray();
        var random = new Random(4);
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = [.. seed];
            for (int n = random.Next(1, 8); n > 0; n--) bytes[random.Next(300, bytes.Length)] = (byte)random.Next(256);
            try
            {
                var set = FileSet.Read(bytes, "/nowhere");
                foreach (var record in set.Walk()) _ = set.PathOf(record);
            }
            catch (DicomFormatException)
            {
                // A clear refusal is one of the two right answers.
            }
        }
    }

    /// <summary>The seven variants of the same directory that pydicom keeps: byte orders, wrong offsets, another order.</summary>
    [Theory]
    [InlineData("DICOMDIR", 52)]
    [InlineData("DICOMDIR-bigEnd", 52)]
    [InlineData("DICOMDIR-implicit", 52)]
    [InlineData("DICOMDIR-reordered", 52)]
    [InlineData("DICOMDIR-nooffset", 52)]
    public void Directories_of_the_field_give_all_their_records(string name, int records)
    {
        var set = FileSet.Open(Path.Combine(Corpus.Require(), "pydicom", "dicomdirtests", name));
        Assert.Equal(records, set.Walk().Count());
        Assert.Equal(31, set.Walk().Count(record => record.FileId.Count > 0));
        Assert.All(set.Walk().Where(record => record.FileId.Count > 0), record => Assert.True(File.Exists(set.PathOf(record)), string.Join('/', record.FileId)));
    }

    private static FileSetBuilder Build(params string[] patients)
    {
        var builder = new FileSetBuilder("TEST", Uid.Parse("2.25.99"));
        for (int i = 0; i < patients.Length; i++)
            builder.Add(Image(patients[i], i + 1), TransferSyntax.ExplicitVRLittleEndian, ["DICOM", $"IM{i + 1}"]);
        return builder;
    }

    private static DataSet Image(string patient, int number) => new DataSet()
        .Set(Tags.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2").Set(Tags.SOPInstanceUID, $"2.25.{number}")
        .Set(Tags.PatientID, patient).Set(Tags.PatientName, "DOE^JANE").Set(Tags.StudyInstanceUID, $"2.25.{(int)patient[0]}01")
        .Set(Tags.StudyDate, "20260101").Set(Tags.StudyTime, "120000").Set(Tags.StudyID, "1").Set(Tags.SeriesInstanceUID, $"2.25.{(int)patient[0]}02")
        .Set(Tags.SeriesNumber, 1).Set(Tags.Modality, "CT").Set(Tags.InstanceNumber, number).Set(Tags.Rows, (ushort)1);
}
