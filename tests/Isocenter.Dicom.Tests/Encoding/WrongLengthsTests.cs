using System.Buffers;
using System.Text;

namespace Isocenter.Dicom.Tests;

/// <summary>Lengths of sequences and items that contradict each other, and VRs that are none: what DCMTK reads of such files is
/// read here, with a finding, and nothing behind them is lost.</summary>
public sealed class WrongLengthsTests
{
    private const uint Undefined = 0xFFFF_FFFF;

    private static readonly byte[] Content = new Bytes().Text(0x0008_1150, "UI", "1.2.3").Text(0x0008_1155, "UI", "1.2.4").ToArray();

    public static TheoryData<uint, uint, uint> Lies()
    {
        uint item = (uint)Content.Length, sequence = 2 * (item + 8);
        var data = new TheoryData<uint, uint, uint>();
        foreach (int lie in (int[])[-28, -16, -14, -8, -4, -2, 2, 4, 8, 10, 16])
        {
            // The first item, the last one, both, the sequence; alone and with the others as if they were right.
            data.Add((uint)(sequence + lie), item, item);
            data.Add(sequence, (uint)(item + lie), item);
            data.Add(sequence, item, (uint)(item + lie));
            data.Add(Undefined, (uint)(item + lie), item);
            data.Add(Undefined, item, (uint)(item + lie));
            data.Add((uint)(sequence + lie), Undefined, Undefined);
        }
        data.Add(0, item, item);
        data.Add(Undefined, 1_000_000, item);
        data.Add(Undefined, item, 1_000_000);
        return data;
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_wrong_length_of_a_sequence_or_an_item_loses_nothing(uint sequence, uint first, uint second)
    {
        var body = new Bytes();
        foreach (uint length in (uint[])[first, second])
        {
            body.Item(Content, length);
            if (length == Undefined) body.ItemEnd();
        }
        if (sequence == Undefined) body.SequenceEnd();
        // With delimiters, the items are longer than the length of the sequence was counted for.
        uint delimiters = first == Undefined ? 16u : 0;
        byte[] bytes = new Bytes().Text(0x0008_0060, "CS", "CT").Element(0x0008_1140, "SQ", body.ToArray(), sequence == Undefined ? sequence : sequence + delimiters)
            .Text(0x0010_0010, "PN", "A^B ").Text(0x0010_0020, "LO", "ID").ToFile();

        foreach (var file in (DicomFile[])[DicomFile.Read(bytes), FromDisk(bytes)])
        {
            using (file)
            {
                Assert.True(file.IsComplete, string.Join('\n', file.Findings));
                Assert.NotEmpty(file.Findings);
                var items = file.DataSet.GetAll<DataSet>(Tags.ReferencedImageSequence);
                Assert.Equal(2, items.Count);
                Assert.All(items, item => Assert.Equal(("1.2.3", "1.2.4"), (item.Get<string>(Tags.ReferencedSOPClassUID), item.Get<string>(Tags.ReferencedSOPInstanceUID))));
                Assert.Equal(("A^B", "ID"), (file.DataSet.Get<string>(Tags.PatientName), file.DataSet.Get<string>(Tags.PatientID)));
                Assert.Equal(4, file.DataSet.Count);
            }
        }
    }

    [Fact]
    public void Right_lengths_have_no_findings_whatever_follows()
    {
        byte[] items = new Bytes().Item(Content).Item([]).Item(Content, Undefined).ItemEnd().ToArray();
        var file = DicomFile.Read(new Bytes().Element(0x0008_1140, "SQ", items).Element(0x0008_1140 + 1, "SQ", []).Element(0x0009_0010, "SQ", items)
            .Element(0x0040_A730, "SQ", new Bytes().Item(new Bytes().Element(0x0040_A730, "SQ", items).ToArray(), Undefined).ItemEnd().Item(Content).SequenceEnd().ToArray(), Undefined)
            .ToFile());

        Assert.Empty(file.Findings);
    }

    [Fact]
    public void A_file_of_nothing_but_lies_is_read_in_the_time_of_its_length()
    {
        var body = new byte[8 * 400_000];
        for (int i = 0; i < body.Length; i += 8) new Bytes().Tag(0xFFFE_E000).UInt32((uint)(1_000_000 + i / 16)).ToArray().CopyTo(body, i);
        byte[] bytes = new Bytes().Element(0x0008_1140, "SQ", body, Undefined).ToFile();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        FromDisk(bytes).Dispose();
        DicomFile.Read(bytes).Dispose();

        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 30);
    }

