using System.IO.Compression;

namespace Isocenter.Dicom.Tests;

/// <summary>Small files whose lengths, delimiters and tables say what is not so, one lie each. What is whole is read whole, with
/// a finding; what is not whole says so, and keeps what there is; memory stays within 8·n + 16 MiB either way.</summary>
public sealed class LyingBytesTests
{
    private const uint Undefined = 0xFFFF_FFFF;

    /// <summary>Within a sequence, an item, an item's element: each length says more than there is.</summary>
    [Theory]
    [InlineData(0xFFFF_FFFEu, null, null)]
    [InlineData(null, 0xFFFF_FFFEu, null)]
    [InlineData(null, null, 0xFFFF_FFFEu)]
    [InlineData(0x7FFF_FFFEu, 0x7FFF_FFFCu, 0x7FFF_FFFAu)]
    [InlineData(30u, 28u, 100u)]
    public void A_length_beyond_the_end_is_an_incomplete_data_set_at_every_level(uint? sequence, uint? item, uint? value)
    {
        var element = new Bytes().Element(0x0040_A160, "UT", "text"u8.ToArray(), value);
        var file = Read(new Bytes().Element(0x0040_A730, "SQ", new Bytes().Item(element.ToArray(), item).ToArray(), sequence).ToFile());

        Assert.False(file.IsComplete);
        Assert.StartsWith("text", file.DataSet.GetAll<DataSet>(Tags.ContentSequence)[0].Get<string>(Tags.TextValue), StringComparison.Ordinal);
        Assert.NotEmpty(file.Findings);
    }

    [Fact]
    public void A_value_longer_than_its_item_does_not_reach_into_the_next_one()
    {
        byte[] liar = new Bytes().Element(0x0040_A160, "UT", "text"u8.ToArray(), 40).ToArray();
        byte[] next = new Bytes().Element(0x0040_A160, "UT", "next"u8.ToArray()).ToArray();
        var file = Read(new Bytes().Element(0x0040_A730, "SQ", new Bytes().Item(liar).Item(next).ToArray()).Text(0x0040_DB00, "CS", "1100").ToFile());

        var items = file.DataSet.GetAll<DataSet>(Tags.ContentSequence);
        Assert.Equal(["text", "next"], items.Select(item => item.Get<string>(Tags.TextValue)));
        Assert.Equal("1100", file.DataSet.Get<string>(Tags.TemplateIdentifier));
        Assert.False(file.IsComplete);
    }

