using System.Globalization;
using System.Text;

namespace Isocenter.Dicom.Tests;

/// <summary>Reading what is right, and what is wrong in every way the field has found (PS3.5 §7, PS3.10 §7.1).</summary>
public class DataSetReaderTests
{
    private const uint Undefined = 0xFFFF_FFFF;

    [Fact]
    public void Elements_come_in_order_with_their_values()
    {
        var file = DicomFile.Read(new Bytes().Text(0x0010_0010, "PN", "DOE^JANE").Element(0x0028_0010, "US", [0x00, 0x02]).ToFile());
        Assert.True(file.IsComplete);
        Assert.Empty(file.Findings);
        Assert.Equal("DOE^JANE", file.DataSet.Get<string>(Tags.PatientName));
        Assert.Equal(512, file.DataSet.Get<int>(Tags.Rows));
    }

    [Fact]
    public void Sequence_of_undefined_length_ends_at_its_delimiter()
    {
        var inner = new Bytes().Text(0x0008_1155, "UI", "1.2.3");
        var bytes = new Bytes()
            .Element(0x0008_1140, "SQ", new Bytes().Item(inner.ToArray(), Undefined).ItemEnd().Item([]).SequenceEnd().ToArray(), Undefined)
            .Text(0x0010_0020, "LO", "ID");
        var file = DicomFile.Read(bytes.ToFile());
        Assert.Empty(file.Findings);
        Assert.Equal(2, file.DataSet.GetAll<DataSet>(Tags.ReferencedImageSequence).Count);
        Assert.Equal("1.2.3", file.DataSet.Get<DataSet>(Tags.ReferencedImageSequence).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
    }

    [Fact]
    public void Zero_length_sequences_and_items_are_empty_and_no_error()
    {
        var bytes = new Bytes().Element(0x0008_1110, "SQ", []).Element(0x0008_1140, "SQ", new Bytes().Item([]).Item([]).ToArray());
        var file = DicomFile.Read(bytes.ToFile());
        Assert.Empty(file.Findings);
        Assert.True(file.DataSet.TryFind(Tags.ReferencedStudySequence, out var empty) && empty.IsEmpty);
        Assert.All(file.DataSet.GetAll<DataSet>(Tags.ReferencedImageSequence), item => Assert.Empty(item));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(256)]
    public void Nesting_up_to_the_limit_is_read(int depth)
    {
        var file = DicomFile.Read(new Bytes().Add(Nested(depth)).ToFile());
        var dataSet = file.DataSet;
        for (int i = 0; i < depth; i++) dataSet = dataSet.Get<DataSet>(Tags.ReferencedImageSequence);
        Assert.Empty(dataSet);
        Assert.True(file.IsComplete);
    }

    [Theory]
    [InlineData(257)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Nesting_beyond_the_limit_is_refused_with_the_place(int depth)
    {
        var error = Assert.Throws<DicomFormatException>(() => DicomFile.Read(new Bytes().Add(Nested(depth)).ToFile()));
        Assert.Contains("nested deeper than 256", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Offset);
        Assert.StartsWith("(0008,1140)[0](0008,1140)[0]", error.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_runs_past_the_end_is_kept_as_far_as_it_goes_and_never_taken_for_whole()
    {
        var file = DicomFile.Read(new Bytes().Element(0x7FE0_0010, "OW", [1, 2, 3, 4], 0x7FFF_FFF0).ToFile());
        Assert.False(file.IsComplete);
        Assert.Equal([1, 2, 3, 4], Element(file, Tags.PixelData).Bytes.ToArray());
        var finding = Assert.Single(file.Findings);
        Assert.Equal("(7FE0,0010)", finding.Path);
        Assert.Contains("2147483632", finding.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_at_every_byte_a_file_is_refused_or_incomplete_or_ends_between_elements()
    {
        var inner = new Bytes().Text(0x0008_1155, "UI", "1.2.3");
        var bytes = new Bytes()
            .Element(0x0008_1140, "SQ", new Bytes().Item(inner.ToArray()).ToArray())
            .Element(0x0008_1150, "SQ", new Bytes().Item(inner.ToArray(), Undefined).ItemEnd().SequenceEnd().ToArray(), Undefined)
            .Text(0x0010_0020, "LO", "ID")
            .Element(0x7FE0_0010, "OB", new Bytes().Item([]).Item([1, 2, 3, 4]).SequenceEnd().ToArray(), Undefined)
            .ToFile("1.2.840.10008.1.2.4.50");
        int whole = 0;
        for (int length = 0; length < bytes.Length; length++)
        {
            try
            {
                if (DicomFile.Read(bytes.AsMemory(0, length)).IsComplete) whole++;
            }
            catch (DicomFormatException e)
            {
                Assert.NotEqual("", e.Message);
            }
        }
        // Between the elements nothing tells that more should come: that is so in DICOM (PS3.10 has no length of a file).
        Assert.InRange(whole, 1, 5);
    }

    [Theory]
    [InlineData("ZZ", true)]
    [InlineData("??", false)]
    [InlineData("  ", false)]
    public void An_unknown_VR_is_read_as_UN_and_reported(string vr, bool longLength)
    {
        var bytes = new Bytes().Tag(0x0010_4000).Add((byte)vr[0], (byte)vr[1]);
        bytes = longLength ? bytes.UInt16(0).UInt32(4) : bytes.UInt16(4);
        var file = DicomFile.Read(bytes.Add("ABCD"u8.ToArray()).Text(0x0020_0010, "SH", "1").ToFile());
        Assert.Equal(VR.UN, Element(file, Tags.PatientComments).VR);
        Assert.Equal("ABCD"u8.ToArray(), Element(file, Tags.PatientComments).Bytes.ToArray());
        Assert.Equal("1", file.DataSet.Get<string>(Tags.StudyID));
        Assert.Single(file.Findings);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    [InlineData(0xFFFF_FFF0u)]
    public void A_wrong_group_length_is_a_finding_and_changes_nothing(uint length)
    {
        var file = DicomFile.Read(new Bytes().Text(0x0010_0020, "LO", "ID").ToFile(groupLength: length));
        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
        Assert.Contains(file.Findings, finding => finding.Path == "(0002,0000)");
    }

    [Fact]
    public void Of_two_elements_with_one_tag_the_first_stays_and_order_is_mended()
    {
        var file = DicomFile.Read(new Bytes().Text(0x0020_000D, "UI", "1.2").Text(0x0010_0020, "LO", "A").Text(0x0010_0020, "LO", "B").ToFile());
        Assert.Equal("A", file.DataSet.Get<string>(Tags.PatientID));
        Assert.Equal([Tags.PatientID, Tags.StudyInstanceUID], file.DataSet.Select(element => element.Tag));
        Assert.Equal(2, file.Findings.Count);
    }

    [Fact]
    public void UN_of_undefined_length_is_a_sequence_in_Implicit_VR()
    {
        var implicitItem = new Bytes().Tag(0x0010_0020).UInt32(2).Add("ID"u8.ToArray());
        var bytes = new Bytes().Element(0x0009_1001, "UN", new Bytes().Item(implicitItem.ToArray()).SequenceEnd().ToArray(), Undefined).ToFile();
        var file = DicomFile.Read(bytes);
        var element = Element(file, new Tag(0x0009_1001));
        Assert.Equal("ID", Assert.Single(element.Items).Get<string>(Tags.PatientID));
        Assert.Equal(bytes.AsSpan((int)file.DataSetOffset).ToArray(), DataSetWriter.ToArray(file.DataSet, file.TransferSyntax));
    }

    [Fact]
    public void Files_without_preamble_or_meta_information_are_read_by_their_first_element()
    {
        var body = new Bytes().Text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2 ").Text(0x0010_0020, "LO", "ID");
        var bare = DicomFile.Read(body.ToArray());
        Assert.Equal("ID", bare.DataSet.Get<string>(Tags.PatientID));
        Assert.Equal(TransferSyntax.ExplicitVRLittleEndian, bare.TransferSyntax);
        Assert.NotEmpty(bare.Findings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, I am a text file and not an image")]
    [InlineData("\u0089PNG\r\n\u001a\n")]
    public void What_is_not_DICOM_is_refused_in_words(string content)
    {
        var error = Assert.Throws<DicomFormatException>(() => DicomFile.Read(Encoding.Latin1.GetBytes(content)));
        Assert.Equal(0, error.Offset);
    }

    [Fact]
    public void A_deflated_bomb_stops_at_the_limit()
    {
        using var compressed = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(new Bytes().Tag(0x7FE0_0010).Add((byte)'O', (byte)'B').UInt16(0).UInt32(64 << 20).ToArray());
            var zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++) deflate.Write(zeros);
        }
        var bytes = new Bytes().Add(compressed.ToArray()).ToFile("1.2.840.10008.1.2.1.99");
        var error = Assert.Throws<DicomFormatException>(() => DicomFile.Read(bytes, new ReadOptions { MaxInflatedLength = 8 << 20 }));
        Assert.Contains("8388608", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_field_alone_allocates_nothing()
    {
        var bytes = new Bytes().Element(0x7FE0_0010, "OW", [1, 2], 0xFFFF_FFFE).Element(0x0010_0010, "PN", [], 0xFFFE).ToFile();
        DicomFile.Read(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        DicomFile.Read(bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void Large_values_stay_in_the_file_and_are_read_in_pieces()
    {
        var pixels = new byte[200_000];
        Random.Shared.NextBytes(pixels);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new Bytes().Text(0x0010_0020, "LO", "ID").Element(0x7FE0_0010, "OW", pixels).Text(0x7FE1_0010, "LO", "AFTER").ToFile());
            using var file = DicomFile.Open(path);
            var element = Element(file, Tags.PixelData);
            Assert.True(element.IsInFile);
            var piece = new byte[100];
            Assert.Equal(100, element.Read(150_000, piece));
            Assert.Equal(pixels.AsSpan(150_000, 100).ToArray(), piece);
            Assert.Equal("AFTER", file.DataSet.Get<string>(new Tag(0x7FE1_0010)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Reading_stops_before_the_tag_that_is_named()
    {
        var bytes = new Bytes().Text(0x0010_0020, "LO", "ID").Element(0x7FE0_0010, "OW", [1, 2]).ToFile();
        var file = DicomFile.Read(bytes, ReadOptions.HeaderOnly);
        Assert.Equal([Tags.PatientID], file.DataSet.Select(element => element.Tag));
        Assert.True(file.IsComplete);
    }

    [Fact]
    public void Mutated_files_never_end_the_process_hang_or_take_memory_beyond_their_size()
    {
        var inner = new Bytes().Text(0x0008_1155, "UI", "1.2.3").Element(0x0040_A730, "SQ", new Bytes().Item([]).ToArray());
        byte[] seed = new Bytes()
            .Text(0x0008_0005, "CS", "ISO_IR 100")
            .Element(0x0008_1140, "SQ", new Bytes().Item(inner.ToArray()).Item(inner.ToArray(), Undefined).ItemEnd().ToArray())
            .Element(0x0009_1001, "UN", new Bytes().Item([]).SequenceEnd().ToArray(), Undefined)
            .Text(0x0010_0010, "PN", "DOE^JANE")
            .Element(0x7FE0_0010, "OB", new Bytes().Item([0, 0, 0, 0]).Item([1, 2, 3, 4]).SequenceEnd().ToArray(), Undefined)
            .ToFile("1.2.840.10008.1.2.4.50");
        int rounds = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "20000", CultureInfo.InvariantCulture);
        var random = new Random(20260101);
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = [.. seed];
            for (int n = random.Next(1, 6); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var part = bytes.AsMemory(0, random.Next(10) == 0 ? random.Next(bytes.Length) : bytes.Length);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                foreach (var element in DicomFile.Read(part).DataSet) _ = element.IsEmpty;
            }
            catch (DicomFormatException)
            {
                // A clear refusal is one of the two right answers.
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    private static DataElement Element(DicomFile file, Tag tag)
    {
        Assert.True(file.DataSet.TryFind(tag, out var element), $"{tag} is missing");
        return element;
    }

    /// <summary>Sequences of undefined length, one in the other: as deep as wanted in linear size.</summary>
    private static byte[] Nested(int depth)
    {
        var bytes = new Bytes();
        for (int i = 0; i < depth; i++) bytes.Element(0x0008_1140, "SQ", new Bytes().Item([], Undefined).ToArray(), Undefined);
        for (int i = 0; i < depth; i++) bytes.ItemEnd().SequenceEnd();
        return bytes.ToArray();
    }
}