    [Fact]
    public void A_sequence_delimiter_with_a_length_is_a_finding()
    {
        var body = new Bytes().Item(Content).Tag(0xFFFE_E0DD).UInt32(4);
        var file = DicomFile.Read(new Bytes().Element(0x0008_1140, "SQ", body.ToArray(), Undefined).Text(0x0010_0020, "LO", "ID").ToFile());

        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
        Assert.Contains("has length 4", Assert.Single(file.Findings).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_delimiter_at_the_end_of_what_is_around_it_is_no_missing_part()
    {
        byte[] inner = new Bytes().Element(0x0040_A730, "SQ", new Bytes().Item(Content, Undefined).ToArray(), Undefined).ToArray();
        var file = DicomFile.Read(new Bytes().Element(0x0040_A730, "SQ", new Bytes().Item(inner).Item(Content).ToArray()).Text(0x0040_DB00, "CS", "1100").ToFile());

        Assert.True(file.IsComplete);
        Assert.Equal(2, file.Findings.Count);
        Assert.Equal("1100", file.DataSet.Get<string>(Tags.TemplateIdentifier));
    }

    [Fact]
    public void An_item_with_VRs_in_an_implicit_data_set_is_read_with_them()
    {
        byte[] body = new Bytes().Tag(0x0008_1140).UInt32((uint)Content.Length + 8).Item(Content).Tag(0x0010_0020).UInt32(2).Add("ID"u8.ToArray()).ToArray();
        var file = DicomFile.Read(new Bytes().Add(body).ToFile("1.2.840.10008.1.2"));

        Assert.Equal("1.2.4", file.DataSet.Get<DataSet>(Tags.ReferencedImageSequence).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
        Assert.Contains(file.Findings, f => f.Problem.Contains("with VRs", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lo", "LO")]
    [InlineData("Lo", "LO")]
    [InlineData("  ", "UN")]
    [InlineData("??", "UN")]
    [InlineData("--", "UN")]
    [InlineData("\0\0", "UN")]
    [InlineData("ab", "UN")]
    public void Two_characters_that_are_no_VR_cost_their_element_at_most(string vr, string readAs)
    {
        var file = DicomFile.Read(new Bytes().Text(0x0008_0060, "CS", "CT").Element(0x0010_0020, vr, "ID"u8.ToArray()).Text(0x0020_0010, "SH", "1").ToFile());

        Assert.True(file.DataSet.TryFind(Tags.PatientID, out var element));
        Assert.Equal(readAs, element.VR.ToText());
        Assert.Equal("ID"u8.ToArray(), element.Bytes.ToArray());
        Assert.Equal("1", file.DataSet.Get<string>(Tags.StudyID));
        Assert.True(file.IsComplete);
        Assert.Single(file.Findings);
    }

    [Fact]
    public void File_meta_information_in_big_endian_is_read()
    {
        byte[] uid = "1.2.840.10008.1.2.1\0"u8.ToArray();
        byte[] bytes = [.. new byte[128], .. "DICM"u8, 0, 2, 0, 0, (byte)'U', (byte)'L', 0, 4, 0, 0, 0, 28, 0, 2, 0, 0x10, (byte)'U', (byte)'I', 0, 20, .. uid,
            .. new Bytes().Text(0x0010_0020, "LO", "ID").ToArray()];
        var file = DicomFile.Read(bytes);

        Assert.Equal(TransferSyntax.ExplicitVRLittleEndian, file.TransferSyntax);
        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
        Assert.Equal("the File Meta Information is big endian", Assert.Single(file.Findings).Problem);
    }

    [Fact]
    public void A_big_endian_data_set_that_is_announced_as_little_endian_is_read()
    {
        byte[] element = [0, 0x28, 0, 0x10, (byte)'U', (byte)'S', 0, 2, 2, 0];
        var file = DicomFile.Read(new Bytes().Add(element).ToFile());

        Assert.Equal(512, file.DataSet.Get<ushort>(Tags.Rows));
        Assert.Contains(file.Findings, f => f.Problem.Contains("big endian", StringComparison.Ordinal));
    }

    [Fact]
    public void A_group_that_would_be_a_small_number_turned_round_is_not_turned_round()
    {
        var file = DicomFile.Read(new Bytes().Text(0x2000_0010, "IS", "2").ToFile());

        Assert.Equal(2, file.DataSet.Get<int>(Tags.NumberOfCopies));
        Assert.Empty(file.Findings);
    }

    [Fact]
    public void Blanks_in_front_of_a_date_are_shown_and_forgiven()
    {
        var dataSet = DicomFile.Read(new Bytes().Text(0x0008_0020, "DA", "  20200913").ToFile()).DataSet;

        var json = new ArrayBufferWriter<byte>();
        DicomJson.Write(dataSet, json);
        Assert.Equal("""{"00080020":{"vr":"DA","Value":["  20200913"]}}""", Encoding.UTF8.GetString(json.WrittenSpan));
        Assert.Equal(new DateOnly(2020, 9, 13), dataSet.Get<DateOnly>(Tags.StudyDate));
    }

    private static DicomFile FromDisk(byte[] bytes)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, bytes);
        try
        {
            return DicomFile.Open(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