    [Fact]
    public void A_sequence_longer_than_its_items_ends_where_no_item_begins_and_what_follows_is_read()
    {
        byte[] item = new Bytes().Item(new Bytes().Text(0x0008_1155, "UI", "1.2.3").ToArray()).ToArray();
        var file = Read(new Bytes().Element(0x0008_1140, "SQ", item, (uint)item.Length + 8).Text(0x0010_0020, "LO", "ID").Text(0x0020_0010, "SH", "1").ToFile());

        Assert.True(file.IsComplete);
        Assert.Contains(file.Findings, f => f.Problem.Contains("before the end that its length gives", StringComparison.Ordinal));
        Assert.Equal("1.2.3", file.DataSet.Get<DataSet>(Tags.ReferencedImageSequence).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal(("ID", "1"), (file.DataSet.Get<string>(Tags.PatientID), file.DataSet.Get<string>(Tags.StudyID)));
    }

    [Fact]
    public void An_item_within_an_item_without_sequence_begins_the_next_item()
    {
        byte[] inner = new Bytes().Text(0x0008_1155, "UI", "1.2.3").ToArray();
        var body = new Bytes().Tag(0xFFFE_E000).UInt32(Undefined).Add(inner).Tag(0xFFFE_E000).UInt32(Undefined).Add(inner).ItemEnd().SequenceEnd();
        var file = Read(new Bytes().Element(0x0008_1140, "SQ", body.ToArray(), Undefined).Text(0x0010_0020, "LO", "ID").ToFile());

        Assert.Equal(2, file.DataSet.GetAll<DataSet>(Tags.ReferencedImageSequence).Count);
        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
        Assert.Contains(file.Findings, f => f.Problem.Contains("without its delimiter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0xFFFE_E00Du)]
    [InlineData(0xFFFE_E0DDu)]
    [InlineData(0xFFFE_E000u)]
    public void A_delimiter_where_no_sequence_is_open_is_passed_over_with_a_finding(uint delimiter)
    {
        var file = Read(new Bytes().Text(0x0008_0060, "CS", "CT").Tag(delimiter).UInt32(0).Text(0x0010_0020, "LO", "ID").ToFile());

        Assert.Equal(("CT", "ID"), (file.DataSet.Get<string>(Tags.Modality), file.DataSet.Get<string>(Tags.PatientID)));
        Assert.Contains(file.Findings, f => f.Problem.Contains("does not belong here", StringComparison.Ordinal));
    }

    [Fact]
    public void A_delimiter_that_has_a_length_is_passed_over_with_a_finding()
    {
        byte[] inner = new Bytes().Text(0x0008_1155, "UI", "1.2.3").ToArray();
        var body = new Bytes().Item(inner, Undefined).Tag(0xFFFE_E00D).UInt32(0x1234).SequenceEnd();
        var file = Read(new Bytes().Element(0x0008_1140, "SQ", body.ToArray(), Undefined).Text(0x0010_0020, "LO", "ID").ToFile());

        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
        Assert.Contains(file.Findings, f => f.Problem.Contains("has length 4660", StringComparison.Ordinal));
    }

    [Fact]
    public void UN_of_undefined_length_with_VRs_inside_is_read_by_what_is_there()
    {
        byte[] inner = new Bytes().Text(0x0008_1155, "UI", "1.2.3").ToArray();
        var body = new Bytes().Item(inner, Undefined).ItemEnd().SequenceEnd();
        var file = Read(new Bytes().Element(0x0008_1140, "UN", body.ToArray(), Undefined).Text(0x0010_0020, "LO", "ID").ToFile());

        Assert.Equal("1.2.3", file.DataSet.Get<DataSet>(Tags.ReferencedImageSequence).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
        Assert.True(file.IsComplete);
    }

    [Theory]
    [InlineData("LT")]
    [InlineData("UT")]
    [InlineData("LO")]
    public void Text_of_undefined_length_never_swallows_the_rest_as_its_value(string vr)
    {
        var bytes = new Bytes().Tag(0x0010_4000).Add((byte)vr[0], (byte)vr[1]);
        bytes = vr == "UT" ? bytes.UInt16(0).UInt32(Undefined) : bytes.UInt16(0xFFFF);
        var file = Read(bytes.Add("ABCD"u8.ToArray()).Text(0x0020_0010, "SH", "1").ToFile());

        Assert.NotEmpty(file.Findings);
        Assert.True(!file.IsComplete || file.DataSet.Get(Tags.StudyID, "") == "1");
    }

    [Fact]
    public void OB_of_undefined_length_in_Implicit_VR_is_read_as_its_items()
    {
        var body = new Bytes().Item([]).Item([1, 2, 3, 4]).SequenceEnd();
        var file = Read(new Bytes().Add(Implicit(0x7FE0_0010, body.ToArray(), Undefined)).ToFile("1.2.840.10008.1.2"));

        Assert.True(file.IsComplete);
        var pixels = file.DataSet.TryFind(Tags.PixelData, out var found) ? found : default;
        Assert.Equal(1, pixels.Fragments?.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_odd_length_is_read_as_it_stands_with_a_finding(int length)
    {
        var file = Read(new Bytes().Element(0x0010_0020, "LO", "ABC"u8[..length].ToArray()).Text(0x0020_0010, "SH", "1").ToFile());

        Assert.Equal("ABC"[..length], file.DataSet.Get<string>(Tags.PatientID));
        Assert.Equal("1", file.DataSet.Get<string>(Tags.StudyID));
        Assert.Contains("odd", Assert.Single(file.Findings).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_0002_within_the_data_set_is_kept_there_and_told()
    {
        var file = Read(new Bytes().Text(0x0008_0060, "CS", "CT").Text(0x0002_0010, "UI", "1.2.840.10008.1.2.2").Text(0x0010_0020, "LO", "ID").ToFile());

        Assert.Equal(TransferSyntax.ExplicitVRLittleEndian, file.TransferSyntax);
        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
        Assert.Contains(file.Findings, f => f.Problem.Contains("not in order", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_two_headers_the_second_is_never_taken_for_a_data_set_in_silence()
    {
        byte[] once = new Bytes().Text(0x0010_0020, "LO", "ID").ToFile();
        byte[] twice = [.. new Bytes().ToFile(), .. once];
        try
        {
            Assert.NotEmpty(DicomFile.Read(twice).Findings);
        }
        catch (DicomFormatException e)
        {
            Assert.NotNull(e.Offset);
        }
    }

    [Fact]
    public void Meta_information_twice_is_read_to_its_end()
    {
        byte[] file = new Bytes().Text(0x0010_0020, "LO", "ID").ToFile();
        byte[] doubled = [.. file[..132], .. file[132..^10], .. file[132..]];
        var read = Read(doubled);

        Assert.Equal("ID", read.DataSet.Get<string>(Tags.PatientID));
        Assert.NotEmpty(read.Findings);
    }

    [Fact]
    public void Without_a_preamble_the_meta_information_counts_all_the_same()
    {
        byte[] whole = new Bytes().Text(0x0010_0020, "LO", "ID").ToFile();

        Assert.Equal("ID", Read(whole[128..]).DataSet.Get<string>(Tags.PatientID));
        Assert.Equal("ID", Read(whole[132..]).DataSet.Get<string>(Tags.PatientID));
        Assert.All(new[] { whole[128..], whole[132..] }, bytes => Assert.Contains("missing", Read(bytes).Findings[0].Problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Fragments_without_the_delimiter_are_incomplete_and_kept()
    {
        var file = Read(new Bytes().Element(0x7FE0_0010, "OB", new Bytes().Item([]).Item([1, 2, 3, 4]).ToArray(), Undefined).ToFile("1.2.840.10008.1.2.4.50"));

        Assert.False(file.IsComplete);
        Assert.Equal([1, 2, 3, 4], PixelDataFrames.Of(file.DataSet).Read(0));
    }

    [Theory]
    [InlineData(0xFFFF_FFFEu)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(Undefined)]
    public void A_fragment_longer_than_the_file_is_incomplete_and_allocates_nothing(uint length)
    {
        var body = new Bytes().Item([]).Item([1, 2, 3, 4], length);
        var file = Read(new Bytes().Element(0x7FE0_0010, "OB", body.ToArray(), Undefined).ToFile("1.2.840.10008.1.2.4.50"));

        Assert.False(file.IsComplete);
        Assert.Equal([1, 2, 3, 4], PixelDataFrames.Of(file.DataSet).Read(0));
    }

    [Fact]
    public void Fragments_of_odd_length_are_read_as_they_stand()
    {
        var body = new Bytes().Item([]).Item([1, 2, 3]).Item([4, 5, 6, 7, 8]).SequenceEnd();
        var file = Read(new Bytes().Text(0x0028_0008, "IS", "2").Element(0x7FE0_0010, "OB", body.ToArray(), Undefined).ToFile("1.2.840.10008.1.2.5"));

        var frames = PixelDataFrames.Of(file.DataSet);
        Assert.Equal([1, 2, 3], frames.Read(0));
        Assert.Equal([4, 5, 6, 7, 8], frames.Read(1));
    }

    /// <summary>One fragment a frame: the table is not needed, so its lies change nothing.</summary>
    [Theory]
    [InlineData(0u, 0xFFFF_FFFFu)]
    [InlineData(0u, 13u)]
    [InlineData(12u, 0u)]
    [InlineData(0u, 0u)]
    [InlineData(0x8000_0000u, 0x8000_0000u)]
    public void A_basic_offset_table_that_meets_no_fragment_is_not_believed(uint first, uint second)
    {
        byte[] table = new Bytes().UInt32(first).UInt32(second).ToArray();
        var body = new Bytes().Item(table).Item([1, 2, 3, 4]).Item([5, 6, 7, 8]).SequenceEnd();
        var file = Read(new Bytes().Text(0x0028_0008, "IS", "2").Element(0x7FE0_0010, "OB", body.ToArray(), Undefined).ToFile("1.2.840.10008.1.2.5"));

        var frames = PixelDataFrames.Of(file.DataSet);
        Assert.Equal([1, 2, 3, 4], frames.Read(0));
        Assert.Equal([5, 6, 7, 8], frames.Read(1));
    }

    [Fact]
    public void A_number_of_frames_beyond_what_there_is_promises_no_more_frames()
    {
        var body = new Bytes().Item([]).Item([1, 2, 3, 4]).SequenceEnd();
        var file = Read(new Bytes().Text(0x0028_0008, "IS", "2147483647").Element(0x7FE0_0010, "OB", body.ToArray(), Undefined).ToFile("1.2.840.10008.1.2.5"));

        Assert.Equal(1, PixelDataFrames.Of(file.DataSet).Count);
    }

    /// <summary>Wherever it is cut, even between two elements: the stream says itself where it ends (RFC 1951 §3.2.3).</summary>
    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.NoCompression)]
    public void A_deflated_data_set_that_was_cut_off_is_refused_or_incomplete(CompressionLevel level)
    {
        byte[] noise = new byte[400];
        new Random(7).NextBytes(noise);
        var elements = new Bytes().Text(0x0008_0060, "CS", "CT").Element(0x0009_1010, "OB", noise);
        for (int i = 0; i < 100; i++) elements.Text(0x0010_0020, "LO", "ID");
        using var deflated = new MemoryStream();
        using (var stream = new DeflateStream(deflated, level, leaveOpen: true)) stream.Write(elements.ToArray());
        byte[] whole = deflated.ToArray();

        Assert.True(Read(Deflated(whole)).IsComplete);
        Assert.True(Read(Deflated([.. whole, 0])).IsComplete);      // PS3.5 §A.5: a NULL makes the length even
        for (int length = 0; length < whole.Length; length++) Assert.False(IsTakenForWhole(Deflated(whole[..length])), $"{length} of {whole.Length}");

        static byte[] Deflated(byte[] bytes) => new Bytes().Add(bytes).ToFile("1.2.840.10008.1.2.1.99");

        static bool IsTakenForWhole(byte[] bytes)
        {
            try
            {
                return Read(bytes).IsComplete;
            }
            catch (DicomFormatException)
            {
                return false;
            }
        }
    }

    /// <summary>Reads, and holds the reading to the promise for memory.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fragments_in_a_value_of_defined_length_are_fragments(bool hasDelimiter)
    {
        var items = new Bytes().Item([]).Item([0xFF, 0xD8, 1, 2]).Item([3, 4]);
        if (hasDelimiter) items.SequenceEnd();
        var file = Read(new Bytes().Element(0x7FE0_0010, "OB", items.ToArray()).Text(0xFFFC_0010, "LO", "AFTER").ToFile("1.2.840.10008.1.2.4.50"));

        Assert.Equal([0xFF, 0xD8, 1, 2, 3, 4], PixelDataFrames.Of(file.DataSet).Read(0));
        Assert.Equal("AFTER", file.DataSet.Get<string>(new Tag(0xFFFC_0010)));
        Assert.True(file.IsComplete);
        Assert.Contains(file.Findings, f => f.Problem.Contains("defined length", StringComparison.Ordinal));
    }

    [Fact]
    public void Native_pixels_that_begin_like_an_item_stay_pixels()
    {
        byte[] pixels = new Bytes().Item(new byte[8]).Add(new byte[48]).ToArray();
        var file = Read(new Bytes().Element(0x7FE0_0010, "OB", pixels).ToFile());

        Assert.True(file.DataSet.TryFind(Tags.PixelData, out var element) && element.Fragments is null);
        Assert.Empty(file.Findings);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 })]
    [InlineData(new byte[] { 0xFF, 0x4F, 0xFF, 0x51 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 64, 0, 0, 0 })]
    public void A_code_stream_in_the_place_of_the_offset_table_is_the_first_fragment(byte[] begin)
    {
        byte[] frame = [.. begin, .. new byte[80]];
        var items = new Bytes().Item(frame).Item(frame).SequenceEnd();
        var file = Read(new Bytes().Text(0x0028_0008, "IS", "2").Element(0x7FE0_0010, "OB", items.ToArray(), Undefined).ToFile("1.2.840.10008.1.2.4.50"));

        var frames = PixelDataFrames.Of(file.DataSet);
        Assert.Equal((2, frame.Length), (frames.Count, frames.Read(0).Length));
        Assert.Contains(file.Findings, f => f.Problem.Contains("Basic Offset Table", StringComparison.Ordinal));
    }

    [Fact]
    public void Empty_fragments_between_frames_are_no_frames()
    {
        var items = new Bytes().Item([]).Item([1, 2]).Item([]).Item([3, 4]).Item([]).SequenceEnd();
        var file = Read(new Bytes().Text(0x0028_0008, "IS", "2").Element(0x7FE0_0010, "OB", items.ToArray(), Undefined).ToFile("1.2.840.10008.1.2.5"));

        var frames = PixelDataFrames.Of(file.DataSet);
        Assert.Equal(2, frames.Count);
        Assert.Equal([1, 2], frames.Read(0));
        Assert.Equal([3, 4], frames.Read(1));
    }

    private static DicomFile Read(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var file = DicomFile.Read(bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8L * bytes.Length + (16 << 20));
        return file;
    }

    private static byte[] Implicit(uint tag, byte[] value, uint length) => new Bytes().Tag(tag).UInt32(length).Add(value).ToArray();
}
